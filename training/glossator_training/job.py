"""Trains a job that the editor exported, in its folder: on the CPU, on a GPU, or on several processes that `torchrun` starts.

It is what *Teach Model* does, with the same rows, loss, draws and settings: encoder and shared adapter stay as they are, a decoder learns from examples and is
held to what it said of other text. A decoder is trained for each part of the examples that is held out, so that whoever takes the result can measure it, and
one on all. python train.py in the job's folder calls `main`.
"""

import argparse
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from torch import Tensor

from .data.example import DataError
from .job_on_ray import train_on_ray
from .job_rows import read_rows, read_states
from .job_train import Plan, Run, train
from .parallel import Processes
from .weights import OUTPUTS_FORMAT, ModelFolderError, graph_files, load_manifest, load_model_folder, write_manifest

JOB_FORMAT = "glossator-training-job/1"
"""What `job.json` says it is; src/training/exchange/job-folder.ts writes it."""

NETWORK_LABELS = {"entities": "entity_labels", "sentiment": "sentiment_labels"}
"""Where the manifest's `network` has the rows of a decoder's output layer."""


@dataclass(frozen=True)
class Task:
    """One task of a job."""

    plan: Plan
    rows: list[str]
    """Names of all rows of the output layer."""
    begins: dict[str, tuple[str, float]]
    """New rows: the old one that each begins like, and by how much it is behind."""
    folds: list[list[int]]
    """Of each part that is held out, the examples that are learned from."""
    data: Path
    other: Path


def read_job(folder: Path) -> tuple[list[Task], str]:
    """The tasks of a job's folder, and the SHA-256 of its `job.json`. Raises DataError."""
    path = folder / "job.json"
    try:
        text = path.read_bytes()
        job = json.loads(text)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    if job.get("format") != JOB_FORMAT:
        raise DataError(f'{path}: "format" is {job.get("format")!r}, this package trains "{JOB_FORMAT}"')
    tasks = []
    for item in job["tasks"]:
        for part in ("data", "other"):
            file = folder / item[part]["file"]
            if hashlib.sha256(file.read_bytes()).hexdigest() != item[part]["sha256"]:
                raise DataError(f"{file} is not as it was exported: export the job anew")
        outputs = item["outputs"]
        begins = {begin["row"]: (begin["like"], begin["behind"]) for begin in outputs["begins"]}
        plan = Plan(item["task"], item["settings"], outputs["served"], outputs["held"])
        folds = [fold["learned"] for fold in item["folds"]]
        tasks.append(Task(plan, outputs["all"], begins, folds, folder / item["data"]["file"], folder / item["other"]["file"]))
    return tasks, hashlib.sha256(text).hexdigest()


def grown(old: Tensor, before: Sequence[str], task: Task, rows_last: bool = False) -> Tensor:
    """Rows of an output layer as the job begins with them, from those of before: a new one is like an old one, or 0.

    `rows_last`: logits [..., rows], which are behind, as a bias is; a weight's rows are copied.
    """
    table = old.movedim(-1, 0) if rows_last else old
    result = table.new_zeros(len(task.rows), *table.shape[1:])
    for i, name in enumerate(task.rows):
        like, behind = (name, 0.0) if name in before else task.begins.get(name, (None, 0.0))
        if like is not None:
            result[i] = table[before.index(like)] - (behind if rows_last or old.dim() == 1 else 0.0)
    return result.movedim(0, -1) if rows_last else result


def write_decoder(source: Path, out: Path, values: dict[str, Tensor], rows: tuple[int, int]) -> None:
    """A decoder's graph with other weights, as the editor writes them: int8 rows become fp16, since training moves less than their steps; scales become 1.

    `rows` of the output layer: before, after.
    """
    proto = onnx.load(source)
    graph = proto.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for name, value in values.items():
        array = value.detach().cpu().numpy()
        kind = numpy_helper.to_array(stored[name]).dtype
        kind = np.dtype(np.float16) if kind == np.int8 else kind
        if kind == np.float16 and np.abs(array).max() > np.finfo(np.float16).max:
            raise DataError(f"{name} grew beyond what fp16 can store: lower the learning rate")
        stored[name].CopyFrom(numpy_helper.from_array(array.astype(kind), name))
        if (scale := stored.get(f"{name}.scale")) is not None:
            scale.CopyFrom(numpy_helper.from_array(np.ones((array.shape[0], 1), np.float32), scale.name))
    for output in graph.output:
        last = output.type.tensor_type.shape.dim[-1]
        if last.dim_value == rows[0]:
            last.dim_value = rows[1]
    onnx.save(proto, out)


def train_task(task: Task, folder: Path, side: Path, processes: Processes) -> dict:
    """Trains a task's decoders and writes their graphs below `side`. Returns what `result.json` says of it."""
    began = time.monotonic()
    name = task.plan.task
    manifest = load_manifest(folder / "model", OUTPUTS_FORMAT)
    before = manifest["tasks"][name].get("outputs", manifest["tasks"][name]["labels"])
    model = load_model_folder(folder / "model", OUTPUTS_FORMAT).to(processes.device)
    learned, held = read_rows(task.data, learned=True), read_rows(task.other, learned=False)
    for rows in (learned, held):
        read_states(rows, model, name, lambda logits: grown(logits, before, task, rows_last=True), processes.device)
    decoder = getattr(model, name)
    output = {f"output.{kind}": grown(getattr(decoder.output, kind).detach(), before, task) for kind in ("weight", "bias")}
    source = graph_files(folder / "model", manifest)[name]
    (side / "folds").mkdir(exist_ok=True)
    steps = 0
    for number, numbers in [*enumerate(task.folds), (-1, list(range(len(learned))))]:
        what = "all examples" if number < 0 else f"part {number + 1} of {len(task.folds)} held out"
        run = Run(decoder, task.plan, output, processes)
        losses = train(
            run, [learned[i] for i in numbers], held, lambda step, loss, what=what: print(f"{name}, {what}: step {step}, loss {loss:.4f}", flush=True)
        )
        steps = len(losses)
        if processes.first:
            path = side / "model" / source.name if number < 0 else side / "folds" / f"{name}-{number}.onnx"
            write_decoder(source, path, run.values, (len(before), len(task.rows)))
    return {"steps": steps, "seconds": round(time.monotonic() - began, 1)}


def finish_model(side: Path, tasks: Sequence[Task]) -> None:
    """The manifest of the new model folder: digests, and the rows that are served."""
    manifest = json.loads((side / "model" / "manifest.json").read_text(encoding="utf-8"))
    for task in tasks:
        name = task.plan.task
        section = manifest["tasks"][name]
        served = [task.rows[i] for i in task.plan.served]
        section["sha256"] = hashlib.sha256((side / "model" / section["file"]).read_bytes()).hexdigest()
        section["labels"] = served
        section.pop("outputs", None)
        if len(served) < len(task.rows):
            section["outputs"] = task.rows
            manifest["format"] = OUTPUTS_FORMAT
        if section.get("unmarked") not in served:
            section.pop("unmarked", None)
        manifest["network"][NETWORK_LABELS[name]] = task.rows
    manifest["version"] = f"{manifest['version'].split('+')[0]}+job"
    write_manifest(side / "model", manifest)


def run(folder: Path) -> None:
    """Trains the job of a folder and writes `result` in it, which appears whole or not at all. Raises DataError and ModelFolderError."""
    processes = Processes()
    try:
        tasks, digest = read_job(folder)
        side = folder / ".result"
        if processes.first:
            shutil.rmtree(side, ignore_errors=True)
            shutil.copytree(folder / "model", side / "model")
        processes.wait()
        done = {task.plan.task: train_task(task, folder, side, processes) for task in tasks}
        if processes.first:
            finish_model(side, tasks)
            result = {"job": digest, "on": f"{processes.count} × {processes.device.type}", "tasks": done}
            (side / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
            shutil.rmtree(folder / "result", ignore_errors=True)
            side.rename(folder / "result")
            print(f"wrote {folder / 'result'}: bring the folder back with Import Trained Model…, or glossator teach --import {folder}")
        processes.wait()
    finally:
        processes.close()


def main(folder: Path) -> int:
    """The command. Exit code 1 with one line on standard error where something cannot be read or written."""
    parser = argparse.ArgumentParser(prog="train.py", description="Trains the job in this folder: see README.md.")
    parser.add_argument("--ray", metavar="ADDRESS", help='on a Ray cluster: its address, "auto", or "local" for one of this machine')
    parser.add_argument("--workers", type=int, default=1, help="with --ray: processes that share every batch (default 1)")
    options = parser.parse_args()
    if options.workers < 1 or (options.ray is None and options.workers > 1):
        parser.error("--workers is a number from 1, and goes with --ray; on one machine, torchrun starts several processes")
    try:
        if options.ray is None:
            run(folder)
        else:
            train_on_ray(folder, options.ray, options.workers)
    except (DataError, ModelFolderError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0
