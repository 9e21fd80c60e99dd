"""A running average of the weights, which scores better than the last ones while the learning rate is high (Polyak and Juditsky 1992)."""

import torch
from torch import Tensor, nn


class WeightAverage:
    """Exponential average of the trainable weights, updated every `every` steps. The decay grows with the steps, so that the start is forgotten."""

    def __init__(self, model: nn.Module, decay: float, every: int = 4) -> None:
        self.decay, self.every = decay, every
        self.weights: dict[str, Tensor] = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """To be called after each step."""
        if step % self.every:
            return
        decay = min(self.decay, (1 + step) / (10 + step)) ** self.every
        names = list(self.weights)
        parameters = dict(model.named_parameters())
        torch._foreach_lerp_([self.weights[n] for n in names], [parameters[n].detach() for n in names], 1 - decay)

    def state(self, model: nn.Module) -> dict[str, Tensor]:
        """The model's whole state with the averaged weights in it; names of shared modules stand for the same tensor."""
        averaged = {id(p): self.weights[n] for n, p in model.named_parameters() if n in self.weights}
        kept = {n: p for n, p in model.named_parameters(remove_duplicate=False)}
        return {n: averaged.get(id(kept[n]), v) if n in kept else v for n, v in model.state_dict().items()}
