"""Joint training: a task drawn per step, Σ λ_i L_i, AdamW, resumable at any step.

python -m glossator_training.train --data DATA --out runs/base
"""

import argparse
import json
import random
import time
from pathlib import Path

import torch

from .checkpoint import restore, save_checkpoint
from .data.batches import collate, cut_batches, length
from .data.sources import ANSWER_MIX, AnswerSource, EntitySource, SentimentSource
from .losses import weighted_loss
from .network.config import NetworkConfig
from .network.model import TASKS, MultiTaskModel
from .tokenization import TextTokenizer, base_directory


class TaskBatches:
    """An endless, seeded stream of one task's batches. Its whole state is the number of the epoch and of the batch in it."""

    def __init__(self, source: SentimentSource | EntitySource | AnswerSource, name: str, budget: int, seed: int) -> None:
        self.source, self.name, self.budget, self.seed = source, name, budget, seed
        self.epoch, self.position = -1, 0
        self.batches: list = []

    def _open(self, epoch: int) -> None:
        rng = random.Random(f"{self.seed}/{self.name}/{epoch}")
        examples = self.source.epoch(rng)
        lengths = [length(e) for e in examples]
        self.batches = [[examples[i] for i in batch] for batch in cut_batches(lengths, self.budget, rng)]
        self.epoch = epoch

    def seek(self, epoch: int, position: int) -> None:
        """Goes on where a stopped run was."""
        self._open(epoch)
        self.position = position

    def next(self) -> list:
        """The next batch of examples."""
        if self.epoch < 0 or self.position >= len(self.batches):
            self._open(self.epoch + 1)
            self.position = 0
        self.position += 1
        return self.batches[self.position - 1]


def learning_rate(step: int, steps: int, warmup: int) -> float:
    """Factor on the peak rate: linear warm-up, then linear to zero (Devlin et al. 2019, appendix A.2)."""
    if step < warmup:
        return (step + 1) / warmup
    return max(0.0, (steps - step) / max(1, steps - warmup))


def optimiser(model: MultiTaskModel, encoder_rate: float, decoder_rate: float, decay: float) -> torch.optim.AdamW:
    """AdamW; the pre-trained encoder moves more slowly; biases and norms are not decayed; word embeddings are frozen."""
    model.encoder.word_embeddings.weight.requires_grad = False
    groups: dict[tuple[float, float], list] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            rate = encoder_rate if name.startswith("encoder.") else decoder_rate
            groups.setdefault((rate, decay if parameter.dim() > 1 else 0.0), []).append(parameter)
    return torch.optim.AdamW(
        [{"params": p, "lr": rate, "peak": rate, "weight_decay": d} for (rate, d), p in groups.items()], betas=(0.9, 0.98), eps=1e-6, fused=True,
    )


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Train the multi-task model.")
    parser.add_argument("--data", type=Path, required=True, help="folder with sst2/, sst5/, conll2003/, squad/, squadshifts/, qamr/")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; an existing run goes on from its checkpoint")
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--tokens", type=int, default=2304, help="tokens in a batch, padding included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encoder-rate", type=float, default=1e-4)
    parser.add_argument("--decoder-rate", type=float, default=4e-4)
    parser.add_argument("--decay", type=float, default=0.01)
    parser.add_argument("--warmup", type=int, default=150)
    parser.add_argument("--draw", type=json.loads, default={"sentiment": 0.18, "entities": 0.2, "answers": 0.62}, help="chance of each task per step (JSON)")
    parser.add_argument("--weight", type=json.loads, default={"sentiment": 1.0, "entities": 1.0, "answers": 1.0}, help="λ of each task (JSON)")
    parser.add_argument("--tie", type=float, default=0.0, help="strength of the tie between the task-own adapters")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 is faster where the processor has it")
    parser.add_argument("--save-every", type=int, default=200)
    return parser.parse_args()


def main() -> None:
    """Trains until `--steps`; prints a line every 50 steps and appends it to `log.jsonl`."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(args.seed)
    base = base_directory()
    tokenizer = TextTokenizer(base / "tokenizer.json")
    config = NetworkConfig()
    model = MultiTaskModel(config)
    model.encoder.load_base(base / "model.safetensors")
    model.to(device)
    optimizer = optimiser(model, args.encoder_rate, args.decoder_rate, args.decay)
    sources = {
        "sentiment": SentimentSource(args.data, tokenizer),
        "entities": EntitySource([args.data / "conll2003/eng.train"], tokenizer, config),
        "answers": AnswerSource({args.data / name: share for name, share in ANSWER_MIX.items()}, tokenizer),
    }
    streams = {task: TaskBatches(sources[task], task, args.tokens, args.seed) for task in TASKS}

    step = 0
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        restore(model, state["model"], checkpoint)
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])
        step = state["step"]
        for task, (epoch, position) in state["streams"].items():
            if epoch >= 0:
                streams[task].seek(epoch, position)
        print(f"resumed at step {step}", flush=True)

    def save() -> None:
        save_checkpoint(
            checkpoint,
            model=model.state_dict(),
            optimizer=optimizer.state_dict(),
            rng=torch.get_rng_state(),
            step=step,
            streams={t: (s.epoch, s.position) for t, s in streams.items()},
            config=config.to_json(),
        )

    sums: dict[str, list[float]] = {task: [] for task in TASKS}
    tokens, began = 0, time.monotonic()
    model.train()
    while step < args.steps:
        task = random.Random(f"{args.seed}/draw/{step}").choices(TASKS, [args.draw[t] for t in TASKS])[0]
        batch = {k: v.to(device) for k, v in collate(streams[task].next(), tokenizer).items()}
        factor = learning_rate(step, args.steps, args.warmup)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        with torch.autocast(device, dtype=torch.bfloat16, enabled=args.precision == "bf16"):
            loss, value = weighted_loss(model, task, batch, args.weight[task], args.tie)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        sums[task].append(value)
        tokens += int(batch["input_ids"].numel())
        step += 1
        if step % 25 == 0:
            seconds = time.monotonic() - began
            means = {t: round(sum(v) / len(v), 4) for t, v in sums.items() if v}
            line = {"step": step, **means, "tokens_per_second": round(tokens / seconds), "epochs": {t: s.epoch for t, s in streams.items()}}
            print(json.dumps(line), flush=True)
            with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
            sums = {t: [] for t in TASKS}
            tokens, began = 0, time.monotonic()
        if step % args.save_every == 0 or step == args.steps:
            save()


if __name__ == "__main__":
    main()
