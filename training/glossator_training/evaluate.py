"""Scores of a checkpoint or a model folder on the development and test data.

python -m glossator_training.evaluate --checkpoint runs/base/checkpoint.pt --data DATA
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import torch

from .checkpoint import load_model
from .data.conll import Sentence, read_conll
from .data.example import DataError
from .data.readme import KINDS, read_segments
from .data.sentiment import OBJECTIVE_HELD_BACK
from .data.squad import read_squad
from .data.sst import passage_sentences, read_lines, read_sst2
from .metrics import Share, accuracy, answer_score, entity_f1
from .network.model import MultiTaskModel
from .no_answer import held_out_questions, judge
from .no_answer import report as no_answer_report
from .predict import Progress, embeddings, predict_answers, predict_word_tags, sentiment_logits
from .tokenization import TextTokenizer, base_directory
from .weights import ModelFolderError, load_model_folder

PARTS = ("sentiment", "marks", "entities", "answers", "no-answer", "retrieval")
"""What can be measured."""

T = TypeVar("T")
Report = dict[str, dict[str, object]]


def progress_line(what: str) -> Progress:
    """Shows how far `what` is on standard error, where that is a terminal."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{what}: {done} of {total}", end="" if done < total else "\n", file=sys.stderr, flush=True)

    return show


def spread(items: Sequence[T], limit: int | None) -> list[T]:
    """At most `limit` items, evenly spaced, so that a small sample is not all from one document."""
    if limit is None or limit >= len(items):
        return list(items)
    return [items[i * len(items) // limit] for i in range(limit)]


def evaluate_sentiment(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, limit: int | None) -> Report:
    """SST-2 dev over all labels and between negative and positive; how often `neutral` is said there and of held-back plain statements."""
    labels = model.config.sentiment_labels
    negative, positive, neutral = (labels.index(name) for name in ("negative", "positive", "neutral"))
    rows = spread(read_sst2(data / "sst2/dev.tsv"), limit)
    gold = [positive if label else negative for _, label in rows]
    logits = sentiment_logits(model, tokenizer, [text for text, _ in rows], progress_line("SST-2 dev"))
    predicted = logits.argmax(-1).tolist()
    pair = [positive if row[positive] > row[negative] else negative for row in logits]
    plain = spread(read_lines(data / "sst5/objective.txt")[-OBJECTIVE_HELD_BACK:], limit)
    marks = sentiment_logits(model, tokenizer, plain, progress_line("plain statements")).argmax(-1).tolist()
    shares = {
        "SST-2 dev, all labels": accuracy(predicted, gold),
        "SST-2 dev, negative against positive": accuracy(pair, gold),
        "SST-2 dev marked neutral": Share(predicted.count(neutral), len(predicted)),
        "plain statements (objective.txt, held back) marked neutral": Share(marks.count(neutral), len(marks)),
    }
    return {name: {"value": s.value, "correct": s.correct, "total": s.total, "text": str(s)} for name, s in shares.items()}


def runs(document: Sequence[Sentence], lengths: Sequence[int], window: int) -> list[Sentence]:
    """Consecutive sentences joined while they hold at most `window` tokens together."""
    result: list[Sentence] = []
    filled = 0
    for (words, tags), tokens in zip(document, lengths, strict=True):
        if result and filled + tokens <= window:
            result[-1] = (result[-1][0] + words, result[-1][1] + tags)
            filled += tokens
        else:
            result.append((words, tags))
            filled = tokens
    return result


def evaluate_entities(model: MultiTaskModel, tokenizer: TextTokenizer, path: Path, window: int, limit: int | None, lower: bool = False) -> Report:
    """Strict F1 of a column file, read sentence by sentence and, with `window` > 0, in runs of sentences of up to so many tokens; `lower`: in lower case."""
    documents = read_conll(path)
    if lower:
        documents = [[([w.lower() for w in words], tags) for words, tags in d] for d in documents]
    if limit is not None:
        share = max(1, len(documents) * limit // sum(map(len, documents)))
        documents = spread(documents, share)
    forms = {"sentences": [s for d in documents for s in d]}
    if window > 0:
        forms[f"runs of up to {window} tokens"] = [
            run for d in documents for run in runs(d, [len(ids) for ids, _, _ in tokenizer.encode([" ".join(w) for w, _ in d])], window)
        ]
    report: Report = {}
    for form, sentences in forms.items():
        name = f"{path.name}, {len(sentences)} {form}" + (", lower-cased" if lower else "")
        tags = predict_word_tags(model, tokenizer, [words for words, _ in sentences], progress_line(name))
        score = entity_f1(tags, [gold for _, gold in sentences])
        counts = {"correct": score.correct, "found": score.found, "reference": score.reference}
        report[name] = {"value": score.f1, "precision": score.precision, "recall": score.recall, **counts, "text": str(score)}
    return report


def evaluate_answers(model: MultiTaskModel, tokenizer: TextTokenizer, path: Path, limit: int | None) -> Report:
    """Exact match and F1; the best span always counts, since every question of SQuAD v1.1 has an answer."""
    questions = spread([q for q in read_squad(path) if q.answers], limit)
    pairs = [(q.text, q.context) for q in questions]
    found = predict_answers(model, tokenizer, pairs, progress_line(path.name))
    texts = [q.context[a.start : a.end] if a else "" for q, a in zip(questions, found, strict=True)]
    score = answer_score(texts, [[q.context[s:e] for s, e in q.answers] for q in questions])
    counts = {"exact_match": score.exact_match, "exact": score.exact, "total": score.total}
    return {f"{path.name}, answers": {"value": score.f1, **counts, "text": str(score)}}


def evaluate_no_answer(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, limit: int | None) -> Report:
    """Questions with and without an answer of the articles that no run trains on, as they are and with both kinds in their translated wording."""
    found: Report = {}
    for wording in ("original", "paraphrase"):
        questions = held_out_questions(data, wording)
        # As many of each kind: the F1 of "no answer" depends on the mixture.
        kinds = [spread([q for q in questions if bool(q.answers) == answerable], limit and limit // 2) for answerable in (True, False)]
        scores = no_answer_report(judge(model, tokenizer, kinds[0] + kinds[1], progress_line(f"held-out articles, {wording}")))
        text = f"AUC {scores['auc']:.3f}, F1 with the no-answer choice {100 * scores['f1']:.2f}, at even odds {100 * scores['f1_at_even_odds']:.2f}"
        found[f"held-out articles, {wording} wording, {len(kinds[0])} with and {len(kinds[1])} without an answer"] = {
            "value": scores["auc"],
            **scores,
            "text": text,
        }
    return found


def evaluate_marks(model: MultiTaskModel, tokenizer: TextTokenizer, data: Path, segments: Path | None, limit: int | None, confidence: float = 0.8) -> Report:
    """Share of README segments, by kind, of expository sentences, and of SST-2 dev, that get an opinion of at least `confidence` (the editor's default; without
    the stored temperature, so a little more than the editor marks)."""
    texts = {"expository sentences (SQuAD dev)": passage_sentences(data / "squad/dev-v1.1.json", 500, seed=2)}
    texts["SST-2 dev"] = [text for text, _ in read_sst2(data / "sst2/dev.tsv")]
    if segments:
        rows = read_segments(segments)
        texts |= {f"README segments, {kind}": [s.text for s in rows if s.kind == kind] for kind in KINDS}
    neutral = model.config.sentiment_labels.index("neutral")
    found: Report = {}
    for name, some in texts.items():
        some = spread(some, limit)
        best = sentiment_logits(model, tokenizer, some, progress_line(name)).softmax(-1).max(-1)
        share = Share(int(((best.indices != neutral) & (best.values >= confidence)).sum()), len(some))
        found[f"{name}, marked"] = {"value": share.value, "correct": share.correct, "total": share.total, "text": str(share)}
    return found


def evaluate_retrieval(model: MultiTaskModel, tokenizer: TextTokenizer, path: Path, limit: int | None) -> Report:
    """How often the passage of a question is among the 5 and 20 nearest of all of the file's passages, by the sentence embedding."""
    everything = [q for q in read_squad(path) if q.answers]
    passages = list(dict.fromkeys(q.context for q in everything))
    questions = spread(everything, limit)
    number = {passage: i for i, passage in enumerate(passages)}
    scores = embeddings(model, tokenizer, [q.text for q in questions]) @ embeddings(model, tokenizer, passages).T
    gold = torch.tensor([number[q.context] for q in questions])
    rank = (scores > scores.gather(1, gold[:, None])).sum(1)
    report: Report = {}
    for k in (5, 20):
        share = Share(int((rank < k).sum()), len(questions))
        report[f"gold passage among {k} of {len(passages)}, by embedding"] = {
            "value": share.value,
            "correct": share.correct,
            "total": share.total,
            "text": str(share),
        }
    return report


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Evaluate a checkpoint or a model folder.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint", type=Path)
    source.add_argument("--model", type=Path, help="a model folder, its weights as stored there")
    parser.add_argument("--data", type=Path, required=True, help="folder with sst2/, sst5/, conll2003/, squad/")
    parser.add_argument("--limit", type=int, help="at most so many examples of each set, evenly spaced")
    parser.add_argument("--window", type=int, default=200, help="tokens in a run of sentences; 0: single sentences only")
    parser.add_argument("--no-retrieval", action="store_true", help="leave out how often a passage is found")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this alone; may be given several times")
    parser.add_argument("--segments", type=Path, help="held-out README segments (gather_readmes): how many are marked as opinions")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    try:
        model = load_model(args.checkpoint) if args.checkpoint else load_model_folder(args.model)
        tokenizer = TextTokenizer((args.model or base_directory()) / "tokenizer.json")
        testa, testb, dev = args.data / "conll2003/eng.testa", args.data / "conll2003/eng.testb", args.data / "squad/dev-v1.1.json"
        parts = {
            "sentiment": lambda: evaluate_sentiment(model, tokenizer, args.data, args.limit),
            "marks": lambda: evaluate_marks(model, tokenizer, args.data, args.segments, args.limit),
            "entities": lambda: (
                evaluate_entities(model, tokenizer, testa, args.window, args.limit)
                | evaluate_entities(model, tokenizer, testb, args.window, args.limit)
                | evaluate_entities(model, tokenizer, testb, 0, args.limit, lower=True)
            ),
            "answers": lambda: evaluate_answers(model, tokenizer, dev, args.limit),
            "no-answer": lambda: evaluate_no_answer(model, tokenizer, args.data, args.limit),
            "retrieval": lambda: evaluate_retrieval(model, tokenizer, dev, args.limit),
        }
        wanted = args.only or [name for name in PARTS if name != "retrieval" or not args.no_retrieval]
        report: Report = {}
        for part in wanted:
            scores = parts[part]()
            report |= scores
            if not args.json:
                for name, score in scores.items():
                    print(f"{name}: {score['text']}", flush=True)
        if args.json:
            print(json.dumps({name: {k: v for k, v in s.items() if k != "text"} for name, s in report.items()}, indent=2))
    except (DataError, ModelFolderError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
