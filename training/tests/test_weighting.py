"""How losses are added and tasks drawn, against hand-computed values."""

import math
from collections import Counter

import pytest
import torch

from glossator_training.average import WeightAverage
from glossator_training.schedule import learning_rate, tasks_of_step, temperature_shares
from glossator_training.weighting import DynamicWeightAverage, FixedWeights, UncertaintyWeights, weighting


def test_fixed_weights():
    made = weighting("fixed", {"a": 0.5, "b": 2.0})
    assert isinstance(made, FixedWeights)
    assert made("a", torch.tensor(3.0)).item() == 1.5 and made("b", torch.tensor(3.0)).item() == 6.0


def test_uncertainty_weights_and_their_gradient():
    made = weighting("uncertainty", {"a": 1.0, "b": 1.0})
    assert isinstance(made, UncertaintyWeights)
    with torch.no_grad():
        made.log_variances["a"].fill_(0.7)
    total = made("a", torch.tensor(3.0)) + made("b", torch.tensor(2.0))
    assert total.item() == pytest.approx(3 * math.exp(-0.7) + 0.35 + 2.0)
    total.backward()
    assert made.log_variances["a"].grad.item() == pytest.approx(-3 * math.exp(-0.7) + 0.5)
    # The least of exp(−s) L + s / 2 is at s = log 2L.
    assert made.current()["a"] == pytest.approx(math.exp(-0.7))


def test_dynamic_weights_favour_the_task_that_falls_more_slowly():
    made = weighting("dynamic", {"a": 1.0, "b": 1.0})
    assert isinstance(made, DynamicWeightAverage)
    made.window, made.losses = 2, {t: type(q)(maxlen=4) for t, q in made.losses.items()}
    for a, b in zip((4.0, 4.0, 2.0, 2.0), (4.0, 4.0, 4.0), strict=False):
        made.observe("a", a), made.observe("b", b)
    assert made.current() == {"a": 1.0, "b": 1.0}
    made.observe("a", 2.0), made.observe("b", 4.0)
    slow = 2 * math.exp(1.0 / 2) / (math.exp(1.0 / 2) + math.exp(0.5 / 2))
    assert made.current()["b"] == pytest.approx(slow, rel=1e-5) and sum(made.current().values()) == pytest.approx(2)
    other = DynamicWeightAverage(["a", "b"], window=2)
    other.load_state_dict(made.state_dict())
    assert other.current() == made.current()


def test_temperature_sampling_is_annealed_to_uniform():
    first, last = (temperature_shares({"a": 900, "b": 100}, step, 11) for step in (0, 10))
    assert first == pytest.approx({"a": 30 / 40, "b": 10 / 40}) and last == pytest.approx({"a": 0.5, "b": 0.5})


def test_tasks_of_a_step():
    shares = {"a": 0.75, "b": 0.25, "c": 0.0}
    drawn = [tasks_of_step("draw", shares, {}, s, 4000, 1) for s in range(4000)]
    assert drawn[:50] == [tasks_of_step("draw", shares, {}, s, 4000, 1) for s in range(50)]
    counts = Counter(t for (t,) in drawn)
    assert counts["a"] == pytest.approx(3000, abs=150) and "c" not in counts
    assert tasks_of_step("joint", shares, {}, 7, 4000, 1) == ["a", "b"]
    counts = Counter(tasks_of_step("temperature", shares, {"a": 10, "b": 10, "c": 99}, s, 2000, 1)[0] for s in range(2000))
    assert counts["a"] == pytest.approx(1000, abs=120) and "c" not in counts


def test_learning_rate():
    assert [learning_rate(s, 10, 4) for s in (0, 3, 4, 7, 10)] == [0.25, 1.0, 1.0, 0.5, 0.0]


def test_the_average_follows_the_weights():
    model = torch.nn.Linear(2, 1, bias=False)
    average = WeightAverage(model, decay=0.5, every=1)
    start = model.weight.detach().clone()
    with torch.no_grad():
        model.weight += 1
    average.update(model, 100)
    torch.testing.assert_close(average.weights["weight"], start + 0.5)
    torch.testing.assert_close(average.state(model)["weight"], start + 0.5)
