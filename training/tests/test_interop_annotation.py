"""Exported files read by the tools they are for, and those tools' files read by us (`test/interop/formats.ts`)."""

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(shutil.which("node") is None or not (ROOT / "node_modules/tsx").exists(), reason="needs node and node_modules")


def formats(*arguments: str) -> str:
    environment = {**os.environ, "GLOSSATOR_PYTHON": sys.executable}
    command = ["node", "--import", "tsx", "test/interop/formats.ts", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(name: str, folder: Path) -> dict:
    result = json.loads(formats("read", name, str(folder)))
    assert result["detected"]["confidence"] > 0.5
    return result


def exacts(result: dict) -> list[list[tuple[str, str]]]:
    return [[(one["exact"], one["label"]) for one in document["layers"]["entities"]["labels"]] for document in result["documents"]]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interop")
    formats("write", str(folder))
    return folder


@pytest.fixture(scope="module")
def documents(exported: Path) -> dict[str, dict]:
    return {one["path"]: one for one in json.loads((exported / "documents.json").read_text(encoding="utf-8"))}


def rows(path: Path) -> list[dict]:
    # As careless readers cut lines: at U+2028 and U+0085 too.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def expected(documents: dict[str, dict]) -> set[tuple[str, str, str]]:
    return {(path, label, exact) for path, one in documents.items() for _, _, label, exact in one["entities"]}


def test_design_vector(documents: dict[str, dict]):
    assert [tuple(one[:3]) for one in documents["vector.txt"]["entities"]] == [(9, 15, "LOC"), (26, 30, "ORG")]
    for one in documents.values():
        for start, end, _, exact in one["entities"]:
            assert one["text"][start:end] == exact


def test_doccano_in_both_units(exported: Path, documents: dict[str, dict]):
    for unit in ("utf16", "codepoint"):
        found, related = set(), 0
        for row in rows(exported / f"doccano-{unit}/entities/train.jsonl"):
            data = row["text"].encode("utf-16-le")
            # With relations, as doccano's projects with relations have it.
            for span in row["entities"]:
                start, end, label = span["start_offset"], span["end_offset"], span["label"]
                exact = data[2 * start : 2 * end].decode("utf-16-le") if unit == "utf16" else row["text"][start:end]
                found.add((row["glossator"]["path"], label, exact))
            ids = {span["id"] for span in row["entities"]}
            assert all({one["from_id"], one["to_id"]} <= ids and one["type"] for one in row["relations"])
            related += len(row["relations"])
        assert found == expected(documents)
        assert related > 0


def test_prodigy_spans_and_tokens_are_python_slices(exported: Path, documents: dict[str, dict]):
    found = set()
    for row in rows(exported / "prodigy/entities/train.jsonl"):
        for token in row["tokens"]:
            assert row["text"][token["start"] : token["end"]] == token["text"]
        for span in row["spans"]:
            assert row["tokens"][span["token_start"]]["start"] == span["start"]
            assert row["tokens"][span["token_end"]]["end"] == span["end"]
            if row["answer"] == "accept":
                found.add((row["meta"]["source"], span["label"], row["text"][span["start"] : span["end"]]))
    assert found == expected(documents)


def test_spacy_takes_the_dictionaries(exported: Path):
    spacy = pytest.importorskip("spacy")
    from spacy.training import Example

    nlp, held = spacy.blank("en"), 0
    for row in rows(exported / "spacy/entities/train.jsonl"):
        doc = nlp.make_doc(row["text"])
        # Those that begin or end inside a token of spaCy's are ignored with a warning (W030), whoever wrote them.
        aligned = [one for one in row["entities"] if doc.char_span(*one[:2]) is not None]
        spans = {key: [(*one, "") for one in group if doc.char_span(*one[:2]) is not None] for key, group in row.get("spans", {}).items()}
        with warnings.catch_warnings():
            warnings.simplefilter("error" if len(aligned) == len(row["entities"]) else "ignore")
            # Raises E103 if entities overlap.
            example = Example.from_dict(doc, {"entities": [tuple(one) for one in row["entities"]], "spans": spans})
        assert {(e.text, e.label_) for e in example.reference.ents} == {(row["text"][s:e], label) for s, e, label in aligned}
        assert sum(len(group) for group in example.reference.spans.values()) == sum(len(group) for group in spans.values())
        held += len(aligned)
    assert held > 20
    for row in rows(exported / "spacy/sentiment/train.jsonl"):
        example = Example.from_dict(nlp.make_doc(row["text"]), {"cats": row["cats"]})
        assert sum(example.reference.cats.values()) == 1


def test_spacy_trains_on_the_docbin(exported: Path, documents: dict[str, dict]):
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin
    from spacy.training import Corpus

    nlp = spacy.blank("en")
    docs = list(DocBin().from_disk(exported / "docbin/entities/train.spacy").get_docs(nlp.vocab))
    lines = rows(exported / "spacy/entities/train.jsonl")
    assert [doc.text for doc in docs] == [row["text"] for row in lines]
    for doc, row in zip(docs, lines, strict=True):
        assert [[e.start_char, e.end_char, e.label_] for e in doc.ents] == row["entities"]
        spans = [[s.start_char, s.end_char, s.label_] for s in doc.spans.get("sc", [])]
        assert spans == row.get("spans", {}).get("sc", [])
        assert all(token.ent_iob != 0 for token in doc), "reviewed text is not missing"
    examples = list(Corpus(exported / "docbin/entities/train.spacy")(nlp))
    assert len(examples) == len(docs)
    recognizer = nlp.add_pipe("ner")
    nlp.initialize(lambda: examples[:20])
    assert nlp.update(examples[:20])["ner"] > 0
    assert set(recognizer.labels) <= {"PER", "ORG", "LOC", "MISC"}


def test_docbin_of_spacy(tmp_path: Path):
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin, Span

    nlp = spacy.blank("de")
    one = nlp("I 😀 love Zürich and 👨‍👩‍👧 Acme. Nobody looked here.")
    ents = [one.char_span(9, 15, label="LOC"), one.char_span(26, 30, label="ORG")]
    one.set_ents(ents, missing=[one[12:]], default="outside")
    one.spans["sc"] = [Span(one, 0, 4, label="ALL")]
    two = nlp("Great film.")
    two.cats = {"POS": 0.9, "NEG": 0.1}
    (tmp_path / "train.spacy").write_bytes(DocBin(docs=[one, two]).to_bytes())
    (tmp_path / "other.spacy").write_bytes(b"not zlib")
    result = read("docbin", tmp_path)
    assert exacts(result) == [[("Zürich", "LOC"), ("Acme", "ORG"), ("I 😀 love Zürich", "ALL")], []]
    first, second = result["documents"]
    units = first["text"].encode("utf-16-le")
    reviewed = [units[2 * span["start"] : 2 * span["end"]].decode("utf-16-le") for span in first["layers"]["entities"]["reviewed"]]
    assert "".join(reviewed).startswith("I 😀 love Zürich and") and "here" not in "".join(reviewed)
    assert [(label["label"], label["exact"]) for label in second["layers"]["sentiment"]["labels"]] == [("POS", "Great film.")]
    assert second["layers"]["entities"]["reviewed"] == []
    assert [loss["file"] for loss in result["losses"]] == ["other.spacy"]


SEVERAL = {"😀 A fine start, a dreadful end.": {"positive", "negative"}, "It opens at nine.": {"neutral"}}


def classes(result: dict) -> dict[str, set[str]]:
    """The classes of each text that was read."""
    found = [(document["text"], document["layers"]["sentiment"]["labels"]) for document in result["documents"]]
    assert all(one["exact"] == text for text, some in found for one in some)
    return {text: {one["label"] for one in some} for text, some in found}


@pytest.mark.parametrize("files", ["jsonl", "parquet"])
def test_datasets_has_several_classes_and_gives_them_back(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: str):
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    datasets = pytest.importorskip("datasets")
    ours = exported / f"several/huggingface-{files}"
    assert json.loads((ours / "losses.json").read_text(encoding="utf-8")) == []
    made = datasets.load_dataset(str(ours / "sentiment"), cache_dir=str(tmp_path / "cache"))["train"]
    label = made.features["labels"].feature
    assert isinstance(label, datasets.ClassLabel)
    assert {row["text"]: {label.int2str(number) for number in row["labels"]} for row in made} == SEVERAL
    # As anybody's rows: without the columns that are ours alone.
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    plain = made.select_columns(["text", "labels"])
    plain.save_to_disk(str(theirs))
    assert classes(read("huggingface", theirs)) == SEVERAL


def test_spacy_has_several_classes_and_gives_them_back(exported: Path, tmp_path: Path):
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin
    from spacy.training import Corpus

    ours = exported / "several/docbin"
    assert json.loads((ours / "losses.json").read_text(encoding="utf-8")) == []
    nlp = spacy.blank("en")
    docs = list(DocBin().from_disk(ours / "sentiment/train.spacy").get_docs(nlp.vocab))
    assert {doc.text: {name for name, share in doc.cats.items() if share == 1} for doc in docs} == SEVERAL
    assert all(set(doc.cats) == {"negative", "positive", "neutral"} for doc in docs), "a class that is not given is wrong, not unknown"
    examples = list(Corpus(ours / "sentiment/train.spacy")(nlp))
    nlp.add_pipe("textcat_multilabel")
    nlp.initialize(lambda: examples)
    assert nlp.update(examples)["textcat_multilabel"] > 0
    # As anybody's: without our marks.
    (tmp_path / "train.spacy").write_bytes(DocBin(docs=docs).to_bytes())
    assert classes(read("docbin", tmp_path)) == SEVERAL


def test_spacy_converts_our_conllu(exported: Path):
    pytest.importorskip("spacy")
    from spacy.training.converters import conllu_to_docs

    text = (exported / "conllu/train.conllu").read_text(encoding="utf-8")
    docs = list(conllu_to_docs(text, n_sents=1, no_print=True))
    tags = [tag for sentence in conllu_tags(text) for tag in sentence]
    assert [token.text for doc in docs for token in doc] == [form for form, _ in conllu_words(text)]
    found = sum(len(doc.ents) for doc in docs)
    assert found == sum(tag.startswith("B-") for tag in tags) > 20


def conllu_words(text: str) -> list[tuple[str, str]]:
    lines = [line.split("\t") for line in text.split("\n") if line and not line.startswith("#")]
    return [(columns[1], columns[9]) for columns in lines]


def conllu_tags(text: str) -> list[list[str]]:
    blocks = [block.split("\n") for block in text.strip("\n").split("\n\n")]
    return [[dict(part.split("=", 1) for part in line.split("\t")[9].split("|"))["NE"] for line in block if not line.startswith("#")] for block in blocks]


def test_seqeval_finds_the_entities_of_our_tags(exported: Path):
    from seqeval.metrics import classification_report, f1_score
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import IOB2, Entities

    conllu = conllu_tags((exported / "conllu/train.conllu").read_text(encoding="utf-8"))
    blocks = (exported / "conll2003/train.txt").read_text(encoding="utf-8").split("\n\n")
    lines = [[line.split(" ") for line in block.split("\n") if line and not line.startswith("-DOCSTART-")] for block in blocks]
    conll = [[columns[3] for columns in block] for block in lines if block]
    for sentences in (conllu, conll):
        begun = sum(tag.startswith("B-") for tags in sentences for tag in tags)
        strict = Entities(sentences, scheme=IOB2)
        assert sum(len(one) for one in strict.entities) == begun == len(get_entities([t for s in sentences for t in [*s, "O"]])) > 20
        assert f1_score(sentences, sentences, mode="strict", scheme=IOB2) == 1
        assert "ORG" in classification_report(sentences, sentences)


@pytest.fixture(scope="module")
def interface(exported: Path):
    label_interface = pytest.importorskip("label_studio_sdk.label_interface")
    return label_interface.LabelInterface((exported / "labelstudio/config.xml").read_text(encoding="utf-8"))


def test_label_studio_takes_our_tasks(exported: Path, interface):
    interface.validate()
    tasks = json.loads((exported / "labelstudio/train.json").read_text(encoding="utf-8"))
    for task in tasks:
        assert interface.validate_task({"data": task["data"]})
        for one in [*task["annotations"], *task["predictions"]]:
            assert interface.validate_prediction(one, return_errors=True) == []
            for result in one["result"]:
                if result["type"] == "labels":
                    value = result["value"]
                    assert task["data"]["text"][value["start"] : value["end"]] == value["text"]


def test_label_studios_converter_reads_our_tasks(exported: Path, documents: dict[str, dict], tmp_path: Path):
    converter = pytest.importorskip("label_studio_sdk.converter.converter")
    config = (exported / "labelstudio/config.xml").read_text(encoding="utf-8")
    reader = converter.Converter(config=config, project_dir=None, download_resources=False)
    tasks = exported / "labelstudio/train.json"
    reader.convert_to_json_min(str(tasks), str(tmp_path), is_dir=False)
    found = set()
    for row in json.loads((tmp_path / "result.json").read_text(encoding="utf-8")):
        for span in row.get("label", []):
            exact = row["text"][span["start"] : span["end"]]
            assert exact == span["text"]
            found.add((row["source"], span["labels"][0], exact))
    assert found == expected(documents)
    reader.convert_to_conll2003(str(tasks), str(tmp_path / "conll"), is_dir=False)
    result = read("conll2003", tmp_path / "conll")
    assert ("Zürich", "LOC") in [one for some in exacts(result) for one in some]


def test_regions_of_label_studio_are_read(interface, tmp_path: Path):
    text = "I 😀 love Zürich and 👨‍👩‍👧 Acme."
    labels = interface.get_control("label")
    regions = [labels.label(["LOC"], start=9, end=15), labels.label(["ORG"], start=26, end=30)]
    made = [json.loads(region.to_json()) for region in regions]
    task = {"id": 1, "data": {"text": text}, "annotations": [{"id": 1, "completed_by": {"email": "a@b.org"}, "result": made}]}
    (tmp_path / "project.json").write_text(json.dumps([task]), encoding="utf-8")
    read_back = read("labelstudio", tmp_path)
    assert exacts(read_back) == [[("Zürich", "LOC"), ("Acme", "ORG")]]
    assert {one["author"] for one in read_back["documents"][0]["layers"]["entities"]["labels"]} == {"a@b.org"}
