import sys
from pathlib import Path

import pytest
import torch

from glossator_training import soup
from glossator_training.checkpoint import load_model, save_checkpoint
from glossator_training.network.model import MultiTaskModel


def mix(monkeypatch: pytest.MonkeyPatch, *line: str) -> int:
    monkeypatch.setattr(sys, "argv", ["soup", *line])
    return soup.main()


def test_mixed_weights_lie_between_those_of_their_parts(model: MultiTaskModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first, second, out = tmp_path / "a.pt", tmp_path / "b.pt", tmp_path / "mixed.pt"
    state = model.state_dict()
    other = {n: t + 1 if n.startswith("sentiment.output.") else t for n, t in state.items()}
    save_checkpoint(first, model=state, config=model.config.to_json())
    save_checkpoint(second, model=other, config=model.config.to_json())
    assert mix(monkeypatch, f"0.75={first}", f"0.25={second}", "--out", str(out)) == 0
    mixed = load_model(out).state_dict()
    for name, tensor in state.items():
        assert torch.allclose(mixed[name], tensor + (0.25 if name.startswith("sentiment.output.") else 0), atol=1e-6), name


def test_shares_must_add_up_and_parts_exist(model: MultiTaskModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    only = tmp_path / "a.pt"
    save_checkpoint(only, model=model.state_dict(), config=model.config.to_json())
    assert mix(monkeypatch, f"0.5={only}", f"0.4={only}", "--out", str(tmp_path / "out.pt")) == 2
    assert "add up to 0.9" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        mix(monkeypatch, f"1={tmp_path / 'missing.pt'}", "--out", str(tmp_path / "out.pt"))
    assert "that exists" in capsys.readouterr().err
