"""A traced step (torch.fx over core ATen operators) → ONNX nodes.

`torch.onnx.export` can write such graphs too, but takes about a minute for one with symbolic sizes, and its optimiser takes an ε of
1e-8 for zero. The traced operators are few (operators.py), so they are written one by one; equal nodes are
written once, and what no output needs is left out.
"""

from collections.abc import Sequence

import sympy
import torch
from onnx import helper
from torch.fx import GraphModule

from .operators import OPERATORS
from .translation import Size, Translation


def translate(traced: GraphModule, inputs: Sequence[str], dynamic: Sequence[dict[int, str]], outputs: Sequence[str]) -> Translation:
    """The nodes of `traced`, whose inputs and outputs get these names. `dynamic`: each input's dynamic dimensions with their names.

    Raises NotImplementedError naming an operator or a size this file does not know.
    """
    nodes = list(traced.graph.nodes)
    placeholders = [n for n in nodes if n.op == "placeholder"]
    fixed: dict[sympy.Symbol, Size] = {}
    lengths: dict[sympy.Symbol, tuple[str, int]] = {}
    names: dict[str, sympy.Symbol] = {}
    for node, name, dims in zip(placeholders, inputs, dynamic, strict=True):
        for axis, size in enumerate(node.meta["val"].shape):
            if not isinstance(size, torch.SymInt) or not size.node.expr.is_Symbol:
                if axis in dims:
                    raise ValueError(f"{name}: the trace fixed the size of {dims[axis]}")
                continue
            symbol = size.node.expr
            if axis not in dims:
                fixed[symbol] = sympy.Integer(size.node.hint)
            elif names.setdefault(dims[axis], symbol) != symbol:
                raise ValueError(f"{name}: {dims[axis]} has two symbols in the trace")
            else:
                lengths.setdefault(symbol, (name, axis))
    if clash := fixed.keys() & lengths.keys():
        raise ValueError(f"sizes of the samples clash: {clash} is both fixed and dynamic")
    into = Translation(fixed, lengths)
    into.values.update(zip(placeholders, inputs, strict=True))
    for node in nodes:
        if node.op == "get_attr":
            value = getattr(traced, node.target)
            into.values[node] = into.constant(value.numpy(), value.dtype)
            node.meta.setdefault("val", value)
        elif node.op == "call_function" and isinstance(node.meta.get("val"), torch.Tensor | tuple | list):
            key = str(node.target).removeprefix("aten.")
            if key not in OPERATORS:
                raise NotImplementedError(f"the operator {node.target} in {node.format_node()}")
            into.values[node] = OPERATORS[key](into, node, *node.args, **node.kwargs)
    for value, name in zip(nodes[-1].args[0], outputs, strict=True):
        into.nodes.append(helper.make_node("Identity", [into.tensor(value)], [name]))
    prune(into, outputs)
    return into


def prune(into: Translation, outputs: Sequence[str]) -> None:
    """Leaves out what no output needs, and the copies that only rename an output."""
    needed, kept = set(outputs), []
    for node in reversed(into.nodes):
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(node.input)
    kept.reverse()
    produced = {n.output[0]: n for n in kept if n.op_type != "Identity"}
    renamed: dict[str, str] = {}
    for node in kept:
        source = node.input[0] if node.op_type == "Identity" else ""
        if source in produced and source not in renamed:
            renamed[source] = node.output[0]
    into.nodes = []
    for node in kept:
        if node.op_type == "Identity" and renamed.get(node.input[0]) == node.output[0]:
            continue
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = renamed.get(name, name)
        into.nodes.append(node)
    into.constants = [c for c in into.constants if c.name in needed]
