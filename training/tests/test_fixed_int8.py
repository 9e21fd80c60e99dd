"""The int8 forms of encoder and decoders: nearly the same states, the same row in any batch, the same weights."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from glossator_training.export import export_model
from glossator_training.fixed_int8 import add_int8, batches, copy_int8, decoder_batches, int8_file, int8_graph, observe, trained_products, with_weights
from glossator_training.network.model import MultiTaskModel
from glossator_training.tokenization import TextTokenizer
from glossator_training.weights import load_manifest

TEXTS = [
    ("Anna works in Paris for Acme.",),
    ("the film is good , the plot is bad",),
    ("who works in Rome ?", "Bob lives in Rome. He likes the lamp."),
    ("it sells a robot from 1996",),
]


@pytest.fixture
def folder(model: MultiTaskModel, tokenizer_folder: Path, tmp_path: Path) -> Path:
    export_model(model, tmp_path / "model", tokenizer_folder, "tiny")
    add_int8(tmp_path / "model", TEXTS)
    return tmp_path / "model"


FILE = int8_file("encoder")


def opened(folder: Path, part: str = "encoder") -> tuple[onnxruntime.InferenceSession, onnxruntime.InferenceSession]:
    """fp32 and int8."""
    first = (folder / f"{part}.onnx").read_bytes()
    graphs = (first, with_weights((folder / int8_file(part)).read_bytes(), first))
    fp32, int8 = (onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"]) for graph in graphs)
    return fp32, int8


def test_states_are_nearly_the_same(folder: Path, tokenizer: TextTokenizer):
    fp32, int8 = opened(folder)
    for row in batches([("Carla sells the widget in Lima",), *TEXTS], tokenizer):
        (right, pooled), (found, embedding) = fp32.run(None, row), int8.run(None, row)
        assert np.sqrt(((found - right) ** 2).mean() / (right**2).mean()) < 0.1
        assert (pooled * embedding).sum() > 0.995
        assert not np.array_equal(found, right)


def test_a_row_is_the_same_in_any_batch(folder: Path, tokenizer: TextTokenizer):
    _, int8 = opened(folder)
    row, longer, *_ = sorted(batches(TEXTS, tokenizer), key=lambda row: row["input_ids"].size)
    width = longer["input_ids"].size
    padded = {name: np.pad(value, ((0, 0), (0, width - value.size))) for name, value in row.items()}
    together = {name: np.concatenate([longer[name], padded[name], longer[name]]) for name in row}
    alone = int8.run(None, row)[0][0]
    np.testing.assert_allclose(int8.run(None, together)[0][1, : len(alone)], alone, atol=1e-6)


def test_decoders_say_nearly_the_same_of_the_same_states(folder: Path, tokenizer: TextTokenizer):
    encoder = onnx.load(folder / "encoder.onnx")
    texts = [("Carla sells the widget in Lima",), ("where is Bob ?", "Carla met Bob in Lima."), *TEXTS]
    for task in ("entities", "sentiment", "answers"):
        fp32, int8 = opened(folder, task)
        rows = list(decoder_batches(texts, tokenizer, encoder, onnx.load(folder / f"{task}.onnx")))
        # Texts of two parts are questions with their passages.
        assert len(rows) == (2 if task == "answers" else 4)
        for row in rows:
            right, found = fp32.run(None, row)[0], int8.run(None, row)[0]
            # Where no answer may lie the logit is the lowest number there is.
            meant = np.abs(right) < 1000
            assert np.abs(found - right)[meant].max() < 0.1 * np.abs(right[meant]).max() + 0.02
            assert not np.array_equal(found, right)
    # Two products of activations in each attention, and the output layer.
    left = [node for node in onnx.load(folder / int8_file("entities")).graph.node if node.op_type == "MatMul"]
    assert len(left) == 2 * 2 + 1


def test_every_trained_matrix_is_multiplied_as_int8_and_none_is_stored(folder: Path):
    encoder = onnx.load(folder / "encoder.onnx").graph
    int8 = onnx.load(folder / FILE).graph
    # Six matrices a layer.
    assert len(trained_products(encoder)) == 6 * 2
    assert sum(node.op_type == "MatMulIntegerToFloat" for node in int8.node) == 6 * 2
    assert trained_products(int8) == []
    assert not {tensor.name for tensor in encoder.initializer} & {tensor.name for tensor in int8.initializer}
    assert (folder / FILE).stat().st_size < 100_000


def test_other_weights_need_no_other_int8_graph(folder: Path, model: MultiTaskModel, tokenizer_folder: Path, tokenizer: TextTokenizer, tmp_path: Path):
    other = tmp_path / "other"
    for parameter in model.encoder.layers[1].parameters():
        parameter.data.mul_(1.02)
    export_model(model, other, tokenizer_folder, "tiny")
    assert "int8" not in load_manifest(other)["encoder"]
    copy_int8(folder, other)
    assert load_manifest(other)["encoder"]["int8"] == load_manifest(folder)["encoder"]["int8"]
    (before, _), (fp32, int8) = opened(folder), opened(other)
    row = next(iter(batches(TEXTS, tokenizer)))
    old, right, found = (session.run(None, row)[0] for session in (before, fp32, int8))
    assert np.linalg.norm(found - right) < np.linalg.norm(found - old)


def test_an_encoder_that_is_stored_in_another_way_gets_none(folder: Path, model: MultiTaskModel, tokenizer_folder: Path, tmp_path: Path):
    other = tmp_path / "other"
    export_model(model, other, tokenizer_folder, "tiny", store="fp32")
    assert copy_int8(other, folder), "there is none to take over"
    assert not copy_int8(folder, other)
    assert "int8" not in load_manifest(other)["encoder"]
    assert not (other / FILE).exists()


def test_the_manifest_names_it_with_its_digest(folder: Path, tokenizer_folder: Path, tmp_path: Path):
    part = load_manifest(folder)["encoder"]["int8"]
    assert part == {"file": FILE, "sha256": hashlib.sha256((folder / FILE).read_bytes()).hexdigest()}
    # Texts and weights decide it, nothing else.
    again = tmp_path / "again"
    shutil.copytree(folder, again)
    add_int8(again, TEXTS)
    assert (again / FILE).read_bytes() == (folder / FILE).read_bytes()


def test_a_channel_far_larger_than_the_others_leaves_them_their_steps(folder: Path, tokenizer: TextTokenizer):
    graph = onnx.load(folder / "encoder.onnx")
    ranges = observe(graph, batches(TEXTS, tokenizer))
    activation = next(node.input[0] for node in trained_products(graph.graph))
    ranges[activation].high[0] *= 50
    encoder = (folder / "encoder.onnx").read_bytes()
    fp32 = onnxruntime.InferenceSession(encoder, providers=["CPUExecutionProvider"])
    wide = onnxruntime.InferenceSession(with_weights(int8_graph(graph, ranges).SerializeToString(), encoder), providers=["CPUExecutionProvider"])
    row = next(iter(batches(TEXTS, tokenizer)))
    right, found = fp32.run(None, row)[0], wide.run(None, row)[0]
    assert np.sqrt(((found - right) ** 2).mean() / (right**2).mean()) < 0.2
