"""Which tasks a step trains, and how fast it learns. All functions of the step and the seed alone, so that a resumed run repeats them."""

import random
from collections.abc import Mapping, Sequence


def learning_rate(step: int, steps: int, warmup: int) -> float:
    """Factor on the peak rate: linear warm-up, then linear to zero (Devlin et al. 2019, appendix A.2)."""
    if step < warmup:
        return (step + 1) / warmup
    return max(0.0, (steps - step) / max(1, steps - warmup))


def temperature_shares(sizes: Mapping[str, int], step: int, steps: int, exponent: float = 0.5) -> dict[str, float]:
    """Shares ∝ n_i^α of the tasks' sizes, α annealed from `exponent` to 0, that is to uniform, over the run (Stickland and Murray 2019,
    section 3.1: annealed sampling)."""
    alpha = exponent * max(0.0, 1 - step / max(1, steps - 1))
    powers = {task: size**alpha for task, size in sizes.items()}
    total = sum(powers.values())
    return {task: power / total for task, power in powers.items()}


def tasks_of_step(mode: str, shares: Mapping[str, float], sizes: Mapping[str, int], step: int, steps: int, seed: int) -> Sequence[str]:
    """`draw`: one task, by its share. `temperature`: one task, by the size of its data. `joint`: every task with a share."""
    if mode == "joint":
        return [task for task, share in shares.items() if share > 0]
    if mode == "temperature":
        shares = temperature_shares({task: size for task, size in sizes.items() if shares[task] > 0}, step, steps)
    return random.Random(f"{seed}/draw/{step}").choices(list(shares), list(shares.values()))
