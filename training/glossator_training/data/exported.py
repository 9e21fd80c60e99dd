"""Datasets as the extension exports them: Hugging Face's layout (a folder per task), CoNLL-2003 columns, or SQuAD's JSON.

entities/README.md, train.jsonl, validation.jsonl, test.jsonl      Hugging Face; also sentiment/ and answers/
train.txt, valid.txt, test.txt                                     CoNLL-2003
train.json, validation.json, test.json                             SQuAD
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import yaml

from .conll import read_conll
from .example import DataError
from .squad import read_squad

SPLITS = ("train", "validation", "test")
CONLL_FILES = {"train": "train.txt", "validation": "valid.txt", "test": "test.txt"}


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence and the name of its label."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with its entities: (start, end, type) in code points, in order, not overlapping."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question on a passage; `answers` are code-point spans in it, empty when it holds none."""

    question: str
    context: str
    answers: tuple[tuple[int, int], ...]


Row = TypeVar("Row", LabelledSentence, LabelledText, LabelledQuestion)


@dataclass(slots=True)
class TaskData(Generic[Row]):
    """One task's rows by split, and its labels in the dataset's order: types for entities, none for answers."""

    labels: list[str] = field(default_factory=list)
    splits: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(slots=True)
class Dataset:
    """What a folder holds; None for a task without examples."""

    sentiment: TaskData[LabelledSentence] | None = None
    entities: TaskData[LabelledText] | None = None
    answers: TaskData[LabelledQuestion] | None = None

    def tasks(self) -> dict[str, TaskData]:
        """The tasks that have examples."""
        return {t: d for t in ("sentiment", "entities", "answers") if (d := getattr(self, t)) is not None}


def read_dataset(folder: Path) -> Dataset:
    """Reads whatever of the three layouts is there. Raises DataError naming file and line where a row cannot be used."""
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder: give the folder that the export wrote")
    dataset = Dataset()
    if any((folder / task / f"{split}.jsonl").exists() for task in ("sentiment", "entities", "answers") for split in SPLITS):
        dataset.sentiment = read_task(folder / "sentiment", sentence_reader)
        dataset.entities = read_task(folder / "entities", entity_reader)
        dataset.answers = read_task(folder / "answers", question_reader)
    else:
        dataset.entities = conll_task(folder)
        dataset.answers = squad_task(folder)
    if not dataset.tasks():
        raise DataError(f"{folder}: no entities/train.jsonl, sentiment/train.jsonl, answers/train.jsonl, train.txt or train.json in it")
    for task, data in dataset.tasks().items():
        if "train" not in data.splits:
            raise DataError(f"{folder}: {task} has {', '.join(data.splits)} but no examples for training")
    return dataset


def read_task(folder: Path, reader: Callable[[Path], tuple[list[str], Callable[[dict, str], Row]]]) -> TaskData[Row] | None:
    """The splits of one task's folder; None where there is none."""
    paths = {split: folder / f"{split}.jsonl" for split in SPLITS if (folder / f"{split}.jsonl").exists()}
    if not paths:
        return None
    labels, parse = reader(folder)
    return TaskData(labels, {split: [parse(row, where) for row, where in json_lines(path)] for split, path in paths.items()})


def json_lines(path: Path) -> Iterator[tuple[dict, str]]:
    """The objects of a JSON Lines file, each with `file:line`. Raises DataError for a line that is no object, and for an empty file."""
    empty = True
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise DataError(f"{path}:{number}: not valid JSON ({error.msg} at column {error.colno})") from error
                if not isinstance(row, dict):
                    raise DataError(f"{path}:{number}: expected an object, found {line.strip()[:40]!r}")
                empty = False
                yield row, f"{path}:{number}"
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    if empty:
        raise DataError(f"{path}: no examples in it")


def class_names(folder: Path, feature: str) -> list[str]:
    """The names of a feature's classes in order of their numbers, from the header of README.md. Raises DataError where they are missing."""
    path = folder / "README.md"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise DataError(f"{path} is missing: its header names the labels of {feature}") from error
    if "---" not in lines or "---" not in lines[lines.index("---") + 1 :]:
        raise DataError(f"{path}: no YAML header between two lines of ---")
    first = lines.index("---")
    header = "\n".join(lines[first + 1 : lines.index("---", first + 1)])
    try:
        features = yaml.safe_load(header)["dataset_info"]["features"]
        one = next(f for f in features if f["name"] == feature)
        holder = one.get("list") or one.get("sequence") or one["dtype"]
        names = holder["class_label"]["names"]
        ordered = [names[k] for k in sorted(names, key=int)] if isinstance(names, dict) else list(names)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, StopIteration) as error:
        raise DataError(f"{path}: no class names of {feature} under dataset_info.features ({error!r})") from error
    if not ordered or not all(isinstance(name, str) for name in ordered) or len(set(ordered)) < len(ordered):
        raise DataError(f"{path}: the class names of {feature} must be different strings")
    return ordered


def get(row: dict, key: str, kind: type, where: str) -> object:
    """A property of the right type, else DataError."""
    value = row.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        expected = {int: "a number", list: "a list", dict: "an object", str: "a string"}[kind]
        raise DataError(f'{where}: "{key}" must be {expected}, found {json.dumps(value, default=str)[:40]}')
    return value


def sentence_reader(folder: Path) -> tuple[list[str], Callable[[dict, str], LabelledSentence]]:
    """Rows {text, label}."""
    names = class_names(folder, "label")

    def parse(row: dict, where: str) -> LabelledSentence:
        text, label = get(row, "text", str, where), get(row, "label", int, where)
        if not 0 <= label < len(names):
            raise DataError(f"{where}: label {label} is outside the set 0 to {len(names) - 1} ({', '.join(names)})")
        if not text.strip():
            raise DataError(f'{where}: "text" is empty')
        return LabelledSentence(text, names[label])

    return names, parse


def entity_types(tags: list[str], where: Path) -> list[str]:
    """Types in order of the tags O, B-X, I-X, …; DataError for a tag of another form."""
    for tag in tags:
        prefix, dash, kind = tag.partition("-")
        if tag != "O" and not (dash and kind and prefix in ("B", "I")):
            raise DataError(f"{where}: {tag!r} is no IOB2 tag: expected O, B-… or I-…")
    return list(dict.fromkeys(tag[2:] for tag in tags if tag != "O"))


def entity_reader(folder: Path) -> tuple[list[str], Callable[[dict, str], LabelledText]]:
    """Rows {text, tokens, ner_tags, spans}. The tags count; `spans` are checked, since they also hold what tags cannot."""
    names = class_names(folder, "ner_tags")
    types = entity_types(names, folder / "README.md")

    def parse(row: dict, where: str) -> LabelledText:
        tokens, ids = get(row, "tokens", list, where), get(row, "ner_tags", list, where)
        if len(tokens) != len(ids):
            raise DataError(f"{where}: {len(tokens)} tokens but {len(ids)} tags")
        if not tokens or not all(isinstance(t, str) and t for t in tokens):
            raise DataError(f'{where}: "tokens" must be a list of strings that are not empty')
        for tag in ids:
            if not isinstance(tag, int) or isinstance(tag, bool) or not 0 <= tag < len(names):
                raise DataError(f"{where}: label {tag!r} is outside the set 0 to {len(names) - 1} ({', '.join(names)})")
        text = get(row, "text", str, where) if "text" in row else " ".join(tokens)
        for span in get(row, "spans", list, where) if "spans" in row else []:
            if not isinstance(span, dict):
                raise DataError(f'{where}: "spans" must hold objects of start, end and label')
            start, end, label = get(span, "start", int, where), get(span, "end", int, where), get(span, "label", str, where)
            if not 0 <= start < end <= len(text):
                raise DataError(f"{where}: span {start} to {end} is outside the text of {len(text)} code points")
            if label not in types:
                raise DataError(f"{where}: label {label!r} is outside the set {', '.join(types)}")
        return LabelledText(text, token_spans(text, tokens, [names[i] for i in ids], where))

    return types, parse


def token_spans(text: str, tokens: list[str], tags: list[str], where: str) -> tuple[tuple[int, int, str], ...]:
    """Tags of tokens → code-point spans of the text the tokens stand in. Raises DataError for a token that is not there."""
    spans: list[tuple[int, int, str]] = []
    position, previous = 0, "O"
    for token, tag in zip(tokens, tags, strict=True):
        start = text.find(token, position)
        if start < 0:
            raise DataError(f"{where}: token {token!r} does not stand in the text after code point {position}")
        position = start + len(token)
        if tag.startswith("I-") and previous[2:] == tag[2:]:
            spans[-1] = (spans[-1][0], position, tag[2:])
        elif tag != "O":
            spans.append((start, position, tag[2:]))
        previous = tag
    return tuple(spans)


def question_reader(folder: Path) -> tuple[list[str], Callable[[dict, str], LabelledQuestion]]:
    """Rows {question, context, answers: {text, answer_start}}."""
    del folder

    def parse(row: dict, where: str) -> LabelledQuestion:
        question, context = get(row, "question", str, where), get(row, "context", str, where)
        answers = get(row, "answers", dict, where)
        texts, starts = get(answers, "text", list, where), get(answers, "answer_start", list, where)
        if len(texts) != len(starts):
            raise DataError(f"{where}: {len(texts)} answers but {len(starts)} places")
        if not question.strip() or not context.strip():
            raise DataError(f'{where}: "question" or "context" is empty')
        for text, start in zip(texts, starts, strict=True):
            if not isinstance(text, str) or not text or not isinstance(start, int):
                raise DataError(f'{where}: "text" must hold strings and "answer_start" numbers')
            if start < 0 or context[start : start + len(text)] != text:
                raise DataError(f"{where}: the answer {text[:40]!r} is not at code point {start} of its passage")
        return LabelledQuestion(question, context, tuple((s, s + len(t)) for t, s in zip(texts, starts, strict=True)))

    return [], parse


def conll_task(folder: Path) -> TaskData[LabelledText] | None:
    """train.txt, valid.txt, test.txt; types in order of their first appearance."""
    splits: dict[str, list[LabelledText]] = {}
    for split, name in CONLL_FILES.items():
        path = folder / name
        if path.exists():
            sentences = [s for document in read_conll(path) for s in document]
            splits[split] = [LabelledText(" ".join(w), token_spans(" ".join(w), w, t, str(path))) for w, t in sentences]
    types = list(dict.fromkeys(kind for rows in splits.values() for row in rows for _, _, kind in row.spans))
    return TaskData(types, splits) if splits else None


def squad_task(folder: Path) -> TaskData[LabelledQuestion] | None:
    """train.json, validation.json, test.json."""
    splits: dict[str, list[LabelledQuestion]] = {}
    for split in SPLITS:
        path = folder / f"{split}.json"
        if path.exists():
            splits[split] = [LabelledQuestion(q.text, q.context, tuple(q.answers)) for q in read_squad(path)]
    return TaskData([], splits) if splits else None
