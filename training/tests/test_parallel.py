"""Two processes of `torchrun` must see the losses of one, and end at its weights."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import base_encoder

from glossator_training.network.config import NetworkConfig

HERE = Path(__file__).parent


def test_two_processes_learn_what_one_does(config: NetworkConfig, tokenizer_folder: Path, base_data: Path, tmp_path: Path):
    still = replace(config, dropout=0.0)
    base = tmp_path / "base"
    shutil.copytree(tokenizer_folder, base)
    base_encoder(still, base)

    def run(out: str, *launcher: str) -> tuple[list[dict], dict]:
        line = ["--data", base_data, "--out", tmp_path / out, "--steps", "25", "--tokens", "128", "--warmup", "2", "--save-every", "25", "--tie", "0.01"]
        draw = ["--draw", json.dumps({"sentiment": 0.3, "entities": 0.3, "answers": 0.4}), "--weighting", "uncertainty"]
        command = [sys.executable, *launcher, HERE / "parallel_run.py", json.dumps(still.to_json()), base, *line, *draw]
        environment = os.environ | {"PYTHONPATH": str(HERE.parent), "OMP_NUM_THREADS": "1"}
        done = subprocess.run([str(c) for c in command], env=environment, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        log = [json.loads(entry) for entry in (tmp_path / out / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        return log, torch.load(tmp_path / out / "checkpoint.pt", weights_only=True)

    log, one = run("one")
    shared_log, two = run("two", "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    for line, other in zip(log, shared_log, strict=True):
        for task in ("sentiment", "entities", "answers"):
            assert line[task] == pytest.approx(other[task], abs=2e-4), task
    for name, tensor in one["model"].items():
        torch.testing.assert_close(two["model"][name], tensor, atol=2e-4, rtol=1e-3, msg=name)
    for name, tensor in one["weighting"].items():
        torch.testing.assert_close(two["weighting"][name], tensor, atol=1e-5, rtol=1e-3)
