"""Makes a model folder from the data as a recipe says: weights to start from, README segments, training, mixture, calibration, export.

python -m glossator_training.recipe recipes/glossator-minilm.toml --data DATA --out runs/minilm --model ../models/glossator-minilm

What a stopped run has finished is not done again; training goes on from its last checkpoint. The recipe's tables:

    name, version           of the model
    [start]                 commit, path, sha256 (of its manifest.json): a model folder in this repository's history; without it, the base encoder
    [[rounds]]              one run after the other, each from what the one before it made:
    [rounds.train]          options of `train`; with keep, [start] is the teacher
    [rounds.soup]           mixture of weights: start (what the round began with), run; shares that add up to 1; without it, the run's averages as they are
    [calibrate]             raise_neutral: added to the neutral logit beside what the calibration fits
    [export]                no_answer_threshold: whether "no answer" wins by the calibration's threshold; without it, at even odds
    [training]              goes into the manifest as it is
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from .data.example import DataError

REPOSITORY = Path(__file__).parent
"""A folder of the repository whose history holds the models to start from."""

TABLES = {"name", "version", "start", "rounds", "calibrate", "export", "training"}


class StageError(RuntimeError):
    """A stage failed."""


def read_recipe(path: Path) -> dict:
    """The recipe. Raises DataError where it cannot be read, or names something that there is not."""
    try:
        recipe = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from error
    if strange := sorted(set(recipe) - TABLES):
        raise DataError(f"{path}: {', '.join(strange)} is nothing a recipe has; known are {', '.join(sorted(TABLES))}")
    for name, kind in (("name", str), ("version", str), ("rounds", list)):
        if not isinstance(recipe.get(name), kind):
            raise DataError(f"{path}: {name} is missing")
    for number, one in enumerate(recipe["rounds"], 1):
        if set(one) - {"train", "soup"} or not isinstance(one.get("train"), dict):
            raise DataError(f"{path}: round {number} needs a table train, and has a table soup beside it at most")
        soup = one.get("soup")
        begun = number > 1 or "start" in recipe
        if soup and (set(soup) != {"start", "run"} or abs(sum(soup.values()) - 1) > 1e-6 or not begun):
            raise DataError(f"{path}: round {number}: soup needs the shares of start and run, which add up to 1, and weights to begin with")
        if "keep" in one["train"] and "start" not in recipe:
            raise DataError(f"{path}: round {number}: keep needs a table start, whose model is the teacher")
    calibrate = recipe.get("calibrate", {})
    if set(calibrate) - {"raise_neutral"} or not isinstance(calibrate.get("raise_neutral", 0.0), float):
        raise DataError(f"{path}: calibrate has raise_neutral alone, a number with a point")
    if recipe.get("export", {}) not in ({}, {"no_answer_threshold": True}, {"no_answer_threshold": False}):
        raise DataError(f"{path}: export has no_answer_threshold alone, true or false")
    return recipe


def checkout(commit: str, path: str, digest: str, out: Path, repository: Path) -> None:
    """Writes a folder of a repository as it was at `commit`. Raises DataError where git has it not, or it is not the one that was meant."""

    def git(*words: str) -> bytes:
        try:
            return subprocess.run(["git", *words], check=True, capture_output=True, cwd=repository).stdout
        except FileNotFoundError as error:
            raise DataError("git is missing: the model to start from is in the repository's history") from error
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip()
            raise DataError(f"git {' '.join(words)}: {said}; in a shallow clone, git fetch --unshallow") from error

    files = git("ls-tree", "--name-only", "--full-tree", commit, f"{path}/").decode().split("\n")
    out.mkdir(parents=True, exist_ok=True)
    for file in filter(None, files):
        (out / Path(file).name).write_bytes(git("cat-file", "blob", f"{commit}:{file}"))
    manifest = out / "manifest.json"
    if not manifest.exists() or hashlib.sha256(manifest.read_bytes()).hexdigest() != digest:
        raise DataError(f"{path} at {commit}: its manifest.json is not the one the recipe names by its sha256")


def stage(name: str, *words: object) -> None:
    """Runs a command of this package with these words. Raises StageError where it fails; it has said why."""
    print(f"— {name}", flush=True)
    before, sys.argv = sys.argv, [name, *map(str, words)]
    try:
        if import_module(f".{name}", __package__).main():
            raise StageError(f"{name} failed, as said above; the same command goes on from there")
    finally:
        sys.argv = before


def once(target: Path, make: Callable[[], None]) -> None:
    """Makes `target` unless it is there."""
    if target.exists():
        print(f"{target} is there already", flush=True)
    else:
        make()


def train_round(number: int, one: dict, begin: Path | None, teacher: Path, words: Sequence[object], out: Path) -> Path:
    """Round `number` from the weights `begin` (None: the base encoder's), in a folder of its own. Returns the weights it made."""
    folder = out / f"round-{number}"
    taught = ("--teacher", teacher) if "keep" in one["train"] else ()
    stage("train", *words, "--round", number, "--out", folder, *(("--from", begin) if begin else ()), *taught)
    checkpoint, mixed = folder / "checkpoint.pt", folder / "mixed.pt"
    soup = one.get("soup")
    if not soup:
        return checkpoint
    once(mixed, lambda: stage("soup", "--out", mixed, f"{soup['start']}={begin}", f"{soup['run']}={checkpoint}"))
    return mixed


def run(args: argparse.Namespace) -> None:
    """All stages in order."""
    recipe = read_recipe(args.recipe)
    out: Path = args.out
    out.mkdir(parents=True, exist_ok=True)
    # A folder belongs to one recipe: stages of another one must not be taken over.
    kept = out / "recipe.toml"
    text = args.recipe.read_text(encoding="utf-8")
    if kept.exists() and kept.read_text(encoding="utf-8") != text:
        raise DataError(f"{out} holds a run of another recipe, or of this one before it was changed: choose another folder")
    kept.write_text(text, encoding="utf-8")

    start = out / "start"
    if "start" in recipe:
        once(start / "manifest.json", lambda: checkout(recipe["start"]["commit"], recipe["start"]["path"], recipe["start"]["sha256"], start, REPOSITORY))
    segments = out / "readme"
    once(segments / "held-out.tsv", lambda: stage("gather_readmes", "--packages", args.packages, "--out", segments))
    weights = start if "start" in recipe else None
    for number, one in enumerate(recipe["rounds"], 1):
        weights = train_round(number, one, weights, start, ("--recipe", kept, "--data", args.data, "--segments", segments / "train.tsv"), out)
    calibrated = out / "calibrated.pt"
    raised = recipe.get("calibrate", {}).get("raise_neutral", 0.0)
    options = ("--data", args.data, "--segments", segments / "held-out.tsv", "--raise-neutral", raised)
    once(calibrated.with_suffix(".json"), lambda: stage("calibrate", "--checkpoint", weights, *options, "--out", calibrated))
    (out / "training.json").write_text(json.dumps(recipe.get("training", {})), encoding="utf-8")
    stage(
        "export", "--checkpoint", calibrated, "--calibration", calibrated.with_suffix(".json"), "--training", out / "training.json",
        "--name", recipe["name"], "--version", recipe["version"], "--out", args.model,
        *(["--no-answer-threshold"] if recipe.get("export", {}).get("no_answer_threshold") else []),
    )  # fmt: skip
    stage("fixed_int8", "--model", args.model, "--data", args.data, "--segments", segments / "train.tsv")


def main(argv: Sequence[str] | None = None) -> int:
    """Command line. Exit code 1 with one line on standard error where something cannot be read, or a stage failed."""
    parser = argparse.ArgumentParser(description="Make a model folder as a recipe says.")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets (README.md, Data)")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--model", type=Path, required=True, help="model folder to write")
    parser.add_argument("--packages", type=Path, default=Path("../node_modules"), help="npm packages whose READMEs are read")
    args = parser.parse_args(argv)
    try:
        run(args)
    except (DataError, StageError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
