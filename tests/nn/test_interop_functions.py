"""The facade of the exports: functions and models, compiled or not, by `micrograd.interop`."""

import numpy as np
import pytest

import micrograd
from micrograd import interop
from micrograd.nn import MLP

EXAMPLE = [0.5, -0.3], 1.0


@pytest.fixture
def model():
    return MLP(2, [4, 1], rng=1)


def test_functions_and_compiled_functions(model):
    def margin(point, label):
        return (1 - label * model(point)).relu()

    theta = np.array([p.data for p in model.parameters()])
    points, labels = np.array([EXAMPLE[0], [2.0, 1.0]]), np.array([1.0, -1.0])
    wanted = [margin(point, label).data for point, label in zip(points, labels, strict=True)]
    fast = micrograd.compile(margin, parameters=model.parameters())
    assert interop.to_numpy(fast, *EXAMPLE)(theta, points, labels) == pytest.approx(wanted, rel=1e-12)
    assert interop.to_numpy(lambda x: micrograd.tanh(x), 0.5)([0.5, 1.0]) == pytest.approx(np.tanh([0.5, 1.0]))
    assert interop.to_numpy(model, EXAMPLE[0])(theta, points) == pytest.approx([v.data for v in model(points)])


def test_jax(model):
    pytest.importorskip("jax")
    theta = np.array([p.data for p in model.parameters()], np.float32)
    g = interop.to_jax(model, EXAMPLE[0])
    assert float(g(theta, np.float32(EXAMPLE[0]))) == pytest.approx(model(EXAMPLE[0]).data, rel=1e-5)


def test_torch(model):
    torch = pytest.importorskip("torch")
    layers, code = interop.to_torch(model), interop.to_torch(model, EXAMPLE[0])
    x = torch.tensor([EXAMPLE[0], [2.0, 1.0]], dtype=torch.float64)
    assert [name for name, _ in code.named_parameters()] == ["theta"]
    assert code.double()(x).tolist() == pytest.approx(layers(x).flatten().tolist(), rel=1e-12)


def test_what_is_neither():
    with pytest.raises(TypeError, match="takes a function or a model, got float 3.0"):
        interop.to_torch(3.0)
