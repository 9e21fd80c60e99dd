"""Fine-tunes a model folder on an exported dataset and writes a new model folder.

python -m glossator_training.finetune --model ../models/glossator-minilm --dataset EXPORTED --out ../models/mine
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import torch

from .data.answers import answer_source
from .data.batches import Example
from .data.entities import EntitySource
from .data.example import DataError, EntityExample
from .data.exported import Dataset, read_dataset
from .data.sentiment import SentimentSource
from .data.stream import TaskBatches
from .export import export_model
from .fixed_int8 import copy_int8
from .labelset import merged_labels, merged_tags, with_labels
from .network.model import TASKS, MultiTaskModel
from .step_graphs import copy_steps
from .tokenization import TextTokenizer
from .tuning import Score, make_examples, score
from .tuning_run import fine_tune
from .weights import ModelFolderError, load_manifest, load_model_folder

FEW = 200
"""Below this many examples the encoder stays as it is: so few pull it towards themselves and away from all else it was trained on."""

SCORED = 500
"""Without a validation split, at most so many training examples are scored."""

WATCHED = 200
"""At most so many examples of each task are watched."""

BASE_SENTIMENT = ("negative", "positive", "neutral")
"""What the numbers of `SentimentSource` mean."""


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Fine-tune a model on an exported dataset.")
    parser.add_argument("--model", type=Path, required=True, help="the model folder to start from")
    parser.add_argument("--dataset", type=Path, required=True, help="what the export wrote: Hugging Face, CoNLL-2003 or SQuAD")
    parser.add_argument("--out", type=Path, required=True, help="the model folder to write")
    parser.add_argument("--overwrite", action="store_true", help="replace the model in --out")
    parser.add_argument("--name", help="the new model's name (default: the folder's)")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--epochs", type=int, help="default: so many that about 800 examples are seen, from 3 to 40")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=512, help="tokens in a batch, padding included")
    parser.add_argument("--encoder-rate", type=float, default=2e-5)
    parser.add_argument("--decoder-rate", type=float, default=2e-4)
    parser.add_argument("--decay", type=float, default=0.01)
    encoder = parser.add_mutually_exclusive_group()
    encoder.add_argument("--freeze-encoder", action="store_true", help=f"default with fewer than {FEW} examples")
    encoder.add_argument("--train-encoder", action="store_true", help=f"default with {FEW} examples or more")
    parser.add_argument("--replay", type=Path, metavar="DATA", help="base data (as for train): one batch of it after each batch of the dataset")
    parser.add_argument("--threads", type=int)
    return parser.parse_args(argv)


def scored_rows(dataset: Dataset) -> dict[tuple[str, str], list]:
    """What is scored before and after: the held-out splits, or the training examples of a task that has none."""
    rows = {}
    for task, data in dataset.tasks().items():
        held_out = {split: data.splits[split] for split in ("validation", "test") if split in data.splits}
        if held_out:
            rows |= {(task, split): examples for split, examples in held_out.items()}
        else:
            rows[task, "training examples, none held out"] = data.splits["train"][:SCORED]
    return rows


def replay_streams(data: Path, tasks: set[str], model: MultiTaskModel, known: tuple[str, ...], tokenizer: TextTokenizer, args: argparse.Namespace):
    """Endless batches of the base data. Outside words of the base data say nothing about entity types it does not have."""
    config = model.config
    streams: dict[str, Iterator[list[Example]]] = {}

    def endless(source, task: str, change) -> Iterator[list[Example]]:
        batches = TaskBatches(source, task, args.tokens, args.seed)
        while True:
            yield [change(example) for example in batches.next()]

    if "sentiment" in tasks:
        numbers = [config.sentiment_labels.index(name) for name in BASE_SENTIMENT]
        streams["sentiment"] = endless(SentimentSource(data, tokenizer), "sentiment", lambda e: replace(e, label=numbers[e.label]))
    if "entities" in tasks:
        unknown = set(config.entity_labels) - set(known)

        def mask_outside(example: EntityExample) -> EntityExample:
            return replace(example, labels=[-100 if label == 0 else label for label in example.labels]) if unknown else example

        source = EntitySource([data / "conll2003/eng.train"], tokenizer, config)
        streams["entities"] = endless(source, "entities", mask_outside)
    if "answers" in tasks:
        source = answer_source(data, tokenizer)
        streams["answers"] = endless(source, "answers", lambda e: e)
    return streams


def check_out(out: Path, model: Path, overwrite: bool) -> None:
    """Raises ModelFolderError unless `out` is free or holds a model that may be replaced."""
    if out.resolve() == model.resolve():
        raise ModelFolderError(f"--out {out} is the model to start from: choose another folder")
    if out.exists() and not out.is_dir():
        raise ModelFolderError(f"--out {out} is a file: choose a folder")
    if out.exists() and any(out.iterdir()):
        if not overwrite:
            raise ModelFolderError(f"--out {out} is not empty: choose another folder, or pass --overwrite")
        load_manifest(out)


def run(args: argparse.Namespace) -> None:
    """The whole of it: read, score, train, score, export."""
    if args.epochs is not None and args.epochs < 1:
        raise DataError("--epochs must be at least 1")
    check_out(args.out, args.model, args.overwrite)
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    manifest = load_manifest(args.model)
    base = load_model_folder(args.model)
    tokenizer = TextTokenizer(args.model / "tokenizer.json")
    dataset = read_dataset(args.dataset)
    data = dataset.tasks()

    sentiment = merged_labels(dataset.sentiment.labels, base.config.sentiment_labels) if dataset.sentiment else base.config.sentiment_labels
    entities = merged_tags(dataset.entities.labels, base.config.entity_labels) if dataset.entities else base.config.entity_labels
    model = with_labels(base, sentiment, entities, args.seed)
    grown = set()
    for task, new, old in (("sentiment", sentiment, base.config.sentiment_labels), ("entities", entities, base.config.entity_labels)):
        fresh = [label for label in new if label not in old]
        if fresh:
            grown.add(task)
            print(f"{task}: new labels {', '.join(fresh)}")
    if dataset.entities and (silent := {tag[2:] for tag in entities if tag != "O"} - set(dataset.entities.labels)):
        print(f"entities: the dataset does not have the types {', '.join(sorted(silent))}; where it marks nothing, the model learns not to mark them")

    examples = {}
    for task in TASKS:
        if task not in data:
            print(f"{task}: no examples, its decoder is left as it is")
            continue
        rows = data[task].splits["train"]
        examples[task] = make_examples(task, rows, tokenizer, model.config, args.seed)
        held_out = "".join(f", {len(r)} for {split}" for split, r in data[task].splits.items() if split != "train")
        print(f"{task}: {len(rows)} rows for training ({len(examples[task])} examples){held_out}")
    if empty := [task for task, rows in examples.items() if not rows]:
        raise DataError(f"{args.dataset}: no text of {', '.join(empty)} holds a token to learn from")

    count = sum(len(data[task].splits["train"]) for task in examples)
    train_encoder = args.train_encoder or (count >= FEW and not args.freeze_encoder)
    epochs = args.epochs or min(40, max(3, 800 // count))
    if train_encoder:
        print("the encoder is trained, too" + ("" if set(examples) == set(TASKS) or args.replay else
              ": tasks without examples will change with it (--replay keeps them near, --freeze-encoder as they are)"))  # fmt: skip
    else:
        why = "--freeze-encoder" if args.freeze_encoder else f"{count} rows are fewer than {FEW}; --train-encoder trains it all the same"
        print(f"the encoder stays as it is ({why})")
    replay = (
        replay_streams(args.replay, set(TASKS) if train_encoder else set(examples), model, base.config.entity_labels, tokenizer, args) if args.replay else {}
    )

    rows = scored_rows(dataset)
    before = {key: score(base, key[0], some, tokenizer) for key, some in rows.items()}
    validation = {task: data[task].splits["validation"][:WATCHED] for task in examples if "validation" in data[task].splits}
    held_out = len(validation) == len(examples)
    # Without a validation split for each task, what is trained on is watched: it shows that a run diverges, not when it overfits.
    watched = {task: make_examples(task, rows[:WATCHED], tokenizer, model.config, args.seed) for task, rows in validation.items()} if held_out else {}
    watched = {task: some for task, some in watched.items() if some} or {task: some[:WATCHED] for task, some in examples.items()}
    taken_back = fine_tune(model, examples, watched, grown, train_encoder, epochs, tokenizer, replay, args, held_out)
    after = {key: score(model, key[0], some, tokenizer) for key, some in rows.items()}
    for (task, split), then in before.items():
        print(f"{task}, {split} ({len(rows[task, split])} rows)\n  before: {then}\n  after:  {after[task, split]}")

    def numbers(scores: dict[tuple[str, str], Score]) -> dict:
        return {f"{task}, {split}": asdict(value) for (task, split), value in scores.items()}

    training = {
        "parent": {"name": manifest["name"], "version": manifest["version"], "training": manifest.get("training", {})},
        "rows": {task: {split: len(some) for split, some in data[task].splits.items()} for task in examples},
        "seed": args.seed,
        "epochs": epochs,
        "encoderTrained": train_encoder,
        "takenBack": taken_back,
        "before": numbers(before),
        "after": numbers(after),
    }
    temperatures = {task: manifest["tasks"][task].get("temperature", 1.0) for task in TASKS}
    export_model(
        model, args.out, args.model, args.name or args.out.name, args.version, temperatures, training, languages=manifest.get("languages"),
        no_answer_threshold=manifest["tasks"]["answers"].get("noAnswerThreshold"),
    )  # fmt: skip
    copy_steps(args.model, args.out)
    # Ranges of activations are those of one encoder.
    if not train_encoder and not copy_int8(args.model, args.out):
        print("the int8 form of the encoder is left out, since the model stores its matrices in an older way: fixed_int8 makes one")
    print(f"wrote {args.out}")


def main() -> int:
    """Command line. Exit code 1 with one line on standard error where something cannot be read or written."""
    try:
        run(arguments())
    except (DataError, ModelFolderError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
