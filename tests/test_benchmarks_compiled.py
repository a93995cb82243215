"""The peers of compiled functions: each computes the same, and no wrong result is timed."""

import sys
from importlib import import_module

import numpy as np
import pytest

import micrograd
from benchmarks import by_c, compiling, contest, flat, peers, running, scalar, watching
from benchmarks.ours import EAGER, FUSED
from benchmarks.runner import Row
from benchmarks.workloads import WORKLOADS, check, step, valley, w1

pytestmark = pytest.mark.slow


@pytest.fixture
def double_precision():
    """JAX in float64 for one test: the setting holds for the whole process."""
    jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'micrograd-lab[bench]'")
    before = jax.config.jax_enable_x64
    yield
    jax.config.update("jax_enable_x64", before)


def agrees(file, workload):
    """Assert that the peer's loss and gradient are those of the engine, entry by entry."""
    function, *_ = workload.lower().split()
    run = WORKLOADS[workload](EAGER)
    loss = step(run)
    got, gradient = getattr(import_module(f"benchmarks.{file}"), function)(*run.arrays())()
    if isinstance(gradient, tuple) and function == "w1":  # a neuron holds its weights and bias together
        gradient = [np.column_stack(pair) for pair in zip(gradient[::2], gradient[1::2], strict=True)]
    if isinstance(gradient, (tuple, list)):
        gradient = np.concatenate([np.asarray(part).ravel() for part in gradient])
    assert np.asarray(got).item() == pytest.approx(loss, rel=1e-12)
    assert np.asarray(gradient) == pytest.approx(np.array([p.grad for p in run.parameters]), rel=1e-12, abs=1e-14)


@pytest.mark.once
@pytest.mark.parametrize("workload", WORKLOADS)
def test_numpy_by_hand(workload):
    agrees("by_numpy", workload)


@pytest.mark.once
@pytest.mark.parametrize("workload", ["Rosenbrock 2-D", "Rosenbrock 100-D"])
def test_scipy(workload):
    agrees("by_scipy", workload)


@pytest.mark.once
@pytest.mark.parametrize("workload", WORKLOADS)
def test_jax(workload, double_precision):
    agrees("by_jax", workload)


@pytest.mark.once
@pytest.mark.parametrize("workload", WORKLOADS)
def test_torch(workload):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograd-lab[torch]'")
    before = torch.get_num_threads()
    agrees("by_torch", workload)
    torch.set_num_threads(before)


@pytest.mark.once
@pytest.mark.parametrize("workload", WORKLOADS)
def test_casadi(workload):
    pytest.importorskip("casadi", reason="CasADi is not installed: pip install 'micrograd-lab[bench]'")
    try:
        peers.original()
    except ImportError:
        pytest.skip("CasADi runs the original's networks: make .venv/peers/original")
    agrees("by_casadi", workload)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_values_of_the_rosenbrock_function_and_of_the_networks(workload):
    check(workload, WORKLOADS[workload](EAGER))


def test_a_gradient_by_arrays_is_not_timed_if_it_is_wrong():
    run = valley(2, EAGER)
    right = lambda: (24.2, np.array([-215.6, -88.0]))  # noqa: E731
    assert running.on_arrays("right", run, right) is right
    assert running.on_arrays("in parts", run, lambda: (24.2, (np.array([[-215.6]]), np.array([-88.0]))))
    with pytest.raises(ArithmeticError, match="planted: the gradient norm is 215.6, not 232.8"):
        running.on_arrays("planted", run, lambda: (24.2, np.array([-215.6, 0.0])))


def test_a_missing_engine_is_a_line_and_the_others_are_compared(monkeypatch):
    def missing():
        raise peers.PeerMissing("CasADi is not installed")

    here = ["native", "the Python engine", "jax.jit", "NumPy by hand"]
    engines = {"CasADi": missing, **{name: lambda: None for name in here}}
    monkeypatch.setattr(contest, "each", lambda steps: {name: 1e-6 * (k + 1) for k, name in enumerate(steps)})
    lines = list(contest.contest("W1", engines, running.bars("W1")))
    assert lines[0] == Row("not measured: CasADi is not installed", None)
    assert [line.claim for line in lines[1:5]] == [f"W1, {name}" for name in here]
    assert lines[5:] == [
        Row("W1, native", pytest.approx(2), "× the Python engine"),
        Row("W1, native, time", pytest.approx(1 / 4), "of NumPy by hand", "≤ 1.1"),
        Row("W1, native", pytest.approx(3), "× jax.jit", "≥ 4"),
    ]


def test_all_numbers_of_the_engines_agree():
    results = {"a": (1.0, [np.array([2.0, 3.0])]), "b": [np.array([[1.0, 2.0], [3.0, 4.0]])], "c": (1.0, [2.0, 3.1])}
    engines = contest.agreeing("planted", {name: lambda it=it: lambda: it for name, it in results.items()})
    assert engines["a"]()() is results["a"]
    with pytest.raises(ArithmeticError, match="planted, b: 4 numbers came out, not 3"):
        engines["b"]()
    with pytest.raises(ArithmeticError, match=r"planted, c: number 2 is 3\.1, not 3\.0"):
        engines["c"]()
    with pytest.raises(ArithmeticError, match="number 0 is nan, not 1.0"):
        contest.agree("planted", np.array([np.nan]), np.array([1.0]))


@pytest.mark.once
def test_c_by_hand():
    try:
        agrees("by_c", "W1")
    except peers.PeerMissing as error:
        pytest.skip(str(error))


def test_no_compiler_is_said(monkeypatch):
    monkeypatch.setattr(by_c, "compilers", lambda: iter([sys.executable]))
    with pytest.raises(peers.PeerMissing, match="C by hand needs a C compiler"):
        by_c.library()


@pytest.mark.parametrize("workload", ["W1", "W2"])
def test_the_flat_form_gives_the_same_bits(workload):
    pytest.importorskip("micrograd.compiler.backends._kernel", reason="the kernel was not built")
    run = WORKLOADS[workload](EAGER)
    fast = micrograd.compile(run.function, parameters=run.parameters, backend="native")
    value, gradient = fast.value_and_grad(*run.arrays())
    flat_value, flat_gradient = flat.flat_step(fast, *run.arrays())()
    assert flat_value == value
    assert np.array_equal(flat_gradient, gradient)


def test_the_moons_demo_is_the_published_one():
    compiled = compiling.descend(lambda: w1(FUSED), compiling.SGD, 3, micrograd.compile)
    compiling.published("compiled", compiled)
    assert compiled == pytest.approx(scalar.descent("ours", 3)(), rel=1e-10)
    with pytest.raises(ArithmeticError, match="planted: a loss of the moons demo is 0.5, not 0.89"):
        compiling.published("planted", [0.5])


# ---- watching


def test_the_share_is_that_of_the_rest_of_a_step(monkeypatch):
    monkeypatch.setattr(watching, "each", lambda steps: {"watch": 1.0, "step": 5.0})
    assert watching.share("planted", lambda: None, lambda: None, "native", "≤ 12").measured == 25.0


def test_the_time_of_a_stage_is_read_from_the_report():
    fast = micrograd.compile(lambda x: x * 2.0)
    fast(1.0)
    assert 0.0 <= watching.stage("trace", fast) < 60.0
    with pytest.raises(LookupError, match="no stage 'absent'"):
        watching.stage("absent", fast)


def test_a_fixed_point_that_is_none_is_not_timed(monkeypatch):
    monkeypatch.setattr(watching, "fixed_point", lambda a: a)
    with pytest.raises(ArithmeticError, match="compiled: a fixed point is none"):
        watching.storm()


def test_a_trainer_learns_the_same_compiled():
    fast, slow = watching.Trainer(), watching.Trainer()
    slow.fast = slow.loss
    for k in range(5):
        for trainer in (fast, slow):
            trainer.step([0.1 * k, 1.0], 1.0)
    assert fast.history == pytest.approx(slow.history, rel=1e-12)
    assert watching.trainer().unit == "traces in 20 calls"
