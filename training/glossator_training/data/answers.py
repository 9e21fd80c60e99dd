"""Questions with and without an answer as epochs of examples. An epoch is a pure function of the seed and its number."""

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..tokenization import TextTokenizer
from .example import AnswerExample, DataError
from .squad import Question, held_out_articles, read_squad, without_articles

ANSWER_MIX = {
    "squad/train-v1.1.json": 1.0,
    "squadshifts/new-wiki.json": 0.5,
    "squadshifts/amazon.json": 0.15,
    "squadshifts/reddit.json": 0.15,
    "qamr/qamr.json": 0.08,
    "fairytaleqa/train.json": 0.3,
}
"""Share of each file's questions in one epoch."""

UNANSWERABLE = "squad/train-noanswer.json"

NEAREST = 4
"""A distractor is drawn from this many passages of the article that share the rarest words with the question."""


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """How examples are made of questions. All shares lie between 0 and 1."""

    window: int = 176
    """Tokens of the longest window; half the windows hold fewer: short ones give more questions a token."""
    unanswerable: float = 0.2
    """Share of the examples that are questions written to have no answer."""
    distractors: float = 0.2
    """Share of the answered questions that are read with a second passage of their article, too."""
    elsewhere: float = 0.04
    """Share of the answered questions whose window is laid beside the answer."""
    paraphrase: float = 0.45
    """Chance that a question is asked in its other wording, where it has one."""


class AnswerSource:
    """Questions of several files, each with its share in an epoch; a window of the passage around the answer, now and then one without it.

    `unanswerable`: a file of questions without an answer in their passage. Questions of the articles `held_out` are left out.
    """

    def __init__(
        self,
        files: Mapping[Path, float],
        tokenizer: TextTokenizer,
        options: AnswerOptions | None = None,
        unanswerable: Path | None = None,
        held_out: frozenset[str] = frozenset(),
    ) -> None:
        self.options = options or AnswerOptions()
        self.groups: list[tuple[list[Question], float]] = []
        for path, share in files.items():
            questions = without_articles(read_squad(path), held_out)
            if not questions:
                raise DataError(f"{path}: all its articles are held out")
            self.groups.append((questions, share))
        self.without = without_articles(read_squad(unanswerable), held_out) if unanswerable else []
        everything = [q for group, _ in self.groups for q in group] + self.without
        contexts = list({q.context: None for q in everything})
        self.passages = {c: (ids, offsets) for c, (ids, offsets, _) in zip(contexts, tokenizer.encode(contexts), strict=True)}
        texts = list({text: None for q in everything for text in (q.text, q.paraphrase) if text})
        self.questions = {t: ids[:48] for t, (ids, _, _) in zip(texts, tokenizer.encode(texts), strict=True)}
        self.articles: dict[str, list[str]] = {}
        for question in everything:
            self.articles.setdefault(question.title, []).append(question.context)
        self.articles = {title: list(dict.fromkeys(some)) for title, some in self.articles.items() if title}
        self.words = {c: frozenset(ids) for c, (ids, _) in self.passages.items()}
        counts = Counter(word for words in self.words.values() for word in words)
        self.rarity = {word: math.log(len(self.words) / n) for word, n in counts.items()}

    def drawn(self, rng: random.Random) -> list[Question]:
        """Each file's share of its questions."""
        result = []
        for questions, share in self.groups:
            count = round(share * len(questions))
            result += rng.sample(questions, count) if count < len(questions) else questions
        return result

    def epoch(self, rng: random.Random) -> list[AnswerExample]:
        """The drawn questions, with a window drawn for each, and as many without an answer as their share wants and there are."""
        examples = [self._example(question, rng) for question in self.drawn(rng)]
        share = self.options.unanswerable
        count = round(share / (1 - share) * len(examples))
        for question in rng.sample(self.without, min(len(self.without), count)):
            examples.append(AnswerExample(self.asked(question, rng), self._piece(self.passages[question.context][0], self.width(rng), rng), []))
        return examples

    def width(self, rng: random.Random) -> int:
        """Tokens of the next window."""
        window = self.options.window
        return window if rng.random() < 0.5 else rng.randint(window // 3, window)

    def asked(self, question: Question, rng: random.Random) -> list[int]:
        """Ids of the question, in one of its wordings."""
        other = question.paraphrase and rng.random() < self.options.paraphrase
        return self.questions[question.paraphrase if other else question.text]

    def spans(self, question: Question) -> list[tuple[int, int]]:
        """The answers as inclusive token spans of the whole passage."""
        offsets = self.passages[question.context][1]
        return [s for s in (token_span(offsets, a) for a in question.answers) if s]

    def distractor(self, question: Question, rng: random.Random) -> list[int] | None:
        """Ids of a passage of the same article that does not hold the answer, near to the question in its words; None where there is none."""
        answers = [question.context[s:e].lower() for s, e in question.answers]
        asked = set(self.questions[question.text])
        others = [
            (sum(self.rarity[w] for w in asked & self.words[c]), c)
            for c in self.articles.get(question.title, ())
            if c != question.context and not any(a in c.lower() for a in answers)
        ]
        if not others:
            return None
        _, context = rng.choice(sorted(others, reverse=True)[:NEAREST])
        return self.passages[context][0]

    def _piece(self, ids: list[int], width: int, rng: random.Random) -> list[int]:
        first = rng.randint(0, max(0, len(ids) - width))
        return ids[first : first + width]

    def _example(self, question: Question, rng: random.Random) -> AnswerExample:
        ids = self.passages[question.context][0]
        spans = self.spans(question)
        asked, width = self.asked(question, rng), self.width(rng)
        if not spans or rng.random() < self.options.elsewhere:
            return self._beside(question, asked, ids, spans, width, rng)
        # Several readers' answers are one question's: one of them is the target. Several places of one answer all are.
        start, end = chosen(spans, rng)
        first, width = placed(start, end, len(ids), width, rng)
        same = ids[start : end + 1]
        right = [(s - first, e - first) for s, e in dict.fromkeys(spans) if ids[s : e + 1] == same and first <= s and e < first + width]
        other = self.distractor(question, rng) if rng.random() < self.options.distractors else None
        return AnswerExample(asked, ids[first : first + width], right, None if other is None else self._piece(other, width, rng))

    def _beside(self, question: Question, asked: list[int], ids: list[int], spans: list[tuple[int, int]], width: int, rng: random.Random) -> AnswerExample:
        """A window of the same passage that touches no answer where it is long enough, else one of another passage of the article."""
        first = rng.randint(0, max(0, len(ids) - width))
        if len(ids) > width and not any(s < first + width and e >= first for s, e in spans):
            return AnswerExample(asked, ids[first : first + width], [])
        other = self.distractor(question, rng)
        if other is not None:
            return AnswerExample(asked, self._piece(other, width, rng), [])
        return AnswerExample(asked, ids[:width], [s for s in spans if s[1] < width][:1]) if spans else AnswerExample(asked, ids[:width], [])


def chosen(spans: list[tuple[int, int]], rng: random.Random) -> tuple[int, int]:
    """The shortest of several answers, or any: some annotators marked whole sentences."""
    return min(spans, key=lambda s: (s[1] - s[0], s)) if rng.random() < 0.5 else rng.choice(spans)


def placed(start: int, end: int, count: int, width: int, rng: random.Random) -> tuple[int, int]:
    """First token and width of a window of a passage of `count` tokens that holds the whole answer `start`–`end`."""
    width = max(width, end - start + 1)
    lowest, highest = max(0, end + 1 - width), min(start, max(0, count - width))
    return rng.randint(lowest, max(lowest, highest)), width


def answer_source(data: Path, tokenizer: TextTokenizer, mix: Mapping[str, float] | None = None, options: AnswerOptions | None = None) -> AnswerSource:
    """The mix asked for, or the default one, of the files of a data folder that are there, with questions without an answer; held-out articles left out.

    Raises DataError where none of the default files is there; FileNotFoundError where one that was asked for is missing.
    """
    files = {data / name: share for name, share in (mix or ANSWER_MIX).items() if share > 0}
    if mix is None:
        files = {path: share for path, share in files.items() if path.exists()}
    if not files:
        raise DataError(f"{data}: none of {', '.join(mix or ANSWER_MIX)} in it")
    unanswerable = data / UNANSWERABLE
    return AnswerSource(files, tokenizer, options, unanswerable if unanswerable.exists() else None, frozenset(held_out_articles()))


def token_span(offsets: Sequence[tuple[int, int]], span: tuple[int, int]) -> tuple[int, int] | None:
    """Code-point span → inclusive span of the tokens that overlap it; None where no token does."""
    touched = [i for i, (start, end) in enumerate(offsets) if start < span[1] and end > span[0]]
    return (touched[0], touched[-1]) if touched else None
