"""Which boxes and edges a graph becomes: whole, collapsed and cut."""

import math

import pytest
from samples import network, neuron

import micrograd
from micrograd import Value, draw
from micrograd.drawing.view import ComputationGraph
from micrograd.engine import topological
from micrograd.nn import MLP, Feedforward, Layer, Neuron
from micrograd.text.module_calls import find_calls, with_subscripts


def kinds(picture):
    counts = {}
    for box in picture.diagram.boxes:
        counts[box.kind] = counts.get(box.kind, 0) + 1
    return counts


def labels(picture):
    return [face.label for face in picture.faces]


def test_one_box_for_each_value():
    picture = draw(neuron())
    assert kinds(picture) == {"leaf": 5, "op": 5}
    assert len(picture.diagram.edges) == 9
    assert [box.output for box in picture.diagram.boxes].count(True) == 1


def test_repeated_operands_are_two_edges():
    a = Value(3.0)
    assert draw(a * a).diagram.pairs == [(0, 1), (0, 1)]
    assert [e.slot for e in draw(a * a).diagram.edges] == [0, 1]


def test_a_leaf_alone():
    picture = draw(Value(1.0, label="x"))
    assert kinds(picture) == {"leaf": 1} and picture.diagram.boxes[0].output


def test_kinds_of_leaves():
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    assert kinds(draw(x * w + 3)) == {"leaf": 2, "constant": 1, "op": 2}
    assert kinds(draw(x * w + 3, parameters=[w])) == {"input": 1, "parameter": 1, "constant": 1, "op": 2}
    model = Neuron(2)
    assert kinds(draw(model([x, 0.5]) * 2.0)) == {"input": 2, "parameter": 3, "op": 6, "constant": 1}


def test_a_learners_own_operation():
    a = Value(2.0, label="a")
    out = Value(8.0, (a,), "cube")
    out._backward = lambda: None
    assert [face.symbol for face in draw(out).faces] == ["", "cube"]


# ---- modules as boxes


def test_neurons_as_boxes():
    picture = draw(network(2, 4, 3, 1), collapse="neuron")
    assert kinds(picture) == {"input": 2, "call": 8, "op": 2, "constant": 1}
    assert len(picture.diagram.edges) == 2 * 4 + 4 * 3 + 3 + 2 + 1
    assert labels(picture).count("Neuron 0") == 3


def test_layers_as_boxes():
    picture = draw(network(2, 4, 3, 1), collapse="layer")
    assert kinds(picture) == {"input": 2, "call": 3, "op": 2, "constant": 1}
    flows = {(e.source, e.target): len(e.values) for e in picture.diagram.edges}
    assert sorted(flows.values()) == [1, 1, 1, 1, 1, 3, 4]
    assert [face.rows for face in picture.faces if face.label == "Layer 0"] == [[("", "2 → 4"), ("", "12 parameters")]]
    assert "Layer 0 of MLP" in picture.svg


def test_fused_neurons():
    assert kinds(draw(network(2, 4, 1, fused=True), collapse="neuron")) == {
        "input": 2,
        "call": 5,
        "op": 2,
        "constant": 1,
    }


def test_auto_collapses_only_what_is_large():
    assert kinds(draw(network(2, 4, 1))).get("call") is None
    picture = draw(network(2, 16, 16, 1))
    assert kinds(picture)["call"] == 33
    assert "982 boxes are too many" in picture.svg and "collapse=None" in picture.svg
    assert len(draw(network(2, 16, 16, 1), collapse=None).diagram.boxes) == 982
    assert kinds(draw(network(2, 150, 1)))["call"] == 2


def test_auto_cuts_by_depth_without_modules():
    x = Value(1.0, label="x")
    for _ in range(300):
        x = x * 2.0
    picture = draw(x)
    assert 100 < len(picture.diagram.boxes) <= 152
    assert kinds(picture)["more"] == 1
    assert "only the last steps" in picture.svg
    assert "2 more operands, not drawn" in picture.svg


def test_auto_cuts_what_is_too_wide():
    picture = draw(micrograd.total([Value(1.0) for _ in range(500)]))
    assert kinds(picture) == {"op": 1, "more": 1}
    assert "500 more operands" in picture.svg


def test_depth():
    picture = draw(neuron(), depth=1)
    assert kinds(picture) == {"op": 2, "more": 1}
    assert "2 of 10 boxes" in picture.svg
    assert draw(neuron(), depth=0).diagram.pairs == [(1, 0)]
    assert draw(neuron(), depth=99).svg == draw(neuron()).svg
    assert kinds(draw(network(2, 16, 16, 1), depth=3, collapse="layer")) == {
        "op": 2,
        "constant": 1,
        "call": 2,
        "more": 1,
    }


def test_a_parameter_used_elsewhere_is_shown():
    """Weight decay: the weights are inside the neuron and outside it."""
    model = Neuron(2)
    loss = model([1.0, 2.0]) + sum((w * w for w in model.w), Value(0.0))
    picture = draw(loss, collapse="neuron")
    assert kinds(picture)["parameter"] == 2
    box = next(i for i, box in enumerate(picture.diagram.boxes) if box.call)
    assert [len(e.values) for e in picture.diagram.edges if e.target == box] == [1, 1, 1, 1]


def test_one_module_called_twice_is_two_boxes():
    model = Neuron(1)
    picture = draw(model([Value(1.0)]) * model([Value(2.0)]), collapse="neuron")
    assert kinds(picture) == {"input": 2, "call": 2, "op": 1}
    chained = model([model([Value(1.0)])])
    assert kinds(draw(chained, collapse="neuron")) == {"input": 1, "call": 2}


def test_a_module_that_remembers():
    """A cell that keeps its state from call to call: one box for each call, the state flowing between them."""

    class Cell(Feedforward):
        def __init__(self):
            self.nin, self.w, self.state = 1, Value(0.5), Value(0.0, label="start")

        def forward(self, x):
            self.state = (self.w * self.state + x[0]).tanh()
            return [self.state]

    cell = Cell()
    for k in range(4):
        out = cell([Value(float(k), label=f"x{k}")])
    picture = draw(out, collapse="neuron")
    assert kinds(picture) == {"input": 4, "call": 4}
    assert len(picture.diagram.edges) == 7


def test_calls_that_go_round_in_a_circle_are_not_collapsed():
    class Twice(Feedforward):
        """Takes its own earlier result as another input."""

        def __init__(self):
            self.nin, self.kept = 1, None

        def forward(self, x):
            return [x[0] * self.kept]

    module, x = Twice(), Value(2.0, label="x")
    early = x * 3.0
    module.kept = early
    out = module([(early * 5.0).tanh()])
    assert kinds(draw(out, collapse="neuron")) == kinds(draw(out, collapse=None))


def test_calls_that_overlap_are_left_out():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    low, top = a + b, None
    middle = low * c
    top = middle + 1.0
    first, second = Neuron(1), Neuron(2)
    middle._calls = ((first, [a, b]),)
    top._calls = ((second, [low, c]),)
    calls = find_calls(topological(top))
    assert [call.module for call in calls.all] == [first]


def test_heights_and_names():
    graph = ComputationGraph([network(2, 3, 1)])
    assert sorted(call.height for call in graph.calls.all) == [0, 0, 0, 0, 1, 1, 2]
    paths = [call.path for call in graph.calls.all]
    assert "Neuron 2 of Layer 0 of MLP" in paths and "MLP" in paths
    assert ("w[1]", "layers[0].neurons[2].w[1]") in graph.names.values()
    assert with_subscripts("a.0.b10.2") == "a[0].b10[2]"


def test_a_module_without_names():
    class Bare:
        def __call__(self, x):
            out = x * 2.0
            out._calls = ((self, [x]),)
            return out

    assert kinds(draw(Bare()(Value(1.0)), collapse="neuron")) == {"input": 1, "call": 1}


def test_layers_and_networks_alone():
    out = Layer(2, 2)([1.0, 2.0])
    assert kinds(draw(out[0] + out[1], collapse="layer")) == {"input": 2, "call": 1, "op": 1}
    assert kinds(draw(MLP(1, [1])([2.0]), collapse="layer")) == {"input": 1, "call": 1}


# ---- heat


def test_heat_shows_where_the_gradient_died():
    x, w = Value(1.0, label="x"), Value(-2.0, label="w")
    dead = (x * w).relu()
    alive = (x * 3.0).tanh()
    root = dead + alive
    root.backward()
    picture = draw(root, color="grad")
    shade = {id(box.value): picture.classes[i] for i, box in enumerate(picture.diagram.boxes)}
    assert shade[id(w)] == "mg-dead" and shade[id(dead)] == "mg-shade8" == shade[id(root)]
    assert "dashed grey where it is 0" in picture.svg


def test_heat_of_a_module_is_what_arrives_inside_it():
    model = Neuron(1)
    model.w[0].data = -1.0
    out = model([2.0]) + 1.0
    out.backward()
    picture = draw(out, color="grad", collapse="neuron")
    shades = [picture.classes[i] for i, box in enumerate(picture.diagram.boxes) if box.call]
    assert shades == ["mg-dead"]


def test_heat_of_data_and_of_no_number():
    a = Value(1e-9, label="a")
    out = a * Value(math.inf) + Value(math.nan)
    assert "mg-shade8" in draw(out, color="data").classes.values()
    assert set(draw(Value(0.0) * 0.0, color="data").classes.values()) == {"mg-dead"}
    assert draw(a * 1.0, color="data").classes[0] == "mg-shade0"


# ---- wrong arguments


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"collapse": "module"}, "collapse must be 'auto', 'neuron', 'layer' or None, got 'module'"),
        ({"depth": -1}, "depth must be a whole number of 0 or more, got -1"),
        ({"depth": 1.5}, "depth must be"),
        ({"direction": "up"}, "direction must be 'right' or 'down', got 'up'"),
        ({"color": "red"}, "color must be 'grad', 'data' or None, got 'red'"),
        ({"digits": 0}, "digits must be"),
    ],
)
def test_wrong_arguments(wrong, message):
    with pytest.raises(ValueError, match=message):
        draw(Value(1.0), **wrong)


def test_only_values_are_drawn():
    with pytest.raises(TypeError, match="draw needs a Value.* got a list of several"):
        draw([Value(1.0)])
