"""`_prev` and `_op` as lectures and walkers of graphs use them: a set, in order, and both can be assigned."""

import copy
import pickle

import pytest

from micrograd import Value, compile, grad
from micrograd.engine import topological


def test_in_order_and_a_set():
    a, b = Value(2.0), Value(3.0)
    c = a * b
    assert c._prev == (a, b) and list(c._prev) == [a, b] and len((a * a)._prev) == 2
    assert c._prev == {a, b} and {b, a} == c._prev and not c._prev != {a, b} and c._prev != {a} and (a * a)._prev == {a}
    assert c._prev == frozenset({a, b}) and a._prev == set() and a._prev == ()


def test_set_operations_in_either_order():
    a, b, d = Value(2.0), Value(3.0), Value(4.0)
    parents, seen = (a * b)._prev, {b, d}
    assert parents | seen == seen | parents == {a, b, d}
    assert parents & seen == seen & parents == {b}
    assert parents - seen == {a} and seen - parents == {d}
    assert parents ^ seen == seen ^ parents == {a, d}
    assert parents <= {a, b} < {a, b, d} and not parents < {a, b} and {a, b, d} >= parents and parents >= {a}
    assert parents.issubset({a, b, d}) and parents.union(seen) == {a, b, d} and parents.isdisjoint({d})
    seen |= parents
    seen.update(parents)
    assert seen == {a, b, d} and type(parents | parents) is set
    with pytest.raises(AttributeError, match="assign _prev again"):
        parents.add(d)
    with pytest.raises(AttributeError):
        parents.nonsense  # noqa: B018


def test_a_walker_with_sets():
    x = Value(2.0)
    root = x * x + x.tanh()
    nodes, edges = set(), set()

    def walk(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                walk(child)

    walk(root)
    assert len(nodes) == 4 and len(edges) == 4


def test_an_operation_of_ones_own_by_assignment():
    x = Value(3.0)
    out = Value(x.data**2)
    out._prev = {x}
    out._op = "square!"

    def push():
        x.grad += 2 * x.data * out.grad

    out._backward = push
    (out * 2).backward()
    assert x.grad == 12.0 and out._op == "square!" and out._prev == {x} and topological(out) == [out]


def test_assigning_the_same_parents_changes_nothing():
    a, b = Value(2.0), Value(3.0)
    c = a * b
    c._prev = {b, a}
    assert c.partials == (3.0, 2.0) and grad(lambda x: relabelled(x * x))(3.0) == 6.0
    c.backward()
    assert (a.grad, b.grad) == (3.0, 2.0)


def relabelled(v):
    v._op = "mine"
    assert v._op == "mine"
    return v


def test_another_name_leaves_the_operation_what_it_was():
    out = relabelled(Value(2.0) * Value(3.0))
    assert copy.deepcopy(out)._op == pickle.loads(pickle.dumps(out))._op == "mine"
    assert compile(grad(lambda x: relabelled(x * x)))(3.0) == 6.0


def test_other_parents_for_walkers_and_the_same_derivatives():
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c * 2
    d._prev = ()
    d.backward()
    assert d._prev == set() and c.grad == 2.0 and a.grad == 0.0, "the sort does not go below d"
    e = (a * b) * 2
    e._prev = {*e._prev, a}
    e.backward()
    assert (a.grad, b.grad) == (6.0, 4.0)
