"""Checkpoints: everything a run needs to go on as if it had never stopped. Written to a side file, then renamed."""

import os
from pathlib import Path

import torch

from .network.config import REMOVED, NetworkConfig
from .network.model import MultiTaskModel


def save_checkpoint(path: Path, **state: object) -> None:
    """Replaces `path` in one step: a stop in the middle leaves the old checkpoint."""
    side = path.with_suffix(".partial")
    torch.save(state, side)
    os.replace(side, path)


def load_model(path: Path) -> MultiTaskModel:
    """The network of a checkpoint, in evaluation mode: the averaged weights where it holds them. Raises ValueError naming the file when shapes do not fit."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = MultiTaskModel(NetworkConfig.from_json(state["config"]))
    restore(model, state.get("average") or state["model"], path)
    return model.eval()


def restore(model: MultiTaskModel, weights: dict, path: Path) -> None:
    """Loads weights, but those of a decoder that is no more. Raises ValueError naming file and tensors when the checkpoint is of another shape."""
    try:
        model.load_state_dict({name: value for name, value in weights.items() if not name.startswith(f"{REMOVED}.")})
    except RuntimeError as error:
        raise ValueError(f"{path} holds a network of another shape: {error}") from error
