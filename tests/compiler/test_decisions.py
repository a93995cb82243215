"""Variants found by what Python decides: each call gets its own, in few steps, or a new trace."""

import math
import random
import threading

import numpy as np
import pytest
from graphs import gradient
from hypothesis import given
from hypothesis import strategies as st

import micrograd
from micrograd import Value
from micrograd._core.modes import afterwards, tracer
from micrograd.compiler import economy
from micrograd.compiler.decisions import Branch, Tree, longest
from micrograd.compiler.tracing.guards import Guards
from tests.budget import examples


class Walk:
    """Stands for a variant: the way of an integer; its decisions are its digits to the base 3, the last one first."""

    asked = 0

    def __init__(self, x):
        self.x, self.used = x, 0
        self.path = [*digits(x), None]

    def first_difference(self, x, theta):
        Walk.asked += 1
        return next(
            ((k, b) for k, (a, b) in enumerate(zip(self.path, [*digits(x), None], strict=False)) if a != b), None
        )

    def call(self, x, gradient):
        return (x,) if x == self.x else None


def digits(x):
    while x:
        yield x % 3
        x //= 3


numbers = st.integers(0, 3**5)


@pytest.mark.no_cover
@examples(100, 2000)
@given(st.lists(st.tuples(st.booleans(), numbers), max_size=60))
def test_a_tree_finds_exactly_the_variants_that_are_in_it(actions):
    tree, there = Tree(), {}
    for added, x in actions:
        if added:
            there[x] = Walk(x)
            tree.add(there[x])
        elif x in there:
            tree.remove(there.pop(x))
        assert set(tree) == set(there.values()) and len(tree) == len(there)
        check(tree.root)
        for y in {x, x + 1, x // 3, 3 * x, *list(there)[:5]}:
            assert tree.call(y, False) == ((y,) if y in there else None)


def check(node):
    """The variants below a branch agree so far, and its longest is one of them."""
    if not isinstance(node, Branch):
        return [] if node is None else [node]
    assert len(node.ways) > 1
    below = [variant for way in node.ways.values() for variant in check(way)]
    assert len({tuple(variant.path[: node.depth]) for variant in below}) == 1
    assert {answer: {v.path[node.depth] for v in check(way)} for answer, way in node.ways.items()} == {
        answer: {answer} for answer in node.ways
    }
    assert len(longest(node).path) == max(len(variant.path) for variant in below) and longest(node) in below
    return below


def test_a_variant_that_decides_like_another_takes_its_place():
    tree, first, second = Tree(), Walk(5), Walk(5)
    for variant in (first, Walk(7), second):
        tree.add(variant)
    assert len(tree) == 2 and second in set(tree) and first not in set(tree)
    tree.remove(first)
    assert len(tree) == 2


def test_the_one_that_was_not_used_for_longest_goes_first():
    tree = Tree()
    for x in (4, 5, 7):
        tree.add(Walk(x))
    tree.call(4, False)
    for gone in (5, 7, 4):
        assert tree.call(gone, False)
        for x in {variant.x for variant in tree} - {gone}:
            tree.call(x, False)
        tree.remove_oldest()
        assert gone not in {variant.x for variant in tree}
    assert tree.latest is None and tree.root is None and tree.call(4, False) is None


def test_a_call_asks_few_variants(monkeypatch):
    rounds = Tree()
    for k in range(100):
        rounds.add(Walk((3**k - 1) // 2))  # k ones
    answers = Tree()
    for x in range(3**5):
        answers.add(Walk(x))
    for tree, most in ((rounds, 1), (answers, 5)):
        for x in [variant.x for variant in tree]:
            monkeypatch.setattr(Walk, "asked", 0)
            assert tree.call(x, False)
            assert Walk.asked <= most


# ---- compiled


@pytest.fixture
def w():
    return Value(0.5, label="w")


@pytest.fixture
def always_traced(monkeypatch):
    monkeypatch.setattr(economy, "FREE", math.inf)


@pytest.mark.parametrize("backend", [None, "python"])
def test_loops_of_all_lengths_and_many_brackets(w, backend, always_traced):
    def rounds(x):
        out = w
        while x > 1.0:
            x = x - 1.0
            out = out * w + 1.0
        return out

    def tax(x):
        total = w * 0.0
        for k in range(20):
            if x <= 10.0 * k:
                break
            total = total + w * (min(x, 10.0 * k + 10.0) - 10.0 * k) * (0.1 + 0.01 * k)
        return total

    for f, calls in ((rounds, [k + 0.5 for k in range(30)]), (tax, [10.0 * k - 5.0 for k in range(20)])):
        fast = micrograd.compile(f, backend=backend)
        for x in [*calls, *random.Random(0).sample(calls, len(calls))]:
            assert fast(x).data == f(x).data
            assert gradient(fast(x), w) == pytest.approx(gradient(f(x), w), rel=1e-12)
            assert fast.value_and_grad([0.25], x)[0] == with_data(w, 0.25, f, x)
        assert fast._traces == len(calls)


def with_data(w, x, f, *args):
    before, w.data = w.data, x
    try:
        return f(*args).data
    finally:
        w.data = before


@st.composite
def deciding(draw):
    """A function with ifs and loops inside each other, by its numbers and a parameter, as a tree of steps."""
    limits = st.integers(-3, 3).map(float)
    step = st.tuples(st.just("add"), limits)
    return draw(
        st.recursive(
            st.lists(step, min_size=1, max_size=2),
            lambda steps: st.lists(
                st.one_of(step, st.tuples(st.sampled_from(["if", "while"]), limits, steps, steps)), max_size=3
            ),
            max_leaves=8,
        )
    )


def run(steps, x, y):
    for kind, limit, *inner in steps:
        if kind == "add":
            y = y * x + limit
        elif kind == "if":
            x, y = run(inner[0] if x < limit else inner[1], x, y)
        else:
            rounds = 0
            while x < limit and rounds < 4:
                x, y = run(inner[0], x + 1.25, y)
                rounds += 1
    return x, y


@pytest.mark.no_cover
@examples(40, 1000)
@given(deciding(), st.lists(st.floats(-4.0, 4.0), min_size=1, max_size=12), st.sampled_from(["python", None]))
def test_random_decisions(steps, xs, backend):
    w = Value(0.75)
    fast = micrograd.compile(lambda x: run(steps, x, w)[1], backend=backend)
    for x in [*xs, *xs]:
        out, expected = fast(x), run(steps, x, w)[1]
        assert out.data == expected.data
        assert gradient(out, w) == pytest.approx(gradient(expected, w), rel=1e-9, nan_ok=True)
    assert fast._traces <= len(xs)


# ---- decisions that are no conditions


def decide(how, x):
    """`how(x)`, as a decision of the trace that runs."""
    outcome = how(getattr(x, "true", x))
    if (watching := tracer()) is not None:
        watching.decide(outcome, how, x.position)
    return outcome


def test_a_text_leads_to_as_many_variants_as_it_has_contents(w):
    whole = "{:.0f}".format

    def f(x):
        text = decide(whole, x)
        return [w * x if x > 2.0 else w + x, text]

    fast = micrograd.compile(f)
    calls = [0.25, 1.0, 1.5, 2.25, 3.75, 4.25]
    for x in [*calls, *calls[::-1]]:
        assert fast(x)[1] == f(x)[1] and fast(x)[0].data == f(x)[0].data
        assert gradient(fast(x)[0], w) == gradient(f(x)[0], w)
    assert fast._traces == len({(whole(x), x > 2.0) for x in calls})


def test_effects_wait_until_all_decisions_hold(w):
    done = []

    def f(x):
        afterwards(done.extend, [x * 2.0])
        return w if decide(round, x) > 3 else -w

    fast = micrograd.compile(f)
    for x in (1.0, 5.0, 1.25, 2.0, 5.25):
        fast(x)
    assert done == [2.0, 10.0, 2.5, 4.0, 10.5]


def guards(*asked):
    made = Guards()
    for positions, outcome, how in asked:
        made.add(positions, outcome, how)
    return made


def test_the_first_difference_among_conditions_and_answers():
    made = guards(((7,), True, None), ((3, 4), "7", lambda x, y: f"{x + y:g}"), ((9,), False, None), ((), 1, lambda: 1))
    assert made.positions == [7, 9, 3, 4] and len(made) == 4
    assert made.path == [(bool, True), (str, "7"), (bool, False), (int, 1), None]
    assert made.first_difference([1.0, 0.0, 3.0, 4.0]) is None
    assert made.first_difference([0.0, 1.0, 3.0, 5.0]) == (0, (bool, False))
    assert made.first_difference([1.0, 1.0, 3.0, 5.0]) == (1, (str, "8"))
    assert made.first_difference([1.0, 1.0, 3.0, 4.0]) == (2, (bool, True))


def test_the_same_question_is_asked_once():
    made = guards(((7,), True, None), ((7,), True, None), ((7,), "1", str), ((7,), "1", str), ((7,), "1", repr))
    assert [guard.how for guard in made] == [None, str, repr]


def test_answers_are_told_apart_by_type_and_an_error_is_an_answer():
    answers = {1.0: True, 2.0: 1}
    made = guards(((0,), True, answers.get), ((1,), ZeroDivisionError, lambda x: 1 / x))
    assert made.first_difference([1.0, 0.0]) is None
    assert made.first_difference([2.0, 0.0]) == (0, (int, 1))
    assert made.first_difference([1.0, 2.0]) == (1, (float, 0.5))


def test_an_attribute_by_which_a_function_decides_leads_to_a_variant_for_each_value(w):
    class Switch:
        on = True

    switch = Switch()
    f = micrograd.compile(lambda x: w * x if switch.on else w + x)
    found = []
    for switch.on in (True, False, True, False):
        found.append(f(3.0).data)
    assert found == [1.5, 3.5, 1.5, 3.5] and f._traces == 2


def test_a_program_that_decides_otherwise_than_its_trace_gives_way_to_eager_mode(w):
    def f(x):
        return w * x if x**3 == x * x * x else w  # a program computes a cube as a product

    x = next(k * 0.37 for k in range(1, 100) if (k * 0.37) ** 3 != k * 0.37 * (k * 0.37) * (k * 0.37))
    fast = micrograd.compile(f)
    assert fast(x).data == f(x).data == w.data


# ---- random numbers


@pytest.mark.parametrize("kind", ["random", "numpy", "numpy, old", "a function"])
def test_random_numbers_are_those_of_eager_mode_whatever_is_decided(w, kind, always_traced):
    def draws():
        rng = {"numpy": np.random.default_rng, "numpy, old": np.random.RandomState}.get(kind, random.Random)(5)
        return (lambda: rng.random() - 0.5) if kind == "a function" else rng.random

    def function(read):
        def f(x):
            out = w * x
            for _ in range(3):
                noise = micrograd.fresh(read)
                out = out * noise if noise < 0.5 else out + micrograd.fresh(read)
            return out if x > 0.5 else -out

        return f

    f, fast = function(draws()), micrograd.compile(function(draws()))
    for x in (0.1, 0.9, 0.3, 0.7) * 12:
        assert fast(x).data == f(x).data
    assert fast._traces <= 16
    flat = micrograd.compile(function(draws()))
    f = function(draws())
    for x in (0.1, 0.9) * 12:
        assert flat.value_and_grad([w.data], x)[0] == f(x).data


def test_a_trace_that_comes_to_nothing_gives_random_numbers_back(w):
    class Model:
        def __init__(self):
            self.rng, self.table = random.Random(3), None

        def __call__(self, x):
            noise = micrograd.fresh(self.rng.random)
            if self.table is None:
                self.table = [1.0, 2.0]
            return w * x * noise * self.table[1]

    model, twin = Model(), Model()
    fast = micrograd.compile(model)
    for x in (1.0, 2.0, 3.0):
        assert fast(x).data == twin(x).data


@pytest.mark.filterwarnings("ignore:f was traced")
def test_threads_look_for_variants_while_others_come_and_go(w, always_traced):
    def f(x):
        out = w
        while x > 1.0:
            x = x - 1.0
            out = out * w + x
        return out

    fast, wrong = micrograd.compile(f), []
    expected = [f(k + 0.5).data for k in range(40)]

    def work(seed):
        rng = random.Random(seed)
        for _ in range(150):
            k = rng.randrange(40)
            try:
                if fast(k + 0.5).data != expected[k]:
                    wrong.append(k)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
