"""Merges the model's encoder with one decoder into a single graph, in the layout that Transformers.js reads.

Usage: python bench/make_models.py MODEL_FOLDER OUTPUT_FOLDER

Writes OUTPUT_FOLDER/{entities,sentiment}/ with onnx/model.onnx, config.json and the tokenizer files. The weights are those of the
model folder, unchanged. Transformers.js has no input for word shapes, so the entities graph gets zeros in their place, made inside
the graph: its labels are worse than ours, its work is the same.
"""

import json
import shutil
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, compose, helper


def prefixed(model: onnx.ModelProto, prefix: str) -> onnx.ModelProto:
    """Names of inner values must differ between the two graphs; inputs and outputs keep theirs."""
    return compose.add_prefix(model, prefix, rename_inputs=False, rename_outputs=False)


def with_zero_shapes(decoder: onnx.ModelProto) -> None:
    """Replaces the input `shape_ids` by zeros of the mask's shape."""
    shapes = next(value for value in decoder.graph.input if value.name == "shape_ids")
    decoder.graph.input.remove(shapes)
    zero = helper.make_tensor("zero", TensorProto.INT64, [1], [0])
    nodes = [
        helper.make_node("Shape", ["attention_mask"], ["batch_shape"]),
        helper.make_node("ConstantOfShape", ["batch_shape"], ["shape_ids"], value=zero),
    ]
    for place, node in enumerate(nodes):
        decoder.graph.node.insert(place, node)


def merge(folder: Path, task: str) -> onnx.ModelProto:
    """Encoder and decoder as one graph: ids, mask and types in, logits out."""
    encoder = prefixed(onnx.load(folder / "encoder.onnx"), "encoder_")
    decoder = onnx.load(folder / f"{task}.onnx")
    if any(value.name == "shape_ids" for value in decoder.graph.input):
        with_zero_shapes(decoder)
    decoder = prefixed(decoder, f"{task}_")
    # Both graphs take the mask: the decoder's copy is renamed for the merge and then fed by the encoder's.
    mask = next(value for value in decoder.graph.input if value.name == "attention_mask")
    mask.name = "decoder_mask"
    for node in decoder.graph.node:
        for place, name in enumerate(node.input):
            if name == "attention_mask":
                node.input[place] = "decoder_mask"
    merged = compose.merge_models(encoder, decoder, io_map=[("hidden_states", "hidden_states")], outputs=["logits"])
    mask = next(value for value in merged.graph.input if value.name == "decoder_mask")
    merged.graph.input.remove(mask)
    for node in merged.graph.node:
        for place, name in enumerate(node.input):
            if name == "decoder_mask":
                node.input[place] = "attention_mask"
    onnx.checker.check_model(merged)
    return merged


def write(folder: Path, output: Path, task: str, manifest: dict) -> None:
    """One model folder for Transformers.js."""
    labels = manifest["tasks"][task]["labels"]
    network = manifest["network"]
    head = {"entities": "BertForTokenClassification", "sentiment": "BertForSequenceClassification"}[task]
    (output / "onnx").mkdir(parents=True, exist_ok=True)
    onnx.save(merge(folder, task), output / "onnx" / "model.onnx")
    config = {
        "model_type": "bert",
        "architectures": [head],
        "hidden_size": network["hidden"],
        "num_hidden_layers": network["layers"],
        "num_attention_heads": network["heads"],
        "intermediate_size": network["feed_forward"],
        "max_position_embeddings": network["positions"],
        "type_vocab_size": network["token_types"],
        "vocab_size": network["vocabulary"],
        "hidden_act": "gelu",
        "layer_norm_eps": network["layer_norm_eps"],
        "pad_token_id": 0,
        "id2label": {str(i): label for i, label in enumerate(labels)},
        "label2id": {label: i for i, label in enumerate(labels)},
    }
    (output / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    for name in (manifest["tokenizer"]["file"], manifest["tokenizer"]["config"]):
        shutil.copy(folder / name, output / name)


def main() -> None:
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    manifest = json.loads((folder / "manifest.json").read_text())
    for task in ("entities", "sentiment"):
        write(folder, output / task, task, manifest)
        print(f"{output / task}")


if __name__ == "__main__":
    main()
