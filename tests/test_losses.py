"""Losses against what they are by definition, and bad input."""

import math

import pytest

from micrograd import Value, softmax
from micrograd.losses import cross_entropy, max_margin, mse


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
