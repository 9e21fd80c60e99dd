"""Examples → padded tensors, in batches of bounded token count, sorted by length so that little is padding."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from ..tokenization import TextTokenizer
from .example import AnswerExample, EntityExample, SentimentExample

Example = SentimentExample | EntityExample | AnswerExample
SORT_POOL = 2048
"""Examples are sorted by length within pools of this size, so that epochs differ and batches stay even."""


def length(example: Example) -> int:
    """Tokens of the encoded example, special tokens included."""
    if isinstance(example, AnswerExample):
        return len(example.question) + max(len(example.passage), len(example.distractor or ())) + 3
    return len(example.ids) + 2


def rows(example: Example) -> int:
    """Rows of a batch that the encoded example takes: two where a second passage goes with it."""
    return 2 if isinstance(example, AnswerExample) and example.distractor is not None else 1


def cut_batches(lengths: Sequence[int], budget: int, rng: random.Random, heights: Sequence[int] | None = None) -> list[list[int]]:
    """Indices in batches of at most `budget` tokens after padding, in random order. `heights`: rows of each example; 1 without."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    batches: list[list[int]] = []
    for low in range(0, len(order), SORT_POOL):
        batch: list[int] = []
        height = 0
        for index in sorted(order[low : low + SORT_POOL], key=lambda i: lengths[i]):
            height += heights[index] if heights else 1
            if batch and lengths[index] * height > budget:
                batches.append(batch)
                batch, height = [], heights[index] if heights else 1
            batch.append(index)
        if batch:
            batches.append(batch)
    rng.shuffle(batches)
    return batches


def pad(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Rows of different length → int64 [rows, longest]."""
    width = max(len(row) for row in rows)
    return torch.tensor([list(row) + [value] * (width - len(row)) for row in rows])


def collate(examples: Sequence[Example], tokenizer: TextTokenizer) -> dict[str, Tensor]:
    """Examples of one task → named tensors: input_ids, attention_mask, token_type_ids and the task's own inputs and targets.

    Answers: `starts`, `ends` [B, K], all places that are right, filled up with −1; 0, [CLS], alone where the passage holds no answer;
    `paired` [P, 2]: rows of a passage with the answer and of its distractor. The distractors' rows come last.
    """
    cls, sep = tokenizer.cls, tokenizer.sep
    if isinstance(examples[0], AnswerExample):
        paired = [e for e in examples if e.distractor is not None]
        read = [(e.question, e.passage, e.answers) for e in examples] + [(e.question, e.distractor, []) for e in paired]
        ids = [[cls, *question, sep, *passage, sep] for question, passage, _ in read]
        types = [[0] * (len(question) + 2) + [1] * (len(passage) + 1) for question, passage, _ in read]
        inside = [[0] * (len(question) + 2) + [1] * len(passage) + [0] for question, passage, _ in read]
        spans = [[(s + len(question) + 2, e + len(question) + 2) for s, e in answers] or [(0, 0)] for question, _, answers in read]
        extra = {
            "passage_mask": pad(inside, 0),
            "starts": pad([[s for s, _ in row] for row in spans], -1),
            "ends": pad([[e for _, e in row] for row in spans], -1),
            "paired": torch.tensor([[i, len(examples) + k] for k, i in enumerate(i for i, e in enumerate(examples) if e.distractor is not None)])
            .view(-1, 2)
            .long(),
        }
    else:
        ids = [[cls, *e.ids, sep] for e in examples]
        types = [[0] * len(row) for row in ids]
        if isinstance(examples[0], EntityExample):
            extra = {
                "shape_ids": pad([[0, *e.shapes, 0] for e in examples], 0),
                "labels": pad([[-100, *e.labels, -100] for e in examples], -100),
            }
        else:
            extra = {"labels": torch.tensor([e.label for e in examples])}
    return {
        "input_ids": pad(ids, tokenizer.pad),
        "attention_mask": pad([[1] * len(row) for row in ids], 0),
        "token_type_ids": pad(types, 0),
        **extra,
    }
