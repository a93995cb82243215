"""The record is backward(), written down: the same numbers, bit for bit, in the same order."""

import struct
import threading
import weakref

import pytest
from graphs import graphs, labelled, named, network, nodes, own, product, shared
from hypothesis import given

from micrograd import Value
from micrograd.engine import topological
from micrograd.teaching.record.record import record


def bits(x):
    return struct.pack("d", x)


@given(graphs())
def test_the_record_is_backward(root):
    everything = nodes(root)
    before = {key: v.grad for key, v in everything.items()}
    steps = record(root, accumulate=True)
    assert {key: v.grad for key, v in everything.items()} == before
    standing = {id(v): 0.0 if v.parents else v.grad for v in everything.values()}
    standing[id(root)] += 1.0
    for c in steps:
        assert bits(c.before) == bits(standing[id(c.parent)])
        assert bits(c.upstream) == bits(standing[id(c.node)])
        assert c.node.parents[c.slot] is c.parent
        standing[id(c.parent)] = c.after
        if c.node.partials is not None:
            assert bits(c.local) == bits(c.node.partials[c.slot])
            assert bits(c.amount) == bits(c.local * c.upstream)
            assert bits(c.after) == bits(c.before + c.amount)
    root.backward()
    assert {key: bits(v.grad) for key, v in everything.items()} == (
        {key: bits(standing[id(v)]) for key, v in everything.items()}
    )


@given(graphs())
def test_the_order_is_that_of_backward(root):
    places = {id(v): k for k, v in enumerate(reversed(topological(root)))}
    steps = record(root)
    assert [places[id(c.node)] for c in steps] == sorted(places[id(c.node)] for c in steps)
    for a, b in zip(steps, steps[1:], strict=False):
        assert a.node is not b.node or a.slot < b.slot
    again = record(root)
    assert [(c.node, c.slot, bits(c.after)) for c in steps] == [(c.node, c.slot, bits(c.after)) for c in again]


def test_repeated_operands_push_twice():
    (a,) = named(a=3.0)
    first, second = record(a * a)
    assert (first.slot, first.amount, first.before, first.after) == (0, 3.0, 0.0, 3.0)
    assert (second.slot, second.amount, second.before, second.after) == (1, 3.0, 3.0, 6.0)


def test_a_leaf_starts_from_0_or_on_request_from_its_grad():
    (a,) = named(a=3.0)
    a.grad = 5.0
    for accumulate, before, after in ((False, 0.0, 2.0), (True, 5.0, 7.0)):
        only = record(a * 2, accumulate)[0]
        assert (only.before, only.after, a.grad) == (before, after, 5.0)


def test_an_own_operation_by_before_and_after():
    (a,) = named(a=2.0)
    (outer, inner) = record(own(a) ** 2)
    assert (outer.local, inner.upstream, inner.local, inner.amount) == (16.0, 16.0, 12.0, 192.0)
    dead = own(a) * 0.0
    assert str(record(dead)[-1].local) == "nan"


def test_an_own_operation_that_fails_leaves_the_grads_alone():
    a, b = named(a=2.0, b=3.0)
    out = Value(1.0, (a,), "broken")

    def push():
        raise RuntimeError("not today")

    out._backward = push
    loss = out * b
    a.grad, loss.grad = 4.0, 7.0
    with pytest.raises(RuntimeError, match="not today"):
        record(loss)
    assert (a.grad, loss.grad, out.grad) == (4.0, 7.0, 0.0)


def test_a_record_and_a_backward_pass_do_not_disturb_each_other():
    root = shared()
    a = nodes(root)["a"]
    other = threading.Thread(target=lambda: [record(root) for _ in range(300)])
    other.start()
    for _ in range(300):
        root.backward()
    other.join()
    assert a.grad == 300 * 116.0


def test_a_leaf_has_nothing_to_push():
    assert record(Value(3.0)) == []


def test_a_line_of_a_worked_solution():
    lines = list(map(str, record(product())))
    assert lines[2] == ("d = a·b   ∂L/∂a += ∂L/∂d · ∂d/∂a = (−2.0)·(b = 10.0) = −20.0     a.grad: 0 → −20.0")
    assert lines[0].startswith("L = d·f   ∂L/∂d += ∂L/∂L · ∂L/∂d = 1.0·(f = −2.0) = −2.0")
    assert str(record(shared())[2]) == ("f = e + c   ∂L/∂e += ∂L/∂f · ∂f/∂e = 12.0·1.0 = 12.0     e.grad: 17.0 → 29.0")


def test_lines_of_constants_and_own_operations():
    (a,) = named(a=2.0)
    lines = list(map(str, record(labelled(own(a) / 4, "L"))))
    assert lines[1].endswith("(−L / 4 = −0.5) = −0.5     grad of the constant 4: 0 → −0.5")
    assert lines[2] == "v1 = cube(a)   ∂L/∂a += ∂L/∂v1 · ∂v1/∂a = 0.25·12.0 = 3.0     a.grad: 0 → 3.0"


def test_names():
    a, again, lost = Value(1.0, label="a"), Value(2.0, label="a"), Value(3.0)
    root = (a + again) * lost + a
    names = record(root)[0].names
    assert [names[v] for v in (a, again, lost, root, *names.order)] == ["a", "a#2", "3", "L", "v1", "v2", "L"]
    assert names.has_name(a) and not names.has_name(lost) and names.in_sentence(lost) == "the constant 3"
    assert names.latex(lost) == "3" and names.latex(a) == "a"
    weird = Value(1.0, label="x_1 <b>")
    assert record(weird * 2)[0].names.latex(weird) == r"\mathrm{x\_1\ \lt b\gt }"
    indexed = Value(1.0, label="w12")
    assert record(indexed * 2)[0].names.latex(indexed) == "w_{12}"


def test_parameters_are_named_by_their_place():
    names = record(network(2, 2, 1))[0].names
    known = [names[v] for v in nodes(names.root).values()]
    assert "w[0,1,0]" in known and "b[1,0]" in known and "x1" in known
    leaf = next(v for v in nodes(names.root).values() if names[v] == "w[0,1,0]")
    assert names.latex(leaf) == "w_{0,1,0}"
    single = record(network(2, 1))[0].names
    assert {"w[0]", "w[1]", "b"} <= {single[v] for v in nodes(single.root).values()}


def test_nothing_keeps_the_graph_alive():
    root = shared()
    root.mark = set()  # a Value has no room for weak references
    alive = weakref.ref(root.mark)
    steps = record(root)
    assert alive() is not None and steps
    del root, steps
    assert alive() is None
