import math

import pytest
import torch
from torch.nn import functional as F

from glossator_training.checkpoint import restore
from glossator_training.data.batches import collate
from glossator_training.data.example import UNKNOWN, AnswerExample
from glossator_training.losses import SHARED_NORM, answer_loss, kept_sentiment_loss, shared_norm_loss, span_loss, task_loss, tie_loss
from glossator_training.network.attention import MultiHeadAttention
from glossator_training.network.config import NetworkConfig
from glossator_training.network.dropout import set_dropout
from glossator_training.network.encoder import mean_pool
from glossator_training.network.gate import Adapter, TaskGate, tie_penalty
from glossator_training.network.model import TASKS, MultiTaskModel
from glossator_training.tokenization import TextTokenizer

SIX = [[2, 10, 11, 12, 13, 3], [2, 20, 21, 3, 0, 0]]
MASK = [[1] * 6, [1, 1, 1, 1, 0, 0]]


def batch(task: str, extra: int = 0) -> dict[str, torch.Tensor]:
    """Two rows, the second one padded by two, both by `extra` more."""

    def wide(rows: list[list[int]], value: int = 0) -> torch.Tensor:
        return torch.tensor([row + [value] * extra for row in rows])

    made = {"input_ids": wide(SIX), "attention_mask": wide(MASK), "token_type_ids": wide([[0] * 6] * 2)}
    if task == "sentiment":
        return made | {"labels": torch.tensor([1, 2])}
    if task == "entities":
        labels = [[-100, 1, -100, 2, 0, -100], [-100, 0, 5, -100, -100, -100]]
        return made | {"shape_ids": wide([[0, 2, 3, 4, 4, 0], [0, 2, 2, 0, 0, 0]]), "labels": wide(labels, -100)}
    passage = [[0, 0, 0, 1, 1, 0], [0, 0, 1, 0, 0, 0]]
    return made | {"passage_mask": wide(passage), "starts": torch.tensor([3, 0]), "ends": torch.tensor([4, 0]), "paired": torch.zeros(0, 2, dtype=torch.int64)}


def outputs(model: MultiTaskModel, task: str, made: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    hidden = model.encoder(made["input_ids"], made["attention_mask"], made["token_type_ids"])
    if task == "sentiment":
        return [model.sentiment(hidden, made["attention_mask"])]
    if task == "entities":
        return [model.entities(hidden, made["attention_mask"], made["shape_ids"])]
    return list(model.answers(hidden, made["attention_mask"], made["passage_mask"]))


def test_shapes(model: MultiTaskModel):
    assert [tuple(x.shape) for x in outputs(model, "sentiment", batch("sentiment"))] == [(2, 3)]
    assert [tuple(x.shape) for x in outputs(model, "entities", batch("entities"))] == [(2, 6, 9)]
    assert [tuple(x.shape) for x in outputs(model, "answers", batch("answers"))] == [(2, 6), (2, 6)]


@pytest.mark.parametrize("task", TASKS)
@torch.no_grad()
def test_padding_changes_nothing(model: MultiTaskModel, task: str):
    real = torch.tensor(MASK).bool()
    for short, long in zip(outputs(model, task, batch(task)), outputs(model, task, batch(task, extra=5)), strict=True):
        if task == "sentiment":
            torch.testing.assert_close(short, long)
        else:
            torch.testing.assert_close(short[real], long[:, :6][real])


@torch.no_grad()
def test_answers_lie_in_the_passage_or_at_cls(model: MultiTaskModel):
    made = batch("answers")
    may = made["passage_mask"].bool()
    may[:, 0] = True
    for logits in outputs(model, "answers", made):
        assert (logits[~may] == -1e4).all()
        assert (logits[may].abs() < 1e3).all()


@torch.no_grad()
def test_attention_against_its_formula():
    torch.manual_seed(0)
    attention = MultiHeadAttention(4, 1)
    x, mask = torch.randn(1, 3, 4), torch.tensor([[True, True, False]])
    q, k, v = attention.query(x), attention.key(x), attention.value(x)
    weights = ((q @ k.transpose(1, 2)) / math.sqrt(4))[:, :, :2].softmax(-1)
    torch.testing.assert_close(attention(x, x, mask), attention.output(weights @ v[:, :2]))
    with pytest.raises(ValueError, match="hidden size 5"):
        MultiHeadAttention(5, 2)


def test_all_masked_keys_give_numbers():
    assert torch.isfinite(MultiHeadAttention(4, 2)(torch.randn(1, 2, 4), torch.randn(1, 3, 4), torch.zeros(1, 3, dtype=torch.bool))).all()


@torch.no_grad()
def test_a_teacher_has_its_share_and_speaks_where_no_label_does(model: MultiTaskModel, config: NetworkConfig):
    made = batch("sentiment")
    made["labels"] = torch.tensor([1, UNKNOWN])
    teacher = MultiTaskModel(config).eval()
    (logits,), (said,) = (outputs(m, "sentiment", made) for m in (model, teacher))
    distance = sum((p.softmax(-1) * (p.log_softmax(-1) - q.log_softmax(-1))).sum().item() for p, q in zip(said, logits, strict=True))
    known = -logits[0].log_softmax(-1)[1].item()
    total, count = kept_sentiment_loss(model, teacher, 0.75, made)
    assert (total.item(), count.item()) == (pytest.approx(0.75 * distance + 0.25 * known, abs=1e-5), 2)
    # A model that is the teacher has the labels left to learn.
    assert kept_sentiment_loss(model, model, 0.75, made)[0].item() == pytest.approx(0.25 * known, abs=1e-5)


@torch.no_grad()
def test_losses_against_hand_computed_values(model: MultiTaskModel):
    made = batch("sentiment")
    (logits,) = outputs(model, "sentiment", made)
    by_hand = sum(math.log(sum(math.exp(v) for v in row.tolist())) - row[label].item() for row, label in zip(logits, (1, 2), strict=True)) / 2
    assert task_loss(model, "sentiment", made).item() == pytest.approx(by_hand, abs=1e-5)

    made = batch("entities")
    (logits,) = outputs(model, "entities", made)
    words = [(0, 1, 1), (0, 3, 2), (0, 4, 0), (1, 1, 0), (1, 2, 5)]
    by_hand = -sum(logits[b, t].log_softmax(-1)[label].item() for b, t, label in words) / len(words)
    assert task_loss(model, "entities", made).item() == pytest.approx(by_hand, abs=1e-5)

    made = batch("answers")
    start, end = outputs(model, "answers", made)
    places = [(start, 0, 3), (start, 1, 0), (end, 0, 4), (end, 1, 0)]
    by_hand = -sum(logits[b].log_softmax(-1)[t].item() for logits, b, t in places) / 4
    assert task_loss(model, "answers", made).item() == pytest.approx(by_hand, abs=1e-5)


def test_all_places_of_an_answer_are_right():
    logits = torch.tensor([[0.0, 2.0, 1.0, 2.0]], requires_grad=True)
    total, count = span_loss(logits, logits, torch.tensor([[1, 3]]), torch.tensor([[1, -1]]))
    norm = math.log(1 + 2 * math.exp(2) + math.exp(1))
    assert count.item() == 1
    assert total.item() == pytest.approx((norm - math.log(2 * math.exp(2)) + norm - 2) / 2, rel=1e-5)
    # Padding is no place: its logit must not be pushed, though −1 would be the last one.
    span_loss(logits, logits, torch.tensor([[1, -1]]), torch.tensor([[1, -1]]))[0].backward()
    assert logits.grad[0, 3] > 0 and logits.grad[0, 1] < 0


def test_shared_normalisation_is_over_the_positions_of_both_passages():
    start = torch.tensor([[5.0, 1.0, 0.0], [9.0, 3.0, 2.0], [7.0, 0.0, 4.0]], requires_grad=True)
    where, paired = torch.tensor([[2], [1], [0]]), torch.tensor([[0, 2]])
    by_hand = math.log(sum(math.exp(v) for v in (1, 0, 0, 4))) - 0
    loss = shared_norm_loss(start, start, where, where, paired)
    assert loss.item() == pytest.approx(by_hand, rel=1e-5)
    loss.backward()
    # [CLS] has no part in it, nor a row that is in no pair.
    assert start.grad[:, 0].tolist() == [0, 0, 0] and start.grad[1].tolist() == [0, 0, 0]
    assert start.grad[0, 2] < 0 < start.grad[2, 2]


def test_a_distractor_adds_its_own_loss_and_the_shared_one(model: MultiTaskModel, tokenizer: TextTokenizer):
    alone = [AnswerExample([5], [7, 8, 9], [(1, 1)]), AnswerExample([6], [9, 7], [(0, 1)])]
    pair = [alone[0], AnswerExample([6], [9, 7], [(0, 1)], distractor=[8, 8, 10])]
    made = collate(pair, tokenizer)
    assert made["paired"].tolist() == [[1, 2]]
    rows = collate([*alone, AnswerExample([6], [8, 8, 10], [])], tokenizer)
    separate = task_loss(model, "answers", rows) * 3
    start, end = outputs(model, "answers", rows)
    shared = shared_norm_loss(start, end, rows["starts"], rows["ends"], made["paired"])
    assert shared.item() > 0 and len(rows["paired"]) == 0
    assert answer_loss(model, made)[0].item() == pytest.approx((separate + SHARED_NORM * shared).item(), rel=1e-5)


def test_dropout_can_be_taken_out_and_put_back(model: MultiTaskModel):
    made = batch("sentiment")
    model.train()
    set_dropout(model, 0.0)
    assert torch.equal(outputs(model, "sentiment", made)[0], outputs(model, "sentiment", made)[0])
    set_dropout(model, 0.5)
    assert not torch.equal(outputs(model, "sentiment", made)[0], outputs(model, "sentiment", made)[0])


def test_tie_pulls_the_own_adapters_together(model: MultiTaskModel):
    for adapter in model.own_adapters():
        torch.nn.init.normal_(adapter.up.weight, std=0.1)
    tie = tie_loss(model, 2.0)
    assert tie.item() == pytest.approx(2 * tie_penalty(model.own_adapters()).item(), rel=1e-6) and tie.item() > 0
    assert tie_loss(model, 0.0) == 0.0


@pytest.mark.parametrize("task", TASKS)
def test_gradient_reaches_gate_adapters_and_encoder(model: MultiTaskModel, task: str):
    # At the start the up-projections are zero, so that nothing flows into the down-projections yet.
    for adapter in (*model.own_adapters(), model.sentiment.task_gate.shared):
        torch.nn.init.normal_(adapter.up.weight, std=0.1)
    task_loss(model, task, batch(task)).backward()
    gate: TaskGate = getattr(model, task).task_gate
    reached = [gate.gate.weight, gate.own.down.weight, gate.own.up.weight, gate.shared.down.weight, gate.shared.up.weight]
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in reached)
    assert model.encoder.layers[0].inner.weight.grad.abs().sum() > 0
    for other in set(TASKS) - {task}:
        assert getattr(model, other).task_gate.own.up.weight.grad is None


@torch.no_grad()
def test_gate_is_an_even_mix_at_first_and_follows_its_bias():
    torch.manual_seed(0)
    gate = TaskGate(6, 2, Adapter(6, 2))
    h = torch.randn(1, 3, 6)
    torch.testing.assert_close(gate(h), h)
    torch.nn.init.normal_(gate.own.up.weight)
    torch.nn.init.normal_(gate.shared.up.weight)
    torch.testing.assert_close(gate(h), (gate.own(h) + gate.shared(h)) / 2)
    gate.gate.bias.fill_(30.0)
    torch.testing.assert_close(gate(h), gate.own(h))
    gate.gate.bias.fill_(-30.0)
    torch.testing.assert_close(gate(h), gate.shared(h))


@torch.no_grad()
def test_tie_penalty():
    adapters = [Adapter(3, 2) for _ in range(3)]
    for adapter in adapters[1:]:
        adapter.load_state_dict(adapters[0].state_dict())
    assert tie_penalty(adapters).item() == pytest.approx(0.0, abs=1e-9)
    # Mean moves by 1: deviations 2, -1, -1.
    adapters[0].down.weight[0, 0] += 3.0
    assert tie_penalty(adapters).item() == pytest.approx(6.0, rel=1e-5)


def test_mean_pool_ignores_padding():
    hidden = torch.tensor([[[3.0, 0.0], [0.0, 4.0], [100.0, 100.0]]])
    torch.testing.assert_close(mean_pool(hidden, torch.tensor([[1, 1, 0]])), F.normalize(torch.tensor([[1.5, 2.0]])))


def test_config_survives_json_and_other_shapes_are_refused_by_name(config: NetworkConfig, model: MultiTaskModel, tmp_path):
    assert NetworkConfig.from_json(config.to_json()) == config
    state = model.state_dict()
    state["entities.output.weight"] = torch.zeros(2, 48)
    with pytest.raises(ValueError, match=r"some\.pt.*(?s:.)*entities\.output\.weight"):
        restore(model, state, tmp_path / "some.pt")
