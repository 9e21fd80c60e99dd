"""Segments of Markdown files: headings, list items, table cells and sentences, as a reader of a README meets them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .example import DataError

KINDS = ("heading", "list", "cell", "sentence")

FENCE = re.compile(r"^\s*(```|~~~)")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(.*)$")
UNDERLINE = re.compile(r"^\s{0,3}(=+|-+)\s*$")
IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
TAG = re.compile(r"<[^>]+>")
DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text and the kind of block it stands in (`KINDS`)."""

    kind: str
    source: str
    text: str


def plain(markdown: str) -> str:
    """Inline markup taken off: links keep their text, images and tags go."""
    text = TAG.sub(" ", LINK.sub(r"\1", LINK.sub(r"\1", IMAGE.sub(" ", markdown))))
    text = re.sub(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`", "", text)
    return " ".join(text.split())


def blocks(markdown: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of each heading, list item, table cell and paragraph; code blocks and link definitions are left out."""
    paragraph: list[str] = []
    fenced = False

    def closed(kind: str = "paragraph") -> Iterator[tuple[str, str]]:
        if paragraph:
            yield kind, plain(" ".join(paragraph))
            paragraph.clear()

    for line in markdown.splitlines():
        if FENCE.match(line):
            yield from closed()
            fenced = not fenced
        elif fenced or (not paragraph and re.match(r"^( {4}|\t)", line) and not ITEM.match(line)) or DEFINITION.match(line):
            continue
        elif not line.strip():
            yield from closed()
        elif paragraph and UNDERLINE.match(line):
            yield from closed("heading")
        elif heading := HEADING.match(line):
            yield from closed()
            yield "heading", plain(heading[1])
        elif line.strip().startswith("|"):
            yield from closed()
            for cell in line.strip().strip("|").split("|"):
                yield "cell", plain(cell)
        elif item := ITEM.match(line):
            yield from closed()
            yield "list", plain(item[1])
        else:
            paragraph.append(line)
    yield from closed()


def segments(markdown: str, source: str) -> Iterator[Segment]:
    """The segments of a Markdown text that hold at least one word; paragraphs are cut into sentences."""
    for kind, text in blocks(markdown):
        parts = re.split(r"(?<=[.!?:])\s+(?=[A-Z])", text) if kind == "paragraph" else [text]
        for part in parts:
            if re.search(r"[A-Za-z]{2}", part) and len(part) <= 400 and "://" not in part:
                yield Segment("sentence" if kind == "paragraph" else kind, source, part)


def read_segments(path: Path) -> list[Segment]:
    """`kind<TAB>source<TAB>text`, one a line. Raises DataError with file and line; with the command that makes the file where it is missing."""
    if not path.exists():
        raise DataError(f"{path} is missing: python -m glossator_training.gather_readmes --out {path.parent} makes it")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        kind, _, rest = line.partition("\t")
        source, tab, text = rest.partition("\t")
        if kind not in KINDS or not tab or not text:
            raise DataError(f"{path}:{number}: expected a kind ({', '.join(KINDS)}), a source and a text, separated by tabs")
        found.append(Segment(kind, source, text))
    if not found:
        raise DataError(f"{path}: no segments")
    return found
