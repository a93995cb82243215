"""Softmax and cross-entropy in the matrix form: one word, and the numbers of the program, also at the edges."""

import math

import pytest
from matrix_cases import matrix, numbers
from matrix_form import disagreement

import micrograd
from micrograd import Value, dot, softmax

EDGES = [0.0, 1.0, -2.0, 800.0, math.inf, -math.inf, math.nan]


def at(f, values, points):
    fast = micrograd.compile(f, parameters=values)
    fast()
    return [disagreement(fast._latest, point) for point in points], str(fast.matrices)


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("used", ["all", "the last", "squares"])
def test_softmax_at_the_edges(n, used):
    values = [Value(0.1 * k) for k in range(n)]

    def f():
        p = softmax(values)
        return p if used == "all" else p[-1] if used == "the last" else sum(v * v for v in p)

    points = [[x, *[0.5] * (n - 2), y] for x in EDGES for y in EDGES]
    wrong, text = at(f, values, points)
    if used == "all":
        assert "= softmax(" in text
    assert [w for w in wrong if w] == []


@pytest.mark.parametrize("largest", ["a decision", "recorded"])
def test_softmax_written_by_hand_at_the_edges(largest):
    values = [Value(0.1), Value(0.4), Value(0.2)]

    def f():
        v = max(values, key=lambda x: x.data) if largest == "a decision" else micrograd.max(*values)
        weights = [micrograd.exp(x - v) for x in values]
        whole = sum(weights)
        return [weight / whole for weight in weights]

    edges = EDGES if largest == "recorded" else [0.0, -2.0, 0.5, -math.inf]
    wrong, text = at(f, values, [[x, 0.5, y] for x in edges for y in edges])
    assert "f = softmax(" in text
    assert [w for w in wrong if w] == []


@pytest.mark.parametrize("n", [2, 3])
def test_cross_entropy_of_few_classes(n):
    values = [Value(0.1 * k) for k in range(n)]
    wrong, text = at(lambda: micrograd.losses.cross_entropy([values], [1]), values, [[1.0, -2.0, 0.5][:n]])
    assert "cross_entropy(" in text and wrong == [""]


def attention(looks_back):
    Wq, Wk, Wv = matrix(3, 4), matrix(3, 4), matrix(3, 4)

    @micrograd.compile
    def f(X):
        Q, K, V = ([[dot(row, x) for row in W] for x in X] for W in (Wq, Wk, Wv))
        out = 0.0
        for t, q in enumerate(Q):
            n = t + 1 if looks_back else len(Q)
            p = softmax([dot(q, k) / math.sqrt(3) for k in K[:n]])
            out += sum(dot(p, column[:n]) ** 2 for column in zip(*V, strict=True))
        return out

    X = numbers(6, 4)
    f(X)
    return f, [float(x) for part in f._latest.buffers(f._variants.arguments((X,), {}), None) for x in part]


@pytest.mark.parametrize("looks_back, most", [(False, 26), (True, 44)])
def test_attention_is_that_of_a_textbook(looks_back, most):
    f, inputs = attention(looks_back)
    text = str(f.matrices)
    assert ("softmax(where(C1, S1[1:], -inf))" if looks_back else "P = softmax(S1)") in text
    assert len(text.splitlines()) <= most
    assert disagreement(f._latest, inputs) == ""
