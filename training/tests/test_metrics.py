import pytest

from glossator_training.metrics import AnswerScore, EntityScore, Share, accuracy, answer_f1, answer_score, chunks, entity_f1, normalise_answer

GOLD = [["B-PER", "I-PER", "O", "B-LOC"], ["B-ORG", "B-ORG", "I-ORG", "O"], ["O", "O"], ["B-MISC"]]
FOUND = [["B-PER", "I-PER", "O", "B-ORG"], ["B-ORG", "I-ORG", "I-ORG", "O"], ["O", "I-LOC"], ["B-MISC"]]


def test_chunks_split_at_b_and_at_a_change_of_type():
    assert chunks(["B-PER", "I-PER", "B-PER", "O", "B-LOC", "I-ORG", "I-ORG"]) == [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC"), (5, 7, "ORG")]
    assert chunks(["I-PER", "I-PER", "O", "I-LOC"]) == [(0, 2, "PER"), (3, 4, "LOC")]
    assert chunks([]) == []


def test_entity_f1_counts_span_and_type():
    # Right: PER 0-2 and MISC. Found: PER, ORG; ORG 0-3; a stray LOC; MISC. Reference: PER, LOC; ORG, ORG; MISC.
    score = entity_f1(FOUND, GOLD)
    assert score == EntityScore(correct=2, found=5, reference=5)
    assert score.f1 == pytest.approx(0.4)
    assert EntityScore(0, 0, 0).f1 == 0.0
    assert EntityScore(3, 4, 6).precision == 0.75
    assert EntityScore(3, 4, 6).f1 == pytest.approx(2 * 0.75 * 0.5 / 1.25)


def test_entity_f1_agrees_with_seqeval():
    from seqeval import metrics as seqeval

    assert entity_f1(FOUND, GOLD).f1 == pytest.approx(seqeval.f1_score(GOLD, FOUND))


def test_scores_of_different_length_are_refused():
    with pytest.raises(ValueError):
        entity_f1([["O"]], [["O"], ["O"]])
    with pytest.raises(ValueError):
        accuracy([1], [1, 2])


def test_accuracy():
    assert accuracy(["a", "b", "c"], ["a", "x", "c"]) == Share(2, 3)
    assert Share(0, 0).value == 0.0


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Eiffel Tower!", "eiffel tower"),
        ("An apple a day", "apple day"),
        ("U.S.A.", "usa"),
        ("theory of the Theatre", "theory of theatre"),
        ("“Zürich”", "“zürich”"),
        ("...", ""),
    ],
)
def test_normalise_answer(text: str, normal: str):
    assert normalise_answer(text) == normal


def test_answer_f1():
    assert answer_f1("in the city of Paris", "Paris, France") == pytest.approx(2 * (1 / 4) * (1 / 2) / (3 / 4))
    assert answer_f1("a cat cat", "cat") == pytest.approx(2 / 3)
    assert answer_f1("x", "y") == 0.0
    assert answer_f1("", "") == 1.0
    assert answer_f1("", "y") == 0.0


def test_answer_score_takes_the_best_reference():
    score = answer_score(["the Paris", "Rome now", "", "Oslo"], [["London", "Paris"], ["Rome"], [], []])
    assert (score.exact, score.total) == (2, 4)
    assert score.f1_sum == pytest.approx(1 + 2 / 3 + 1 + 0)
    assert AnswerScore(0, 0.0, 0).f1 == 0.0
