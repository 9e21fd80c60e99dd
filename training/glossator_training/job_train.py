"""One run of an exported job: the editor's training step (src/training/trainer.ts) in PyTorch, on any device, over any number of processes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from .data.example import UNKNOWN, DataError
from .job_rows import Batch, Row, batch_at, collate
from .parallel import Processes
from .steps.objective import divergence
from .steps.optimizer import BETAS, EPSILON, decayed, rate

DECAY, CLIP = 0.01, 1.0
"""Weight decay and the longest gradient, as in src/model/training/training-step.ts."""


@dataclass(frozen=True)
class Plan:
    """What a run is to make: the task, settings as `job.json` has them, and rows of the output layer that are taught, and held."""

    task: str
    settings: dict[str, float]
    served: list[int]
    held: list[int]


class Run:
    """A decoder's parameters, by name, with AdamW's moments. The adapter that all tasks share stays as it is."""

    def __init__(self, decoder: nn.Module, plan: Plan, output: dict[str, Tensor], processes: Processes) -> None:
        self.decoder, self.plan, self.processes = decoder, plan, processes
        own = {name: p.detach().clone() for name, p in decoder.named_parameters() if not name.startswith("task_gate.shared.")}
        self.values = {name: output.get(name, value).to(processes.device) for name, value in own.items()}
        self.moments = {name: (torch.zeros_like(value), torch.zeros_like(value)) for name, value in self.values.items()}
        self.count = 0

    def step(self, rows: Sequence[Row], head: list[int], share: float) -> float:
        """One step by these rows, with some rows of the output layer alone: the others stay as they are. `share` of the learning rates.

        Returns the mean loss of what is right. Raises DataError where it is no number.
        """
        processes, plan = self.processes, self.plan
        picked = torch.tensor(head, device=processes.device)
        values = {name: (value[picked] if self._is_output(name) else value).requires_grad_() for name, value in self.values.items()}
        mine = processes.share(rows)
        parts = self._loss(values, collate(mine, processes.device), head) if mine else [sum(v.sum() * 0 for v in values.values())] * 4
        own, counted, kept, held = parts
        all_counted, all_held = processes.sum(counted.detach()), processes.sum(held.detach())
        loss = own / all_counted if all_counted > 0 else own * 0
        total = loss + plan.settings["replayStrength"] * (kept / all_held if all_held > 0 else kept * 0)
        gradients = torch.autograd.grad(total, list(values.values()), allow_unused=True)
        flat = {name: processes.sum(torch.zeros_like(v) if g is None else g) for (name, v), g in zip(values.items(), gradients, strict=True)}
        mean = processes.sum(loss.detach()).item()
        norm = torch.sqrt(sum((g**2).sum() for g in flat.values()))
        if not torch.isfinite(norm):
            raise DataError(f"step {self.count + 1} gave a loss that is no number: the learning rate is too high, or a row is broken")
        self.count += 1
        clip = torch.clamp(CLIP / (norm + 1e-6), max=1.0)
        for name, gradient in flat.items():
            eta = plan.settings["outputLearningRate" if rate(f"{plan.task}.{name}") == "output_learning_rate" else "learningRate"] * share
            self._move(name, gradient * clip, eta, picked)
        return mean

    def _is_output(self, name: str) -> bool:
        return name in ("output.weight", "output.bias")

    def _loss(self, values: dict[str, Tensor], batch: Batch, head: list[int]) -> list[Tensor]:
        """Sums over this process's rows: loss of what is right and its weight, divergence and its weight."""
        inputs = (batch.states, batch.mask) if batch.shapes is None else (batch.states, batch.mask, batch.shapes)
        logits = functional_call(self.decoder, values, inputs)
        logits = logits[:, None] if batch.shapes is None else logits
        place = torch.full((max(max(head), int(batch.right.max())) + 1,), UNKNOWN, device=logits.device)
        place[torch.tensor(head, device=logits.device)] = torch.arange(len(head), device=logits.device)
        right = torch.where(batch.right < 0, UNKNOWN, place[batch.right.clamp(min=0)])
        weights = batch.weight[:, None].expand(right.shape)
        each = F.cross_entropy(logits.flatten(0, 1), right.flatten(), reduction="none", ignore_index=UNKNOWN).view(right.shape)
        attended = batch.mask.to(logits.dtype) if batch.shapes is not None else torch.ones_like(weights)
        kept, held = divergence(batch.reference[..., head], logits, batch.hold[:, None] * attended)
        return [(each * weights).sum(), (weights * (right >= 0)).sum(), kept, held]

    @torch.no_grad()
    def _move(self, name: str, gradient: Tensor, eta: float, picked: Tensor) -> None:
        value, (m, v) = self.values[name].detach(), self.moments[name]
        some = self._is_output(name)
        now, m_now, v_now = (t[picked] if some else t for t in (value, m, v))
        m_now = BETAS[0] * m_now + (1 - BETAS[0]) * gradient
        v_now = BETAS[1] * v_now + (1 - BETAS[1]) * gradient**2
        ratio = (m_now / (1 - BETAS[0] ** self.count)) / (torch.sqrt(v_now / (1 - BETAS[1] ** self.count)) + EPSILON)
        now = now * (1 - eta * DECAY if decayed(name, value.dim()) else 1.0) - eta * ratio
        if some:
            value, m, v = value.clone(), m.clone(), v.clone()
            value[picked], m[picked], v[picked] = now, m_now, v_now
            now, m_now, v_now = value, m, v
        self.values[name], self.moments[name] = now, (m_now, v_now)


def train(run: Run, learned: Sequence[Row], held: Sequence[Row], tell: Callable[[int, float], None]) -> list[float]:
    """All steps of a run, or as many as are enough; the loss of each. `tell` is called after each step, in the first process."""
    settings = run.plan.settings
    steps, size, seed = int(settings["steps"]), int(settings["rows"]), int(settings["seed"])
    own, other = batch_at(len(learned), size, seed), batch_at(len(held), size, seed + 1)
    a_round = max(4, -(-len(learned) // size))
    losses: list[float] = []
    while len(losses) < steps and not (len(losses) >= a_round and sum(losses[-a_round:]) / a_round < settings["enough"]):
        at = len(losses)
        share = 1 - at / steps
        loss = run.step([learned[i] for i in own(at)], run.plan.served, share)
        run.step([held[i] for i in other(at)], run.plan.held, share)
        losses.append(loss)
        if run.processes.first:
            tell(len(losses), loss)
    return losses
