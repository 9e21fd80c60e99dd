"""Step graphs in onnxruntime against PyTorch's own modules, losses, clipping and AdamW, over 20 chained steps."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch.nn import functional as F

from glossator_training.export import export_model
from glossator_training.labelset import with_labels
from glossator_training.network.config import NetworkConfig
from glossator_training.network.gate import tie_penalty
from glossator_training.network.model import TASKS, MultiTaskModel
from glossator_training.network.tasks import MASKED
from glossator_training.step_graphs import build_step, copy_steps, write_steps
from glossator_training.steps.optimizer import BETAS, EPSILON
from glossator_training.weights import initializers, load_manifest, load_model_folder, write_manifest

STEPS = 20
# The bias of start and end logits has no effect on the loss: its gradient is rounding noise, which a high rate would turn into a difference.
SCALARS = {
    "learning_rate": 3e-4, "output_learning_rate": 2e-4, "encoder_learning_rate": 5e-5, "weight_decay": 0.01,
    "max_gradient_norm": 2.0, "start_strength": 0.01, "replay_strength": 0.7,
}  # fmt: skip
TIE = 0.05
LABELS = {"sentiment": 4, "entities": 11}
"""Other numbers of labels than the network's the graph was made from."""


def tiny() -> NetworkConfig:
    return NetworkConfig(
        vocabulary=30, positions=32, hidden=24, layers=2, heads=4, feed_forward=40, adapter_rank=6, decoder_heads=3, decoder_feed_forward=36,
        decoder_layers=dict.fromkeys(TASKS, 1), dropout=0.0, shapes=18,
    )  # fmt: skip


def grown(config: NetworkConfig) -> MultiTaskModel:
    """A random network with more labels than `config`, all of whose parameters are away from their zeros and ones."""
    labels = tuple(f"s{i}" for i in range(LABELS["sentiment"])), ("O", *(f"{p}-{k}" for k in "VWXYZ" for p in "BI"))
    model = with_labels(MultiTaskModel(config), *labels, seed=1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += torch.randn_like(parameter) * 0.05
    return model.eval()


def batch(decoder: str, config: NetworkConfig, deep: bool, step: int) -> dict[str, torch.Tensor]:
    """Random inputs, of another batch size and length at every step; padding, ignored labels, rows without weight."""
    rows, length = 1 + step % 4, 2 + (step * 5) % 9
    mask = torch.ones(rows, length, dtype=torch.long)
    if rows > 1 and length > 3:
        mask[1, length - 2 :] = 0
    name = "lower_states" if deep else "hidden_states"
    given = {name: torch.randn(rows, length, config.hidden), "attention_mask": mask}
    weights, replayed = torch.rand(rows) + 0.1, torch.rand(rows)
    if step == 7:  # nothing to learn but what is replayed
        weights *= 0
    if step == 9:
        replayed *= 0
    given |= {"weights": weights, "replay_weights": replayed}
    if decoder == "entities":
        labels = torch.randint(0, LABELS[decoder], (rows, length))
        labels[torch.rand(rows, length) < 0.3] = -100
        labels[0, 0] = 2
        given |= {
            "labels": labels,
            "shape_ids": torch.randint(0, config.shapes, (rows, length)),
            "reference_logits": torch.randn(rows, length, LABELS[decoder]),
        }
    elif decoder == "sentiment":
        labels = torch.randint(0, LABELS[decoder], (rows,))
        labels[1:2] = -100
        given |= {"labels": labels, "reference_logits": torch.randn(rows, LABELS[decoder])}
    else:
        given["passage_mask"] = mask * (torch.arange(length) >= length // 2)
        choosable = given["passage_mask"].bool() | (torch.arange(length) == 0)
        chosen = torch.zeros(rows, dtype=torch.long)
        given |= {"starts": chosen, "ends": chosen.clone()}
        # As the model gave them once: a position it masks is masked in the reference, too.
        given |= {f"reference_{end}_logits": torch.where(choosable, torch.randn(rows, length), MASKED) for end in ("start", "end")}
        if rows > 2:
            given["starts"][2] = -100
    return given


def reference_loss(model: MultiTaskModel, decoder: str, given: dict[str, torch.Tensor], layers: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The whole loss without L2-SP and the task's own, by PyTorch's loss functions."""
    mask, weights, replayed = given["attention_mask"], given["weights"], given["replay_weights"]

    def encode(states: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
        for layer in model.encoder.layers[len(model.encoder.layers) - layers :]:
            states = layer(states, keys.bool())
        return states

    def weighted(each: torch.Tensor, by: torch.Tensor) -> torch.Tensor:
        return (each * by).sum() / by.sum() if by.sum() > 0 else each.sum() * 0

    def kl(reference: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        return F.kl_div(logits.log_softmax(-1), reference.log_softmax(-1), reduction="none", log_target=True).sum(-1)

    hidden = encode(given["lower_states" if layers else "hidden_states"], mask)
    if decoder == "entities":
        logits = model.entities(hidden, mask, given["shape_ids"])
        counted = weights[:, None] * (given["labels"] >= 0)
        own = weighted(F.cross_entropy(logits.transpose(1, 2), given["labels"], reduction="none"), counted)
        kept = weighted(kl(given["reference_logits"], logits), replayed[:, None] * mask)
    elif decoder == "sentiment":
        logits = model.sentiment(hidden, mask)
        own = weighted(F.cross_entropy(logits, given["labels"], reduction="none"), weights * (given["labels"] >= 0))
        kept = weighted(kl(given["reference_logits"], logits), replayed)
    else:
        start, end = model.answers(hidden, mask, given["passage_mask"])
        each = [F.cross_entropy(x, given[y], reduction="none") for x, y in ((start, "starts"), (end, "ends"))]
        own = weighted(sum(each) / 2, weights * (given["starts"] >= 0))
        kept = (weighted(kl(given["reference_start_logits"], start), replayed) + weighted(kl(given["reference_end_logits"], end), replayed)) / 2
    return own + SCALARS["replay_strength"] * kept + TIE * tie_penalty(model.own_adapters()), own


def others_tie(model: MultiTaskModel, decoder: str) -> tuple[dict[str, torch.Tensor], float]:
    """Mean adapter of the other decoders, and the part of the tie penalty that does not depend on this decoder."""
    others = [getattr(model, d).task_gate.own for d in TASKS if d != decoder]
    means = {f"{kind}.weight": torch.stack([getattr(a, kind).weight.detach() for a in others]).mean(0) for kind in ("down", "up")}
    return means, tie_penalty(others).item()


@pytest.mark.parametrize(("decoder", "layers"), [(d, n) for n in (0, 1) for d in TASKS])
def test_chained_steps_equal_pytorch(decoder: str, layers: int):
    torch.manual_seed(3)
    config = tiny()
    session = onnxruntime.InferenceSession(build_step(config, decoder, layers).SerializeToString(), providers=["CPUExecutionProvider"])
    model = grown(config)
    means, constant = others_tie(model, decoder)
    named = dict(model.named_parameters(remove_duplicate=False))
    outputs = [o.name for o in session.get_outputs()]
    trained = [n.removeprefix("next:") for n in outputs if n.startswith("next:") and n.count(":") == 1]
    expected = {n for n in named if n.startswith(f"{decoder}.") and ".shared." not in n}
    expected |= {n for n in named if layers and n.startswith("encoder.layers.1.")}
    assert set(trained) == expected

    for parameter in model.parameters():
        parameter.requires_grad = False
    groups = []
    for name in trained:
        named[name].requires_grad = True
        rate = "encoder_learning_rate" if name.startswith("encoder.") else "output_learning_rate" if name.startswith(f"{decoder}.output.") else "learning_rate"
        decay = SCALARS["weight_decay"] if named[name].dim() > 1 else 0.0
        groups.append({"params": [named[name]], "lr": SCALARS[rate], "weight_decay": decay})
    optimizer = torch.optim.AdamW(groups, betas=BETAS, eps=EPSILON)
    start = {n: named[n].detach().clone() for n in trained}

    state = {n: named[n].detach().numpy().copy() for n in named if n.startswith((f"{decoder}.", "encoder.layers.1."))}
    state |= {f"{m}:{n}": np.zeros_like(state[n]) for m in "mv" for n in trained} | {f"start:{n}": v.numpy() for n, v in start.items()}
    scalars = SCALARS | {"tie_strength": TIE * (len(TASKS) - 1) / len(TASKS)}
    fixed = {f"tie:{n}": v.numpy() for n, v in means.items()} | {n: np.array(v, np.float32) for n, v in scalars.items()}
    wanted = {i.name for i in session.get_inputs()}
    norms = []
    for step in range(1, STEPS + 1):
        given = batch(decoder, config, layers > 0, step)
        feed = state | fixed | {n: v.numpy() for n, v in given.items()} | {"step": np.array(step, np.float32)}
        found = dict(zip(outputs, session.run(None, {n: v for n, v in feed.items() if n in wanted}), strict=True))
        total, own = reference_loss(model, decoder, given, layers)
        total = total + SCALARS["start_strength"] * sum(((named[n] - start[n]) ** 2).sum() for n in trained)
        optimizer.zero_grad()
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_([named[n] for n in trained], SCALARS["max_gradient_norm"])
        optimizer.step()
        assert all(np.isfinite(value).all() for value in found.values())
        assert found["loss"] == pytest.approx(total.item() - TIE * constant, abs=1e-4)
        assert found["task_loss"] == pytest.approx(own.item(), abs=1e-4)
        assert found["gradient_norm"] == pytest.approx(norm.item(), rel=1e-3)
        norms.append(norm.item())
        state |= {n.removeprefix("next:"): v for n, v in found.items() if n.startswith("next:")}
    assert max(norms) > SCALARS["max_gradient_norm"] > min(norms), "clipping was to be seen both at work and idle"
    for name in trained:
        np.testing.assert_allclose(state[name], named[name].detach().numpy(), atol=1e-4, rtol=0, err_msg=name)
        moments = optimizer.state[named[name]]
        np.testing.assert_allclose(state[f"m:{name}"], moments["exp_avg"].numpy(), atol=1e-4, rtol=0)
        np.testing.assert_allclose(state[f"v:{name}"], moments["exp_avg_sq"].numpy(), atol=1e-4, rtol=0)
    # Keys' biases have no gradient, nor have queries and keys of the single query of sentiment.
    moved = [n for n, group in zip(trained, groups, strict=True) if (named[n] - start[n]).abs().max() > 3 * group["lr"]]
    assert len(moved) > 0.7 * len(trained)


def test_a_decoder_the_network_lacks_is_named():
    config = tiny()
    with pytest.raises(ValueError, match="speech"):
        build_step(config, "speech")
    with pytest.raises(ValueError, match="2 layers, 3"):
        build_step(config, "entities", 3)


def test_a_model_folder_gets_its_steps_and_passes_them_on(model_folder: Path, model: MultiTaskModel, tmp_path: Path):
    folder, config = tmp_path / "trained", model.config
    shutil.copytree(model_folder, folder)
    section = write_steps(folder, config, ["sentiment"])
    write_manifest(folder, load_manifest(folder) | {"steps": section})
    assert load_manifest(folder)["steps"] == section
    stored = {part: initializers(folder / f"{part}.onnx") for part in ("encoder", "sentiment")}
    for part, names in [*section["parameters"].items(), *section["frozen"].items()]:
        assert set(names) <= set(stored[part])
    assert [(g["decoder"], g["encoderLayers"]) for g in section["graphs"]] == [("sentiment", 0), ("sentiment", 2)]
    for graph in section["graphs"]:
        path = folder / graph["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == graph["sha256"]
        assert not any(i.name for i in onnx.load(path).graph.initializer if np.prod(i.dims) > 64), "a step graph holds no weights"

    # Both layers of this encoder are trained, so the lower states are its embeddings.
    extended = onnx.load(folder / "encoder.onnx")
    extended.graph.output.append(onnx.helper.make_tensor_value_info(section["lowerStates"], onnx.TensorProto.FLOAT, None))
    ids, zeros = np.array([[2, 10, 11, 3]]), np.zeros((1, 4), np.int64)
    feed = {"input_ids": ids, "attention_mask": zeros + 1, "token_type_ids": zeros}
    encoder = onnxruntime.InferenceSession(extended.SerializeToString(), providers=["CPUExecutionProvider"])
    (lower,) = encoder.run([section["lowerStates"]], feed)
    loaded = load_model_folder(folder).encoder
    with torch.no_grad():
        x = loaded.word_embeddings(torch.from_numpy(ids)) + loaded.position_embeddings(torch.arange(4)) + loaded.token_type_embeddings.weight[0]
        np.testing.assert_allclose(lower, loaded.norm(x).numpy(), atol=1e-5)

    other = tmp_path / "grown"
    grown_model = with_labels(model, (*config.sentiment_labels, "mixed"), config.entity_labels, seed=1)
    export_model(grown_model, other, folder, "grown")
    assert "steps" not in load_manifest(other)
    copy_steps(folder, other)
    assert load_manifest(other)["steps"]["graphs"] == section["graphs"]
    assert all((other / g["file"]).read_bytes() == (folder / g["file"]).read_bytes() for g in section["graphs"])
    copy_steps(model_folder, other)  # a parent without steps has none to pass on
    assert load_manifest(other)["steps"]["graphs"] == section["graphs"]
