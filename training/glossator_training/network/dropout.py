"""Dropout whose mask is cheap to draw on a CPU (Srivastava et al. 2014; the scaling keeps the expectation)."""

import torch
from torch import Tensor, nn

POOL = 1 << 22
"""Mask values kept ready. Drawing fresh ones takes a tenth of a training step on a CPU; a random stretch of a pool takes nothing."""

_pools: dict[tuple[float, torch.dtype, int], Tensor] = {}


def _pool(rate: float, dtype: torch.dtype, size: int) -> Tensor:
    key = (rate, dtype, size)
    if key not in _pools:
        # A generator of its own: the pool must not depend on how often the global one was used before.
        kept = torch.rand(size, generator=torch.Generator().manual_seed(0)) >= rate
        _pools[key] = kept.to(dtype) / (1 - rate)
    return _pools[key]


def set_dropout(model: nn.Module, rate: float) -> None:
    """Gives every dropout in `model` this rate."""
    for module in model.modules():
        if isinstance(module, Dropout):
            module.rate = rate


class Dropout(nn.Module):
    """Zeroes a share `rate` of the values in training, scaling the others by 1 / (1 − rate).

    On a CPU the mask is a stretch of a pool of drawn values, at an offset drawn from PyTorch's generator; elsewhere PyTorch's own.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """Any shape → the same shape."""
        if not self.training or self.rate == 0:
            return x
        if x.device.type != "cpu":
            return nn.functional.dropout(x, self.rate, training=True)
        count = x.numel()
        pool = _pool(self.rate, x.dtype, max(POOL, 2 * count))
        offset = int(torch.randint(0, len(pool) - count + 1, ()))
        return x * pool[offset : offset + count].view(x.shape)
