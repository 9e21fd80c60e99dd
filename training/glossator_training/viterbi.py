"""Constrained decoding of entity tags: I-X only after B-X or I-X. The same as `src/model/tasks/bio.ts`, so that scores agree."""

from collections.abc import Sequence

import torch
from torch import Tensor

FORBIDDEN = -1e9


def transitions(tags: Sequence[str]) -> tuple[Tensor, Tensor]:
    """What may come first [tags] and what may follow what [previous, next]: 0 where allowed, else `FORBIDDEN`."""

    def allowed(previous: str, tag: str) -> bool:
        return not tag.startswith("I-") or (previous != "O" and previous[2:] == tag[2:])

    first = torch.tensor([FORBIDDEN if t.startswith("I-") else 0.0 for t in tags])
    return first, torch.tensor([[0.0 if allowed(p, t) else FORBIDDEN for t in tags] for p in tags])


def best_tags(logits: Tensor, tags: Sequence[str]) -> list[str]:
    """The likeliest allowed sequence: logits [words, tags] → one IOB2 tag per word."""
    if not len(logits):
        return []
    first, follow = transitions(tags)
    scores = torch.log_softmax(logits.float(), -1)
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
