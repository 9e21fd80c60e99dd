"""Writes test/fixtures/answers-model: a tiny model that answers, and what PyTorch computes with it.

The weights are random, so its answers mean nothing; what is tested with it is that TypeScript computes what PyTorch does, and what is
kept, dropped and read again. Weights are rounded to what the export stores, so that nothing but arithmetic can differ.

python training/tests/make_answers_fixture.py        (from the project's folder, with training/ on PYTHONPATH)
"""

import json
from itertools import pairwise
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from glossator_training.data.squad import Question
from glossator_training.export import EMBEDDING_LEVELS, EMBEDDINGS, LEVELS, export_model, quantise_rows
from glossator_training.network.config import NetworkConfig
from glossator_training.network.encoder import mean_pool
from glossator_training.network.model import MultiTaskModel
from glossator_training.no_answer import judge, manifest_threshold
from glossator_training.tokenization import TextTokenizer

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/answers-model"
WORDS = "the a is was story he she it lives works in at for from anna bob carla paris rome lima where who what . , ?".split()
LONGEST = 96
"""Tokens of a row: short, so that a passage of some sentences is read in windows."""

QUESTION = "Where lives Anna?"
PASSAGES = (
    "Anna lives in Paris.",
    "Bob works at a mill in Rome, and Carla lives in Lima.",
    "It was the story of Anna, who was from Rome and works in Paris for Bob.",
)


def save_tokenizer(folder: Path) -> Tokenizer:
    """A WordPiece over a few words and all ASCII letters and digits."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    vocabulary = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *letters, *(f"##{c}" for c in letters)]))
    tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True}) + "\n", encoding="utf-8")
    return tokenizer


def build(vocabulary: int) -> MultiTaskModel:
    """Random weights, already rounded as the export rounds them."""
    torch.manual_seed(7)
    model = MultiTaskModel(
        NetworkConfig(
            vocabulary=vocabulary, hidden=24, layers=1, heads=2, feed_forward=48, adapter_rank=4, decoder_heads=2, decoder_feed_forward=48,
            decoder_layers={"sentiment": 1, "entities": 1, "answers": 1}, dropout=0.0,
        )
    ).eval()  # fmt: skip
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if tensor.ndim > 1:
                # Larger than a fresh network's: logits that hardly differ would hide an error.
                tensor.mul_(2)
                table, scale = quantise_rows(tensor.numpy(), EMBEDDING_LEVELS if name == f"encoder.{EMBEDDINGS}" else LEVELS)
                tensor.copy_(torch.from_numpy(table.astype("float32") * scale))
    return model


def row(tokenizer: Tokenizer, *texts: str) -> torch.Tensor:
    """[CLS] text [SEP], or [CLS] text [SEP] text [SEP], as ids [1, T]."""
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    ids = [cls]
    for text in texts:
        ids += [*tokenizer.encode(text).ids, sep]
    return torch.tensor([ids])


@torch.no_grad()
def expected(model: MultiTaskModel, tokenizer: Tokenizer) -> list[dict]:
    """Logits of start and end, and the passage's embedding, for each passage."""
    asked = row(tokenizer, QUESTION)
    result = []
    for text in PASSAGES:
        ids = row(tokenizer, text)
        mask = torch.ones_like(ids)
        hidden = model.encoder(ids, mask, torch.zeros_like(ids))
        both = row(tokenizer, QUESTION, text)
        types = torch.zeros_like(both)
        types[:, asked.shape[1] :] = 1
        passage = types.clone()
        passage[:, -1] = 0
        pair = model.answers(model.encoder(both, torch.ones_like(both), types), torch.ones_like(both), passage)
        result.append(
            {
                "text": text,
                "embedding": mean_pool(hidden, mask)[0].tolist(),
                "pair": {"starts": pair[0][0].tolist(), "ends": pair[1][0].tolist()},
            }
        )
    return result


def choices(model: MultiTaskModel, folder: Path) -> list[dict]:
    """Thresholds as the manifest has them, each with whether every passage's answer is given: below all margins, between them, above all."""
    margins = [row.margin for row in judge(model, TextTokenizer(folder / "tokenizer.json"), [Question("q", QUESTION, text, []) for text in PASSAGES])]
    ordered = sorted(margins)
    between = [(a + b) / 2 for a, b in pairwise(ordered)]
    return [
        {"noAnswerThreshold": manifest_threshold(threshold), "given": [margin >= threshold for margin in margins]}
        for threshold in (ordered[0] - 0.1, *between, ordered[-1] + 0.1)
    ]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    tokenizer = save_tokenizer(OUT)
    model = build(tokenizer.get_vocab_size())
    outcome = {"question": QUESTION, "passages": expected(model, tokenizer), "choices": choices(model, OUT)}
    (OUT / "expected.json").write_text(json.dumps(outcome) + "\n", encoding="utf-8")
    source = OUT.parent / ".answers-tokenizer"
    source.mkdir(exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (source / name).write_bytes((OUT / name).read_bytes())
    export_model(model, OUT, source, "tiny-answers", languages=None)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (source / name).unlink()
    source.rmdir()
    file = OUT / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    for task in ("sentiment", "entities"):
        del manifest["tasks"][task]
        (OUT / f"{task}.onnx").unlink()
    manifest["encoder"]["maximumTokens"] = LONGEST
    del manifest["network"], manifest["training"]
    file.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    print({path.name: path.stat().st_size for path in OUT.iterdir()})


if __name__ == "__main__":
    main()
