"""Batches, code that repeats and logistic regression: ours and all peers compute the same as plain scalar code."""

import math

import numpy as np
import pytest

from benchmarks import batches, by_numpy_regression, compiling, growth, regression, sequences
from benchmarks.contest import agreeing
from benchmarks.fresh import Fresh
from benchmarks.peers import PeerMissing
from benchmarks.runner import Row
from benchmarks.workloads import regression as workload
from benchmarks.workloads.one_example import documents, of_a_document, of_a_point, points
from benchmarks.workloads.options import normal, options, price
from benchmarks.workloads.sequences import Scene, predators
from micrograd import Value, hessian, value_and_grad

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def settings():
    """JAX in float64 and PyTorch on one thread for one test: both settings hold for the whole process."""
    jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'micrograd-lab[bench]'")
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograd-lab[torch]'")
    before, threads = jax.config.jax_enable_x64, torch.get_num_threads()
    yield
    jax.config.update("jax_enable_x64", before)
    torch.set_num_threads(threads)


def installed(engines, eager):
    """Prepare all engines whose results must agree with `eager`; those that are missing are left out."""
    prepared = 0
    for prepare in agreeing("test", {"eager": lambda: eager, **engines}).values():
        try:
            prepare()
        except PeerMissing:
            continue
        prepared += 1
    return prepared


def mean_over(loss, parameters, examples):
    """The mean loss of examples and its gradient, one example after the other."""
    total = sum((loss(*example) for example in examples), Value(0.0)) * (1 / len(examples))
    for p in parameters:
        p.grad = 0.0
    total.backward()
    return total.data, [p.grad for p in parameters]


# ---- batches


@pytest.mark.once
def test_points():
    loss, parameters = of_a_point()
    x, y = points(7)
    assert x.shape == (7, 2) and set(points(50)[1]) == {-1.0, 1.0}
    examples = list(zip(x.tolist(), y.tolist(), strict=True))
    engines = batches.of_losses("point", (loss, parameters), (x, y))
    assert installed(engines, lambda: mean_over(loss, parameters, examples)) >= 3


@pytest.mark.once
def test_documents():
    loss, parameters = of_a_document()
    (characters,) = documents(2)
    assert characters.shape == (2, 9)
    examples = [(document,) for document in characters.tolist()]
    engines = batches.of_losses("document", (loss, parameters), (characters,), [batches.JAX])
    assert installed(engines, lambda: mean_over(loss, parameters, examples)) >= 2


@pytest.mark.once
def test_options():
    arguments = options(5)
    each = [value_and_grad(price, argnum=tuple(range(5)))(*map(float, one)) for one in zip(*arguments, strict=True)]
    values = [value for value, _ in each]
    greeks = [list(column) for column in zip(*(gradient for _, gradient in each), strict=True)]
    assert installed(batches.of_options(5), lambda: (values, greeks)) >= 3


def test_the_price_of_an_option_is_the_published_one():
    assert price(42.0, 40.0, 0.1, 0.2, 0.5) == pytest.approx(4.759, abs=1e-3)  # Hull's textbook
    assert normal(0.0) == 0.5


# ---- code that repeats


@pytest.mark.once
@pytest.mark.parametrize("name", sequences.OVER_JAX)
def test_sequences(name):
    scene = sequences.SCENES[name]()
    gradient = sequences.eager(name)()
    assert installed(sequences.engines(name), lambda: (scene.function(*scene.data).data, gradient)) == 3


def test_the_solution_by_rk4_is_of_fourth_order(monkeypatch):
    """Half as long steps make the error about a sixteenth; the end follows from the losses of n and of n − 1 steps."""
    from benchmarks.workloads import sequences as scenes

    def end(steps):
        monkeypatch.setattr(scenes, "STEP", 4.0 / steps)
        scene = predators(steps)
        seen = [0.0] * steps
        return math.sqrt(steps * scene.function(seen).data - (steps - 1) * scene.function(seen[1:]).data)

    coarse, fine, finest = end(40), end(80), end(160)
    assert abs(fine - finest) < abs(coarse - fine) / 10


def test_a_wrong_solution_is_not_timed(monkeypatch):
    monkeypatch.setattr(sequences, "ours", lambda name: lambda: (0.0, [1.0, 2.0, 3.0]))
    monkeypatch.setitem(sequences.SCENES, sequences.SOLUTION, lambda: predators(3))
    monkeypatch.setattr(sequences, "of", Planted)
    with pytest.raises(ArithmeticError, match=r"RK4, 4,000 steps: number 1 is 2\.0, not 2\.5"):
        list(sequences.solution())


def test_the_size_of_a_program():
    sizes = [sequences.size(sequences.ours(name)) for name in (sequences.SHORT, sequences.FILTER)]
    assert min(sizes) > 1_000


class Planted:
    """In the place of a process."""

    def __init__(self, *arguments, **options):
        self.seconds = lambda: 0.5

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def result(self):
        return [1.0, 2.5, 3.0]


# ---- logistic regression


def test_logistic_regression():
    x, y = workload.cancer()
    assert x.shape == (569, 30) and np.allclose(x.mean(0), 0.0) and np.allclose(x.var(0), 1.0)
    w = workload.weights()
    loss = workload.logistic(x, y)
    assert installed(regression.of_the_gradient(), lambda: value_and_grad(loss)(w)) == 3
    some, signs = x[:20, :3], y[:20]
    by_hand = by_numpy_regression.hessian(w[:3], some, signs)()
    assert by_hand == pytest.approx(np.array(hessian(workload.logistic(some, signs))(w[:3])), rel=1e-12)


def test_without_the_data_the_row_says_so(monkeypatch):
    def missing():
        raise PeerMissing("scikit-learn is not installed")

    monkeypatch.setattr(regression, "cancer", missing)
    assert list(regression.rows()) == [Row("not measured: scikit-learn is not installed", None)]


# ---- compiling


def test_compiling_in_eager_steps():
    it = Planted()
    it.result = lambda: (1.0, 0.25)
    assert compiling.in_steps(it, it) == (2.0, 0.5)


def test_a_compiler_keeps_its_latest_function():
    compiler = compiling.Compiler(predators(3), "python")
    program, by_python = compiler()
    assert program > 0.0 and by_python > 0.0
    scene = predators(3)
    assert isinstance(scene, Scene)
    assert compiler.latest.value_and_grad(*scene.arrays())[0] == scene.function(*scene.data).data


def test_the_backend_in_python_has_no_c_at_all(monkeypatch):
    monkeypatch.setattr(compiling, "Fresh", lambda *arguments, **options: (arguments, options))
    assert compiling.process("a:b", "W1", backend="python") == (
        ("a:b", "W1", "python"),
        {"engine": "python", "stages": "python"},
    )
    assert compiling.process("a:b", "W1", backend="native")[1] == {"engine": "", "stages": ""}


def test_the_peak_of_memory():
    with Fresh("benchmarks.growth:peak", 30) as process:
        held = process.result()
    assert held is None or 0.0 <= held < 20_000.0
    assert growth.nodes(growth.on_points(2)) > 1_000
