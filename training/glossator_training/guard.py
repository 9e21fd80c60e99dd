"""Watches the loss of a run now and then, keeps its best weights, and stops it when it diverges or collapses.

A decoder layer that normalises after its residual can be thrown off by a few large steps, at rates that are fine with another seed (Xiong et al.
2020, arXiv 2002.04745): its output then no longer depends on its input, and the loss is that of one answer to everything. Clipped gradients
do not prevent it, nor does the mean loss of an epoch show it, since that is not much higher than that of a run that learns.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

RISE, MARGIN = 1.5, 0.1
"""A watched loss this many times the lowest one, and so many nats above it, is a run that diverges: noise and overfitting stay below."""

COLLAPSED = 0.95
"""Share of the loss of one answer to everything from which a run counts as one that gives it."""

SETTLED = 100
"""Steps after which, and after a third of the run, a run must have learned more than that."""


class Diverged(RuntimeError):
    """The run is of no use; the message says what was seen."""


def constant_loss(labels: Sequence[int]) -> float:
    """The lowest mean cross-entropy, in nats, of an answer that is the same for all: the entropy of the labels."""
    counts = Counter(labels)
    total = sum(counts.values())
    return -sum(n / total * math.log(n / total) for n in counts.values()) if total else 0.0


class Guard:
    """Looks at a run between its steps. `watch` gives the loss in evaluation mode, `constant` the loss of one answer to everything, where that is
    known; the weights of `parameters` are kept and put back."""

    def __init__(self, model: nn.Module, parameters: Sequence[nn.Parameter], watch: Callable[[], float], constant: float | None = None) -> None:
        self.model, self.parameters, self.watch, self.constant = model, parameters, watch, constant
        self.start = self.weights = self._copy()
        self.first = self.best = self._look()

    def _copy(self) -> list[Tensor]:
        return [p.detach().clone() for p in self.parameters]

    def _put(self, weights: list[Tensor]) -> None:
        with torch.no_grad():
            for parameter, kept in zip(self.parameters, weights, strict=True):
                parameter.copy_(kept)

    def _look(self) -> float:
        modes = [(module, module.training) for module in self.model.modules()]
        self.model.eval()
        with torch.no_grad():
            loss = self.watch()
        for module, training in modes:
            module.training = training
        return loss

    def keep_best(self) -> None:
        """Puts the weights of the lowest watched loss in place."""
        self._put(self.weights)

    def begin_again(self) -> None:
        """Puts the weights that the run began with in place, and forgets what was seen since."""
        self._put(self.start)
        self.best, self.weights = self.first, self.start

    def check(self, step: int, steps: int) -> None:
        """To be called after `step` of `steps` steps. Keeps the weights where they are the best so far. Raises Diverged."""
        finite = all(bool(torch.isfinite(p).all()) for p in self.parameters)
        loss = self._look() if finite else math.nan
        # Not "loss > …": a loss that is no number must not pass for a low one.
        if not loss <= max(RISE * self.best, self.best + MARGIN):
            raise Diverged(f"after {step} of {steps} steps the watched loss is {loss:.3f}, {self.best:.3f} at its lowest")
        if self.constant and step >= max(SETTLED, steps // 3) and loss > COLLAPSED * self.constant:
            raise Diverged(f"after {step} of {steps} steps the watched loss is {loss:.3f}, that of one answer to everything {self.constant:.3f}")
        if loss <= self.best:
            self.best, self.weights = loss, self._copy()
