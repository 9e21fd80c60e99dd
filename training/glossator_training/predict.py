"""What the network says about texts, in PyTorch: used to evaluate, and to compare before and after fine-tuning.

Windows, units and decoding are those of the extension (`src/model/`): a word is labelled by its first piece; a long passage is read in
windows of 384 tokens that overlap by 128; a span's score is the product of the probabilities of its start and its end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .data.batches import collate
from .data.batches import length as tokens_of
from .data.example import AnswerExample, EntityExample, SentimentExample
from .network.encoder import mean_pool
from .network.model import MultiTaskModel
from .shapes import shape_ids
from .tokenization import TextTokenizer
from .viterbi import best_tags

TOKENS = 4096
"""Tokens in a batch, padding included."""

WINDOW, OVERLAP, LONGEST, BEAM = 384, 128, 30, 20
"""Answers: tokens of question and passage, of overlap, of the longest answer; starts and ends combined (Devlin et al. 2019)."""

Encoded = tuple[list[int], list[tuple[int, int]], list[int]]
"""Ids, offsets in code points and word indices of a text, without special tokens."""

Progress = Callable[[int, int], None]
"""Called with the examples done and to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Code-point span in the passage, its probability, and the probability that the window it was read in holds no answer."""

    start: int
    end: int
    score: float
    none: float


def even_batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Indices, shortest first, in batches of at most `budget` tokens after padding."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and lengths[i] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def encode(model: MultiTaskModel, batch: dict[str, Tensor]) -> Tensor:
    """Hidden states of a batch [B, T, H]."""
    return model.encoder(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])


@torch.no_grad()
def sentiment_logits(model: MultiTaskModel, tokenizer: TextTokenizer, texts: Sequence[str], progress: Progress | None = None) -> Tensor:
    """[texts, labels]. A text is read to the encoder's last position."""
    room = model.config.positions - 2
    examples = [SentimentExample(ids[:room], 0) for ids, _, _ in tokenizer.encode(list(texts))]
    result = torch.zeros(len(examples), len(model.config.sentiment_labels))
    done = 0
    for indices in even_batches([tokens_of(e) for e in examples], TOKENS):
        batch = collate([examples[i] for i in indices], tokenizer)
        result[indices] = model.sentiment(encode(model, batch), batch["attention_mask"]).float()
        done += len(indices)
        if progress:
            progress(done, len(examples))
    return result


@torch.no_grad()
def entity_logits(
    model: MultiTaskModel, tokenizer: TextTokenizer, rows: Sequence[tuple[list[int], list[int]]], progress: Progress | None = None
) -> list[Tensor]:
    """Rows of (ids, shape ids) → [tokens, labels] each. Longer rows than the encoder takes are read in pieces, one after the other."""
    room = model.config.positions - 2
    pieces = [(i, at) for i, (ids, _) in enumerate(rows) for at in range(0, len(ids), room)]
    examples = [EntityExample(rows[i][0][at : at + room], rows[i][1][at : at + room], [0]) for i, at in pieces]
    found: list[Tensor] = [torch.zeros(0)] * len(pieces)
    done = 0
    for indices in even_batches([tokens_of(e) for e in examples], TOKENS):
        batch = collate([examples[i] for i in indices], tokenizer)
        logits = model.entities(encode(model, batch), batch["attention_mask"], batch["shape_ids"]).float()
        for row, i in zip(logits, indices, strict=True):
            found[i] = row[1 : 1 + len(examples[i].ids)]
        done += len(indices)
        if progress:
            progress(done, len(pieces))
    empty = torch.zeros(0, len(model.config.entity_labels))
    joined: list[list[Tensor]] = [[] for _ in rows]
    for (i, _), logits in zip(pieces, found, strict=True):
        joined[i].append(logits)
    return [torch.cat(parts) if parts else empty for parts in joined]


def predict_word_tags(model: MultiTaskModel, tokenizer: TextTokenizer, sentences: Sequence[Sequence[str]], progress: Progress | None = None) -> list[list[str]]:
    """One IOB2 tag per word of texts that are split already. A word whose characters the tokenizer drops is `O`."""
    texts = [" ".join(words) for words in sentences]
    encoded = tokenizer.encode(texts)
    rows = [(ids, shape_ids(text, offsets, words)) for text, (ids, offsets, words) in zip(texts, encoded, strict=True)]
    result = []
    for words, (_, offsets, _), logits in zip(sentences, encoded, entity_logits(model, tokenizer, rows, progress), strict=True):
        firsts: list[tuple[int, int]] = []
        token, position = 0, 0
        for index, word in enumerate(words):
            while token < len(offsets) and offsets[token][0] < position:
                token += 1
            if token < len(offsets) and offsets[token][0] < position + len(word):
                firsts.append((index, token))
            position += len(word) + 1
        tags = ["O"] * len(words)
        read = best_tags(logits[[t for _, t in firsts]], model.config.entity_labels)
        for (index, _), tag in zip(firsts, read, strict=True):
            tags[index] = tag
        result.append(tags)
    return result


def predict_spans(model: MultiTaskModel, tokenizer: TextTokenizer, texts: Sequence[str], temperature: float = 1.0) -> list[set[tuple[int, int, str]]]:
    """Entities of running text as (start, end, type) in code points; units are the tokenizer's words. `temperature`: what logits are divided by."""
    encoded = tokenizer.encode(list(texts))
    rows = [(ids, shape_ids(text, offsets, words)) for text, (ids, offsets, words) in zip(texts, encoded, strict=True)]
    result = []
    for (_, offsets, words), logits in zip(encoded, entity_logits(model, tokenizer, rows), strict=True):
        firsts = [i for i in range(len(words)) if i == 0 or words[i] != words[i - 1]]
        ends = [*firsts[1:], len(words)] if firsts else []
        units = [(offsets[a][0], offsets[b - 1][1]) for a, b in zip(firsts, ends, strict=True)]
        spans: list[tuple[int, int, str]] = []
        previous = "O"
        for (start, end), tag in zip(units, best_tags(logits[firsts], model.config.entity_labels, temperature), strict=True):
            if tag.startswith("B-"):
                spans.append((start, end, tag[2:]))
            elif tag.startswith("I-") and previous != "O":
                spans[-1] = (spans[-1][0], end, tag[2:])
            previous = tag
        result.append(set(spans))
    return result


def windows(total: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """Start and end of windows of `size` that cover `total` tokens; neighbours overlap by `overlap`."""
    result = []
    start = 0
    while total:
        result.append((start, min(total, start + size)))
        if start + size >= total:
            break
        start += size - overlap
    return result


class Best:
    """The best answer of each pair over the windows of its passage."""

    def __init__(self, count: int) -> None:
        self.answers: list[Answer | None] = [None] * count

    def add(self, pair: int, starts: Tensor, ends: Tensor, shift: int, tokens: int, encoded: Encoded, offset: int) -> None:
        """Probabilities [T] of one window, whose `tokens` passage tokens begin at `shift` there and at `offset` in the passage."""
        found = best_span(starts, ends, shift, tokens)
        _, offsets, words = encoded
        first, last = found[0] + offset, found[1] + offset
        while first > 0 and words[first - 1] == words[first]:
            first -= 1
        while last + 1 < len(words) and words[last + 1] == words[last]:
            last += 1
        known = self.answers[pair]
        if known is None or found[2] > known.score:
            self.answers[pair] = Answer(offsets[first][0], offsets[last][1], found[2], float(starts[0] * ends[0]))


def probabilities(logits: tuple[Tensor, Tensor], mask: Tensor, temperature: float = 1.0) -> list[Tensor]:
    """Softmax over the real positions of each row, of logits divided by `temperature`."""
    return [(x.float() / temperature).masked_fill(mask == 0, -1e4).softmax(-1) for x in logits]


@torch.no_grad()
def predict_answers(
    model: MultiTaskModel, tokenizer: TextTokenizer, pairs: Sequence[tuple[str, str]], progress: Progress | None = None, temperature: float = 1.0
) -> list[Answer | None]:
    """The best span for every (question, passage), encoded together, widened to whole words; None for a passage without tokens.

    `temperature`: what logits are divided by; it changes probabilities, and may change which windows and spans compare best.
    """
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    encoded = dict(zip(texts, tokenizer.encode(texts), strict=True))
    limit = min(WINDOW, model.config.positions)
    examples: list[AnswerExample] = []
    origin: list[tuple[int, int]] = []
    for i, (question, passage) in enumerate(pairs):
        asked = encoded[question][0][: limit // 2]
        ids = encoded[passage][0]
        size = limit - len(asked) - 3
        for start, end in windows(len(ids), size, min(OVERLAP, size // 2)):
            examples.append(AnswerExample(asked, ids[start:end], []))
            origin.append((i, start))
    best = Best(len(pairs))
    done = 0
    for indices in even_batches([tokens_of(e) for e in examples], TOKENS):
        batch = collate([examples[i] for i in indices], tokenizer)
        logits = model.answers(encode(model, batch), batch["attention_mask"], batch["passage_mask"])
        starts, ends = probabilities(logits, batch["attention_mask"], temperature)
        for row, i in enumerate(indices):
            pair, offset = origin[i]
            shift, tokens = len(examples[i].question) + 2, len(examples[i].passage)
            best.add(pair, starts[row], ends[row], shift, tokens, encoded[pairs[pair][1]], offset)
        done += len(indices)
        if progress:
            progress(done, len(examples))
    return best.answers


@torch.no_grad()
def embeddings(model: MultiTaskModel, tokenizer: TextTokenizer, texts: Sequence[str]) -> Tensor:
    """Sentence embeddings [texts, H] of length 1; a text is read to the encoder's last position."""
    rows = [SentimentExample(ids[: model.config.positions - 2], 0) for ids, _, _ in tokenizer.encode(list(texts))]
    found = torch.zeros(len(rows), model.config.hidden)
    for indices in even_batches([tokens_of(e) for e in rows], TOKENS):
        batch = collate([rows[i] for i in indices], tokenizer)
        found[indices] = mean_pool(encode(model, batch), batch["attention_mask"])
    return found


def best_span(starts: Tensor, ends: Tensor, shift: int, count: int) -> tuple[int, int, float]:
    """The likeliest start and end (inclusive) in a passage of `count` tokens that begins at `shift`, and the product of their probabilities."""
    s = starts[shift : shift + count].topk(min(BEAM, count))
    e = ends[shift : shift + count].topk(min(BEAM, count))
    product = s.values[:, None] * e.values[None, :]
    width = e.indices[None, :] - s.indices[:, None]
    product = product.masked_fill((width < 0) | (width >= LONGEST), -1.0)
    at = int(product.argmax())
    row, column = divmod(at, product.shape[1])
    if product[row, column] < 0:
        # No start and end of the best fit together: the likeliest single token.
        single = int((starts[shift : shift + count] * ends[shift : shift + count]).argmax())
        return single, single, float(starts[shift + single] * ends[shift + single])
    return int(s.indices[row]), int(e.indices[column]), float(product[row, column])
