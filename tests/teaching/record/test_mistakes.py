"""Mistaken passes produce what the table of mistakes says: upstream u, local λ."""

import math

import pytest
from graphs import graphs, labelled, named, shared
from hypothesis import given

from micrograd.teaching.record.mistakes import MISTAKES, find_visible_mistakes
from micrograd.teaching.record.record import record

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}


def grads(name, root):
    """The leaves' grads, by label, after the mistaken pass."""
    steps = record(root)
    run = BY_NAME[name].run(steps)
    return {c.parent.label: after for c, (_, after) in zip(steps, run, strict=True)}


def product():
    a, b, f = named(a=3.0, b=4.0, f=5.0)
    return labelled(labelled(a * b, "e") * f, "L")


def cube():
    (x,) = named(x=2.0)
    return x * x * x


def branches():
    """Three paths to x, two to y, the shares all different."""
    x, y = named(x=2.0, y=3.0)
    return (x * 3.0 + x * 5.0 + x * 7.0) + (y * 4.0 + y * 5.0)


@pytest.mark.parametrize(
    ("name", "make", "wrong"),
    [
        ("upstream forgotten", product, {"a": 4.0}),
        ("local derivative forgotten", product, {"a": 1.0, "f": 1.0}),
        ("added instead of multiplied", product, {"e": 6.0, "a": 10.0}),
        ("overwritten: = instead of +=", shared, {"e": 12.0, "a": 48.0}),
        ("only the first path", shared, {"e": 17.0, "a": 68.0}),
        ("paths multiplied", shared, {"e": 204.0, "a": 816.0}),
        ("× gives an operand its own value", product, {"a": 36.0, "f": 5.0}),
        ("minus lost", lambda: named(a=1.0)[0] - named(b=2.0)[0], {"a": 1.0, "b": 1.0}),
        ("÷: minus lost in the divisor", lambda: named(a=6.0)[0] / named(b=2.0)[0], {"a": 0.5, "b": 1.5}),
        ("power: exponent not lowered", lambda: named(a=2.0)[0] ** 3, {"a": 24.0}),
        ("tanh: 1 − x² instead of 1 − tanh²", lambda: named(a=2.0)[0].tanh(), {"a": -3.0}),
        ("÷: divisor not squared", lambda: named(a=6.0)[0] / named(b=2.0)[0], {"a": 0.5, "b": -3.0}),
        ("÷: the numerator's rule for the divisor", lambda: named(a=6.0)[0] / named(b=2.0)[0], {"a": 0.5, "b": 0.5}),
        ("power: exponent not in front", lambda: named(a=2.0)[0] ** 3, {"a": 4.0}),
        ("tanh: 1 − tanh, not squared", lambda: named(a=2.0)[0].tanh(), {"a": 1.0 - math.tanh(2.0)}),
        ("relu: its value instead of its slope", lambda: named(a=2.0)[0].relu(), {"a": 2.0}),
        ("exp: upstream · x", lambda: named(a=2.0)[0].exp(), {"a": 2.0}),
        ("relu: gate ignored", lambda: named(a=-2.0)[0].relu(), {"a": 1.0}),
        ("seed is the output", product, {"a": 1200.0}),
        ("pushed before complete", shared, {"e": 29.0, "a": 68.0}),
        ("recursion without order", shared, {"e": 29.0, "a": 4.0 * (17.0 + 29.0), "c": 12.0}),
        ("the first path missed", cube, {"x": 8.0}),
        ("the second path missed", cube, {"x": 8.0}),
        ("the last path missed", branches, {"x": 12.0, "y": 9.0}),
        ("second backward, grads not zeroed", product, {"e": 10.0, "f": 24.0, "a": 60.0, "b": 45.0}),
        ("sign of descent", product, {"a": -20.0}),
    ],
)  # fmt: skip
def test_each_mistake(name, make, wrong):
    found = grads(name, make())
    assert {label: found[label] for label in wrong} == pytest.approx(wrong)


def test_only_what_shows_is_offered():
    offered = {mistake.name for mistake, _ in find_visible_mistakes(record(product()))}
    assert "upstream forgotten" in offered
    assert not {"relu: gate ignored", "only the first path"} & offered
    assert find_visible_mistakes([]) == []


def test_recursion_over_many_paths_is_not_offered():
    (x,) = named(x=1.0)
    root, chain = x, [x]
    for _ in range(20):
        root = root + root
        chain.append(root)
    steps = record(root)
    assert BY_NAME["recursion without order"].run(steps)[-1] == (steps[-1].amount, steps[-1].after)
    assert "recursion without order" not in {mistake.name for mistake, _ in find_visible_mistakes(steps)}
    assert "recursion without order" in {mistake.name for mistake, _ in find_visible_mistakes(record(chain[3]))}


def test_every_mistake_has_a_name_of_its_own_and_says_what_to_do():
    assert len(BY_NAME) == len(MISTAKES) and all(mistake.advice for mistake in MISTAKES)


@given(graphs())
def test_every_mistake_runs_on_every_graph(root):
    steps = record(root)
    for _, run in find_visible_mistakes(steps):
        assert len(run) == len(steps) and not any(isinstance(x, complex) for pair in run for x in pair)


def test_a_number_too_large_is_infinite():
    (a,) = named(a=1e200)
    assert math.isinf(grads("tanh: 1 − x² instead of 1 − tanh²", a.tanh())["a"])
