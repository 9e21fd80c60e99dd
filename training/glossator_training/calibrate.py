"""Fits what is left after training: a temperature per task, and how readily a sentence counts as having no opinion.

Temperature: logits are divided by the T that minimises the negative log-likelihood on held-out labels (Guo et al. 2017). Neutral: its
logit is shifted so that opinions called neutral and statements called opinions are equally rare on training sentences; the shift goes
into the output layer's bias.

python -m glossator_training.calibrate --checkpoint runs/base/checkpoint.pt --data DATA --out runs/base/calibrated.pt
"""

import argparse
import json
import random
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from .checkpoint import load_model, save_checkpoint
from .data.batches import collate, cut_batches, length
from .data.conll import read_conll
from .data.sources import OBJECTIVE_HELD_BACK, AnswerSource, label_words
from .data.sst import read_lines, read_sst2
from .evaluate import spread
from .network.model import MultiTaskModel
from .predict import encode, entity_logits, sentiment_logits
from .tokenization import TextTokenizer, base_directory

def temperature(logits: Tensor, labels: Tensor) -> float:
    """The T of least negative log-likelihood; logits [N, classes], labels [N]. Searched on a fine logarithmic grid from .5 to 4."""
    grid = torch.logspace(-1, 2, 121, base=2)
    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in grid])
    return round(float(grid[losses.argmin()]), 3)


def calibration_error(logits: Tensor, labels: Tensor, t: float, bins: int = 15) -> float:
    """Expected calibration error: |accuracy − confidence| over equal-width bins of the confidence, weighted by size (Naeini et al. 2015)."""
    confidence, predicted = (logits / t).softmax(-1).max(-1)
    correct = (predicted == labels).float()
    error = 0.0
    for low in torch.arange(bins) / bins:
        inside = (confidence > low) & (confidence <= low + 1 / bins)
        if inside.any():
            error += float(inside.float().mean() * (correct[inside].mean() - confidence[inside].mean()).abs())
    return error


def neutral_shift(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path) -> float:
    """What to add to the neutral logit: where both kinds of mistake are equally frequent on sentences the model was trained on."""
    neutral = model.config.sentiment_labels.index("neutral")
    opinions = spread([text for text, _ in read_sst2(data / "sst2/train.tsv") if len(text.split()) >= 10], 800)
    statements = spread(read_lines(data / "sst5/objective.txt")[:-OBJECTIVE_HELD_BACK], 400)
    margins = []
    for texts in (opinions, statements):
        logits = sentiment_logits(model, tokenizer, texts)
        others = logits.clone()
        others[:, neutral] = -torch.inf
        margins.append(logits[:, neutral] - others.max(-1).values)
    grid = torch.linspace(-6, 4, 201)
    gaps = torch.stack([((margins[0] + s > 0).float().mean() - (margins[1] + s <= 0).float().mean()).abs() for s in grid])
    # Never towards neutral: the sentences are trained on, and on new ones opinions are missed more often than statements are marked.
    return min(0.0, round(float(grid[gaps.argmin()]), 2))


@torch.no_grad()
def answer_logits(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, count: int) -> tuple[Tensor, Tensor]:
    """Start logits of windows of FairytaleQA's validation questions, which are not trained on."""
    source = AnswerSource({data / "fairytaleqa/val.json": 1.0}, tokenizer)
    examples = source.epoch(random.Random(7))[:count]
    rows, labels, width = [], [], 0
    for indices in cut_batches([length(e) for e in examples], 4096, random.Random(7)):
        batch = collate([examples[i] for i in indices], tokenizer)
        start, _ = model.answers(encode(model, batch), batch["attention_mask"], batch["passage_mask"])
        rows.append(start.float())
        labels.append(batch["starts"])
        width = max(width, start.shape[1])
    return torch.cat([F.pad(r, (0, width - r.shape[1]), value=-1e4) for r in rows]), torch.cat(labels)


def main() -> None:
    """Prints the report as JSON and writes the checkpoint with the shifted bias."""
    parser = argparse.ArgumentParser(description="Calibrate a checkpoint.")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write; the temperatures go beside it as .json")
    parser.add_argument("--neutral-shift", type=float, help="what to add to the neutral logit, instead of fitting it")
    args = parser.parse_args()
    model = load_model(args.checkpoint)
    tokenizer = TextTokenizer(base_directory() / "tokenizer.json")
    neutral = model.config.sentiment_labels.index("neutral")
    shift = neutral_shift(model, tokenizer, args.data) if args.neutral_shift is None else args.neutral_shift
    with torch.no_grad():
        model.sentiment.output.bias[neutral] += shift

    rows = read_sst2(args.data / "sst2/dev.tsv")
    plain = read_lines(args.data / "sst5/objective.txt")[-OBJECTIVE_HELD_BACK:]
    logits = {"sentiment": sentiment_logits(model, tokenizer, [text for text, _ in rows] + plain)}
    labels = {"sentiment": torch.tensor([label for _, label in rows] + [neutral] * len(plain))}

    ids = {name: i for i, name in enumerate(model.config.entity_labels)}
    sentences = spread([s for d in read_conll(args.data / "conll2003/eng.testa") for s in d], 1000)
    examples = label_words(tokenizer, sentences, ids)
    words = torch.cat(entity_logits(model, tokenizer, [(e.ids, e.shapes) for e in examples]))
    targets = torch.tensor([label for e in examples for label in e.labels])
    logits["entities"], labels["entities"] = words[targets >= 0], targets[targets >= 0]
    logits["answers"], labels["answers"] = answer_logits(model, tokenizer, args.data, 400)

    report: dict = {"neutral_shift": shift, "temperatures": {}, "expected_calibration_error": {}}
    for task in logits:
        t = temperature(logits[task], labels[task])
        report["temperatures"][task] = t
        report["expected_calibration_error"][task] = [round(calibration_error(logits[task], labels[task], x), 4) for x in (1.0, t)]
    save_checkpoint(args.out, model=model.state_dict(), config=model.config.to_json())
    args.out.with_suffix(".json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
