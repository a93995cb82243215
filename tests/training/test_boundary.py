"""`field`: what a model says all over the plane, for models of any kind, and without a trace of having been asked."""

import math
import random

import pytest

from micrograd import Value, compile, datasets, no_grad
from micrograd.losses import sigmoid_cross_entropy
from micrograd.nn import MLP, BatchNorm, Dropout, Layer, Module, Sequential
from micrograd.optim import SGD
from micrograd.training import Fields, field, train

POINTS, LABELS = datasets.moons(20, noise=0.1, seed=0)


def network(*outs):
    return MLP(2, [3, *(outs or (1,))], rng=random.Random(0))


class OfRows(Module):
    """A module of its own kind, which takes a list of points alone."""

    def __init__(self):
        self.inner = network()

    def __call__(self, rows):
        return [self.inner(row) for row in rows]


def test_the_scores_are_those_of_the_model_to_the_last_bit():
    model = network()
    seen = field(model, POINTS, resolution=5)
    with no_grad():
        assert seen.scores == [[[model([x, y]).data for x in seen.xs] for y in seen.ys]]
    left, right, bottom, top = seen.box
    assert left < min(x for x, _ in POINTS) and right > max(x for x, _ in POINTS)
    assert (seen.xs[0], seen.xs[-1], seen.ys[0], seen.ys[-1]) == (left, right, bottom, top)


def test_several_outputs_have_a_winner_each():
    model = network(3)
    seen = field(model, POINTS, resolution=4)
    assert seen.kind == "classes" and seen.border is None and seen.margins == ()
    assert seen.winners() == [[model.predict([x, y]) for x in seen.xs] for y in seen.ys]


@pytest.mark.parametrize(
    "model",
    [
        lambda point: 2 * point[0] - point[1],
        lambda points: [2 * x - y for x, y in points],
        lambda point: Value(2.0) * point[0] - point[1],
        compile(lambda point: 2 * point[0] - point[1]),
        lambda point: (2 * point[0] - point[1],),
        lambda point: max(2 * point[0] - point[1], -99.0),
    ],
)
def test_any_function(model):
    seen = field(model, POINTS, resolution=3)
    assert seen.scores == [[[2 * x - y for x in seen.xs] for y in seen.ys]]


@pytest.mark.parametrize("model", [network(), OfRows(), lambda rows: [network()(row) for row in rows]])
def test_modules_and_functions_of_a_batch(model):
    assert field(model, POINTS, resolution=3).scores == field(network(), POINTS, resolution=3).scores


def test_what_cannot_be_compiled_runs_as_it_is():
    fields = Fields(lambda point: float(math.floor(9 * point[0] * point[1])), POINTS, resolution=20)
    for _ in range(2):
        seen = fields()
        assert seen.scores == [[[float(math.floor(9 * x * y)) for x in seen.xs] for y in seen.ys]]


def test_it_follows_a_model_that_learns():
    model = network()
    fields, seen = Fields(model, POINTS, resolution=3), []
    for k in range(3):
        model.parameters()[-1].data = 0.1 * k
        seen.append(fields().scores)
        assert seen[-1] == field(model, POINTS, resolution=3).scores
    assert seen[0] != seen[1] != seen[2]


def test_the_model_is_left_as_it_was():
    rng = random.Random(0)
    model = Sequential(Layer(2, 3, rng=rng), BatchNorm(3), Dropout(0.5, rng=rng), Layer(3, 1, nonlin=False, rng=rng))
    for p in model.parameters():
        p.grad = 7.0
    before, state, draws = model.state_dict(), rng.getstate(), random.getstate()
    seen = field(model, POINTS, resolution=3)
    assert model.training and all(p.grad == 7.0 for p in model.parameters())
    assert model.state_dict() == before and rng.getstate() == state
    assert seen.scores == field(model.eval(), POINTS, resolution=3).scores
    field(lambda point: point[0] + random.random(), POINTS, resolution=3)
    assert random.getstate() == draws


def test_what_a_single_output_means():
    model, zero_or_one = network(), [int(label > 0) for label in LABELS]
    for given, output, kind, border, margins in (
        (LABELS, None, "margin", 0.0, (-1.0, 1.0)),
        (zero_or_one, None, "logit", 0.0, ()),
        (zero_or_one, "probability", "probability", 0.5, ()),
        ([0.5 * x for x, _ in POINTS], None, "number", None, ()),
    ):
        seen = field(model, POINTS, given, resolution=2, output=output)
        assert (seen.kind, seen.border, seen.margins) == (kind, border, margins)
    squashed = field(lambda point: model(point).sigmoid(), POINTS, zero_or_one, resolution=2)
    assert squashed.kind == "probability"
    train(model, sigmoid_cross_entropy, (POINTS, zero_or_one), SGD(model.parameters(), lr=0.1))
    assert field(model, POINTS, resolution=2).kind == "logit"
    assert field(network(2), POINTS, [[0, 1], [1, 0]], resolution=2).kind == "classes"  # one-hot


def test_outputs_that_are_no_numbers_have_no_class():
    seen = field(lambda point: Value(math.nan) * point[0], POINTS, resolution=2)
    assert seen.winners() == [[-1, -1], [-1, -1]]
    assert field(lambda point: [point[0], math.nan], POINTS, resolution=2).winners() == [[-1, -1], [-1, -1]]
    with pytest.raises(ValueError, match="a number, not a class"):
        field(network(), POINTS, resolution=2, output="number").winners()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((network(), [[1.0, 2.0, 3.0]]), {}, "points of 2 numbers, got 3 numbers for point 0"),
        ((network(), [1.0]), {}, "points of 2 numbers, got 1.0 for point 0"),
        ((network(), []), {}, "at least one point"),
        ((network(), POINTS), {"resolution": 1}, "at least 2, got 1"),
        ((network(), POINTS), {"output": "logits"}, "output must be one of"),
        ((3, POINTS), {}, "a model must be a module or a function of points, got int"),
        ((lambda point: "blue", POINTS), {}, "a model must return one number"),
    ],
)
def test_bad_arguments(arguments, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        field(*arguments, **options)
