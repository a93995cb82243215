"""What a module is called with: any sequence of numbers of any kind, in any library; and what to write instead."""

import array
import math
import random
import re
from collections import deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from micrograd import Value
from micrograd.losses import mse
from micrograd.nn import MLP, Activation, Dropout, Layer, Neuron, ReLU, Sequential
from micrograd.optim import SGD
from micrograd.training import accuracy, train

ROWS = [[0.5, -1.0], [2.0, 0.25]]

HERE = {
    "tuple": tuple,
    "deque": deque,
    "generator": iter,
    "array.array": lambda row: array.array("d", row),
    "numpy": np.array,
    "single precision": lambda row: np.array(row, dtype=np.float32),
    "object array": lambda row: np.array(row, dtype=object),
    "numpy scalars": lambda row: list(map(np.float64, row)),
    "0-d arrays": lambda row: [np.array(v) for v in row],
    "Fraction": lambda row: [Fraction(v) for v in row],
    "Decimal": lambda row: [Decimal(v) for v in row],
    "Value": lambda row: [Value(v) for v in row],
}


def elsewhere(name):
    if name.startswith("torch"):
        torch = pytest.importorskip("torch")
        tensor = torch.tensor
        return {"torch": tensor, "torch scalars": lambda row: [tensor(v) for v in row]}[name]
    if name.startswith("jax"):
        jnp = pytest.importorskip("jax.numpy")
        return {"jax": jnp.array, "jax scalars": lambda row: list(jnp.array(row))}[name]
    pandas = pytest.importorskip("pandas")
    return pandas.Series


KINDS = [*HERE, "torch", "torch scalars", "jax", "jax scalars", "pandas"]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "model",
    [Neuron(2, rng=1), Layer(2, 3, rng=1), MLP(2, [3, 1], rng=1), Sequential(Layer(2, 2, rng=1), ReLU())],
    ids=lambda model: type(model).__name__,
)
def test_any_sequence_of_numbers(model, name):
    make = HERE.get(name) or elsewhere(name)

    def numbers(outs):
        return [numbers(out) for out in outs] if isinstance(outs, list) else outs.data

    expected = [numbers(model(row)) for row in ROWS]
    assert numbers(model(make(ROWS[0]))) == expected[0]
    for batch in ([make(row) for row in ROWS], (make(row) for row in ROWS)):
        assert numbers(model(batch)) == expected


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # of numpy.matrix
def test_tables():
    model, expected = MLP(2, [3, 1], rng=1), [out.data for out in MLP(2, [3, 1], rng=1)(ROWS)]
    tables = [np.array(ROWS), np.matrix(ROWS)]
    for library in ("torch", "pandas"):
        module = pytest.importorskip(library)
        tables.append(module.tensor(ROWS) if library == "torch" else module.DataFrame(ROWS))
    for table in tables:
        assert [out.data for out in model(table)] == expected
        assert len(model.predict(table, output="margin")) == 2
        twin = MLP(2, [3, 1], rng=1)
        assert train(twin, mse, (table, np.array([0.5, 1.0])), SGD(twin.parameters()))[0]["loss"] > 0
        assert accuracy(MLP(2, [2], rng=1), table, np.array([0, 1])) in (0.0, 0.5, 1.0)
    assert [out.data for out in model(np.matrix(ROWS[0]))] == expected[:1]


def test_numbers_whose_derivatives_others_follow_are_refused():
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    model, tracked = MLP(2, [1]), torch.tensor([1.0, 2.0], requires_grad=True)
    for x in (tracked, list(tracked), [tracked, tracked], [[1.0, 2.0], tracked]):
        with pytest.raises(TypeError, match=r"would lose its derivatives .*to_torch"):
            model(x)
    with pytest.raises(TypeError, match="would lose its derivatives"):
        train(model, mse, (tracked, [0.0, 1.0]), SGD(model.parameters()))
    for f in (lambda x: model(x).data, lambda x: model([x[0], x[1]]).data):
        with pytest.raises(TypeError, match="a JAX tracer would lose its derivatives"):
            jax.grad(f)(jax.numpy.array([1.0, 2.0]))


# ---- what to write instead

MESSAGES = [
    (lambda: MLP(2, 1), TypeError, "write MLP(2, [1])"),
    (lambda: MLP(2, 4, 1), TypeError, "write MLP(2, [4, 1])"),
    (lambda: MLP([2, 4, 1]), TypeError, "write MLP(2, [4, 1])"),
    (lambda: MLP(2, [4, 1], "tanh"), TypeError, "write MLP(2, [4, 1], activation='tanh')"),
    (lambda: MLP(2), ValueError, "for one output, write MLP(2, [1])"),
    (lambda: MLP(2, []), ValueError, "needs at least one layer"),
    (lambda: MLP(2.0, [1]), TypeError, "nin must be a whole number, got float 2.0"),
    (lambda: MLP(2, ["4"]), TypeError, "nout must be a whole number, got str '4'"),
    (lambda: MLP(2, [3, 1], nonlin="tanh"), TypeError, "for none, activation='linear'"),
    (lambda: MLP(2, [1], seed=0), TypeError, "a neuron takes no seed=0: write rng="),
    (lambda: MLP(2, [1], act="tanh"), TypeError, "there are activation, fused, init, bias, rng, neuron"),
    (lambda: Layer(2, 3, "tanh"), TypeError, "nonlin is True or False, got 'tanh': write activation='tanh'"),
    (lambda: Layer(2, 3, nonlin=math.tanh), TypeError, "write activation=tanh"),
    (lambda: Layer(2, [3]), TypeError, "nout must be a whole number, got list [3]"),
    (lambda: Layer(0, 3), ValueError, "nin=0"),
    (lambda: Neuron(2, nonlin="relu"), TypeError, "write activation='relu'"),
    (lambda: Neuron(2, nonlin=None), TypeError, "nonlin is True or False, got None"),
    (lambda: Neuron([1.0, 2.0]), TypeError, "nin must be a whole number, got list"),
    (lambda: Neuron(2, activation=None), TypeError, "for none, write 'linear'"),
    (lambda: Neuron(2, activation=ReLU), TypeError, "a class makes one, write ReLU()"),
    (lambda: Neuron(2, activation="ReLU"), ValueError, "no activation is called 'ReLU': write 'relu'"),
    (lambda: Neuron(2, activation="LeakyReLU"), ValueError, "write 'leaky_relu'"),
    (lambda: Neuron(2, bias=0.5), TypeError, "bias must be True, False or how it starts"),
    (lambda: Neuron(2, rng="0"), TypeError, "rng must be a seed, such as 0, or a random.Random, got str '0'"),
    (lambda: Neuron(2, rng=None), TypeError, "rng must be a seed"),
    (lambda: Dropout(0.5, rng=1.5), TypeError, "rng must be a seed"),
    (lambda: Sequential(Layer(2, 2), ReLU), TypeError, "a class makes one: ReLU(…)"),
    (lambda: Sequential(Layer(2, 2), "relu"), TypeError, "a name goes into Activation('relu')"),
    (
        lambda: MLP(1, [2])([1.0, 2.0, 3.0]),
        ValueError,
        "takes 1 input, got 3; a batch is a list of lists: write [[x] for",
    ),
    (lambda: Neuron(1)([1.0, 2.0]), ValueError, "write [[x] for x in xs]"),
    (lambda: Layer(2, 2)([1.0, 2.0, 3.0]), ValueError, "takes 2 inputs, got 3"),
    (lambda: Layer(2, 2)({"a": 1.0, "b": 2.0}), TypeError, "inputs have an order: write a list of numbers, got dict"),
    (lambda: Layer(2, 2)({1.0, 2.0}), TypeError, "inputs have an order"),
    (lambda: Layer(1, 2)("x"), TypeError, "got str 'x'"),
    (lambda: Layer(2, 2)(None), (TypeError, ValueError), "None|takes 2 inputs"),
]


@pytest.mark.parametrize(("call", "error", "says"), MESSAGES)
def test_what_to_write_instead(call, error, says):
    with pytest.raises(error, match=re.escape(says).replace(r"\|", "|")):
        call()


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: MLP(2, [3, 2], init="normal", rng=rng),
        lambda rng: Layer(2, 3, rng=rng),
        lambda rng: Neuron(4, bias="uniform", rng=rng),
    ],
)
def test_an_int_seeds(make):
    weights = [p.data for p in make(0).parameters()]
    assert weights == [p.data for p in make(random.Random(0)).parameters()]
    assert weights == [p.data for p in make(np.int64(0)).parameters()]
    assert weights != [p.data for p in make(1).parameters()]
    assert len(set(weights)) > 2  # one source for the whole model, not one for each neuron


def test_an_int_seeds_a_dropout():
    xs = [1.0] * 50
    first, again = (Dropout(0.5, rng=3) for _ in range(2))
    assert [v.data for v in first(xs)] == [v.data for v in again(xs)] != [v.data for v in again(xs)]
    assert [v.data for v in Activation("relu")([1, 2])] == [1.0, 2.0]
