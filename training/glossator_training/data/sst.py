"""SST-2 phrases, and statements without an opinion: SST-5's neutral sentences, plot summaries, sentences of passages."""

import json
import random
import re
from collections.abc import Collection
from pathlib import Path

from .example import DataError


def read_sst2(path: Path) -> list[tuple[str, int]]:
    """`label<TAB>text` with a header line; label 0 negative, 1 positive. Raises DataError with file and line."""
    rows = []
    with path.open(encoding="utf-8") as file:
        next(file, None)
        for number, line in enumerate(file, 2):
            label, tab, text = line.rstrip("\n").partition("\t")
            if not tab or label not in ("0", "1"):
                raise DataError(f"{path}:{number}: expected 0 or 1, a tab and a text, found {line[:40]!r}")
            if text.strip():
                rows.append((text.strip(), int(label)))
    if not rows:
        raise DataError(f"{path}: no examples")
    return rows


def read_sst5_neutral(path: Path) -> list[str]:
    """The sentences of grade 2 (neutral) of `grade<TAB>text`."""
    rows = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            grade, tab, text = line.rstrip("\n").partition("\t")
            if tab and grade == "2":
                rows.append(text.strip())
    if not rows:
        raise DataError(f"{path}: no sentence of grade 2")
    return rows


def read_lines(path: Path) -> list[str]:
    """Non-empty lines."""
    rows = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not rows:
        raise DataError(f"{path}: no examples")
    return rows


def passage_sentences(path: Path, count: int, seed: int, without: Collection[str] = (), of: Collection[str] | None = None) -> list[str]:
    """`count` sentences drawn from the passages of a file in SQuAD's format, but of the articles `without`, or only of those in `of`: encyclopedic
    statements."""
    rng = random.Random(seed)
    sentences = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        title = article.get("title", "")
        if title in without or (of is not None and title not in of):
            continue
        for paragraph in article["paragraphs"]:
            sentences += [s for s in re.split(r"(?<=[.!?])\s+(?=[A-Z])", paragraph["context"]) if 30 <= len(s) <= 300]
    return rng.sample(sentences, min(count, len(sentences)))
