"""Optimisers: the steps of PyTorch on two functions, a flat array instead of Values, and bad arguments."""

import re
from array import array
from functools import partial

import numpy as np
import pytest

from micrograd import Value
from micrograd.nn import Neuron
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
    with pytest.raises(TypeError, match="a parameter must have .data and .grad, got float 1.0"):
        SGD([1.0])
    with pytest.raises(NotImplementedError):
        Optimiser([p], 0.1).step()


@pytest.mark.parametrize(
    ("params", "says"),
    [
        (lambda model: model, "got the model ReLUNeuron(2): write model.parameters()"),
        (lambda model: model.parameters, "got a function: call it, as in model.parameters()"),
        (lambda model: dict(model.named_parameters()), "got a dict: write list(parameters.values())"),
        (lambda model: model.b, "got a single one: write [p]"),
        (lambda model: 0.1, "such as model.parameters(), got float 0.1"),
        (lambda model: [model.w, model.b], "put them all into one flat list"),
        (lambda model: list(model.named_parameters()), "put them all into one flat list"),
    ],
)
@pytest.mark.parametrize("kind", [SGD, Adam])
def test_what_is_no_list_of_parameters(kind, params, says):
    with pytest.raises(TypeError, match=re.escape(says)):
        kind(params(Neuron(2)), lr=0.1)


def test_a_parameter_is_a_leaf():
    with pytest.raises(ValueError, match="a parameter must be a leaf, not the result of an operation"):
        SGD([Value(1.0) * 2])


@pytest.mark.parametrize("lr", ["0.1", None, Value(0.1)])
def test_a_rate_is_a_number(lr):
    with pytest.raises(TypeError, match="lr must be a number, got"):
        SGD([Value(1.0)], lr=lr)


@pytest.mark.parametrize(("kind", "arguments"), CONFIGURATIONS)
def test_a_parameter_that_is_listed_twice_moves_once(kind, arguments):
    once, twice = Value(1.0), Value(1.0)
    optimisers = kind([once], **arguments), kind([twice, twice], **arguments)
    for _ in range(3):
        once.grad = twice.grad = 0.5
        for optimiser in optimisers:
            optimiser.step()
    assert once.data == twice.data != 1.0 and optimisers[1].params == [twice]


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_data_stay_plain_floats(kind):
    first, last = Value(1.0), Value(2.0)
    first.grad, last.grad = np.float64(0.5), 1
    kind([first, last], lr=np.float64(0.1)).step()
    assert type(first.data) is type(last.data) is float and first.data < 1.0 and last.data < 2.0


class Refusing:
    """A parameter whose data cannot be set, for one reason or another."""

    def __init__(self, error):
        self.grad, self.error = 1.0, error

    @property
    def data(self):
        return 1.0

    @data.setter
    def data(self, x):
        if x != 1.0:
            raise self.error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize(("kind", "arguments"), CONFIGURATIONS)
def test_a_step_is_made_whole_or_not_at_all(kind, arguments, error):
    first, last, twin = Value(1.0), Value(2.0), Value(1.0)
    optimiser, reference = kind([first, Refusing(error), last], **arguments), kind([twin], **arguments)
    first.grad = last.grad = 3.0
    before = dict(vars(optimiser))
    with pytest.raises(error):
        optimiser.step()
    assert (first.data, last.data) == (1.0, 2.0) and vars(optimiser) == before
    optimiser.params[1].error, last.grad = None, "no number"
    with pytest.raises(TypeError):
        optimiser.step()
    assert (first.data, last.data) == (1.0, 2.0) and vars(optimiser) == before
    optimiser.params, last.grad, twin.grad = [first, first, last], 3.0, 3.0
    optimiser.step()
    reference.step()
    assert first.data == twin.data


def test_only_the_decayed_parameters_decay():
    w, b = Value(2.0), Value(3.0)
    w.grad = b.grad = 1.0
    optimiser = SGD([w, b], lr=0.5, weight_decay=0.1, decayed=[w])
    optimiser.step()
    assert w.data == pytest.approx((1 - 0.5 * 0.1) * 2.0 - 0.5) and b.data == 2.5
    SGD([w, b], lr=0.5, weight_decay=0.1, decayed=[]).step()
    assert b.data == 2.0


# ---- one flat array instead of Values


def gradient(theta):
    """∇f of f = Σ (xᵢ − i)² xᵢ₊₁² / 2, around the circle: coupled, without any symmetry."""
    behind, ahead = np.roll(theta, 1), np.roll(theta, -1)
    at = np.arange(len(theta))
    return (theta - at) * ahead**2 + (behind - np.roll(at, 1)) ** 2 * theta


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [*CONFIGURATIONS, (SGD, dict(weight_decay=0.1, decayed=[0, 3])), (SGD, dict(momentum=0.5, decayed=[]))],
)
@pytest.mark.parametrize("make", [np.array, partial(array, "d")])
def test_a_flat_array_moves_like_one_value_per_entry(make, kind, arguments):
    theta = make([0.3, -1.2, 0.0, 2.5, -0.7])
    values = [Value(x) for x in theta]
    one_by_one = dict(arguments)
    if "decayed" in arguments:
        one_by_one["decayed"] = [values[i] for i in arguments["decayed"]]
    flat, optimiser = kind(theta, **arguments), kind(values, **one_by_one)
    for k in range(50):
        flat.lr = optimiser.lr = 0.001 * (1 - k / 100)
        g = gradient(np.array(theta))
        for value, entry in zip(values, g.tolist(), strict=True):
            value.grad = entry
        flat.zero_grad()
        flat.step(g)
        optimiser.step()
        assert [v.data for v in values] == theta.tolist()


def test_decayed_may_be_a_mask():
    for theta in (np.array([2.0, 3.0]), array("d", [2.0, 3.0])):
        for mask in ([True, False], np.array([True, False]), [0], np.array([0]), (-2,)):
            theta[:] = type(theta)("d", [2.0, 3.0]) if isinstance(theta, array) else [2.0, 3.0]
            SGD(theta, lr=0.5, weight_decay=0.1, decayed=mask).step([0.0, 0.0])
            assert theta.tolist() == [1.9, 3.0]


def test_a_step_does_not_keep_the_callers_array():
    for make in (np.array, partial(array, "d")):
        theta, g = make([1.0, 1.0]), make([1.0, 2.0])
        optimiser = SGD(theta, lr=0.1, momentum=0.5)
        optimiser.step(g)
        assert g.tolist() == [1.0, 2.0]
        g[0] = g[1] = 0.0
        optimiser.step(g)
        assert theta.tolist() == pytest.approx([1 - 0.1 - 0.05, 1 - 0.2 - 0.1])


def test_an_array_without_numpy_goes_back_too():
    theta = array("d", [1.0, 2.0])
    optimiser = Adam(theta, lr=0.1)
    restore = optimiser.snapshot()
    optimiser.step(array("d", [1.0, 1.0]))
    assert theta.tolist() != [1.0, 2.0] and optimiser.t == 1
    restore()
    assert theta.tolist() == [1.0, 2.0] and optimiser.t == 0


def test_an_array_of_values_is_a_list_of_them():
    p = Value(1.0)
    p.grad = 2.0
    SGD(np.array([p], dtype=object), lr=0.5).step()
    assert p.data == 0.0


@pytest.mark.parametrize(
    ("theta", "error", "message"),
    [
        (
            np.array([1, 2]),
            TypeError,
            "flat array of float64, got int64 of shape (2,): use theta.astype(float).ravel()",
        ),
        (np.ones((2, 3)), TypeError, "flat array of float64, got float64 of shape (2, 3)"),
        (np.array(1.0), TypeError, "got float64 of shape ()"),
        (np.array([]), ValueError, "needs at least one parameter, got an empty array"),
        (np.broadcast_to(1.0, 3), ValueError, "in place, got a read-only one: give it theta.copy()"),
        (array("f", [1.0]), TypeError, "flat array of doubles, got array('f'): use array('d', theta)"),
        (array("d"), ValueError, "needs at least one parameter, got an empty array"),
    ],
)
def test_unusable_arrays(theta, error, message):
    for kind in (SGD, Adam):
        with pytest.raises(error, match=re.escape(message)):
            kind(theta)


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_wrong_gradients(kind):
    theta = np.array([1.0, 2.0])
    optimiser = kind(theta, lr=0.1)
    with pytest.raises(TypeError, match=r"so a step is given the gradient: value, gradient = f\.value_and_grad"):
        optimiser.step()
    with pytest.raises(ValueError, match=r"a gradient must have the shape of theta, \(2,\), got \(3,\)"):
        optimiser.step(np.ones(3))
    with pytest.raises(TypeError, match="a gradient must be an array of numbers, got tuple: value, gradient ="):
        optimiser.step((1.0, np.ones(2)))
    assert theta.tolist() == [1.0, 2.0] and getattr(optimiser, "t", 0) == 0
    theta = array("d", [1.0, 2.0])
    optimiser = kind(theta, lr=0.1)
    with pytest.raises(TypeError, match=r"so a step is given the gradient: value, gradient = f\.value_and_grad"):
        optimiser.step()
    with pytest.raises(ValueError, match="a gradient must have as many numbers as theta, 2, got 3"):
        optimiser.step(np.ones(3))
    for wrong in ((1.0, "2"), 1.0, ["1", "2"]):
        with pytest.raises(TypeError, match="a gradient must be an array of numbers, got .*: value, gradient ="):
            optimiser.step(wrong)
    assert theta.tolist() == [1.0, 2.0] and getattr(optimiser, "t", 0) == 0
    with pytest.raises(TypeError, match="only a flat array takes a gradient here"):
        kind([Value(1.0)]).step(np.ones(1))


@pytest.mark.parametrize("positions", [[0, 2], [True, False, True], [Value(1.0)], [0.5]])
def test_wrong_positions(positions):
    for theta in (np.ones(2), array("d", [1.0, 1.0])):
        with pytest.raises(TypeError, match="decayed is the positions below 2 or a mask of 2, got list"):
            SGD(theta, weight_decay=0.1, decayed=positions)
