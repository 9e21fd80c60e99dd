"""The loss of each task, as a sum and what it is to be divided by: so that several processes, each with a share of a batch, add up to one."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from .data.example import UNKNOWN
from .network.gate import tie_penalty
from .network.model import MultiTaskModel

Sum = tuple[Tensor, Tensor]
"""Loss summed over examples (words, questions), and their number or weight. Scalars in fp32; their quotient is the mean loss."""

SHARED_NORM = 0.5
"""Weight of `shared_norm_loss` beside the loss of each passage by itself."""


def marginal(logits: Tensor, places: Tensor) -> Tensor:
    """−log of the summed probability [B] of the `places` [B, K] (−1: none) of logits [B, T]: which of them was meant need not be known
    (Clark and Gardner 2018, section 2.2: summed objective)."""
    logits = logits.float()
    right = logits.gather(1, places.clamp(min=0)).masked_fill(places < 0, -torch.inf).logsumexp(-1)
    return logits.logsumexp(-1) - right


def span_loss(start: Tensor, end: Tensor, starts: Tensor, ends: Tensor) -> Sum:
    """Mean of the losses of start and end [B, T] against positions [B] or, where several are right, [B, K] (Devlin et al. 2019, section 4.2)."""
    starts, ends = (x[:, None] if x.dim() == 1 else x for x in (starts, ends))
    each = (marginal(start, starts) + marginal(end, ends)) / 2
    return each.sum(), each.new_tensor(len(each))


def shared_norm_loss(start: Tensor, end: Tensor, starts: Tensor, ends: Tensor, paired: Tensor) -> Tensor:
    """Σ over pairs [P, 2] of a passage with the answer and one without: the loss of start and end normalised over the positions of both,
    [CLS] left out, so that scores of different passages compare (Clark and Gardner 2018, section 3.2: shared normalisation)."""
    first, second = paired.unbind(1)
    both = [torch.cat([x[first, 1:], x[second, 1:]], 1) for x in (start, end)]
    right = [x[first] - 1 for x in (starts, ends)]
    return sum(marginal(x, y) for x, y in zip(both, right, strict=True)).sum() / 2


def sentiment_logits(model: MultiTaskModel, batch: dict[str, Tensor]) -> Tensor:
    """Logits [B, labels] of sentences, in fp32."""
    mask = batch["attention_mask"]
    return model.sentiment(model.encoder(batch["input_ids"], mask, batch["token_type_ids"]), mask).float()


def sentiment_loss(model: MultiTaskModel, batch: dict[str, Tensor]) -> Sum:
    """Cross-entropy over the labels, summed over sentences."""
    labels = batch["labels"]
    return F.cross_entropy(sentiment_logits(model, batch), labels, reduction="sum"), labels.new_tensor(len(labels)).float()


def kept_sentiment_loss(model: MultiTaskModel, teacher: MultiTaskModel, share: float, batch: dict[str, Tensor]) -> Sum:
    """`share` of it is the distance (Kullback and Leibler) from what the teacher says (Hinton et al. 2015, section 2, at temperature 1), the rest the
    labels' cross-entropy where a sentence has one. Summed over sentences."""
    labels = batch["labels"]
    logits = sentiment_logits(model, batch)
    with torch.no_grad():
        said = sentiment_logits(teacher, batch).log_softmax(-1)
    distance = F.kl_div(logits.log_softmax(-1), said, log_target=True, reduction="sum")
    known = F.cross_entropy(logits, labels, ignore_index=UNKNOWN, reduction="sum")
    return share * distance + (1 - share) * known, labels.new_tensor(len(labels)).float()


def entity_loss(model: MultiTaskModel, batch: dict[str, Tensor]) -> Sum:
    """Cross-entropy over the tags, summed over words (the tokens whose label is not -100)."""
    mask = batch["attention_mask"]
    hidden = model.encoder(batch["input_ids"], mask, batch["token_type_ids"])
    logits = model.entities(hidden, mask, batch["shape_ids"]).float()
    labels = batch["labels"].flatten()
    return F.cross_entropy(logits.flatten(0, 1), labels, ignore_index=-100, reduction="sum"), (labels != -100).sum().float()


def answer_loss(model: MultiTaskModel, batch: dict[str, Tensor]) -> Sum:
    """Question and passage encoded together; each passage by itself, and pairs of passages under one normalisation."""
    mask = batch["attention_mask"]
    hidden = model.encoder(batch["input_ids"], mask, batch["token_type_ids"])
    start, end = model.answers(hidden, mask, batch["passage_mask"])
    total, count = span_loss(start, end, batch["starts"], batch["ends"])
    if len(batch["paired"]):
        total = total + SHARED_NORM * shared_norm_loss(start, end, batch["starts"], batch["ends"], batch["paired"])
    return total, count


LOSSES: dict[str, Callable[[MultiTaskModel, dict[str, Tensor]], Sum]] = {
    "sentiment": sentiment_loss,
    "entities": entity_loss,
    "answers": answer_loss,
}
"""The loss of each task by its name."""


def task_loss(model: MultiTaskModel, task: str, batch: dict[str, Tensor]) -> Tensor:
    """The mean loss of one batch of a task. A scalar in fp32."""
    total, count = LOSSES[task](model, batch)
    return total / count


def tie_loss(model: MultiTaskModel, strength: float) -> Tensor | float:
    """Soft sharing: `strength` times the distance of the task-own adapters from their mean; 0 without."""
    return strength * tie_penalty(model.own_adapters()) if strength > 0 else 0.0
