"""Questions in SQuAD's JSON format, of any of its versions."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from .example import DataError

HELD_OUT_ARTICLES = Path(__file__).with_name("held-out-articles.txt")
"""Titles of SQuAD's training articles that no run trains on: they measure how well a question without an answer is recognised."""


@dataclass(slots=True)
class Question:
    """A question on `context`; `answers` are code-point spans in it, empty when it has none."""

    identifier: str
    text: str
    context: str
    answers: list[tuple[int, int]]
    title: str = ""
    """The article that the passage is from: its other passages are the likeliest to be taken for it."""
    paraphrase: str = ""
    """Another wording of the question; empty where there is none."""


def whole_word_occurrences(text: str, answer: str) -> list[tuple[int, int]]:
    """Code-point spans of `text` that read `answer` and neither begin nor end inside a word."""
    return [m.span() for m in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text)]


def read_squad(path: Path) -> list[Question]:
    """All questions. One whose `occurrences` exceed 1 has all whole-word occurrences of its answer as answers: which of them was meant is not known.

    Raises DataError naming the file and the question where an answer does not stand in its passage at `answer_start`.
    """
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
                if qa.get("occurrences", 1) > 1:
                    spans += [s for start, end in tuple(spans) for s in whole_word_occurrences(context, context[start:end]) if s not in spans]
                questions.append(Question(str(qa["id"]), qa["question"], context, spans, article.get("title", ""), qa.get("paraphrase", "")))
    if not questions:
        raise DataError(f"{path}: no questions")
    return questions


def held_out_articles() -> set[str]:
    """The titles of `HELD_OUT_ARTICLES`."""
    return set(HELD_OUT_ARTICLES.read_text(encoding="utf-8").split())


def without_articles(questions: list[Question], titles: Collection[str]) -> list[Question]:
    """The questions of all other articles."""
    return [q for q in questions if q.title not in titles]
