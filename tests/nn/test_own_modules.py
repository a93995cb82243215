"""A module that a learner defines has the same state, files, modes and summary as ours."""

import random

import pytest

from micrograd import Value, dot, total
from micrograd.interop import to_torch
from micrograd.nn import MLP, BatchNorm, Feedforward, Layer, Module, ReLU, Sequential
from micrograd.nn.state import attribute_tensors


class Gated(Feedforward):
    """Values alone, in lists and in a dict, modules alone and in a list."""

    def __init__(self, width, seed=0):
        rng = random.Random(seed)
        self.nin = width
        self.scale = Value(rng.random())
        self.table = [[Value(rng.random()) for _ in range(width)] for _ in range(width)]
        self.gates = {"open": Value(rng.random()), "shut": [Value(rng.random())]}
        self.inner = Layer(width, width, activation="tanh", rng=rng)
        self.tail = [BatchNorm(width), MLP(width, [3, width], rng=rng)]

    def forward(self, x):
        x = [dot(row, x) * self.scale for row in self.table]
        x = self.tail[1].flow(self.tail[0].flow(self.inner.flow(x)))
        return [v * self.gates["open"] + self.gates["shut"][0] for v in x]


class Centred(Feedforward):
    """Keeps a number that is no parameter: the mean of the last batch."""

    batchwise = True

    def __init__(self):
        self.shift = Value(0.25)
        self.mean = [0.0]

    def tensors(self, path=""):
        yield from super().tensors(path)
        yield from attribute_tensors(self, path, "mean")

    def forward_batch(self, rows):
        mean = total(v for x in rows for v in x) / len(rows)
        self.mean = [mean.data]
        return [[v - mean + self.shift for v in x] for x in rows]


def test_names_and_shapes_are_paths_of_attributes():
    assert list(Gated(2).state_dict()) == [
        "scale",
        "table",
        "gates.open",
        "gates.shut",
        "inner.0.weight",
        "inner.0.bias",
        *(f"tail.0.{name}" for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")),
        "tail.1.0.weight",
        "tail.1.0.bias",
        "tail.1.2.weight",
        "tail.1.2.bias",
    ]


def test_it_stands_in_a_sequential(tmp_path):
    def network(seed):
        return Sequential(Layer(3, 2, rng=random.Random(seed)), Gated(2, seed), Layer(2, 1, rng=random.Random(seed)))

    model, other = network(1).eval(), network(2).eval()
    assert "2.table" in model.state_dict() and "2.tail.1.2.weight" in model.state_dict()
    assert model.state_dict() != other.state_dict()
    model.save(tmp_path / "model")
    parameters = other.parameters()
    other.load(tmp_path / "model")
    assert other.state_dict() == model.state_dict() and other.parameters() == parameters
    assert other([1.0, 2.0, 3.0]).data == model([1.0, 2.0, 3.0]).data
    state = model.state_dict()
    state["2.gates.shut"] = [1.0, 2.0]
    with pytest.raises(ValueError, match=r"2.gates.shut: shape \(1,\) is needed, got \(2,\)"):
        other.load_state_dict(state)


def test_its_summary():
    model = Sequential(Layer(3, 2), Gated(2), Layer(2, 1, nonlin=False))
    rows = model.summary()
    assert [(row.name, row.layer, row.nin, row.nout) for row in rows] == [
        ("0", "Layer, ReLU", 3, 2),
        ("1", "Gated()", 2, 2),
        ("2", "Layer", 2, 1),
    ]
    assert rows.parameters == len(model.parameters()) and rows[1].parameters == 34
    assert Gated(2).summary().nodes == rows[1].nodes > 0


def test_it_may_list_numbers_that_are_no_parameters(tmp_path):
    model, other = Sequential(Layer(1, 1, nonlin=False), Centred()), Sequential(Layer(1, 1, nonlin=False), Centred())
    model([[1.0], [2.0]])
    assert list(model.state_dict()) == ["0.weight", "0.bias", "1.shift", "1.mean"] and model[1].mean != [0.0]
    model.save(tmp_path / "model")
    other.load(tmp_path / "model")
    assert other[1].mean == model[1].mean


@pytest.mark.parametrize(
    ("base", "arguments", "names"),
    [
        (Layer, (2, 2), ["0.weight", "0.bias", "0.temperature"]),
        (MLP, (2, [2, 1]), ["0.weight", "0.bias", "2.weight", "2.bias", "temperature"]),
        (Sequential, (Layer(2, 2), ReLU()), ["0.weight", "0.bias", "temperature"]),
    ],
)
def test_what_a_subclass_adds_is_saved_too(base, arguments, names):
    class Extended(base):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            self.temperature = Value(2.0)

    module = Extended(*arguments)
    assert list(module.state_dict()) == names
    module.load_state_dict({**module.state_dict(), names[-1]: 3.0})
    assert module.temperature.data == 3.0


def test_a_subclass_of_a_layer_may_define_its_own_forward():
    class Doubled(Layer):
        def forward(self, x):
            return [2 * v for v in super().forward(x)]

    doubled, layer = Doubled(2, 1, rng=random.Random(1)), Layer(2, 1, rng=random.Random(1))
    assert doubled([1.0, 2.0]).data == 2 * layer([1.0, 2.0]).data


def test_a_module_without_a_text_of_its_own():
    class Empty(Module):
        pass

    assert repr(Empty()) == "Empty()" and Empty().state_dict() == {}


def test_pytorch_takes_a_subclass_only_if_it_computes_the_same():
    pytest.importorskip("torch", reason="PyTorch is the other side: pip install 'micrograd-lab[torch]'")

    class Same(Layer):
        pass

    class Doubled(Layer):
        def forward(self, x):
            return [2 * v for v in super().forward(x)]

    assert to_torch(Same(2, 1, nonlin=False)).in_features == 2
    for model in (Doubled(2, 1, nonlin=False), Sequential(Doubled(2, 1)), Gated(2)):
        with pytest.raises(TypeError, match="PyTorch has no counterpart of"):
            to_torch(model)
