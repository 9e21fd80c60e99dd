"""The shared encoder: BERT's (Devlin et al. 2019) with the sizes and weights of all-MiniLM-L6-v2."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from .attention import MultiHeadAttention
from .config import NetworkConfig
from .dropout import Dropout


class EncoderLayer(nn.Module):
    """y = LN(x + SelfAttention(x)); z = LN(y + W₂ GELU(W₁ y))."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(config.hidden, config.heads)
        self.attention_norm = nn.LayerNorm(config.hidden, eps=config.layer_norm_eps)
        self.inner = nn.Linear(config.hidden, config.feed_forward)
        self.outer = nn.Linear(config.feed_forward, config.hidden)
        self.feed_forward_norm = nn.LayerNorm(config.hidden, eps=config.layer_norm_eps)
        self.dropout = Dropout(config.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, T, H], mask [B, T] → [B, T, H]."""
        x = self.attention_norm(x + self.dropout(self.attention(x, x, mask)))
        return self.feed_forward_norm(x + self.dropout(self.outer(F.gelu(self.inner(x)))))


class Encoder(nn.Module):
    """Token ids → hidden states, read by every task's decoder."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(config.vocabulary, config.hidden)
        self.position_embeddings = nn.Embedding(config.positions, config.hidden)
        self.token_type_embeddings = nn.Embedding(config.token_types, config.hidden)
        self.norm = nn.LayerNorm(config.hidden, eps=config.layer_norm_eps)
        self.dropout = Dropout(config.dropout)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """input_ids, attention_mask, token_type_ids [B, T] → hidden states [B, T, H]."""
        positions = torch.arange(input_ids.shape[1], device=input_ids.device)
        x = self.word_embeddings(input_ids) + self.position_embeddings(positions) + self.token_type_embeddings(token_type_ids)
        x = self.dropout(self.norm(x))
        mask = attention_mask.bool()
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load_base(self, path: Path) -> None:
        """Takes over a Hugging Face BERT checkpoint in safetensors form.

        Raises ValueError that names the file and the tensors when the shapes or names do not fit.
        """
        names = {"embeddings.LayerNorm": "norm"} | {f"embeddings.{n}": n for n in ("word_embeddings", "position_embeddings", "token_type_embeddings")}
        for i in range(len(self.layers)):
            old, new = f"encoder.layer.{i}", f"layers.{i}"
            names |= {
                f"{old}.attention.self.query": f"{new}.attention.query",
                f"{old}.attention.self.key": f"{new}.attention.key",
                f"{old}.attention.self.value": f"{new}.attention.value",
                f"{old}.attention.output.dense": f"{new}.attention.output",
                f"{old}.attention.output.LayerNorm": f"{new}.attention_norm",
                f"{old}.intermediate.dense": f"{new}.inner",
                f"{old}.output.dense": f"{new}.outer",
                f"{old}.output.LayerNorm": f"{new}.feed_forward_norm",
            }
        state = {}
        for key, tensor in load_file(path).items():
            module, _, kind = key.rpartition(".")
            if module in names:
                state[f"{names[module]}.{kind}"] = tensor
        try:
            self.load_state_dict(state)
        except RuntimeError as error:
            raise ValueError(f"{path} is not a checkpoint of this encoder: {error}") from error


def mean_pool(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    """Mean over the tokens, normalised to length 1: the sentence embedding of all-MiniLM-L6-v2. [B, T, H], [B, T] → [B, H]."""
    weights = attention_mask[:, :, None].to(hidden.dtype)
    mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-6)
    return mean / mean.norm(dim=-1, keepdim=True).clamp(min=1e-6)
