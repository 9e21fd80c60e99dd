"""Exported files read by the programs they are for, and those programs' own files read by the importer."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"


def script(name: str, *arguments: str) -> str:
    """Runs a script of test/interop."""
    command = ["node", "--import", "tsx", f"test/interop/{name}.ts", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


def written(format: str, folder: Path, **options: str) -> dict:
    """Writes the sample documents; what they hold, in code points."""
    script("write", format, str(folder), *(f"{name}={value}" for name, value in options.items()))
    return json.loads(folder.with_name(f"{folder.name}.expected.json").read_text(encoding="utf-8"))


def read(format: str, folder: Path) -> dict:
    """What the importer makes of a folder."""
    return json.loads(script("read", format, str(folder)))


def labels(rows: list[dict]) -> list[tuple]:
    return sorted((*row["span"], row["label"], row["text"]) for row in rows)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The sample documents as CAS JSON."""
    folder = tmp_path_factory.mktemp("cas") / "ours"
    return folder, written("cas", folder)


def relations(cas) -> list[tuple[str, str, str]]:
    """Of a CAS, as INCEpTION has them: from the governor to the dependent, whose place they have."""
    if not cas.typesystem.contains_type("glossator.type.Relation"):
        return []
    found = list(cas.select("glossator.type.Relation"))
    assert all(one.begin == one.Dependent.begin for one in found)
    return sorted((one.Governor.get_covered_text(), one.value, one.Dependent.get_covered_text()) for one in found)


class TestCassis:
    """dkpro-cassis, and so what INCEpTION's users work with in Python."""

    def test_reads_ours(self, exported: tuple[Path, dict]) -> None:
        from cassis import load_cas_from_json

        folder, expected = exported
        for document in expected["documents"]:
            cas = load_cas_from_json((folder / "train" / f"{document['path']}.json").read_text(encoding="utf-8"))
            assert cas.sofa_string == document["text"]
            entities = [(e.begin, e.end, e.value, e.get_covered_text()) for e in cas.select(NAMED_ENTITY)]
            assert sorted(entities) == labels(document["entities"])
            sentiment = [(e.begin, e.end, e.value, e.get_covered_text()) for e in cas.select("glossator.type.Sentiment")]
            assert sorted(sentiment) == labels(document["sentiment"])
            authors = {p.of.xmiID: p.author for p in cas.select("glossator.type.Provenance")}
            found = sorted((e.begin, e.end, authors[e.xmiID]) for e in cas.select(NAMED_ENTITY))
            assert found == sorted((*e["span"], e["author"]) for e in document["entities"])
            assert relations(cas) == sorted(map(tuple, document["relations"]))
            sentences = list(cas.select("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"))
            assert sentences
            for sentence in sentences:
                tokens = cas.select_covered("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", sentence)
                assert tokens[0].begin == sentence.begin
            assert cas.select("de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData")[0].documentTitle == document["path"]

    def test_gives_ours_back(self, exported: tuple[Path, dict], tmp_path: Path) -> None:
        from cassis import load_cas_from_json

        folder, expected = exported
        for index, document in enumerate(expected["documents"]):
            cas = load_cas_from_json((folder / "train" / f"{document['path']}.json").read_text(encoding="utf-8"))
            cas.to_json(tmp_path / f"{index}.json")
        back = read("cas", tmp_path)
        assert back["losses"] == []
        assert back["detected"][0] == "cas"
        for document, again in zip(expected["documents"], back["documents"], strict=True):
            assert again["path"] == document["path"]
            assert again["text"] == document["text"]
            for task in ("entities", "sentiment"):
                assert labels(again[task]) == labels(document[task])
                assert sorted(e["author"] for e in again[task]) == sorted(e["author"] for e in document[task])
            assert sorted(map(str, again["questions"])) == sorted(map(str, document["questions"]))

    def test_its_own_files_are_read(self, tmp_path: Path) -> None:
        from cassis import Cas, TypeSystem

        types = TypeSystem()
        entity = types.create_type(NAMED_ENTITY, "uima.tcas.Annotation")
        types.create_feature(entity, "value", "uima.cas.String")
        mark = types.create_type("custom.Mark", "uima.tcas.Annotation")
        types.create_feature(mark, "weight", "uima.cas.Integer")
        cas = Cas(types)
        cas.sofa_string = "I 😀 love Zürich and 👨‍👩‍👧 Acme."
        cas.add(entity(begin=9, end=15, value="LOC"))
        cas.add(entity(begin=26, end=30, value="ORG"))
        cas.add(mark(begin=0, end=1, weight=3))
        cas.to_json(tmp_path / "a.json")
        result = read("cas", tmp_path)
        assert result["unit"] == "utf16"
        assert labels(result["documents"][0]["entities"]) == [(9, 15, "LOC", "Zürich"), (26, 30, "ORG", "Acme")]
        assert [loss["reason"] for loss in result["losses"]] == [
            'an annotation of the type custom.Mark: none of its features says a label: --columns label=type takes "Mark", its type, for it'
        ]

    def test_its_xmi_of_ours_is_read(self, exported: tuple[Path, dict], tmp_path: Path) -> None:
        from cassis import load_cas_from_json

        folder, expected = exported
        for index, document in enumerate(expected["documents"]):
            cas = load_cas_from_json((folder / "train" / f"{document['path']}.json").read_text(encoding="utf-8"))
            (tmp_path / str(index)).mkdir()
            cas.to_xmi(tmp_path / str(index) / "data.xmi")
            cas.typesystem.to_xml(tmp_path / str(index) / "TypeSystem.xml")
        back = read("xmi", tmp_path)
        assert back["losses"] == []
        assert back["detected"][0] == "xmi"
        for document, again in zip(expected["documents"], back["documents"], strict=True):
            assert (again["path"], again["text"]) == (document["path"], document["text"])
            for task in ("entities", "sentiment"):
                assert labels(again[task]) == labels(document[task])
                assert sorted(e["author"] for e in again[task]) == sorted(e["author"] for e in document[task])
            assert sorted(map(str, again["questions"])) == sorted(map(str, document["questions"]))

    def test_reads_our_xmi(self, tmp_path: Path) -> None:
        """With the one type system beside them; and what it makes of them, with a second one, is read again."""
        from cassis import load_cas_from_xmi, load_typesystem

        folder = tmp_path / "ours"
        expected = written("xmi", folder)
        types = load_typesystem(folder / "TypeSystem.xml")
        theirs = tmp_path / "theirs"
        theirs.mkdir()
        types.to_xml(theirs / "TypeSystem.xml")
        for index, document in enumerate(expected["documents"]):
            cas = load_cas_from_xmi(folder / "train" / f"{document['path']}.xmi", typesystem=types)
            assert cas.sofa_string == document["text"]
            entities = [(e.begin, e.end, e.value, e.get_covered_text()) for e in cas.select(NAMED_ENTITY)]
            assert sorted(entities) == labels(document["entities"])
            sentiment = [(e.begin, e.end, e.value, e.get_covered_text()) for e in cas.select("glossator.type.Sentiment")]
            assert sorted(sentiment) == labels(document["sentiment"])
            authors = {p.of.xmiID: p.author for p in cas.select("glossator.type.Provenance")}
            found = sorted((e.begin, e.end, authors[e.xmiID]) for e in cas.select(NAMED_ENTITY))
            assert found == sorted((*e["span"], e["author"]) for e in document["entities"])
            assert relations(cas) == sorted(map(tuple, document["relations"]))
            for sentence in cas.select("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"):
                tokens = cas.select_covered("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", sentence)
                assert tokens[0].begin == sentence.begin
            cas.to_xmi(theirs / f"{index}.xmi")
        for there in (folder, theirs):
            back = read("xmi", there)
            assert back["losses"] == []
            assert back["detected"][0] == "xmi"
            again = {one["path"]: one for one in back["documents"]}
            assert again.keys() == {one["path"] for one in expected["documents"]}
            for document in expected["documents"]:
                found = again[document["path"]]
                assert found["text"] == document["text"]
                for task in ("entities", "sentiment"):
                    assert labels(found[task]) == labels(document[task])
                    assert sorted(e["author"] for e in found[task]) == sorted(e["author"] for e in document[task])
                assert sorted(map(str, found["questions"])) == sorted(map(str, document["questions"]))

    def test_what_it_counts_in_files_of_inception(self, tmp_path: Path) -> None:
        """Real files, by two ways: a layer of its own with one feature, which INCEpTION and cassis turn into XMI, and named entities."""
        from cassis import load_cas_from_json, load_cas_from_xmi, load_dkpro_core_typesystem

        smileys = ROOT / "test/fixtures/foreign/xmi/huggingface.xmi"
        cas = load_cas_from_xmi(smileys, typesystem=load_dkpro_core_typesystem(), lenient=True)
        shutil.copy(smileys, tmp_path)
        counted = [(smileys, [(e.get_covered_text(), e.value) for e in cas.select(NAMED_ENTITY)])]
        real = ROOT.parent / "shared/data/foreign/cas/inception"
        for name in ("Albers.txt_phi", "Amanda_Alzheimer.txt_phi"):
            if not real.exists():
                break
            cas = load_cas_from_json((real / f"{name}.json").read_text(encoding="utf-8"), typesystem=load_dkpro_core_typesystem())
            (tmp_path / name).mkdir()
            cas.to_xmi(tmp_path / name / f"{name}.xmi")
            cas.typesystem.to_xml(tmp_path / name / "TypeSystem.xml")
            counted.append((name, [(e.get_covered_text(), e.kind) for e in cas.select("custom.PHI")]))
        result = read("xmi", tmp_path)
        assert result["losses"] == []
        found = sorted(sorted((e["text"], e["label"]) for e in one["entities"]) for one in result["documents"])
        assert found == sorted(sorted(some) for _, some in counted)
        assert all(some for _, some in counted)


class TestDatasets:
    """Hugging Face `datasets`, offline."""

    @pytest.fixture(autouse=True)
    def offline(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
            monkeypatch.setenv(name, "1")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))

    @pytest.mark.parametrize("files", ["jsonl", "parquet"])
    def test_reads_ours(self, files: str, tmp_path: Path) -> None:
        from datasets import ClassLabel, load_dataset

        folder = tmp_path / "ours"
        expected = written("huggingface", folder, files=files)
        cache = str(tmp_path / "cache")
        entities = load_dataset(str(folder / "entities"), cache_dir=cache)["train"]
        tags = entities.features["ner_tags"].feature
        assert isinstance(tags, ClassLabel)
        assert tags.names[:5] == ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"]
        wanted = sorted((e["label"], e["text"]) for d in expected["documents"] for e in d["entities"])
        spans = [(s["label"], row["text"][s["start"] : s["end"]]) for row in entities for s in row["spans"]]
        assert sorted(spans) == wanted
        for row in entities:
            assert len(row["tokens"]) == len(row["ner_tags"])
            assert all(0 <= tag < tags.num_classes for tag in row["ner_tags"])
        sentiment = load_dataset(str(folder / "sentiment"), cache_dir=cache)["train"]
        label = sentiment.features["label"]
        assert label.names == ["negative", "positive", "neutral"]
        found = sorted((label.int2str(row["label"]), row["text"]) for row in sentiment)
        assert found == sorted((s["label"], s["text"]) for d in expected["documents"] for s in d["sentiment"])
        answers = load_dataset(str(folder / "answers"), cache_dir=cache)["train"]
        asked = {row["question"]: row for row in answers}
        for document in expected["documents"]:
            for item in document["questions"]:
                row = asked[item["question"]]
                pairs = list(zip(row["answers"]["answer_start"], row["answers"]["text"], strict=True))
                assert all(row["context"][start : start + len(text)] == text for start, text in pairs)
                assert sorted(text for _, text in pairs) == sorted(document["text"][s:e] for s, e in item["answers"])

    @pytest.mark.parametrize("files", ["jsonl", "parquet"])
    def test_its_own_files_are_read(self, files: str, tmp_path: Path) -> None:
        from datasets import ClassLabel, Dataset, Features, List, Value

        names = ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
        features = Features({"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))})
        rows = {"tokens": [["I", "😀", "New", "York", "Acme"], ["So", "."]], "ner_tags": [[0, 0, 1, 2, 3], [0, 0]]}
        dataset = Dataset.from_dict(rows, features=features)
        folder = tmp_path / "theirs"
        folder.mkdir()
        if files == "parquet":
            dataset.to_parquet(folder / "train.parquet")
        else:
            dataset.to_json(folder / "train.jsonl")
        listed = "".join(f"          '{i}': {name}\n" for i, name in enumerate(names))
        head = "---\ndataset_info:\n  features:\n  - name: tokens\n    list: string\n  - name: ner_tags\n    list:\n      class_label:\n        names:\n"
        (folder / "README.md").write_text(f"{head}{listed}---\n", encoding="utf-8")
        result = read("huggingface", folder)
        assert result["detected"][0] == "huggingface"
        found = sorted((e["label"], e["text"]) for d in result["documents"] for e in d["entities"])
        assert found == [("LOC", "New York"), ("ORG", "Acme")]


class TestSeqeval:
    """seqeval over CoNLL-2003 files: the entities it sees in the tags are those that were exported."""

    @pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "BIOES", "BILOU"])
    def test_sees_our_entities(self, scheme: str, tmp_path: Path) -> None:
        from seqeval.metrics import f1_score
        from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

        folder = tmp_path / "ours"
        expected = written("conll2003", folder, scheme=scheme)
        sentences: list[list[tuple[str, str]]] = [[]]
        for line in (folder / "train.txt").read_text(encoding="utf-8").split("\n"):
            if line == "" or line.startswith("-DOCSTART-"):
                sentences.append([])
            else:
                word, *_, tag = line.split(" ")
                sentences[-1].append((word, tag))
        sentences = [sentence for sentence in sentences if sentence]
        tags = [[tag for _, tag in sentence] for sentence in sentences]
        # seqeval calls the scheme with S for one-word entities IOBES.
        known = {"IOB1": IOB1, "IOB2": IOB2, "BIOES": IOBES, "BILOU": BILOU}[scheme]
        seen = [
            (entity.tag, "".join(word for word, _ in sentence[entity.start : entity.end]))
            for sentence, entities in zip(sentences, Entities(tags, scheme=known).entities, strict=True)
            for entity in entities
        ]
        wanted = [(e["label"], "".join(e["text"].split())) for d in expected["documents"] for e in d["entities"]]
        assert sorted(seen) == sorted(wanted)
        assert f1_score(tags, tags, mode="strict", scheme=known) == 1.0
