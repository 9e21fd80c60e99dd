"""A run that diverges is taken back; the best weights are kept."""

import math
from pathlib import Path

import pytest
from test_exported import dataset
from test_finetune import entity_rows
from torch import nn

from glossator_training import finetune, tuning_run
from glossator_training.data.example import DataError
from glossator_training.guard import SETTLED, Diverged, Guard, constant_loss


def made(losses: list[float], constant: float | None = None) -> tuple[nn.Linear, Guard]:
    layer, left = nn.Linear(1, 1, bias=False), iter(losses)
    nn.init.constant_(layer.weight, 0.0)
    return layer, Guard(layer, list(layer.parameters()), lambda: next(left), constant)


@pytest.mark.parametrize("bad", [2.0, math.inf, math.nan])
def test_a_loss_that_rises_or_is_no_number_stops_the_run(bad: float):
    layer, guard = made([1.0, 0.5, bad, 0.4])
    nn.init.constant_(layer.weight, 1.0)
    guard.check(1, 9)
    nn.init.constant_(layer.weight, 2.0)
    with pytest.raises(Diverged, match=r"after 2 of 9 steps .* 0\.500 at its lowest"):
        guard.check(2, 9)
    guard.keep_best()
    assert layer.weight.item() == 1.0
    guard.begin_again()
    assert layer.weight.item() == 0.0 and guard.best == 1.0


def test_weights_that_are_no_numbers_stop_the_run_whatever_the_loss_says():
    layer, guard = made([1.0, 0.5])
    nn.init.constant_(layer.weight, math.nan)
    with pytest.raises(Diverged):
        guard.check(1, 9)


def test_noise_is_no_divergence():
    layer, guard = made([1.0, 0.02, 0.11, 0.05])
    for step in range(3):
        nn.init.constant_(layer.weight, step + 1.0)
        guard.check(step, 9)
    guard.keep_best()
    assert layer.weight.item() == 1.0


def test_one_answer_to_everything_stops_the_run_once_it_has_had_its_time():
    labels = [0] * 90 + [1] * 10
    constant = constant_loss(labels)
    assert constant == pytest.approx(-(0.9 * math.log(0.9) + 0.1 * math.log(0.1))) and constant_loss([3, 3]) == constant_loss([]) == 0
    _, guard = made([2.0, constant, constant, 0.9 * constant, constant], constant)
    guard.check(SETTLED - 1, SETTLED)
    guard.check(SETTLED, 9 * SETTLED)
    guard.check(4 * SETTLED, 9 * SETTLED)
    with pytest.raises(Diverged, match="one answer to everything"):
        guard.check(5 * SETTLED, 9 * SETTLED)


def test_looking_leaves_each_modules_mode_as_it_was():
    model = nn.Sequential(nn.Dropout(), nn.Dropout())
    model.train()
    model[1].eval()
    Guard(model, [], lambda: float(model.training))
    assert model.training and model[0].training and not model[1].training


@pytest.mark.parametrize("rate", [0.08, 100.0])
def test_fine_tuning_at_a_rate_that_destroys_the_model_begins_again_or_writes_nothing(
    rate: float, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    data = dataset(tmp_path / "data", "entities", entity_rows(60, 1))
    dataset(data, "entities", entity_rows(10, 2), "validation")
    training: list[dict] = []
    monkeypatch.setattr(finetune, "export_model", lambda model, *rest, **more: training.append(rest[-1]))
    monkeypatch.setattr(finetune, "copy_steps", lambda *folders: None)
    words = ["--model", model_folder, "--dataset", data, "--out", tmp_path / "o", "--tokens", 64, "--threads", 1, "--epochs", 25]
    args = finetune.arguments([str(w) for w in (*words, "--decoder-rate", rate)])
    if rate > 1:
        with pytest.raises(DataError, match="no model was written"):
            finetune.run(args)
        assert not training and capsys.readouterr().out.count("the run diverged") == tuning_run.ATTEMPTS
        return
    finetune.run(args)
    assert "begins again at half the learning rates" in capsys.readouterr().out
    assert training[0]["takenBack"] >= 1
    after = training[0]["after"]["entities, validation"]
    assert after["correct"] > 0
