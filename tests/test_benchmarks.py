"""The benchmarks measure what they say: the right workloads, each against the right engine, in the right table."""

import gc
import os
import sys
from types import ModuleType

import pytest

import micrograd.engine
from benchmarks import __main__ as command
from benchmarks import one_thread, peers, runner, timing
from benchmarks.clock import collector
from benchmarks.ours import EAGER, FUSED
from benchmarks.runner import Row
from benchmarks.timing import machine, medians
from benchmarks.workloads import MOONS, check, w1, w2
from micrograd import Value
from micrograd.datasets import moons


def count(root):
    """The number of nodes of a graph, including leaves."""
    seen, stack = {root}, [root]
    while stack:
        fresh = set(stack.pop().parents) - seen
        seen |= fresh
        stack += fresh
    return len(seen)


@pytest.mark.parametrize("engine", [EAGER, FUSED], ids=["eager", "fused"])
@pytest.mark.parametrize("workload", [w1, w2])
def test_workloads_give_the_promised_loss_and_gradient(workload, engine):
    check(workload.__name__, workload(engine))


def test_a_wrong_gradient_is_not_timed():
    x = Value(3.0)
    wrong = w1(EAGER)._replace(function=lambda *data: x * x, parameters=[x])
    with pytest.raises(ArithmeticError, match="planted: the loss is 9.0, not 0.89"):
        check("planted", wrong)
    with pytest.raises(ArithmeticError, match="planted: the gradient norm is 6.0, not 2.92"):
        check("planted", wrong._replace(loss=9.0))


def test_the_points_are_those_of_our_moons():
    assert moons(100, noise=0.1, seed=1337) == MOONS


@pytest.mark.slow
def test_sizes_of_the_workloads():
    assert count(w1(EAGER).build()) == 65_818
    assert len(w2(EAGER).parameters) == 4_192


# ---- the table


@pytest.fixture
def fake(monkeypatch):
    """A benchmark file with `rows` set by the test."""
    module = ModuleType("benchmarks.fake")
    monkeypatch.setitem(sys.modules, "benchmarks.fake", module)
    monkeypatch.setattr(command, "names", lambda: ["fake"])
    return module


def test_table(fake, capsys):
    fake.rows = lambda: [
        ("fast", 8.414, "× the original", "≥ 8"),
        ("slow", 7.9, "× the original", "≥ 8"),
        ("big", 1234.4, "bytes", "≤ 1,000"),
        Row("nothing left", 0, "nodes", "= 0"),
        ("reported", 0.00123, "s", None),
    ]
    command.main(["fake"])
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    assert [row for row in cells if row] == [
        ["claim", "measured", "bar", ""],
        ["---", "---", "---", "---"],
        ["fast", "8.41 × the original", "≥ 8", "✓"],
        ["slow", "7.9 × the original", "≥ 8", "✗"],
        ["big", "1,234 bytes", "≤ 1,000", "✗"],
        ["nothing left", "0 nodes", "= 0", "✓"],
        ["reported", "0.00123 s", "", ""],
    ]


def test_a_missing_peer_is_a_line_of_the_table(fake):
    def rows():
        yield "measured before", 1.0, "", None
        raise ModuleNotFoundError("No module named 'peer'")

    fake.rows = rows
    lines = list(runner.table(["fake", "absent"]))
    assert "| measured before " in lines[5]
    assert "| not measured: No module named 'peer' " in lines[6]
    assert "| not measured: No module named 'benchmarks.absent' " in lines[-1]


def test_files_in_separate_processes_give_the_same_lines():
    assert list(runner.apart(["absent", "missing"])) == list(runner.table(["absent", "missing"]))


def test_an_unknown_bar_is_an_error():
    with pytest.raises(ValueError, match="got '8' for 'fast'"):
        Row("fast", 8.4, "", "8").reached()


def test_write(fake, tmp_path, monkeypatch, capsys):
    fake.rows = lambda: [("fast", 8.4, "×", "≥ 8")]
    monkeypatch.setattr(command, "RESULTS", tmp_path / "RESULTS.md")
    command.main(["--write"])
    text = command.RESULTS.read_text(encoding="utf-8")
    assert text.startswith("# Speed\n") and text.endswith("| ✓ |\n")
    assert f"; engine: {micrograd.engine.backend()}\n" in text
    assert capsys.readouterr().out in text


@pytest.mark.parametrize(
    "arguments, message",
    [(["typo"], "nothing is called typo; there are fake"), (["fake", "--write"], "leave out the names")],
)
def test_wrong_arguments(fake, capsys, arguments, message):
    with pytest.raises(SystemExit):
        command.main(arguments)
    assert message in capsys.readouterr().err


def test_files_with_rows_are_found():
    assert {"engine", "graph", "running", "compiling"} <= set(runner.names())
    assert not {"runner", "workloads", "by_numpy", "__main__"} & set(runner.names())


# ---- the measurements


@pytest.fixture
def small_heap():
    """The collector runs before each step, and looks at what other tests have left if nobody hides it."""
    with timing.frozen():
        yield


@pytest.mark.slow
def test_steps_take_turns_from_a_clean_heap(small_heap):
    taken = []
    for on in (True, False):
        medians(
            {"a": lambda: taken.append(("a", gc.isenabled())), "b": lambda: taken.append(("b", gc.isenabled()))}, on
        )
    assert taken == [("a", True), ("b", True)] * 5 + [("a", False), ("b", False)] * 5
    assert gc.isenabled()


def test_the_collector_is_restored_after_an_error():
    with pytest.raises(ZeroDivisionError), collector(on=False):
        _ = 1 / 0
    assert gc.isenabled()


def test_existing_objects_are_frozen_for_a_while():
    with timing.frozen():
        assert gc.get_freeze_count() > 1_000
    assert gc.get_freeze_count() == 0


def test_machine_is_one_line():
    assert "Python" in machine() and "\n" not in machine()


@pytest.mark.slow
def test_short_steps_are_repeated(small_heap):
    taken = []
    times = timing.each({"a": lambda: taken.append("a"), "b": lambda: taken.append("b")})
    assert set(times) == {"a", "b"}
    calls = taken.count("a")  # 1 + 2 + … + n to find n, then five times n
    n = (calls + 1) // 7
    assert calls == 7 * n - 1 and n & (n - 1) == 0


def test_libraries_see_one_thread_and_full_speed(monkeypatch):
    monkeypatch.setattr(os, "environ", {"OPENBLAS_CORETYPE": "Prescott", "OMP_NUM_THREADS": "8", "HOME": "/"})
    one_thread.one_thread()
    assert os.environ == {"HOME": "/", **one_thread.ONE} and os.environ["OMP_NUM_THREADS"] == "1"


# ---- the original


def test_the_original_is_loaded_next_to_ours(tmp_path):
    (tmp_path / "micrograd-0.1.0.dist-info").mkdir()
    (tmp_path / "micrograd").mkdir()
    engine = "class Value:\n    def __init__(self, data, parents=(), op=''):\n        self.data = data\n"
    (tmp_path / "micrograd" / "engine.py").write_text(engine)
    (tmp_path / "micrograd" / "nn.py").write_text("from micrograd.engine import Value\n")
    peer = peers.original(tmp_path)
    assert peer.nn.Value is peer.engine.Value is not Value
    assert sys.modules["micrograd.engine"] is micrograd.engine and micrograd.engine.Value is Value
    assert peers.load("alone", tmp_path / "micrograd" / "nn.py", {"micrograd.absent": peer}).Value is Value
    assert "micrograd.absent" not in sys.modules
    x = peer.engine.Value(1.0)
    for function, grad in [(x.exp, 2.718281828459045), (x.log, 1.0)]:
        x.grad, out = 0, function()
        out.grad = 1.0
        out._backward()
        assert x.grad == grad


def test_the_original_is_missing(tmp_path):
    with pytest.raises(peers.PeerMissing, match="make bench"):
        peers.original(tmp_path)
