"""Labels a corpus of Parquet or JSON Lines files, on one machine or on a Ray cluster, as the editor would label each text.

A folder gets one file for each part of the corpus, whole or not at all, so that a run which was stopped goes on where it was: the same command again.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from .corpus.labeller import Program, label_part
from .corpus.on_ray import label_on_ray
from .corpus.parts import Part, corpus_files, parts_of
from .data.example import DataError

PLAN_FORMAT = "glossator-labelling/1"
"""What `plan.json` says it is."""


def model_digest(cli: Path, model: Path | None) -> str:
    """The SHA-256 of the manifest of a model folder, which holds those of its graphs. Raises DataError."""
    path = (model or cli.parent.parent / "models" / "glossator-minilm") / "manifest.json"
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. Name a model folder with --model") from error


def settle_plan(folder: Path, plan: dict) -> None:
    """Writes what is labelled and how into a folder, or sees that it is what stands there. Raises DataError where it is not."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "plan.json"
    text = json.dumps({"format": PLAN_FORMAT} | plan, indent=1) + "\n"
    if path.exists():
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DataError(f"{path} cannot be read: {error}") from error
        now = json.loads(text)
        if other := [key for key in now.keys() | before.keys() if now.get(key) != before.get(key)]:
            raise DataError(f"{folder} holds labels of another run: {', '.join(sorted(other))} differ. Choose another folder with --to, or remove it")
        return
    if any(folder.iterdir()):
        raise DataError(f"{folder} is not empty, and no earlier run made it: choose another folder with --to")
    side = folder / f".plan.{uuid.uuid4().hex}"
    side.write_text(text, encoding="utf-8")
    os.replace(side, path)


def label_here(parts: list[Part], program: Program, lists: list[str], folder: Path, workers: int) -> Iterator[Part]:
    """Labels parts by so many programs at once, on this machine, and gives each as it is done. Raises DataError."""
    with ThreadPoolExecutor(workers) as pool:
        jobs = {pool.submit(label_part, part, program, lists, folder): part for part in parts}
        try:
            for job in as_completed(jobs):
                job.result()
                yield jobs[job]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def told_in(folder: Path) -> int:
    """Of how many rows something was told, over all parts that are there."""
    rows = set()
    for path in folder.glob("part-*.told.jsonl"):
        rows |= {(row["path"], row["row"]) for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    return len(rows)


def label(options: argparse.Namespace) -> int:
    """The work of the command. Returns the exit code: 1 where something was told of a row. Raises DataError and OSError."""
    node, cli, folder = shutil.which(options.node), Path(options.glossator).resolve(), Path(options.to).resolve()
    if node is None:
        raise DataError(f"{options.node} is not there: install Node.js 20 or later, or name it with --node")
    if not cli.is_file():
        raise DataError(f"{cli} is not there: build it with npm run bundle, or name it with --glossator")
    model = Path(options.model).resolve() if options.model else None
    digest = model_digest(cli, model)
    choice = ["--device", options.device, "--offsets", options.offsets, *(["--model", str(model)] if model else []), *options.option]
    program = Program([node, str(cli)], [*choice, "--threads", str(options.threads)], options.text)
    files = corpus_files([Path(path) for path in options.corpus])
    parts = parts_of(files, options.text, options.part)
    lists = program.lists()
    stats = [(file, file.stat()) for file in files]
    settle_plan(
        folder,
        {
            "corpus": [{"path": str(file), "bytes": stat.st_size, "changed": stat.st_mtime_ns} for file, stat in stats],
            **{"text": options.text, "rows of a part": options.part, "model": digest, "options": choice},
        },
    )
    left = [part for part in parts if not (folder / part.name).exists()]
    rows, all_rows = sum(part.rows for part in parts) - sum(part.rows for part in left), sum(part.rows for part in parts)
    print(f"{all_rows} rows in {len(parts)} parts; {len(parts) - len(left)} are labelled already", file=sys.stderr)
    began, done = time.monotonic(), 0
    if left:
        work = (
            label_here(left, program, lists, folder, options.workers)
            if options.ray is None
            else label_on_ray(left, program, lists, folder, options.ray, options.workers, options.threads)
        )
        for part in work:
            rows, done = rows + part.rows, done + part.rows
            speed = done / (time.monotonic() - began)
            print(f"{rows} of {all_rows} rows, {speed:.1f} rows a second, {(all_rows - rows) / speed:.0f} s left", file=sys.stderr)
    for file in folder.glob(".part-*"):
        file.unlink(missing_ok=True)
    (folder / "parts.json").write_text(json.dumps([asdict(part) | {"file": part.name} for part in parts], indent=1) + "\n", encoding="utf-8")
    told = told_in(folder)
    print(f"wrote {folder}: {all_rows} rows in {len(parts)} files" + (f"; of {told} something was told, in part-*.told.jsonl" if told else ""), file=sys.stderr)
    return 1 if told else 0


def main() -> int:
    """The command. Exit code 1 where something was told of a row, 2 where the run could not go on."""
    parser = argparse.ArgumentParser(prog="python -m glossator_training.label", description=__doc__)
    parser.add_argument("corpus", nargs="+", help="Parquet and JSON Lines files, or folders of them; with --ray at the same path on every machine")
    parser.add_argument("--to", required=True, help="folder for the labels; with --ray one that every machine sees")
    parser.add_argument("--text", default="text", help='column or property with the text (default "text")')
    cli = Path(__file__).parents[2] / "out" / "cli.js"
    parser.add_argument("--glossator", default=str(cli), help="the program that labels, out/cli.js (default: the one beside this package)")
    parser.add_argument("--node", default="node", help="Node.js, 20 or later (default: the one on PATH)")
    parser.add_argument("--model", help="model folder (default: the one that comes with Glossator)")
    parser.add_argument("--device", default="cpu", help="where the model runs: the same everywhere, so that labels do not depend on the machine (default cpu)")
    parser.add_argument("--offsets", choices=("codepoint", "utf16", "byte"), default="codepoint", help="unit of start and end (default: Python's)")
    parser.add_argument("--option", action="append", default=[], help='an option of "glossator label" more, such as --option=--tasks=entities')
    parser.add_argument("--part", type=int, default=2000, help="rows of a part (default 2000)")
    parser.add_argument("--workers", type=int, default=1, help="parts labelled at once (default 1)")
    parser.add_argument("--threads", type=int, default=1, help="threads of each (default 1)")
    parser.add_argument("--ray", metavar="ADDRESS", help='a Ray cluster: its address, "auto", or "local" for one of this machine')
    options = parser.parse_args()
    if min(options.part, options.workers, options.threads) < 1:
        parser.error("--part, --workers and --threads are numbers from 1")
    try:
        return label(options)
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on from here", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
