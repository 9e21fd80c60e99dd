"""Gradient clipping and AdamW as ONNX: two functions, called once per parameter.

Pull: g ← g + 2 λ (θ − θ₀), the gradient of L2-SP (Li et al. 2018); sums ‖g‖² and ‖θ − θ₀‖².
AdamW (Loshchilov & Hutter 2019), on g scaled by min(1, limit / (‖g‖ + 1e-6)) (`torch.nn.utils.clip_grad_norm_`):
m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; θ ← θ − η (δ θ + (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)).
"""

from onnx import FunctionProto, NodeProto, helper, parser

BETAS, EPSILON = (0.9, 0.98), 1e-6
"""As in train.py. ε is no smaller, so that no optimiser of graphs takes it for zero."""

DOMAIN = "glossator.training"

SCALARS = ("learning_rate", "output_learning_rate", "encoder_learning_rate", "step", "weight_decay", "max_gradient_norm", "start_strength")
"""Inputs of every step graph, fp32 scalars; `step` counts from 1."""

_PULL = f"""
<opset_import: ["" : 18], domain: "{DOMAIN}">
Pull (p, g, start, strength, squares, distance) => (h, squares2, distance2)
{{
  two = Constant <value_float = 2.0> ()
  away = Sub (p, start)
  factor = Mul (strength, two)
  pull = Mul (away, factor)
  h = Add (g, pull)
  hh = Mul (h, h)
  hsum = ReduceSum <keepdims = 0> (hh)
  squares2 = Add (squares, hsum)
  dd = Mul (away, away)
  dsum = ReduceSum <keepdims = 0> (dd)
  distance2 = Add (distance, dsum)
}}
"""

_ADAMW = f"""
<opset_import: ["" : 18], domain: "{DOMAIN}">
AdamW (p, h, m, v, clip, rate, keep, scale1, scale2) => (p2, m2, v2)
{{
  b1 = Constant <value_float = {BETAS[0]}> ()
  c1 = Constant <value_float = {1 - BETAS[0]:.9g}> ()
  b2 = Constant <value_float = {BETAS[1]}> ()
  c2 = Constant <value_float = {1 - BETAS[1]:.9g}> ()
  eps = Constant <value_float = {EPSILON:.9f}> ()
  g = Mul (h, clip)
  mb = Mul (m, b1)
  gc = Mul (g, c1)
  m2 = Add (mb, gc)
  gg = Mul (g, g)
  vb = Mul (v, b2)
  ggc = Mul (gg, c2)
  v2 = Add (vb, ggc)
  mhat = Mul (m2, scale1)
  vhat = Mul (v2, scale2)
  root = Sqrt (vhat)
  below = Add (root, eps)
  ratio = Div (mhat, below)
  move = Mul (ratio, rate)
  kept = Mul (p, keep)
  p2 = Sub (kept, move)
}}
"""


def functions() -> list[FunctionProto]:
    """`Pull` and `AdamW`, to go into the model that calls them. `keep` is 1 − η δ, `scale` 1 / (1 − βᵗ)."""
    return [parser.parse_function(_PULL), parser.parse_function(_ADAMW)]


def decayed(name: str, dimensions: int) -> bool:
    """Matrices are decayed, biases and norms are not, as in train.py."""
    return dimensions > 1


def rate(name: str) -> str:
    """The scalar that is a parameter's learning rate: the encoder moves more slowly, an output layer with new labels faster."""
    if name.startswith("encoder."):
        return "encoder_learning_rate"
    return "output_learning_rate" if ".output." in name and name.count(".") == 2 else "learning_rate"


def update_nodes(parameters: dict[str, int], loss: str) -> list[NodeProto]:
    """Nodes from the gradients to the outputs. `parameters`: names with the number of their dimensions; `loss`: the loss without L2-SP.

    Reads NAME, `grad:NAME`, `start:NAME`, `m:NAME`, `v:NAME` and the scalars; writes `next:NAME`, `next:m:NAME`, `next:v:NAME`,
    `gradient_norm` and `loss`.
    """
    nodes: list[NodeProto] = []

    def add(op: str, inputs: list[str], *outputs: str, domain: str = "", **attributes: object) -> str:
        nodes.append(helper.make_node(op, inputs, list(outputs), domain=domain, **attributes))
        return outputs[0]

    add("Constant", [], "one", value_float=1.0)
    add("Constant", [], "zero", value_float=0.0)
    squares = distance = "zero"
    for name in parameters:
        outputs = [f"pulled:{name}", f"squares:{name}", f"distance:{name}"]
        add("Pull", [name, f"grad:{name}", f"start:{name}", "start_strength", squares, distance], *outputs, domain=DOMAIN)
        squares, distance = outputs[1:]
    add("Sqrt", [squares], "gradient_norm")
    add("Mul", [distance, "start_strength"], "pull_loss")
    add("Add", [loss, "pull_loss"], "loss")
    add("Constant", [], "tiny", value_float=1e-6)
    add("Div", ["max_gradient_norm", add("Add", ["gradient_norm", "tiny"], "norm_above_zero")], "clip_ratio")
    add("Min", ["clip_ratio", "one"], "clip")
    for i, beta in enumerate(BETAS, 1):
        add("Constant", [], f"beta{i}", value_float=beta)
        add("Sub", ["one", add("Pow", [f"beta{i}", "step"], f"beta{i}_power")], f"bias{i}")
        add("Div", ["one", f"bias{i}"], f"scale{i}")
    keeps: dict[str, str] = {}
    for name, dimensions in parameters.items():
        eta = rate(name)
        if decayed(name, dimensions) and eta not in keeps:
            keeps[eta] = add("Sub", ["one", add("Mul", [eta, "weight_decay"], f"decay:{eta}")], f"keep:{eta}")
        keep = keeps[eta] if decayed(name, dimensions) else "one"
        moments = [f"m:{name}", f"v:{name}"]
        outputs = [f"next:{name}", *(f"next:{n}" for n in moments)]
        add("AdamW", [name, f"pulled:{name}", *moments, "clip", eta, keep, "scale1", "scale2"], *outputs, domain=DOMAIN)
    return nodes
