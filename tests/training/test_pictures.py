"""Pictures of what was learned: for every kind of model and data, without a warning, and with the right colours."""

import math
import pickle
import random

import pytest

from micrograd import datasets, train
from micrograd.losses import max_margin
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.training import History, confusion, curve, decision_boundary, images, plot
from micrograd.training.samples import Curves, confused, image_of

pytest.importorskip("matplotlib", reason="plots need matplotlib: pip install 'micrograd-lab[demo]'")
PNG = b"\x89PNG\r\n\x1a\n"
POINTS, LABELS = datasets.moons(20, noise=0.1, seed=0)
ZERO_OR_ONE = [int(label > 0) for label in LABELS]


def network(*sizes):
    return MLP(*(sizes or (2, [3, 1])), rng=random.Random(0))


def drawn(figure):
    assert figure._repr_png_().startswith(PNG)
    return figure.axes[0]


def names(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


@pytest.mark.parametrize(
    ("model", "labels", "output", "title", "legend"),
    [
        (network(), LABELS, None, "decision boundary (solid) and margins (dashed)", ["label +1", "label -1"]),
        (network(), ZERO_OR_ONE, None, "decision boundary (solid)", ["label 1", "label 0"]),
        (network(), ZERO_OR_ONE, "probability", "decision boundary (solid)", ["label 1", "label 0"]),
        (
            network(),
            [float(y) for y in LABELS],
            None,
            "decision boundary (solid) and margins (dashed)",
            ["label +1", "label -1"],
        ),
        (network(), [1] * 20, None, "decision boundary (solid) and margins (dashed)", ["label 1"]),
        (lambda point: 1.0, LABELS, None, "decision boundary (solid) and margins (dashed)", ["label +1", "label -1"]),
        (lambda point: math.nan, LABELS, None, "decision boundary (solid) and margins (dashed)", None),
        (lambda point: 1e308 * point[0] * 10, LABELS, None, "decision boundary (solid) and margins (dashed)", None),
        (network(2, [3, 3]), [k % 3 for k in range(20)], None, "the class of the largest output", None),
        (network(2, [3, 2]), [["red", "blue"][k % 2] for k in range(20)], None, None, ["label blue", "label red"]),
        (network(), [x * y for x, y in POINTS], None, "", None),
    ],
)
def test_decision_boundaries(model, labels, output, title, legend):
    axes = drawn(decision_boundary(model, POINTS, labels, resolution=12, output=output))
    assert title is None or axes.get_title() == title
    assert legend is None or sorted(names(axes)) == sorted(legend)


def test_the_same_label_has_the_same_colour_as_the_side_of_its_class():
    axes = drawn(decision_boundary(lambda point: point[0], [[-1.0, 0.0], [1.0, 1.0]], [-1, 1], resolution=5))
    upper, lower = axes.collections[-2:]  # the points, in the order of the legend
    assert upper.get_offsets().tolist() == [[1.0, 1.0]] and lower.get_offsets().tolist() == [[-1.0, 0.0]]
    blue, orange = upper.get_facecolor()[0], lower.get_facecolor()[0]
    assert blue[2] > blue[0] and orange[0] > orange[2]


def test_labels_and_points_must_be_as_many():
    with pytest.raises(ValueError, match="as many labels as points are needed, got 1 for 20"):
        decision_boundary(network(), POINTS, [1])


# ---- histories


def test_a_history_is_a_list_that_draws_itself():
    model = network()
    history = train(model, max_margin, (POINTS, LABELS), SGD(model.parameters(), lr=0.1), epochs=3)
    assert isinstance(history, History) and history == [*history] and [*history] == history and len(history) == 3
    assert [type(part) for part in (history[1:], history + history, history.copy())] == [History] * 3
    assert history[-1]["epoch"] == 3 and history[::2] == [history[0], history[2]]
    again = pickle.loads(pickle.dumps(history))
    assert type(again) is History and again == history and repr(again) == repr([*history])
    for figure in (history.plot(), plot(history), history[1:].plot()):
        assert drawn(figure).get_ylabel() == "loss"
    with pytest.raises(ValueError, match="an empty history"):
        History().plot()


def test_a_loss_that_falls_by_decades_has_a_logarithmic_scale():
    scales = [
        plot([{"epoch": k, "loss": first * 0.5**k, "accuracy": 0.5} for k in range(1, last)]).axes[0].get_yscale()
        for first, last in ((1.0, 12), (1.0, 5), (-1.0, 12), (math.nan, 12))
    ]
    assert scales == ["log", "linear", "linear", "linear"]


# ---- images, classes, curves


def test_images_of_any_shape():
    flat, rows = [k / 16 for k in range(16)], [[0, 255, 0, 255, 0]] * 4
    assert image_of(flat) == [flat[k : k + 4] for k in (0, 4, 8, 12)] and image_of(rows) == rows
    figure = images([flat, rows], [3, 4], [3, 5], title="two of them")
    assert [axes.get_title() for axes in figure.axes] == ["3", "4, taken for 5"]
    assert drawn(figure).get_title() == "3"
    assert len(images([flat] * 30, range(30)).axes) == 20 and len(images([flat] * 30, most=3).axes) == 3
    drawn(images([[0.0] * 16]))
    for bad in ([1.0] * 15, 3.0, [[1.0], [1.0, 2.0]], [[1.0] * 4] * 2):
        with pytest.raises(ValueError, match="an image is a matrix of numbers, or the n² numbers"):
            image_of(bad)
    with pytest.raises(ValueError, match="as many labels and guesses as images are needed, got 1 for 2"):
        images([flat, flat], [1])


def test_which_class_was_taken_for_which():
    found = confused([0, 1, 1, 2], [0, 1, 2, 2])
    assert found.classes == [0, 1, 2] and found.counts == [[1, 0, 0], [0, 1, 1], [0, 0, 1]] and found.right == 0.75
    assert confused([[0, 1]], [1]) == ([1], [[1]])  # one-hot
    assert confused([1, -1], [1, 1], classes=(1, -1)).counts == [[1, 0], [1, 0]]
    assert [text.get_text() for text in drawn(confusion(["a", "b"], ["a", "a"])).texts] == ["1", "1"]
    with pytest.raises(ValueError, match="a class must be one of 0, 1, got 2"):
        confused([0, 2], [0, 1], classes=range(2))
    with pytest.raises(ValueError, match="as many guesses as labels are needed, got 1 for 2"):
        confusion([0, 1], [0])


def test_a_curve_through_points():
    xs = [[-1.0], [0.0], [1.0]]
    model = network(1, [2, 2])
    seen = Curves(model, xs, resolution=3)()
    assert seen.outputs == [[model([x])[k].data for x in seen.xs] for k in range(2)]
    assert Curves(lambda x: 2 * x, [1.0, 3.0], resolution=2)().outputs == [[2 * 0.85, 2 * 3.15]]
    axes = drawn(curve(model, xs, [[0.0, 1.0]] * 3))
    assert names(axes) == ["output 0", "output 1"]
    drawn(curve(lambda x: x * x, [1.0, 2.0], [1.0, 4.0]))
    with pytest.raises(ValueError, match="a curve needs inputs of one number each, got \\[1.0, 2.0\\]"):
        curve(model, [[1.0, 2.0]], [1.0])
    with pytest.raises(ValueError, match="as many targets as inputs are needed, got 1 for 3"):
        curve(model, xs, [1.0])
