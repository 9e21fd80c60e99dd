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
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
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
                        raise DataError(f"{path}: question {qa['id']}: {text[:40]!r} is not at {start} in its passage")
                    if text.strip():
                        spans.append((start, start + len(text)))
                questions.append(Question(str(qa["id"]), qa["question"], context, spans, qa.get("posterior", 1.0), qa.get("tied_by", "")))
    if not questions:
        raise DataError(f"{path}: no questions")
    return questions
