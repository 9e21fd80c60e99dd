"""What one training step minimises: the network's trained part over given states, and its loss.

L = L_task + ρ · KL(reference ‖ model) + τ · ‖A − Ā‖², to which optimizer.py adds λ · ‖θ − θ₀‖² (L2-SP, Li et al. 2018).
L_task is the decoder's loss in training (losses.py), each row with a weight; the divergence keeps the model near logits it gave
before on rows that are replayed (Li & Hoiem 2016); the tie is soft sharing (network/gate.py) with the other decoders' adapters fixed.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ..network.config import NetworkConfig
from ..network.model import TASKS, MultiTaskModel

BATCH, LENGTH, LABELS = "batch", "length", "labels"
"""Names of the dynamic dimensions."""

LAYERS = 2
"""Encoder layers that the deeper graphs train."""


class LookUp(nn.Module):
    """An embedding of few rows as a product with one-hot rows: its gradient is a product too, where a scatter is slow or missing on a GPU."""

    def __init__(self, rows: int, hidden: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(rows, hidden))

    def forward(self, ids: Tensor) -> Tensor:
        """ids [B, T] → [B, T, H]."""
        return (ids[:, :, None] == torch.arange(self.weight.shape[0])).to(self.weight.dtype) @ self.weight


@dataclass(frozen=True)
class Field:
    """An input of the step that is neither parameter nor moment."""

    name: str
    shape: tuple[str | int, ...]
    integer: bool = False


def fields(decoder: str, config: NetworkConfig, deep: bool) -> list[Field]:
    """Inputs of a decoder's step in the order of `Objective.forward`. `deep`: the states are those below the encoder's last layers."""
    tokens, row, states = (BATCH, LENGTH), (BATCH,), (BATCH, LENGTH, config.hidden)
    both = [Field("lower_states" if deep else "hidden_states", states), Field("attention_mask", tokens, True)]
    if decoder == "entities":
        own = [Field("shape_ids", tokens, True), Field("labels", tokens, True), Field("reference_logits", (*tokens, LABELS))]
    elif decoder == "sentiment":
        own = [Field("labels", row, True), Field("reference_logits", (BATCH, LABELS))]
    else:
        own = [Field("passage_mask", tokens, True), Field("starts", row, True), Field("ends", row, True)]
        own += [Field("reference_start_logits", tokens), Field("reference_end_logits", tokens)]
    strengths = [Field("replay_strength", ()), Field("tie_strength", ())]
    adapter = [Field("tie:down.weight", (config.adapter_rank, config.hidden)), Field("tie:up.weight", (config.hidden, config.adapter_rank))]
    return [*both, *own, Field("weights", row), Field("replay_weights", row), *strengths, *adapter]


def cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """logits [..., N], labels [...] (below 0: ignored), weights [...] → weighted sum of −log p and sum of the weights.

    A comparison instead of a look-up: it has a gradient that every execution provider can compute.
    """
    chosen = (labels[..., None] == torch.arange(logits.shape[-1])).to(logits.dtype)
    counted = weights * (labels >= 0).to(logits.dtype)
    return -((logits.log_softmax(-1) * chosen).sum(-1) * counted).sum(), counted.sum()


def divergence(reference: Tensor, logits: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """KL(reference ‖ model) of logits [..., N], as a sum weighted by `weights` [...], and the sum of the weights."""
    target = reference.log_softmax(-1)
    each = (target.exp() * (target - logits.log_softmax(-1))).sum(-1)
    return (each * weights).sum(), weights.sum()


def mean(total: Tensor, count: Tensor) -> Tensor:
    """total / count, and 0 where nothing was counted: a batch may be all replay, or all labelled."""
    return total / torch.where(count > 0, count, 1.0)


class Objective(nn.Module):
    """One decoder, with the encoder's last layers below it where `layers` > 0, and its loss.

    Parameters have the names they have in `MultiTaskModel`: `entities.output.weight`, `encoder.layers.5.inner.bias`.
    """

    def __init__(self, config: NetworkConfig, decoder: str, layers: int) -> None:
        super().__init__()
        if decoder not in TASKS:
            raise ValueError(f"the network has no decoder {decoder!r}")
        if layers > config.layers:
            raise ValueError(f"the encoder has {config.layers} layers, {layers} are to be trained")
        # The step never sees ids, so the embeddings are left out.
        self.model = MultiTaskModel(replace(config, vocabulary=1, positions=1, token_types=1)).eval()
        if decoder == "entities":
            self.model.entities.shapes = LookUp(config.shapes, config.hidden)
        self.decoder, self.layers = decoder, layers

    def trained(self) -> dict[str, nn.Parameter]:
        """The parameters a step changes.

        The shared adapter is not among them: every decoder reads it, so that a step for one task would change the others' answers.
        """
        shared = f"{self.decoder}.task_gate.shared."
        return {n: p for n, p in self._parts() if not n.startswith(shared) and self._used(n)}

    def frozen(self) -> dict[str, nn.Parameter]:
        """The parameters a step reads and leaves as they are."""
        shared = f"{self.decoder}.task_gate.shared."
        return {n: p for n, p in self._parts() if n.startswith(shared) and self._used(n)}

    def _used(self, name: str) -> bool:
        gate = getattr(self.model, self.decoder).task_gate
        unused = {"own": ("gate", "shared"), "shared": ("gate", "own"), "mixed": ()}[gate.use]
        return not name.startswith(tuple(f"{self.decoder}.task_gate.{part}." for part in unused))

    def _parts(self) -> list[tuple[str, nn.Parameter]]:
        first = self.model.config.layers - self.layers
        encoder = [
            (f"encoder.layers.{i}.{n}", p)
            for i, layer in enumerate(self.model.encoder.layers) if i >= first
            for n, p in layer.named_parameters()
        ]  # fmt: skip
        return encoder + [(f"{self.decoder}.{n}", p) for n, p in getattr(self.model, self.decoder).named_parameters()]

    def encode(self, states: Tensor, mask: Tensor) -> Tensor:
        """States below the trained layers [B, T, H] → hidden states [B, T, H]."""
        for layer in self.model.encoder.layers[len(self.model.encoder.layers) - self.layers :]:
            states = layer(states, mask.bool())
        return states

    def forward(self, states: Tensor, mask: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs as `fields` lists them → the whole loss (without L2-SP) and the task's own. Scalars."""
        *own, weights, replay_weights, replay_strength, tie_strength, tied_down, tied_up = rest
        hidden = self.encode(states, mask)
        decoder = getattr(self.model, self.decoder)
        attended = mask.to(hidden.dtype)
        if self.decoder == "entities":
            shapes, labels, reference = own
            logits = decoder(hidden, mask, shapes)
            loss = mean(*cross_entropy(logits, labels, weights[:, None].expand_as(attended)))
            kept = mean(*divergence(reference, logits, replay_weights[:, None] * attended))
        elif self.decoder == "sentiment":
            labels, reference = own
            logits = decoder(hidden, mask)
            loss = mean(*cross_entropy(logits, labels, weights))
            kept = mean(*divergence(reference, logits, replay_weights))
        else:
            passage_mask, starts, ends, start_reference, end_reference = own
            start, end = decoder(hidden, mask, passage_mask)
            # An example counts when both of its ends are given.
            weights = weights * ((starts >= 0) & (ends >= 0)).to(weights.dtype)
            loss = (mean(*cross_entropy(start, starts, weights)) + mean(*cross_entropy(end, ends, weights))) / 2
            kept = (mean(*divergence(start_reference, start, replay_weights)) + mean(*divergence(end_reference, end, replay_weights))) / 2
        adapter = decoder.task_gate.own
        tie = ((adapter.down.weight - tied_down) ** 2).sum() + ((adapter.up.weight - tied_up) ** 2).sum()
        total = loss + replay_strength * kept
        if decoder.task_gate.use != "shared":
            total = total + tie_strength * tie
        return total, loss
