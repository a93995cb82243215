"""The node: its interface, its operations, and the promises of the sort and the backward pass."""

import copy
import gc
import math
import pickle
import threading

import mpmath as mp
import pytest
from budget import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from points import TABLE

import micrograd
from micrograd import Value, no_grad
from micrograd._core.elementary import apply
from micrograd._core.lending import living
from micrograd.engine import topological
from micrograd.ops import PRIMITIVES


def test_the_lecture_example():
    a, b = Value(-4.0, label="a"), Value(2.0, label="b")
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f}" == "24.7041"
    assert f"{a.grad:.4f} {b.grad:.4f}" == "138.8338 645.5773"


def test_interface_of_a_node():
    x, y = Value(2.0, label="x"), Value(-3.0)
    out = x * y
    assert (out.primitive, out.parents, out.constants, out.partials) == (PRIMITIVES["mul"], (x, y), (), (-3.0, 2.0))
    assert out._prev == (x, y) and out._op == "*"
    power = x**3
    assert (power.parents, power.constants, power.partials, power._op) == ((x,), (3,), (12.0,), "**3")
    assert (x.primitive, x.parents, x.constants, x.partials, x._op, x.label) == (None, (), (), (), "", "x")
    three = micrograd.total([x, y, out])
    assert (three.parents, three.partials, three._op) == ((x, y, out), (1.0, 1.0, 1.0), "sum")
    assert [v._op for v in (x + y, x - y, x / y, -x, x**0.5, x.relu(), x.tanh(), x.exp(), x**y)] == (
        ["+", "-", "/", "neg", "**0.5", "ReLU", "tanh", "exp", "**"]
    )


def test_operands_keep_their_order():
    x = Value(3.0)
    for out, expected in ((2 - x, -1.0), (2 / x, 2 / 3), (2 + x, 5.0), (2 * x, 6.0), (2**x, 8.0)):
        assert out.data == expected and out.parents[1] is x and out.parents[0].data == 2.0


def test_looks_like_the_original():
    v = Value(2.5)
    assert repr(v) == str(v) == f"{v}" == "Value(data=2.5, grad=0.0)"
    assert f"{v:.3f}" == "2.500"
    assert v.label == "" and bool(v)


def test_comparisons_go_by_data_equality_by_identity():
    a, b = Value(1.0), Value(1.0)
    assert a <= b and a >= b and not a < b and not a > b and a < 2 and 2 > a and a != b and a == a
    assert len({a, b, a}) == 2
    assert max([Value(1.0), Value(3.0), Value(2.0)]).data == 3.0


def test_backward_by_hand():
    a, b = Value(2.0), Value(-3.0)
    e = a * b
    out = (e + 1) ** 2
    out.grad = 1.0
    for v in reversed(topological(out)):
        v._backward()
    by_hand = a.grad, b.grad
    a.zero_grad()
    out.zero_grad()
    out.backward()
    assert by_hand == (a.grad, b.grad) == (30.0, -20.0)
    a._backward()
    assert a.grad == 30.0


def test_an_operation_written_by_the_user():
    a = Value(2.0, label="a")
    out = Value(a.data**3, (a,), "cube")
    assert out.partials == () and out._op == "cube"

    def push():
        a.grad += 3 * a.data**2 * out.grad

    out._backward = push
    assert out._backward is push and out.partials is None and out.parents == (a,)
    (2 * out).backward()
    assert a.grad == 24.0 and out.grad == 2.0
    with pytest.raises(TypeError, match="'cube'"):
        (out + 1).refresh()
    for copied in (copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="'cube'"):
            copied(out + 1)


def test_an_assigned_backward_replaces_that_of_an_operation():
    a, b = Value(2.0), Value(5.0)
    out = a * b
    out._backward = lambda: setattr(a, "grad", a.grad + 100 * out.grad)
    out.backward()
    assert (a.grad, b.grad, out._op, out.parents) == (100.0, 0.0, "*", (a, b))


def test_a_named_leaf_and_wrong_children():
    assert Value(1.0, (), "input")._op == "input" and not Value(1.0, (), "input").parents
    with pytest.raises(TypeError, match="children must be Values, got int 3"):
        Value(1.0, (3,), "+")


def test_users_can_hang_attributes_on_a_node():
    p = Value(1.0)
    p.m, p.v, p.label = 0.1, 0.2, "p"
    assert (p.m, p.v, p.label) == (0.1, 0.2, "p")
    twin = copy.deepcopy(p)
    assert (twin.m, twin.label) == (0.1, "p")
    inner = p * 2
    inner.note = ["kept"]
    assert copy.deepcopy(inner + 1).parents[0].note == ["kept"]


def test_no_grad():
    a = Value(2.0)
    with no_grad():
        with no_grad():
            pass
        out = a * 3 + a**2 + micrograd.total([a, a, a])
        assert not out.parents and out._op == "" and out.data == 16.0
        seen = []
        other = threading.Thread(target=lambda: seen.append(a * 3))
        other.start()
        other.join()
        assert seen[0].parents
    assert (a * 3).parents


def test_no_grad_ends_with_an_error():
    with pytest.raises(ValueError), no_grad():
        Value(-1.0).log()
    assert (Value(1.0) * 2).parents


def test_refresh_needs_no_recording():
    x = Value(2.0)
    out = x * x
    x.data = 3.0
    with no_grad():
        out.refresh()
    out.backward()
    assert (out.data, x.grad) == (9.0, 6.0)


def test_detach():
    a = Value(2.0, label="a")
    b = (a * 3).detach()
    assert (b.data, b.parents) == (6.0, ()) and a.detach().label == "a"
    (b * a).backward()
    assert a.grad == 6.0


def test_zero_grad_reaches_the_whole_graph():
    a = Value(2.0)
    b = a * 3
    out = b + micrograd.dot([a, a], [b, b], a)
    out.backward()
    out.zero_grad()
    assert (a.grad, b.grad, out.grad) == (0.0, 0.0, 0.0)
    a.backward()
    a.zero_grad()
    assert a.grad == 0.0


def test_a_subclass_stays_one():
    class Named(Value):
        pass

    out = Named(2.0) * 3 + Named(1.0).exp()
    assert type(out) is Named and type(out.parents[0].parents[1]) is Named
    assert type(Value(1.0) + Named(2.0)) is Value
    out.backward()


def test_topological_order():
    x = Value(2.0)
    a, b = x * 2, x + 1
    c = a * b
    assert topological(c) == [a, b, c]
    assert topological(x) == []


def test_thousandfold_reuse_and_wide_sums():
    x = Value(2.0)
    micrograd.total([x] * 1000).backward()
    assert x.grad == 1000.0
    deep = x
    for _ in range(300):
        deep = micrograd.total([deep, deep, x])
    deep.backward()
    assert math.isfinite(x.grad)


def test_interior_nodes_are_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        before = set(map(id, living()))
        out = a = Value(0.5)
        for name, op in PRIMITIVES.items():
            if name != "acosh":  # 0.5 lies outside its domain
                out = out + on_values(name, [a] * (1 if name == "power" else 3 if op.variadic else len(op.operands)), 2)
        out.backward()
        out._backward()
        del out
        new = [v for v in living() if id(v) not in before]
        assert [v for v in new if v.parents] == []
    finally:
        gc.enable()


@st.composite
def programs(draw):
    """A program over three inputs: each step applies a primitive to earlier results."""
    steps = []
    for k in range(draw(st.integers(1, 12))):
        op = PRIMITIVES[draw(st.sampled_from([name for name in TABLE if name != "cross_entropy"]))]  # takes an index
        several = {"dot": draw(st.sampled_from([3, 5])), "power": 1}
        count = several.get(op.name, draw(st.integers(1, 4)) if op.variadic else len(op.operands))
        where = [draw(st.integers(0, 2 + k)) for _ in range(count)]
        steps.append((op.name, where, draw(st.sampled_from([-1, 0.5, 2, 3]))))
    inputs = draw(st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=3, max_size=3))
    return steps, inputs


def run(steps, inputs, apply):
    """The inputs, then the result of every step."""
    results = list(inputs)
    for name, where, k in steps:
        results.append(apply(name, [results[i] for i in where], k))
    return results


def on_values(name, operands, k):
    if name == "power":
        return operands[0] ** k
    if name == "dot":
        n = len(operands) // 2
        return micrograd.dot(operands[:n], operands[n:-1], operands[-1])
    return apply(PRIMITIVES[name], operands)


def on_mpmath(name, operands, k):
    return TABLE[name][2](*operands, *([k] if name == "power" else []))


def usable(steps, inputs):
    """The steps, with a cosine instead of each one at which differences say nothing.

    That is where it is not defined, very large or small, has an infinite derivative, or a choice of one at a tie.
    """
    made, kept = list(inputs), []
    for name, where, k in steps:
        try:
            node = on_values(name, [Value(made[i]) for i in where], k)
            tied = PRIMITIVES[name].kink and len({made[i] for i in where}) < len(where)
            out = math.nan if tied or not all(map(math.isfinite, node.partials)) else node.data
        except (ArithmeticError, ValueError):
            out = math.nan
        if not 1e-6 < abs(out) < 1e6:
            name, where, out = "cos", where[:1], math.cos(made[where[0]])
        kept.append((name, where, k))
        made.append(out)
    return kept


@examples(60, 300)
@given(programs())
def test_gradients_agree_with_mpmath(program):
    """The gradient of any program of primitives agrees with 50-digit differences, where those are real and agree."""
    steps, inputs = program
    steps = usable(steps, inputs)
    leaves = [Value(x) for x in inputs]
    results = run(steps, leaves, on_values)
    assume(all(1e-6 < abs(v.data) < 1e6 for v in results))
    results[-1].backward()
    with mp.workdps(50):
        for i, leaf in enumerate(leaves):
            h = mp.mpf(10) ** -20
            down, here, up = (
                run(steps, [mp.mpf(x) + step * (j == i) for j, x in enumerate(inputs)], on_mpmath)[-1]
                for step in (-h, 0, h)
            )
            slope = (up - down) / (2 * h)
            if isinstance(slope, mp.mpf) and abs((up - here) / h - slope) < 1e-10:
                assert abs(slope - leaf.grad) <= 1e-8 * max(1, abs(slope))


def test_a_refresh_that_fails_changes_nothing():
    x = Value(4.0, label="x")
    y = x * 3.0
    out = micrograd.sqrt(y) + micrograd.log(x - 1.0) * y
    before = [(v.data, v.partials) for v in topological(out)]
    x.data = 0.5
    with pytest.raises(ValueError, match="log"):
        out.refresh()
    assert [(v.data, v.partials) for v in topological(out)] == before
    x.data = 4.0
    out.refresh()
    assert [(v.data, v.partials) for v in topological(out)] == before
