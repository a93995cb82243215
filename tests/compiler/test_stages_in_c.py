"""The stages in C: on random graphs and tapes they give the arrays of those in Python, and nothing harms them."""

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from budget import budget
from sanitized import build, needs_sanitizers, surroundings
from stages_by_chance import main, random_tape

import micrograd
from micrograd import Value
from micrograd.compiler.stages import expressions
from micrograd.compiler.stages.choice import IN_C, IN_PYTHON, choose_stages
from micrograd.compiler.stages.expressions import ADD, rule
from micrograd.compiler.stages.native import extension, graph
from micrograd.compiler.tracing.trace import trace
from micrograd.ops import Primitive

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(extension is None, reason="the stages in C were not built, or are turned off")


@pytest.mark.once
@pytest.mark.no_cover
def test_by_chance_they_give_the_same_arrays():
    count = budget(60, 1000)
    compared, refused = main(count)
    assert compared > count / 2 and refused > count / 2


@pytest.mark.slow
@pytest.mark.once
@needs_sanitizers
def test_they_touch_no_memory_but_their_own(tmp_path):
    source = ROOT / "micrograd" / "compiler" / "stages" / "native" / "_stages.c"
    built = build(source, tmp_path / "_stages.so", "-std=c11", "-Wno-cast-function-type")
    script = Path(__file__).with_name("stages_by_chance.py")
    done = subprocess.run(
        [sys.executable, script, "300", built],
        env=surroundings(ROOT, ROOT / "tests"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr[-4000:]


@pytest.mark.skipif((3, 12) <= sys.version_info < (3, 14), reason="CPython crashes for want of memory for a generator")
def test_allocations_that_fail():
    pytest.importorskip("_testcapi", reason="this Python was built without its own tests")
    script = Path(__file__).with_name("stages_without_memory.py")
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, script], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert int(done.stdout) > 20


def test_threads_have_graphs_of_their_own():
    tapes = [random_tape(Random(seed), 100) for seed in range(4)]
    expected = [IN_PYTHON.simplify(tape, 0)[1] for tape in tapes]
    found = []

    def work(k):
        for _ in range(20):
            found.append(IN_C.simplify(tapes[k], 0)[1].tolist() == expected[k])

    threads = [Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80


def test_nothing_is_left_behind():
    """Neither by a graph that is finished nor by one that a primitive interrupts."""

    def own(m, x):
        """x, or an error."""
        if m is not micrograd.ops.Floats:
            raise RuntimeError("not on expressions")
        return x, 1.0

    gc.collect()
    gc.disable()
    try:
        op = Primitive(own, "own")
        dead = weakref.ref(op)
        tape = trace(lambda x: x * 2.0 + x.exp(), (Value(0.5),), {})
        e, _ = IN_C.simplify(tape, 1)
        sums = IN_C.collect_sums(e, [3], [1])
        assert sys.getrefcount(e) == 3
        del sums
        assert sys.getrefcount(e) == 2
        tape.rows.table[1] = op, False
        with pytest.raises(RuntimeError, match="not on expressions"):
            IN_C.simplify(tape, 1)
        del tape, op, own
        assert dead() is None
    finally:
        gc.enable()


def test_a_graph_has_the_interface_of_expressions():
    g = graph.Graph(2)
    a = g.add(1, 2)
    relu = g.choose(g.compare("at most", a, g.constant(0.0)), g.constant(0.0), a)
    assert g.nodes[relu] == ("relu", a) and relu in g.gates and a not in g.gates
    assert g.nodes[0] == ("constant", 1.0) and g.nodes[-1][0] == "add" and len(g.nodes) == len(g)
    assert g.numbers[0] == 1.0 and a not in g.numbers and g.number(a) is None
    assert list(g.partials) == [relu] and g.partials.get(a, ()) == () and len(g.partials) == 1
    with pytest.raises(KeyError):
        g.partials[a]
    assert g.add(2, 1) == a and g.add(a, g.constant(-0.0)) == a
    with pytest.raises(IndexError, match="there is no node 99"):
        g.add(1, 99)
    with pytest.raises(TypeError, match="takes 2 arguments, got 1"):
        g.mul(1)
    with pytest.raises(TypeError, match="less does not take 1 operands"):
        g.make("less", 1)
    with pytest.raises(TypeError, match="no add is made of 1 operands"):
        g.node("add", 1)
    with pytest.raises(ValueError, match="0 inputs or more"):
        graph.Graph(-1)


def test_nodes_are_replaced_by_such_as_can_stand_there():
    g = graph.Graph(2)
    a, b = g.add(1, 2), g.mul(1, 2)
    made = graph.replace(g, {b: ("largest()", 1, a)})
    assert made.nodes[:] == [*g.nodes[:b], ("largest()", 1, a)] and made.node("mine()", 2) == len(g)
    for wrong in (
        {0: ("exp", 0)},
        {1: ("exp", 0)},
        {a: ("exp", b)},
        {a: ("exp", a)},
        {a: ("add", 1)},
        {a: ("constant", 1)},
    ):
        with pytest.raises(ValueError, match="no such node can stand at"):
            graph.replace(g, wrong)
    with pytest.raises(TypeError, match="a node is a tuple"):
        graph.replace(g, {a: "exp"})
    with pytest.raises(IndexError, match="there is no node 99"):
        graph.replace(g, {99: ("exp", 1)})


def test_sums_use_a_graph_up():
    g = graph.Graph(1)
    graph.collect_sums(g, [1], [1])
    with pytest.raises(ValueError, match="has been used"):
        graph.collect_sums(g, [1], [1])
    with pytest.raises(TypeError, match="expected Sums, got int"):
        graph.flatten(3, [], [])
    with pytest.raises(TypeError, match="expected a Graph, got int"):
        graph.collect_sums(3, [], [])


def test_other_rules_run_in_python(monkeypatch):
    assert choose_stages() is IN_C
    for table in (expressions.RULES, expressions.NUMBER_RULES):
        monkeypatch.setitem(table, ADD, [*table[ADD]])
    monkeypatch.setattr(expressions, "ADJOINT_RULES", [])
    rule(ADD, all_adjoints=False)(lambda e, a, b: None)
    assert choose_stages() is IN_PYTHON


@pytest.mark.parametrize("n", [0, 1, 100_000])
def test_a_chain_of_any_length(n):
    """Nothing recurses over a graph."""

    def f(x):
        out = x
        for _ in range(n):
            out = out * 0.5 + x
        return out

    tape = trace(f, (Value(1.0),), {})
    assert len(tape.rows) == 1 + 3 * n
    e, where = IN_C.simplify(tape, 0)
    sums = IN_C.collect_sums(e, [where[tape.outputs[0]]], [1])
    gradient = IN_C.differentiate(sums, [(where[tape.outputs[0]], 0)], [1])
    rows = IN_C.flatten(sums, ["x"], [where[tape.outputs[0]], *gradient])
    assert len(rows.outputs) == 2 and (n > 0) == (len(rows) > 0)
