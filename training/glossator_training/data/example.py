"""What a reader of a data file hands to the batches."""

from dataclasses import dataclass


class DataError(ValueError):
    """A data file cannot be used: the message names the file and, where it can, the line."""


UNKNOWN = -100
"""Stands for a label that is not known: PyTorch's losses pass over it."""


@dataclass(slots=True)
class SentimentExample:
    """A sentence and its label id; UNKNOWN where no one said what it is, and a teacher does."""

    ids: list[int]
    label: int


@dataclass(slots=True)
class EntityExample:
    """Consecutive sentences of one document. `labels` is -100 on pieces that continue a word."""

    ids: list[int]
    shapes: list[int]
    labels: list[int]


@dataclass(slots=True)
class AnswerExample:
    """A question and its passage, both as token ids; `answers` are inclusive token spans in the passage, all of which are right; empty
    when it holds none."""

    question: list[int]
    passage: list[int]
    answers: list[tuple[int, int]]
    distractor: list[int] | None = None
    """A passage of the same article without the answer: its scores are to stay below those of the answer (losses.py, `shared_norm_loss`)."""
