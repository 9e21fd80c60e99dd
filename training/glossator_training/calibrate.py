"""Fits what is left after training: a temperature per task, how readily a sentence counts as having no opinion, and how sure an answer must be.

Temperature: logits are divided by the T that minimises the negative log-likelihood on held-out labels (Guo et al. 2017). Neutral: its
logit is shifted, into the output layer's bias. Answers: the score below which "no answer" is the better choice. All are fitted on every other
held-out text, of answers on every other held-out article, and reported on the rest.

python -m glossator_training.calibrate --checkpoint runs/base/checkpoint.pt --data DATA --segments runs/readme/held-out.tsv --out runs/base/calibrated.pt
"""

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from .checkpoint import load_model, save_checkpoint
from .data.answers import AnswerOptions, AnswerSource, token_span
from .data.batches import Example, collate, cut_batches, length
from .data.conll import read_conll
from .data.entities import label_words
from .data.example import AnswerExample
from .data.readme import read_segments
from .data.sentiment import OBJECTIVE_HELD_BACK
from .data.squad import held_out_articles
from .data.sst import passage_sentences, read_lines, read_sst2
from .evaluate import spread
from .network.model import MultiTaskModel
from .no_answer import held_out_kinds, judge, report
from .predict import WINDOW, encode, entity_logits, sentiment_logits
from .tokenization import TextTokenizer, base_directory

OPINIONS_CALLED_NEUTRAL = 0.04
"""Share of the fitting half's opinions that may lose their mark."""

STATEMENTS = 500
"""At most so many statements of each kind: plot summaries, encyclopedia, README segments."""


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


def neutral_shift(opinions: Tensor, statements: Sequence[Tensor], neutral: int) -> float:
    """What to add to the neutral logit: of the values that leave at most `OPINIONS_CALLED_NEUTRAL` of the opinions without a mark, the one of highest
    mean of opinions marked and statements unmarked, each kind of statement counted alike. Logits [N, labels] each."""

    def margins(logits: Tensor) -> Tensor:
        others = logits.clone()
        others[:, neutral] = -torch.inf
        return logits[:, neutral] - others.max(-1).values

    held, plain = margins(opinions), [margins(s) for s in statements if len(s)]
    best, at = -1.0, 0.0
    for shift in sorted((i / 20 for i in range(-200, 81)), key=abs):
        lost = float((held + shift > 0).float().mean())
        value = 1 - lost + sum(float((m + shift > 0).float().mean()) for m in plain) / max(1, len(plain))
        # The lowest of the grid is taken where none keeps enough opinions.
        if lost <= OPINIONS_CALLED_NEUTRAL and value > best + 1e-9:
            best, at = value, shift
    return at if best >= 0 else -10.0


def sentiment(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, segments: Path | None) -> tuple[Labelled, list[int]]:
    """SST-2 dev; plot summaries that were held back, sentences of held-out articles, README segments. And the kind of each text, 0 for opinions."""
    neutral = model.config.sentiment_labels.index("neutral")
    rows = read_sst2(data / "sst2/dev.tsv")
    kinds = [
        read_lines(data / "sst5/objective.txt")[-OBJECTIVE_HELD_BACK:],
        passage_sentences(data / "squad/train-v1.1.json", STATEMENTS, seed=3, of=held_out_articles()),
        [s.text for s in read_segments(segments)] if segments else [],
    ]
    kinds = [spread(texts, STATEMENTS) for texts in kinds]
    logits = sentiment_logits(model, tokenizer, [text for text, _ in rows] + [text for texts in kinds for text in texts])
    labels = torch.tensor([label for _, label in rows] + [neutral] * sum(map(len, kinds)))
    fitted = torch.cat([alternate(len(some)) for some in (rows, *kinds)])
    return Labelled(logits, labels, fitted), [0] * len(rows) + [k for k, texts in enumerate(kinds, 1) for _ in texts]


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
def start_logits(model: MultiTaskModel, tokenizer: TextTokenizer, examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """Start logits [N, T] of examples with at most one place of the answer, in their order, and that place [N], 0 for no answer."""
    rows: list[Tensor] = []
    labels: list[Tensor] = []
    order: list[int] = []
    for indices in cut_batches([length(e) for e in examples], 4096, random.Random(7)):
        batch = collate([examples[i] for i in indices], tokenizer)
        start, _ = model.answers(encode(model, batch), batch["attention_mask"], batch["passage_mask"])
        rows.append(start.float())
        labels.append(batch["starts"].view(len(start), -1)[:, 0])
        order += indices
    width = max(r.shape[1] for r in rows)
    logits = torch.cat([F.pad(r, (0, width - r.shape[1]), value=-1e4) for r in rows])
    back = torch.tensor(order).argsort()
    return logits[back], torch.cat(labels)[back]


def answers(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, count: int) -> Labelled:
    """Start logits of FairytaleQA's validation questions, in windows with and without the answer, and of `count` questions of the held-out articles with
    and of `count` without an answer; those of every other article are fitted on."""
    source = AnswerSource({data / "fairytaleqa/val.json": 1.0}, tokenizer, AnswerOptions(distractors=0))
    examples = source.epoch(random.Random(7))[:count]
    fitted = alternate(len(examples)).tolist()
    titles = sorted(held_out_articles())
    for kind in held_out_kinds(data):
        for question in spread([q for q in kind if len(q.answers) < 2], count):
            ((passage, offsets, _), (asked, _, _)) = tokenizer.encode([question.context, question.text])
            spans = [s for s in (token_span(offsets, a) for a in question.answers) if s]
            room = WINDOW - 3 - len(asked[:48])
            if spans and spans[0][1] >= room:
                continue
            examples.append(AnswerExample(asked[:48], passage[:room], spans))
            fitted.append(titles.index(question.title) % 2 == 0)
    return Labelled(*start_logits(model, tokenizer, examples), torch.tensor(fitted))


def answer_threshold(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, count: int, temperature: float) -> dict[str, float]:
    """The margin of an answer over none, of logits divided by `temperature`, from which it is worth giving: fitted on half of the held-out articles; with F1
    on the other half."""
    questions = [q for kind in held_out_kinds(data) for q in spread(kind, count)]
    rows = judge(model, tokenizer, questions, temperature=temperature)
    return report(rows)


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
    parser.add_argument("--segments", type=Path, help="held-out README segments (gather_readmes)")
    parser.add_argument("--raise-neutral", type=float, default=0.0, help="added to the neutral logit beside what is fitted")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write; the temperatures go beside it as .json")
    args = parser.parse_args()
    model = load_model(args.checkpoint)
    tokenizer = TextTokenizer(base_directory() / "tokenizer.json")
    neutral = model.config.sentiment_labels.index("neutral")
    held, kinds = sentiment(model, tokenizer, args.data, args.segments)
    kind = torch.tensor(kinds)
    parts = [held.logits[held.fitted & (kind == k)] for k in range(4)]
    shift = neutral_shift(parts[0], parts[1:], neutral) + args.raise_neutral
    held.logits[:, neutral] += shift
    with torch.no_grad():
        model.sentiment.output.bias[neutral] += shift
    found = {"sentiment": held, "entities": entities(model, tokenizer, args.data, 1500), "answers": answers(model, tokenizer, args.data, 500)}
    said: dict = {"neutral_shift": shift, "temperatures": {}, "expected_calibration_error": {}, "reliability": {}, "confusion": {}}
    for task, labelled in found.items():
        t = temperature(*labelled.half(True))
        said["temperatures"][task] = t
        seen = labelled.half(False)
        said["expected_calibration_error"][task] = [round(calibration_error(*seen, x), 4) for x in (1.0, t)]
        said["reliability"][task] = {"before": reliability(*seen, 1.0), "after": reliability(*seen, t)}
    for task, names in (("sentiment", model.config.sentiment_labels), ("entities", model.config.entity_labels)):
        said["confusion"][task] = {"labels": list(names), "counts": confusion(found[task].logits, found[task].labels, len(names))}
    said["no_answer"] = answer_threshold(model, tokenizer, args.data, 1000, said["temperatures"]["answers"])
    save_checkpoint(args.out, model=model.state_dict(), config=model.config.to_json())
    args.out.with_suffix(".json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: said[k] for k in ("neutral_shift", "temperatures", "expected_calibration_error", "no_answer")}, indent=2))


if __name__ == "__main__":
    main()
