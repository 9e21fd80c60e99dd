"""Readers of what the extension exports."""

import json
from pathlib import Path

import pytest

from glossator_training.data.example import DataError
from glossator_training.data.exported import LabelledQuestion, LabelledSentence, LabelledText, read_dataset

ENTITY_README = """---
task_categories:
- token-classification
dataset_info:
  features:
  - name: id
    dtype: string
  - name: tokens
    list: string
  - name: ner_tags
    list:
      class_label:
        names:
          '0': "O"
          '1': "B-PER"
          '2': "I-PER"
          '3': "B-GEAR"
          '4': "I-GEAR"
configs:
- config_name: default
---

# Named entities
"""
SENTIMENT_README = """---
dataset_info:
  features:
  - name: label
    dtype:
      class_label:
        names:
          '0': "negative"
          '1': "positive"
---
"""
GOOD = {
    "entities": {
        "text": "😀 Anna Lee sells a lamp.",
        "tokens": ["😀", "Anna", "Lee", "sells", "a", "lamp", "."],
        "ner_tags": [0, 1, 2, 0, 0, 3, 0],
        "spans": [{"start": 2, "end": 10, "label": "PER"}, {"start": 2, "end": 6, "label": "PER"}, {"start": 19, "end": 23, "label": "GEAR"}],
    },
    "sentiment": {"text": "fine film", "label": 1},
    "answers": {"context": "😀 in Rome", "question": "Where?", "answers": {"text": ["Rome"], "answer_start": [5]}},
}


def dataset(folder: Path, task: str, rows: list[object], split: str = "train") -> Path:
    """One task's folder; a row that is a string is written as it is."""
    (folder / task).mkdir(exist_ok=True, parents=True)
    readme = {"entities": ENTITY_README, "sentiment": SENTIMENT_README}.get(task)
    if readme:
        (folder / task / "README.md").write_text(readme, encoding="utf-8")
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / task / f"{split}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def test_hugging_face_layout(tmp_path: Path):
    for task, row in GOOD.items():
        dataset(tmp_path, task, [row])
    dataset(tmp_path, "sentiment", [{"text": "dull", "label": 0}], "validation")
    dataset(tmp_path, "answers", [GOOD["answers"], {**GOOD["answers"], "answers": {"text": [], "answer_start": []}}])
    read = read_dataset(tmp_path)
    assert read.entities.labels == ["PER", "GEAR"]
    assert read.entities.splits == {"train": [LabelledText(GOOD["entities"]["text"], ((2, 10, "PER"), (19, 23, "GEAR")))]}
    assert read.sentiment.labels == ["negative", "positive"]
    assert read.sentiment.splits == {"train": [LabelledSentence("fine film", "positive")], "validation": [LabelledSentence("dull", "negative")]}
    assert read.answers.splits["train"] == [LabelledQuestion("Where?", "😀 in Rome", ((5, 9),)), LabelledQuestion("Where?", "😀 in Rome", ())]


def test_conll_and_squad_layouts(tmp_path: Path):
    (tmp_path / "train.txt").write_text("-DOCSTART- -X- -X- O\n\nAnna -X- -X- B-PER\nLee -X- -X- I-PER\nruns -X- -X- O\n", encoding="utf-8")
    article = {"paragraphs": [{"context": "in Rome", "qas": [{"id": "1", "question": "Where?", "answers": [{"text": "Rome", "answer_start": 3}]}]}]}
    (tmp_path / "train.json").write_text(json.dumps({"version": "1.1", "data": [article]}), encoding="utf-8")
    read = read_dataset(tmp_path)
    assert read.sentiment is None
    assert read.entities.splits["train"] == [LabelledText("Anna Lee runs", ((0, 8, "PER"),))]
    assert read.answers.splits["train"] == [LabelledQuestion("Where?", "in Rome", ((3, 7),))]


def changed(task: str, **values: object) -> dict:
    return {**GOOD[task], **values}


@pytest.mark.parametrize(
    ("task", "row", "message"),
    [
        ("sentiment", '{"text": "fi', "not valid JSON"),
        ("sentiment", "[1]", "expected an object"),
        ("sentiment", changed("sentiment", label=2), "label 2 is outside the set 0 to 1"),
        ("sentiment", changed("sentiment", label="positive"), '"label" must be a number'),
        ("sentiment", changed("sentiment", label=True), '"label" must be a number'),
        ("sentiment", changed("sentiment", text=" "), '"text" is empty'),
        ("entities", changed("entities", ner_tags=[0, 1, 2, 0, 0, 9, 0]), "label 9 is outside the set 0 to 4"),
        ("entities", changed("entities", ner_tags=[0]), "7 tokens but 1 tags"),
        ("entities", changed("entities", spans=[{"start": 20, "end": 99, "label": "PER"}]), "span 20 to 99 is outside the text of 24"),
        ("entities", changed("entities", spans=[{"start": 4, "end": 4, "label": "PER"}]), "span 4 to 4 is outside"),
        ("entities", changed("entities", spans=[{"start": 0, "end": 1, "label": "DOG"}]), "label 'DOG' is outside the set PER, GEAR"),
        ("entities", changed("entities", text="Anna sells", spans=[]), "token '😀' does not stand in the text"),
        ("answers", changed("answers", answers={"text": ["Rome"], "answer_start": [6]}), "'Rome' is not at code point 6"),
        ("answers", changed("answers", answers={"text": ["Rome"], "answer_start": []}), "1 answers but 0 places"),
        ("answers", changed("answers", question=""), "is empty"),
        ("answers", {"context": "x", "question": "y"}, '"answers" must be an object'),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, task: str, row: object, message: str):
    folder = dataset(tmp_path, task, [GOOD[task], row])
    with pytest.raises(DataError) as caught:
        read_dataset(folder)
    assert f"{task}/train.jsonl:2: " in str(caught.value)
    assert message in str(caught.value)


def test_missing_and_empty_files_are_named(tmp_path: Path):
    with pytest.raises(DataError, match="is not a folder"):
        read_dataset(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"no entities/train\.jsonl"):
        read_dataset(tmp_path)
    dataset(tmp_path, "sentiment", [])
    with pytest.raises(DataError, match=r"train\.jsonl: no examples in it"):
        read_dataset(tmp_path)
    dataset(tmp_path, "sentiment", [GOOD["sentiment"]])
    (tmp_path / "sentiment/README.md").unlink()
    with pytest.raises(DataError, match=r"README\.md is missing: its header names the labels"):
        read_dataset(tmp_path)
    (tmp_path / "sentiment/README.md").write_text("---\ndataset_info: 3\n---\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"README\.md: no class names of label"):
        read_dataset(tmp_path)


def test_a_task_without_training_examples_is_refused(tmp_path: Path):
    dataset(tmp_path, "sentiment", [GOOD["sentiment"]], "validation")
    with pytest.raises(DataError, match="sentiment has validation but no examples for training"):
        read_dataset(tmp_path)
