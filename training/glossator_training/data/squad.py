"""Questions in SQuAD's JSON format, of any of its versions."""

import json
from dataclasses import dataclass
from pathlib import Path

from .example import DataError


@dataclass(slots=True)
class Question:
    """A question on `context`; `answers` are code-point spans in it, empty when it has none."""

    identifier: str
    text: str
    context: str
    answers: list[tuple[int, int]]
    posterior: float
    tied_by: str


def read_squad(path: Path) -> list[Question]:
    """All questions. Raises DataError naming the file and the question where an answer does not stand in its passage at `answer_start`."""
    raw = path.read_text(encoding="utf-8")
    try:
        articles = json.loads(raw)["data"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DataError(f"{path}: not in SQuAD's format ({error})") from error
    questions = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for qa in paragraph["qas"]:
                spans = []
                for answer in qa.get("answers", []):
                    start, text = answer["answer_start"], answer["text"]
                    if context[start : start + len(text)] != text:
                        line = raw.count("\n", 0, max(0, raw.find(json.dumps(qa["id"])))) + 1
                        raise DataError(f"{path}:{line}: question {qa['id']}: {text[:40]!r} is not at {start} in its passage")
                    if text.strip():
                        spans.append((start, start + len(text)))
                questions.append(Question(str(qa["id"]), qa["question"], context, spans, qa.get("posterior", 1.0), qa.get("tied_by", "")))
    if not questions:
        raise DataError(f"{path}: no questions")
    return questions


def read_unanswerable(path: Path) -> list[Question]:
    """Questions of `train-candidates.json` that most likely have no answer in their paragraph.

    SQuAD 2.0 lists the answerable questions of a paragraph first, and its distinct answers are numbered; so of the questions beyond
    the highest number, those in the last three tenths of the list are taken.
    """
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        found = []
        for i, paragraph in enumerate(p for article in articles for p in article["paragraphs"]):
            asked = paragraph["questions"]
            answered = max((number for number, _, _ in paragraph["spans"]), default=len(asked))
            for k in range(max(answered, -(-7 * len(asked) // 10)), len(asked)):
                found.append(Question(f"{path.stem}/{i}/{k}", asked[k], paragraph["context"], [], 0.0, "position"))
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not a file of candidate answers ({error})") from error
    if not found:
        raise DataError(f"{path}: no questions")
    return found
