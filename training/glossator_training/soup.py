"""Weights between those of several moments of training, which often score better than any of them (Wortsman et al. 2022: model soups).
They must descend from one another: weights of runs that began apart have no common ground.

python -m glossator_training.soup --out runs/mixed.pt 0.75=runs/base/checkpoint.pt 0.25=../models/glossator-minilm
"""

import argparse
import sys
from pathlib import Path

from .checkpoint import load_model, save_checkpoint
from .weights import load_model_folder


def part(value: str) -> tuple[float, Path]:
    """`SHARE=PATH` of the command line."""
    share, equals, path = value.partition("=")
    if not equals or not Path(path).exists():
        raise argparse.ArgumentTypeError(f"{value!r} is not a share, `=`, and a checkpoint or model folder that exists")
    return float(share), Path(path)


def main() -> int:
    """Writes a checkpoint of the mixture; a tensor that one of the others lacks stays that of the first."""
    parser = argparse.ArgumentParser(description="Mix weights of several moments of training.")
    parser.add_argument("parts", type=part, nargs="+", metavar="SHARE=PATH", help="checkpoints or model folders; shares add up to 1")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if abs(sum(share for share, _ in args.parts) - 1) > 1e-6:
        print(f"error: the shares add up to {sum(share for share, _ in args.parts):g}, not to 1", file=sys.stderr)
        return 2
    models = [load_model(path) if path.is_file() else load_model_folder(path) for _, path in args.parts]
    states = [model.state_dict() for model in models]
    mixed = {}
    for name, first in states[0].items():
        held = all(name in state and state[name].shape == first.shape for state in states)
        mixed[name] = sum(share * state[name] for (share, _), state in zip(args.parts, states, strict=True)) if held else first
    save_checkpoint(args.out, model=mixed, config=models[0].config.to_json())
    return 0


if __name__ == "__main__":
    sys.exit(main())
