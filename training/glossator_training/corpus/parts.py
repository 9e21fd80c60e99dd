"""A corpus cut into parts that are labelled each by itself, in any order and on any machine."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..data.example import DataError

LABELS_KEY = "glossator"
"""The property, or column, that labels are written under, as src/commands/rows.ts has it."""

PIECE = 1 << 20
"""Bytes that are read at once where lines are counted."""


@dataclass(frozen=True)
class Part:
    """Some rows of a file, one after another."""

    number: int
    """Counts from 0 over the whole corpus."""
    path: str
    rows: int
    line: int
    """The number of its first row in the file, from 1. JSON Lines: of the line."""
    start: int
    """JSON Lines: its first byte. Parquet: its first row in the row group."""
    end: int
    """JSON Lines: the byte after its last. Parquet: the row after its last in the row group."""
    group: int = -1
    """Parquet: the row group. -1: JSON Lines."""

    @property
    def name(self) -> str:
        """What its file of labels is called."""
        return f"part-{self.number:06d}.{'jsonl' if self.group < 0 else 'parquet'}"


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, by its name. Raises DataError where it is neither that nor JSON Lines."""
    if path.suffix not in (".parquet", ".jsonl", ".ndjson"):
        raise DataError(f"{path}: Parquet (.parquet) and JSON Lines (.jsonl, .ndjson) are read")
    return path.suffix == ".parquet"


def corpus_files(paths: list[Path]) -> list[Path]:
    """The files of a corpus, absolute: those named, and those in folders that are named. Raises DataError where there is none, or one is there twice."""
    files: list[Path] = []
    for path in paths:
        inside = sorted(file for kind in ("parquet", "jsonl", "ndjson") for file in path.rglob(f"*.{kind}")) if path.is_dir() else [path]
        if not inside:
            raise DataError(f"{path}: no Parquet or JSON Lines file is in it")
        files += [file.resolve() for file in inside]
    if twice := [file for file, count in Counter(files).items() if count > 1]:
        raise DataError(f"{twice[0]} is named twice")
    return files


def _lines(path: Path, most: int) -> Iterator[tuple[int, int, int]]:
    """Runs of at most so many lines of a file: lines, first byte, byte after the last."""
    start = at = lines = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            begin = 0
            while (end := piece.find(b"\n", begin)) >= 0:
                lines, begin = lines + 1, end + 1
                if lines == most:
                    yield lines, start, at + begin
                    start, lines = at + begin, 0
            at += len(piece)
    if at > start:
        whole = lines
        with path.open("rb") as file:
            file.seek(at - 1)
            whole += file.read(1) != b"\n"
        yield whole, start, at


def _of_file(path: Path, column: str, most: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Parts of a file: rows, first row's number, start, end, row group."""
    line = 1
    if not is_parquet(path):
        for rows, start, end in _lines(path, most):
            yield rows, line, start, end, -1
            line += rows
        return
    import pyarrow.parquet as pq
    from pyarrow.lib import ArrowException

    try:
        with pq.ParquetFile(path) as file:
            names, metadata = file.schema_arrow.names, file.metadata
    except ArrowException as error:
        raise DataError(f"{path} is no Parquet file: {error}") from error
    if column not in names:
        raise DataError(f'{path} has no column "{column}", but {", ".join(names)}: choose one with --text')
    if LABELS_KEY in names:
        raise DataError(f'{path} has a column "{LABELS_KEY}" already: label the file that it was made from')
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        for start in range(0, rows, most):
            end = min(rows, start + most)
            yield end - start, line, start, end, group
            line += end - start


def parts_of(files: list[Path], column: str, most: int) -> list[Part]:
    """All parts of a corpus, each of at most so many rows. Raises DataError where a file cannot be read, OSError where it is not there."""
    parts: list[Part] = []
    for file in files:
        for rows, line, start, end, group in _of_file(file, column, most):
            parts.append(Part(len(parts), str(file), rows, line, start, end, group))
    return parts
