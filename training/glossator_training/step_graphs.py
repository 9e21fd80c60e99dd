"""Training steps as ONNX graphs, which plain onnxruntime runs: forward, loss, backward, gradient clipping and AdamW in one graph.

For every decoder two graphs: the decoder alone over kept hidden states, and the decoder with the encoder's last two layers. They hold
no weights: parameters, moments and the learning rate go in, the next parameters and moments come out. The manifest's section `steps`
says which initializers of which inference graph a step trains: its input PART.NAME is NAME in PART's graph.

python -m glossator_training.step_graphs --model ../models/glossator-minilm
"""

import argparse
import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnx import helper
from torch._decomp import core_aten_decompositions
from torch.fx.experimental.proxy_tensor import make_fx

from .network.config import NetworkConfig
from .network.model import TASKS
from .steps.objective import LABELS, LAYERS, Objective, fields
from .steps.optimizer import BETAS, DOMAIN, EPSILON, SCALARS, functions, update_nodes
from .steps.translate import translate
from .steps.translation import ONNX_TYPES
from .weights import ModelFolderError, graph_files, load_manifest, write_manifest

OPSET, IR = 18, 10


def build_step(config: NetworkConfig, decoder: str, layers: int = 0) -> onnx.ModelProto:
    """The step of one decoder and the encoder's last `layers`. Raises ValueError where the network lacks them."""
    objective = Objective(config, decoder, layers)
    trained, frozen, data = objective.trained(), objective.frozen(), fields(decoder, config, layers > 0)

    def shape(name: str, parameter: torch.Tensor) -> tuple[str | int, ...]:
        own_labels = decoder in ("sentiment", "entities") and name.startswith(f"{decoder}.output.")
        return (LABELS, *parameter.shape[1:]) if own_labels else tuple(parameter.shape)

    shapes = {n: shape(n, p) for n, p in (trained | frozen).items()}
    inputs = [(n, s, torch.float32) for n, s in shapes.items()]
    inputs += [(f.name, f.shape, torch.int64 if f.integer else torch.float32) for f in data]
    fixed = {s for _, sizes, _ in inputs for s in sizes if isinstance(s, int)}
    # A trace takes equal sizes for one: the samples' dynamic sizes must differ from each other and from all fixed ones.
    free = (p for p in (5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43) if p not in fixed)
    sizes = {name: next(free) for name in dict.fromkeys(s for _, sizes, _ in inputs for s in sizes if isinstance(s, str))}
    samples = [torch.zeros([sizes.get(s, s) for s in shape], dtype=dtype) for _, shape, dtype in inputs]

    def step(*values: torch.Tensor) -> tuple[torch.Tensor, ...]:
        parameters = [v.detach().requires_grad_() for v in values[: len(trained)]]
        state = dict(zip(trained, parameters, strict=True)) | dict(zip(frozen, values[len(trained) :], strict=False))
        with torch.enable_grad():
            total, own = torch.func.functional_call(objective, {f"model.{n}": v for n, v in state.items()}, values[len(shapes) :])
            gradients = torch.autograd.grad(total, parameters)
        return (total.detach(), own.detach(), *gradients)

    traced = make_fx(step, decomposition_table=core_aten_decompositions(), tracing_mode="symbolic")(*samples)
    dynamic = [{i: s for i, s in enumerate(shape) if isinstance(s, str)} for _, shape, _ in inputs]
    graph = translate(traced, [n for n, _, _ in inputs], dynamic, ["traced_loss", "task_loss", *(f"grad:{n}" for n in trained)])
    updates = update_nodes({n: len(shapes[n]) for n in trained}, "traced_loss")
    used = {name for node in updates for name in node.input}

    def tensors(names: list[str]) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, shapes.get(n.rpartition(":")[2], ())) for n in names]

    state = [f"{kind}:{n}" for kind in ("m", "v", "start") for n in trained]
    given = [helper.make_tensor_value_info(n, ONNX_TYPES[dtype], shape) for n, shape, dtype in inputs]
    made = tensors(["loss", "task_loss", "gradient_norm", *(f"next:{kind}{n}" for kind in ("", "m:", "v:") for n in trained)])
    model = helper.make_model(
        helper.make_graph(
            [*graph.nodes, *updates], f"step-{decoder}", [*given, *tensors(state), *tensors([s for s in SCALARS if s in used])], made, graph.constants
        ),
        functions=functions(),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, 1)],
        ir_version=IR,
        producer_name="glossator",
    )
    onnx.checker.check_model(model)
    return model


def lower_states(encoder: Path, layer: int) -> str:
    """Name of the value in encoder.onnx that goes into layer `layer`. Raises ModelFolderError where it cannot be told."""
    graph = onnx.load(encoder).graph
    followed = {f"layers.{layer}.attention.query.weight"}
    for node in graph.node:
        used = followed.intersection(node.input)
        if used and node.op_type in ("Cast", "Mul", "Transpose", "Identity"):
            followed.update(node.output)
        elif used:
            return next(name for name in node.input if name not in followed)
    raise ModelFolderError(f"{encoder}: no node reads layers.{layer}.attention.query.weight")


def step_name(decoder: str, layers: int) -> str:
    """File name of a step graph."""
    return f"step-{decoder}{'-layers' if layers else ''}.onnx"


def plans(config: NetworkConfig, decoders: list[str]) -> Iterator[tuple[str, int]]:
    """Decoder and number of encoder layers of each graph."""
    for decoder in decoders:
        yield decoder, 0
        if config.layers >= LAYERS:
            yield decoder, LAYERS


def write_steps(folder: Path, config: NetworkConfig, decoders: list[str]) -> dict:
    """Writes the step graphs into a folder that holds encoder.onnx. Returns the manifest's section `steps`."""
    parameters: dict[str, list[str]] = {}
    frozen: dict[str, list[str]] = {}
    graphs = []
    for decoder, layers in plans(config, decoders):
        path = folder / step_name(decoder, layers)
        onnx.save(build_step(config, decoder, layers), path)
        objective = Objective(config, decoder, layers)
        for names, into in ((objective.trained(), parameters), (objective.frozen(), frozen)):
            for name in names:
                part, _, tensor = name.partition(".")
                if tensor not in into.setdefault(part, []):
                    into[part].append(tensor)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        graphs.append({"decoder": decoder, "encoderLayers": layers, "file": path.name, "sha256": digest})
    section = {"optimizer": {"name": "AdamW", "betas": list(BETAS), "epsilon": EPSILON}, "graphs": graphs, "parameters": parameters, "frozen": frozen}
    if any(graph["encoderLayers"] for graph in graphs):
        section["lowerStates"] = lower_states(folder / "encoder.onnx", config.layers - LAYERS)
    return section


def copy_steps(source: Path, target: Path) -> None:
    """Takes over the step graphs of another model folder of the same network: they hold no weights, and any number of labels fits."""
    section = load_manifest(source).get("steps")
    if not section:
        return
    for graph in section["graphs"]:
        shutil.copyfile(source / graph["file"], target / graph["file"])
    if "lowerStates" in section:
        section["lowerStates"] = lower_states(target / "encoder.onnx", NetworkConfig.from_json(load_manifest(target)["network"]).layers - LAYERS)
    write_manifest(target, load_manifest(target) | {"steps": section})


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Add training-step graphs to a model folder, or make them anew.")
    parser.add_argument("--model", type=Path, required=True, help="a model folder")
    folder = parser.parse_args().model
    try:
        manifest = load_manifest(folder)
        config = NetworkConfig.from_json(manifest["network"])
        files = graph_files(folder, manifest)
        section = write_steps(folder, config, [task for task in TASKS if task in files])
    except ModelFolderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    write_manifest(folder, manifest | {"steps": section})
    size = sum((folder / graph["file"]).stat().st_size for graph in section["graphs"])
    print(f"{folder}: {len(section['graphs'])} step graphs, {size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
