"""How well questions without an answer are told from those with one, on the articles that no run trains on (`held-out-articles.txt`).

A question's margin is log(probability of its best span) − log(probability that its passage holds none); its answer is given where the
margin is at least a threshold, chosen on half of the articles and judged on the other half. Both kinds of questions are told apart by the probability of none
alone (`na_prob` of SQuAD 2.0): the best span's says less, since the model may be torn between two right ones.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .data.example import DataError
from .data.squad import Question, held_out_articles, read_squad
from .metrics import answer_f1, normalise_answer
from .network.model import MultiTaskModel
from .predict import Answer, Progress, predict_answers
from .tokenization import TextTokenizer

TINY = 1e-30

By = Literal["margin", "score"]
"""What decides whether an answer is given."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, the model's best answer to it, and how sure it is that there is one."""

    question: Question
    margin: float
    score: float
    f1: float
    exact: bool
    """Both of the best answer, 0 and false for a question that has none."""

    none: float = 1.0
    """Probability that the passage holds no answer."""

    @property
    def answerable(self) -> bool:
        """Whether the passage holds an answer."""
        return bool(self.question.answers)


def held_out_questions(data: Path, wording: str = "original") -> list[Question]:
    """The questions of the held-out articles, those with an answer first.

    `wording`: `original`; or `paraphrase`, in which those with an answer are asked in their second wording, and those that have none left out. The
    questions without an answer are translated to another language and back, as the second wordings are: a model must not tell them by that.
    """
    titles = held_out_articles()
    answered = [q for q in read_squad(data / "squad/train-v1.1.json") if q.title in titles]
    if wording == "paraphrase":
        answered = [Question(q.identifier, q.paraphrase, q.context, q.answers, q.title) for q in answered if q.paraphrase]
    return answered + [q for q in read_squad(data / "squad/train-noanswer.json") if q.title in titles]


def held_out_kinds(data: Path) -> tuple[list[Question], list[Question]]:
    """The questions of the held-out articles: those with an answer, and those without."""
    questions = held_out_questions(data)
    return [q for q in questions if q.answers], [q for q in questions if not q.answers]


def judge(
    model: MultiTaskModel, tokenizer: TextTokenizer, questions: Sequence[Question], progress: Progress | None = None, temperature: float = 1.0
) -> list[Judged]:
    """The model's best answer to each question, whether or not it would give it. `temperature`: what logits are divided by."""
    answers = predict_answers(model, tokenizer, [(q.text, q.context) for q in questions], progress, temperature)
    return [judged(q, a) for q, a in zip(questions, answers, strict=True)]


def judged(question: Question, answer: Answer | None) -> Judged:
    """One question's best answer against its references; a passage without tokens answers nothing."""
    if answer is None:
        return Judged(question, -math.inf, 0.0, 0.0, False)
    text = question.context[answer.start : answer.end]
    references = [question.context[s:e] for s, e in question.answers]
    f1 = max((answer_f1(text, r) for r in references), default=0.0)
    exact = any(normalise_answer(text) == normalise_answer(r) for r in references)
    return Judged(question, math.log(max(answer.score, TINY)) - math.log(max(answer.none, TINY)), answer.score, f1, exact, answer.none)


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Chance that a positive's score exceeds a negative's, ties counted half: the area under the ROC curve (Mann and Whitney). .5 where either is empty."""
    ranked = sorted(negative)
    wins = sum(bisect.bisect_left(ranked, p) + bisect.bisect_right(ranked, p) for p in positive) / 2
    return wins / (len(positive) * len(negative)) if positive and negative else 0.5


def f1_with_choice(rows: Sequence[Judged], threshold: float, by: By = "margin") -> float:
    """Mean F1 where an answer is given at a margin, or score, of at least `threshold`; "no answer" is right, 1, exactly where there is none (SQuAD 2.0)."""
    return sum(r.f1 if getattr(r, by) >= threshold else float(not r.answerable) for r in rows) / max(1, len(rows))


def best_threshold(rows: Sequence[Judged], by: By = "margin") -> float:
    """The margin, or score, of highest F1; where several are equal, the lowest. 0 without rows."""
    if not rows:
        return 0.0
    ordered = sorted(((getattr(r, by), float(not r.answerable) - r.f1) for r in rows), key=lambda pair: pair[0])
    # Below the first all are answered; each step takes one answer back.
    best = total = 0.0
    at = ordered[0][0]
    for (value, gain), following in zip(ordered, [*(v for v, _ in ordered[1:]), None], strict=True):
        total += gain
        if total > best and (following is None or following > value):
            best = total
            at = math.nextafter(value, math.inf) if following is None else following
    return at


def manifest_threshold(threshold: float) -> float:
    """A threshold of the margin as `noAnswerThreshold` of a model's manifest: by how much, as a difference of log-probabilities, "no answer" must beat the
    best span. Raises DataError where it is not finite, which JSON cannot say."""
    if not math.isfinite(threshold):
        raise DataError(f"the threshold {threshold} is not finite: there were no answers to choose it by")
    return -threshold or 0.0


def halves(rows: Sequence[Judged]) -> tuple[list[Judged], list[Judged]]:
    """Rows of every other article in order of their titles, and of the rest: a threshold is chosen on the first and judged on the second."""
    titles = sorted({r.question.title for r in rows})
    first = set(titles[::2])
    return [r for r in rows if r.question.title in first], [r for r in rows if r.question.title not in first]


def report(rows: Sequence[Judged], by: By = "margin") -> dict[str, float]:
    """AUC of the probability of none over all rows; the threshold chosen on half the articles, and F1 with the choice on the other half, also where the
    answer is given when it is likelier than none (`f1_at_even_odds`)."""
    fitted, unseen = halves(rows)
    threshold = best_threshold(fitted, by)
    return {
        "auc": auc([1 - r.none for r in rows if r.answerable], [1 - r.none for r in rows if not r.answerable]),
        "threshold": threshold,
        "f1": f1_with_choice(unseen, threshold, by),
        "f1_at_even_odds": f1_with_choice(unseen, 0.0),
        "answered": len([r for r in rows if r.answerable]),
        "unanswered": len([r for r in rows if not r.answerable]),
    }
