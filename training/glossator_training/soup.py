"""Weights between those of a run and those it started from, which often score better than either (Wortsman et al. 2022, WiSE-FT).

python -m glossator_training.soup --checkpoint runs/base/checkpoint.pt --from ../models/glossator-minilm --share 0.75 --out runs/base/mixed.pt
"""

import argparse
from pathlib import Path

from .checkpoint import load_model, save_checkpoint
from .weights import load_model_folder


def main() -> None:
    """Writes a checkpoint of `share` of the run's weights and the rest of the model folder's; a tensor the folder lacks stays the run's."""
    parser = argparse.ArgumentParser(description="Mix a run's weights with those it started from.")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--from", dest="start", type=Path, required=True, help="the model folder the run started from")
    parser.add_argument("--share", type=float, default=0.75, help="of the run's weights, 0 to 1")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    model, start = load_model(args.checkpoint), load_model_folder(args.start).state_dict()
    mixed = {n: args.share * t + (1 - args.share) * start[n] if n in start and start[n].shape == t.shape else t for n, t in model.state_dict().items()}
    save_checkpoint(args.out, model=mixed, config=model.config.to_json())


if __name__ == "__main__":
    main()
