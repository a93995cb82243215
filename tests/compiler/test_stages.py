"""Each stage by itself: what it makes of what it gets."""

import gc
import math
import time
import weakref
from itertools import pairwise

import pytest
from blocks_reference import run as interpreted

import micrograd
from micrograd import Value
from micrograd.compiler import programs
from micrograd.compiler.backends import python as source
from micrograd.compiler.backends.python import build
from micrograd.compiler.stages.differentiate import differentiate
from micrograd.compiler.stages.expressions import Expressions
from micrograd.compiler.stages.primitives import apply
from micrograd.compiler.stages.program import KINDS, ONE
from micrograd.compiler.stages.roll import LISTED, roll
from micrograd.compiler.stages.rows import find_used, flatten
from micrograd.compiler.stages.simplify import simplify
from micrograd.compiler.stages.sums import collect_sums
from micrograd.compiler.tracing.tape import Tape
from micrograd.compiler.tracing.trace import trace
from micrograd.ops import PRIMITIVES, Primitive


def taped(f, *args):
    return trace(f, args, {})


# ---- trace


def test_a_tape_is_what_was_computed_in_order():
    w, shared = Value(2.0), Value(5.0) * 1.0
    tape = taped(lambda x, v: (w * x + v, x, shared), 3.0, Value(4.0))
    names = [getattr(op, "name", op) for op, _, _ in tape.rows]
    assert names == ["input", "input", "input", "mul", "add", "input"]
    assert tape.arguments == [0, 1] and tape.values == [1]
    assert list(tape.parameters.items()) == [(w, 2), (shared, 5)]
    assert tape.outputs == [4, 0, 5] and [leaf.differentiable for leaf in tape.result] == [True, False, True]


def test_the_engine_is_as_before_after_a_trace():
    members = dict(vars(Value))
    taped(lambda x: Value(x) * 2, 3.0)
    assert members == vars(Value)


# ---- simplify


def test_equal_expressions_are_one_node():
    tape = taped(lambda x, y: (x * y + y * x) + x * y, 2.0, 3.0)
    graph, where = simplify(tape)
    assert graph.nodes == [("constant", 1.0), ("input",), ("input",), ("mul", 1, 2), ("add", 3, 3), ("add", 4, 3)]
    assert where[tape.outputs[0]] == 5


def test_what_is_not_needed_is_left_out():
    tape = taped(lambda x: (x.exp(), x * 2)[1], Value(2.0))
    graph, where = simplify(tape)
    assert [node[0] for node in graph.nodes] == ["constant", "input", "constant", "mul"]
    assert where.count(-1) == 1


@pytest.mark.parametrize(
    "f, expected",
    [
        (lambda x: x + -0.0, ("input",)),
        (lambda x: x - 0.0, ("input",)),
        (lambda x: x + 0.0, ("add", 1, 2)),  # −0 + 0 is 0
        (lambda x: 1.0 * x / 1.0, ("input",)),
        (lambda x: x**1, ("input",)),
        (lambda x: x * 0.0, ("mul", 1, 2)),
        (lambda x: x**2, ("mul", 1, 1)),
        (lambda x: Value(2.0) * 3.0 + Value(1.0).exp(), ("constant", 2.0 * 3.0 + 2.718281828459045)),
        (lambda x: x.__neg__().__neg__(), ("input",)),
        (lambda x: x.relu(), ("relu", 1)),
    ],
)
def test_identities_keep_every_bit(f, expected):
    tape = taped(f, Value(2.0))
    graph, where = simplify(tape)
    assert graph.nodes[where[tape.outputs[0]]] == expected


def test_minus_zero_and_nan_are_constants_of_their_own():
    graph = Expressions(0)
    assert graph.constant(0.0) != graph.constant(-0.0) and graph.constant(0.0) == graph.constant(0.0)
    assert graph.constant(float("nan")) != graph.constant(1.0)


def test_every_primitive_comes_down_to_kinds_of_the_program():
    for name, op in PRIMITIVES.items():
        count = 5 if op.variadic else len(op.operands) - (name == "power")
        graph = Expressions(count)
        apply(graph, op, list(range(1, 1 + count)), (0.3,) if name == "power" else ())
        assert {node[0] for node in graph.nodes} - {"constant", "input", "add", "mul"} <= set(KINDS), name


# ---- sums


def rows(f, *args):
    tape = taped(f, *args)
    graph, where = simplify(tape)
    roots = [where[i] for i in tape.outputs]
    by = list(range(1, 1 + len(tape.inputs)))
    return collect_sums(graph, roots, by), roots, by


def test_a_chain_of_additions_is_one_row():
    a, b, c, d, e = values = [Value(float(k)) for k in range(5)]
    sums, (root,), _ = rows(lambda: a * b + c * d + e)
    assert (sums.kinds[root], sums.terms[root]) == ("sum", [1, 2, 3, 4, 5, ONE])
    assert find_used(sums, [root]) == [0, 1, 2, 3, 4, 5, root]
    sums, (root,), _ = rows(lambda: (a + b) + (c + d))
    assert len(sums.terms[root]) == 6  # (a + b) + s: the order of the additions is kept
    sums, (root,), _ = rows(lambda: micrograd.dot(values[:2], values[2:4], e))
    assert sums.terms[root] == [5, ONE, 1, 3, 2, 4]


def test_adjoints_are_rows_too():
    a, b = Value(2.0), Value(3.0)
    sums, (root,), by = rows(lambda: a * b + a)
    gradient = differentiate(sums, [(root, ONE)], by)
    assert sums.terms[gradient[0]] == [ONE, ONE, 2, ONE]
    assert gradient[1] == 1  # ∂(ab + a)/∂b is the row of a itself


# ---- to programs


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_a_primitive_may_be_a_sum_of_functions(scale):
    """Its derivatives are those that it declares: a sum inside it does not pass its adjoint on to exp."""

    def grow(m, x, y):
        """eˣ + y"""
        power = m.exp(x)
        return power + y, power, 1.0

    e = Expressions(2)
    i = apply(e, Primitive(grow, "grow"), [1, 2])
    root = e.add(e.mul(i, e.constant(scale)), 2)
    sums = collect_sums(e, [root], [1, 2])
    outputs = [root, *differentiate(sums, [(root, ONE)], [1, 2])]
    made = roll(flatten(sums, ["x", "y"], outputs), least=LISTED)
    power = math.exp(0.5)
    assert interpreted(made, [0.5, 7.0]) == pytest.approx([scale * (power + 7.0) + 7.0, scale * power, scale + 1.0])


def program(f, *args):
    sums, roots, by = rows(f, *args)
    gradient = differentiate(sums, [(roots[0], ONE)], by)
    outputs = [*roots, *gradient]
    return roll(flatten(sums, [f"x{k}" for k in by], outputs), least=LISTED)


def test_slots_stand_in_groups_that_do_not_wait_for_each_other():
    xs = [Value(0.1 * k) for k in range(6)]
    made = program(lambda: sum((x * y).tanh() for x, y in pairwise(xs)))
    slot = 1 + made.inputs + len(made.constants)
    for group in made:
        assert group.out == slot and all(max(term[:2]) < slot for row in group.rows for term in row)
        slot += len(group.rows)
    assert slot == made.slots
    leaves = [x.data for x in xs]
    out = sum((x * y).tanh() for x, y in pairwise(xs))
    out.backward()
    assert interpreted(made, leaves) == pytest.approx([out.data, *(x.grad for x in xs)], rel=1e-14)


def test_a_long_source_is_several_functions(monkeypatch):
    w = Value(0.5, label="w")

    def f(x):
        out = x * w
        for _ in range(40):
            out = (out + w).tanh() * x
        return out, out * 2

    compiled = micrograd.compile(lambda x: f(x)[0], backend="python")
    expected = compiled(0.3)
    expected.backward()
    grad, w.grad = w.grad, 0.0
    monkeypatch.setattr(source, "STATEMENTS", 7)
    split = micrograd.compile(lambda x: f(x)[0], backend="python")
    out = split(0.3)
    out.backward()
    assert (out.data, w.grad) == (expected.data, grad)
    assert split.source.count("def ") > 10 and "= shared[0:" in split.source


def test_a_long_sum_is_several_statements():
    xs = [Value(float(k)) for k in range(1000)]
    f = micrograd.compile(lambda: sum(x * x for x in xs), backend="python")
    assert f().data == sum(k * k for k in range(1000))
    assert max(map(len, f.source.splitlines())) < 2000


def test_a_very_large_program_can_be_compiled():
    """A chain, as deep as it is long: no recursion, and more statements than go into one function."""
    w = Value(0.999)

    def chain():
        out = w
        for _ in range(8_000):
            out = (out * w).sin()
        return out

    expected = chain()
    expected.backward()
    grad = w.grad
    for backend in ("python", None):
        w.grad = 0.0
        out = micrograd.compile(chain, backend=backend)()
        out.backward()
        assert (out.data, w.grad) == pytest.approx((expected.data, grad), rel=1e-12)


def test_what_floats_refuse_runs_quietly():
    x, y = Value(0.0), Value(-1.0)
    f = micrograd.compile(lambda: (1 / x, y.log(), (x * 1e9 + 1e3).exp(), y**0.5, 2 * y), backend="python")
    out = [v.data for v in f()]
    assert out[0] == out[2] == float("inf") and out[1] != out[1] and out[3] != out[3] and out[4] == -2.0


def test_a_quiet_program_is_made_once_and_keeps_no_rows(monkeypatch):
    built = []
    monkeypatch.setattr(programs, "build", lambda source: built.append(source) or build(source))
    f = micrograd.compile(lambda x: 1 / (x * x), backend="python")
    assert f(2.0) == 0.25 and f(0.0) == math.inf and f(0.0) == math.inf and f(0.5) == 4.0
    assert [name for source in built for name in source.globals] == ["div"]


@pytest.mark.parametrize("backend", ["python", None])
def test_a_compiled_function_leaves_nothing_to_the_collector(backend):
    class Model:
        def __init__(self):
            self.w = Value(2.0)

    def life():
        model = Model()
        f = micrograd.compile(lambda x: [model.w / x, (model.w * x).exp() + sum([model.w] * 20)], backend=backend)
        f(1.0)[1].backward()
        f(0.0)
        return weakref.ref(model), weakref.ref(f)

    life()  # what is made once and for all
    gc.collect()
    gc.disable()
    try:
        assert [thing() for thing in life()] == [None, None]
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_stage_leaves_the_collector_as_it_was():
    for on in (True, False):
        (gc.enable if on else gc.disable)()
        try:
            micrograd.compile(lambda x: x * 2.0)(1.0)
            assert gc.isenabled() == on
        finally:
            gc.enable()


def test_times_are_kept():
    f = micrograd.compile(lambda x: x * 2.0)
    start = time.perf_counter()
    f(1.0)
    spent = time.perf_counter() - start
    assert 0 < sum(f._latest.programs.times.values()) <= spent


def test_an_empty_tape():
    assert Tape().roots == Tape().inputs == []
