"""CoNLL-2003 and technical prose as epochs of entity examples. An epoch is a pure function of the seed and its number."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..network.config import NetworkConfig
from ..shapes import shape_ids
from ..tokenization import TextTokenizer
from .conll import Sentence, read_conll
from .example import EntityExample
from .readme import read_segments
from .technical import technical_tags


def label_words(tokenizer: TextTokenizer, sentences: Sequence[Sentence], labels: dict[str, int]) -> list[EntityExample]:
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


def lower(text: str) -> str:
    """Lower case, character by character, so that offsets stay."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def upper(text: str) -> str:
    """The same in capitals."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


def title(text: str) -> str:
    """The first letter of each word between spaces in capitals, the rest lower."""
    return " ".join(upper(word[:1]) + lower(word[1:]) for word in text.split(" "))


CASES = {"lower": lower, "title": title, "upper": upper}


@dataclass(slots=True)
class CasedExample(EntityExample):
    """A sentence whose shapes in other cases are known. The encoder is uncased: only the shapes change."""

    cased: dict[str, list[int]]


def with_cases(sentences: Sequence[Sentence], examples: Sequence[EntityExample], tokenizer: TextTokenizer) -> list[CasedExample]:
    """The same examples with their shapes in lower, title and upper case."""
    texts = [" ".join(words) for words, _ in sentences]
    found = []
    for text, example, (_, offsets, words) in zip(texts, examples, tokenizer.encode(texts), strict=True):
        cased = {name: shape_ids(change(text), offsets, words) for name, change in CASES.items()}
        found.append(CasedExample(example.ids, example.shapes, example.labels, cased))
    return found


@dataclass(frozen=True, slots=True)
class EntityOptions:
    """How examples are made of sentences."""

    window: int = 200
    """Tokens of the longest run of neighbouring sentences."""
    masked: float = 0.06
    """Chance that a word is hidden from the encoder, all its pieces, but not from the shape features: what surrounds a name must do, as
    it must for names never seen."""
    cases: tuple[tuple[str, float], ...] = (("lower", 0.15), ("title", 0.05), ("upper", 0.05))
    """Chance of a run to be read in another case (Mayhew et al. 2019: a model trained on both loses little on either)."""
    technical: float = 0.08
    """Sentences of technical prose in an epoch, as a share of the runs."""


class EntitySource:
    """Half the time one sentence, half the time a run of one document's sentences of up to `window` tokens.

    `technical`: a file of README segments (readme.py), in which only words that surely name nothing are labelled, as outside.
    """

    def __init__(
        self, files: Sequence[Path], tokenizer: TextTokenizer, config: NetworkConfig, options: EntityOptions | None = None, technical: Path | None = None
    ) -> None:
        self.mask, self.options = tokenizer.mask, options or EntityOptions()
        labels = {name: i for i, name in enumerate(config.entity_labels)}
        types = {name[2:] for name in config.entity_labels if name != "O"}
        self.documents = [with_cases(document, label_words(tokenizer, document, labels), tokenizer) for file in files for document in read_conll(file, types)]
        self.technical: list[EntityExample] = []
        if technical:
            texts = [segment.text for segment in read_segments(technical) if segment.kind in ("sentence", "list")]
            self.technical = [e for e in technical_tags(tokenizer, texts, labels["O"]) if any(label >= 0 for label in e.labels)]

    def epoch(self, rng: random.Random) -> list[EntityExample]:
        """Every sentence once, cut into runs anew."""
        examples = []
        for document in self.documents:
            run, case, limit = EntityExample([], [], []), "", 0
            for sentence in document:
                if run.ids and len(run.ids) + len(sentence.ids) > limit:
                    examples.append(run)
                    run = EntityExample([], [], [])
                if not run.ids:
                    limit = 0 if rng.random() < 0.5 else rng.randint(40, self.options.window)
                    case = self._case(rng)
                run.ids = run.ids + sentence.ids
                run.shapes = run.shapes + sentence.cased.get(case, sentence.shapes)
                run.labels = run.labels + sentence.labels
            if run.ids:
                examples.append(run)
        for example in examples:
            example.ids, example.shapes, example.labels = self._hide(example.ids[:510], example.shapes, rng), example.shapes[:510], example.labels[:510]
        count = min(len(self.technical), round(self.options.technical * len(examples)))
        return examples + rng.sample(self.technical, count)

    def _case(self, rng: random.Random) -> str:
        """The case that the next run is read in; empty: its own."""
        chance = rng.random()
        for name, share in self.options.cases:
            chance -= share
            if chance < 0:
                return name
        return ""

    def _hide(self, ids: list[int], shapes: list[int], rng: random.Random) -> list[int]:
        """Ids with some words' pieces replaced by [MASK]; odd shape ids mark pieces that continue a word."""
        hidden, hide = [], False
        for piece, shape in zip(ids, shapes, strict=False):
            hide = hide if shape % 2 else rng.random() < self.options.masked
            hidden.append(self.mask if hide else piece)
        return hidden
