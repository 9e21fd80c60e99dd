"""Temperatures, the neutral shift and the threshold of answers."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from glossator_training import calibrate, no_answer
from glossator_training.calibrate import calibration_error, neutral_shift, temperature
from glossator_training.checkpoint import load_model, save_checkpoint
from glossator_training.network.model import MultiTaskModel

NEUTRAL = 2


def texts(margins: list[float]) -> Tensor:
    """Logits of three labels whose neutral one exceeds the best other by `margins`."""
    return torch.tensor([[0.0, -1.0, m] for m in margins])


def lost(opinions: Tensor, shift: float) -> float:
    moved = opinions.clone()
    moved[:, NEUTRAL] += shift
    return float((moved.argmax(-1) == NEUTRAL).float().mean())


def test_temperature_finds_the_scale_that_labels_were_drawn_with():
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(20000, 3, generator=generator) * 2
    labels = torch.multinomial((logits / 1.7).softmax(-1), 1, generator=generator)[:, 0]
    t = temperature(logits, labels)
    assert t == pytest.approx(1.7, abs=0.08)
    assert calibration_error(logits, labels, t) < 0.02 < calibration_error(logits, labels, 1.0)


def test_the_neutral_shift_weighs_statements_of_every_kind():
    opinions = texts([-6.0] * 100)
    # Without statements nothing asks for a shift; with them it moves as far as they need, not as far as opinions allow.
    assert neutral_shift(opinions, [], NEUTRAL) == 0
    assert neutral_shift(opinions, [texts([-2.0] * 10), texts([-3.02] * 1000)], NEUTRAL) == pytest.approx(3.05)
    # A small kind counts as much as a large one: both are reached here though the large one is done at 1.05.
    assert neutral_shift(opinions, [texts([-1.0] * 1000), texts([-2.0])], NEUTRAL) == pytest.approx(2.05)


def test_the_neutral_shift_keeps_opinions_marked_whatever_statements_want():
    opinions = texts([x / 10 for x in range(-80, 20)])
    shift = neutral_shift(opinions, [texts([-3.0] * 50)], NEUTRAL)
    assert lost(opinions, shift) <= calibrate.OPINIONS_CALLED_NEUTRAL < lost(opinions, 0)


def test_a_checkpoint_is_calibrated_end_to_end(
    model: MultiTaskModel, base_data: Path, tokenizer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    data = tmp_path / "data"
    shutil.copytree(base_data, data)
    shutil.copyfile(data / "fairytaleqa/train.json", data / "fairytaleqa/val.json")
    monkeypatch.setattr(calibrate, "base_directory", lambda: tokenizer_folder)
    # The articles of the fixture are "t" and "u"; calibration reads only what is held out.
    for module in (calibrate, no_answer):
        monkeypatch.setattr(module, "held_out_articles", lambda: {"t", "u"})
    save_checkpoint(tmp_path / "a.pt", model=model.state_dict(), config=model.config.to_json())
    words = ["calibrate", "--checkpoint", str(tmp_path / "a.pt"), "--data", str(data), "--segments", str(data / "readme.tsv"), "--out", str(tmp_path / "b.pt")]
    monkeypatch.setattr(sys, "argv", words)
    calibrate.main()
    said = json.loads(capsys.readouterr().out)
    stored = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert set(said["temperatures"]) == {"sentiment", "entities", "answers"}
    assert all(0.5 <= t <= 4 for t in said["temperatures"].values())
    assert stored["no_answer"] == said["no_answer"] and 0 <= said["no_answer"]["auc"] <= 1
    assert (said["no_answer"]["answered"], said["no_answer"]["unanswered"]) == (30, 12)
    before, after = (m.sentiment.output.bias.detach() for m in (model, load_model(tmp_path / "b.pt")))
    assert float((after - before)[NEUTRAL]) == pytest.approx(said["neutral_shift"], abs=1e-5) and torch.equal(after[:2], before[:2])
