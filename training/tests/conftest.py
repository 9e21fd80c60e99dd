"""A tiny tokenizer, network, model folder and data, so that the tests need no download and run in seconds."""

import json
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from glossator_training.export import export_model
from glossator_training.network.config import NetworkConfig
from glossator_training.network.model import MultiTaskModel
from glossator_training.tokenization import TextTokenizer

torch.set_num_threads(1)

WORDS = (
    "the a is was good bad dull fine film plot story he she it lives works in at for from anna bob carla paris rome lima acme globex "
    "initech who where what robot gear lamp widget likes sells 1996 . , ? ! ' -"
).split()
PEOPLE, PLACES, FIRMS = ("Anna", "Bob", "Carla"), ("Paris", "Rome", "Lima"), ("Acme", "Globex", "Initech")


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tokenizer.json and tokenizer_config.json of a BERT-like WordPiece over a few words and all ASCII letters."""
    folder = tmp_path_factory.mktemp("tokenizer")
    letters = [c for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
    vocabulary = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *letters, *(f"##{c}" for c in letters)]))
    tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True}), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tokenizer(tokenizer_folder: Path) -> TextTokenizer:
    return TextTokenizer(tokenizer_folder / "tokenizer.json")


@pytest.fixture(scope="session")
def config(tokenizer: TextTokenizer) -> NetworkConfig:
    return NetworkConfig(
        vocabulary=tokenizer.tokenizer.get_vocab_size(), hidden=48, layers=2, heads=4, feed_forward=96, adapter_rank=8,
        decoder_heads=4, decoder_feed_forward=96,
    )  # fmt: skip


@pytest.fixture
def model(config: NetworkConfig) -> MultiTaskModel:
    torch.manual_seed(5)
    return MultiTaskModel(config).eval()


@pytest.fixture(scope="session")
def model_folder(config: NetworkConfig, tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as the export writes it, of random weights."""
    torch.manual_seed(5)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    export_model(MultiTaskModel(config).eval(), folder, tokenizer_folder, "tiny", temperatures={"sentiment": 1.5}, no_answer_threshold=0.25)
    return folder


def base_encoder(config: NetworkConfig, folder: Path) -> None:
    """model.safetensors with Hugging Face BERT's names, of random weights."""
    generator = torch.Generator().manual_seed(3)

    def matrix(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator) * 0.05

    h, f = config.hidden, config.feed_forward
    state = {
        "embeddings.word_embeddings.weight": matrix(config.vocabulary, h),
        "embeddings.position_embeddings.weight": matrix(config.positions, h),
        "embeddings.token_type_embeddings.weight": matrix(config.token_types, h),
        "embeddings.LayerNorm.weight": torch.ones(h),
        "embeddings.LayerNorm.bias": torch.zeros(h),
    }
    for i in range(config.layers):
        at = f"encoder.layer.{i}"
        for name, (rows, columns) in {
            "attention.self.query": (h, h), "attention.self.key": (h, h), "attention.self.value": (h, h),
            "attention.output.dense": (h, h), "intermediate.dense": (f, h), "output.dense": (h, f),
        }.items():  # fmt: skip
            state |= {f"{at}.{name}.weight": matrix(rows, columns), f"{at}.{name}.bias": matrix(rows)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            state |= {f"{at}.{name}.weight": torch.ones(h), f"{at}.{name}.bias": torch.zeros(h)}
    save_file(state, folder / "model.safetensors")


def question(rng: random.Random, identifier: str) -> tuple[str, dict]:
    """A passage and a question on it in SQuAD's form."""
    person, place, firm = rng.choice(PEOPLE), rng.choice(PLACES), rng.choice(FIRMS)
    context = f"{person} lives in {place}. {person} works at {firm}."
    answer = {"text": place, "answer_start": context.index(place)}
    return context, {"id": identifier, "question": f"Where lives {person}?", "answers": [answer]}


def squad_file(path: Path, count: int, seed: int) -> None:
    rng = random.Random(seed)
    made = [question(rng, f"{path.stem}-{i}") for i in range(count)]
    articles = [{"title": "t", "paragraphs": [{"context": c, "qas": [q]} for c, q in made]}]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"data": articles}), encoding="utf-8")


def no_answer_file(path: Path, count: int, seed: int) -> None:
    """Questions that the passage does not answer, as SQuAD 2.0 has them."""
    rng = random.Random(seed)
    paragraphs = []
    for i in range(count):
        context, asked = question(rng, f"none-{i}")
        paragraphs.append({"context": context, "qas": [{**asked, "question": "What sells the lamp?", "answers": [], "is_impossible": True}]})
    path.write_text(json.dumps({"data": [{"title": "u", "paragraphs": paragraphs}]}), encoding="utf-8")


@pytest.fixture(scope="session")
def base_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layout that train.py reads, with a few dozen examples of each file."""
    data = tmp_path_factory.mktemp("data")
    rng = random.Random(2)
    rows = [f"{i % 2}\tthe {rng.choice(['film', 'plot', 'story'])} is {'good' if i % 2 else 'bad'} ." for i in range(40)]
    (data / "sst2").mkdir()
    for name in ("train.tsv", "dev.tsv"):
        (data / "sst2" / name).write_text("label\ttext\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (data / "sst5").mkdir()
    (data / "sst5/train.tsv").write_text("grade\ttext\n" + "2\tthe story is a story .\n" * 5, encoding="utf-8")
    (data / "sst5/objective.txt").write_text("he works at acme .\n" * 510, encoding="utf-8")
    lines = []
    for _ in range(6):
        lines.append("-DOCSTART- -X- O O\n")
        for _ in range(4):
            person, place = rng.choice(PEOPLE), rng.choice(PLACES)
            lines.append(f"{person} N N I-PER\nlives N N O\nin N N O\n{place} N N I-LOC\n. . O O\n")
    (data / "conll2003").mkdir()
    for name in ("eng.train", "eng.testa", "eng.testb"):
        (data / "conll2003" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for i, name in enumerate(
        ("squadshifts/new-wiki", "squadshifts/amazon", "squadshifts/reddit", "squad/train-v1.1", "squad/dev-v1.1", "qamr/qamr", "fairytaleqa/train")
    ):
        squad_file(data / f"{name}.json", 30, seed=i)
    no_answer_file(data / "squad/train-noanswer.json", 12, seed=9)
    readme = ["heading\tpack\tThe story", "list\tpack\tthe robot works in HTTP .", "sentence\tpack\tit lives at the gear ."]
    (data / "readme.tsv").write_text("\n".join(readme) + "\n", encoding="utf-8")
    return data
