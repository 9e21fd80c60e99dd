"""Examples → padded tensors, in batches of bounded token count, sorted by length so that little is padding."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from ..tokenization import TextTokenizer
from .example import AnswerExample, CachedExample, EntityExample, SentimentExample

Example = SentimentExample | EntityExample | AnswerExample | CachedExample
SORT_POOL = 2048
"""Examples are sorted by length within pools of this size, so that epochs differ and batches stay even."""


def length(example: Example) -> int:
    """Tokens of the encoded example, special tokens included."""
    if isinstance(example, AnswerExample):
        return len(example.question) + len(example.passage) + 3
    if isinstance(example, CachedExample):
        return len(example.passage) + 2
    return len(example.ids) + 2


def cut_batches(lengths: Sequence[int], budget: int, rng: random.Random) -> list[list[int]]:
    """Indices in batches of at most `budget` tokens after padding, in random order."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    batches: list[list[int]] = []
    for low in range(0, len(order), SORT_POOL):
        batch: list[int] = []
        for index in sorted(order[low : low + SORT_POOL], key=lambda i: lengths[i]):
            if batch and lengths[index] * (len(batch) + 1) > budget:
                batches.append(batch)
                batch = []
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
    """Examples of one task → named tensors: input_ids, attention_mask, token_type_ids and the task's own inputs and targets."""
    cls, sep = tokenizer.cls, tokenizer.sep
    if isinstance(examples[0], CachedExample):
        return collate_cached(examples, tokenizer)
    if isinstance(examples[0], AnswerExample):
        ids = [[cls, *e.question, sep, *e.passage, sep] for e in examples]
        types = [[0] * (len(e.question) + 2) + [1] * (len(e.passage) + 1) for e in examples]
        passage = [[0] * (len(e.question) + 2) + [1] * len(e.passage) + [0] for e in examples]
        shift = [len(e.question) + 2 for e in examples]
        spans = [e.answers[0] if e.answers else None for e in examples]
        extra = {
            "passage_mask": pad(passage, 0),
            "starts": torch.tensor([s[0] + d if s else 0 for s, d in zip(spans, shift, strict=True)]),
            "ends": torch.tensor([s[1] + d if s else 0 for s, d in zip(spans, shift, strict=True)]),
            "weights": torch.tensor([e.weight for e in examples]),
            "tied": torch.tensor([e.tied for e in examples]),
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


def encoder_inputs(rows: Sequence[Sequence[int]], tokenizer: TextTokenizer) -> dict[str, Tensor]:
    """Texts without special tokens → input_ids, attention_mask, token_type_ids of [CLS] text [SEP]."""
    ids = [[tokenizer.cls, *row, tokenizer.sep] for row in rows]
    return {
        "input_ids": pad(ids, tokenizer.pad),
        "attention_mask": pad([[1] * len(row) for row in ids], 0),
        "token_type_ids": pad([[0] * len(row) for row in ids], 0),
    }


def collate_cached(examples: Sequence[CachedExample], tokenizer: TextTokenizer) -> dict[str, Tensor]:
    """Passages [P, T] and their questions [Q, M], each as the encoder's inputs (the questions' prefixed `question_`), the passage of
    each question [Q], start and end [Q] (0, [CLS], where there is no answer); and the same pairs encoded together, prefixed `pair_`."""
    flat = [(i, q, a) for i, e in enumerate(examples) for q, a in zip(e.questions, e.answers, strict=True)]
    asked = encoder_inputs([q for _, q, _ in flat], tokenizer)
    pairs = collate([AnswerExample(q, examples[i].passage, [a] if a else []) for i, q, a in flat], tokenizer)
    return {
        **encoder_inputs([e.passage for e in examples], tokenizer),
        **{f"question_{name}": value for name, value in asked.items()},
        "passage": torch.tensor([i for i, _, _ in flat]),
        "starts": torch.tensor([a[0] + 1 if a else 0 for _, _, a in flat]),
        "ends": torch.tensor([a[1] + 1 if a else 0 for _, _, a in flat]),
        **{f"pair_{name}": value for name, value in pairs.items() if name not in ("starts", "ends", "weights", "tied")},
        "shift": torch.tensor([len(q) + 1 for _, q, _ in flat]),
    }
