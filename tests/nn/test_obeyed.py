"""Whatever a learner overrides is obeyed by everything: calls, parameters, state, summary, pictures, compiled code."""

import collections
import copy
import functools
import math
import pickle
import random

import pytest

import micrograd
from micrograd import Value, dot, total
from micrograd.nn import MLP, Activation, Feedforward, Layer, Module, Neuron, Sequential
from micrograd.optim import SGD

X = [0.5, -1.0, 2.0]


class Slope(Neuron):
    """A leaky relu whose slope is learned; the base of the spellings below."""

    def __init__(self, nin, **options):
        super().__init__(nin, **options)
        self.slope = Value(0.25)

    def leak(self, z):
        return z.relu() - self.slope * (-z).relu()


class ByCall(Slope):
    def __call__(self, x):
        return self.leak(sum((w * v for w, v in zip(self.w, x, strict=True)), self.b))


class ByForward(Slope):
    def forward(self, x):
        return [self.leak(dot(self.w, x, self.b))]


class ByFire(Slope):
    def fire(self, x):
        return self.leak(dot(self.w, x, self.b))


class BySuper(Slope):
    def __init__(self, nin, **options):
        super().__init__(nin, **{**options, "nonlin": False})

    def __call__(self, x):
        return self.leak(super().__call__(x))


SPELLINGS = [ByCall, ByForward, ByFire, BySuper]


def by_hand(neurons, x, last):
    """The outputs of a layer of such neurons, and of a linear neuron on top, in floats."""
    zs = [sum(w.data * v for w, v in zip(n.w, x, strict=True)) + n.b.data for n in neurons]
    hidden = [max(z, 0.0) - n.slope.data * max(-z, 0.0) for n, z in zip(neurons, zs, strict=True)]
    return sum(w.data * v for w, v in zip(last.w, hidden, strict=True)) + last.b.data


def networks(kind):
    """A network of such neurons, in each way to make one, and its neurons and the linear one on top."""
    rng = random.Random(4)
    for fused in (False, True):
        layer = Layer(3, 4, neuron=kind, fused=fused, rng=rng)
        top = Layer(4, 1, nonlin=False, rng=rng)
        yield Sequential(layer, top), layer.neurons, top.neurons[0]
        model = MLP(3, [4, 1], fused=fused, rng=rng)
        model.layers[0].neurons = [kind(3, rng=rng) for _ in range(4)]
        yield model, model[0].neurons, model[1].neurons[0]


@pytest.mark.parametrize("kind", SPELLINGS)
def test_a_neurons_own_call(kind):
    for model, neurons, last in networks(kind):
        expected = by_hand(neurons, X, last)
        for out in (model(X), model([X, X])[1], model.flow(list(map(Value, X)))[0]):
            assert out.data == pytest.approx(expected, rel=1e-12)
        compiled = micrograd.compile(lambda x: model(x))  # noqa: B023
        for run in (model, compiled, compiled):
            model.zero_grad()
            run(X).backward()
            grads = [n.slope.grad for n in neurons]
            shut = [-sum(w.data * v for w, v in zip(n.w, X, strict=True)) - n.b.data for n in neurons]
            wanted = [-w.data * max(z, 0.0) for w, z in zip(last.w, shut, strict=True)]
            assert grads == pytest.approx(wanted, rel=1e-12) and any(grads)


@pytest.mark.parametrize("kind", SPELLINGS)
def test_what_a_neuron_adds_is_trained_saved_counted_and_drawn(kind, tmp_path):
    for model, neurons, _ in networks(kind):
        assert len(model.parameters()) == 4 * (3 + 1 + 1) + 5 == model.summary().parameters
        assert {n.slope for n in neurons} < set(model.parameters())
        state = model.state_dict()
        named = [name for name in state if name.endswith("slope")]
        assert named == [f"0.neurons.{k}.slope" for k in range(4)] and [state[name] for name in named] == [0.25] * 4
        neurons[2].slope.data = 0.125
        model.save(tmp_path / "model")
        twin = copy.deepcopy(model)
        neurons[2].slope.data = 3.0
        model.load(tmp_path / "model")
        assert neurons[2].slope.data == 0.125 and model.state_dict() == twin.state_dict()
        assert twin(X).data == model(X).data == pickle.loads(pickle.dumps(model))(X).data
        names = dict(model.named_parameters())
        assert names["layers.0.neurons.2.slope"] is neurons[2].slope
        assert "slope" in micrograd.draw(model(X)).svg


@pytest.mark.parametrize("kind", SPELLINGS)
def test_pytorch_refuses_what_it_would_drop(kind):
    pytest.importorskip("torch")
    from micrograd.interop import to_torch

    for model, *_ in networks(kind):
        with pytest.raises(TypeError, match="PyTorch has no counterpart of Layer of 4 "):
            to_torch(model)
    model = MLP(2, [2, 1])
    model.temperature = Value(2.0)
    with pytest.raises(TypeError, match="no counterpart of temperature, which MLP of .* has beside its layers"):
        to_torch(model)
    mixed = MLP(2, [2, 1])
    mixed[0].neurons[1].activation = "tanh"
    with pytest.raises(TypeError, match="no counterpart of Layer of 2"):
        to_torch(mixed)


def test_a_layers_and_a_networks_own_call():
    class Doubling(Layer):
        def __call__(self, x):
            return [2 * out for out in super().__call__(x)]

    class Halving(MLP):
        def __call__(self, x):
            return 0.5 * super().__call__(x)

    plain = Sequential(Layer(3, 2, activation="tanh", rng=0), Layer(2, 1, nonlin=False, rng=1))
    model = Sequential(Doubling(3, 2, activation="tanh", rng=0), Layer(2, 1, nonlin=False, rng=1))
    model[1].bias = plain[1].bias = [0.0]
    assert model(X).data == 2 * plain(X).data != 0
    mlp = MLP(3, [2, 1], rng=0)
    whole = Sequential(Halving(3, [2, 1], rng=0), Activation("linear"))
    assert whole(X).data == 0.5 * mlp(X).data and [out.data for out in whole([X, X])] == [0.5 * mlp(X).data] * 2
    for part in (model, whole):
        assert micrograd.compile(part)(X).data == part(X).data


def test_a_batchwise_modules_own_call():
    class Shifting(Feedforward):
        batchwise = True

        def __call__(self, rows):
            return [[v + len(rows) for v in x] for x in rows]

    assert [out.data for out in Sequential(Shifting())([[1.0], [2.0], [3.0]])] == [4.0, 5.0, 6.0]


def test_a_neuron_has_one_result_and_a_class_of_neurons_makes_modules():
    class Two(Neuron):
        def forward(self, x):
            return x[:2]

    with pytest.raises(ValueError, match=r"a neuron has one result, Two\(3\) returned 2"):
        Layer(3, 2, neuron=Two)(X)
    with pytest.raises(TypeError, match="a neuron must be a Neuron or another module, got 3: subclass Neuron"):
        Layer(3, 2, neuron=lambda nin: 3)
    with pytest.raises(TypeError, match="neuron must be a class of neurons, such as Neuron or a subclass of it, got 3"):
        MLP(3, [2], neuron=3)
    with pytest.raises(TypeError, match=r"got ReLUNeuron\(3\): write its class, Neuron"):
        MLP(3, [2], neuron=Neuron(3))


def test_a_class_of_neurons_takes_what_it_asks_for():
    class Quadratic(Feedforward):
        """x·A·x, with no weights of the usual kind."""

        def __init__(self, nin):
            self.nin = nin
            self.table = [[Value(0.1 * (i - j)) for j in range(nin)] for i in range(nin)]

        @property
        def nout(self):
            return 1

        def forward(self, x):
            return [total(dot(row, x) * v for row, v in zip(self.table, x, strict=True))]

    model = MLP(2, [3, 1], neuron=Quadratic)
    assert len(model.parameters()) == 3 * 4 + 9 == model.summary().parameters
    assert list(model.state_dict())[:2] == ["0.neurons.0.table", "0.neurons.1.table"]
    seen = []

    class Asking(Neuron):
        def __init__(self, nin, nonlin, fan_out, activation="relu"):
            seen.append((nin, nonlin, fan_out, activation))
            super().__init__(nin, nonlin, activation=activation)

    MLP(2, [2, 1], neuron=Asking, activation="tanh")
    assert seen == [(2, True, 2, "tanh")] * 2 + [(2, False, 1, "tanh")]
    assert repr(MLP(2, [2, 1], neuron=Slope)) == "MLP of [Layer of 2 Slope(2), Layer of 1 Slope(2)]"


class Plain(Module):
    """A neuron as the original's users write it: a call and its parameters."""

    def __init__(self, nin):
        self.w, self.b = [Value(0.5 - k) for k in range(nin)], Value(0.25)

    def __call__(self, x):
        return sum((w * v for w, v in zip(self.w, x, strict=True)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class Plains(Module):
    def __init__(self, nin, nout):
        self.neurons = [Plain(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


def test_modules_that_only_have_a_call_are_parts_too(tmp_path):
    layer, top = Plains(3, 2), Plains(2, 1)
    expected = top(layer(X)).data
    model = MLP(3, [2, 1], neuron=Plain)
    replaced = MLP(3, [2, 1])
    replaced.layers = [layer, top]
    for each in (Sequential(layer, top), model, replaced):
        assert each(X).data == expected and [out.data for out in each([X, X])] == [expected] * 2
        each.nin = 3  # the parts do not say how many inputs they take
        assert len(each.parameters()) == 11 == each.summary().parameters
        assert micrograd.compile(each)(X).data == expected
        assert "Plain" in micrograd.draw(each(X), collapse="neuron").svg
        each.save(tmp_path / "model")
        each.load(tmp_path / "model")
        assert sum(len(x) if isinstance(x, list) else 1 for x in each.state_dict().values()) == 11


class Swish(Feedforward):
    """An activation that learns."""

    def __init__(self):
        self.slope = Value(0.5)

    def forward(self, x):
        return [v * (v * self.slope).sigmoid() for v in x]


def test_an_activation_may_have_parameters(tmp_path):
    swish = Swish()
    model = MLP(2, [3, 1], activation=swish, rng=1)
    assert len(model.parameters()) == 3 * 3 + 4 + 1 and model.parameters().count(swish.slope) == 1
    assert list(model.state_dict()) == ["0.weight", "0.bias", "1.slope", "2.weight", "2.bias"]
    assert list(Layer(2, 3, activation=swish).state_dict()) == ["0.weight", "0.bias", "1.slope"]
    model([1.0, 2.0]).backward()
    assert swish.slope.grad != 0


# ---- parameters()


class Frozen(Neuron):
    def parameters(self):
        return []


class Twice(Neuron):
    def __init__(self, nin, **options):
        super().__init__(nin, **options)
        self.scale = Value(1.5)

    def fire(self, x):
        return super().fire(x) * self.scale

    def parameters(self):
        return super().parameters() + [self.scale]


HIDDEN = Value(0.5)


class Elsewhere(Neuron):
    """A parameter that no attribute holds."""

    def fire(self, x):
        return super().fire(x) * HIDDEN

    def parameters(self):
        yield from super().parameters()
        yield HIDDEN


@pytest.mark.parametrize(("kind", "count"), [(Frozen, 4), (Twice, 4 + 3 * 4), (Elsewhere, 4 + 3 * 3 + 1)])
def test_a_neurons_own_parameters(kind, count):
    model = MLP(2, [3, 1], rng=1)
    model.layers[0].neurons = [kind(2, rng=2) for _ in range(3)]
    parameters = model.parameters()
    assert len(parameters) == len(set(parameters)) == count == model.summary().parameters
    assert [p for _, p in model.named_parameters()] == parameters
    assert len({name for name, _ in model.named_parameters()}) == count
    before = {p: p.data for n in model[0].neurons for p in (*n.w, n.b)}
    optimiser = SGD(model.parameters(), lr=0.1)
    (model([1.0, 2.0]) - 3).square().backward()
    moved = {p: p.data - 0.1 * p.grad for p in parameters}
    optimiser.step()
    assert {p: p.data for p in parameters} == moved
    if kind is Frozen:
        assert {p: p.data for p in before} == before
    model.zero_grad()
    assert {p.grad for p in model.parameters()} == {0.0}
    names = list(model.state_dict())  # what is not trained is saved too
    extra = {Frozen: [], Twice: ["scale"], Elsewhere: ["parameters.3"]}[kind]
    assert names == [
        "0.weight",
        "0.bias",
        *(f"0.neurons.{k}.{name}" for k in range(3) for name in extra),
        "2.weight",
        "2.bias",
    ]


def test_a_parameter_that_is_listed_twice_is_taken_once_by_compiled_functions():
    class Repeating(MLP):
        def parameters(self):
            return super().parameters() * 2

    model = Repeating(2, [2, 1], rng=1)
    inputs, targets = [[1.0, 2.0], [0.5, -1.0]], [1.0, 0.0]
    loss = micrograd.compile(lambda xs, ys: micrograd.losses.mse(model(xs), ys), parameters=model.parameters())
    once = MLP(2, [2, 1], rng=1)
    for _ in range(3):
        for net, run in ((model, loss), (once, lambda xs, ys: micrograd.losses.mse(once(xs), ys))):
            net.zero_grad()
            run(inputs, targets).backward()
            SGD(net.parameters(), lr=0.1).step()
    assert [p.data for p in once.parameters()] == pytest.approx([p.data for _, p in model.named_parameters()])


def test_parameters_set_on_an_object():
    model = MLP(2, [2, 1])
    model[0].parameters = lambda: []
    assert model.parameters() == model[1].parameters()


# ---- what a module keeps is no parameter


class Keeping(Neuron):
    """Keeps what passes through it, in every way."""

    def __init__(self, nin, **options):
        super().__init__(nin, **options)
        self.x, self.out, self.losses, self.table = None, None, [], {}
        self.queue = collections.deque(maxlen=3)
        self.history = [[], {}]

    def __call__(self, x):
        self.x = [Value(v.data if isinstance(v, Value) else v) for v in x]
        self.given = x
        self.out = super().__call__(x)
        self.alone = Value(3.0)
        self.losses.append(Value(1.0))
        self.table["last"] = x
        self.queue.append(self.out)
        self.history[0].append((x, self.out))
        self.history[1][len(self.losses)] = {"out": self.out}
        self.remember(x)
        return self.out

    def remember(self, x):
        self.memory = {"x": list(x)}
        setattr(self, "again", tuple(x))  # noqa: B010


@pytest.mark.parametrize("quiet", [False, True])
def test_what_a_neuron_keeps_of_a_call_is_no_parameter(quiet, tmp_path):
    model = MLP(2, [3, 1], rng=1)
    model.layers[0].neurons = [Keeping(2, rng=2) for _ in range(3)]
    parameters, names = model.parameters(), [name for name, _ in model.named_parameters()]
    state = model.state_dict()
    for _ in range(3):
        if quiet:
            with micrograd.no_grad():
                model([Value(1.0), 2.0])
        else:
            model([Value(1.0), 2.0])
    model.last_loss = (model([1.0, 2.0]) - 1).square()
    for each in (model, copy.deepcopy(model)):
        assert [name for name, _ in each.named_parameters()] == names and len(parameters) == 13
        assert each.state_dict() == state
    assert model.parameters() == parameters
    model.save(tmp_path / "model")
    assert model[0].neurons[0].losses  # it was kept


def test_what_the_constructor_makes_and_what_others_assign_are_parameters():
    class Built(Module):
        def __init__(self):
            self.gains = []
            self.deep = {"a": [], "b": None}
            self.build()

        def build(self):
            for k in range(2):
                self.gains.append(Value(1.0 + k))
            self.deep["a"].append((Value(5.0),))

    module = Built()
    assert [p.data for p in module.parameters()] == [1.0, 2.0, 5.0]
    module.slope = Value(7.0)
    module.tail = [Layer(1, 1)]
    assert len(module.parameters()) == 6 and list(module.state_dict())[-3:] == [
        "slope",
        "tail.0.0.weight",
        "tail.0.0.bias",
    ]
    module.gains[0] = Value(9.0)
    module.gains.append(Value(10.0))
    assert [p.data for p in module.parameters()][:3] == [9.0, 2.0, 10.0]

    class Late(Module):
        def __init__(self):
            self.layers = []

    late = Late()
    late.layers.append(Layer(1, 2))
    assert len(late.parameters()) == 4


def test_containers_that_hold_themselves():
    class Ring(Module):
        def __init__(self):
            self.ring = [Value(1.0)]
            self.ring.append(self.ring)

    assert len(Ring().parameters()) == 1


def test_help_shows_the_constructor():
    import inspect

    assert list(inspect.signature(Neuron).parameters)[:2] == ["nin", "nonlin"]
    assert list(inspect.signature(Slope).parameters) == ["nin", "options"]


# ---- methods of Value


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "gelu", "leaky_relu"])
def test_a_replaced_method_of_value_is_obeyed(name, fused, monkeypatch):
    monkeypatch.setattr(Value, name, lambda self: self * 0.0 + 42.0)
    model = MLP(2, [2, 2], activation=name, fused=fused, rng=1)
    assert [h.data for h in model[0]([1.0, 2.0])] == [42.0, 42.0]
    assert [h.data for h in Activation(name)([1.0, 2.0])] == [42.0, 42.0]
    assert [out.data for out in micrograd.compile(model[0])([1.0, 2.0])] == [42.0, 42.0]


class Mine(Value):
    def relu(self):
        return self * 3.0


@pytest.mark.parametrize("fused", [False, True])
def test_a_method_of_a_subclass_of_value_is_obeyed(fused):
    layer = Layer(2, 1, fused=fused, rng=1)
    neuron = layer.neurons[0]
    neuron.w, neuron.b = [Mine(1.0), Mine(-2.0)], Mine(0.5)
    for out in (layer([1.0, 2.0]), neuron([Value(1.0), Value(2.0)])):
        assert type(out) is Mine and out.data == -7.5
    assert len(layer.parameters()) == 3


# ---- activations that lose the gradient


@pytest.mark.parametrize(
    ("activation", "says"),
    [
        (math.tanh, "write micrograd.tanh"),
        (lambda v: math.tanh(v.data), "build it from functions such as micrograd.tanh"),
        (lambda v: float(v.data), "build it from functions"),
        (lambda v: None, "returned NoneType None"),
        (lambda v: 1.0 if v.data > 0 else 0.0, r"or return Value\(number\) if none shall flow"),
    ],
)
@pytest.mark.parametrize("make", [functools.partial(MLP, 2, [2, 1]), lambda activation: Activation(activation)])
def test_an_activation_returns_a_value(make, activation, says):
    with pytest.raises(
        TypeError, match=f"an activation must return a Value, for the gradient to flow through; .*{says}"
    ):
        make(activation=activation)([1.0, 2.0])


def test_a_step_without_a_gradient_is_said():
    layer = Layer(2, 1, activation=lambda v: Value(float(v.data > 0)))
    assert layer([1.0, 2.0]).data in (0.0, 1.0)
