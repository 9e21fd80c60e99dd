"""Adapters and the task gate, which mixes shared and task-own features.

Per task t: own = h + U_t GELU(D_t h), shared = h + U_s GELU(D_s h) (Houlsby et al. 2019, adapters),
g_t = σ(W_t h + b_t), x_t = g_t ⊙ own + (1 − g_t) ⊙ shared: the gating of PLE and MMoE (Ma et al. 2018; Tang et al. 2020) with two experts.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Adapter(nn.Module):
    """h + up(GELU(down(h))); starts as the identity."""

    def __init__(self, hidden: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Linear(hidden, rank)
        self.up = nn.Linear(rank, hidden)
        nn.init.normal_(self.down.weight, std=0.02)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, h: Tensor) -> Tensor:
        """[..., H] → [..., H]."""
        return h + self.up(F.gelu(self.down(h)))


class TaskGate(nn.Module):
    """Mixes the task's own adapter with the one all tasks share, channel by channel; starts half and half.

    `use`: `mixed`, or only the `own` or the `shared` adapter, to measure what the mixture is worth.
    """

    def __init__(self, hidden: int, rank: int, shared: Adapter, use: str = "mixed") -> None:
        super().__init__()
        if use not in ("mixed", "own", "shared"):
            raise ValueError(f"gate {use!r} is none of mixed, own, shared")
        self.use = use
        self.own = Adapter(hidden, rank)
        self.shared = shared
        self.gate = nn.Linear(hidden, hidden)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)

    def forward(self, h: Tensor) -> Tensor:
        """Shared hidden states [B, T, H] → task features [B, T, H]."""
        if self.use != "mixed":
            return self.own(h) if self.use == "own" else self.shared(h)
        g = torch.sigmoid(self.gate(h))
        return g * self.own(h) + (1 - g) * self.shared(h)


def tie_penalty(adapters: Sequence[Adapter]) -> Tensor:
    """Soft sharing: Σ_t ‖W_t − mean W‖² over the task-own adapters (Duong et al. 2015). A scalar."""
    total = torch.zeros((), device=adapters[0].down.weight.device)
    for name in ("down", "up"):
        weights = torch.stack([getattr(adapter, name).weight for adapter in adapters])
        total = total + ((weights - weights.mean(0, keepdim=True)) ** 2).sum()
    return total
