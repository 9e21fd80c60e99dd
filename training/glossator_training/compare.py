"""The forms of a model, by score, size and speed: stored as fp32, stored as int8, and the second multiplied as int8, too (fixed_int8.py).

Scores come from the TypeScript side (`glossator evaluate`, after `npm run bundle`), speed from onnxruntime on this machine.

python -m glossator_training.compare --checkpoint runs/base/calibrated.pt --data DATA
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from .checkpoint import load_model
from .export import STORES, export_model
from .fixed_int8 import add_int8, calibration_texts, int8_file, with_weights
from .tokenization import base_directory

CLI = Path(__file__).resolve().parents[2] / "out/cli.js"
ROWS, LENGTH = 16, 32
"""A batch of sentences as the editor reads them."""


@dataclass(frozen=True, slots=True)
class Form:
    """A model folder, and the device of the command line that runs it in this form."""

    folder: Path
    device: str

    def graph(self, part: str) -> bytes:
        """The graph of a part, as it is opened."""
        stored = (self.folder / f"{part}.onnx").read_bytes()
        return with_weights((self.folder / int8_file(part)).read_bytes(), stored) if self.device == "cpu-int8" else stored


def tokens_per_second(forms: dict[str, Form], rounds: int = 12) -> dict[str, float]:
    """Median speed of encoder and entity decoder on two threads; the forms take turns, so that a slow moment slows them all."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    sessions = {
        name: [onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"]) for graph in map(form.graph, ("encoder", "entities"))]
        for name, form in forms.items()
    }
    ones = np.ones((ROWS, LENGTH), dtype=np.int64)
    ids = np.random.default_rng(0).integers(1000, 20000, (ROWS, LENGTH))
    times: dict[str, list[float]] = {form: [] for form in sessions}
    for _ in range(rounds):
        for form, (encoder, entities) in sessions.items():
            began = time.perf_counter()
            hidden, _ = encoder.run(None, {"input_ids": ids, "attention_mask": ones, "token_type_ids": 0 * ones})
            entities.run(None, {"hidden_states": hidden, "attention_mask": ones, "shape_ids": 2 * ones})
            times[form].append(time.perf_counter() - began)
    return {form: ROWS * LENGTH / statistics.median(seconds[2:]) for form, seconds in times.items()}


def scores(form: Form, data: Path, limit: int | None) -> list[float]:
    """SST-2 accuracy, CoNLL-2003 test F1, SQuAD F1, in per cent, as the command line measures them."""
    more = ["--limit", str(limit)] if limit else []
    line = [
        "node",
        str(CLI),
        "evaluate",
        "--model",
        str(form.folder),
        "--device",
        form.device,
        "--data",
        str(data),
        "--corpus",
        "sst2,conll2003,squad",
        "--json",
        *more,
    ]
    found = json.loads(subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True).stdout)["corpora"]
    return [100 * v for v in (found["sst2"]["accuracy"]["value"], found["conll2003"]["testb"]["f1"], found["squad"]["f1"])]


def main() -> None:
    """Prints the table in Markdown."""
    parser = argparse.ArgumentParser(description="Compare the forms of export.")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--segments", type=Path, help="README segments (gather_readmes), for the ranges of int8")
    parser.add_argument("--limit", type=int, help="at most so many examples of each set")
    args = parser.parse_args()
    model = load_model(args.checkpoint)
    with tempfile.TemporaryDirectory() as side:
        forms = {store: Form(Path(side) / store, "cpu") for store in STORES}
        for store, form in forms.items():
            export_model(model, form.folder, base_directory(), store, store=store)
        add_int8(forms["int8"].folder, calibration_texts(args.data, args.segments))
        forms["multiplied as int8"] = Form(forms["int8"].folder, "cpu-int8")
        speed = tokens_per_second(forms)
        print("| form | MB | tokens/s | SST-2 | CoNLL-2003 test | SQuAD F1 |\n|---|---|---|---|---|---|")
        for name, form in forms.items():
            size = sum(f.stat().st_size for f in form.folder.iterdir()) / 1e6
            found = " | ".join(f"{v:.1f}" for v in scores(form, args.data, args.limit))
            print(f"| {name} | {size:.0f} | {speed[name]:.0f} | {found} |", flush=True)


if __name__ == "__main__":
    main()
