"""The original's demo, written again: moons, the max-margin loss with L2, a falling learning rate, the boundary."""

import random
import warnings

import pytest

from micrograd import datasets


def loss(Value, model, points, labels):
    scores = [model([Value(c) for c in point]) for point in points]
    margins = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
    data_loss = sum(margins) * (1.0 / len(margins))
    penalty = 1e-4 * sum(p * p for p in model.parameters())
    right = [(label > 0) == (score.data > 0) for label, score in zip(labels, scores, strict=True)]
    return data_loss + penalty, sum(right) / len(right)


def demo(Value, nn, points, labels, widths, steps):
    random.seed(1337)
    model = nn.MLP(2, widths)
    said = [len(model.parameters())]
    for k in range(steps):
        total, right = loss(Value, model, points, labels)
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        said += [total.data, right]
    grid = [[x / 2, y / 2] for x in range(-3, 5) for y in range(-2, 4)]
    return said + [model(list(map(Value, point))).data for point in grid]


def test_the_demo_in_small(same):
    points, labels = datasets.moons(12, noise=0.1, seed=1)
    same(lambda Value, nn: demo(Value, nn, points, labels, [4, 3, 1], 5))


@pytest.mark.slow
def test_the_demo_as_it_stands(same):
    """A hundred points, 16 and 16 neurons: the first steps, on points that scikit-learn drew."""
    sklearn = pytest.importorskip("sklearn.datasets")
    points, labels = sklearn.make_moons(n_samples=100, noise=0.1, random_state=1337)
    same(lambda Value, nn: demo(Value, nn, points, 2 * labels - 1, [16, 16, 1], 2))


def test_the_demo_learns_in_mini_batches(same):
    """`np.random.permutation`, arrays of float64 as inputs, and whole numbers as labels."""
    np = pytest.importorskip("numpy")
    points, labels = map(np.array, datasets.moons(30, noise=0.1, seed=2))

    def program(Value, nn):
        random.seed(7)
        model, rng, said = nn.MLP(2, [5, 1]), np.random.RandomState(0), []
        for _ in range(6):
            chosen = rng.permutation(len(points))[:8]
            total, right = loss(Value, model, points[chosen], labels[chosen])
            model.zero_grad()
            total.backward()
            for p in model.parameters():
                p.data -= np.float64(0.1) * p.grad
            said += [float(total.data), right]
        return said

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(program)


def test_networks_look_the_same(original, ours):
    """`repr` of a neuron, and which neurons of a network are linear; a layer says it shorter here."""
    for make in (
        lambda nn: nn.Neuron(2),
        lambda nn: nn.Neuron(2, nonlin=False),
        lambda nn: [layer.neurons for layer in nn.MLP(2, [3, 2]).layers],
    ):
        assert repr(make(ours.nn)) == repr(make(original.nn))
