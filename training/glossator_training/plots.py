"""The model card's pictures: training curves, reliability before and after the temperature, confusion of labels.

python -m glossator_training.plots --log runs/base/log.jsonl --calibration runs/base/calibrated.json --out ../docs/images/model
"""

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams |= {"svg.hashsalt": "glossator", "svg.fonttype": "none", "font.size": 9}
from matplotlib import pyplot as plt  # noqa: E402

STYLE = {"sentiment": ("#0b62a4", "-"), "entities": ("#b8490a", "--"), "answers": ("#2c7a2c", "-.")}
"""Colour and line of each decoder: told apart without colour, too."""


def save(figure: plt.Figure, path: Path) -> None:
    """Writes an SVG without a date, so that the same data give the same bytes."""
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def curves(log: Path, out: Path, window: int = 12) -> None:
    """Training loss of each decoder over the steps, as a running mean of `window` lines of the log."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    trained = [task for task in STYLE if any(task in line for line in lines)]
    figure, axes = plt.subplots(1, len(trained), figsize=(2.5 * len(trained), 2.6), squeeze=False)
    for axis, task in zip(axes[0], trained, strict=True):
        colour, _ = STYLE[task]
        points = [(line["step"], line[task]) for line in lines if task in line]
        axis.plot(*zip(*points, strict=True), color=colour, alpha=0.25, linewidth=0.8)
        means = [(points[i][0], sum(v for _, v in points[max(0, i - window + 1) : i + 1]) / min(i + 1, window)) for i in range(len(points))]
        axis.plot(*zip(*means, strict=True), color=colour, linewidth=1.6)
        axis.set_title(task)
        axis.set_xlabel("step")
    axes[0][0].set_ylabel("training loss")
    save(figure, out / "training-curves.svg")


def reliability(report: dict, out: Path) -> None:
    """Accuracy against confidence, before and after the temperature; on texts that it was not fitted on."""
    found = report["reliability"]
    figure, axes = plt.subplots(1, len(found), figsize=(2.6 * len(found), 2.9), sharey=True)
    for axis, (task, halves) in zip(axes, found.items(), strict=True):
        axis.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
        for name, marker, line in (("before", "o", "--"), ("after", "s", "-")):
            bins = halves[name]
            axis.plot([b["confidence"] for b in bins], [b["accuracy"] for b in bins], line, marker=marker, markersize=3.5, label=name)
        before, after = report["expected_calibration_error"][task]
        axis.set_title(f"{task}\nerror {before:.3f} → {after:.3f}")
        axis.set_xlabel("confidence")
    axes[0].set_ylabel("accuracy")
    axes[0].legend(frameon=False)
    save(figure, out / "reliability.svg")


def confusion(report: dict, out: Path) -> None:
    """Which label was called which, as shares of a row, with counts."""
    found = report["confusion"]
    figure, axes = plt.subplots(1, len(found), figsize=(9.6, 4.3), width_ratios=[1, 1.6])
    for axis, (task, table) in zip(axes, found.items(), strict=True):
        labels, counts = table["labels"], table["counts"]
        shares = [[n / max(1, sum(row)) for n in row] for row in counts]
        axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for i, row in enumerate(counts):
            for j, n in enumerate(row):
                if n:
                    axis.text(j, i, n, ha="center", va="center", fontsize=7, color="white" if shares[i][j] > 0.5 else "black")
        axis.set_xticks(range(len(labels)), labels, rotation=60)
        axis.set_yticks(range(len(labels)), labels)
        axis.set_xlabel("called")
        axis.set_title(task)
    axes[0].set_ylabel("label")
    save(figure, out / "confusion.svg")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw the model card's pictures.")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--calibration", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    report = json.loads(args.calibration.read_text(encoding="utf-8"))
    curves(args.log, args.out)
    reliability(report, args.out)
    confusion(report, args.out)


if __name__ == "__main__":
    main()
