"""The three tasks' training data as epochs of examples. An epoch is a pure function of the seed and its number."""

import random
from collections.abc import Sequence
from pathlib import Path

from ..network.config import NetworkConfig
from ..shapes import shape_ids
from ..tokenization import TextTokenizer
from .conll import Sentence, read_conll
from .example import AnswerExample, CachedExample, DataError, EntityExample, SentimentExample
from .squad import Question, read_squad, read_unanswerable
from .sst import passage_sentences, read_lines, read_sst2, read_sst5_neutral

OBJECTIVE_HELD_BACK = 500
"""The last lines of objective.txt are never trained on: they measure how many plain statements stay unmarked."""

NEUTRAL_MIX = {"neutral": 0.1, "objective": 3.0, "passages": 1.0}
"""Share of the statements in one epoch. SST-5's neutral sentences are reviews, too: too many of them, and opinions go unmarked."""

ANSWER_MIX = {
    "squadshifts/new-wiki.json": 1.0,
    "squadshifts/amazon.json": 0.35,
    "squadshifts/reddit.json": 0.25,
    "squad/train-roundtrip.json": 0.6,
    "qamr/qamr.json": 0.15,
    "fairytaleqa/train.json": 0.3,
}
"""Share of each file's questions in one epoch: cleanest and nearest to an encyclopedia first."""

ORIGINAL_SQUAD = "squad/train-v1.1.json"
"""The original training file, where a user has it; it takes the place of the translated one."""

UNANSWERABLE = "squad/train-candidates.json"
NO_ANSWER_WEIGHT = 0.3
"""Weight of a question that most likely has no answer: its label is less sure than an answer's."""

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
    """SST-2 phrases (0 negative, 1 positive) and statements that judge nothing (2 neutral), mixed by `NEUTRAL_MIX`.

    `shortest`: phrases of fewer tokens are left out.
    """

    def __init__(self, data: Path, tokenizer: TextTokenizer, shortest: int = 0) -> None:
        def encoded(texts: list[str], label: int) -> list[SentimentExample]:
            return [SentimentExample(ids[:126], label) for ids, _, _ in tokenizer.encode(texts)]

        rows = read_sst2(data / "sst2/train.tsv")
        phrases = [e for label in (0, 1) for e in encoded([text for text, known in rows if known == label], label)]
        self.phrases = [e for e in phrases if len(e.ids) >= shortest]
        self.statements = {
            "neutral": encoded(read_sst5_neutral(data / "sst5/train.tsv"), 2),
            "objective": encoded(read_lines(data / "sst5/objective.txt")[:-OBJECTIVE_HELD_BACK], 2),
            "passages": encoded(passage_sentences(data / "squad/train-roundtrip.json", 5000, seed=1), 2),
        }

    def epoch(self, rng: random.Random) -> list[SentimentExample]:
        """Every phrase once, and each kind of statement by its share."""
        examples = list(self.phrases)
        for kind, share in NEUTRAL_MIX.items():
            whole, rest = divmod(share, 1)
            statements = self.statements[kind]
            examples += statements * int(whole) + rng.sample(statements, round(rest * len(statements)))
        return examples


class EntitySource:
    """Half the time one sentence, half the time a run of one document's sentences of up to `window` tokens.

    A word in `masked` is hidden from the encoder, all its pieces, but not from the shape features: what surrounds a name must do, as
    it must for names never seen.
    """

    def __init__(
        self, files: Sequence[Path], tokenizer: TextTokenizer, config: NetworkConfig, window: int = 200, masked: float = 0.06
    ) -> None:
        self.mask, self.masked = tokenizer.mask, masked
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
            example.ids, example.shapes, example.labels = self._hide(example.ids[:510], example.shapes, rng), example.shapes[:510], example.labels[:510]
        return examples

    def _hide(self, ids: list[int], shapes: list[int], rng: random.Random) -> list[int]:
        """Ids with some words' pieces replaced by [MASK]; odd shape ids mark pieces that continue a word."""
        hidden, hide = [], False
        for piece, shape in zip(ids, shapes, strict=False):
            hide = hide if shape % 2 else rng.random() < self.masked
            hidden.append(self.mask if hide else piece)
        return hidden


class AnswerSource:
    """Questions of several files, mixed by `mix`; a window of the passage around the answer, now and then one without it.

    Half the windows hold `window` tokens, half fewer: short ones give more questions a token. `unanswerable`: a file of candidates
    whose late questions are added as questions without an answer, one for every ten others.
    """

    def __init__(
        self,
        files: dict[Path, float],
        tokenizer: TextTokenizer,
        window: int = 176,
        no_answer: float = 0.08,
        unanswerable: Path | None = None,
    ) -> None:
        self.window, self.no_answer = window, no_answer
        self.groups: list[tuple[list[Question], float]] = []
        for path, share in files.items():
            questions = [q for q in read_squad(path) if q.tied_by == "" or q.posterior >= ROUNDTRIP_POSTERIOR]
            if not questions:
                raise DataError(f"{path}: no question with a sure answer")
            self.groups.append((questions, share))
        self.without = read_unanswerable(unanswerable) if unanswerable else []
        everything = [q for group, _ in self.groups for q in group] + self.without
        contexts = list({q.context: None for q in everything})
        self.passages = {c: (ids, offsets) for c, (ids, offsets, _) in zip(contexts, tokenizer.encode(contexts), strict=True)}
        texts = list({q.text: None for q in everything})
        self.questions = {t: ids[:48] for t, (ids, _, _) in zip(texts, tokenizer.encode(texts), strict=True)}

    def drawn(self, rng: random.Random) -> list[Question]:
        """Each file's share of its questions."""
        result = []
        for questions, share in self.groups:
            count = round(share * len(questions))
            result += rng.sample(questions, count) if count < len(questions) else questions
        return result

    def epoch(self, rng: random.Random) -> list[AnswerExample]:
        """The drawn questions, with a window drawn for each."""
        examples = [self._example(question, rng) for question in self.drawn(rng)]
        for question in rng.sample(self.without, min(len(self.without), len(examples) // 10)):
            ids = self.passages[question.context][0]
            first = rng.randint(0, max(0, len(ids) - self.window))
            window = ids[first : first + self.window]
            examples.append(AnswerExample(self.questions[question.text], window, [], NO_ANSWER_WEIGHT))
        return examples

    def width(self, rng: random.Random) -> int:
        """Tokens of the next window."""
        return self.window if rng.random() < 0.5 else rng.randint(self.window // 3, self.window)

    def spans(self, question: Question) -> list[tuple[int, int]]:
        """The answers as inclusive token spans of the whole passage."""
        offsets = self.passages[question.context][1]
        return [s for s in (token_span(offsets, a) for a in question.answers) if s]

    def _example(self, question: Question, rng: random.Random) -> AnswerExample:
        ids = self.passages[question.context][0]
        spans = self.spans(question)
        width = self.width(rng)
        if not spans or rng.random() < self.no_answer:
            return self._without_answer(question, ids, spans, width, rng)
        start, end = chosen(spans, rng)
        first, width = placed(start, end, len(ids), width, rng)
        return AnswerExample(self.questions[question.text], ids[first : first + width], [(start - first, end - first)], tied=question.tied_by != "")

    def _without_answer(
        self, question: Question, ids: list[int], spans: list[tuple[int, int]], width: int, rng: random.Random
    ) -> AnswerExample:
        """A window of the same passage that touches no answer where it is long enough, else of another one."""
        first = rng.randint(0, max(0, len(ids) - width))
        if len(ids) <= width or any(s < first + width and e >= first for s, e in spans):
            other = rng.choice(self.groups[rng.randrange(len(self.groups))][0])
            if other.context == question.context:
                return AnswerExample(self.questions[question.text], ids[:width], [s for s in spans if s[1] < width][:1])
            ids = self.passages[other.context][0]
            first = rng.randint(0, max(0, len(ids) - width))
        return AnswerExample(self.questions[question.text], ids[first : first + width], [])


class CachedSource:
    """The same questions by passage: a window around one question's answer, and up to `most` questions whose answers lie in it."""

    def __init__(self, answers: AnswerSource, most: int = 3) -> None:
        self.answers, self.most = answers, most

    def epoch(self, rng: random.Random) -> list[CachedExample]:
        """One example for each passage that a question was drawn from; one question in ten is another passage's, without an answer."""
        source = self.answers
        drawn = source.drawn(rng)
        rng.shuffle(drawn)
        by_context: dict[str, list[Question]] = {}
        for question in drawn:
            by_context.setdefault(question.context, []).append(question)
        examples = []
        for context, questions in by_context.items():
            spans = {q.identifier: chosen(found, rng) for q in questions if (found := source.spans(q))}
            if not spans:
                continue
            ids = source.passages[context][0]
            start, end = next(iter(spans.values()))
            first, width = placed(start, end, len(ids), source.width(rng), rng)
            inside = [q for q in questions if q.identifier in spans and first <= spans[q.identifier][0] and spans[q.identifier][1] < first + width]
            example = CachedExample(ids[first : first + width], [], [])
            for question in inside[: self.most]:
                other = rng.choice(drawn) if rng.random() < 0.1 else question
                start, end = spans[question.identifier]
                example.questions.append(source.questions[other.text])
                example.answers.append((start - first, end - first) if other is question else None)
            examples.append(example)
        return examples


def chosen(spans: list[tuple[int, int]], rng: random.Random) -> tuple[int, int]:
    """The shortest of several answers, or any: some annotators marked whole sentences."""
    return min(spans, key=lambda s: (s[1] - s[0], s)) if rng.random() < 0.5 else rng.choice(spans)


def placed(start: int, end: int, count: int, width: int, rng: random.Random) -> tuple[int, int]:
    """First token and width of a window of a passage of `count` tokens that holds the whole answer `start`–`end`."""
    width = max(width, end - start + 1)
    lowest, highest = max(0, end + 1 - width), min(start, max(0, count - width))
    return rng.randint(lowest, max(lowest, highest)), width


def answer_source(data: Path, tokenizer: TextTokenizer, mix_by_name: dict[str, float] | None = None) -> AnswerSource:
    """The mix asked for, or the default one of a data folder, in which `ORIGINAL_SQUAD` takes the place of the translated file where it exists."""
    mix = {data / name: share for name, share in (mix_by_name or ANSWER_MIX).items()}
    if mix_by_name is None and (data / ORIGINAL_SQUAD).exists():
        mix.pop(data / "squad/train-roundtrip.json")
        mix[data / ORIGINAL_SQUAD] = 0.6
    return AnswerSource(mix, tokenizer, unanswerable=data / UNANSWERABLE)


def token_span(offsets: Sequence[tuple[int, int]], span: tuple[int, int]) -> tuple[int, int] | None:
    """Code-point span → inclusive span of the tokens that overlap it; None where no token does."""
    touched = [i for i, (start, end) in enumerate(offsets) if start < span[1] and end > span[0]]
    return (touched[0], touched[-1]) if touched else None
