"""Joint training: one or several tasks a step, Σ λ_i L_i, AdamW; resumable at any step; one process or several.

python -m glossator_training.train --data DATA --out runs/base
torchrun --nproc-per-node 2 -m glossator_training.train --data DATA --out runs/base
"""

import argparse
import json
import sys
import time
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

import torch

from .average import WeightAverage
from .checkpoint import load_model, restore, save_checkpoint
from .data.answers import AnswerOptions, answer_source
from .data.batches import collate
from .data.entities import EntityOptions, EntitySource
from .data.example import DataError
from .data.sentiment import SentimentOptions, SentimentSource
from .data.stream import Source, TaskBatches
from .losses import LOSSES, kept_sentiment_loss, tie_loss
from .network.config import REMOVED, NetworkConfig
from .network.dropout import set_dropout
from .network.model import TASKS, MultiTaskModel
from .parallel import Processes
from .schedule import learning_rate, tasks_of_step
from .tokenization import TextTokenizer, base_directory
from .weighting import weighting
from .weights import ModelFolderError, load_model_folder, start_from

Options = TypeVar("Options", AnswerOptions, EntityOptions, SentimentOptions)

SHARES = {"sentiment": 0.2, "entities": 0.2, "answers": 0.6}
"""Chance of each task per step. Answers have the most to learn and the longest texts."""


def optimiser(model: MultiTaskModel, encoder_rate: float, decoder_rate: float, decay: float, extra: list | None = None) -> torch.optim.AdamW:
    """AdamW; the pre-trained encoder moves more slowly; biases and norms are not decayed; word embeddings are frozen. `extra`: learned
    task weights, at the decoders' rate, not decayed."""
    model.encoder.word_embeddings.weight.requires_grad = False
    groups: dict[tuple[float, float], list] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            rate = encoder_rate if name.startswith("encoder.") else decoder_rate
            groups.setdefault((rate, decay if parameter.dim() > 1 else 0.0), []).append(parameter)
    if extra:
        groups.setdefault((decoder_rate, 0.0), []).extend(extra)
    return torch.optim.AdamW(
        [{"params": p, "lr": rate, "peak": rate, "weight_decay": d} for (rate, d), p in groups.items()],
        betas=(0.9, 0.98),
        eps=1e-6,
        fused=True,
    )


def recipe_defaults(path: Path, number: int, parser: argparse.ArgumentParser) -> dict[str, object]:
    """The table `train` of a recipe's round: values of options by their names, `_` for `-`. Raises DataError where the file, the round or an
    option is unknown."""
    try:
        rounds = tomllib.loads(path.read_text(encoding="utf-8")).get("rounds", [])
        if not 1 <= number <= len(rounds):
            raise DataError(f"{path}: it has {len(rounds)} rounds, and --round is {number}")
        table = rounds[number - 1].get("train", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: {error}") from error
    known = {action.dest: action for action in parser._actions}
    if strange := sorted(set(table) - set(known)):
        raise DataError(f"{path}: train has no option {', '.join(strange)}")
    return {name: Path(value) if known[name].type is Path else value for name, value in table.items()}


def arguments() -> argparse.Namespace:
    """The command line; a recipe's values take the place of the defaults."""
    parser = argparse.ArgumentParser(description="Train the multi-task model.")
    parser.add_argument("--data", type=Path, required=True, help="folder with sst2/, sst5/, conll2003/, squad/, squadshifts/, qamr/")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; an existing run goes on from its checkpoint")
    parser.add_argument("--from", dest="start", type=Path, help="model folder or checkpoint whose weights to start from, instead of the base encoder's")
    parser.add_argument("--only", choices=TASKS, help="train this decoder alone; encoder, shared adapter and the others stay as they are")
    parser.add_argument("--teacher", type=Path, help="model folder or checkpoint that says what sentences are, beside their labels (--keep)")
    parser.add_argument("--keep", type=float, default=0.7, help="the teacher's share of the loss of sentiment; the labels have the rest")
    parser.add_argument("--questions", type=json.loads, help="share of each file's questions in an epoch (JSON), by its path in the data folder")
    parser.add_argument(
        "--mix", type=json.loads, default={}, help="how each task's examples are made (JSON): fields of AnswerOptions, EntityOptions, SentimentOptions"
    )
    parser.add_argument("--segments", type=Path, help="README segments (gather_readmes): neutral for sentiment, negatives for entities")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--until", type=int, help="end at this step; the learning rate falls as if all of --steps came (default: --steps)")
    parser.add_argument("--tokens", type=int, default=2304, help="tokens in a step's batches, padding included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encoder-rate", type=float, default=1e-4)
    parser.add_argument("--decoder-rate", type=float, default=4e-4)
    parser.add_argument("--decay", type=float, default=0.01)
    parser.add_argument("--warmup", type=int, default=150)
    parser.add_argument("--average", type=float, default=0.998, help="decay of the weights' average; 0: none")
    parser.add_argument("--schedule", choices=("draw", "temperature", "joint"), default="draw", help="which tasks a step trains (schedule.py)")
    parser.add_argument("--draw", type=json.loads, default=SHARES, help="chance of each task per step (JSON); 0 or absent: not trained")
    parser.add_argument("--weighting", choices=("fixed", "uncertainty", "dynamic"), default="fixed", help="how losses are added (weighting.py)")
    parser.add_argument("--weight", type=json.loads, default=dict.fromkeys(TASKS, 1.0), help="λ of each task (JSON), where fixed")
    parser.add_argument("--tie", type=float, default=0.0, help="strength of the tie between the task-own adapters")
    parser.add_argument("--dropout", type=json.loads, default={}, help="rate by task (JSON) where it is not 0.1; 0 suits data that is read once")
    parser.add_argument("--gate", choices=("mixed", "own", "shared"), default="mixed", help="features a decoder reads (network/gate.py)")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 is faster where the processor has it")
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--recipe", type=Path, help="TOML file whose round gives the options that the command line does not (recipe.py)")
    parser.add_argument("--round", type=int, default=1, help="which of the recipe's rounds")
    known = parser.parse_known_args()[0]
    if known.recipe:
        parser.set_defaults(**recipe_defaults(known.recipe, known.round, parser))
    args = parser.parse_args()
    args.until = min(args.until or args.steps, args.steps)
    return args


def only_decoder(model: MultiTaskModel, name: str) -> None:
    """Freezes all but one decoder's own parameters: what the other decoders say stays the same to the bit."""
    model.requires_grad_(False)
    decoder = getattr(model, name)
    decoder.requires_grad_(True)
    decoder.task_gate.shared.requires_grad_(False)


def options(kind: type[Options], task: str, mix: dict[str, dict]) -> Options:
    """The options of a task with the fields of `mix` in them. Raises DataError for a field that there is not."""
    try:
        return kind(**mix.get(task, {}))
    except TypeError as error:
        raise DataError(f"--mix: {task} has the fields {', '.join(f.name for f in fields(kind))} ({error})") from error


def sources(data: Path, tokenizer: TextTokenizer, config: NetworkConfig, args: argparse.Namespace) -> dict[str, Source]:
    """The data of every task with a share."""
    wanted = [name for name in TASKS if args.draw.get(name, 0) > 0]
    found: dict[str, Source] = {}
    if "sentiment" in wanted:
        found["sentiment"] = SentimentSource(data, tokenizer, options(SentimentOptions, "sentiment", args.mix), args.segments)
    if "entities" in wanted:
        found["entities"] = EntitySource([data / "conll2003/eng.train"], tokenizer, config, options(EntityOptions, "entities", args.mix), args.segments)
    if "answers" in wanted:
        found["answers"] = answer_source(data, tokenizer, args.questions, options(AnswerOptions, "answers", args.mix))
    return found


class Run:
    """A training run: everything that a checkpoint holds, and one step of it."""

    def __init__(self, args: argparse.Namespace, processes: Processes) -> None:
        self.args, self.processes = args, processes
        torch.manual_seed(args.seed)
        base = base_directory()
        self.tokenizer = TextTokenizer(base / "tokenizer.json")
        self.config = NetworkConfig(gate=args.gate)
        self.model = MultiTaskModel(self.config)
        if args.start:
            start_from(self.model, args.start)
        else:
            self.model.encoder.load_base(base / "model.safetensors")
        self.model.to(processes.device)
        self.losses = dict(LOSSES)
        if args.teacher:
            teacher = (load_model(args.teacher) if args.teacher.is_file() else load_model_folder(args.teacher)).to(processes.device).requires_grad_(False)
            self.losses["sentiment"] = lambda model, batch: kept_sentiment_loss(model, teacher, args.keep, batch)
        elif args.mix.get("sentiment", {}).get("reviews"):
            raise DataError("--mix: reviews have no labels, so a --teacher is needed that says what they are")
        if args.only:
            only_decoder(self.model, args.only)
        data = sources(args.data, self.tokenizer, self.config, args)
        self.shares = {name: args.draw[name] for name in data}
        self.weighting = weighting(args.weighting, {name: args.weight.get(name, 1.0) for name in data}).to(processes.device)
        self.optimizer = optimiser(self.model, args.encoder_rate, args.decoder_rate, args.decay, list(self.weighting.parameters()))
        self.trained = [p for group in self.optimizer.param_groups for p in group["params"]]
        self.average = WeightAverage(self.model, args.average) if args.average > 0 else None
        budget = args.tokens // len(data) if args.schedule == "joint" else args.tokens
        self.streams = {n: TaskBatches(s, n, budget, args.seed) for n, s in data.items()}
        self.sizes = {n: s.size for n, s in self.streams.items()} if args.schedule == "temperature" else dict.fromkeys(data, 1)
        self.step = 0

    def resume(self, path: Path) -> None:
        """Goes on from a checkpoint. Raises ValueError naming the file when it is of another shape."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        # Its weights could be read, its optimiser's moments belong to other parameters.
        if REMOVED in state["config"]["decoder_layers"]:
            raise ValueError(f"{path} is of a run that trained the decoder {REMOVED}, which is no more: start another run from it with --from")
        restore(self.model, state["model"], path)
        self.optimizer.load_state_dict(state["optimizer"])
        self.weighting.load_state_dict(state["weighting"])
        if self.average and state["average"]:
            self.average.weights = {n: state["average"][n].to(self.processes.device) for n in self.average.weights}
        torch.set_rng_state(state["rng"])
        self.step = state["step"]
        for name, (epoch, position) in state["streams"].items():
            if name in self.streams and epoch >= 0:
                self.streams[name].seek(epoch, position)

    def save(self, path: Path) -> None:
        """Writes everything `resume` needs."""
        save_checkpoint(
            path,
            model=self.model.state_dict(),
            average=self.average.state(self.model) if self.average else None,
            optimizer=self.optimizer.state_dict(),
            weighting=self.weighting.state_dict(),
            rng=torch.get_rng_state(),
            step=self.step,
            streams={n: (s.epoch, s.position) for n, s in self.streams.items()},
            config=self.config.to_json(),
        )

    def advance(self) -> tuple[dict[str, float], int]:
        """One step. Returns each task's mean loss, and the tokens read by all processes."""
        args, processes, values, tokens = self.args, self.processes, {}, 0
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * learning_rate(self.step, args.steps, args.warmup)
        for task in tasks_of_step(args.schedule, self.shares, self.sizes, self.step, args.steps, args.seed):
            examples = self.streams[task].next()
            mine = processes.share(examples)
            total = count = torch.zeros((), device=processes.device)
            if mine:
                set_dropout(self.model, args.dropout.get(task, self.config.dropout))
                batch = {k: v.to(processes.device) for k, v in collate(mine, self.tokenizer).items()}
                with torch.autocast(processes.device.type, dtype=torch.bfloat16, enabled=args.precision == "bf16"):
                    total, count = self.losses[task](self.model, batch)
                tokens += int(batch["input_ids"].numel())
            count = processes.sum(count)
            # A process without examples still has its share of a learned weight's own term.
            term = self.weighting(task, total / count, 1 / processes.count)
            if term.requires_grad:
                term.backward()
            values[task] = float(processes.sum(total) / count)
            self.weighting.observe(task, values[task])
        if args.tie > 0:
            (tie_loss(self.model, args.tie) / processes.count).backward()
        processes.add_gradients(self.trained)
        torch.nn.utils.clip_grad_norm_([p for p in self.trained if p.grad is not None], 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        if self.average:
            self.average.update(self.model, self.step)
        return values, int(processes.sum(torch.tensor(float(tokens))))


def main() -> int:
    """Trains until `--steps`; prints a line every 25 steps and appends it to `log.jsonl`."""
    try:
        args = arguments()
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    processes = Processes()
    checkpoint = args.out / "checkpoint.pt"
    try:
        run = Run(args, processes)
        if checkpoint.exists():
            run.resume(checkpoint)
            if processes.first:
                print(f"resumed at step {run.step}", flush=True)
    except (DataError, ModelFolderError, FileNotFoundError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    # Every process draws its own dropout.
    if processes.count > 1:
        torch.manual_seed(args.seed * 1000 + processes.rank + run.step)
    sums: dict[str, list[float]] = {}
    tokens, began = 0, time.monotonic()
    run.model.train()
    while run.step < args.until:
        values, read = run.advance()
        tokens += read
        for task, value in values.items():
            sums.setdefault(task, []).append(value)
        if run.step % 25 == 0 and processes.first:
            seconds = time.monotonic() - began
            means = {t: round(sum(v) / len(v), 4) for t, v in sums.items()}
            weights = {t: round(v, 3) for t, v in run.weighting.current().items()}
            epochs = {t: s.epoch for t, s in run.streams.items()}
            line = {"step": run.step, **means, "weights": weights, "tokens_per_second": round(tokens / seconds), "epochs": epochs}
            print(json.dumps(line), flush=True)
            with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
            sums, tokens, began = {}, 0, time.monotonic()
        if processes.first and (run.step % args.save_every == 0 or run.step == args.until):
            run.save(checkpoint)
    processes.wait()
    processes.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
