"""The Transformer decoder layer: masked self-attention, cross-attention, feed-forward, each with a residual and a layer norm.

y = LN(t + SelfAttention(t)); z = LN(y + CrossAttention(y, m)); out = LN(z + W₂ GELU(W₁ z)) (Vaswani et al. 2017, section 3.1).
"""

from torch import Tensor, nn
from torch.nn import functional as F

from .attention import MultiHeadAttention
from .dropout import Dropout


class DecoderLayer(nn.Module):
    """One layer. Self-attention is masked by padding, not causally: the tasks label, they do not generate."""

    def __init__(self, hidden: int, heads: int, feed_forward: int, dropout: float) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(hidden, heads)
        self.self_norm = nn.LayerNorm(hidden)
        self.cross_attention = MultiHeadAttention(hidden, heads)
        self.cross_norm = nn.LayerNorm(hidden)
        self.inner = nn.Linear(hidden, feed_forward)
        self.outer = nn.Linear(feed_forward, hidden)
        self.feed_forward_norm = nn.LayerNorm(hidden)
        self.dropout = Dropout(dropout)

    def forward(self, target: Tensor, target_mask: Tensor, memory: Tensor, memory_mask: Tensor) -> Tensor:
        """target [B, Q, H], target_mask [B, Q], memory [B, K, H], memory_mask [B, K] → [B, Q, H]."""
        x = self.self_norm(target + self.dropout(self.self_attention(target, target, target_mask)))
        x = self.cross_norm(x + self.dropout(self.cross_attention(x, memory, memory_mask)))
        return self.feed_forward_norm(x + self.dropout(self.outer(F.gelu(self.inner(x)))))


def decoder_stack(layers: int, hidden: int, heads: int, feed_forward: int, dropout: float) -> nn.ModuleList:
    """`layers` decoder layers, to be applied one after the other on the same memory."""
    return nn.ModuleList(DecoderLayer(hidden, heads, feed_forward, dropout) for _ in range(layers))
