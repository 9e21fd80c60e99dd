"""Telling questions without an answer: AUC, threshold, halves of articles."""

import json
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from glossator_training import no_answer
from glossator_training.data.squad import Question
from glossator_training.network.model import MultiTaskModel
from glossator_training.no_answer import Judged, auc, best_threshold, f1_with_choice, halves, held_out_questions, judge, manifest_threshold, report
from glossator_training.predict import Best
from glossator_training.tokenization import TextTokenizer


def row(margin: float, f1: float, answerable: bool, title: str = "t") -> Judged:
    return Judged(Question("q", "?", "text", [(0, 4)] if answerable else [], title), margin, 0.5, f1, f1 == 1, 1 / (1 + math.exp(margin)))


def test_auc_is_the_chance_that_an_answerable_question_scores_higher():
    assert auc([3, 2], [1, 0]) == 1 and auc([0], [1]) == 0 and auc([1], [1]) == 0.5 and auc([], [1]) == 0.5
    rng = random.Random(1)
    positive, negative = [rng.randint(0, 9) for _ in range(40)], [rng.randint(-3, 6) for _ in range(30)]
    by_hand = sum((p > n) + (p == n) / 2 for p in positive for n in negative) / (40 * 30)
    assert auc(positive, negative) == pytest.approx(by_hand)


def test_the_threshold_is_the_best_there_is():
    rng = random.Random(2)
    for _ in range(50):
        rows = [row(rng.randint(0, 6), rng.random() if (answerable := rng.random() < 0.5) else 0.0, answerable) for _ in range(12)]
        best = max(f1_with_choice(rows, t) for t in (-1, *(m + 0.5 for m in range(8)), *range(8)))
        assert f1_with_choice(rows, best_threshold(rows)) == pytest.approx(best)
    assert best_threshold([]) == 0 and math.isfinite(best_threshold([row(1, 1, True)]))


def test_an_answer_is_weighed_against_none_in_the_window_it_was_read_in():
    best = Best(1)
    encoded = ([5, 6, 7, 8], [(0, 1), (2, 3), (4, 5), (6, 7)], [0, 1, 2, 3])
    # Position 0 stands for none; three windows of two tokens.
    for offset, none, score in ((0, 0.1, 0.2), (2, 0.3, 0.6), (1, 0.0, 0.4)):
        row = torch.tensor([none, score, 0.0])
        best.add(0, row, row, 1, 2, encoded, offset)
    (answer,) = best.answers
    assert answer and (answer.start, answer.end) == (4, 5)
    assert (answer.score, answer.none) == (pytest.approx(0.36), pytest.approx(0.09))


def test_a_threshold_that_json_cannot_say_is_refused():
    assert [manifest_threshold(t) for t in (1.5, -2.0)] == [-1.5, 2.0]
    with pytest.raises(ValueError, match="not finite"):
        manifest_threshold(-math.inf)


def test_the_threshold_is_judged_on_other_articles_than_it_was_chosen_on():
    rows = [row(2, 1, True, "a"), row(1, 0, False, "a"), row(1, 1, True, "b"), row(0, 0, False, "b")]
    fitted, unseen = halves(rows)
    assert ({r.question.title for r in fitted}, {r.question.title for r in unseen}) == ({"a"}, {"b"})
    found = report(rows)
    assert found["threshold"] == 2 and found["f1"] == 0.5 and found["auc"] == pytest.approx((1 + 1 + 0.5 + 1) / 4)


def test_questions_of_held_out_articles_in_both_wordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: MultiTaskModel, tokenizer: TextTokenizer):
    def article(title: str, *qas: dict) -> dict:
        return {"title": title, "paragraphs": [{"context": "Bob works in Rome .", "qas": list(qas)}]}

    answered = {"id": "a", "question": "Where works Bob ?", "paraphrase": "In what works Bob ?", "answers": [{"text": "Rome", "answer_start": 13}]}
    plain = {**answered, "id": "b", "paraphrase": ""}
    (tmp_path / "squad").mkdir()
    for name, articles in (
        ("train-v1.1", [article("aside", answered, plain), article("other", answered)]),
        ("train-noanswer", [article("aside", {"id": "n", "question": "Who ?", "answers": [], "is_impossible": True})]),
    ):
        (tmp_path / f"squad/{name}.json").write_text(json.dumps({"data": articles}), encoding="utf-8")
    monkeypatch.setattr(no_answer, "held_out_articles", lambda: {"aside"})
    assert [q.text for q in held_out_questions(tmp_path)] == ["Where works Bob ?", "Where works Bob ?", "Who ?"]
    questions = held_out_questions(tmp_path, "paraphrase")
    assert [q.text for q in questions] == ["In what works Bob ?", "Who ?"]
    rows = judge(model, tokenizer, questions)
    assert [r.answerable for r in rows] == [True, False] and all(0 < r.score < 1 and 0 <= r.f1 <= 1 for r in rows)
    assert no_answer.judged(questions[0], None).margin == -math.inf and no_answer.judged(questions[0], None).none == 1


def test_questions_are_told_apart_by_the_probability_of_none():
    answered, plain = row(-1, 1, True), row(1, 0, False)
    # Torn between two right spans, and sure that there is one.
    rows = [replace(answered, none=0.2), replace(plain, none=0.4)]
    assert report(rows)["auc"] == 1
