"""Forwards, backwards, to a node, to the end; and the graph has the grads of the position only inside the context."""

import pytest
from graphs import graphs, labelled, named, neuron, nodes, own, product, shared
from hypothesis import given

import micrograd
from micrograd import Value
from micrograd.teaching.views.terminal import Conversation
from micrograd.teaching.words.describe import describe_earlier


def test_forwards_and_backwards():
    s = micrograd.step(product())
    assert (s.position, len(s)) == (0, 4) and s.back() is None
    first = s.next()
    assert s.position == 1 and first is s.record[0]
    assert s.back() is first and s.position == 0
    last = s.run()
    assert s.position == 4 and last is s.record[-1] and s.next() is None and s.run() is None
    s.reset()
    assert s.position == 0
    s.position = 3
    assert s.position == 3
    for wrong in (-1, 5, 1.0, "2"):
        with pytest.raises(ValueError, match="position must be a whole number from 0 to 4"):
            s.position = wrong


def test_iteration_goes_on_from_here():
    s = micrograd.step(product())
    assert list(s) == s.record and list(s) == []
    s.position = 2
    assert [c.parent.label for c in s] == ["a", "b"]


def test_run_to_a_node():
    root = shared()
    s, known = micrograd.step(root), nodes(root)
    last = s.run(to=known["e"])
    assert (last.after, s.position) == (29.0, 3)
    assert s.run(to=known["e"]) is None and s.run(to=root) is None and s.position == 3
    s.run(to=known["b"])
    assert s.position == len(s)
    with pytest.raises(ValueError, match="'stranger' is not part of the graph below 'L'"):
        s.run(to=Value(1.0, label="stranger"))


@given(graphs())
def test_the_graph_is_lent_the_grads_of_the_position(root):
    everything = nodes(root)
    held = {key: v.grad for key, v in everything.items()}
    s = micrograd.step(root, accumulate=True)
    s.position = len(s) // 2
    assert {key: v.grad for key, v in everything.items()} == held
    with s:
        half = {key: str(v.grad) for key, v in everything.items()}
        s.run()
        complete = {key: str(v.grad) for key, v in everything.items()}
        s.position = len(s) // 2
        assert {key: str(v.grad) for key, v in everything.items()} == half
        s.reset()
        assert root.grad == (1.0 if root.parents else held[root.label or 0] + 1.0)
    assert {key: v.grad for key, v in everything.items()} == held
    root.backward()
    assert {key: str(v.grad) for key, v in everything.items()} == complete


def test_grads_step_by_step():
    root = neuron()
    known = nodes(root)
    s = micrograd.step(root)
    with s:
        assert (known["o"].grad, known["n"].grad) == (1.0, 0.0)
        s.next()
        assert known["n"].grad == pytest.approx(0.64)
        s.back()
        assert known["n"].grad == 0.0
        s.run()
        assert [known[name].grad for name in ("w1", "w2", "x1", "x2", "b")] == (
            pytest.approx([1.92, 2.56, 1.28, -1.92, 0.64])
        )
    assert all(v.grad == 0.0 for v in known.values())


def test_an_error_inside_gives_the_grads_back():
    root = product()
    s = micrograd.step(root)
    with pytest.raises(KeyError), s:
        s.run()
        raise KeyError
    assert all(v.grad == 0.0 for v in nodes(root).values())
    with s, pytest.raises(RuntimeError, match="already in use"), s:
        pass


def test_own_operations_step():
    (a,) = named(a=2.0)
    s = micrograd.step(own(a) * 2)
    with s:
        s.run()
        assert a.grad == 24.0


def test_a_leaf_alone():
    leaf = Value(3.0, label="x")
    s = micrograd.step(leaf)
    assert s.next() is None and s.run() is None and list(s) == [] and bool(s)
    with s:
        assert leaf.grad == 1.0
    assert leaf.grad == 0.0
    assert repr(s) == "<Stepper at 0 of 0: the end>"


def test_how_it_prints():
    s = micrograd.step(product())
    assert repr(s) == str(s) == "<Stepper at 0 of 4: next L → d>"
    s.run()
    assert repr(s) == "<Stepper at 4 of 4: the end>" and len(str(s).splitlines()) == 4


def test_what_cannot_be_stepped():
    with pytest.raises(TypeError, match="step needs a Value, the output to go back from, got float 2.0"):
        micrograd.step(2.0)


def test_a_step_shows_this_pass_whatever_an_earlier_one_has_left():
    root = product()
    a = nodes(root)["a"]
    root.backward()
    held = {key: v.grad for key, v in nodes(root).items()}
    s = micrograd.step(root)
    s.run()
    assert [str(c)[-17:] for c in s.record if c.parent is a] == ["a.grad: 0 → −20.0"]
    assert micrograd.explain(root, a).text.splitlines()[0] == "∂L/∂a = −20"
    with s:
        assert a.grad == -20.0
        s.reset()
        assert a.grad == 0.0
    said = (
        "An earlier pass has left f.grad = 20, a.grad = −20, b.grad = −4; in this one every grad starts from 0 "
        "(step with accumulate=True adds to them)."
    )
    assert said in s._repr_mimebundle_()["text/plain"] and said in list(Conversation(s).opening())
    assert s._page().data["seed"]["why"].endswith(said)
    assert {key: v.grad for key, v in nodes(root).items()} == held


def test_a_step_adds_to_an_earlier_pass_on_request():
    root = product()
    a = nodes(root)["a"]
    root.backward()
    s = micrograd.step(root, accumulate=True)
    with s:
        assert a.grad == -20.0
        s.run()
        assert a.grad == -40.0
    assert a.grad == -20.0 and str(s).endswith("b.grad: −4.0 → −8.0")
    assert (
        "An earlier pass has left f.grad = 20, a.grad = −20, b.grad = −4; this one adds to that." in describe_earlier(s)
    )
    assert "earlier" not in "".join(Conversation(micrograd.step(product())).opening())


def test_many_grads_of_an_earlier_pass_are_counted():
    leaves = [Value(1.0, label=f"x{k}") for k in range(9)]
    root = sum(leaves)
    root.backward()
    (said,) = [line for line in Conversation(micrograd.step(root)).opening() if "earlier" in line]
    assert said.startswith("An earlier pass has left x8.grad = 1, ") and ", 5 more; in this one" in said


def test_a_thousand_nodes_deep():
    x = Value(1.0, label="x")
    y = x
    for _ in range(20_000):
        y = y * 1.0
    s = micrograd.step(labelled(y, "y"))
    with s:
        s.run(to=x)
        assert x.grad == 1.0
