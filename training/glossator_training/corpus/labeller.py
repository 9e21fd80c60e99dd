"""One part of a corpus, labelled by `glossator label --rows`: the labels are those of the editor, because the program is the same."""

import json
import os
import re
import subprocess
import tempfile
import uuid
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data.example import DataError
from .parts import LABELS_KEY, Part

TOLD = re.compile(r"-:(\d+)(?::\d+:\d+|, UTF-16 \d+–\d+)?: (.*)")
"""What the program says of a row on standard error: its number in what it was given, perhaps where in the text, and why."""

KEPT = 20
"""Lines of what it said that a failure repeats."""


@dataclass(frozen=True)
class Program:
    """How the program is called."""

    command: list[str]
    """Node and out/cli.js."""
    options: list[str]
    """Of `label`: the model, the device and so on."""
    text: str
    """The property or column with the text."""

    def run(self, rows: Iterator[bytes], key: str) -> tuple[list[bytes], list[tuple[int, str]]]:
        """Rows of JSON as the program writes them back, and what it told of some: their number from 1, and why. Raises DataError where it could not label."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.writelines(rows)
            given.seek(0)
            # Standard output is a pipe: a program whose caller was killed ends when nobody reads it any more.
            done = subprocess.run([*self.command, "label", "--rows", key, *self.options, "-"], stdin=given, stdout=subprocess.PIPE, stderr=said, check=False)
            said.seek(0)
            lines = said.read().decode(errors="replace").splitlines()
        if done.returncode not in (0, 1):
            last = "\n".join(lines[-KEPT:])
            raise DataError(f"glossator label ended with exit code {done.returncode}:\n{last}")
        told = [(int(match[1]), match[2]) for line in lines if (match := TOLD.fullmatch(line))]
        return [line + b"\n" for line in done.stdout.split(b"\n") if line], told

    def lists(self) -> list[str]:
        """The lists of labels that the model makes, by asking it. Raises DataError where there is no such program or model."""
        try:
            rows, _ = self.run(iter([b'{"text": ""}\n']), "text")
        except OSError as error:
            raise DataError(f"{self.command[0]} cannot be run: {error}") from error
        return [name for name, value in json.loads(rows[0])[LABELS_KEY].items() if isinstance(value, list)]


def _label_lines(part: Part, program: Program, out: Path) -> list[tuple[int, str]]:
    """JSON Lines: rows as they are, each with its labels."""
    with open(part.path, "rb") as file:
        file.seek(part.start)
        raw = file.read(part.end - part.start)
    rows, told = program.run(iter([raw]), program.text)
    lines = raw.removeprefix(BOM_UTF8).split(b"\n")[: part.rows]
    blank = sum(not line.strip() for line in lines)
    refused = {number for number, _ in told}
    if not part.rows - blank - len(refused) <= len(rows) <= part.rows - blank:
        raise DataError(f"{part.path}: of {part.rows - blank} rows {len(rows)} came back, and of {len(refused)} it was said why not")
    out.write_bytes(b"".join(rows))
    return told


def _label_table(part: Part, program: Program, lists: list[str], out: Path) -> list[tuple[int, str]]:
    """Parquet: the rows with one column more, null where a row has no text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(part.path) as file:
        table = file.read_row_group(part.group).slice(part.start, part.end - part.start)
    texts: list[Any] = table.column(program.text).to_pylist()
    told = [(i + 1, f'its column "{program.text}" is {"empty" if text is None else "no text"}') for i, text in enumerate(texts) if not isinstance(text, str)]
    numbers = [i for i, text in enumerate(texts) if isinstance(text, str)]
    rows, more = program.run((json.dumps({"row": i, "text": texts[i]}).encode() + b"\n" for i in numbers), "text")
    told += [(numbers[number - 1] + 1, why) for number, why in more]
    labels: list[dict[str, Any] | None] = [None] * len(texts)
    for row in map(json.loads, rows):
        labels[row["row"]] = row[LABELS_KEY]
    span = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("label", pa.string()), ("score", pa.float64())])
    kind = pa.struct([("offsets", pa.string()), *((name, pa.list_(span)) for name in lists)])
    pq.write_table(table.append_column(LABELS_KEY, pa.array(labels, kind)), out)
    return told


def label_part(part: Part, program: Program, lists: list[str], folder: Path) -> None:
    """Labels a part into its file in a folder, which appears whole or not at all. What was told of rows stands beside it. Raises DataError."""
    mark = uuid.uuid4().hex
    side, beside, said = folder / f".{part.name}.{mark}", folder / f".{part.name}.{mark}.told", folder / f"{part.name}.told.jsonl"
    try:
        told = _label_lines(part, program, side) if part.group < 0 else _label_table(part, program, lists, side)
        if told:
            lines = (json.dumps({"path": part.path, "row": part.line + number - 1, "why": why}) + "\n" for number, why in told)
            beside.write_text("".join(lines), encoding="utf-8")
            os.replace(beside, said)
        else:
            # An earlier attempt may have been told something that was of that moment.
            said.unlink(missing_ok=True)
        os.replace(side, folder / part.name)
    finally:
        side.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)
