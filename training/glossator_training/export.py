"""PyTorch → the model folder: ONNX graphs, tokenizer files and manifest.json.

Every trained tensor is stored in its graph under its own name, so that the folder can be read back (weights.py): matrices as int8 rows
with one fp32 scale each, widened to fp32 when a session is opened, word embeddings as they are looked up; vectors (biases, norms) as fp32.

python -m glossator_training.export --checkpoint runs/base/checkpoint.pt --out ../models/glossator-minilm
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from .checkpoint import load_model
from .network.encoder import Encoder, mean_pool
from .network.model import TASKS, MultiTaskModel
from .no_answer import manifest_threshold
from .step_graphs import write_steps
from .tokenization import base_directory

OPSET = 18
STORES = ("fp32", "int8")
"""How matrices are kept: as trained; as rows of whole numbers."""

EMBEDDINGS = "word_embeddings.weight"

LEVELS = 63
"""Largest whole number of a row. Each row has a scale of its own: the largest value of a matrix says little about its other rows. Seven bits pack to an
eighth less than eight and score the same; and two products of seven-bit weights never overflow the 16 bits in which processors without VNNI add them
(ONNX Runtime, "Quantize ONNX models": reduce_range)."""

EMBEDDING_LEVELS = 31
"""The same of word embeddings, two fifths of all numbers: they pack to a quarter less than eight bits would."""


class EncoderGraph(nn.Module):
    """What encoder.onnx computes: hidden states and the pooled, normalised sentence embedding."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """[B, T] three times → [B, T, H], [B, H]."""
        hidden = self.encoder(input_ids, attention_mask, token_type_ids)
        return hidden, mean_pool(hidden, attention_mask)


GRAPHS: dict[str, tuple[list[str], list[str]]] = {
    "encoder": (["input_ids", "attention_mask", "token_type_ids"], ["hidden_states", "sentence_embedding"]),
    "sentiment": (["hidden_states", "attention_mask"], ["logits"]),
    "entities": (["hidden_states", "attention_mask", "shape_ids"], ["logits"]),
    "answers": (["hidden_states", "attention_mask", "passage_mask"], ["start_logits", "end_logits"]),
}
"""Inputs and outputs of each graph, in the order of the module's forward."""


def trace(module: nn.Module, name: str, hidden: int, path: Path) -> onnx.ModelProto:
    """One module as ONNX with dynamic batch and length."""
    batch, length = 2, 9
    samples = {
        "hidden_states": torch.randn(batch, length, hidden),
        "shape_ids": torch.randint(0, 18, (batch, length)),
        "input_ids": torch.randint(0, 20, (batch, length)),
        "attention_mask": torch.ones(batch, length, dtype=torch.int64),
        "token_type_ids": torch.zeros(batch, length, dtype=torch.int64),
        "passage_mask": torch.ones(batch, length, dtype=torch.int64),
    }
    inputs, outputs = GRAPHS[name]
    rows, longest = torch.export.Dim("batch", max=4096), 4096 if name != "encoder" else 512
    columns = torch.export.Dim("length", min=2, max=longest)
    torch.onnx.export(
        module.eval(),
        tuple(samples[i] for i in inputs),
        path,
        input_names=inputs,
        output_names=outputs,
        dynamic_shapes=tuple({0: rows, 1: columns} for _ in inputs),
        opset_version=OPSET,
        dynamo=True,
        optimize=False,
        external_data=False,
        verbose=False,
    )
    return onnx.load(path)


def quantise_rows(table: np.ndarray, levels: int = LEVELS) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 per row: table ≈ int8 · scale. Returns int8 [rows, H] and fp32 scales [rows, 1].

    What was quantised before comes out as it was. The scales are looked up at run time, and not every GPU reads fp16.
    """
    scale = np.maximum(np.abs(table).max(1, keepdims=True) / levels, 1e-8).astype(np.float32)
    return np.clip(np.round(table / scale), -levels, levels).astype(np.int8), scale


def shrink(model: onnx.ModelProto, prefix: str) -> None:
    """Stores matrices as int8 rows, in place. `prefix` is what the traced wrapper put before the names."""
    graph = model.graph
    widened = []
    for tensor in list(graph.initializer):
        value = numpy_helper.to_array(tensor)
        name = tensor.name
        stored = name.removeprefix(prefix)
        if value.dtype != np.float32 or value.size < 1024 or value.ndim != 2 or name.endswith("_scale"):
            if stored != name:
                rename(graph, name, stored)
            continue
        graph.initializer.remove(tensor)
        rows, scale = quantise_rows(value, EMBEDDING_LEVELS if stored == EMBEDDINGS else LEVELS)
        if stored == EMBEDDINGS:
            look_up(graph, name, stored)
        else:
            rename(graph, name, f"{stored}:fp32")
            widened += widening(stored)
        graph.initializer.extend([numpy_helper.from_array(rows, stored), numpy_helper.from_array(scale, f"{stored}.scale")])

    nodes = widened + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]


def widening(stored: str) -> list[onnx.NodeProto]:
    """Nodes that make STORED:fp32 of int8 rows and their scales. All of it is constant: done once, when the graph is opened."""
    return [
        helper.make_node("Cast", [stored], [f"{stored}:whole"], to=TensorProto.FLOAT, name=f"widen/{stored}"),
        helper.make_node("Mul", [f"{stored}:whole", f"{stored}.scale"], [f"{stored}:fp32"], name=f"scale/{stored}"),
    ]


def rename(graph: onnx.GraphProto, old: str, new: str) -> None:
    """Renames an initializer and all its uses."""
    for tensor in graph.initializer:
        if tensor.name == old:
            tensor.name = new
    for node in graph.node:
        for i, name in enumerate(node.input):
            if name == old:
                node.input[i] = new


def look_up(graph: onnx.GraphProto, old: str, stored: str) -> None:
    """Replaces Gather(fp32 table, ids) by Gather(int8) · Gather(scale)."""
    nodes = []
    for node in graph.node:
        if node.op_type == "Gather" and node.input[0] == old:
            ids, out = node.input[1], node.output[0]
            nodes += [
                helper.make_node("Gather", [stored, ids], [f"{out}/rows"], axis=0, name=f"{out}/gather_rows"),
                helper.make_node("Cast", [f"{out}/rows"], [f"{out}/rows32"], to=TensorProto.FLOAT, name=f"{out}/widen_rows"),
                helper.make_node("Gather", [f"{stored}.scale", ids], [f"{out}/scale"], axis=0, name=f"{out}/gather_scale"),
                helper.make_node("Mul", [f"{out}/rows32", f"{out}/scale"], [out], name=f"{out}/dequantise"),
            ]
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export_model(
    model: MultiTaskModel,
    out: Path,
    tokenizer: Path,
    name: str,
    version: str = "0.1.0",
    temperatures: dict[str, float] | None = None,
    training: dict | None = None,
    store: str = "int8",
    steps: bool = False,
    languages: Sequence[str] | None = ("en",),
    no_answer_threshold: float | None = None,
) -> None:
    """Writes the model folder `out` (made beside it, then swapped in). `tokenizer`: folder with tokenizer.json and tokenizer_config.json.

    `training` goes into the manifest as it is: data, licences, parent model, scores. `store`: how matrices are kept, one of `STORES`.
    `languages`: ISO 639-1 codes of those it reads; None where nothing is known.
    `no_answer_threshold`: by how much, as a difference of log-probabilities, "no answer" must beat the best span; None leaves it at 0.
    `steps` adds the training-step graphs, which takes a minute; they know matrices by the names that a shrunk graph has (step_graphs.py).
    """
    config = model.config
    temperatures = temperatures or {}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as side:
        folder = Path(side) / out.name
        folder.mkdir()
        modules = {"encoder": (EncoderGraph(model.encoder), "encoder.")} | {task: (getattr(model, task), "") for task in TASKS}
        for graph, (module, prefix) in modules.items():
            path = folder / f"{graph}.onnx"
            proto = trace(module, graph, config.hidden, path)
            if store != "fp32":
                shrink(proto, prefix)
            proto.doc_string = ""
            for node in proto.graph.node:
                node.doc_string = ""
                del node.metadata_props[:]
            del proto.metadata_props[:]
            onnx.checker.check_model(proto)
            onnx.save(proto, path)
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(tokenizer / file, folder / file)

        def part(graph: str) -> dict:
            return {"file": f"{graph}.onnx", "sha256": sha256(folder / f"{graph}.onnx")}

        unsure = {} if no_answer_threshold is None else {"noAnswerThreshold": no_answer_threshold}
        manifest = {
            "format": "glossator-model/1",
            "name": name,
            "version": version,
            "licence": "Apache-2.0",
            **({} if languages is None else {"languages": list(languages)}),
            "tokenizer": {"file": "tokenizer.json", "config": "tokenizer_config.json"},
            "encoder": part("encoder") | {"hiddenSize": config.hidden, "maximumTokens": config.positions},
            "tasks": {
                "sentiment": part("sentiment")
                | {"labels": list(config.sentiment_labels), "unmarked": "neutral", "temperature": temperatures.get("sentiment", 1.0)},
                "entities": part("entities")
                | {"labels": list(config.entity_labels), "scheme": "BIO2", "features": "shape", "temperature": temperatures.get("entities", 1.0)},
                "answers": part("answers") | {"input": "pair", "temperature": temperatures.get("answers", 1.0)} | unsure,
            },
            "network": config.to_json(),
            "training": training or {},
        }
        if steps and store != "fp32":
            manifest["steps"] = write_steps(folder, config, list(TASKS))
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        out.mkdir(exist_ok=True)
        for file in folder.iterdir():
            file.replace(out / file.name)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Export a checkpoint to a model folder.")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="glossator-minilm")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--calibration", type=Path, help="report of the calibration, for the temperatures")
    parser.add_argument("--no-answer-threshold", action="store_true", help='let "no answer" win by the calibration\'s threshold, not at even odds')
    parser.add_argument("--training", type=Path, help="JSON file that goes into the manifest")
    parser.add_argument("--store", choices=STORES, default="int8", help="how matrices are kept; fp32 gets no step graphs")
    parser.add_argument("--without-steps", action="store_true", help="leave out the training-step graphs")
    args = parser.parse_args()
    training = json.loads(args.training.read_text(encoding="utf-8")) if args.training else None
    model = load_model(args.checkpoint)
    calibration = json.loads(args.calibration.read_text(encoding="utf-8")) if args.calibration else {}
    steps = not args.without_steps
    threshold = None
    if args.no_answer_threshold:
        if "no_answer" not in calibration:
            parser.error("--no-answer-threshold needs --calibration with a report that has one")
        threshold = manifest_threshold(calibration["no_answer"]["threshold"])
    export_model(
        model, args.out, base_directory(), args.name, args.version, calibration.get("temperatures"), training, args.store, steps,
        no_answer_threshold=threshold,
    )  # fmt: skip
    size = sum(f.stat().st_size for f in args.out.iterdir())
    print(f"{args.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
