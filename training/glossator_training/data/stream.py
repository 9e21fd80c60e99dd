"""An endless, seeded stream of one task's batches."""

import random
from typing import Protocol

from .batches import Example, cut_batches, length, rows


class Source(Protocol):
    """A task's data: an epoch of examples for each generator."""

    def epoch(self, rng: random.Random) -> list:
        """All examples of one epoch, a pure function of the generator."""
        ...


class TaskBatches:
    """Batches of at most `budget` tokens. Its whole state is the number of the epoch and of the batch in it."""

    def __init__(self, source: Source, name: str, budget: int, seed: int) -> None:
        self.source, self.name, self.budget, self.seed = source, name, budget, seed
        self.epoch, self.position = -1, 0
        self.batches: list[list[Example]] = []

    def _open(self, epoch: int) -> None:
        rng = random.Random(f"{self.seed}/{self.name}/{epoch}")
        examples = self.source.epoch(rng)
        lengths = [length(e) for e in examples]
        self.batches = [[examples[i] for i in batch] for batch in cut_batches(lengths, self.budget, rng, [rows(e) for e in examples])]
        self.epoch = epoch

    def seek(self, epoch: int, position: int) -> None:
        """Goes on where a stopped run was."""
        self._open(epoch)
        self.position = position

    def next(self) -> list[Example]:
        """The next batch of examples."""
        if self.epoch < 0 or self.position >= len(self.batches):
            self._open(self.epoch + 1)
            self.position = 0
        self.position += 1
        return self.batches[self.position - 1]

    @property
    def size(self) -> int:
        """Batches in an epoch."""
        if self.epoch < 0:
            self._open(0)
        return len(self.batches)
