import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from glossator_training.checkpoint import load_model, save_checkpoint
from glossator_training.export import EMBEDDING_LEVELS, EMBEDDINGS, LEVELS
from glossator_training.network.model import TASKS, MultiTaskModel
from glossator_training.weights import ModelFolderError, load_manifest, load_model_folder, start_from


def test_weights_come_back_within_their_stored_precision(model_folder: Path, model: MultiTaskModel):
    # The fixture's network is of the same seed as the exported one.
    loaded = load_model_folder(model_folder).state_dict()
    for name, tensor in model.state_dict().items():
        step = tensor.abs().amax(-1, keepdim=True) / (EMBEDDING_LEVELS if name == f"encoder.{EMBEDDINGS}" else LEVELS)
        assert ((loaded[name] - tensor).abs() <= 0.501 * step + 1e-9).all(), name
    assert torch.equal(loaded["encoder.norm.bias"], model.state_dict()["encoder.norm.bias"])


def test_the_graphs_compute_what_the_loaded_network_computes(model_folder: Path):
    loaded = load_model_folder(model_folder)
    sessions = {part: onnxruntime.InferenceSession(model_folder / f"{part}.onnx", providers=["CPUExecutionProvider"]) for part in ("encoder", *TASKS)}
    ids = torch.tensor([[2, 10, 11, 12, 13, 14, 3], [2, 20, 3, 21, 3, 0, 0]])
    mask = (ids != 0).long()
    types = torch.tensor([[0] * 7, [0, 0, 0, 1, 1, 0, 0]])
    passage = torch.tensor([[0, 0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 0, 0, 0]])
    shapes = torch.tensor([[0, 2, 3, 4, 4, 5, 0], [0, 6, 0, 7, 0, 0, 0]])
    given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
    hidden, pooled = sessions["encoder"].run(None, {k: v.numpy() for k, v in given.items()})
    with torch.no_grad():
        expected = loaded.encoder(ids, mask, types)
        np.testing.assert_allclose(hidden, expected.numpy(), atol=2e-5)
        np.testing.assert_allclose(np.linalg.norm(pooled, axis=-1), 1.0, atol=1e-5)
        decoded = {
            "sentiment": ([loaded.sentiment(expected, mask)], {}),
            "entities": ([loaded.entities(expected, mask, shapes)], {"shape_ids": shapes}),
            "answers": (list(loaded.answers(expected, mask, passage)), {"passage_mask": passage}),
        }
    for task, (results, extra) in decoded.items():
        feed = {"hidden_states": hidden, "attention_mask": mask.numpy()} | {k: v.numpy() for k, v in extra.items()}
        for found, result in zip(sessions[task].run(None, feed), results, strict=True):
            np.testing.assert_allclose(found, result.numpy(), atol=5e-5)


def broken(model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder, tmp_path / "broken"))


def test_unreadable_folders_are_named(model_folder: Path, tmp_path: Path):
    with pytest.raises(ModelFolderError, match=r"manifest\.json is missing"):
        load_manifest(tmp_path)
    folder = broken(model_folder, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "answers.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelFolderError, match=r"answers\.onnx is not an ONNX graph"):
        load_model_folder(folder)
    (folder / "answers.onnx").unlink()
    with pytest.raises(ModelFolderError, match=r"answers\.onnx is missing"):
        load_model_folder(folder)
    shutil.copy(folder / "sentiment.onnx", folder / "answers.onnx")
    with pytest.raises(ModelFolderError, match=r"answers\.onnx.*output\.weight.*\(3, 48\).*\(2, 48\)"):
        load_model_folder(folder)
    shutil.copy(folder / "sentiment.onnx", folder / "entities.onnx")
    with pytest.raises(ModelFolderError, match=r"entities\.onnx holds no tensor 'shapes\.weight'"):
        load_model_folder(folder)
    manifest["format"] = "other/9"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelFolderError, match="glossator-model/1"):
        load_manifest(folder)
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelFolderError, match="not valid JSON"):
        load_manifest(folder)


def test_a_decoder_that_is_no_more_is_left_out(model_folder: Path, model: MultiTaskModel, tmp_path: Path):
    folder = Path(shutil.copytree(model_folder, tmp_path / "older"))
    manifest = load_manifest(folder)
    manifest["network"]["decoder_layers"]["cached"] = 2
    manifest["tasks"]["answers"]["cached"] = {"file": "cached.onnx", "sha256": "0" * 64, "temperature": 1.0}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    stored = load_model_folder(model_folder).state_dict()
    older = load_model_folder(folder)
    assert older.config == model.config
    assert all(torch.equal(value, stored[name]) for name, value in older.state_dict().items())

    state = model.state_dict()
    gone = {"cached.output.weight": torch.zeros(2, model.config.hidden), "cached.task_gate.shared.up.bias": torch.zeros(model.config.hidden)}
    config = model.config.to_json() | {"decoder_layers": {**model.config.decoder_layers, "cached": 2}}
    save_checkpoint(tmp_path / "older.pt", model=state | gone, config=config)
    read = load_model(tmp_path / "older.pt")
    assert read.config == model.config
    assert all(torch.equal(value, state[name]) for name, value in read.state_dict().items())


def test_a_start_takes_over_what_agrees_in_name_and_shape(model_folder: Path, model: MultiTaskModel):
    torch.manual_seed(6)
    fresh = MultiTaskModel(replace(model.config, sentiment_labels=(*model.config.sentiment_labels, "mixed")))
    own = fresh.sentiment.output.weight.detach().clone()
    start_from(fresh, model_folder)
    stored = load_model_folder(model_folder)
    assert torch.equal(fresh.answers.layers[0].inner.weight, stored.answers.layers[0].inner.weight)
    assert torch.equal(fresh.sentiment.output.weight, own)
