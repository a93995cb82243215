"""What a step says, word by word; and that every sentence is true of the numbers."""

import math

import pytest
from graphs import graphs, labelled, named, network, neuron, own, shared
from hypothesis import given

from micrograd import Value, dot
from micrograd import max as largest
from micrograd.teaching.record.nudge import Trials
from micrograd.teaching.record.record import record
from micrograd.teaching.words.describe import describe, forward


def told(root):
    return list(map(str, describe(record(root))))


def test_the_text_of_a_step():
    a, b, f = named(a=2.0, b=3.0, f=2.0)
    assert told(labelled(labelled(a * b, "e") * f, "L"))[2] == (
        "e → a, left operand of ×.  upstream 2 × local (b = 3) = 6\n"
        "a.grad: — + 6 = 6, final.\n"
        "Why: × hands each operand the other's value.\n"
        "Check: nudge a by 0.01 and L moves by about 0.06 (measured: 0.06)."
    )


def test_a_grad_is_not_final_before_its_time():
    lines = [text.splitlines() for text in told(shared())]
    assert lines[0][1:] == ["e.grad: — + 17 = 17, 1 of 2.", "Why: × hands each operand the other's value."]
    assert lines[2][1] == "e.grad: 17 + 12 = 29, final."
    assert lines[2][3] == "Check: nudge e by 0.01 and L moves by about 0.29 (measured: 0.2901)."


def test_a_slope_with_its_numbers():
    text = told(neuron())[0].splitlines()
    assert text[0] == "o → n, operand of tanh.  upstream 1 × local (1 − o² = 0.64) = 0.64"
    assert text[2] == "Why: for a small nudge of n, o moves 1 − o² = 0.64 times as far: the slope of tanh."


A, B = 3.0, -2.0


@pytest.mark.parametrize(
    ("make", "step", "why"),
    [
        (lambda a, b: a + b, 0, "+ passes the upstream on unchanged."),
        (lambda a, b: a - b, 1, "− passes the upstream on with its sign flipped."),
        (lambda a, b: a * b, 1, "× hands each operand the other's value."),
        (lambda a, b: a / b, 0, "for a small nudge of a, L moves 1 / b = −0.5 times as far: the slope of ÷."),
        (lambda a, b: a.relu(), 0, "relu lets a = 3 through, so the upstream passes."),
        (lambda a, b: b.relu(), 0, "relu blocks b = −2: a small nudge of it does not move L."),
        (lambda a, b: abs(b), 0, "|x| flips the sign of b = −2, and so that of the upstream."),
        (lambda a, b: largest(a, b), 1, "max blocks b = −2: a small nudge of it does not move L."),
        (lambda a, b: a * 0, 0, "0 is 0, and nothing that is multiplied by 0 can move L."),
        (lambda a, b: (a - 3) ** 2, 0, "the slope 2·v1 is 0 here, so nothing is passed on."),
        (lambda a, b: (a * 0) * (b + 2), -1, "the upstream ∂L/∂v1 is 0, so there is nothing to pass on."),
        (lambda a, b: own(a), 0, "cube is a custom operation: local is what it added, divided by the upstream."),
        (lambda a, b: own(a * 0), 0, "cube added nothing to v1.grad."),
        (lambda a, b: dot([a], [b], 1.0), 0, "L multiplies a by b, so a gets the value of b."),
        (lambda a, b: (a * 1e-300) * 1e-300, -1, "the product is too small for a float."),
    ],
)  # fmt: skip
def test_why(make, step, why):
    a, b = named(a=A, b=B)
    root = make(a, b)
    found = [t.why for t in describe(record(root))]
    if step == -1:
        assert why in found
    else:
        assert found[step] == why


def test_places():
    a, b = named(a=1.0, b=2.0)
    places = {t.edge: t.place for t in describe(record(labelled(dot([a, b], [b, a], -(a**3)), "s")))}
    assert places["v2 → v1"] == "operand of −" and places["v1 → a"] == "operand of x³"
    assert places["s → v2"] == "operand 5 of 5 of w·x"


def test_a_leaf_that_holds_a_grad():
    (a,) = named(a=3.0)
    a.grad = 5.0
    assert told(a * -2)[0].splitlines()[1] == "a.grad: — + (−2) = −2, final."
    assert str(describe(record(a * -2, accumulate=True))[0]).splitlines()[1:] == [
        "a.grad: 5 + (−2) = 3, final.",
        "Why: × hands each operand the other's value.",
        "Check: nudge a by 0.01 and L moves by about −0.02 (measured: −0.02).",
    ]


def test_checks_where_nudging_says_nothing():
    (a,) = named(a=0.0)
    assert told(own(a + 1))[0].splitlines()[-1].startswith("Why:")  # what an own operation computes is not known
    changed = a * 2
    a.data = 7.0
    assert told(changed)[0].splitlines()[-1].startswith("Why:")  # data changed after the forward pass
    a.data = 0.0
    assert told(a * 0)[0].endswith("Check: nudge a by 0.01 and L does not move.")
    steep = named(x=1.0)[0]
    assert (
        "nudge x by 0.0001 and L moves by about 0.05 (measured: 0.05"
        in told((500 * steep).sin() * 0.001 * steep * 0 + steep**500)[-1]
    )


def test_large_graphs_are_not_nudged():
    assert "measured" not in "".join(told(network(3, 12, 12, 1)))


@given(graphs())
def test_every_graph_can_be_described(root):
    steps = record(root)
    for c, t in zip(steps, describe(steps), strict=True):
        assert t.final == (t.arrived[0] == t.arrived[1])
        assert str(t).count("\n") in (2, 3) and t.why and str(c)
        assert forward(c.node, c.names)


def test_the_forward_pass():
    names = record(neuron())[0].names
    assert [forward(v, names) for v in names.order[-2:]] == [
        ("v1 + b", "−6 + 6.693", "0.6931"),
        ("tanh(n)", "tanh(0.6931)", "0.6"),
    ]
    a, b = named(a=1.0, b=-2.0)
    root = own(largest(a, b).relu())
    names = record(root)[0].names
    assert [forward(v, names)[0] for v in names.order] == ["max(a, b)", "relu(v1)", "cube(v2)"]


def test_nudging_runs_the_graph_again():
    (x,) = named(x=2.0)
    y = x * x
    square = Trials(y, record(y)[0].names.order, [])
    assert square.measure(x, 0.5) == 2.25 and square.measure(y, 0.5) == 0.5
    lg = x.log()
    logarithm = Trials(lg, [lg], [])
    assert logarithm.measure(x, -3.0) is None and math.isclose(logarithm.measure(x, 1e-6), 5e-7, rel_tol=1e-5)
    assert Trials(own(x), [], []).measure(Value(1.0), 0.1) == 0.0
