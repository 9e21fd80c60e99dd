"""Rows of an exported dataset → training examples, and their scores: what fine-tuning needs from each task."""

import random
from collections.abc import Sequence

from .data.answers import token_span
from .data.batches import Example
from .data.example import AnswerExample, EntityExample, SentimentExample
from .data.exported import LabelledQuestion, LabelledSentence, LabelledText
from .metrics import AnswerScore, EntityScore, Share, accuracy, answer_score, span_f1
from .network.config import NetworkConfig
from .network.model import MultiTaskModel
from .predict import OVERLAP, WINDOW, predict_answers, predict_spans, sentiment_logits, windows
from .shapes import shape_ids
from .tokenization import TextTokenizer

Score = Share | EntityScore | AnswerScore


def sentiment_examples(rows: Sequence[LabelledSentence], tokenizer: TextTokenizer, config: NetworkConfig) -> list[SentimentExample]:
    """One example per sentence, read to the encoder's last position."""
    ids = {name: i for i, name in enumerate(config.sentiment_labels)}
    encoded = tokenizer.encode([row.text for row in rows])
    return [SentimentExample(e[0][: config.positions - 2], ids[row.label]) for e, row in zip(encoded, rows, strict=True)]


def entity_examples(rows: Sequence[LabelledText], tokenizer: TextTokenizer, config: NetworkConfig) -> list[EntityExample]:
    """The first piece of every word carries a tag, as in `label_words`. Texts longer than the encoder takes become several examples."""
    ids = {name: i for i, name in enumerate(config.entity_labels)}
    room = config.positions - 2
    examples = []
    for row, (tokens, offsets, words) in zip(rows, tokenizer.encode([row.text for row in rows]), strict=True):
        labels = []
        previous = None
        for i, word in enumerate(words):
            if i and words[i - 1] == word:
                labels.append(-100)
                continue
            last = i
            while last + 1 < len(words) and words[last + 1] == word:
                last += 1
            span = next((s for s in row.spans if s[0] < offsets[last][1] and s[1] > offsets[i][0]), None)
            labels.append(ids["O"] if span is None else ids[("I-" if span == previous else "B-") + span[2]])
            previous = span
        shapes = shape_ids(row.text, offsets, words)
        for at in range(0, len(tokens), room):
            example = EntityExample(tokens[at : at + room], shapes[at : at + room], labels[at : at + room])
            # A cross-entropy over no label at all is NaN.
            if any(label >= 0 for label in example.labels):
                examples.append(example)
    return examples


def answer_examples(rows: Sequence[LabelledQuestion], tokenizer: TextTokenizer, config: NetworkConfig, rng: random.Random) -> list[AnswerExample]:
    """A window around one of the answers; for a question without an answer, every window of its passage."""
    limit = min(WINDOW, config.positions)
    texts = list(dict.fromkeys(text for row in rows for text in (row.question, row.context)))
    encoded = dict(zip(texts, tokenizer.encode(texts), strict=True))
    examples = []
    for row in rows:
        asked = encoded[row.question][0][: limit // 2]
        ids, offsets, _ = encoded[row.context]
        size = limit - len(asked) - 3
        spans = [s for a in row.answers if (s := token_span(offsets, a)) and s[1] - s[0] < size]
        if row.answers and not spans:
            continue
        if not spans:
            examples += [AnswerExample(asked, ids[a:b], []) for a, b in windows(len(ids), size, min(OVERLAP, size // 2))]
            continue
        start, end = rng.choice(spans)
        lowest, highest = max(0, end + 1 - size), max(0, min(start, len(ids) - size))
        first = rng.randint(min(lowest, highest), max(lowest, highest))
        examples.append(AnswerExample(asked, ids[first : first + size], [(start - first, end - first)]))
    return examples


def make_examples(task: str, rows: Sequence, tokenizer: TextTokenizer, config: NetworkConfig, seed: int) -> list[Example]:
    """The task's examples for training. May be fewer than rows: text the tokenizer finds no token in teaches nothing."""
    if task == "sentiment":
        return sentiment_examples(rows, tokenizer, config)
    if task == "entities":
        return entity_examples(rows, tokenizer, config)
    return answer_examples(rows, tokenizer, config, random.Random(f"{seed}/windows"))


def score(model: MultiTaskModel, task: str, rows: Sequence, tokenizer: TextTokenizer) -> Score:
    """Sentiment: accuracy; entities: strict F1 of spans; answers: EM and F1, where "no answer" is predicted if likelier than the best span."""
    model.eval()
    if task == "sentiment":
        names = model.config.sentiment_labels
        found = sentiment_logits(model, tokenizer, [row.text for row in rows]).argmax(-1).tolist()
        return accuracy([names[i] for i in found], [row.label for row in rows])
    if task == "entities":
        return span_f1(predict_spans(model, tokenizer, [row.text for row in rows]), [set(row.spans) for row in rows])
    answers = predict_answers(model, tokenizer, [(row.question, row.context) for row in rows])
    texts = [row.context[a.start : a.end] if a and a.score >= a.none else "" for row, a in zip(rows, answers, strict=True)]
    return answer_score(texts, [[row.context[s:e] for s, e in row.answers] for row in rows])
