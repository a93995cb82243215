"""What the native node does for many nodes in one call is what Python does one by one: layers, steps, gradients.

With the Python engine the same tests hold, and compare it with itself.
"""

import gc
import math
import random
import weakref
from types import SimpleNamespace

import pytest

from micrograd import Value, engine, losses, nn, no_grad, total
from micrograd._core.columns import columns
from micrograd._core.lending import living
from micrograd.optim import SGD, Adam

NATIVE = engine.backend() == "native"
ODD = [0.0, -0.0, 5e-324, 1e308, -1e308, math.inf, -math.inf, math.nan, 1.0, -1e-160]

OPTIMISERS = {
    "plain": lambda p: SGD(p, lr=0.1),
    "momentum": lambda p: SGD(p, lr=0.1, momentum=0.9),
    "dampened": lambda p: SGD(p, lr=1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "nesterov": lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1, decayed=[p[1], p[4]]),
    "Adam": lambda p: Adam(p, lr=0.01),
    "AdamW": lambda p: Adam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
}


def state(optimiser):
    kept = {k: x for k, x in vars(optimiser).items() if k in ("buffers", "means", "squares", "t")}
    return repr(([p.data for p in optimiser.params], kept)), [type(x) for x in kept.values()]


# ---- steps


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_step_of_all_parameters_is_that_of_each(name):
    rng = random.Random(name)
    data = [*ODD, *(rng.gauss(0, 1) for _ in range(30))]
    ours = OPTIMISERS[name]([Value(x) for x in data])
    theirs = OPTIMISERS[name]([SimpleNamespace(data=x, grad=0.0) for x in data])
    assert (columns(ours.params) is not None) == NATIVE and columns(theirs.params) is None
    for _ in range(4):
        for p, q in zip(ours.params, theirs.params, strict=True):
            p.grad = q.grad = rng.choice([*ODD, rng.gauss(0, 1), rng.gauss(0, 1)])
        ours.step()
        theirs.step()
        assert state(ours) == state(theirs)


@pytest.mark.parametrize("kind", [Value, lambda x: SimpleNamespace(data=x, grad=0.0)], ids=["Value", "object"])
def test_a_step_that_divides_by_zero_changes_nothing(kind):
    optimiser = Adam([kind(1.0), kind(2.0)], eps=0.0)
    before = state(optimiser)
    with pytest.raises(ZeroDivisionError):
        optimiser.step()
    assert state(optimiser) == before


def test_gradients_that_are_no_floats_and_rates_of_other_kinds_take_the_other_way():
    np = pytest.importorskip("numpy")
    p, q = Value(1.0), Value(2.0)
    p.grad, q.grad = 2, 3.0
    SGD([p, q], lr=0.5).step()
    assert (p.data, q.data) == (0.0, 0.5)
    optimiser = SGD([p, q], lr=0.5, momentum=0.5)
    optimiser.lr = np.float64(0.5)
    optimiser.step()
    assert (p.data, q.data) == (-1.0, -1.0) and type(p.data) is float


def test_gradients_of_a_subclass_are_asked_for():
    class Clipped(SGD):
        def gradients(self, gradient):
            return [max(-1.0, min(1.0, g)) for g in super().gradients(gradient)]

    p = Value(0.0)
    p.grad = 100.0
    Clipped([p], lr=1.0).step()
    assert p.data == -1.0


def test_a_grad_of_its_own_is_set_and_read_as_an_attribute():
    seen = []

    class Watched(Value):
        @property
        def grad(self):
            return self._grad

        @grad.setter
        def grad(self, x):
            seen.append(x)
            self._grad = x

    p, q = Watched(1.0), Value(2.0)
    optimiser = SGD([p, q], lr=1.0)
    (p * q).backward()
    optimiser.zero_grad()
    assert seen[-1] == 0.0 and p.grad == q.grad == 0.0
    p.grad = 0.5
    optimiser.step()
    assert p.data == 0.5
    (p * q).zero_grad()
    assert seen[-1] == 0.0


# ---- layers


class OneByOne(nn.Layer):
    """A layer that runs its neurons in Python."""

    def forward(self, x):
        return [neuron.flow(x)[0] for neuron in self.neurons]


def facts(root):
    order = engine.topological(root)
    place = {id(v): k for k, v in enumerate(order)}
    leaves = []

    def name(v):
        if id(v) in place:
            return place[id(v)]
        if not any(v is leaf for leaf in leaves):
            leaves.append(v)
        return next(("leaf", k, v.data, v.grad) for k, leaf in enumerate(leaves) if leaf is v)

    return [(v.primitive.name, repr(v.data), v.grad, [name(p) for p in v.parents], v.partials) for v in order]


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("activation", ["relu", "tanh", "linear", "gelu", lambda z: z.sigmoid() * 2])
def test_layers_make_the_nodes_that_neurons_make(fused, activation):
    made = []
    for kind in (nn.Layer, OneByOne):
        options = {"activation": activation, "fused": fused, "rng": 3}
        model = nn.MLP(3, [4, 2, 1], **options)
        for layer in model.layers:
            layer.__class__ = kind
        root = total([model([0.5, -1.5, k]) for k in range(2)])
        root.backward()
        assert root.parents[0]._calls is root.parents[0]._calls
        made.append(
            (
                facts(root),
                [
                    [module for module, _ in v._calls] == [n, model.layers[2], model]
                    for v, n in zip(root.parents, model.layers[2].neurons * 2, strict=True)
                ],
            )
        )
    assert made[0] == made[1] and all(made[0][1])


def test_a_layer_calls_what_was_replaced(monkeypatch):
    model = nn.MLP(2, [2, 1], rng=1)
    usual = model([1.0, 2.0]).data
    calls = []
    relu, times = Value.relu, Value.__mul__
    monkeypatch.setattr(Value, "relu", lambda v: calls.append("relu") or relu(v))
    monkeypatch.setattr(Value, "__mul__", lambda v, w: calls.append("mul") or times(v, w))
    assert model([1.0, 2.0]).data == usual and calls.count("relu") == 2 and calls.count("mul") == 6
    monkeypatch.undo()

    first = model.layers[0].neurons[0]
    first.fire = lambda x: Value(7.0)
    assert model.layers[0]([1.0, 2.0])[0].data == 7.0
    del first.fire
    model.layers[1].flow = lambda x: [Value(8.0)]
    assert model([1.0, 2.0]).data == 8.0
    del model.layers[1].flow
    assert model([1.0, 2.0]).data == usual


def test_attributes_of_neurons_are_looked_at_in_each_call():
    class Doubled(nn.Neuron):
        activation = "linear"

        def __init__(self, nin):
            self.w, self.b = [Value(2.0)] * nin, None
            self.nin = nin

    layer = nn.Layer(2, 2, neuron=Doubled)
    assert [v.data for v in layer([1.0, 3.0])] == [8.0, 8.0]
    layer.neurons[1].activation = "sigmoid"
    layer.neurons[0].w = [Value(1.0), Value(1.0)]
    assert [v.data for v in layer([1.0, 3.0])] == [4.0, 1 / (1 + math.exp(-8.0))]
    layer.neurons[0].w = [Value(1.0)]
    with pytest.raises(ValueError):
        layer([1.0, 3.0])


@pytest.mark.parametrize("fused", [False, True])
def test_without_a_graph_the_numbers_are_the_same(fused):
    model = nn.MLP(2, [5, 1], fused=fused, rng=2)
    linked = model([0.3, -0.7])
    with no_grad():
        alone = model([0.3, -0.7])
    assert alone.data == linked.data and alone.parents == () and alone.primitive is None


# ---- memory


def test_parents_that_nobody_has_asked_for_do_not_leak():
    gc.collect()
    before = len(living())
    model = nn.MLP(2, [3, 1], fused=True, rng=2)
    ends = []
    for asked in (False, True):
        loss = total([model([1.0, 2.0]), model([2.0, 1.0])])
        parents = (loss.parents, loss._a, loss.parents[0]._calls) if asked else ()
        model.loss = loss  # a circle: the loss knows the module by its calls, and by its parents
        ends.append(weakref.ref(model))
        del loss, parents
        assert len(living()) > before
    del model
    gc.collect()
    assert ends[0]() is None and len(living()) == before


# ---- backward


def test_a_function_of_a_learner_sees_the_gradients_of_this_pass():
    a = Value(3.0)
    b = a * 2
    seen = []
    c = Value(b.data, (b,), "same")

    def push():
        seen.append((a.grad, b.grad, c.grad))
        b.grad += c.grad

    c._backward = push
    loss = (c + b) * 1.0
    for k in range(2):
        loss.backward()
        assert seen[k] == (k * 4.0, 1.0, 1.0) and b.grad == 2.0
    assert a.grad == 8.0


def test_after_an_error_the_next_pass_is_right():
    a = Value(3.0)
    b = a * 2
    c = Value(b.data, (b,), "same")
    c._backward = lambda: 1 / 0
    loss = (b * b) + c
    b.grad = c.grad = 5.0
    with pytest.raises(ZeroDivisionError):
        loss.backward()
    assert (a.grad, b.grad, c.grad) in ((0.0, 0.0, 1.0), (0.0, 12.0, 1.0))
    (b * b).backward()
    assert (a.grad, b.grad) == (24.0, 12.0)


def test_no_derivative_and_gradients_of_other_kinds():
    a = Value(2.0)
    nothing = Value(1.0, (a * 3,), "nothing")
    (inner,) = nothing.parents
    inner.grad = 9.0
    (nothing * 1.0).backward()
    assert inner.grad == 0.0 and a.grad == 0.0
    inner.grad = None
    out = inner * inner
    out.backward()
    assert inner.grad == 12.0 and a.grad == 36.0


def test_losses_of_lists_and_of_tuples_are_the_same():
    rows = [[Value(0.3), Value(-0.2)], [Value(1.0), Value(2.0)]]
    for loss, targets in ((losses.cross_entropy, [0, 1]), (losses.quadratic, [1, 0])):
        assert loss(rows, targets).data == loss(tuple(map(tuple, rows)), tuple(targets)).data
    assert total(rows[0]).data == total(tuple(rows[0])).data == total(iter(rows[0])).data
