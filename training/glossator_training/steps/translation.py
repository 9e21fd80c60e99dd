"""The ONNX nodes of a traced step, as they are written."""

from collections.abc import Sequence

import numpy as np
import sympy
import torch
from onnx import NodeProto, TensorProto, helper, numpy_helper
from torch.fx import Node

Size = int | sympy.Expr

ONNX_TYPES = {torch.float32: TensorProto.FLOAT, torch.int64: TensorProto.INT64, torch.bool: TensorProto.BOOL}
NUMPY_TYPES = {torch.float32: np.float32, torch.int64: np.int64, torch.bool: np.bool_}


class Translation:
    """Nodes and constants written so far, and which value of the graph stands for which node of the trace."""

    def __init__(self, sizes: dict[sympy.Symbol, Size], lengths: dict[sympy.Symbol, tuple[str, int]]) -> None:
        """`sizes`: fixed sizes of the trace's symbols, by which they are replaced; `lengths`: of the dynamic ones, an input and its dimension."""
        self.sizes, self.lengths = sizes, lengths
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.values: dict[Node, str | tuple[str, ...]] = {}
        self.transposed: dict[str, str] = {}
        self._known: dict[object, str] = {}

    def fresh(self) -> str:
        """A short new name: with thousands of nodes, names are most of the file."""
        return f"_{np.base_repr(len(self.nodes) + len(self.constants), 36).lower()}"

    def emit(self, op: str, *inputs: str, **attributes: object) -> str:
        """Adds a node, unless an equal one exists. Returns its first output."""
        key = (op, inputs, tuple(sorted((k, str(v)) for k, v in attributes.items())))
        if key not in self._known:
            name = self.fresh()
            self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
            self._known[key] = name
        return self._known[key]

    def constant(self, value: object, dtype: torch.dtype) -> str:
        """A constant of the graph."""
        array = np.asarray(value, dtype=NUMPY_TYPES[dtype])
        key = (array.tobytes(), array.shape, dtype)
        if key not in self._known:
            name = self.fresh()
            self.constants.append(numpy_helper.from_array(array, name))
            self._known[key] = name
        return self._known[key]

    def size(self, value: object) -> Size:
        """A size of the trace: an int where it is fixed, else an expression in the dynamic symbols."""
        if isinstance(value, Node):
            value = value.meta["val"]
        if isinstance(value, torch.SymInt):
            value = sympy.sympify(value.node.expr).subs(self.sizes)
            return int(value) if value.is_Integer else value
        return int(value)

    def shape(self, node: Node) -> list[Size]:
        """Sizes of a tensor of the trace."""
        return [self.size(s) for s in node.meta["val"].shape]

    def length(self, size: Size) -> str:
        """A size as an int64 tensor of one element."""
        if isinstance(size, int) or size.is_Integer:
            return self.constant([int(size)], torch.int64)
        if size.is_Symbol:
            name, axis = self.lengths[size]
            return self.emit("Shape", name, start=axis, end=axis + 1)
        if size.is_Mul or size.is_Add:
            first, *others = (self.length(part) for part in size.args)
            for other in others:
                first = self.emit("Mul" if size.is_Mul else "Add", first, other)
            return first
        raise NotImplementedError(f"the size {size}")

    def dimensions(self, sizes: Sequence[Size]) -> str:
        """Sizes as one int64 tensor."""
        if all(isinstance(s, int) for s in sizes):
            return self.constant(list(sizes), torch.int64)
        return self.emit("Concat", *(self.length(s) for s in sizes), axis=0)

    def tensor(self, value: object, dtype: torch.dtype | None = None) -> str:
        """The name of an operand, a node of the trace or a number, converted to `dtype`."""
        if not isinstance(value, Node):
            if isinstance(value, torch.SymInt):
                raise NotImplementedError("a size as an operand")
            return self.constant(value, dtype or torch.float32)
        name = self.values[value]
        if not isinstance(name, str):
            raise TypeError(f"{value} is a tuple")
        own = value.meta["val"].dtype
        return name if dtype is None or dtype == own else self.emit("Cast", name, to=ONNX_TYPES[dtype])

    def matrix(self, value: Node) -> tuple[str, int]:
        """A matrix operand, and 1 where it is the transpose of the named one: Gemm transposes for nothing."""
        name = self.tensor(value)
        return (self.transposed[name], 1) if name in self.transposed else (name, 0)
