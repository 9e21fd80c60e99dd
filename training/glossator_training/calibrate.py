"""Fits what is left after training: a temperature per task, and how readily a sentence counts as having no opinion.

Temperature: logits are divided by the T that minimises the negative log-likelihood on held-out labels (Guo et al. 2017). Neutral: its
logit is shifted, into the output layer's bias, so that few opinions are called neutral. Both are fitted on every other held-out text
and reported on the rest.

python -m glossator_training.calibrate --checkpoint runs/base/checkpoint.pt --data DATA --out runs/base/calibrated.pt
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from .checkpoint import load_model, save_checkpoint
from .data.batches import collate, cut_batches, length
from .data.conll import read_conll
from .data.answers import AnswerOptions, AnswerSource, CachedSource
from .data.entities import label_words
from .data.sentiment import OBJECTIVE_HELD_BACK
from .data.sst import read_lines, read_sst2
from .evaluate import spread
from .network.model import MultiTaskModel
from .predict import cached_logits, encode, entity_logits, sentiment_logits
from .tokenization import TextTokenizer, base_directory

OPINIONS_CALLED_NEUTRAL = 0.045
"""Share of the fitting half's opinions that may lose their mark."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Logits [N, classes] and labels [N] of held-out texts; `fitted` [N]: whether temperature and shift may see them."""

    logits: Tensor
    labels: Tensor
    fitted: Tensor

    def half(self, fitted: bool) -> tuple[Tensor, Tensor]:
        """Logits and labels of one half."""
        rows = self.fitted if fitted else ~self.fitted
        return self.logits[rows], self.labels[rows]


def alternate(count: int) -> Tensor:
    """True for every other of `count` texts."""
    return torch.arange(count) % 2 == 0


def temperature(logits: Tensor, labels: Tensor) -> float:
    """The T of least negative log-likelihood; logits [N, classes], labels [N]. Searched on a fine logarithmic grid from .5 to 4."""
    grid = torch.logspace(-1, 2, 121, base=2)
    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in grid])
    return round(float(grid[losses.argmin()]), 3)


def reliability(logits: Tensor, labels: Tensor, t: float, bins: int = 15) -> list[dict[str, float]]:
    """Confidence, accuracy and share of the predictions in each of the equal-width bins of confidence that holds any."""
    confidence, predicted = (logits / t).softmax(-1).max(-1)
    correct = (predicted == labels).float()
    found = []
    for low in torch.arange(bins) / bins:
        inside = (confidence > low) & (confidence <= low + 1 / bins)
        if inside.any():
            rows = {"confidence": confidence[inside].mean(), "accuracy": correct[inside].mean(), "share": inside.float().mean()}
            found.append({name: round(float(value), 4) for name, value in rows.items()})
    return found


def calibration_error(logits: Tensor, labels: Tensor, t: float, bins: int = 15) -> float:
    """Expected calibration error: |accuracy − confidence| over the bins of `reliability`, weighted by size (Naeini et al. 2015)."""
    return sum(b["share"] * abs(b["accuracy"] - b["confidence"]) for b in reliability(logits, labels, t, bins))


def neutral_shift(logits: Tensor, labels: Tensor, neutral: int) -> float:
    """What to add to the neutral logit: 0, or as little below as leaves `OPINIONS_CALLED_NEUTRAL` of the opinions without a mark."""
    opinions = logits[labels != neutral]
    others = opinions.clone()
    others[:, neutral] = -torch.inf
    margins = (opinions[:, neutral] - others.max(-1).values).sort(descending=True).values
    allowed = int(OPINIONS_CALLED_NEUTRAL * len(margins))
    return min(0.0, -round(float(margins[allowed]) + 0.01, 2)) if allowed < len(margins) else 0.0


def sentiment(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path) -> Labelled:
    """SST-2 dev, and the plain statements held back."""
    neutral = model.config.sentiment_labels.index("neutral")
    rows = read_sst2(data / "sst2/dev.tsv")
    plain = read_lines(data / "sst5/objective.txt")[-OBJECTIVE_HELD_BACK:]
    logits = sentiment_logits(model, tokenizer, [text for text, _ in rows] + plain)
    labels = torch.tensor([label for _, label in rows] + [neutral] * len(plain))
    return Labelled(logits, labels, torch.cat([alternate(len(rows)), alternate(len(plain))]))


def entities(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, count: int) -> Labelled:
    """Words of sentences of CoNLL-2003's validation file; a sentence is in one half."""
    ids = {name: i for i, name in enumerate(model.config.entity_labels)}
    sentences = spread([s for d in read_conll(data / "conll2003/eng.testa") for s in d], count)
    examples = label_words(tokenizer, sentences, ids)
    words = torch.cat(entity_logits(model, tokenizer, [(e.ids, e.shapes) for e in examples]))
    targets = torch.tensor([label for e in examples for label in e.labels])
    fitted = torch.tensor([i % 2 == 0 for i, e in enumerate(examples) for _ in e.labels])
    return Labelled(words[targets >= 0], targets[targets >= 0], fitted[targets >= 0])


@torch.no_grad()
def answers(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, count: int, cached: bool) -> Labelled:
    """Start logits of windows of FairytaleQA's validation questions, which are not trained on."""
    source = AnswerSource({data / "fairytaleqa/val.json": 1.0}, tokenizer)
    examples = (CachedSource(source) if cached else source).epoch(random.Random(7))[:count]
    rows, labels = [], []
    for indices in cut_batches([length(e) for e in examples], 4096, random.Random(7)):
        batch = collate([examples[i] for i in indices], tokenizer)
        start, _ = cached_logits(model, batch) if cached else model.answers(encode(model, batch), batch["attention_mask"], batch["passage_mask"])
        rows.append(start.float())
        labels.append(batch["starts"])
    width = max(r.shape[1] for r in rows)
    logits = torch.cat([F.pad(r, (0, width - r.shape[1]), value=-1e4) for r in rows])
    return Labelled(logits, torch.cat(labels), alternate(len(logits)))


def confusion(logits: Tensor, labels: Tensor, classes: int) -> list[list[int]]:
    """How often each class (row) was called which (column)."""
    counts = torch.zeros(classes, classes, dtype=torch.int64)
    counts.index_put_((labels, logits.argmax(-1)), torch.ones_like(labels), accumulate=True)
    return counts.tolist()


def main() -> None:
    """Prints the report as JSON and writes the checkpoint with the shifted bias."""
    parser = argparse.ArgumentParser(description="Calibrate a checkpoint.")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write; the temperatures go beside it as .json")
    args = parser.parse_args()
    model = load_model(args.checkpoint)
    tokenizer = TextTokenizer(base_directory() / "tokenizer.json")
    neutral = model.config.sentiment_labels.index("neutral")
    held = sentiment(model, tokenizer, args.data)
    shift = neutral_shift(*held.half(True), neutral)
    held.logits[:, neutral] += shift
    with torch.no_grad():
        model.sentiment.output.bias[neutral] += shift
    found = {"sentiment": held, "entities": entities(model, tokenizer, args.data, 1500), "answers": answers(model, tokenizer, args.data, 600, False)}
    if model.cached is not None:
        found["cached"] = answers(model, tokenizer, args.data, 300, True)
    report: dict = {"neutral_shift": shift, "temperatures": {}, "expected_calibration_error": {}, "reliability": {}, "confusion": {}}
    for task, labelled in found.items():
        t = temperature(*labelled.half(True))
        report["temperatures"][task] = t
        seen = labelled.half(False)
        report["expected_calibration_error"][task] = [round(calibration_error(*seen, x), 4) for x in (1.0, t)]
        report["reliability"][task] = {"before": reliability(*seen, 1.0), "after": reliability(*seen, t)}
    for task, names in (("sentiment", model.config.sentiment_labels), ("entities", model.config.entity_labels)):
        report["confusion"][task] = {"labels": list(names), "counts": confusion(found[task].logits, found[task].labels, len(names))}
    save_checkpoint(args.out, model=model.state_dict(), config=model.config.to_json())
    args.out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: report[k] for k in ("neutral_shift", "temperatures", "expected_calibration_error")}, indent=2))


if __name__ == "__main__":
    main()
