"""Losses against their definitions, and bad input."""

import math

import pytest

from micrograd import Value, sigmoid, softmax
from micrograd.losses import (
    binary_cross_entropy,
    cross_entropy,
    max_margin,
    mse,
    quadratic,
    sigmoid_cross_entropy,
)


def test_max_margin():
    scores = [Value(2.0), Value(0.5), Value(-3.0)]
    loss = max_margin(scores, [1, -1, 1])
    assert loss.data == (0 + 1.5 + 4) / 3
    loss.backward()
    assert [s.grad for s in scores] == pytest.approx([0, 1 / 3, -1 / 3])


def test_mse_of_numbers_and_of_lists():
    assert mse([1.0, 2.0], [0.0, 4.0]) == 2.5
    outs = [[Value(1.0), Value(2.0)], [Value(0.0), Value(1.0)]]
    loss = mse(outs, [[0, 0], [2, 1]])
    assert loss.data == (1 + 4 + 4 + 0) / 4
    loss.backward()
    assert [v.grad for row in outs for v in row] == [0.5, 1.0, -1.0, 0.0]


def test_cross_entropy():
    rows = [[Value(1.0), Value(-1.0), Value(0.5)], [Value(0.0), Value(0.0), Value(3.0)]]
    loss = cross_entropy(rows, [2, 0])
    expected = [-math.log(softmax([v.data for v in row])[t]) for row, t in zip(rows, [2, 0], strict=True)]
    assert loss.data == pytest.approx(sum(expected) / 2, rel=1e-14)
    loss.backward()
    for row, target in zip(rows, [2, 0], strict=True):
        chances = softmax([v.data for v in row])
        assert [v.grad for v in row] == pytest.approx([(p - (i == target)) / 2 for i, p in enumerate(chances)])
    assert cross_entropy(rows[0], 2).data == pytest.approx(expected[0])
    assert cross_entropy([[0.0, 0.0]], [1]) == math.log(2)


def test_bad_input():
    for loss in (max_margin, mse, cross_entropy):
        with pytest.raises(ValueError, match="empty batch"):
            loss([], [])
        with pytest.raises(ValueError, match="2 outputs and 1 targets"):
            loss([1.0, 2.0], [1])
    with pytest.raises(ValueError, match="1 outputs and 2 targets"):
        mse([[1.0]], [[1.0, 2.0]])
    with pytest.raises(ValueError, match="labels must be -1 or 1, got 0"):
        max_margin([1.0, 2.0], [0, 1])
    with pytest.raises(ValueError, match="class from 0 to 1, got 2"):
        cross_entropy([[0.0, 0.0]], [2])
    with pytest.raises(TypeError):
        cross_entropy([[0.0, 0.0]], [0.5])


# ---- losses of one example


def test_quadratic():
    outs = [Value(0.75), Value(0.5)]
    loss = quadratic(outs, [0.25, 1.0])
    assert loss.data == (0.25 + 0.25) / 2
    loss.backward()
    assert [v.grad for v in outs] == [0.5, -0.5]
    batch, targets = [[1.0, 2.0], [3.0, 5.0]], [[0.0, 0.0], [3.0, 3.0]]
    assert quadratic(batch, targets) == (2.5 + 2.0) / 2
    assert quadratic(batch, targets, reduction="sum") == 4.5
    assert quadratic(batch, targets, reduction="none") == [2.5, 2.0]
    assert quadratic(batch, [1, 0]) == quadratic(batch, [[0, 1], [1, 0]])
    assert quadratic(batch[0], 1) == quadratic(batch[0], [0, 1])
    assert quadratic(Value(3.0), 1.0).data == 2.0 and quadratic(3.0, [1.0]) == 2.0


def test_a_batch_of_single_outputs():
    outs, targets = [Value(1.0), Value(3.0)], [[0.0], [1.0]]
    assert quadratic(outs, targets).data == (0.5 + 2.0) / 2
    assert quadratic(outs, [0.0, 1.0]).data == 2.5
    assert mse(outs, targets).data == mse(outs, [0.0, 1.0]).data == 2.5
    assert mse(Value(3.0), 1.0).data == 4.0


def test_sigmoid_cross_entropy():
    rows, targets = [[Value(0.3), Value(-1.2)], [Value(2.0), Value(0.1)]], [[1.0, 0.0], [0.25, 0.75]]
    expected = []
    for row, ys in zip(rows, targets, strict=True):
        a = [sigmoid(z.data) for z in row]
        expected.append(-sum(y * math.log(p) + (1 - y) * math.log(1 - p) for y, p in zip(ys, a, strict=True)))
    losses = sigmoid_cross_entropy(rows, targets, reduction="none")
    assert [loss.data for loss in losses] == pytest.approx(expected, rel=1e-14)
    sigmoid_cross_entropy(rows, targets, reduction="sum").backward()
    for row, ys in zip(rows, targets, strict=True):
        assert [z.grad for z in row] == pytest.approx([sigmoid(z.data) - y for z, y in zip(row, ys, strict=True)])
    assert sigmoid_cross_entropy([[1.0, 2.0]], [1]) == sigmoid_cross_entropy([1.0, 2.0], [0.0, 1.0])
    assert sigmoid_cross_entropy([1000.0, -1000.0], [1.0, 0.0]) == 0.0
    assert sigmoid_cross_entropy([1000.0], [0.0]) == 1000.0


def test_binary_cross_entropy():
    p = Value(0.25)
    loss = binary_cross_entropy([p, 0.5], [1.0, 0.3])
    assert loss.data == pytest.approx((-math.log(0.25) - math.log(0.5)) / 2)
    loss.backward()
    assert p.grad == -2.0
    assert binary_cross_entropy([1.0, 0.0], [1, 0]) == 0.0
    assert binary_cross_entropy(0.5, 1) == math.log(2)
    with pytest.raises(ValueError, match="log"):
        binary_cross_entropy([0.0], [1])
    with pytest.raises(ValueError, match="a probability must lie between 0 and 1, got 1.5"):
        binary_cross_entropy([1.5], [1])


ALL = {
    max_margin: ([0.5, -2.0, 3.0], [1, 1, -1]),
    mse: ([[0.5, 1.0], [2.0, 0.0]], [[1.0, 1.0], [0.0, 1.0]]),
    quadratic: ([[0.5, 1.0], [2.0, 0.0]], [[1.0, 1.0], [0.0, 1.0]]),
    binary_cross_entropy: ([0.5, 0.1, 0.9], [1.0, 0.0, 0.5]),
    sigmoid_cross_entropy: ([[0.5, 1.0], [2.0, 0.0]], [[1.0, 1.0], [0.0, 1.0]]),
    cross_entropy: ([[0.5, 1.0], [2.0, 0.0]], [1, 0]),
}


@pytest.mark.parametrize("loss", ALL)
def test_reductions(loss):
    outs, targets = ALL[loss]
    each = loss(outs, targets, reduction="none")
    assert type(each) is list and loss(outs, targets, reduction="sum") == pytest.approx(sum(each))
    assert loss(outs, targets) == loss(outs, targets, reduction="mean") == pytest.approx(sum(each) / len(each))
    with pytest.raises(ValueError, match="reduction must be 'mean', 'sum' or 'none', got 'average'"):
        loss(outs, targets, reduction="average")


@pytest.mark.parametrize("loss", [quadratic, sigmoid_cross_entropy, binary_cross_entropy])
def test_more_bad_input(loss):
    with pytest.raises(ValueError, match="empty batch"):
        loss([], [])
    with pytest.raises(ValueError, match="2 outputs and 1 targets"):
        loss([[0.1, 0.2]], [[1.0]])
    with pytest.raises(ValueError, match="2 outputs and 3 targets"):
        loss([0.1, 0.2], [1.0, 0.0, 1.0])
    if loss is not quadratic:
        for wrong in (1.5, -0.1, math.nan):
            with pytest.raises(ValueError, match="a target must lie between 0 and 1"):
                loss([0.1, 0.2], [1.0, wrong])
    if loss is not binary_cross_entropy:
        with pytest.raises(ValueError, match="class from 0 to 1, got 2"):
            loss([[0.1, 0.2]], [2])
        with pytest.raises(TypeError, match="index of a class, a whole number, got 0.5"):
            loss([[0.1, 0.2]], [0.5])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_pytorch_agrees(reduction):
    torch = pytest.importorskip("torch", reason="PyTorch is the reference: pip install 'micrograd-lab[torch]'")
    functional = torch.nn.functional
    numbers = [[0.2, 0.9, 0.4], [0.7, 0.05, 0.6]]
    soft = [[1.0, 0.0, 0.3], [0.5, 0.25, 1.0]]

    def by_example(losses):
        each = losses.sum(dim=1)
        return {"mean": each.mean(), "sum": each.sum(), "none": each}[reduction]

    def squares(outs, targets):
        return by_example((outs - targets) ** 2 / 2)

    def sigmoids(outs, targets):
        return by_example(functional.binary_cross_entropy_with_logits(outs, targets, reduction="none"))

    for loss, targets, reference in (
        (mse, soft, lambda o, t: functional.mse_loss(o, t, reduction=reduction)),
        (binary_cross_entropy, soft, lambda o, t: functional.binary_cross_entropy(o, t, reduction=reduction)),
        (cross_entropy, [2, 0], lambda o, t: functional.cross_entropy(o, t, reduction=reduction)),
        (quadratic, soft, squares),
        (sigmoid_cross_entropy, soft, sigmoids),
    ):
        outs = [[Value(x) for x in row] for row in numbers]
        theirs = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        kind = torch.int64 if loss is cross_entropy else torch.float64
        expected = reference(theirs, torch.tensor(targets, dtype=kind))
        expected.sum().backward()
        got = loss(outs, targets, reduction=reduction)
        got = got if isinstance(got, list) else [got]
        sum(got, Value(0.0)).backward()
        assert [v.data for v in got] == pytest.approx(expected.flatten().tolist(), rel=1e-12)
        for row, grads in zip(outs, theirs.grad.tolist(), strict=True):
            assert [v.grad for v in row] == pytest.approx(grads, rel=1e-12, abs=1e-15)
