"""Core ATen operators as ONNX (opset 18), as far as a training step of this network has them.

Each entry takes the translation, the traced node and the node's arguments, and returns the name of the result (a tuple of names where
the operator has several results).
"""

import math
from collections.abc import Callable

import torch
from torch.fx import Node

from .translation import Size, Translation

Result = str | tuple[str, ...]
END = 9223372036854775807
"""An open end of a slice, in ATen and ONNX."""


def result_type(node: Node) -> torch.dtype:
    """Element type of the node's result."""
    return node.meta["val"].dtype


def binary(op: str) -> Callable[..., Result]:
    """An operator on two operands of the result's type. `alpha` scales the second one."""

    def translate(t: Translation, node: Node, a: object, b: object, alpha: float = 1) -> Result:
        dtype = result_type(node)
        second = t.tensor(b, dtype)
        if alpha != 1:
            second = t.emit("Mul", second, t.constant(alpha, dtype))
        return t.emit(op, t.tensor(a, dtype), second)

    return translate


def comparison(op: str) -> Callable[..., Result]:
    """An operator on two operands of a common type, with a boolean result."""

    def translate(t: Translation, node: Node, a: Node, b: object) -> Result:
        dtype = a.meta["val"].dtype
        if isinstance(b, Node):
            dtype = torch.promote_types(dtype, b.meta["val"].dtype)
        elif isinstance(b, float) and not dtype.is_floating_point:
            dtype = torch.float32
        return t.emit(op, t.tensor(a, dtype), t.tensor(b, dtype))

    return translate


def unary(op: str) -> Callable[..., Result]:
    """An operator on one operand; options that do not change the values are passed over."""
    return lambda t, node, a, **_: t.emit(op, t.tensor(a))


def same(t: Translation, node: Node, a: Node, *_: object, **__: object) -> Result:
    """A copy, or a view, of the same values."""
    return t.tensor(a)


def convert(t: Translation, node: Node, a: Node, **_: object) -> Result:
    """A copy of another type."""
    return t.tensor(a, result_type(node))


def view(t: Translation, node: Node, a: Node, sizes: list) -> Result:
    """Reshape; 0 stands for the operand's size at the same place, −1 for what is left over."""
    old, new = t.shape(a), t.shape(node)
    if old == new:
        return t.tensor(a)
    target: list[Size] = [0 if i < len(old) and old[i] == s and not isinstance(s, int) else s for i, s in enumerate(new)]
    open_sizes = [i for i, s in enumerate(target) if not isinstance(s, int)]
    if open_sizes:
        target[open_sizes[0]] = -1
    return t.emit("Reshape", t.tensor(a), t.dimensions(target))


def permute(t: Translation, node: Node, a: Node, order: list[int]) -> Result:
    """Transpose; a matrix's is remembered, for `Translation.matrix`."""
    name = t.emit("Transpose", t.tensor(a), perm=[d % len(order) for d in order])
    if list(order) == [1, 0]:
        t.transposed[name] = t.tensor(a)
    return name


def expand(t: Translation, node: Node, a: Node, sizes: list) -> Result:
    """Broadcasting: a size of 1 leaves the operand's."""
    old, new = t.shape(a), t.shape(node)
    old = [1] * (len(new) - len(old)) + old
    if old == new and a.meta["val"].dim() == len(new):
        return t.tensor(a)
    return t.emit("Expand", t.tensor(a), t.dimensions([1 if o == n else n for o, n in zip(old, new, strict=True)]))


def addmm(t: Translation, node: Node, bias: Node, a: Node, b: Node) -> Result:
    """bias + a b."""
    (left, a_turned), (right, b_turned) = t.matrix(a), t.matrix(b)
    return t.emit("Gemm", left, right, t.tensor(bias), transA=a_turned, transB=b_turned)


def mm(t: Translation, node: Node, a: Node, b: Node) -> Result:
    """a b."""
    (left, a_turned), (right, b_turned) = t.matrix(a), t.matrix(b)
    return t.emit("Gemm", left, right, transA=a_turned, transB=b_turned)


def total(t: Translation, node: Node, a: Node, dims: list[int] | None = None, keep: bool = False, **_: object) -> Result:
    """Sum over some dimensions, or all."""
    if not dims:
        return t.emit("ReduceSum", t.tensor(a, result_type(node)), keepdims=int(keep))
    return t.emit("ReduceSum", t.tensor(a, result_type(node)), t.constant(list(dims), torch.int64), keepdims=int(keep))


def unsqueeze(t: Translation, node: Node, a: Node, dim: int) -> Result:
    """A new dimension of size 1."""
    return t.emit("Unsqueeze", t.tensor(a), t.constant([dim], torch.int64))


def squeeze(t: Translation, node: Node, a: Node, dims: int | list[int]) -> Result:
    """Leaves out dimensions of size 1."""
    return t.emit("Squeeze", t.tensor(a), t.constant([dims] if isinstance(dims, int) else list(dims), torch.int64))


def select(t: Translation, node: Node, a: Node, dim: int, index: int) -> Result:
    """One index of a dimension, which is dropped."""
    return t.emit("Gather", t.tensor(a), t.constant(index, torch.int64), axis=dim)


def part(t: Translation, node: Node, a: Node, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Result:
    """A slice."""
    if t.shape(node) == t.shape(a):
        return t.tensor(a)
    bounds = [start or 0, END if end is None else end, dim, step]
    if not all(isinstance(b, int) for b in bounds):
        raise NotImplementedError(f"a slice with computed bounds: {node.format_node()}")
    first, last, axis, every = (t.constant([b], torch.int64) for b in bounds)
    return t.emit("Slice", t.tensor(a), first, last, axis, every)


def replace_part(t: Translation, node: Node, a: Node, source: Node, *_: object) -> Result:
    """A slice replaced: here always all of it."""
    if t.shape(node) != t.shape(source):
        raise NotImplementedError(f"a slice replaced in part: {node.format_node()}")
    return t.tensor(source)


def pad(t: Translation, node: Node, a: Node, amounts: list[int], value: float = 0) -> Result:
    """Constant padding; ATen counts from the last dimension."""
    dims = a.meta["val"].dim()
    before, after = [0] * dims, [0] * dims
    for i in range(len(amounts) // 2):
        before[dims - 1 - i], after[dims - 1 - i] = amounts[2 * i], amounts[2 * i + 1]
    return t.emit("Pad", t.tensor(a), t.constant(before + after, torch.int64), t.constant(value, result_type(node)))


def filled(t: Translation, node: Node, value: float) -> Result:
    """A tensor of one value."""
    scalar, shape = t.constant(value, result_type(node)), t.shape(node)
    return t.emit("Expand", scalar, t.dimensions(shape)) if shape else scalar


def arange(t: Translation, node: Node, start: int, end: object, step: int = 1, **_: object) -> Result:
    """start, start + step, … below end."""
    stop = t.size(end)
    if isinstance(stop, int):
        return t.constant(list(range(start, stop, step)), torch.int64)
    limit = t.emit("Reshape", t.length(stop), t.constant([], torch.int64))
    return t.emit("Range", t.constant(start, torch.int64), limit, t.constant(step, torch.int64))


def power(t: Translation, node: Node, a: Node, exponent: float) -> Result:
    """aˣ; small whole powers as products."""
    name = t.tensor(a)
    if exponent == 1:
        return name
    if exponent == 2:
        return t.emit("Mul", name, name)
    return t.emit("Pow", name, t.constant(exponent, torch.float32))


def log_softmax(t: Translation, node: Node, a: Node, dim: int, _: bool) -> Result:
    """x − max − log Σ exp(x − max): written out, since not every execution provider has LogSoftmax."""
    name, axes = t.tensor(a), t.constant([dim], torch.int64)
    centred = t.emit("Sub", name, t.emit("ReduceMax", name, axes, keepdims=1))
    return t.emit("Sub", centred, t.emit("Log", t.emit("ReduceSum", t.emit("Exp", centred), axes, keepdims=1)))


def gelu(t: Translation, node: Node, a: Node, approximate: str = "none") -> Result:
    """x Φ(x) = x (1 + erf(x / √2)) / 2."""
    name = t.tensor(a)
    inner = t.emit("Erf", t.emit("Mul", name, t.constant(math.sqrt(0.5), torch.float32)))
    half = t.emit("Mul", name, t.constant(0.5, torch.float32))
    return t.emit("Mul", half, t.emit("Add", inner, t.constant(1, torch.float32)))


def layer_norm(t: Translation, node: Node, a: Node, sizes: list, weight: Node, bias: Node, eps: float) -> Result:
    """Normalised values, mean and 1 / standard deviation over the last dimension; the gradient needs all three."""
    name, axes = t.tensor(a), t.constant([-1], torch.int64)
    average = t.emit("ReduceMean", name, axes, keepdims=1)
    centred = t.emit("Sub", name, average)
    variance = t.emit("ReduceMean", t.emit("Mul", centred, centred), axes, keepdims=1)
    inverse = t.emit("Reciprocal", t.emit("Sqrt", t.emit("Add", variance, t.constant(eps, torch.float32))))
    scaled = t.emit("Mul", t.emit("Mul", centred, inverse), t.tensor(weight))
    return t.emit("Add", scaled, t.tensor(bias)), average, inverse


def clamp(t: Translation, node: Node, a: Node, low: float | None = None, high: float | None = None) -> Result:
    """Bounds from below and above."""
    name = t.tensor(a)
    for op, bound in (("Max", low), ("Min", high)):
        if bound is not None:
            name = t.emit(op, name, t.constant(bound, result_type(node)))
    return name


OPERATORS: dict[str, Callable[..., Result]] = {
    "add.Tensor": binary("Add"),
    "add.Scalar": binary("Add"),
    "sub.Tensor": binary("Sub"),
    "sub.Scalar": binary("Sub"),
    "mul.Tensor": binary("Mul"),
    "mul.Scalar": binary("Mul"),
    "div.Tensor": binary("Div"),
    "div.Scalar": binary("Div"),
    "bitwise_and.Tensor": binary("And"),
    "bitwise_or.Tensor": binary("Or"),
    "bitwise_or.Scalar": binary("Or"),
    "logical_and.default": binary("And"),
    "bitwise_not.default": unary("Not"),
    "logical_not.default": unary("Not"),
    "eq.Scalar": comparison("Equal"),
    "eq.Tensor": comparison("Equal"),
    "ge.Scalar": comparison("GreaterOrEqual"),
    "gt.Scalar": comparison("Greater"),
    "lt.Scalar": comparison("Less"),
    "exp.default": unary("Exp"),
    "erf.default": unary("Erf"),
    "log.default": unary("Log"),
    "neg.default": unary("Neg"),
    "sigmoid.default": unary("Sigmoid"),
    "sqrt.default": unary("Sqrt"),
    "rsqrt.default": lambda t, node, a: t.emit("Reciprocal", t.emit("Sqrt", t.tensor(a))),
    "reciprocal.default": unary("Reciprocal"),
    "alias.default": same,
    "clone.default": same,
    "detach.default": same,
    "_to_copy.default": convert,
    "view.default": view,
    "_unsafe_view.default": view,
    "permute.default": permute,
    "expand.default": expand,
    "unsqueeze.default": unsqueeze,
    "squeeze.dim": squeeze,
    "squeeze.dims": squeeze,
    "select.int": select,
    "slice.Tensor": part,
    "slice_scatter.default": replace_part,
    "constant_pad_nd.default": pad,
    "addmm.default": addmm,
    "mm.default": mm,
    "bmm.default": lambda t, node, a, b: t.emit("MatMul", t.tensor(a), t.tensor(b)),
    "sum.dim_IntList": total,
    "sum.default": total,
    "scalar_tensor.default": lambda t, node, value, **_: t.constant(value, result_type(node)),
    "full.default": lambda t, node, sizes, value, **_: filled(t, node, value),
    "full_like.default": lambda t, node, a, value, **_: filled(t, node, value),
    "ones_like.default": lambda t, node, a, **_: filled(t, node, 1),
    "zeros_like.default": lambda t, node, a, **_: filled(t, node, 0),
    "arange.start_step": arange,
    "pow.Tensor_Scalar": power,
    "where.self": lambda t, node, c, a, b: t.emit("Where", t.tensor(c), t.tensor(a, result_type(node)), t.tensor(b, result_type(node))),
    "_softmax.default": lambda t, node, a, dim, _: t.emit("Softmax", t.tensor(a), axis=dim),
    "_log_softmax.default": log_softmax,
    "gelu.default": gelu,
    "native_layer_norm.default": layer_norm,
    "clamp.default": clamp,
    "<built-in function getitem>": lambda t, node, a, index: t.values[a][index],
}
"""By the operator's name in a trace."""
