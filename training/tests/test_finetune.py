"""Fine-tuning end to end on a tiny model folder, and its parts."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from test_exported import dataset

from glossator_training import finetune
from glossator_training.data.exported import LabelledQuestion, LabelledText
from glossator_training.labelset import merged_labels, merged_tags, with_labels
from glossator_training.network.config import NetworkConfig
from glossator_training.network.model import MultiTaskModel
from glossator_training.predict import best_span, predict_answers, predict_spans, predict_word_tags, windows
from glossator_training.tokenization import TextTokenizer
from glossator_training.tuning import answer_examples, entity_examples
from glossator_training.viterbi import best_tags
from glossator_training.weights import initializers, load_manifest, load_model_folder

NAMES, THINGS = ("Anna", "Bob", "Carla"), ("lamp", "widget", "robot")


def entity_rows(count: int, seed: int) -> list[dict]:
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        tokens = [rng.choice(NAMES), rng.choice(["sells", "likes"]), "the", rng.choice(THINGS), "."]
        rows.append({"text": " ".join(tokens[:4]) + ".", "tokens": tokens, "ner_tags": [1, 0, 0, 3, 0], "spans": []})
    return rows


def run(*words: object) -> int:
    args = finetune.arguments([str(w) for w in words] + ["--threads", "1"])
    finetune.run(args)
    return 0


def test_end_to_end_learns_a_new_label_and_leaves_other_tasks_alone(model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    data = dataset(tmp_path / "data", "entities", entity_rows(60, 1))
    dataset(data, "entities", entity_rows(10, 2), "validation")
    out = tmp_path / "mine"
    run("--model", model_folder, "--dataset", data, "--out", out, "--epochs", 12, "--decoder-rate", 2e-3, "--tokens", 96)
    said = capsys.readouterr().out
    assert "new labels B-GEAR, I-GEAR" in said
    assert "the encoder stays as it is (60 rows are fewer than 200" in said
    assert "sentiment: no examples" in said
    assert "the types LOC, MISC, ORG" in said

    manifest = load_manifest(out)
    assert manifest["name"] == "mine"
    assert manifest["tasks"]["entities"]["labels"][:5] == ["O", "B-PER", "I-PER", "B-GEAR", "I-GEAR"]
    assert set(manifest["tasks"]["entities"]["labels"]) >= {"B-ORG", "I-LOC", "B-MISC"}
    assert manifest["tasks"]["sentiment"]["temperature"] == 1.5
    assert manifest["tasks"]["answers"]["noAnswerThreshold"] == 0.25
    assert manifest["training"]["parent"]["name"] == "tiny"
    assert manifest["training"]["before"]["entities, validation"]["correct"] < 20
    assert manifest["training"]["after"]["entities, validation"] == {"correct": 20, "found": 20, "reference": 20}

    tokenizer = TextTokenizer(out / "tokenizer.json")
    assert predict_spans(load_model_folder(out), tokenizer, ["Bob likes the robot."]) == [{(0, 3, "PER"), (14, 19, "GEAR")}]
    # Widened and stored once more, rows give the same numbers.
    for part in ("encoder", "sentiment", "answers"):
        old, new = initializers(model_folder / f"{part}.onnx"), initializers(out / f"{part}.onnx")
        for name in old:
            np.testing.assert_array_equal(old[name], new[name], err_msg=f"{part} {name}")


def test_all_tasks_with_the_encoder_and_replay_are_seeded(model_folder: Path, base_data: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    """Everything but the export, which the other test covers: two runs give the same weights, and every part moves."""
    data = dataset(tmp_path / "data", "entities", entity_rows(6, 1))
    dataset(data, "sentiment", [{"text": "the film is good", "label": 1}, {"text": "the plot is bad", "label": 0}])
    answers = {"context": "Anna lives in Paris. " * 3, "question": "Where lives Anna?", "answers": {"text": ["Paris"], "answer_start": [14]}}
    dataset(data, "answers", [answers, {**answers, "answers": {"text": [], "answer_start": []}}])
    states = []
    monkeypatch.setattr(finetune, "export_model", lambda model, *rest, **more: states.append(model.state_dict()))
    for out in ("one", "two"):
        run("--model", model_folder, "--dataset", data, "--out", tmp_path / out, "--epochs", 2, "--train-encoder", "--replay", base_data, "--tokens", 64)
    said = capsys.readouterr().out
    assert "the encoder is trained, too\n" in said and "answers, training examples, none held out (2 rows)" in said
    before = load_model_folder(model_folder).state_dict()
    for name, tensor in states[0].items():
        assert torch.equal(tensor, states[1][name]), name
    for name in (
        "encoder.layers.0.inner.weight",
        "sentiment.output.weight",
        "entities.layers.0.inner.weight",
        "answers.output.weight",
        "answers.task_gate.shared.up.weight",
    ):
        assert not torch.equal(states[0][name], before[name]), name
    assert torch.equal(states[0]["encoder.word_embeddings.weight"], before["encoder.word_embeddings.weight"])


def test_out_folders_are_not_overwritten_by_accident(model_folder: Path, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture):
    data = dataset(tmp_path / "data", "entities", entity_rows(2, 1))
    out = tmp_path / "full"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work", encoding="utf-8")
    for extra, message in (((), "is not empty"), (("--overwrite",), "not a Glossator model folder")):
        words = ["finetune", "--model", str(model_folder), "--dataset", str(data), "--out", str(out), *extra]
        monkeypatch.setattr("sys.argv", words)
        assert finetune.main() == 1
        assert message in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["finetune", "--model", str(model_folder), "--dataset", str(data), "--out", str(model_folder)])
    assert finetune.main() == 1
    assert "choose another folder" in capsys.readouterr().err
    assert (out / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_label_sets_merge_in_the_datasets_order():
    assert merged_labels(["b", "a"], ["a", "c"]) == ("b", "a", "c")
    assert merged_tags(["LOC", "NEW"], ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]) == ("O", "B-LOC", "I-LOC", "B-NEW", "I-NEW", "B-PER", "I-PER")


def test_grown_layers_keep_the_rows_of_known_labels(model: MultiTaskModel):
    tags = merged_tags(["LOC", "NEW"], model.config.entity_labels)
    grown = with_labels(model, ("positive", "mixed", "negative", "neutral"), tags, seed=4)
    for name in model.config.entity_labels:
        old, new = model.config.entity_labels.index(name), tags.index(name)
        assert torch.equal(model.entities.output.weight[old], grown.entities.output.weight[new])
        assert model.entities.output.bias[old] == grown.entities.output.bias[new]
    assert torch.equal(model.sentiment.output.weight[1], grown.sentiment.output.weight[0])
    assert 0 < grown.entities.output.weight[tags.index("B-NEW")].abs().max() < 0.2
    again = with_labels(model, ("positive", "mixed", "negative", "neutral"), tags, seed=4)
    assert torch.equal(grown.entities.output.weight, again.entities.output.weight)
    assert model.config.entity_labels[0] == "O" and len(model.config.entity_labels) == 9


def test_entity_examples_follow_spans_not_words(tokenizer: TextTokenizer, config: NetworkConfig):
    ids = {name: i for i, name in enumerate(config.entity_labels)}
    row = LabelledText("😀 Acme-Xy Rome", ((2, 9, "ORG"), (10, 14, "LOC")))
    (example,) = entity_examples([row], tokenizer, config)
    assert example.labels == [ids["O"], ids["B-ORG"], ids["I-ORG"], ids["I-ORG"], -100, ids["B-LOC"]]
    long = LabelledText("Rome " * 1200, ())
    pieces = entity_examples([long, LabelledText("\x00", ())], tokenizer, config)
    assert [len(p.ids) for p in pieces] == [510, 510, 180]


def test_answer_windows_hold_the_answer_wherever_it_stands(tokenizer: TextTokenizer, config: NetworkConfig):
    rome = tokenizer.encode(["rome"])[0][0]
    for place in (0, 1, 300, 698, 699):
        words = ["the"] * 700
        words[place] = "Rome"
        at = 4 * place
        context = " ".join(words)
        row = LabelledQuestion("where ?", context, ((at, at + 4),))
        (example,) = answer_examples([row], tokenizer, config, random.Random(place))
        ((start, end),) = example.answers
        assert example.passage[start : end + 1] == rome
        assert len(example.question) + len(example.passage) + 3 == 384
    none = answer_examples([LabelledQuestion("where ?", "the " * 700, ())], tokenizer, config, random.Random(0))
    assert len(none) == 3 and all(not e.answers for e in none)


def test_windows_cover_everything_and_overlap():
    assert windows(5, 10, 3) == [(0, 5)]
    assert windows(10, 10, 3) == [(0, 10)]
    assert windows(20, 10, 3) == [(0, 10), (7, 17), (14, 20)]
    assert windows(0, 10, 3) == []


def test_best_span():
    starts, ends = torch.zeros(50), torch.zeros(50)
    starts[0], starts[10], starts[20] = 0.6, 0.3, 0.1
    ends[0], ends[9], ends[12], ends[45] = 0.5, 0.3, 0.15, 0.05
    first, last, score = best_span(starts, ends, 5, 45)
    assert (first, last) == (5, 7) and score == pytest.approx(0.3 * 0.15)
    far = torch.zeros(50)
    far[45] = 1.0
    assert best_span(starts, far, 5, 45)[1] - best_span(starts, far, 5, 45)[0] < 30


def test_best_tags_never_begin_an_entity_with_i():
    tags = ["O", "B-A", "I-A", "B-B", "I-B"]
    logits = torch.tensor([[0.0, 2.0, 3.0, 0, 0], [0, 0, 1.0, 0, 5.0], [4.0, 0, 0, 0, 0]])
    read = best_tags(logits, tags)
    assert read in (["B-A", "I-A", "O"], ["B-B", "I-B", "O"])
    best = max(
        ([a, b, c] for a in tags for b in tags for c in tags if allowed([a, b, c])), key=lambda path: sum(logits[i][tags.index(t)] for i, t in enumerate(path))
    )
    assert read == best
    assert best_tags(torch.zeros(0, 5), tags) == []


def allowed(path: list[str]) -> bool:
    return all(not tag.startswith("I-") or (i and path[i - 1][2:] == tag[2:]) for i, tag in enumerate(path))


def test_predictions_of_odd_texts(model: MultiTaskModel, tokenizer: TextTokenizer):
    words = [["Anna", "\u200b", "lives"], ["\x00"], ["word"] * 600]
    assert [len(tags) for tags in predict_word_tags(model, tokenizer, words)] == [3, 1, 600]
    assert predict_spans(model, tokenizer, [""]) == [set()]
    long = "the film is good . " * 200
    found, nothing = predict_answers(model, tokenizer, [("what is good ?", long), ("what ?", "\x00")])
    assert nothing is None
    assert 0 <= found.start < found.end <= len(long) and 0 < found.score < 1


def test_errors_go_to_standard_error_with_exit_code_1(model_folder: Path, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture):
    data = dataset(tmp_path / "data", "sentiment", ['{"text": 1}'])
    monkeypatch.setattr("sys.argv", ["finetune", "--model", str(model_folder), "--dataset", str(data), "--out", str(tmp_path / "o")])
    assert finetune.main() == 1
    assert json.dumps(str(data))[1:-1] in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
