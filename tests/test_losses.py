"""Losses against their definitions, and bad input."""

import importlib
import importlib.util
import math
from array import array
from decimal import Decimal
from fractions import Fraction

import pytest

from micrograd import Value, grad, jvp, sigmoid, softmax, taylor, value_and_grad
from micrograd.losses import (
    binary_cross_entropy,
    cross_entropy,
    max_margin,
    mse,
    quadratic,
    sigmoid_cross_entropy,
)
from micrograd.nn import MLP


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
        with pytest.raises(ValueError, match="got 1 for 2"):
            loss([1.0, 2.0], [1])
    with pytest.raises(ValueError, match="got 2 for 1"):
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
    with pytest.raises(ValueError, match="got 1 for 2"):
        loss([[0.1, 0.2]], [[1.0]])
    with pytest.raises(ValueError, match="got 3 for 2"):
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


# ---- misused: the message says which loss fits and what to write


def values(*numbers):
    return [Value(x) for x in numbers]


ROWS = [[3.0, 1.0, 2.0], [0.0, 1.0, 0.5]]
MISUSED = {
    "one output": (cross_entropy, Value(1.0), 1, "for one output of each example there is sigmoid_cross_entropy"),
    "an output for each example": (cross_entropy, values(1.0, 2.0), [0, 1], "a list of two or more logits.*max_margin"),
    "lists of one output": (cross_entropy, [values(1.0), values(2.0)], [0, 1], "sigmoid_cross_entropy"),
    "one-hot targets": (cross_entropy, ROWS, [[0, 1, 0], [1, 0, 0]], r"index of a class.*target.index\(1\)"),
    "exchanged": (
        cross_entropy,
        [2, 0],
        [values(*row) for row in ROWS],
        r"the outputs come first, cross_entropy\(outputs, targets\)",
    ),
    "exchanged, one": (
        cross_entropy,
        2,
        values(*ROWS[0]),
        r"the outputs come first, cross_entropy\(outputs, targets\)",
    ),
    "signs": (cross_entropy, ROWS, [-1, 1], r"from 0 to 2, got -1; for labels -1 and 1 write \(y \+ 1\) // 2"),
    "a whole float": (cross_entropy, ROWS, [1.0, 0.0], r"a whole number, got 1.0: write int\(1.0\)"),
    "a fraction": (cross_entropy, ROWS, [0.5, 0], "a whole number, got 0.5: .* take mse"),
    "a name": (cross_entropy, ROWS, ["cat", "dog"], r"got 'cat': number the classes, for example by names.index"),
    "a Value": (cross_entropy, ROWS, [Value(1.0), 0], r"write int\(target.data\)"),
    "too large": (cross_entropy, ROWS, [3, 0], "from 0 to 2, got 3; classes count from 0"),
    "too few": (
        cross_entropy,
        ROWS,
        [1],
        "cross_entropy needs as many targets as outputs, got 1 for 2",
    ),
    "too deep": (cross_entropy, [ROWS], [1], "must be a list of numbers, got a list in it"),
    "a linear output": (binary_cross_entropy, values(1.5), [1], "sigmoid_cross_entropy takes the outputs of a linear"),
    "a sure mistake": (binary_cross_entropy, values(0.0), [1], "infinite, it takes the log of 0: sigmoid_cross"),
    "a sure mistake at 1": (binary_cross_entropy, values(1.0), [0.5], "infinite, it takes the log of 0: sigmoid_cross"),
    "nan": (binary_cross_entropy, [math.nan], [1], "between 0 and 1, got nan"),
    "signs of probabilities": (binary_cross_entropy, [0.5], [-1], r"got -1: for labels -1 and 1 write \(y \+ 1\) / 2"),
    "exchanged probabilities": (binary_cross_entropy, [1, 0], values(0.3, 0.4), "the outputs come first"),
    "a named target": (binary_cross_entropy, [0.3], ["yes"], "targets must be numbers, got 'yes': number the classes"),
    "signs of logits": (sigmoid_cross_entropy, [1.0, 2.0], [-1, 1], "or take max_margin"),
    "classes of logits": (sigmoid_cross_entropy, [1.0, 2.0], [2, 3], "for the index of a class take cross_entropy"),
    "exchanged logits": (sigmoid_cross_entropy, [1, 0], values(3.0, 4.0), "the outputs come first"),
    "0 and 1": (max_margin, [1.0, 2.0], [0, 1], r"got 0: for labels 0 and 1 write 2 \* y - 1, or take sigmoid_cross"),
    "exchanged scores": (
        max_margin,
        [1, -1],
        values(1.0, 2.0),
        r"the outputs come first, max_margin\(outputs, targets\)",
    ),
    "classes": (
        mse,
        ROWS,
        [1, 0],
        "got 1 for 3; for the index of a class there are cross_entropy and quad",
    ),
    "a model": (mse, MLP(2, [3, 1]), [1.0], r"call it first, mse\(model\(x\), y\)"),
    "nothing": (mse, [1.0], [None], "mse takes a Value or a real number, got NoneType"),
    "a complex number": (mse, [1.0], [1j], "mse takes a Value or a real number, got complex"),
    "a dict": (mse, {1: 2.0}, [1.0], "mse takes a Value or a real number, got dict"),
    "too many": (quadratic, [1.0, 2.0], [1, 2, 3], "quadratic needs as many targets as outputs, got 3 for 2"),
}


@pytest.mark.parametrize(("loss", "outputs", "targets", "sentence"), MISUSED.values(), ids=MISUSED)
def test_misuse_is_answered_with_what_to_write(loss, outputs, targets, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        loss(outputs, targets)


def test_the_label_of_a_single_output_is_a_number_not_a_class():
    rows = [values(1.0), values(-2.0)]
    for labels in ([0, 1], [[0], [1]], [0.25, 1.0]):
        expected = [math.log1p(math.exp(z.data)) - (y if type(y) is not list else y[0]) * z.data
                    for (z,), y in zip(rows, labels, strict=True)]  # fmt: skip
        found = sigmoid_cross_entropy(rows, labels, reduction="none")
        assert [loss.data for loss in found] == pytest.approx(expected)
    assert quadratic([[3.0], [1.0]], [0, 1]) == (4.5 + 0.0) / 2


# ---- numbers from elsewhere


def kinds():
    """A list of 0 and 1 in many kinds, and one such number."""
    numpy = pytest.importorskip("numpy")
    found = {
        "list": [0, 1],
        "floats": [0.0, 1.0],
        "bools": [False, True],
        "tuple": (0, 1),
        "range": range(2),
        "Fraction": [Fraction(0), Fraction(1)],
        "Decimal": [Decimal(0), Decimal(1)],
        "array.array": array("d", [0.0, 1.0]),
        "NumPy array": numpy.array([0.0, 1.0]),
        "NumPy integers": numpy.array([0, 1]),
        "NumPy scalars": [numpy.float32(0), numpy.int8(1)],
        "0-d arrays": [numpy.array(0.0), numpy.array(1)],
    }
    for name, make in (("pandas", "Series"), ("torch", "tensor"), ("jax.numpy", "array")):
        if importlib.util.find_spec(name.partition(".")[0]):
            found[name] = getattr(importlib.import_module(name), make)([0.0, 1.0])
    return found


def test_numbers_of_every_kind_as_outputs_and_targets():
    for name, numbers in kinds().items():
        for loss, other in (
            (mse, [0.5, 0.25]),
            (quadratic, [0.5, 0.25]),
            (binary_cross_entropy, [0.5, 0.25]),
            (sigmoid_cross_entropy, [0.5, 0.25]),
            (cross_entropy, 1),
            (max_margin, [1, -1]),
        ):
            if loss in (mse, quadratic, sigmoid_cross_entropy, binary_cross_entropy):
                assert loss(other, numbers) == pytest.approx(loss(other, [0.0, 1.0]), rel=1e-15), (name, loss)
            if loss is not binary_cross_entropy:
                assert loss(numbers, other) == pytest.approx(loss([0.0, 1.0], other), rel=1e-15), (name, loss)


def test_class_indices_of_every_kind():
    numpy = pytest.importorskip("numpy")
    expected = cross_entropy(ROWS, [0, 1])
    for targets in ([0, 1], (False, True), range(2), numpy.array([0, 1]), array("b", [0, 1]), [numpy.int64(0), True]):
        assert cross_entropy(ROWS, targets) == expected == cross_entropy(numpy.array(ROWS), targets)
    if importlib.util.find_spec("torch"):
        torch = importlib.import_module("torch")
        assert cross_entropy(torch.tensor(ROWS), torch.tensor([0, 1])) == pytest.approx(expected)
        with pytest.raises(TypeError, match="to_torch|grad"):
            mse([torch.tensor(1.0, requires_grad=True)], [1.0])


@pytest.mark.parametrize("loss", ALL)
def test_one_number_in_forward_mode(loss):
    """On one number, and on a list, with numbers that carry derivatives as outputs and as targets."""
    one = (lambda z: loss([z, 0.25], 1)) if loss is cross_entropy else (lambda z: loss(z, 1.0))
    value, slope = value_and_grad(one)(0.5)
    assert jvp(one, 0.5, 1.0) == pytest.approx((value, slope)) == tuple(taylor(one, 0.5, 1))
    if loss in (mse, quadratic, sigmoid_cross_entropy, binary_cross_entropy):
        by_target = value_and_grad(lambda y: loss(0.5, y))(0.25)
        assert jvp(lambda y: loss(0.5, y), 0.25, 1.0) == pytest.approx(by_target)
        assert grad(lambda y: loss(Value(0.5), y))(1.0) == pytest.approx(grad(lambda y: loss(0.5, y))(1 - 1e-12))
