"""int8 matrices: dynamic quantisation of every MatMul with a trained matrix, per output channel, with 7-bit weights.

Seven bits because on processors without VNNI two products of eight bits overflow the 16-bit sum (onnxruntime's quantization guide:
`reduce_range`). Activations are quantised as they come. Only the CPU has the operators; a GPU runs the fp16-stored graphs.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic


def fold_transposes(model: onnx.ModelProto) -> None:
    """Stores `name` transposed as `name.T` where only a Transpose reads it, in place: the quantiser wants matrices as initializers."""
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    for node in [n for n in graph.node if n.op_type == "Transpose" and n.input[0] in stored and len(readers[n.input[0]]) == 1]:
        name = node.input[0]
        value = numpy_helper.to_array(stored[name])
        order = next((list(a.ints) for a in node.attribute if a.name == "perm"), list(range(value.ndim))[::-1])
        graph.initializer.remove(stored[name])
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value.transpose(order)), f"{name}.T"))
        for reader in readers[node.output[0]]:
            for i, used in enumerate(reader.input):
                if used == node.output[0]:
                    reader.input[i] = f"{name}.T"
        graph.node.remove(node)


def gemm_as_matmul(model: onnx.ModelProto) -> None:
    """x Wᵀ + b as MatMul and Add with `name.T`, in place; the quantiser would do it under a name of its own."""
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type != "Gemm" or node.input[1] not in stored or attributes.get("transB") != 1 or attributes.get("transA", 0) != 0:
            nodes.append(node)
            continue
        name = node.input[1]
        value = numpy_helper.to_array(stored[name])
        graph.initializer.remove(stored[name])
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value.T), f"{name}.T"))
        nodes.append(helper.make_node("MatMul", [node.input[0], f"{name}.T"], [f"{node.output[0]}/product"], name=f"{node.name}/matmul"))
        nodes.append(helper.make_node("Add", [f"{node.output[0]}/product", node.input[2]], [node.output[0]], name=f"{node.name}/add"))
    del graph.node[:]
    graph.node.extend(nodes)


def quantise(model: onnx.ModelProto, path: str) -> onnx.ModelProto:
    """The graph with int8 matrices; `path`: a file to write in between."""
    gemm_as_matmul(model)
    fold_transposes(model)
    del model.graph.value_info[:]
    quantize_dynamic(
        model, path, op_types_to_quantize=["MatMul"], per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
    )  # fmt: skip
    return onnx.load(path)


def dequantised(stored: dict[str, np.ndarray], name: str) -> np.ndarray | None:
    """The fp32 matrix that `quantise` stored as `name.T_quantized`, as PyTorch keeps it [out, in]; None where it did not."""
    if f"{name}.T_quantized" not in stored:
        return None
    zero, scale = (stored[f"{name}.T_{part}"].astype(np.float32) for part in ("zero_point", "scale"))
    return np.ascontiguousarray(((stored[f"{name}.T_quantized"].astype(np.float32) - zero) * scale).T)
