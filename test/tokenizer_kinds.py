"""Tokenizers of every kind the program takes, made of the trained models of test/fixtures/huggingface and the parts of well-known ones.

tokenizer_kinds.py FIXTURES OUT    writes OUT/<kind>/tokenizer.json
"""

import json
import sys
from pathlib import Path

from sentencepiece import SentencePieceNormalizer, sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.normalizers import NFC, NFD, NFKC, NFKD, BertNormalizer, Lowercase, Nmt, Precompiled, Prepend, Replace, Strip, StripAccents
from tokenizers.pre_tokenizers import BertPreTokenizer, ByteLevel, Metaspace, Punctuation, Split, WhitespaceSplit


def charsmap(rules="nmt_nfkc"):
    """The rules SentencePiece comes with, compiled: those of XLM-R, T5 and most others."""
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(SentencePieceNormalizer(rule_name=rules).serialized_model_proto())
    return Precompiled(model.normalizer_spec.precompiled_charsmap)


def kinds(fixtures):
    def of(fixture, normalizer, pre_tokenizer, post_processor=None, change=None, tokens=()):
        source = json.loads((fixtures / fixture / "tokenizer.json").read_text(encoding="utf-8"))
        if change:
            change(source)
        tokenizer = Tokenizer.from_str(json.dumps(source))
        if normalizer is not None:
            tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = pre_tokenizer
        if post_processor:
            tokenizer.post_processor = post_processor
        tokenizer.add_tokens(list(tokens))
        return tokenizer

    def with_bytes(source):
        source["model"]["vocab"] += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
        source["model"]["byte_fallback"] = True

    def normalized(source):
        for token in source["added_tokens"]:
            token["normalized"] = True

    spaces = Replace(Regex(" {2,}"), " ")
    bert, bpe, unigram = "ner-wordpiece", "sentiment-bpe", "answers-unigram"

    def roberta(**options):
        return processors.RobertaProcessing(("</s>", 2), ("<s>", 0), **options)

    return {
        # WordPiece: the four combinations of accents and case, and cleaning and Chinese off.
        "bert-cased": of(bert, BertNormalizer(lowercase=False), BertPreTokenizer()),
        "bert-cased-no-accents": of(bert, BertNormalizer(lowercase=False, strip_accents=True), BertPreTokenizer()),
        "bert-uncased-accents": of(bert, BertNormalizer(lowercase=True, strip_accents=False), BertPreTokenizer()),
        "bert-raw": of(bert, BertNormalizer(False, False, False, False), BertPreTokenizer()),
        "wordpiece-nfd": of(bert, normalizers.Sequence([NFD(), Lowercase(), StripAccents()]), BertPreTokenizer()),
        # Byte-level BPE.
        "roberta": of(bpe, None, ByteLevel(add_prefix_space=False), roberta(trim_offsets=True, add_prefix_space=False), change=normalized),
        "roberta-prefix": of(bpe, None, ByteLevel(add_prefix_space=True), roberta(trim_offsets=True, add_prefix_space=True)),
        "gpt2": of(bpe, None, ByteLevel(add_prefix_space=False), processors.ByteLevel(trim_offsets=False)),
        "modernbert": of(
            bpe,
            NFC(),
            ByteLevel(add_prefix_space=False),
            processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]),
            tokens=[AddedToken(" " * n, normalized=True) for n in range(2, 25)] + [AddedToken("|||EMAIL_ADDRESS|||", normalized=True)],
        ),
        "bpe-nfkc-split": of(
            bpe,
            NFKC(),
            pre_tokenizers.Sequence([Split("\n", "isolated"), Punctuation("contiguous"), ByteLevel(add_prefix_space=False, use_regex=False)]),
            processors.ByteLevel(trim_offsets=False),
        ),
        # Unigram.
        "xlm-roberta": of(unigram, normalizers.Sequence([charsmap(), spaces]), pre_tokenizers.Sequence([WhitespaceSplit(), Metaspace()])),
        "xlm-roberta-new": of(unigram, normalizers.Sequence([charsmap(), spaces]), Metaspace()),
        "deberta-v3": of(unigram, normalizers.Sequence([Strip(), charsmap(), spaces]), pre_tokenizers.Sequence([Metaspace(prepend_scheme="first")])),
        "albert": of(
            unigram,
            normalizers.Sequence([Replace("``", '"'), Replace("''", '"'), NFKD(), StripAccents(), Lowercase(), charsmap("nmt_nfkc_cf")]),
            Metaspace(),
        ),
        "t5": of(unigram, charsmap(), pre_tokenizers.Sequence([WhitespaceSplit(), Metaspace()]), change=with_bytes),
        "nfkc": of(unigram, NFKC(), Metaspace(prepend_scheme="never")),
        "nmt-whole": of(unigram, normalizers.Sequence([Nmt(), NFC(), Prepend("_")]), Metaspace(split=False)),
    }


def main(fixtures, out):
    for name, tokenizer in kinds(Path(fixtures)).items():
        folder = Path(out) / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
