"""Engines are measured in processes of their own, which load nothing else, say what is missing, and take turns."""

import sys

import pytest

from benchmarks import by_floats, by_slots, command, engine, graph, operations, ours, peers, scalar, worker
from benchmarks.clock import collector
from benchmarks.fresh import Fresh, environment
from benchmarks.runner import Row
from benchmarks.timing import medians
from benchmarks.workloads import check, w1, w2

PLANTED = """
import os
import sys
from importlib import import_module


def engine():
    return lambda: os.environ.get("MICROGRAD_ENGINE", "as installed")


def loaded(name):
    import_module(name)
    return lambda: [module for module in sys.modules if module.partition(".")[0] in ("micrograd", "statistics")]


def talkative():
    print("prepared")
    return lambda: print("done") or 7.0


def missing():
    raise ImportError("planted is not installed")


def wrong():
    raise ArithmeticError("planted: the loss is 9.0")
"""


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """A process for a step of a module that only this test has."""
    (tmp_path / "planted.py").write_text(PLANTED)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return lambda name, *arguments, **options: Fresh(f"planted:{name}", *arguments, **options)


def test_a_step_is_timed_and_run_in_its_own_process(planted):
    with planted("talkative") as step:
        assert step.result() == 7.0  # what it prints is no answer
        assert step.seconds(on=False, times=3) >= 0.0
        assert set(medians({"a": step, "b": lambda: None}, on=True)) == {"a", "b"}
    assert step.process.returncode == 0


@pytest.mark.parametrize("chosen, found", [("python", "python"), ("", "as installed")])
def test_the_engine_is_chosen_by_the_environment(planted, monkeypatch, chosen, found):
    monkeypatch.setenv("MICROGRAD_ENGINE", "native")
    with planted("engine", engine=chosen) as step:
        assert step.result() == found
    assert environment()["PYTHONPATH"] and "MICROGRAD_ENGINE" not in environment()


@pytest.mark.parametrize("file", ["by_slots", "by_floats", "by_original"])
def test_other_engines_load_nothing_of_ours(planted, file):
    with planted("loaded", f"benchmarks.{file}") as step:
        try:
            assert step.result() == []
        except peers.PeerMissing:
            pytest.skip("micrograd 0.1.0 is the reference: make .venv/peers/original")


def test_what_is_missing_is_said(planted):
    step = planted("missing")
    with pytest.raises(peers.PeerMissing, match="planted is not installed"):
        step.wait()
    assert step.process.returncode == 0


def test_a_wrong_result_is_not_timed(planted, capfd):
    with planted("wrong") as step, pytest.raises(ChildProcessError, match="planted:wrong.*the process ended"):
        step.seconds()
    assert "ArithmeticError: planted: the loss is 9.0" in capfd.readouterr().err


def test_deep():
    def depth(n):
        return 0 if n == 0 else 1 + depth(n - 1)

    limit = sys.getrecursionlimit()
    assert worker.deep(lambda: depth(10_000)) == 10_000
    with pytest.raises(ZeroDivisionError):
        worker.deep(lambda: 1 / 0)
    assert sys.getrecursionlimit() == limit


# ---- the engines


@pytest.mark.parametrize("workload", [w1, w2])
def test_slots_give_the_promised_loss_and_gradient(workload):
    worker.deep(lambda: check("slots", workload(by_slots.ENGINES["eager"])))


@pytest.mark.parametrize("name", ["W1", "W2"])
def test_floats_give_the_promised_loss(name, monkeypatch):
    assert scalar.prepare("by_floats", scalar.FORWARD, name)() == pytest.approx(scalar.WORKLOADS[name](FLOATS).loss)
    monkeypatch.setitem(scalar.WORKLOADS, name, lambda engine: w1(engine)._replace(loss=9.0))
    with pytest.raises(ArithmeticError, match=f"{name}, by_floats: the loss is 0.89.*, not 9.0"):
        scalar.prepare("by_floats", scalar.FORWARD, name)


FLOATS = by_floats.ENGINES[scalar.FORWARD]


def test_the_style_with_slots_has_every_operator():
    def f(a, b):
        return (2.0 - a) / b + (1.0 / a - b) * (a.exp() + 3) - -(b**2).log() * (a - 1.5).relu()

    leaves = {kind: (kind(2.0), kind(-3.0)) for kind in (by_slots.Value, ours.Value)}
    for a, b in leaves.values():
        f(a, b).backward()
    mine, theirs = ([x.grad for x in pair] for pair in leaves.values())
    assert mine == pytest.approx(theirs, rel=1e-12)


@pytest.mark.slow
def test_the_demo_is_the_same_program_for_every_engine():
    losses = scalar.descent("ours", 2)()
    assert worker.deep(scalar.descent("by_slots", 2)) == pytest.approx(losses, rel=1e-12)


# ---- the rows


def test_ratios_of_the_engines():
    times = dict.fromkeys(engine.CONTENDERS, 1.0) | {"the original": 3.0, "eager, Python engine": 4.0, "eager": 0.5}
    lines = list(engine.compared("W1", True, times))
    assert Row("W1, the original, default collector", 3000.0, "ms") in lines
    assert Row("W1, eager, default collector", 6.0, "× the original", "≥ 40") in lines
    assert Row("W1, eager, default collector", 8.0, "× the Python engine", "≥ 5") in lines
    assert Row("W1, eager, default collector, time", 0.5, "of floats, forward only") in lines
    del times["the original"]
    assert "× the original" not in {line.unit for line in engine.compared("W1", True, times)}


@pytest.mark.parametrize("statement", [*operations.ARITHMETIC, *operations.OTHERS])
def test_operations_run(statement):
    operations.prepare("ours", "eager", statement, 1)()
    if statement in operations.ARITHMETIC:
        operations.prepare("by_floats", scalar.FORWARD, statement, 1)()


def test_steps_of_the_graph():
    with collector(on=False):  # which could free what others have left
        assert graph.left()() == 0
    for step in (graph.chains(10, 3), graph.backward(10), graph.collection(10)):
        step()
    assert graph.memory(10, "y")() is None or graph.resident() > 1_000_000


@pytest.mark.slow
def test_memory():
    with graph.of("memory", 100_000) as step:
        held = step.result()
    assert held is None or 50 < held < 400


@pytest.mark.slow
def test_what_a_newcomer_runs():
    pytest.importorskip("tqdm", reason="the demos need tqdm: pip install 'micrograd-lab[demo]'")
    command.training(1)()
    assert set(command.imports(1)) == {"installed", "python"}
