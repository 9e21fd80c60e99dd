"""The three tasks' training data as epochs of examples. An epoch is a pure function of the seed and its number."""

import random
from collections.abc import Sequence
from pathlib import Path

from ..network.config import NetworkConfig
from ..shapes import shape_ids
from ..tokenization import TextTokenizer
from .conll import Sentence, read_conll
from .example import AnswerExample, DataError, EntityExample, SentimentExample
from .squad import Question, read_squad
from .sst import passage_sentences, read_lines, read_sst2, read_sst5_neutral

OBJECTIVE_HELD_BACK = 500
"""The last lines of objective.txt are never trained on: they measure how many plain statements stay unmarked."""

ANSWER_MIX = {
    "squadshifts/new-wiki.json": 1.0,
    "squadshifts/amazon.json": 0.6,
    "squadshifts/reddit.json": 0.4,
    "squad/train-roundtrip.json": 0.35,
    "qamr/qamr.json": 0.25,
}
"""Share of each file's questions in one epoch: cleanest and nearest to an encyclopedia first."""

ROUNDTRIP_POSTERIOR = 0.8
"""Round-trip questions below this are left out: their tie to the answer is right less than 96 times in 100."""


def label_words(
    tokenizer: TextTokenizer, sentences: Sequence[Sentence], labels: dict[str, int]
) -> list[EntityExample]:
    """One example per sentence. The first piece of every pre-token carries a label; a word of several pre-tokens continues with I-."""
    texts = [" ".join(words) for words, _ in sentences]
    examples = []
    for (words, tags), text, (ids, offsets, word_ids) in zip(sentences, texts, tokenizer.encode(texts), strict=True):
        starts = {}
        position = 0
        for index, word in enumerate(words):
            starts[position] = index
            for inner in range(position + 1, position + len(word)):
                starts[inner] = index
            position += len(word) + 1
        targets = []
        previous_word, previous_pretoken = -1, -1
        for (start, _), pretoken in zip(offsets, word_ids, strict=True):
            word = starts[start]
            tag = tags[word]
            if pretoken == previous_pretoken:
                targets.append(-100)
            elif word == previous_word and tag.startswith("B-"):
                targets.append(labels["I-" + tag[2:]])
            else:
                targets.append(labels[tag])
            previous_word, previous_pretoken = word, pretoken
        examples.append(EntityExample(ids, shape_ids(text, offsets, word_ids), targets))
    return examples


class SentimentSource:
    """SST-2 phrases (0 negative, 1 positive) and statements that judge nothing (2 neutral)."""

    def __init__(self, data: Path, tokenizer: TextTokenizer) -> None:
        rows = read_sst2(data / "sst2/train.tsv")
        statements = (
            read_sst5_neutral(data / "sst5/train.tsv")
            + read_lines(data / "sst5/objective.txt")[:-OBJECTIVE_HELD_BACK]
            + passage_sentences(data / "squad/train-roundtrip.json", 5000, seed=1)
        )
        rows += [(text, 2) for text in statements]
        encoded = tokenizer.encode([text for text, _ in rows])
        self.examples = [SentimentExample(ids[:126], label) for (ids, _, _), (_, label) in zip(encoded, rows, strict=True)]

    def epoch(self, rng: random.Random) -> list[SentimentExample]:
        """Every example once."""
        del rng
        return self.examples


class EntitySource:
    """Half the time one sentence, half the time a run of one document's sentences of up to `window` tokens."""

    def __init__(self, files: Sequence[Path], tokenizer: TextTokenizer, config: NetworkConfig, window: int = 200) -> None:
        labels = {name: i for i, name in enumerate(config.entity_labels)}
        types = {name[2:] for name in config.entity_labels if name != "O"}
        self.documents = [label_words(tokenizer, document, labels) for file in files for document in read_conll(file, types)]
        self.window = window

    def epoch(self, rng: random.Random) -> list[EntityExample]:
        """Every sentence once, cut into runs anew."""
        examples = []
        for document in self.documents:
            run = EntityExample([], [], [])
            limit = 0
            for sentence in document:
                if run.ids and len(run.ids) + len(sentence.ids) > limit:
                    examples.append(run)
                    run = EntityExample([], [], [])
                if not run.ids:
                    limit = 0 if rng.random() < 0.5 else rng.randint(40, self.window)
                run.ids = run.ids + sentence.ids
                run.shapes = run.shapes + sentence.shapes
                run.labels = run.labels + sentence.labels
            if run.ids:
                examples.append(run)
        for example in examples:
            example.ids, example.shapes, example.labels = example.ids[:510], example.shapes[:510], example.labels[:510]
        return examples


class AnswerSource:
    """Questions of several files, mixed by `mix`; a window of the passage around the answer, now and then one without it."""

    def __init__(self, files: dict[Path, float], tokenizer: TextTokenizer, window: int = 176, no_answer: float = 0.1) -> None:
        self.window, self.no_answer = window, no_answer
        self.groups: list[tuple[list[Question], float]] = []
        for path, share in files.items():
            questions = [q for q in read_squad(path) if q.tied_by == "" or q.posterior >= ROUNDTRIP_POSTERIOR]
            if not questions:
                raise DataError(f"{path}: no question with a sure answer")
            self.groups.append((questions, share))
        contexts = list({q.context for group, _ in self.groups for q in group})
        self.passages = {c: (ids, offsets) for c, (ids, offsets, _) in zip(contexts, tokenizer.encode(contexts), strict=True)}
        texts = list({q.text for group, _ in self.groups for q in group})
        self.questions = {t: ids[:48] for t, (ids, _, _) in zip(texts, tokenizer.encode(texts), strict=True)}

    def epoch(self, rng: random.Random) -> list[AnswerExample]:
        """Each file's share of its questions, with a window drawn for each."""
        examples = []
        for questions, share in self.groups:
            count = round(share * len(questions))
            for question in rng.sample(questions, count) if count < len(questions) else questions:
                examples.append(self._example(question, rng))
        return examples

    def _example(self, question: Question, rng: random.Random) -> AnswerExample:
        ids, offsets = self.passages[question.context]
        spans = [s for s in (token_span(offsets, a) for a in question.answers) if s]
        if not spans or rng.random() < self.no_answer:
            return self._without_answer(question, ids, spans, rng)
        start, end = min(spans, key=lambda s: (s[1] - s[0], s)) if rng.random() < 0.5 else rng.choice(spans)
        width = max(self.window, end - start + 1)
        lowest, highest = max(0, end + 1 - width), min(start, max(0, len(ids) - width))
        first = rng.randint(lowest, max(lowest, highest))
        return AnswerExample(self.questions[question.text], ids[first : first + width], [(start - first, end - first)])

    def _without_answer(
        self, question: Question, ids: list[int], spans: list[tuple[int, int]], rng: random.Random
    ) -> AnswerExample:
        """A window of the same passage that touches no answer where it is long enough, else of another one."""
        first = rng.randint(0, max(0, len(ids) - self.window))
        if len(ids) <= self.window or any(s < first + self.window and e >= first for s, e in spans):
            other = rng.choice(self.groups[rng.randrange(len(self.groups))][0])
            if other.context == question.context:
                return AnswerExample(self.questions[question.text], ids[: self.window], spans[:1])
            ids = self.passages[other.context][0]
            first = rng.randint(0, max(0, len(ids) - self.window))
        return AnswerExample(self.questions[question.text], ids[first : first + self.window], [])


def token_span(offsets: Sequence[tuple[int, int]], span: tuple[int, int]) -> tuple[int, int] | None:
    """Code-point span → inclusive span of the tokens that overlap it; None where no token does."""
    touched = [i for i, (start, end) in enumerate(offsets) if start < span[1] and end > span[0]]
    return (touched[0], touched[-1]) if touched else None
