"""Multi-head attention: softmax(Q Kᵀ / √d) V per head, heads joined by a linear map (Vaswani et al. 2017, section 3.2)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """softmax(q kᵀ / √d + bias) v; q [B, heads, Q, d], k and v [B, heads, K, d], bias [B, 1, 1, K] → [B, heads, Q, d].

    On a GPU PyTorch's fused kernel. On a CPU written out: in bf16 its backward pass takes half the time of the fused one, and only
    the written form can be traced into a training-step graph.
    """
    if q.device.type == "cuda":
        return F.scaled_dot_product_attention(q, k, v, attn_mask=bias.expand(-1, 1, q.shape[2], -1))
    scores = q @ k.transpose(-1, -2) * (1 / math.sqrt(q.shape[-1])) + bias
    return scores.softmax(-1) @ v


class MultiHeadAttention(nn.Module):
    """Queries from one sequence, keys and values from another (or the same one).

    No dropout on the attention weights: it keeps PyTorch from its fused kernel and costs time on a CPU, for no gain seen.
    """

    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        if hidden % heads:
            raise ValueError(f"hidden size {hidden} cannot be divided among {heads} heads")
        self.heads = heads
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)
        self.output = nn.Linear(hidden, hidden)

    def forward(self, target: Tensor, memory: Tensor, memory_mask: Tensor) -> Tensor:
        """target [B, Q, H], memory [B, K, H], memory_mask [B, K] (true where a key may be read) → [B, Q, H]."""
        batch, queries, hidden = target.shape
        keys = memory.shape[1]
        size = hidden // self.heads
        q = self.query(target).view(batch, queries, self.heads, size).transpose(1, 2)
        k = self.key(memory).view(batch, keys, self.heads, size).transpose(1, 2)
        v = self.value(memory).view(batch, keys, self.heads, size).transpose(1, 2)
        # A large negative number, not -inf: a row whose keys are all masked must give a mean, not NaN.
        bias = torch.where(memory_mask[:, None, None, :], 0.0, -1e4).to(q.dtype)
        mixed = attend(q, k, v, bias)
        return self.output(mixed.transpose(1, 2).reshape(batch, queries, hidden))
