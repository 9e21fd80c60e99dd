"""The model folder → PyTorch: the inverse of export.py, so that a shipped model can be trained further.

Every graph holds the parameters of its module as initializers of the same names. What export.py shrank is widened again: int8
rows times their scales, and fp16 matrices, which teaching in the editor and older versions wrote. Exporting once more what this version
exported gives the same numbers (LEVELS and EMBEDDING_LEVELS in export.py). Rows of older versions, which had 127 levels, are rounded to these.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from .checkpoint import load_model
from .network.config import NetworkConfig
from .network.model import MultiTaskModel

FORMAT = "glossator-model/1"
OUTPUTS_FORMAT = "glossator-model/2"
"""With rows of an output layer that are not served, which teaching in the editor writes. Whoever reads it must keep them apart from labels."""


class ModelFolderError(ValueError):
    """A model folder cannot be read: the message names the file and says what is wrong with it."""


def load_manifest(folder: Path, *formats: str) -> dict:
    """manifest.json of a model folder, of `FORMAT` or one of `formats`. Raises ModelFolderError when it is missing, no JSON, or of another format."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelFolderError(f"{path} is missing: {folder} is not a Glossator model folder") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ModelFolderError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") not in (FORMAT, *formats):
        raise ModelFolderError(f'{path}: expected "format": "{FORMAT}"')
    if not isinstance(manifest.get("network"), dict):
        raise ModelFolderError(f'{path}: "network" is missing, so this model cannot be trained further, only run')
    return manifest


def write_manifest(folder: Path, manifest: dict) -> None:
    """Puts manifest.json into a model folder, in one step."""
    path = folder / "manifest.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)


def initializers(path: Path) -> dict[str, np.ndarray]:
    """All tensors stored in a graph, by name. Raises ModelFolderError when the file is missing or not ONNX."""
    try:
        graph = onnx.load(path).graph
    except FileNotFoundError as error:
        raise ModelFolderError(f"{path} is missing") from error
    except Exception as error:  # onnx raises protobuf's DecodeError, whose class differs between protobuf's versions
        raise ModelFolderError(f"{path} is not an ONNX graph: {error}") from error
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def widen(stored: dict[str, np.ndarray], name: str) -> np.ndarray | None:
    """The parameter `name` as fp32, undoing int8 rows with scales (`name.scale`); None where it is not stored."""
    if name in stored:
        value = stored[name].astype(np.float32)
        scale = stored.get(f"{name}.scale")
        return value if scale is None else value * scale.astype(np.float32)
    return None


def graph_files(folder: Path, manifest: dict) -> dict[str, Path]:
    """The encoder's and each decoder's graph. Raises KeyError where the manifest names none."""
    files = {"encoder": folder / manifest["encoder"]["file"]}
    return files | {task: folder / part["file"] for task, part in manifest["tasks"].items()}


def load_model_folder(folder: Path, *formats: str) -> MultiTaskModel:
    """The network of a model folder, in evaluation mode.

    Raises ModelFolderError naming the file, and the tensor where one is missing or of another shape.
    """
    manifest = load_manifest(folder, *formats)
    try:
        model = MultiTaskModel(NetworkConfig.from_json(manifest["network"]))
        files = graph_files(folder, manifest)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFolderError(f'{folder / "manifest.json"}: {error!r} in "network", "encoder" or "tasks"') from error
    stored = {part: initializers(path) for part, path in files.items()}
    state: dict[str, Tensor] = {}
    for key, parameter in model.state_dict().items():
        part, _, name = key.partition(".")
        value = widen(stored[part], name)
        if value is None:  # stored as fp32, a graph keeps the names of the traced wrapper
            value = widen(stored[part], key)
        if value is None:
            raise ModelFolderError(f"{files[part]} holds no tensor {name!r}: export the model again with this version")
        if value.shape != tuple(parameter.shape):
            raise ModelFolderError(f"{files[part]}: {name!r} has the shape {value.shape}, the manifest's network needs {tuple(parameter.shape)}")
        state[key] = torch.from_numpy(np.array(value))
    model.load_state_dict(state)
    return model.eval()


def start_from(model: MultiTaskModel, source: Path) -> None:
    """Takes over the weights of a model folder or a checkpoint where name and shape agree.

    Raises ModelFolderError as `load_model_folder` does, ValueError as `load_model` does.
    """
    known = (load_model(source) if source.is_file() else load_model_folder(source)).state_dict()
    fresh = model.state_dict()
    model.load_state_dict({name: known[name] if name in known and known[name].shape == own.shape else own for name, own in fresh.items()})
