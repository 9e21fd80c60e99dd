"""How the tasks' losses are added up: fixed weights, uncertainty weighting, dynamic weight averaging.

Fixed weights are the default: tuned ones match the specialised methods (Xin et al. 2022; Kurin et al. 2022, arXiv 2201.04122), and
`training/README.md` has our own comparison.
"""

from collections import deque
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn


class FixedWeights(nn.Module):
    """Σ λ_i L_i."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        super().__init__()
        self.weights = dict(weights)

    def forward(self, task: str, loss: Tensor, share: float = 1.0) -> Tensor:
        """A task's loss → its term of the sum. `share`: of the processes, where each adds its own part of the loss."""
        return self.weights[task] * loss

    def observe(self, task: str, value: float) -> None:
        """Takes note of a task's loss."""

    def current(self) -> dict[str, float]:
        """Today's λ, for the log."""
        return self.weights


class UncertaintyWeights(nn.Module):
    """Σ exp(−s_i) L_i + s_i / 2 with learned s_i = log σ_i² (Kendall et al. 2018, equation 7; s is learned for stability)."""

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__()
        self.log_variances = nn.ParameterDict({task: nn.Parameter(torch.zeros(())) for task in tasks})

    def forward(self, task: str, loss: Tensor, share: float = 1.0) -> Tensor:
        """A task's loss → its term of the sum. `share`: of the processes, where each adds its own part of the loss."""
        s = self.log_variances[task]
        return torch.exp(-s) * loss + share * s / 2

    def observe(self, task: str, value: float) -> None:
        """Nothing: the weights are learned."""

    def current(self) -> dict[str, float]:
        """Today's λ = exp(−s), for the log."""
        return {task: float(torch.exp(-s.detach())) for task, s in self.log_variances.items()}


class DynamicWeightAverage(nn.Module):
    """λ_i = K softmax(w_i / T), w_i = L_i(t − 1) / L_i(t − 2): a task whose loss falls more slowly weighs more (Liu et al. 2019, section 3.3).

    L_i(t) is the mean over the task's last `window` losses, since one step sees one task only.
    """

    def __init__(self, tasks: Sequence[str], window: int = 40, temperature: float = 2.0) -> None:
        super().__init__()
        self.tasks, self.window, self.temperature = list(tasks), window, temperature
        self.losses: dict[str, deque[float]] = {task: deque(maxlen=2 * window) for task in tasks}

    def forward(self, task: str, loss: Tensor, share: float = 1.0) -> Tensor:
        """A task's loss → its term of the sum. `share`: of the processes, where each adds its own part of the loss."""
        return self.current()[task] * loss

    def observe(self, task: str, value: float) -> None:
        """Takes note of a task's loss."""
        self.losses[task].append(value)

    def current(self) -> dict[str, float]:
        """Today's λ; 1 until every task has been seen for two windows."""
        if any(len(seen) < 2 * self.window for seen in self.losses.values()):
            return dict.fromkeys(self.tasks, 1.0)
        halves = {task: (list(seen)[: self.window], list(seen)[self.window :]) for task, seen in self.losses.items()}
        falls = torch.tensor([sum(late) / max(1e-9, sum(early)) for early, late in (halves[t] for t in self.tasks)])
        weights = len(self.tasks) * (falls / self.temperature).softmax(-1)
        return dict(zip(self.tasks, weights.tolist(), strict=True))

    def get_extra_state(self) -> dict[str, list[float]]:
        """The losses seen, so that a resumed run goes on with the same weights."""
        return {task: list(seen) for task, seen in self.losses.items()}

    def set_extra_state(self, state: dict[str, list[float]]) -> None:
        """The inverse."""
        for task, seen in state.items():
            self.losses[task] = deque(seen, maxlen=2 * self.window)


def weighting(kind: str, weights: Mapping[str, float]) -> FixedWeights | UncertaintyWeights | DynamicWeightAverage:
    """`fixed`, `uncertainty` or `dynamic`, over the tasks of `weights`."""
    if kind == "fixed":
        return FixedWeights(weights)
    return UncertaintyWeights(list(weights)) if kind == "uncertainty" else DynamicWeightAverage(list(weights))
