"""The task decoders: each a gate, decoder layers and an output layer over the shared hidden states."""

import torch
from torch import Tensor, nn

from .config import NetworkConfig
from .decoder import decoder_stack
from .dropout import Dropout
from .gate import Adapter, TaskGate

MASKED = -1e4
"""Logit of a position that cannot be chosen. Finite, so that a softmax over masked positions alone is no NaN."""


def _stack(config: NetworkConfig, task: str) -> nn.ModuleList:
    return decoder_stack(config.decoder_layers[task], config.hidden, config.decoder_heads, config.decoder_feed_forward, config.dropout)


class SentimentDecoder(nn.Module):
    """One query per sentence, started from the mean of its features, reads the sentence by cross-attention."""

    def __init__(self, config: NetworkConfig, shared: Adapter) -> None:
        super().__init__()
        self.task_gate = TaskGate(config.hidden, config.adapter_rank, shared, config.gate)
        self.query = nn.Parameter(torch.zeros(1, 1, config.hidden))
        self.layers = _stack(config, "sentiment")
        self.dropout = Dropout(config.dropout)
        self.output = nn.Linear(config.hidden, len(config.sentiment_labels))

    def forward(self, hidden: Tensor, attention_mask: Tensor) -> Tensor:
        """hidden [B, T, H], attention_mask [B, T] → logits [B, labels]."""
        x = self.task_gate(hidden)
        mask = attention_mask.bool()
        weights = attention_mask[:, :, None].to(x.dtype)
        mean = (x * weights).sum(1, keepdim=True) / weights.sum(1, keepdim=True).clamp(min=1e-6)
        query = self.query + mean
        for layer in self.layers:
            query = layer(query, mask[:, :1] | True, x, mask)
        return self.output(self.dropout(query[:, 0]))


class EntityDecoder(nn.Module):
    """Labels every token; sees the case and shape of the original word, which the uncased encoder does not."""

    def __init__(self, config: NetworkConfig, shared: Adapter) -> None:
        super().__init__()
        self.task_gate = TaskGate(config.hidden, config.adapter_rank, shared, config.gate)
        self.shapes = nn.Embedding(config.shapes, config.hidden)
        nn.init.normal_(self.shapes.weight, std=0.05)
        self.layers = _stack(config, "entities")
        self.dropout = Dropout(config.dropout)
        self.output = nn.Linear(config.hidden, len(config.entity_labels))

    def forward(self, hidden: Tensor, attention_mask: Tensor, shape_ids: Tensor) -> Tensor:
        """hidden [B, T, H], attention_mask [B, T], shape_ids [B, T] → logits [B, T, labels]."""
        x = self.task_gate(hidden) + self.shapes(shape_ids)
        mask = attention_mask.bool()
        y = x
        for layer in self.layers:
            y = layer(y, mask, x, mask)
        return self.output(self.dropout(y))


class AnswerDecoder(nn.Module):
    """Marks start and end of the answer; position 0 ([CLS]) stands for "no answer here" (Devlin et al. 2019, section 4.3).

    Question and passage are encoded together; the passage reads the question once more by cross-attention.
    """

    def __init__(self, config: NetworkConfig, shared: Adapter) -> None:
        super().__init__()
        self.task_gate = TaskGate(config.hidden, config.adapter_rank, shared, config.gate)
        self.layers = _stack(config, "answers")
        self.dropout = Dropout(config.dropout)
        self.output = nn.Linear(config.hidden, 2)

    def forward(self, hidden: Tensor, attention_mask: Tensor, passage_mask: Tensor) -> tuple[Tensor, Tensor]:
        """hidden [B, T, H] of question and passage, attention_mask [B, T], passage_mask [B, T] (1 on passage tokens)
        → start logits [B, T], end logits [B, T]."""
        x = self.task_gate(hidden)
        mask = attention_mask.bool()
        passage = passage_mask.bool()
        y = x
        for layer in self.layers:
            y = layer(y, mask, x, mask & ~passage)
        logits = self.output(self.dropout(y))
        first = torch.arange(y.shape[1], device=y.device)[None, :] == 0
        logits = torch.where((passage | first)[:, :, None], logits, MASKED)
        return logits[:, :, 0], logits[:, :, 1]
