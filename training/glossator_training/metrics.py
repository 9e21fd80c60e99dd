"""Scores as the field counts them: strict entity F1, accuracy, SQuAD's exact match and F1. Every score carries its exact counts."""

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Chunk = tuple[int, int, str]
"""First word, word after the last, type."""


@dataclass(frozen=True, slots=True)
class Share:
    """`correct` of `total`."""

    correct: int
    total: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 where there is nothing to count."""
        return self.correct / self.total if self.total else 0.0

    def __str__(self) -> str:
        return f"{100 * self.value:.2f} % ({self.correct} of {self.total})"


@dataclass(frozen=True, slots=True)
class EntityScore:
    """Entities right in span and type, entities found, entities in the reference."""

    correct: int
    found: int
    reference: int

    @property
    def precision(self) -> float:
        """correct / found."""
        return self.correct / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """correct / reference."""
        return self.correct / self.reference if self.reference else 0.0

    @property
    def f1(self) -> float:
        """2 · correct / (found + reference): the harmonic mean of precision and recall."""
        return 2 * self.correct / (self.found + self.reference) if self.found + self.reference else 0.0

    def __str__(self) -> str:
        return (
            f"F1 {100 * self.f1:.2f} (precision {100 * self.precision:.2f}, recall {100 * self.recall:.2f}; "
            f"{self.correct} right, {self.found} found, {self.reference} in the reference)"
        )


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """Questions answered word for word, the sum of their F1, and how many there are."""

    exact: int
    f1_sum: float
    total: int

    @property
    def exact_match(self) -> float:
        """Share of answers equal to a reference after normalisation."""
        return self.exact / self.total if self.total else 0.0

    @property
    def f1(self) -> float:
        """Mean over questions of the best word overlap with a reference."""
        return self.f1_sum / self.total if self.total else 0.0

    def __str__(self) -> str:
        return f"EM {100 * self.exact_match:.2f} ({self.exact} of {self.total}), F1 {100 * self.f1:.2f}"


def accuracy(predicted: Sequence[object], reference: Sequence[object]) -> Share:
    """How many of `predicted` equal their counterpart. Raises ValueError when the lengths differ."""
    return Share(sum(p == r for p, r in zip(predicted, reference, strict=True)), len(reference))


def chunks(tags: Sequence[str]) -> list[Chunk]:
    """The entities of one sentence's IOB2 tags. A stray I- (after O or another type) opens an entity, as in `conlleval`."""
    found: list[Chunk] = []
    start, kind = 0, ""
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, here = tag.partition("-")
        if kind and (prefix != "I" or here != kind):
            found.append((start, i, kind))
            kind = ""
        if here and not kind:
            start, kind = i, here
    return found


def entity_f1(predicted: Iterable[Sequence[str]], reference: Iterable[Sequence[str]]) -> EntityScore:
    """Strict: span and type must both agree; sentences are IOB2 tags, pairwise. Raises ValueError when the counts of sentences differ."""
    return span_f1(([*map(set, map(chunks, predicted))]), [*map(set, map(chunks, reference))])


def span_f1(predicted: Sequence[set[Chunk]], reference: Sequence[set[Chunk]]) -> EntityScore:
    """The same over sets of (start, end, type), one per text."""
    pairs = list(zip(predicted, reference, strict=True))
    return EntityScore(sum(len(p & r) for p, r in pairs), sum(len(p) for p, _ in pairs), sum(len(r) for _, r in pairs))


def normalise_answer(text: str) -> str:
    """Lower case, no ASCII punctuation, no articles, single spaces: the official SQuAD v1.1 script's `normalize_answer`."""
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def answer_f1(predicted: str, reference: str) -> float:
    """Overlap of the normalised words, as in the official scripts; where either is empty, 1 if both are (SQuAD 2.0)."""
    p, r = normalise_answer(predicted).split(), normalise_answer(reference).split()
    if not p or not r:
        return float(p == r)
    common = sum((Counter(p) & Counter(r)).values())
    return 2 * common / (len(p) + len(r))


def answer_score(predicted: Sequence[str], references: Sequence[Sequence[str]]) -> AnswerScore:
    """Best over each question's references. A question without an answer has the references [] and is right when "" is predicted."""
    exact, total = 0, 0.0
    for text, answers in zip(predicted, references, strict=True):
        answers = answers or [""]
        exact += any(normalise_answer(text) == normalise_answer(a) for a in answers)
        total += max(answer_f1(text, a) for a in answers)
    return AnswerScore(exact, total, len(predicted))
