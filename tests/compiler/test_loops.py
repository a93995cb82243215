"""Loops: what repeats is found, becomes one loop, and computes the same floats."""

import random
from array import array

import pytest
import recurrences
from blocks_reference import run
from budget import seeds
from recurrences import LOOPS, OTHERS

import micrograd
from micrograd.compiler.backends import kernel
from micrograd.compiler.stages import loops
from micrograd.compiler.stages.blocks import Loop
from micrograd.compiler.stages.loops import LONG
from micrograd.compiler.stages.native import extension
from micrograd.compiler.stages.repeats import LEAST_TIMES, Repeat, Search, find_repeats
from micrograd.compiler.stages.roll import LISTED, roll
from micrograd.compiler.stages.rows import Rows

pytestmark = pytest.mark.unchecked  # by both stages: of a few functions that is enough


def roll_loops(rows, **options):
    """With loops in short programs too."""
    return loops.roll_loops(rows, **{"long": 0, **options})


def rows_of(make, n, mode=None):
    f, args = make(n)
    compiled = micrograd.compile(f)
    compiled(*args)
    latest = compiled._latest
    return latest.programs.rows(mode or latest.mode(True) or "forward")


def loops_of(blocks):
    return [step for step in blocks if isinstance(step, Loop)]


def size(blocks):
    """How many steps, pieces and listed rows there are; the terms of a sum over all times may be a list."""
    return len(blocks.steps), len(blocks.pieces), len(blocks.ends)


def holds(rows, r, **options):
    """That the floats are those of the rows as they are; returns the program."""
    blocks, flat = roll_loops(rows, **options), roll(rows, least=LISTED)
    inputs = array("d", [r.gauss(0, 1) for _ in range(rows.inputs)])
    got, wanted = (array("d", run(program, inputs)).tobytes() for program in (blocks, flat))
    assert got == wanted
    if kernel.available():
        got, wanted = (array("d", bytes(8 * len(rows.outputs))) for _ in range(2))
        kernel.load(blocks).run(got, inputs)
        kernel.load(flat).run(wanted, inputs)
        assert got.tobytes() == wanted.tobytes()
    return blocks


@pytest.mark.parametrize("name", [*LOOPS, *OTHERS])
def test_the_same_floats(name):
    for n, mode in (36, None), (44, "forward"), (44, "rows" if name == "scan" else None):
        holds(rows_of({**LOOPS, **OTHERS}[name], n, mode), random.Random(n))


@pytest.mark.parametrize("name", LOOPS)
def test_the_size_does_not_grow(name):
    """Forward and backward are a loop each; where one step differs, those before it and those after it are."""
    few, many = (roll_loops(rows_of(LOOPS[name], n, "rows" if name == "scan" else None)) for n in (120, 150))
    assert size(few) == size(many)
    assert len(loops_of(many)) == (4 if name in ("two_loops", "one_step_differs") else 2)
    assert few.slots < many.slots


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("name", ["newton", "leapfrog", "scan"])
def test_the_size_at_five_thousand(name):
    mode = "rows" if name == "scan" else None
    assert size(roll_loops(rows_of(LOOPS[name], 50, mode))) == size(roll_loops(rows_of(LOOPS[name], 5000, mode)))


@pytest.mark.parametrize("name", ["batch_of_chains", "running_total_of_networks"])
def test_what_does_not_wait_is_no_loop(name):
    rows = rows_of(OTHERS[name], 60)
    assert not loops_of(roll_loops(rows))
    assert roll_loops(rows).steps == roll(rows).steps


def test_the_steps_of_a_loop():
    blocks = roll_loops(rows_of(recurrences.leapfrog, 50, "forward"))
    (loop,) = loops_of(blocks)
    assert loop.times == 48
    assert [(step.kind, step.moves) for step in loop.steps] == [("sum", 4), ("div", 4), ("sum", 4), ("sum", 4)]


def test_a_short_program_has_none():
    rows = rows_of(recurrences.newton, 50)
    assert loops_of(roll_loops(rows, long=len(rows.left)))
    assert not loops_of(roll_loops(rows, long=len(rows.left) + 1))
    assert len(rows.left) < LONG and not loops_of(loops.roll_loops(rows))


@pytest.mark.parametrize("times", [LEAST_TIMES - 1, LEAST_TIMES])
def test_few_times_are_no_loop(times):
    assert len(find_repeats(rows_of(recurrences.newton, times + 1, "forward"))) == (times >= LEAST_TIMES)


def test_the_outer_one_of_two_loops():
    rows = rows_of(recurrences.nested, 50, "forward")
    assert find_repeats(rows) == [Repeat(start=16, period=17, times=49)]


def test_inner_loops_of_a_few_outer_times():
    def make(n):
        a = micrograd.Value(0.5)

        def f(x):
            for _ in range(3):
                for _ in range(n):
                    x = micrograd.sin(a * x)
                x = micrograd.tanh(x) + 1
            return x

        return f, (0.3,)

    blocks = holds(rows_of(make, 60), random.Random(1))
    assert [loop.times for loop in loops_of(blocks)] == [58, 58, 58, 58, 58, 57]


@pytest.mark.skipif(extension is None, reason="the stages were not built in C here")
def test_the_search_in_c_finds_the_same():
    r = random.Random(1)
    programs = [rows_of(make, n) for make in {**LOOPS, **OTHERS}.values() for n in (34,)]
    programs += [random_rows(r, n) for n in (1, 2, 40, 300) for _ in range(5)]
    for rows in programs:
        assert find_repeats(rows) == [*Search(rows).find()]


def test_no_loop_where_inputs_vary_or_all_is_listed():
    rows = rows_of(recurrences.newton, 50)
    assert not loops_of(roll_loops(rows, varying=[0]))
    assert not loops_of(roll_loops(rows, least=LISTED))


def test_the_search_ends_in_time():
    """The number of comparisons grows with the rows, even where everything looks like a repeat and is none."""

    def effort(n, r):
        rows = random_rows(r, n)
        search = Search(rows)
        before = search.effort
        list(search.find())
        return before - search.effort

    for seed in range(3):
        assert effort(4000, random.Random(seed)) <= 10.5 * max(effort(400, random.Random(seed)), 64 * 40)


def random_rows(r, n):
    """Sums of two terms that look back as far as they like."""
    inputs = 4
    operands = [r.randrange(max(1, 1 + inputs + i - 8), 1 + inputs + i) for i in range(n) for _ in range(4)]
    return Rows(
        names=["x"] * inputs,
        constants=array("d"),
        table=("sum",),
        kinds=bytes(n),
        ends=array("I", range(2, 2 * n + 1, 2)),
        left=array("I", operands[::2]),
        right=array("I", operands[1::2]),
        adjoint_of=array("I", range(1 + inputs, 1 + inputs + n)),
        outputs=array("I", [inputs + n]),
    )


# ---- random loops


def random_step(r):
    """A step of a random recurrence, as a function of weights, the last states, the next numbers, and a few more."""
    states, numbers, deep = r.randint(1, 4), r.randint(0, 2), r.choice([1, 1, 1, 2, 3])
    functions = [micrograd.sin, micrograd.tanh, micrograd.relu, micrograd.sigmoid, lambda x: x * 0.5]
    plan = []
    available = states * deep + numbers + 3
    for _ in range(r.randint(states, 12)):
        terms = [(r.randrange(available), r.randrange(available)) for _ in range(r.randint(1, 5))]
        plan.append((terms, r.choice(functions) if r.random() < 0.6 else None))
        available += 1

    def step(weights, history, x):
        values = [*(s for state in history[-deep:] for s in state), *x, *weights]
        for terms, function in plan:
            v = micrograd.total([values[a] * values[b] for a, b in terms]) * 0.2
            values.append(function(v) if function else v)
        return values[-states:]

    return states, numbers, deep, step


@pytest.mark.parametrize("seed", seeds(8, 100))
def test_random_loops(seed):
    r = random.Random(seed)
    states, numbers, deep, step = random_step(r)
    n, odd, every = r.choice([34, 40]), r.choice([None, 0, 5, 36]), r.random() < 0.5

    def make(n):
        weights = [micrograd.Value(r.gauss(0, 1)) for _ in range(3)]

        def f(xs):
            history, seen = [[w + 0.1 * k for k in range(states)] for w in weights[:deep]], []
            for k, x in enumerate(xs):
                history.append(step(weights, history, x))
                if k == odd:
                    history[-1] = [micrograd.exp(-s * s) for s in history[-1]]
                if every:
                    seen.append(history[-1][0])
            return micrograd.total([v * v for v in history[-1] + seen])

        return f, ([[r.gauss(0, 1) for _ in range(numbers)] for _ in range(n)],)

    holds(rows_of(make, n), r, least=r.choice([0, 8, 64]))
