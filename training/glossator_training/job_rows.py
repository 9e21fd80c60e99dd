"""Rows of an exported job: tokens and what is said of each, with the encoder's states and the logits that are held to; and batches of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .data.example import UNKNOWN, DataError
from .network.model import MultiTaskModel

NEVER = -30.0
"""Logit of what was said to be wrong, in a reference (src/training/rows.ts)."""

SURE = 12.0
"""Logit of what is right, where the reference has to say so, against 0 of all else."""

TOKENS = 1024
"""Tokens that are read at once, padding included."""


@dataclass
class Row:
    """A text as it is trained on. Units are its tokens, or the whole as one."""

    ids: list[int]
    shapes: list[int] | None
    right: dict[int, int]
    """Of units, the row of the output layer that is right."""
    wrong: dict[int, list[int]]
    weight: float
    hold: float
    """Whether it is held to its reference: where not all of it is known."""
    states: Tensor | None = None
    reference: Tensor | None = None


@dataclass
class Batch:
    """Padded rows. B rows, T tokens, U units (T, or 1), O rows of the output layer."""

    states: Tensor
    mask: Tensor
    shapes: Tensor | None
    right: Tensor
    """[B, U]; below 0: nothing is said."""
    reference: Tensor
    """[B, U, O]."""
    weight: Tensor
    hold: Tensor


def read_rows(path: Path, learned: bool) -> list[Row]:
    """Rows of a file of `data`. `learned`: they are examples, not other text, of which all is held. Raises DataError naming the line."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)["row"]
            right = {unit: to for unit, to in row["right"]} if learned else {}
            wrong = {unit: list(of) for unit, of in row["wrong"]} if learned else {}
            weight, hold = (float(row["weight"]), float(row["open"])) if learned else (0.0, 1.0)
            rows.append(Row(row["ids"], row.get("shapes"), right, wrong, weight, hold))
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path}:{number} is no row of a job: {error!r}") from error
    if not rows:
        raise DataError(f"{path} holds no row")
    return rows


@torch.no_grad()
def read_states(rows: Sequence[Row], model: MultiTaskModel, task: str, rows_of: Callable[[Tensor], Tensor], device: torch.device) -> None:
    """Gives each row the encoder's states and its reference. `rows_of`: logits of the old output layer → those of all rows as they begin."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].ids))
    while order:
        longest = 0
        batch: list[Row] = []
        while order and (longest := max(longest, len(rows[order[0]].ids))) * (len(batch) + 1) <= max(TOKENS, longest):
            batch.append(rows[order.pop(0)])
        ids = torch.zeros(len(batch), longest, dtype=torch.int64, device=device)
        mask = torch.zeros_like(ids)
        shapes = torch.zeros_like(ids)
        for i, row in enumerate(batch):
            ids[i, : len(row.ids)] = torch.tensor(row.ids)
            mask[i, : len(row.ids)] = 1
            if row.shapes is not None:
                shapes[i, : len(row.shapes)] = torch.tensor(row.shapes)
        hidden = model.encoder(ids, mask, torch.zeros_like(ids))
        logits = model.entities(hidden, mask, shapes) if task == "entities" else getattr(model, task)(hidden, mask)[:, None]
        for i, row in enumerate(batch):
            row.states = hidden[i, : len(row.ids)].clone()
            row.reference = rows_of(logits[i, : len(row.ids)])
            for unit, to in row.right.items():
                row.reference[unit] = 0.0
                row.reference[unit, to] = SURE
            for unit, some in row.wrong.items():
                row.reference[unit, some] = NEVER


def collate(rows: Sequence[Row], device: torch.device) -> Batch:
    """Rows that were read, padded."""
    longest = max(len(row.ids) for row in rows)
    first = rows[0]
    units = longest if first.shapes is not None else 1
    states = torch.zeros(len(rows), longest, first.states.shape[-1], device=device)
    mask = torch.zeros(len(rows), longest, dtype=torch.int64, device=device)
    shapes = torch.zeros_like(mask) if first.shapes is not None else None
    right = torch.full((len(rows), units), UNKNOWN, dtype=torch.int64, device=device)
    reference = torch.zeros(len(rows), units, first.reference.shape[-1], device=device)
    for i, row in enumerate(rows):
        states[i, : len(row.ids)] = row.states
        mask[i, : len(row.ids)] = 1
        if shapes is not None:
            shapes[i, : len(row.shapes)] = torch.tensor(row.shapes, device=device)
        for unit, to in row.right.items():
            right[i, unit] = to
        reference[i, : row.reference.shape[0]] = row.reference
    weight, hold = (torch.tensor([getattr(row, name) for row in rows], device=device) for name in ("weight", "hold"))
    return Batch(states, mask, shapes, right, reference, weight, hold)


def random_of(seed: int) -> Callable[[], float]:
    """Numbers from 0 to below 1, the same as in the editor (src/training/random.ts): mulberry32 (Tommy Ettinger, public domain)."""
    state = seed & 0xFFFFFFFF

    def multiplied(a: int, b: int) -> int:
        return (a * b) & 0xFFFFFFFF

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = multiplied(state ^ (state >> 15), state | 1)
        mixed ^= (mixed + multiplied(mixed ^ (mixed >> 7), mixed | 61)) & 0xFFFFFFFF
        return (mixed ^ (mixed >> 14)) / 2**32

    return draw


def batch_at(count: int, size: int, seed: int) -> Callable[[int], list[int]]:
    """Endless batches of the numbers below `count`, the same as in the editor: each number once, in a random order, then all again."""
    rounds: dict[int, list[int]] = {}

    def order_of(number: int) -> list[int]:
        if number not in rounds:
            draw = random_of(seed * 7919 + number)
            order = list(range(count))
            for i in range(count - 1, 0, -1):
                j = int(draw() * (i + 1))
                order[i], order[j] = order[j], order[i]
            rounds[number] = order
        return rounds[number]

    size = min(size, count)
    return lambda step: [order_of((step * size + i) // count)[(step * size + i) % count] for i in range(size)]
