"""An int8 form of the encoder and of each decoder: a second graph that multiplies by int8 matrices, with ranges of activations fixed beforehand.

encoder-int8.onnx holds no weights. Whoever opens it adds the initializers of encoder.onnx, and the runtime quantises them once, as it
folds constants. So both forms have the same weights, and the form costs a few hundred KB. Only the CPU runs it. The output layers of decoders
stay fp32: they are small, and what they give is what is read.

- Ranges are fixed, so a sentence gets the same label in any batch; they are taken from real texts of all tasks.
- Each activation is divided, channel by channel, by a power of the largest value seen there, and the matrix is multiplied by it
  (SmoothQuant, Xiao et al. 2023): a few channels are ten times as large as the others, and would leave those few steps.
- Matrices have a scale for each output channel. Products between activations, in attention, stay fp32.

python -m glossator_training.fixed_int8 --model ../models/glossator-minilm --data DATA --segments runs/readme/train.tsv
"""

import argparse
import hashlib
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from .data.conll import read_conll
from .data.example import DataError
from .data.readme import read_segments
from .data.squad import read_squad
from .data.sst import read_sst2
from .shapes import NONE, shape_ids
from .tokenization import TextTokenizer
from .weights import ModelFolderError, initializers, load_manifest, write_manifest

OUTPUT_LAYER = "output.weight"

SMOOTHING = 0.6
"""The power: 0 leaves all to the activations, 1 all to the matrices. From .5 to .8 the hidden states came out alike (6.8 % off on the average, 14 % with 0)."""

TEXTS = 240
"""Texts that the ranges are taken from, a quarter of each kind. Their largest values vary little with more."""

LONGEST = 384
"""Tokens of a calibration text: a window of a question and its passage."""


def int8_file(part: str) -> str:
    """Name of the file of a part's int8 form: of the encoder, or of a task's decoder."""
    return f"{part}-int8.onnx"


@dataclass(frozen=True, slots=True)
class Range:
    """The values seen in each channel of an activation. Both fp32 [channels]."""

    low: np.ndarray
    high: np.ndarray


def calibration_texts(data: Path, segments: Path | None, count: int = TEXTS, seed: int = 3) -> list[tuple[str, ...]]:
    """Sentences, runs of words, questions with their passages, and README segments: what the encoder reads. Raises DataError as the readers do."""
    rng = random.Random(seed)
    kinds: list[list[tuple[str, ...]]] = [
        [(text,) for text, _ in read_sst2(data / "sst2/train.tsv")],
        [(" ".join(words),) for document in read_conll(data / "conll2003/eng.train") for words, _ in document],
        [(question.text, question.context) for question in read_squad(data / "squad/train-v1.1.json")],
    ]
    if segments:
        kinds.append([(segment.text,) for segment in read_segments(segments)])
    return [text for kind in kinds for text in rng.sample(kind, min(len(kind), count // len(kinds)))]


def batches(texts: Sequence[tuple[str, ...]], tokenizer: TextTokenizer) -> Iterator[dict[str, np.ndarray]]:
    """Each text as the encoder's inputs, one row each: padding must not count."""
    for parts in texts:
        pieces = [ids for ids, _, _ in tokenizer.encode(list(parts))]
        ids = [tokenizer.cls]
        types = [0]
        for number, piece in enumerate(pieces):
            ids += [*piece, tokenizer.sep]
            types += [number] * (len(piece) + 1)
        ids, types = ids[:LONGEST], types[:LONGEST]
        row = {"input_ids": ids, "attention_mask": [1] * len(ids), "token_type_ids": types}
        yield {name: np.array([values], dtype=np.int64) for name, values in row.items()}


def decoder_batches(
    texts: Sequence[tuple[str, ...]], tokenizer: TextTokenizer, encoder: onnx.ModelProto, decoder: onnx.ModelProto
) -> Iterator[dict[str, np.ndarray]]:
    """Each text as the decoder's inputs, one row each, with the encoder's states.

    A decoder that knows a passage reads texts of two parts, another those of one.
    """
    names = {value.name for value in decoder.graph.input}
    parts = 2 if "passage_mask" in names else 1
    run = session(encoder)
    chosen = [text for text in texts if len(text) == parts]
    for text, row in zip(chosen, batches(chosen, tokenizer), strict=True):
        mask = row["attention_mask"]
        shapes = [2 * NONE]
        for part, encoded in zip(text, tokenizer.encode(list(text)), strict=True):
            _, offsets, words = encoded
            shapes += [*shape_ids(part, offsets, words), 2 * NONE]
        given = {
            "hidden_states": run.run(["hidden_states"], row)[0],
            "attention_mask": mask,
            "shape_ids": np.array([shapes[: mask.shape[1]]], dtype=np.int64),
            "passage_mask": row["token_type_ids"],
        }
        yield {name: value for name, value in given.items() if name in names}


def stored_as(graph: onnx.GraphProto, name: str) -> str:
    """The initializer, or the input, that a value is before it is widened and transposed; the value itself where anything else is done to it."""
    made = {output: node for node in graph.node for output in node.output}

    def widens(node: onnx.NodeProto) -> bool:
        return node.op_type in ("Cast", "Transpose") or (node.op_type == "Mul" and node.input[1].endswith(".scale"))

    while name in made and widens(made[name]):
        name = made[name].input[0]
    return name


def trained_products(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The MatMuls of an activation with a trained matrix: stored [out, in], transposed in the graph. Not those of an output layer."""
    stored = {tensor.name for tensor in graph.initializer} - {OUTPUT_LAYER}
    return [node for node in graph.node if node.op_type == "MatMul" and stored_as(graph, node.input[1]) in stored]


def session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    """On one thread, so that the same texts give the same ranges."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def observe(model: onnx.ModelProto, inputs: Iterator[dict[str, np.ndarray]]) -> dict[str, Range]:
    """Runs the graph on `inputs`; the range of every activation that a trained matrix is multiplied with."""
    names = sorted({node.input[0] for node in trained_products(model.graph)})
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    given = {output.name for output in watched.graph.output}
    watched.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names if name not in given)
    run = session(watched)
    ranges: dict[str, Range] = {}
    for row in inputs:
        for name, value in zip(names, run.run(names, row), strict=True):
            rows = value.reshape(-1, value.shape[-1])
            low, high = rows.min(0), rows.max(0)
            before = ranges.get(name)
            ranges[name] = Range(np.minimum(before.low, low), np.maximum(before.high, high)) if before else Range(low, high)
    return ranges


def divisors(seen: Range) -> np.ndarray:
    """By what each channel of an activation is divided. fp32 [channels], about 1 on the average."""
    size = np.maximum(np.maximum(np.abs(seen.low), np.abs(seen.high)), 1e-4) ** SMOOTHING
    return (size / size.mean()).astype(np.float32)


def quantised_activation(name: str, seen: Range) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Nodes that make NAME:uint8 of an activation, and the constants that they and its products read."""
    by = divisors(seen)
    low, high = min(0.0, float((seen.low / by).min())), max(float((seen.high / by).max()), 1e-6)
    scale = (high - low) / 255
    zero = int(np.clip(round(-low / scale), 0, 255))
    nodes = [
        helper.make_node("Mul", [name, f"{name}:by"], [f"{name}:even"], name=f"{name}/even"),
        helper.make_node("QuantizeLinear", [f"{name}:even", f"{name}:scale", f"{name}:zero"], [f"{name}:uint8"], name=f"{name}/quantise"),
    ]
    constants = {"by": 1 / by, "times": by[:, None], "scale": np.float32(scale), "zero": np.uint8(zero)}
    return nodes, [numpy_helper.from_array(np.asarray(value), f"{name}:{key}") for key, value in constants.items()]


def quantised_matrix(matrix: str, activation: str, columns: int) -> list[onnx.NodeProto]:
    """Nodes that make MATRIX:int8 [in, out] and MATRIX:step [out] of a transposed matrix. All of it is constant: done once, when the graph is opened."""
    return [
        helper.make_node("Mul", [matrix, f"{activation}:times"], [f"{matrix}:even"]),
        helper.make_node("Abs", [f"{matrix}:even"], [f"{matrix}:size"]),
        helper.make_node("ReduceMax", [f"{matrix}:size", "int8:axis"], [f"{matrix}:largest"], keepdims=0),
        helper.make_node("Max", [f"{matrix}:largest", "int8:least"], [f"{matrix}:reach"]),
        helper.make_node("Div", [f"{matrix}:reach", "int8:levels"], [f"{matrix}:step"]),
        helper.make_node("QuantizeLinear", [f"{matrix}:even", f"{matrix}:step", f"int8:zeros:{columns}"], [f"{matrix}:int8"], axis=1),
    ]


def int8_graph(model: onnx.ModelProto, ranges: dict[str, Range]) -> onnx.ModelProto:
    """The graph without what the file of the first stores, with int8 products in place of those with a trained matrix."""
    out = onnx.ModelProto()
    out.CopyFrom(model)
    graph = out.graph
    products = {node.output[0] for node in trained_products(graph)}
    constants = [
        numpy_helper.from_array(np.array([0], dtype=np.int64), "int8:axis"),
        numpy_helper.from_array(np.float32(1e-8), "int8:least"),
        numpy_helper.from_array(np.float32(127), "int8:levels"),
    ]
    nodes: list[onnx.NodeProto] = []
    done: set[str] = set()
    zeros: set[int] = set()
    rows = {tensor.name: tensor.dims[0] for tensor in model.graph.initializer}
    for node in graph.node:
        if node.output[0] not in products:
            nodes.append(node)
            continue
        activation, matrix = node.input
        if activation not in done:
            done.add(activation)
            made, given = quantised_activation(activation, ranges[activation])
            nodes += made
            constants += given
        columns = rows[stored_as(model.graph, matrix)]
        if columns not in zeros:
            zeros.add(columns)
            constants.append(numpy_helper.from_array(np.zeros(columns, dtype=np.int8), f"int8:zeros:{columns}"))
        nodes += quantised_matrix(matrix, activation, columns)
        inputs = [f"{activation}:uint8", f"{matrix}:int8", f"{activation}:scale", f"{matrix}:step", f"{activation}:zero"]
        nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, [node.output[0]], domain="com.microsoft", name=f"{node.name}/int8"))
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.initializer.extend(constants)
    out.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return out


def with_weights(int8: bytes, first: bytes) -> bytes:
    """The int8 graph that can be run. Protocol buffers merge a message that follows another: the initializers of the second are added."""
    stored = onnx.load_from_string(first).graph.initializer
    return int8 + onnx.ModelProto(graph=onnx.GraphProto(initializer=stored)).SerializeToString()


def add_int8(folder: Path, texts: Sequence[tuple[str, ...]]) -> list[Path]:
    """Writes the int8 forms into a model folder, and names them in the manifest. Raises ModelFolderError where the folder is none."""
    manifest = load_manifest(folder)
    tokenizer = TextTokenizer(folder / "tokenizer.json")
    encoder = onnx.load(folder / manifest["encoder"]["file"])
    paths = []
    for part, section in {"encoder": manifest["encoder"], **manifest["tasks"]}.items():
        graph = encoder if part == "encoder" else onnx.load(folder / section["file"])
        inputs = batches(texts, tokenizer) if part == "encoder" else decoder_batches(texts, tokenizer, encoder, graph)
        path = folder / int8_file(part)
        onnx.save(int8_graph(graph, observe(graph, inputs)), path)
        section["int8"] = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        paths.append(path)
    write_manifest(folder, manifest)
    return paths


def copy_int8(source: Path, target: Path) -> bool:
    """Takes over the encoder's int8 form of a model folder with the same encoder, if it has one: it holds no weights.

    Decoders get none: trained further, they have other ranges. Returns False where there is one that widens matrices in another way than they
    are stored in the target, as those of older folders do.
    """
    part = load_manifest(source)["encoder"].get("int8")
    if part is None:
        return True
    stored = [set(initializers(folder / load_manifest(folder)["encoder"]["file"])) for folder in (source, target)]
    if stored[0] != stored[1]:
        return False
    shutil.copyfile(source / part["file"], target / part["file"])
    manifest = load_manifest(target)
    manifest["encoder"]["int8"] = part
    write_manifest(target, manifest)
    return True


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Add the int8 forms to a model folder, or make them anew.")
    parser.add_argument("--model", type=Path, required=True, help="a model folder")
    parser.add_argument("--data", type=Path, required=True, help="folder with sst2/, conll2003/, squad/")
    parser.add_argument("--segments", type=Path, help="README segments (gather_readmes) for training")
    parser.add_argument("--texts", type=int, default=TEXTS, help="texts that the ranges are taken from")
    args = parser.parse_args()
    try:
        paths = add_int8(args.model, calibration_texts(args.data, args.segments, args.texts))
    except (ModelFolderError, DataError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for path in paths:
        print(f"{path}: {path.stat().st_size / 1e3:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
