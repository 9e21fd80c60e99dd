"""The real train.main on a tiny network: stopped half-way and resumed, it must end where an unstopped run ends."""

import random
import shutil
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from conftest import base_encoder

from glossator_training import evaluate, train
from glossator_training.checkpoint import load_model, save_checkpoint
from glossator_training.data.stream import TaskBatches
from glossator_training.network.config import NetworkConfig


class Stopped(Exception):
    pass


@pytest.fixture
def run(config: NetworkConfig, tokenizer_folder: Path, base_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    base = tmp_path / "base"
    shutil.copytree(tokenizer_folder, base)
    base_encoder(config, base)
    monkeypatch.setattr(train, "NetworkConfig", lambda gate: replace(config, gate=gate))
    monkeypatch.setattr(train, "base_directory", lambda: base)
    monkeypatch.setattr(evaluate, "base_directory", lambda: base)

    def start(out: str, *more: str) -> Path:
        line = ["train", "--data", str(base_data), "--out", str(tmp_path / out), "--steps", "6", "--save-every", "3", "--tokens", "128", "--warmup", "2", *more]
        monkeypatch.setattr(sys, "argv", line)
        train.main()
        return tmp_path / out / "checkpoint.pt"

    return start


def test_a_stopped_run_ends_where_an_unstopped_one_does(run, monkeypatch: pytest.MonkeyPatch, base_data: Path, capsys: pytest.CaptureFixture):
    whole = torch.load(run("whole"), weights_only=True)

    def save_and_stop(path: Path, **state: object) -> None:
        save_checkpoint(path, **state)
        raise Stopped

    monkeypatch.setattr(train, "save_checkpoint", save_and_stop)
    with pytest.raises(Stopped):
        run("halves")
    monkeypatch.setattr(train, "save_checkpoint", save_checkpoint)
    path = run("halves")
    assert "resumed at step 3" in capsys.readouterr().out
    halves = torch.load(path, weights_only=True)
    assert halves["step"] == whole["step"] == 6
    assert halves["streams"] == whole["streams"]
    for name, tensor in whole["model"].items():
        assert torch.equal(tensor, halves["model"][name]), name

    monkeypatch.setattr(sys, "argv", ["evaluate", "--checkpoint", str(path), "--data", str(base_data), "--limit", "7", "--threads", "1"])
    assert evaluate.main() == 0
    out = capsys.readouterr().out
    assert "SST-2 dev, all labels" in out and "eng.testb" in out and "of 7)" in out and "EM" in out
    assert load_model(path).config == halves_config(halves)


def test_dropout_is_set_for_each_task(run, monkeypatch: pytest.MonkeyPatch, config: NetworkConfig):
    rates: list[tuple[str, float]] = []

    def noting(name: str, loss):
        def call(model, batch):
            rates.append((name, model.encoder.dropout.rate))
            return loss(model, batch)

        return call

    monkeypatch.setattr(train, "LOSSES", {name: noting(name, loss) for name, loss in train.LOSSES.items()})
    run("dropout", "--schedule", "joint", "--dropout", '{"answers": 0}')
    assert {rate for name, rate in rates if name == "answers"} == {0}
    assert {rate for name, rate in rates if name != "answers"} == {config.dropout} != {0}


def test_a_run_of_a_decoder_that_is_no_more_does_not_go_on(run, capsys: pytest.CaptureFixture):
    path = run("older", "--only", "sentiment", "--draw", '{"sentiment": 1}')
    state = torch.load(path, weights_only=True)
    state["config"]["decoder_layers"]["cached"] = 2
    torch.save(state, path)
    capsys.readouterr()
    run("older", "--only", "sentiment", "--draw", '{"sentiment": 1}')
    assert f"{path} is of a run that trained the decoder cached, which is no more" in capsys.readouterr().err


def halves_config(state: dict) -> NetworkConfig:
    return NetworkConfig.from_json(state["config"])


def test_streams_go_on_where_they_were():
    class Source:
        def epoch(self, rng: random.Random):
            from glossator_training.data.example import SentimentExample

            return [SentimentExample([5] * rng.randint(1, 9), i) for i in range(20)]

    one = TaskBatches(Source(), "sentiment", 30, 1)
    batches = [one.next() for _ in range(12)]
    other = TaskBatches(Source(), "sentiment", 30, 1)
    for _ in range(7):
        other.next()
    resumed = TaskBatches(Source(), "sentiment", 30, 1)
    resumed.seek(other.epoch, other.position)
    assert [resumed.next() for _ in range(5)] == batches[7:]


def test_learning_rate_warms_up_and_falls_to_zero():
    factors = [train.learning_rate(step, 10, 4) for step in range(11)]
    assert factors[:4] == [0.25, 0.5, 0.75, 1.0]
    assert factors[4] == 1.0 and factors[10] == 0.0
    assert all(a >= b for a, b in pairwise(factors[4:]))
