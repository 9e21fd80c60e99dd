"""The steps of fine-tuning: what is trained, at which rates, and what happens when a run diverges."""

import argparse
import random
from collections.abc import Iterator

import torch

from .data.batches import Example, collate, cut_batches, length
from .data.example import DataError
from .guard import Diverged, Guard, constant_loss
from .losses import LOSSES, task_loss
from .network.model import TASKS, MultiTaskModel
from .schedule import learning_rate
from .tokenization import TextTokenizer
from .train import optimiser

NEW_LABEL_RATE = 1e-3
"""Learning rate of an output layer with new rows, which start from nothing."""

ATTEMPTS = 4
"""Runs at most, each at half the rates of the one before, until one does not diverge."""

CHECKS = 12
"""How often a run is looked at (guard.py)."""


def freeze(model: MultiTaskModel, tasks: set[str], train_encoder: bool) -> None:
    """Leaves trainable the decoders of `tasks`; the encoder where asked; the shared adapter where no other task would feel it or the encoder moves too."""
    for parameter in model.parameters():
        parameter.requires_grad = False
    for task in tasks:
        for parameter in getattr(model, task).parameters():
            parameter.requires_grad = True
    for parameter in model.encoder.parameters():
        parameter.requires_grad = train_encoder
    for parameter in model.sentiment.task_gate.shared.parameters():
        parameter.requires_grad = train_encoder or tasks == set(TASKS)


def watched_loss(model: MultiTaskModel, watched: dict[str, list[Example]], tokenizer: TextTokenizer) -> float:
    """Mean over the tasks of the loss on `watched` examples."""
    losses = []
    for task, some in watched.items():
        batches = [collate([some[i] for i in indices], tokenizer) for indices in cut_batches([length(e) for e in some], 2048, random.Random(0))]
        sums = [LOSSES[task](model, batch) for batch in batches]
        losses.append(sum(float(total) for total, _ in sums) / sum(float(count) for _, count in sums))
    return sum(losses) / len(losses)


def constant(watched: dict[str, list[Example]]) -> float | None:
    """`constant_loss` of the watched examples, mean over the tasks; None with answers, whose places are not labels."""
    if "answers" in watched:
        return None
    labels = {task: [label for e in some for label in (e.labels if task == "entities" else [e.label]) if label >= 0] for task, some in watched.items()}
    return sum(map(constant_loss, labels.values())) / len(labels)


def fine_tune(model: MultiTaskModel, examples: dict[str, list[Example]], watched: dict[str, list[Example]], grown: set[str], train_encoder: bool, epochs: int,
              tokenizer: TextTokenizer, replay: dict[str, Iterator[list[Example]]], args: argparse.Namespace, held_out: bool = False) -> int:  # fmt: skip
    """Trains in place; a run that diverges begins again at half its rates. Returns how often it did.

    `grown`: tasks whose output layer has new rows. `watched`: what the guard looks at; `held_out`: it is not trained on, so that the weights of its
    lowest loss are the ones to keep. Raises DataError, with the model as it was, where the run diverges at an eighth of its rates, too.
    """
    freeze(model, set(examples), train_encoder)
    trainable = [p for p in model.parameters() if p.requires_grad]
    guard = Guard(model, trainable, lambda: watched_loss(model, watched, tokenizer), constant(watched))
    for attempt in range(ATTEMPTS):
        try:
            train_once(model, examples, grown, train_encoder, epochs, tokenizer, replay, args, 0.5**attempt, guard)
        except Diverged as diverged:
            guard.begin_again()
            print(f"the run diverged: {diverged}" + ("; it begins again at half the learning rates" if attempt + 1 < ATTEMPTS else ""), flush=True)
        else:
            if held_out:
                guard.keep_best()
            return attempt
        finally:
            model.eval()
    raise DataError(
        "the run diverged at ever lower learning rates, and no model was written: look at the labels of the dataset, or lower --decoder-rate and --encoder-rate"
    )


def train_once(model: MultiTaskModel, examples: dict[str, list[Example]], grown: set[str], train_encoder: bool, epochs: int, tokenizer: TextTokenizer,
               replay: dict[str, Iterator[list[Example]]], args: argparse.Namespace, share: float, guard: Guard) -> None:  # fmt: skip
    """One run at this `share` of the learning rates; prints the mean loss of each task per epoch. Raises Diverged."""
    outputs = [p for task in grown for p in getattr(model, task).output.parameters()]
    for parameter in outputs:
        parameter.requires_grad = False
    optimizer = optimiser(model, args.encoder_rate * share, args.decoder_rate * share, args.decay)
    if outputs:
        for parameter in outputs:
            parameter.requires_grad = True
        optimizer.add_param_group({"params": outputs, "lr": 0.0, "peak": NEW_LABEL_RATE * share, "weight_decay": 0.0})
    trainable = [p for p in model.parameters() if p.requires_grad]
    plan = []
    for epoch in range(epochs):
        rng = random.Random(f"{args.seed}/{epoch}")
        batches = [(task, batch) for task, rows in examples.items() for batch in cut_batches([length(e) for e in rows], args.tokens, rng)]
        rng.shuffle(batches)
        plan.append(batches)
    steps = sum(map(len, plan))
    every = max(1, steps // CHECKS)
    step = 0
    draw = random.Random(f"{args.seed}/replay")
    for epoch, batches in enumerate(plan):
        model.train()
        if not train_encoder:
            model.encoder.eval()
        losses: dict[str, list[float]] = {task: [] for task in examples}
        for task, indices in batches:
            factor = learning_rate(step, steps, max(1, steps // 10))
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * factor
            loss = task_loss(model, task, collate([examples[task][i] for i in indices], tokenizer))
            losses[task].append(loss.item())
            loss.backward()
            if replay:
                other = draw.choice(sorted(replay))
                batch = collate(next(replay[other]), tokenizer)
                if other != "entities" or (batch["labels"] >= 0).any():
                    task_loss(model, other, batch).backward()
            torch.nn.utils.clip_grad_norm_(trainable, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            if step % every == 0 or step == steps:
                guard.check(step, steps)
        print(f"epoch {epoch + 1} of {epochs}: loss " + ", ".join(f"{t} {sum(v) / len(v):.4f}" for t, v in losses.items()), flush=True)
