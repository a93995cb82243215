"""What the room of networks asks Python, without a browser."""

import random
import struct
from base64 import b64decode

import pytest

from docs.playground.bridge import network
from docs.playground.bridge.calls import answer, call
from micrograd.functions import dot
from micrograd.losses import max_margin
from micrograd.nn import MLP

SETTINGS = {"data": "moons", "n": 32, "noise": 0.1, "hidden": [3, 2], "act": "tanh", "seed": 7}
ORDERS = {"rate": 0.5, "decay": 0.01, "batch": 0, "how": "compiled", "steps": 1, "budget": 1e9}


@pytest.fixture(autouse=True)
def begun():
    yield network.start(SETTINGS)
    network.training = None


def twin(settings=SETTINGS):
    """The same network from the package itself, its weights, and its loss of some examples."""
    points, labels = network.make_data(settings)
    model = MLP(2, [*settings["hidden"], 1], activation=settings["act"], rng=random.Random(settings["seed"]))
    weights = [w for layer in model for neuron in layer.neurons for w in neuron.w]

    def loss(chosen):
        hinge = max_margin(model([points[k] for k in chosen]), [labels[k] for k in chosen])
        return hinge + ORDERS["decay"] * dot(weights, weights)

    return model, loss


@pytest.mark.parametrize("how", ["compiled", "fused", "eager"])
def test_gradients_are_those_of_an_eager_network(how):
    model, loss = twin()
    expected = loss(range(32))
    expected.backward()
    orders = ORDERS | {"how": how}
    assert answer("network.part", orders)["loss"] == pytest.approx(expected.data)
    told = answer("network.part", orders)
    assert told["grads"] == pytest.approx([p.grad for p in model.parameters()])
    moved = answer("network.part", orders)
    assert moved["weights"] == pytest.approx([p.data - 0.5 * p.grad for p in model.parameters()])
    assert moved["losses"] == [pytest.approx(expected.data)]


def test_batches_go_through_all_examples_in_a_random_order():
    orders, seen = ORDERS | {"batch": 10, "decay": 0.0}, []
    for _ in range(16):
        told = network.part(orders)
        seen += told["chosen"]
        network.part(orders)
        network.part(orders)
    epochs = [seen[k : k + 32] for k in range(0, 160, 32)]
    assert all(sorted(epoch) == list(range(32)) for epoch in epochs)
    assert len(set(map(tuple, epochs))) == 5


def test_one_example_at_a_time_tells_its_loss_and_activations():
    orders = ORDERS | {"batch": 1}
    network.part(orders)
    told = network.part(orders)
    model, loss = twin()
    (k,) = told["chosen"]
    expected = loss([k])
    expected.backward()
    assert told["grads"] == pytest.approx([p.grad for p in model.parameters()])
    assert told["example"]["k"] == k
    assert told["example"]["activations"][-1] == pytest.approx(model(network.training.points[k]).data)


def test_a_training_is_the_same_in_any_frames_and_after_a_new_start():
    apart = [network.frame(ORDERS | {"batch": 5, "steps": steps}) for steps in (1, 2, 4)]
    network.start(SETTINGS)
    at_once = network.frame(ORDERS | {"batch": 5, "steps": 7})
    assert at_once["weights"] == apart[-1]["weights"]
    assert at_once["losses"] == [loss for told in apart for loss in told["losses"]]
    network.training = None
    network.start(SETTINGS, {name: apart[0][name] if name != "steps" else 1 for name in ("weights", "steps", "seen")})
    assert network.frame(ORDERS | {"batch": 5, "steps": 6})["weights"] == at_once["weights"]


def test_what_changes_while_it_runs_leads_to_no_new_trace():
    network.frame(ORDERS)
    hinge = network.training.hinge["compiled"]
    traced = hinge._traces
    for changes in ({"rate": 0.1}, {"decay": 0.5}, {"batch": 5}, {"batch": 26}, {"how": "eager"}, {"how": "compiled"}):
        network.frame(ORDERS | changes)
    network.set_points([[0.5, 0.25, 1], *([x, -x, -1] for x in range(30))], ORDERS)
    network.frame(ORDERS)
    assert hinge._traces <= traced + 1  # the pieces of 25, 5 and 1 examples


def test_the_field_is_the_score_row_by_row_from_the_top(begun):
    n, (left, right, bottom, top) = 50, begun["box"]
    scores = struct.unpack(f"{n * n}f", b64decode(begun["field"]["scores"]))
    model, _ = twin()
    for row, column in ((0, 0), (0, 49), (20, 7)):
        point = [left + (right - left) * (column + 0.5) / n, top + (bottom - top) * (row + 0.5) / n]
        assert scores[row * n + column] == pytest.approx(model(point).data, rel=1e-5)
    assert len(b64decode(begun["maps"]["numbers"])) == 4 * begun["maps"]["n"] ** 2 * 6


@pytest.mark.parametrize("how", ["compiled", "eager"])
def test_a_rate_far_too_large_ends_the_training(how):
    told = network.frame(ORDERS | {"rate": 1e3, "steps": 100, "how": how})
    assert told["lost"] and told["loss"] is None


def test_relus_that_no_point_passes_are_dead():
    network.start(SETTINGS | {"act": "relu"})
    neuron = network.training.model[0].neurons[1]
    neuron.b.data = -100.0
    assert 1 in network.look(ORDERS)["dead"]


def test_without_points_nothing_is_trained():
    network.set_points([], ORDERS)
    assert network.frame(ORDERS)["losses"] == []
    assert network.prepare(ORDERS)["phase"] == "update"


def test_a_small_network_is_stepped_through_and_a_large_one_is_not():
    network.frame(ORDERS)
    told = network.step(3)
    assert "w[0,2,1]" in told["html"] and "An earlier pass" not in told["html"]
    network.start(SETTINGS | {"hidden": [8, 8]})
    assert network.step(0) == {"refused": 373, "most": 300}


def test_a_lost_training_says_so():
    network.training = None
    assert '"kind": "NotStarted"' in call("network.look", "[{}]")


def test_a_training_begins_the_same_wherever_and_however_often(begun):
    assert network.start(SETTINGS) == begun
