"""The decoder over passages and questions that were encoded apart."""

import random
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from glossator_training.data.answers import AnswerOptions, AnswerSource, CachedSource
from glossator_training.data.batches import collate
from glossator_training.data.example import CachedExample
from glossator_training.losses import aligned, cached_loss, distillation
from glossator_training.network.encoder import Encoder, mean_pool
from glossator_training.network.model import MultiTaskModel
from glossator_training.tokenization import TextTokenizer
from glossator_training.weights import start_from

EXAMPLES = [CachedExample([10, 11, 12, 13], [[20, 21], [22]], [(1, 2), None]), CachedExample([14, 15], [[23]], [(0, 0)])]


def read(model: MultiTaskModel, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    hidden = model.encoder(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    asked = model.encoder(batch["question_input_ids"], batch["question_attention_mask"], batch["question_token_type_ids"])
    rows = batch["passage"]
    return model.cached(hidden[rows], batch["attention_mask"][rows], asked, batch["question_attention_mask"])


def test_collate_keeps_passages_once_and_questions_with_their_passage(tokenizer: TextTokenizer):
    made = collate(EXAMPLES, tokenizer)
    assert made["input_ids"].tolist() == [[2, 10, 11, 12, 13, 3], [2, 14, 15, 3, 0, 0]]
    assert made["question_input_ids"].tolist() == [[2, 20, 21, 3], [2, 22, 3, 0], [2, 23, 3, 0]]
    assert made["passage"].tolist() == [0, 0, 1]
    assert (made["starts"].tolist(), made["ends"].tolist()) == ([2, 0, 1], [3, 0, 1])
    # The pair puts the passage behind the question: what is at p in the cached row is at p + shift there.
    for row, (passage, shift) in enumerate(zip(made["passage"].tolist(), made["shift"].tolist(), strict=True)):
        for p in range(1, len(EXAMPLES[passage].passage) + 1):
            assert made["pair_input_ids"][row, p + shift] == made["input_ids"][passage, p]


@torch.no_grad()
def test_a_span_lies_in_the_passage_or_at_cls_and_padding_changes_nothing(model: MultiTaskModel, tokenizer: TextTokenizer):
    made = collate(EXAMPLES, tokenizer)
    start, end = read(model, made)
    assert start.shape == end.shape == (3, 6)
    may = torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0]]).bool()
    for logits in (start, end):
        assert (logits[~may] == -1e4).all() and (logits[may].abs() < 1e3).all()
    alone = collate([EXAMPLES[1]], tokenizer)
    torch.testing.assert_close(read(model, alone)[0][0], start[2, :4])


@torch.no_grad()
def test_the_loss_is_spans_and_distillation_and_the_kept_embedding(model: MultiTaskModel, tokenizer: TextTokenizer, config):
    torch.manual_seed(9)
    base = Encoder(config).eval()
    made = collate(EXAMPLES, tokenizer)
    start, end = read(model, made)
    spans = sum(F.cross_entropy(x, made[y], reduction="sum") for x, y in ((start, "starts"), (end, "ends"))) / 2
    total, count = cached_loss(model, made, None, distil=0, keep=0)
    assert count == 3 and total.item() == pytest.approx(spans.item(), rel=1e-5)

    pooled = {}
    for name, encoder in (("moved", model.encoder), ("fixed", base)):
        for prefix in ("", "question_"):
            mask = made[f"{prefix}attention_mask"]
            pooled[name, prefix] = mean_pool(encoder(made[f"{prefix}input_ids"], mask, made[f"{prefix}token_type_ids"]), mask)
    away = {p: 1 - (pooled["moved", p] * pooled["fixed", p]).sum(-1) for p in ("", "question_")}
    kept = (away[""][made["passage"]].sum() + away["question_"].sum()) / 2
    total, _ = cached_loss(model, made, base, distil=0, keep=0.5)
    assert total.item() == pytest.approx(spans.item() + 0.5 * kept.item(), rel=1e-5)

    pair = model.encoder(made["pair_input_ids"], made["pair_attention_mask"], made["pair_token_type_ids"])
    teacher = model.answers(pair, made["pair_attention_mask"], made["pair_passage_mask"])
    divergence = 0.0
    for student, whole in zip((start, end), teacher, strict=True):
        for row, (length, shift) in enumerate(((4, 3), (4, 2), (2, 2))):
            places = [0, *range(1, length + 1)]
            p = torch.stack([whole[row, i + shift if i else 0] for i in places]).div(2).softmax(-1)
            q = student[row, places].div(2).softmax(-1)
            divergence += 4 * (p * (p / q).log()).sum().item()
    total, _ = cached_loss(model, made, None, distil=1, keep=0)
    assert total.item() == pytest.approx(spans.item() + divergence / 2, rel=1e-4)
    assert not model.training and not model.answers.dropout.training


def test_distillation_of_equal_logits_is_nothing():
    logits = torch.tensor([[1.0, 2.0, -1e4]])
    assert distillation(logits, logits, 2.0).item() == pytest.approx(0, abs=1e-6)
    assert aligned(torch.tensor([[5.0, 9.0, 9.0, 6.0, 7.0]]), torch.tensor([2]), 3).tolist() == [[5.0, 6.0, 7.0]]


def test_gradient_reaches_the_encoder_through_passage_and_question(model: MultiTaskModel, tokenizer: TextTokenizer):
    # At the start the up-projections are zero, and own and shared features the same.
    for adapter in (model.cached.task_gate.own, model.cached.task_gate.shared):
        torch.nn.init.normal_(adapter.up.weight, std=0.1)
    model.train()
    total, count = cached_loss(model, collate(EXAMPLES, tokenizer), None, distil=1, keep=0)
    (total / count).backward()
    gate = model.cached.task_gate
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in (gate.gate.weight, gate.own.up.weight, gate.shared.up.weight))
    assert model.encoder.layers[0].inner.weight.grad.abs().sum() > 0
    # The teacher is not taught.
    assert model.answers.output.weight.grad is None


def test_cached_epochs_hold_answers_inside_their_window(base_data: Path, tokenizer: TextTokenizer):
    source = AnswerSource({base_data / "squad/train-v1.1.json": 1.0}, tokenizer, AnswerOptions(window=8, elsewhere=0))
    places = [tokenizer.encode([p])[0][0] for p in ("paris", "rome", "lima")]
    examples = CachedSource(source, most=2).epoch(random.Random(4))
    assert examples == CachedSource(source, most=2).epoch(random.Random(4))
    assert all(0 < len(e.questions) == len(e.answers) <= 2 for e in examples)
    found = [e.passage[a[0] : a[1] + 1] for e in examples for a in e.answers if a]
    assert found and all(answer in places for answer in found)


def test_a_model_without_the_cached_decoder_lends_it_its_reader(model_folder: Path, model: MultiTaskModel):
    fresh = MultiTaskModel(model.config)
    start_from(fresh, model_folder)
    torch.testing.assert_close(fresh.sentiment.output.weight, model.sentiment.output.weight, atol=1e-3, rtol=1e-2)
    torch.testing.assert_close(fresh.cached.layers[1].inner.bias, model.cached.layers[1].inner.bias)
