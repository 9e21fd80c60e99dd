import json
import random
from pathlib import Path

import pytest

from glossator_training.data.answers import AnswerOptions, AnswerSource, answer_source, token_span
from glossator_training.data.batches import collate, cut_batches, length, rows
from glossator_training.data.conll import read_conll, to_iob2
from glossator_training.data.entities import EntityOptions, EntitySource, label_words
from glossator_training.data.example import AnswerExample, DataError, EntityExample, SentimentExample
from glossator_training.data.sentiment import SentimentOptions, SentimentSource
from glossator_training.data.squad import held_out_articles, read_squad
from glossator_training.data.sst import read_sst2
from glossator_training.data.technical import technical_tags
from glossator_training.network.config import NetworkConfig
from glossator_training.tokenization import TextTokenizer


@pytest.mark.parametrize(
    ("tags", "iob2"),
    [
        (["I-PER", "I-PER", "O", "I-PER"], ["B-PER", "I-PER", "O", "B-PER"]),
        (["I-PER", "B-PER", "I-PER"], ["B-PER", "B-PER", "I-PER"]),
        (["I-PER", "I-LOC"], ["B-PER", "B-LOC"]),
        (["B-PER", "I-PER", "B-LOC"], ["B-PER", "I-PER", "B-LOC"]),
        (["S-PER", "B-LOC", "I-LOC", "E-LOC", "S-LOC"], ["B-PER", "B-LOC", "I-LOC", "I-LOC", "B-LOC"]),
        (["U-PER", "B-LOC", "L-LOC", "I-LOC"], ["B-PER", "B-LOC", "I-LOC", "B-LOC"]),
        ([], []),
    ],
)
def test_to_iob2(tags: list[str], iob2: list[str]):
    assert to_iob2(tags) == iob2


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_conll_documents_and_sentences(tmp_path: Path):
    text = "-DOCSTART- -X- O O\r\n\r\nAnna N N I-PER\r\nruns V V O\r\n\r\n-DOCSTART- -X- O O\n\nRome\tB-LOC\n"
    assert read_conll(write(tmp_path / "a.txt", text)) == [[(["Anna", "runs"], ["B-PER", "O"])], [(["Rome"], ["B-LOC"])]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Anna O\nlonely\n", r"bad\.txt:2: expected a word and a tag"),
        ("Anna O\n\nRome X-LOC\n", r"bad\.txt:3: 'X-LOC' is no"),
        ("Anna B-\n", r"bad\.txt:1: 'B-' is no"),
        ("Anna B-DOG\n", r"bad\.txt:1: entity type 'DOG' is not one of LOC, PER"),
        ("\n\n", r"bad\.txt: no sentences"),
    ],
)
def test_conll_errors_name_file_and_line(tmp_path: Path, text: str, message: str):
    with pytest.raises(DataError, match=message):
        read_conll(write(tmp_path / "bad.txt", text), {"PER", "LOC"})


def test_sst_errors_name_file_and_line(tmp_path: Path):
    assert read_sst2(write(tmp_path / "good.tsv", "label\ttext\n1\tfine \n0\t \n0\tbad\n")) == [("fine", 1), ("bad", 0)]
    with pytest.raises(DataError, match=r"bad\.tsv:3: expected 0 or 1"):
        read_sst2(write(tmp_path / "bad.tsv", "label\ttext\n1\tfine\n2\tso\n"))
    with pytest.raises(DataError, match=r"none\.tsv: no examples"):
        read_sst2(write(tmp_path / "none.tsv", "label\ttext\n"))


def squad(context: str, answers: list[dict]) -> str:
    return json.dumps({"data": [{"paragraphs": [{"context": context, "qas": [{"id": "q7", "question": "Where?", "answers": answers}]}]}]})


def test_squad_spans_are_code_points(tmp_path: Path):
    (question,) = read_squad(write(tmp_path / "a.json", squad("😀 in Rome", [{"text": "Rome", "answer_start": 5}])))
    assert question.answers == [(5, 9)]
    with pytest.raises(DataError, match=r"bad\.json:1: question q7: 'Rome' is not at 6"):
        read_squad(write(tmp_path / "bad.json", squad("😀 in Rome", [{"text": "Rome", "answer_start": 6}])))
    with pytest.raises(DataError, match=r"torn\.json: not in SQuAD's format"):
        read_squad(write(tmp_path / "torn.json", '{"data": ['))
    with pytest.raises(DataError, match=r"none\.json: no questions"):
        read_squad(write(tmp_path / "none.json", '{"data": []}'))


def test_label_words_aligns_words_pretokens_and_pieces(tokenizer: TextTokenizer):
    labels = {"O": 0, "B-ORG": 1, "I-ORG": 2}
    # "Acme-Xy" is three pre-tokens, the last of them two pieces; "Rome" begins another entity.
    (example,) = label_words(tokenizer, [(["Acme-Xy", "Rome", "is", "."], ["B-ORG", "B-ORG", "O", "O"])], labels)
    pieces = [tokenizer.tokenizer.id_to_token(i) for i in example.ids]
    assert pieces == ["acme", "-", "x", "##y", "rome", "is", "."]
    assert example.labels == [1, 2, 2, -100, 1, 0, 0]
    assert len(example.shapes) == len(example.ids)


def test_token_span_covers_every_overlapped_token():
    offsets = [(0, 2), (3, 6), (6, 8), (9, 12)]
    assert token_span(offsets, (3, 8)) == (1, 2)
    assert token_span(offsets, (4, 7)) == (1, 2)
    assert token_span(offsets, (2, 3)) is None


def test_batches_respect_the_budget_and_lose_nothing():
    rng = random.Random(0)
    lengths = [rng.randint(1, 60) for _ in range(5000)] + [900]
    batches = cut_batches(lengths, 256, random.Random(1))
    assert sorted(i for b in batches for i in b) == list(range(5001))
    assert all(len(b) == 1 or len(b) * max(lengths[i] for i in b) <= 256 for b in batches)
    assert batches == cut_batches(lengths, 256, random.Random(1))
    assert batches != cut_batches(lengths, 256, random.Random(2))


def test_collate(tokenizer: TextTokenizer):
    made = collate([SentimentExample([7, 8, 9], 1), SentimentExample([7], 2)], tokenizer)
    assert made["input_ids"].tolist() == [[2, 7, 8, 9, 3], [2, 7, 3, 0, 0]]
    assert made["attention_mask"].tolist() == [[1] * 5, [1, 1, 1, 0, 0]]
    assert made["labels"].tolist() == [1, 2]
    made = collate([EntityExample([7, 8], [2, 3], [1, -100]), EntityExample([7], [4], [0])], tokenizer)
    assert made["labels"].tolist() == [[-100, 1, -100, -100], [-100, 0, -100, -100]]
    assert made["shape_ids"].tolist() == [[0, 2, 3, 0], [0, 4, 0, 0]]
    made = collate([AnswerExample([5, 6], [7, 8, 9], [(1, 2)]), AnswerExample([5], [7], [])], tokenizer)
    assert made["input_ids"].tolist() == [[2, 5, 6, 3, 7, 8, 9, 3], [2, 5, 3, 7, 3, 0, 0, 0]]
    assert made["token_type_ids"].tolist() == [[0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 0, 0, 0]]
    assert made["passage_mask"].tolist() == [[0, 0, 0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 0, 0, 0, 0]]
    assert (made["starts"].tolist(), made["ends"].tolist()) == ([[5], [0]], [[6], [0]])
    made = collate([AnswerExample([5], [7, 8, 7], [(0, 0), (2, 2)]), AnswerExample([5], [7], [(0, 0)], distractor=[9, 9])], tokenizer)
    assert made["starts"].tolist() == made["ends"].tolist() == [[3, 5], [3, -1], [0, -1]]
    assert made["input_ids"].tolist()[2] == [2, 5, 3, 9, 9, 3, 0]


def test_entity_epochs_hold_every_sentence_once(base_data: Path, tokenizer: TextTokenizer, config: NetworkConfig):
    source = EntitySource([base_data / "conll2003/eng.train"], tokenizer, config, EntityOptions(window=60))
    total = sum(len(s.ids) for d in source.documents for s in d)
    first, second = source.epoch(random.Random(1)), source.epoch(random.Random(2))
    assert sum(len(e.ids) for e in first) == sum(len(e.ids) for e in second) == total
    assert first == source.epoch(random.Random(1))


def test_batches_count_both_rows_of_a_pair(tokenizer: TextTokenizer):
    examples = [AnswerExample([5], [7] * n, [(0, 0)], [8] * 9 if n % 3 == 0 else None) for n in range(1, 60)]
    batches = cut_batches([length(e) for e in examples], 200, random.Random(1), [rows(e) for e in examples])
    assert sorted(i for b in batches for i in b) == list(range(59))
    sizes = [collate([examples[i] for i in b], tokenizer)["input_ids"].numel() for b in batches]
    assert max(sizes) <= 200 and sum(sizes) / len(sizes) > 120


def test_answer_windows_hold_their_answer(base_data: Path, tokenizer: TextTokenizer):
    path = base_data / "squad/train-v1.1.json"
    source = AnswerSource({path: 1.0}, tokenizer, AnswerOptions(window=6, distractors=0, elsewhere=0))
    places = [tokenizer.encode([p])[0][0] for p in ("paris", "rome", "lima")]
    for example in source.epoch(random.Random(3)):
        assert len(example.passage) <= 6
        ((start, end),) = example.answers
        assert example.passage[start : end + 1] in places
    without = AnswerSource({path: 1.0}, tokenizer, AnswerOptions(window=6, elsewhere=1)).epoch(random.Random(3))
    assert all(not e.answers for e in without)


def test_all_places_of_an_answer_are_targets_where_its_own_is_not_known(tmp_path: Path, tokenizer: TextTokenizer):
    context = "Rome is in Rome . Bob likes Rome and Romeo ."
    answer = {"text": "Rome", "answer_start": context.rindex("Rome ")}
    for occurrences, places in ((3, 3), (1, 1)):
        qa = {"id": "q", "question": "Where?", "answers": [answer, answer], "occurrences": occurrences}
        path = write(tmp_path / "a.json", json.dumps({"data": [{"title": "t", "paragraphs": [{"context": context, "qas": [qa]}]}]}))
        (example,) = AnswerSource({path: 1.0}, tokenizer, AnswerOptions(elsewhere=0)).epoch(random.Random(1))
        rome = tokenizer.encode(["Rome"])[0][0]
        assert len(example.answers) == len(set(example.answers)) == places
        assert all(example.passage[s : e + 1] == rome for s, e in example.answers)


def test_distractors_are_of_the_same_article_and_without_the_answer(tmp_path: Path, tokenizer: TextTokenizer):
    def article(title: str, contexts: list[str]) -> dict:
        qas = {"id": title, "question": "Where works Bob ?", "answers": [{"text": "Rome", "answer_start": contexts[0].index("Rome")}]}
        return {"title": title, "paragraphs": [{"context": c, "qas": [qas] if c == contexts[0] else []} for c in contexts]}

    own = article("own", ["Bob works in Rome .", "Bob works in Lima .", "Bob works in Rome , too .", "the plot is dull ."])
    more = {"id": "x", "question": "What ?", "answers": [{"text": "plot", "answer_start": 4}]}
    for paragraph in own["paragraphs"][1:]:
        paragraph["qas"] = [{**more, "answers": [{"text": paragraph["context"][-3], "answer_start": len(paragraph["context"]) - 3}]}]
    path = write(tmp_path / "a.json", json.dumps({"data": [own, article("lonely", ["Rome is fine ."])]}))
    source = AnswerSource({path: 1.0}, tokenizer, AnswerOptions(distractors=1, elsewhere=0))
    asked = next(q for q in source.groups[0][0] if q.identifier == "own")
    seen = {tuple(source.distractor(asked, random.Random(i))) for i in range(40)}
    allowed = {tuple(tokenizer.encode([c])[0][0]) for c in ("Bob works in Lima .", "the plot is dull .")}
    assert seen == allowed
    assert source.distractor(next(q for q in source.groups[0][0] if q.identifier == "lonely"), random.Random(1)) is None


def test_questions_without_an_answer_have_their_share_and_paraphrases_are_asked(base_data: Path, tokenizer: TextTokenizer):
    source = AnswerSource(
        {base_data / "squad/train-v1.1.json": 1.0}, tokenizer, AnswerOptions(unanswerable=0.25, elsewhere=0), base_data / "squad/train-noanswer.json"
    )
    examples = source.epoch(random.Random(1))
    assert sum(not e.answers for e in examples) / len(examples) == 0.25
    question = source.groups[0][0][0]
    question.paraphrase = "What ?"
    source.questions["What ?"] = [9]
    wordings = [source.asked(question, random.Random(i)) for i in range(200)]
    assert 60 < wordings.count([9]) < 120


def test_held_out_articles_are_never_trained_on(base_data: Path, tokenizer: TextTokenizer):
    titles = held_out_articles()
    assert len(titles) == 40 and "Neptune" in titles
    source = AnswerSource({base_data / "squad/train-v1.1.json": 1.0}, tokenizer, None, base_data / "squad/train-noanswer.json", held_out=frozenset({"u"}))
    assert source.without == [] and source.groups[0][0]
    with pytest.raises(DataError, match=r"train-v1\.1\.json: all its articles are held out"):
        AnswerSource({base_data / "squad/train-v1.1.json": 1.0}, tokenizer, held_out=frozenset({"t"}))


def test_a_mix_of_questions_takes_the_place_of_the_default_one(base_data: Path, tokenizer: TextTokenizer):
    whole = answer_source(base_data, tokenizer)
    source = answer_source(base_data, tokenizer, {"squad/train-v1.1.json": 0.5})
    assert len(whole.groups) > len(source.groups) == 1
    assert whole.without and source.without
    ((questions, share),) = source.groups
    assert share == 0.5
    assert len(source.drawn(random.Random(1))) == round(len(questions) / 2)
    with pytest.raises(DataError, match=r"none of squad/train-v1\.1\.json"):
        answer_source(base_data / "sst2", tokenizer)


def test_other_cases_change_the_shapes_alone(base_data: Path, tokenizer: TextTokenizer, config: NetworkConfig):
    source = EntitySource([base_data / "conll2003/eng.train"], tokenizer, config, EntityOptions(masked=0, cases=(("upper", 1.0),)))
    plain = EntitySource([base_data / "conll2003/eng.train"], tokenizer, config, EntityOptions(masked=0, cases=()))
    for changed, kept in zip(source.epoch(random.Random(1)), plain.epoch(random.Random(1)), strict=False):
        assert {s // 2 for s in changed.shapes} <= {3, 5, 7} and {s // 2 for s in kept.shapes} > {1, 2}
    assert {e.ids[0] for d in source.documents for e in d} == {e.ids[0] for d in plain.documents for e in d}


def test_technical_words_are_outside_and_all_else_is_open(tokenizer: TextTokenizer):
    (example,) = technical_tags(tokenizer, ["Anna likes the HTTP robot-lamp ."], 0)
    pieces = [tokenizer.tokenizer.id_to_token(i) for i in example.ids]
    labelled = {p for p, label in zip(pieces, example.labels, strict=True) if label == 0}
    assert labelled >= {"likes", "the", "h"} and not labelled & {"anna", "robot", "lamp", "."}
    assert {label for label in example.labels} == {0, -100}


def test_segments_of_a_readme_are_neutral_and_short_phrases_are_thinned(base_data: Path, tokenizer: TextTokenizer):
    path = base_data / "readme.tsv"
    options = SentimentOptions(short=0.5, segments=2.0, objective=0, passages=0, neutral=0)
    source = SentimentSource(base_data, tokenizer, options, path)
    source.short = source.phrases[:10]
    examples = source.epoch(random.Random(1))
    assert len(examples) == len(source.phrases) + 5 + 2 * 3
    heading = tokenizer.encode(["The story"])[0][0]
    assert [e.label for e in examples if e.ids == heading] == [2, 2]
