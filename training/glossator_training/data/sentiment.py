"""Opinions and statements as epochs of sentiment examples. An epoch is a pure function of the seed and its number."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..tokenization import TextTokenizer
from .example import UNKNOWN, SentimentExample
from .readme import read_segments
from .squad import held_out_articles
from .sst import passage_sentences, read_lines, read_sst2, read_sst5_neutral

OBJECTIVE_HELD_BACK = 500
"""The last lines of objective.txt are never trained on: they measure how many plain statements stay unmarked."""


@dataclass(frozen=True, slots=True)
class SentimentOptions:
    """What an epoch holds. Shares may exceed 1: then statements come several times."""

    short: float = 0.35
    """Share of the SST-2 phrases of fewer than four words: a fragment seldom judges outside of reviews, and half of the phrases are ones."""
    neutral: float = 0.1
    """Share of SST-5's neutral sentences. They are reviews, too: too many of them, and opinions go unmarked."""
    objective: float = 2.0
    """Share of the plot summaries' sentences."""
    passages: float = 1.0
    """Share of the encyclopedia's sentences."""
    segments: float = 1.0
    """Share of the READMEs' headings, list items, table cells and sentences."""
    reviews: float = 0.0
    """Share of customer reviews' sentences, which have no label: a teacher says what they are (distil.py)."""


class SentimentSource:
    """SST-2 phrases (0 negative, 1 positive), statements that judge nothing (2 neutral), and reviews' sentences without a label. `segments`: a
    file of README segments (readme.py)."""

    def __init__(self, data: Path, tokenizer: TextTokenizer, options: SentimentOptions | None = None, segments: Path | None = None) -> None:
        def encoded(texts: Sequence[str], label: int) -> list[SentimentExample]:
            return [SentimentExample(ids[:126], label) for ids, _, _ in tokenizer.encode(list(texts)) if ids]

        self.options = options or SentimentOptions()
        rows = read_sst2(data / "sst2/train.tsv")
        self.phrases = [e for label in (0, 1) for e in encoded([t for t, known in rows if known == label and len(t.split()) >= 4], label)]
        self.short = [e for label in (0, 1) for e in encoded([t for t, known in rows if known == label and len(t.split()) < 4], label)]
        self.statements = {
            "neutral": encoded(read_sst5_neutral(data / "sst5/train.tsv"), 2),
            "objective": encoded(read_lines(data / "sst5/objective.txt")[:-OBJECTIVE_HELD_BACK], 2),
            "passages": encoded(passage_sentences(data / "squad/train-v1.1.json", 12000, seed=1, without=held_out_articles()), 2),
            "segments": encoded([s.text for s in read_segments(segments)], 2) if segments else [],
            "reviews": encoded(passage_sentences(data / "squadshifts/amazon.json", 12000, seed=1), UNKNOWN) if self.options.reviews else [],
        }

    def epoch(self, rng: random.Random) -> list[SentimentExample]:
        """Every longer phrase once, the shorter ones and each kind of statement by its share."""
        examples = list(self.phrases)
        for some, share in ((self.short, self.options.short), *((s, getattr(self.options, kind)) for kind, s in self.statements.items())):
            whole = int(share)
            examples += some * whole + rng.sample(some, round((share - whole) * len(some)))
        return examples
