"""Reference for the training-step tests: the same chained steps as test/fixtures/run-steps.ts, in PyTorch.

  step-reference.py MODEL_FOLDER STEPS ROWS LENGTH DECODER:DEPTH...    one JSON object, by DECODER:DEPTH: losses, norms, parameters

The weights are the model folder's; loss, clipping and AdamW are PyTorch's own.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "training"))

import torch
from torch.nn import functional as F

from glossator_training.weights import load_model_folder

HIDDEN, LAYERS = 384, 2


def numbers(dims):
    return torch.arange(torch.Size(dims).numel(), dtype=torch.float64).view(*dims)


def waves(dims, step):
    return torch.sin(0.7 * numbers(dims) + step).float()


def whole(dims, n, step):
    return (numbers(dims).long() * 7 + step) % n


def mask(dims):
    made = torch.ones(*dims, dtype=torch.long)
    if dims[0] > 1:
        made[1, -1] = 0
    return made


def task_loss(model, decoder, deep, step, rows, length):
    def encode(states, keys):
        for layer in model.encoder.layers[-LAYERS:] if deep else []:
            states = layer(states, keys.bool())
        return states

    tokens = (rows, length + step % 3)
    keys = mask(tokens)
    hidden = encode(waves((*tokens, HIDDEN), step), keys)
    if decoder == "entities":
        logits = model.entities(hidden, keys, whole(tokens, 18, step))
        return F.cross_entropy(logits.flatten(0, 1), whole(tokens, logits.shape[-1], step).flatten())
    if decoder == "sentiment":
        logits = model.sentiment(hidden, keys)
        return F.cross_entropy(logits, whole((rows,), logits.shape[-1], step))
    start, end = model.answers(hidden, keys, whole(tokens, 2, 1))
    first = torch.zeros(rows, dtype=torch.long)
    return (F.cross_entropy(start, first) + F.cross_entropy(end, first)) / 2


def run(folder, decoder, deep, steps, rows, length):
    model = load_model_folder(Path(folder))
    first = len(model.encoder.layers) - LAYERS
    trained = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        part, *rest = name.split(".")
        inside = part == decoder and "shared" not in rest
        inside |= deep and name.startswith("encoder.layers.") and int(rest[1]) >= first
        if inside:
            trained[name] = parameter
    groups = [{"params": [p], "lr": 3e-4 / 5 if n.startswith("encoder.") else 3e-4, "weight_decay": 0.01 if p.dim() > 1 else 0.0} for n, p in trained.items()]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6)
    start = {n: p.detach().clone() for n, p in trained.items()}
    losses, norms = [], []
    for step in range(1, steps + 1):
        loss = task_loss(model, decoder, deep, step, rows, length)
        loss = loss + 0.01 * sum(((p - start[n]) ** 2).sum() for n, p in trained.items())
        optimizer.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(list(trained.values()), 1.0).item())
        optimizer.step()
        losses.append(loss.item())
    return {"losses": losses, "norms": norms, "parameters": {n: p.detach().flatten()[::101].tolist() for n, p in trained.items()}}


def main():
    folder, steps, rows, length, *plans = sys.argv[1:]
    torch.set_num_threads(1)
    found = {}
    for plan in plans:
        decoder, depth = plan.split(":")
        found[plan] = run(folder, decoder, depth == "deep", int(steps), int(rows), int(length))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    main()
