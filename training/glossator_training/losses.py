"""The loss of each task, and their weighted sum Σ λ_i L_i."""

from torch import Tensor
from torch.nn import functional as F

from .network.gate import tie_penalty
from .network.model import MultiTaskModel


def task_loss(model: MultiTaskModel, task: str, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy over labels (sentiment), over words (entities), mean of start and end (answers). A scalar in fp32."""
    mask = batch["attention_mask"]
    hidden = model.encoder(batch["input_ids"], mask, batch["token_type_ids"])
    if task == "sentiment":
        return F.cross_entropy(model.sentiment(hidden, mask).float(), batch["labels"])
    if task == "entities":
        logits = model.entities(hidden, mask, batch["shape_ids"]).float()
        return F.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten(), ignore_index=-100)
    start, end = model.answers(hidden, mask, batch["passage_mask"])
    return (F.cross_entropy(start.float(), batch["starts"]) + F.cross_entropy(end.float(), batch["ends"])) / 2


def weighted_loss(model: MultiTaskModel, task: str, batch: dict[str, Tensor], weight: float, tie: float) -> tuple[Tensor, float]:
    """λ_t L_t plus the soft-sharing penalty; and L_t as a number for the log."""
    loss = task_loss(model, task, batch)
    total = weight * loss
    if tie > 0:
        total = total + tie * tie_penalty(model.own_adapters())
    return total, loss.item()
