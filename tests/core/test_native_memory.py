"""Nodes are freed: at once and without recursion where nothing holds them, by the collector where cycles do.

What is said here holds for both engines; with the native node it is about slabs, nodes that the collector does not
track, and references that code of Python's could take away.
"""

import gc
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from budget import budget
from sanitized import build, needs_sanitizers, surroundings

import micrograd
from micrograd import Value, engine
from micrograd._core import lending

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
native = pytest.mark.native


class Sub(Value):
    pass


class Slotted(Value):
    __slots__ = ("own",)


def living():
    return len(lending.living())


@pytest.fixture
def uncollected():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


# ---- at once, and without recursion


def chain(step, depth):
    v = Value(0.5)
    for _ in range(depth):
        v = step(v)
    return v


def add_by_hand(v):
    out = Value(v.data, (v,), "own")

    def push():
        v.grad += out_grad[0]

    out_grad = [1.0]
    out._backward = push
    return out


def with_attribute(name, kind=Value):
    def step(v):
        out = kind(1.0)
        setattr(out, name, v)
        return out

    return step


HELD = []


def held_tuple(v):
    parents = (v, v)
    HELD.append(parents)
    return micrograd.total(parents)


ONE = Value(1.0)
CHAINS = {
    "sums": lambda v: v + 1.0,
    "many operands": lambda v: micrograd.total([v, ONE]),
    "dots": lambda v: micrograd.dot([v], [ONE], 0.0),
    "a subclass": lambda v: Sub(1.0) * v,
    "closures": add_by_hand,
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_deep_graph_is_sorted_swept_and_freed(name, uncollected):
    depth = budget(20_000, 200_000)
    before = living()
    root = chain(CHAINS[name], depth)
    root.backward()
    assert len(engine.topological(root)) >= depth and root.grad == 1.0
    del root
    assert living() == before


@pytest.mark.slow
@native
def test_ten_million_nodes(uncollected):
    before = living()
    root = chain(CHAINS["sums"], 10**7)
    root.backward()
    assert root.data == 10**7 + 0.5 and root.grad == 1.0
    del root
    assert living() == before


@pytest.mark.parametrize("name", ["out", "_grad", "grad", "_data", "primitive"])
@pytest.mark.parametrize("kind", [Value, Sub, Slotted])
def test_chains_of_attributes_are_freed_without_recursion(name, kind, uncollected):
    before = living()
    v = chain(with_attribute(name, kind), 20_000)
    del v
    assert living() == before


def test_parents_that_others_hold_stay(uncollected):
    before = living()
    root = chain(held_tuple, 1000)
    del root
    assert living() >= before + 1000
    while HELD:
        HELD.pop()
    assert living() == before


def test_wide_graphs(uncollected):
    before = living()
    xs = [Value(1.0) for _ in range(budget(10_000, 10**6))]
    micrograd.total([x * 2.0 for x in xs]).backward()
    assert all(x.grad == 2.0 for x in xs)
    del xs
    assert living() - before <= 1  # the last x of the loop lives on in older Pythons


# ---- cycles


def leaf_and_consumer():
    leaf = Value(1.0)
    leaf.out = leaf * 2.0


def model_and_loss():
    model = micrograd.nn.MLP(2, [2, 1], rng=random.Random(0))
    model.loss = model([1.0, 2.0])
    model.loss.backward()


def fused_model_and_loss():
    model = micrograd.nn.MLP(2, [2, 1], fused=True)
    model.loss = model([1.0, 2.0])


def closure():
    x = Value(2.0)
    out = Value(x.data, (x,), "own")

    def push():
        x.grad += out.grad

    out._backward = push
    (out * 2.0).backward()


def dictionary():
    v = Value(1.0)
    v.__dict__["me"] = [v * 2.0]


def foreign_dictionary():
    v = Value(1.0)
    v.__dict__ = names = {}
    names["me"] = v


def circle():
    a, b = Value(1.0), Value(2.0)
    a._prev, b._prev = (b,), (a,)


def cells():
    for name in ("_grad", "_data", "_da", "_db", "primitive"):
        v = Value(1.0)
        setattr(v, name, [v])


def tuple_in_a_cell():
    v, w = Value(1.0), Value(1.0)
    v._da, w._grad = (w,), v


def subclasses():
    v, w = Sub(1.0), Slotted(2.0)
    v.me, w.own = v * w, w + v


def class_of_its_own():
    class Local(Value):
        pass

    Local.shared = Local(1.0) * 2.0


def generator():
    def steps():
        v = it.value = Value(1.0)  # noqa: F841
        yield v * 2.0

    class It:
        pass

    it = It()
    it.steps = steps()
    it.out = next(it.steps)


CYCLES = [leaf_and_consumer, model_and_loss, fused_model_and_loss, closure, dictionary, foreign_dictionary, circle]
CYCLES += [cells, tuple_in_a_cell, subclasses, class_of_its_own, generator]


@pytest.mark.parametrize("cycle", CYCLES, ids=lambda cycle: cycle.__name__)
def test_cycles_are_collected(cycle):
    cycle()
    gc.collect()
    before = living()
    for _ in range(20):
        cycle()
    assert living() > before
    gc.collect()
    assert living() == before


@native
@pytest.mark.parametrize("callbacks", [True, False])
@pytest.mark.parametrize("cycle", [leaf_and_consumer, circle, closure, foreign_dictionary], ids=lambda f: f.__name__)
def test_memory_stays_bounded_in_a_loop(cycle, callbacks, monkeypatch):
    if not callbacks:
        monkeypatch.setattr(gc, "callbacks", gc.callbacks)  # put back afterwards
        kept = gc.callbacks[:]
        gc.callbacks.clear()
    try:
        most = 0
        gc.collect()
        before = living()
        for _ in range(10):
            for _ in range(20_000):
                cycle()
            most = max(most, len(lending.extension.untracked()))
        assert most < before + 300_000
    finally:
        if not callbacks:
            gc.callbacks[:] = kept
        gc.collect()
    assert living() <= before  # what other tests left may be found meanwhile


def test_a_class_in_use_is_not_collected_with_its_nodes():
    class Local(Value):
        pass

    v = Local(1.0)
    v.me = v
    del v
    gc.collect()
    assert (Local(2.0) * 3.0).data == 6.0 and Local.__mro__[1] is Value and "__dict__" in dir(Local(1.0))


def test_a_collection_while_a_graph_grows_leaves_no_slab_behind():
    """Half of the nodes of the current slab are freed, and others made, by the collection that a full slab starts."""
    kept = []

    class Later:
        def __del__(self):
            kept[:] = [Value(1.0) for _ in range(700)]

    x, nodes = Value(1.0), []
    for k in range(budget(350, 1000)):
        v = Value(1.0)
        v.later, v.me = Later(), v
        nodes += [x + 1.0 for _ in range(1000)]
        if k % 7 == 0:
            nodes = nodes[::2]
    del v, nodes
    gc.collect()
    kept.clear()
    before = living()
    nodes = [x * x for _ in range(50_000)]
    assert living() == before + 50_000
    del nodes
    assert living() == before


class Finalised(Value):
    def __del__(self):
        HELD.append(self)


def test_resurrection(uncollected):
    (Finalised(3.0) * 2.0).backward()
    (v,) = set(map(id, HELD)) and HELD[:1]
    assert v.data in (3.0, 6.0)
    HELD.clear()
    del v
    gc.collect()
    HELD.clear()


@pytest.mark.parametrize("cyclic", [False, True])
def test_resurrection_of_a_value_whose_class_was_patched(cyclic, monkeypatch):
    back = []
    monkeypatch.setattr(Value, "__del__", lambda v: back.append(v), raising=False)
    v = Value(3.0)
    if cyclic:
        v.me = v
    del v
    gc.collect()
    monkeypatch.undo()
    assert [v.data for v in back] == [3.0]
    y = back[0] * back[0]
    y.backward()
    assert back[0].grad == 6.0
    back[0].me = back[0]
    before = living()
    del y
    back.clear()
    gc.collect()
    assert living() == before - 2


def test_frozen_nodes_live_on():
    v = Value(1.0)
    v.out = v * 2.0
    gc.freeze()
    try:
        gc.collect()
        assert v.out.parents[0] is v
        before = living()
        leaf_and_consumer()
        gc.collect()
        assert living() == before
    finally:
        gc.unfreeze()


def test_who_refers_to_a_node():
    v = Value(1.0)
    v.out = out = v * 2.0
    assert v in gc.get_referents(out) and out in gc.get_referents(v.__dict__)
    assert any(thing is v.__dict__ for thing in gc.get_referrers(out))


@native
def test_the_callback_takes_no_nonsense():
    collecting = lending.extension.collecting
    for args in ((), (1, {"generation": 2}), ("start", 3), ("start", {}), ("stop", {"generation": "x"}), (None, None)):
        with pytest.raises((TypeError, KeyError)):
            collecting(*args)
    collecting("start", {"generation": 2})
    v = Value(1.0)
    leaf_and_consumer()
    gc.collect()
    collecting("stop", {"generation": 2})
    collecting("stop", {"generation": 2})
    assert (v * 2.0).data == 2.0


# ---- code of Python's in the middle


@native
def test_a_parent_that_its_gradient_takes_away():
    class Watched(Value):
        @property
        def grad(self):
            self._a = Value(0.0)
            return 1.0

        @grad.setter
        def grad(self, x):
            pass

    out = Watched(1.0) * 2.0
    out.backward()
    (Watched(1.0, (Value(2.0),), "own") * 3.0).backward()


def test_a_class_that_watches_what_is_written():
    written = []

    class Loud(Value):
        def __setattr__(self, name, x):
            written.append(name)
            super().__setattr__(name, x)

    x = Loud(3.0)
    y = x * x
    written.clear()
    y.backward()
    assert x.grad == 6.0 and [name for name in written if name == "grad"] == ["grad"] * 4


def test_parents_that_vanish_while_they_are_listed():
    v = Value(1.0, (Value(2.0),), "own")

    class Vanishing:
        def __iter__(self):
            v._a = None
            return iter(())

    v._a = Vanishing()
    assert v.parents == ()


# ---- everything, in a process of its own


def run(script, *arguments, **environment):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE.parent)]), **environment}
    done = subprocess.run(
        [sys.executable, HERE / script, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:] or done.stdout[-4000:]
    return done.stdout


@native
def test_whatever_is_done_to_a_node_both_engines_say_the_same():
    seed, count = budget((0, 60), (1000, 600))
    here = run("nonsense.py", seed, count, MICROGRAD_ENGINE="native").splitlines()
    there = run("nonsense.py", seed, count, MICROGRAD_ENGINE="python").splitlines()
    assert here == there


@native
def test_nothing_that_is_done_to_a_node_ends_the_process():
    run("nonsense.py", 0, budget(20, 500), "chaos")


@native
@pytest.mark.slow
@needs_sanitizers
def test_nothing_that_is_done_to_a_node_touches_freed_memory(tmp_path):
    source = ROOT / "micrograd" / "_core" / "native" / "_node.c"
    built = build(source, tmp_path / "_node.so", "-DSLOTS=1", "-DMANY_SLABS=50")
    environment = surroundings(ROOT, HERE.parent) | {"MICROGRAD_ENGINE": "native"}
    said = run("nonsense.py", 0, 500, "chaos", built, **environment)
    assert said.startswith("native ")


@native
def test_allocations_that_fail():
    pytest.importorskip("_testcapi", reason="this Python was built without its own tests")
    run("no_memory.py", *budget(["make many", "add", "total", "backward", "assign"], []))
