"""Output layers for another label set: rows of labels that stay are kept, whatever their new number; new labels get new rows."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import nn

from .network.config import NetworkConfig
from .network.model import MultiTaskModel

NEW_ROW = 0.02
"""Standard deviation of a new row's weights, BERT's for fresh layers (Devlin et al. 2019)."""


def merged_labels(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The dataset's labels in its order, then those only the model knows."""
    return tuple(dict.fromkeys([*wanted, *known]))


def merged_tags(types: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Tags O, B-X, I-X, … of the dataset's types in its order, then those of types only the model knows."""
    merged = merged_labels(types, [tag[2:] for tag in known if tag != "O"])
    return ("O", *(f"{prefix}-{kind}" for kind in merged for prefix in "BI"))


def regrow(layer: nn.Linear, old: Sequence[str], new: Sequence[str], generator: torch.Generator) -> nn.Linear:
    """An output layer for the labels `new`; weights and bias of a label also in `old` are taken over."""
    grown = nn.Linear(layer.in_features, len(new))
    with torch.no_grad():
        grown.weight.normal_(std=NEW_ROW, generator=generator)
        grown.bias.zero_()
        for row, name in enumerate(new):
            if name in old:
                grown.weight[row] = layer.weight[old.index(name)]
                grown.bias[row] = layer.bias[old.index(name)]
    return grown


def with_labels(model: MultiTaskModel, sentiment: Sequence[str], entities: Sequence[str], seed: int) -> MultiTaskModel:
    """A copy of the network with these label sets; everything but the output layers is the same."""
    config: NetworkConfig = replace(model.config, sentiment_labels=tuple(sentiment), entity_labels=tuple(entities))
    generator = torch.Generator().manual_seed(seed)
    grown = MultiTaskModel(config)
    state = model.state_dict()
    for task, old, new in (
        ("sentiment", model.config.sentiment_labels, config.sentiment_labels),
        ("entities", model.config.entity_labels, config.entity_labels),
    ):
        layer = regrow(getattr(model, task).output, old, new, generator)
        state[f"{task}.output.weight"], state[f"{task}.output.bias"] = layer.weight.detach(), layer.bias.detach()
    grown.load_state_dict(state)
    return grown.eval()
