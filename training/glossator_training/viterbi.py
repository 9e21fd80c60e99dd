"""Constrained decoding of entity tags: I-X only after B-X or I-X. The same as `src/model/tasks/bio.ts`, which reads
calibrated probabilities, so that scores agree."""

from collections.abc import Sequence

import torch
from torch import Tensor

FORBIDDEN = -1e9
SIDE_BY_SIDE = 2.0
"""What it takes off a path's log-probability that a name begins right after one of its type (bio.ts says why)."""


def transitions(tags: Sequence[str]) -> tuple[Tensor, Tensor]:
    """What is added where a tag comes first [tags], and where one follows another [previous, next]; `FORBIDDEN` where it may not."""

    def step(previous: str, tag: str) -> float:
        same = previous != "O" and previous[2:] == tag[2:]
        if tag.startswith("I-"):
            return 0.0 if same else FORBIDDEN
        return -SIDE_BY_SIDE if same else 0.0

    first = torch.tensor([FORBIDDEN if t.startswith("I-") else 0.0 for t in tags])
    return first, torch.tensor([[step(p, t) for t in tags] for p in tags])


def best_tags(logits: Tensor, tags: Sequence[str], temperature: float = 1.0) -> list[str]:
    """The likeliest allowed sequence: logits [words, tags], divided by `temperature` → one IOB2 tag per word."""
    if not len(logits):
        return []
    first, follow = transitions(tags)
    scores = torch.log_softmax(logits.float() / temperature, -1)
    best = scores[0] + first
    back = []
    for row in scores[1:]:
        best, origin = (best[:, None] + follow).max(0)
        best = best + row
        back.append(origin)
    path = [int(best.argmax())]
    for origin in reversed(back):
        path.append(int(origin[path[-1]]))
    return [tags[i] for i in reversed(path)]
