"""Optimisers: PyTorch's steps, by recorded rules on two functions and against PyTorch itself where it is installed."""

import pytest

from micrograd import Value
from micrograd.optim import SGD, Adam, Optimiser


def parabola(x, y):
    return (x - 3) ** 2 + 10 * (y + 1) ** 2


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


CONFIGURATIONS = [
    (SGD, dict(lr=0.0005)),
    (SGD, dict(lr=0.0005, momentum=0.9)),
    (SGD, dict(lr=0.0005, momentum=0.9, dampening=0.3, weight_decay=0.1)),
    (SGD, dict(lr=0.0005, momentum=0.8, nesterov=True, weight_decay=0.01)),
    (Adam, dict(lr=0.05)),
    (Adam, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
]


def path(optimiser_of, f, steps=60):
    """The points that an optimiser visits from (−1, 2)."""
    x, y = Value(-1.0), Value(2.0)
    optimiser = optimiser_of([x, y])
    points = []
    for _ in range(steps):
        optimiser.zero_grad()
        f(x, y).backward()
        optimiser.step()
        points.append((x.data, y.data))
    return points


@pytest.mark.parametrize("f", [parabola, rosenbrock])
@pytest.mark.parametrize(("kind", "arguments"), CONFIGURATIONS)
def test_steps_are_pytorchs(kind, arguments, f):
    torch = pytest.importorskip("torch", reason="PyTorch is the reference: pip install 'micrograd-lab[torch]'")
    x, y = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (-1.0, 2.0))
    reference = getattr(torch.optim, kind.__name__)([x, y], **arguments)
    for ours in path(lambda params: kind(params, **arguments), f):
        reference.zero_grad()
        f(x, y).backward()
        reference.step()
        assert ours == pytest.approx((x.item(), y.item()), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "arguments"), [(SGD, dict(lr=0.04)), (SGD, dict(lr=0.02, momentum=0.5)), (Adam, dict(lr=0.5))]
)
def test_the_minimum_of_a_parabola_is_found(kind, arguments):
    assert path(lambda params: kind(params, **arguments), parabola, 400)[-1] == pytest.approx((3, -1), abs=1e-3)


def test_momentum_by_hand():
    p = Value(1.0)
    optimiser = SGD([p], lr=0.1, momentum=0.5)
    for grad, expected in ((1.0, 0.9), (1.0, 0.75), (0.0, 0.675)):
        p.grad = grad
        optimiser.step()
        assert p.data == pytest.approx(expected, rel=1e-15)


def test_bad_arguments():
    p = Value(1.0)
    for wrong in (dict(lr=-1), dict(momentum=-0.1), dict(weight_decay=-1), dict(nesterov=True)):
        with pytest.raises(ValueError):
            SGD([p], **wrong)
    for wrong in (dict(lr=float("nan")), dict(betas=(1.0, 0.9)), dict(eps=-1), dict(weight_decay=-1)):
        with pytest.raises(ValueError):
            Adam([p], **wrong)
    with pytest.raises(ValueError, match="at least one parameter"):
        SGD([])
    with pytest.raises(TypeError, match="a parameter has .data and .grad, got float 1.0"):
        SGD([1.0])
    with pytest.raises(NotImplementedError):
        Optimiser([p], 0.1).step()


def test_weights_decay_and_biases_need_not():
    w, b = Value(2.0), Value(3.0)
    w.grad = b.grad = 1.0
    optimiser = SGD([w, b], lr=0.5, weight_decay=0.1, decayed=[w])
    optimiser.step()
    assert w.data == pytest.approx((1 - 0.5 * 0.1) * 2.0 - 0.5) and b.data == 2.5
    SGD([w, b], lr=0.5, weight_decay=0.1, decayed=[]).step()
    assert b.data == 2.0
