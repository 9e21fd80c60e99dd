"""Small Hugging Face exports with random weights for the tests: real tokenizers, real graphs, and what Python makes of them.

  huggingface.py CORPORA OUT    writes OUT/ner-wordpiece, OUT/sentiment-bpe, OUT/answers-unigram

Each is what an exporter leaves: config.json, tokenizer.json, a graph; and `expected.json` with texts and what the Rust `tokenizers`, Python's
onnxruntime and a decoder written for the purpose find in them. Offsets are code points. The tokenizers are trained on the openly licensed
texts of CORPORA/multilingual (XQuAD, CC BY-SA 4.0) and CORPORA/stories (FairytaleQA, Apache-2.0; Project Gutenberg).
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

HIDDEN, POSITIONS = 16, 128
TEXTS = [
    "Maria Keller wrote from Oslo, and Acme Corp. answered.",
    "In Zürich 😀 waited 👨‍👩‍👧 the Müllers; naïve, but friendly.",
    "",
    "one",
    "Die Übersetzung ist gut.\r\n\tThe end\u200b.",
    "東京へ行きました。Then Peter Smith came home to São Paulo.",
    "e\u0301le\u0300ve Jose\u0301 lives in A\u030angstro\u0308m Street",
    "I loved every minute of it!  It was   wonderful, truly. " * 3,
]


SAMPLE = 60_000
"""Characters of each text that are read."""


def sample(corpora, without=("nothing",)):
    """Lines of every text but those of the languages left out."""
    files = [*sorted((corpora / "multilingual").iterdir()), *sorted((corpora / "stories").iterdir())[:5], *sorted(corpora.glob("*.md"))]
    for file in files:
        if not file.stem.endswith(tuple(without)):
            yield from file.read_text(encoding="utf-8")[:SAMPLE].splitlines()


def cased_wordpiece(corpora, size=1000):
    """bert-base-cased."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, limit_alphabet=size // 3, show_progress=False)
    tokenizer.train_from_iterator(sample(corpora), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def byte_bpe(corpora, size=700):
    """RoBERTa."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = [AddedToken(name, special=True, normalized=False) for name in ("<s>", "<pad>", "</s>", "<unk>")]
    special.append(AddedToken("<mask>", special=True, normalized=False, lstrip=True))
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(sample(corpora), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tokenizer


def unigram(corpora, size=1100):
    """XLM-R, but for the normaliser."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = [AddedToken(name, special=True, normalized=False) for name in ("<s>", "<pad>", "</s>", "<unk>")]
    special.append(AddedToken("<mask>", special=True, normalized=False, lstrip=True))
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token="<unk>", show_progress=False)
    # Every character becomes a piece, so that Chinese would need a large vocabulary.
    tokenizer.train_from_iterator(sample(corpora, without=("_zh",)), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def graph(kind, vocabulary, classes, seed, types=False, integer=T.INT64, half=False):
    """One layer that looks at each token, its place and the mean of all: enough that every input matters."""
    draw = np.random.default_rng(seed)
    weights, nodes = [], []

    def weight(name, *shape, scale=1.0):
        weights.append(numpy_helper.from_array((draw.standard_normal(shape) * scale).astype(np.float32), name))
        return name

    def constant(name, value):
        weights.append(numpy_helper.from_array(np.array(value), name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(h.make_node(op, inputs, [output], **attributes))
        return output

    weight("embeddings.word", vocabulary, HIDDEN)
    weight("embeddings.position", POSITIONS, HIDDEN, scale=0.3)
    node("Shape", ["input_ids"], "shape")
    node("Gather", ["shape", constant("one", np.int64(1))], "length")
    node("Range", [constant("zero", np.int64(0)), "length", "one"], "places")
    node("Gather", ["embeddings.word", "input_ids"], "words")
    node("Gather", ["embeddings.position", "places"], "positions")
    x = node("Add", ["words", "positions"], "x0")
    if types:
        weight("embeddings.type", 2, HIDDEN, scale=0.5)
        node("Gather", ["embeddings.type", "token_type_ids"], "kinds")
        x = node("Add", [x, "kinds"], "x1")
    node("Cast", ["attention_mask"], "mask2", to=T.FLOAT)
    node("Unsqueeze", ["mask2", constant("last", np.array([2], np.int64))], "mask")
    constant("tokens", np.array([1], np.int64))

    def mean(value, output):
        node("Mul", [value, "mask"], f"{output}.masked")
        node("ReduceSum", [f"{output}.masked", "tokens"], f"{output}.sum", keepdims=1)
        node("ReduceSum", ["mask", "tokens"], f"{output}.count", keepdims=1)
        return node("Div", [f"{output}.sum", f"{output}.count"], output)

    node("Add", [x, mean(x, "context")], "mixed")
    node("MatMul", ["mixed", weight("dense.weight", HIDDEN, HIDDEN, scale=0.4)], "dense")
    hidden = node("Tanh", ["dense"], "hidden")
    if kind == "sequence":
        mean(hidden, "pooled3")
        hidden = node("Squeeze", ["pooled3", "tokens"], "pooled")
    out = node("MatMul", [hidden, weight("classifier.weight", HIDDEN, classes, scale=1.2)], "scores")
    node("Add", [out, weight("classifier.bias", classes, scale=0.2)], "logits32")
    kind_of_float = T.FLOAT16 if half else T.FLOAT
    if kind == "answers":
        node("Split", ["logits32"], "start3", axis=2, num_outputs=2)
        nodes[-1].output.append("end3")
        node("Squeeze", ["start3", "last"], "start_logits")
        node("Squeeze", ["end3", "last"], "end_logits")
        outputs = [h.make_tensor_value_info(name, T.FLOAT, ["batch", "length"]) for name in ("start_logits", "end_logits")]
    else:
        node("Cast", ["logits32"], "logits", to=kind_of_float)
        shape = ["batch", classes] if kind == "sequence" else ["batch", "length", classes]
        outputs = [h.make_tensor_value_info("logits", kind_of_float, shape)]
    names = ["input_ids", "attention_mask"] + (["token_type_ids"] if types else [])
    inputs = [h.make_tensor_value_info(name, integer, ["batch", "length"]) for name in names]
    model = h.make_model(h.make_graph(nodes, "model", inputs, outputs, weights), opset_imports=[h.make_opsetid("", 18)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model


def write(folder, config, tokenizer, model, file="model.onnx", settings=None):
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=False) + "\n", encoding="utf-8")
    if settings:
        (folder / "tokenizer_config.json").write_text(json.dumps(settings) + "\n", encoding="utf-8")
    onnx.save(model, folder / file)
    return onnxruntime.InferenceSession(folder / file, providers=["CPUExecutionProvider"])


def run(session, encoding):
    kinds = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
    values = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
    feeds = {i.name: np.array([values[i.name]], kinds[i.type]) for i in session.get_inputs()}
    return [np.asarray(out[0], np.float64) for out in session.run(None, feeds)]


def softmax(logits):
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def units(encoding, text):
    """First token and span of each word, special tokens left out."""
    found = []
    for i, word in enumerate(encoding.word_ids):
        if word is None or encoding.special_tokens_mask[i]:
            continue
        start, end = encoding.offsets[i]
        if found and found[-1]["word"] == word:
            found[-1]["end"] = end
        else:
            found.append({"word": word, "token": i, "start": start, "end": end})
    return found


def entities(probabilities, types):
    """Best division of the words into entities and others. probabilities: per word {"O", "B-X", "I-X"}.

    A dynamic program over whole entities, where the program under test walks tag by tag: an entity of words i..j-1 scores the sum of log I-X, but
    for its first word log B-X, or log (B-X + I-X) unless another X ends just before it.
    """
    n = len(probabilities)
    best = {(0, None): (0.0, None)}

    def log(p):
        return math.log(max(p, 1e-30))

    for i in range(n):
        for last in [None, *types]:
            if (i, last) not in best:
                continue
            score = best[i, last][0]
            p = probabilities[i]
            reach = [(i + 1, None, score + log(p["O"]), None)]
            for kind in types:
                begins = p[f"B-{kind}"] + (0 if last == kind else p[f"I-{kind}"])
                total, parts = score + log(begins), [begins]
                for j in range(i + 1, n + 1):
                    reach.append((j, kind, total, (i, j, kind, sum(parts) / len(parts))))
                    if j < n:
                        inside = probabilities[j][f"I-{kind}"]
                        total, parts = total + log(inside), [*parts, inside]
            for j, kind, total, entity in reach:
                if (j, kind) not in best or total > best[j, kind][0]:
                    best[j, kind] = (total, (i, last, entity))
    state = max((key for key in best if key[0] == n), key=lambda key: best[key][0])
    found = []
    while best[state][1] is not None:
        i, last, entity = best[state][1]
        if entity:
            found.append(entity)
        state = (i, last)
    return found[::-1]


def ner(corpora, out):
    tokenizer = cased_wordpiece(corpora)
    labels = ["O", "I-MISC", "B-MISC", "I-PER", "E-ORG", "S-ORG", "B-ORG", "I-ORG", "LOC"]
    config = {
        "architectures": ["BertForTokenClassification"],
        "model_type": "bert",
        "id2label": {str(i): label for i, label in enumerate(labels)},
        "max_position_embeddings": POSITIONS,
        "type_vocab_size": 2,
        "vocab_size": tokenizer.get_vocab_size(),
    }
    session = write(out, config, tokenizer, graph("tokens", tokenizer.get_vocab_size(), len(labels), 7, types=True), settings={"do_lower_case": False})
    meaning = {
        "I-MISC": "I-MISC",
        "B-MISC": "B-MISC",
        "I-PER": "I-PER",
        "E-ORG": "I-ORG",
        "S-ORG": "B-ORG",
        "B-ORG": "B-ORG",
        "I-ORG": "I-ORG",
        "LOC": "I-LOC",
        "O": "O",
    }
    types = ["MISC", "PER", "ORG", "LOC"]
    cases = []
    for text in TEXTS:
        encoding = tokenizer.encode(text)
        words = units(encoding, text)
        probabilities = []
        if words:
            (logits,) = run(session, encoding)
            for word in words:
                p = {"O": 0.0} | {f"{tag}-{kind}": 0.0 for kind in types for tag in "BI"}
                for label, value in zip(labels, softmax(logits[word["token"]]), strict=True):
                    p[meaning[label]] += value
                probabilities.append(p)
        found = [
            {"start": words[i]["start"], "end": words[j - 1]["end"], "label": kind, "score": score} for i, j, kind, score in entities(probabilities, types)
        ]
        cases.append({"text": text, "entities": found})
    return cases


def sentiment(corpora, out):
    tokenizer = byte_bpe(corpora)
    config = {
        "architectures": ["RobertaForSequenceClassification"],
        "model_type": "roberta",
        "id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"},
        "max_position_embeddings": POSITIONS,
        "pad_token_id": 1,
        "type_vocab_size": 1,
        "vocab_size": tokenizer.get_vocab_size(),
    }
    session = write(out, config, tokenizer, graph("sequence", tokenizer.get_vocab_size(), 3, 11, half=True), file="onnx/model.onnx")
    cases = []
    for text in TEXTS:
        encoding = tokenizer.encode(text)
        if len(encoding.ids) == 2:
            cases.append({"text": text})
            continue
        (logits,) = run(session, encoding)
        scores = dict(zip(["negative", "neutral", "positive"], softmax(logits).tolist(), strict=True))
        cases.append({"text": text, "sentiment": {"label": max(scores, key=scores.get), "scores": scores}})
    return cases


def answers(corpora, out):
    tokenizer = unigram(corpora)
    config = {
        "architectures": ["XLMRobertaForQuestionAnswering"],
        "model_type": "xlm-roberta",
        "max_position_embeddings": POSITIONS + 2,
        "pad_token_id": 1,
        "type_vocab_size": 1,
        "vocab_size": tokenizer.get_vocab_size(),
    }
    session = write(out, config, tokenizer, graph("answers", tokenizer.get_vocab_size(), 2, 13, integer=T.INT32), file="model_quantized.onnx")
    cases = []
    question = "Who came to São Paulo?"
    for text in TEXTS:
        encoding = tokenizer.encode(question, text)
        inside = [i for i, sequence in enumerate(encoding.sequence_ids) if sequence == 1]
        if not inside:
            cases.append({"question": question, "text": text})
            continue
        start, end = (softmax(np.where([i == 0 or i in inside for i in range(len(encoding.ids))], x, -1e9)) for x in run(session, encoding))
        tops = [sorted(inside, key=lambda i: -p[i])[:20] for p in (start, end)]
        spans = [(start[s] * end[e], s, e) for s in tops[0] for e in tops[1] if s <= e < s + 30]
        score, s, e = max(spans)
        cases.append({"question": question, "text": text, "answer": {"start": encoding.offsets[s][0], "end": encoding.offsets[e][1], "score": score}})
    return cases


def without_weights(corpora, out):
    """A graph that names a file of weights which is not there."""
    path = out.parent / "external-data.onnx"
    onnx.save(graph("tokens", 40, 3, 5), path, save_as_external_data=True, location="weights.bin")
    (out.parent / "weights.bin").unlink()
    out.rmdir()
    return None


def main(corpora, out):
    makers = {"ner-wordpiece": ner, "sentiment-bpe": sentiment, "answers-unigram": answers, "none": without_weights}
    for name, make in makers.items():
        folder = Path(out) / name
        folder.mkdir(parents=True, exist_ok=True)
        cases = make(Path(corpora), folder)
        if cases:
            (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
