"""What each weighting, schedule and way of sharing does for the scores: short runs of equal budget from the base encoder.

A run that is there already is not repeated, so that the command can be stopped and started again.

python -m glossator_training.experiments --data DATA --out runs/experiments
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from .train import SHARES

RUNS: dict[str, list[str]] = {
    "fixed weights, a task drawn by share": [],
    "uncertainty weighting": ["--weighting", "uncertainty"],
    "dynamic weight averaging": ["--weighting", "dynamic"],
    "drawn by size, annealed to uniform": ["--schedule", "temperature"],
    "joint batches": ["--schedule", "joint"],
    "tied adapters (.01)": ["--tie", "0.01"],
    "own adapters only, no gate": ["--gate", "own"],
    "shared adapter only, no gate": ["--gate", "shared"],
}
"""Name in the table → options of `train`."""

MEASURES = {"SST-2": "negative against positive", "CoNLL-2003": "eng.testb", "SQuAD": "dev-v1.1.json"}
"""Column of the table → part of the name in `evaluate`'s report; of several the first."""


def run(command: list[str]) -> str:
    """Standard output of a module of this package. Raises CalledProcessError when it fails."""
    return subprocess.run([sys.executable, "-m", *command], check=True, stdout=subprocess.PIPE, text=True).stdout


def scores(folder: Path, data: Path, limit: int) -> dict[str, float]:
    """The measures of a run's checkpoint, in per cent."""
    report = json.loads(run(["glossator_training.evaluate", "--checkpoint", str(folder / "checkpoint.pt"), "--data", str(data),
                             "--limit", str(limit), "--window", "0", "--json", "--no-retrieval"]))  # fmt: skip
    return {name: 100 * next(v["value"] for k, v in report.items() if part in k) for name, part in MEASURES.items()}


def main() -> None:
    """Trains, measures and prints the table in Markdown."""
    parser = argparse.ArgumentParser(description="Compare weightings, schedules and ways of sharing.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--tokens", type=int, default=1536)
    parser.add_argument("--limit", type=int, default=800, help="examples of each set to measure on")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    args = parser.parse_args()
    common = ["glossator_training.train", "--data", str(args.data), "--tokens", str(args.tokens), "--warmup", str(args.steps // 10),
              "--average", "0", "--save-every", str(args.steps), "--precision", args.precision]  # fmt: skip

    def measured(name: str, options: list[str], steps: int, shares: dict[str, float]) -> dict[str, float]:
        folder = args.out / name.replace(" ", "-").replace(",", "").replace("(", "").replace(")", "")
        known = folder / "scores.json"
        if not known.exists():
            run([*common, "--out", str(folder), "--steps", str(steps), "--draw", json.dumps(shares), *options])
            known.write_text(json.dumps(scores(folder, args.data, args.limit)), encoding="utf-8")
            (folder / "checkpoint.pt").unlink()
        return json.loads(known.read_text(encoding="utf-8"))

    print("| run | " + " | ".join(MEASURES) + " |\n|---|" + "---|" * len(MEASURES), flush=True)
    # Each task alone, with the steps that it gets in the joint run.
    alone = {
        column: measured(f"{task} alone", [], round(args.steps * share), {task: share})[column]
        for (task, share), column in zip(SHARES.items(), MEASURES, strict=True)
    }

    def show(name: str, found: dict[str, float]) -> None:
        print(f"| {name} | " + " | ".join(f"{v:.1f}" for v in found.values()) + " |", flush=True)

    show("each task alone, in a network of its own", alone)
    for name, options in RUNS.items():
        show(name, measured(name, options, args.steps, SHARES))


if __name__ == "__main__":
    main()
