"""Batch normalisation and dropout, and finite differences through every layer in both modes."""

import copy
import math
import random

import pytest

from micrograd import Value, total
from micrograd.losses import cross_entropy
from micrograd.nn import ACTIVATIONS, MLP, Activation, BatchNorm, Dropout, Layer, Neuron, Sequential, normal

ROWS = [[0.3, -1.2, 2.0], [1.1, 0.4, -0.7], [-0.9, 0.8, 0.25], [0.6, -0.35, 1.4]]


def column(rows, k):
    return [row[k] for row in rows]


def test_batch_normalisation_in_training():
    norm = BatchNorm(3)
    norm.weight, norm.bias = [1.5, 0.5, 2.0], [0.1, -0.2, 0.3]
    outs = [[v.data for v in row] for row in norm(ROWS)]
    for k in range(3):
        xs = column(ROWS, k)
        mean = sum(xs) / 4
        variance = sum((x - mean) ** 2 for x in xs) / 4
        scaled = [norm.weight[k] * (x - mean) / math.sqrt(variance + 1e-5) + norm.bias[k] for x in xs]
        assert column(outs, k) == pytest.approx(scaled, rel=1e-13)
        assert norm.running_mean[k] == pytest.approx(0.1 * mean, rel=1e-13)
        assert norm.running_var[k] == pytest.approx(0.9 + 0.1 * variance, rel=1e-13)
    assert norm.num_batches_tracked == 1


def test_batch_normalisation_in_evaluation():
    norm = BatchNorm(3, momentum=0.5)
    norm(ROWS)
    norm.eval()
    alone = [v.data for v in norm(ROWS[0])]
    expected = [
        (x - mean) / math.sqrt(var + 1e-5)
        for x, mean, var in zip(ROWS[0], norm.running_mean, norm.running_var, strict=True)
    ]
    assert alone == pytest.approx(expected, rel=1e-13)
    assert [v.data for v in norm(ROWS)[0]] == alone and norm.num_batches_tracked == 1


def test_batch_normalisation_needs_a_batch():
    norm = BatchNorm(2)
    with pytest.raises(ValueError, match="needs a batch in training, got one example; call eval"):
        norm([1.0, 2.0])
    with pytest.raises(ValueError, match="batch of at least 2 in training, got 1: the variance of one is 0"):
        norm([[1.0, 2.0]])
    with pytest.raises(ValueError, match="takes 2 inputs, got 0; a batch holds at least one example"):
        norm([])
    with pytest.raises(ValueError, match="takes 2 inputs, got 3"):
        norm([[1.0, 2.0], [1.0, 2.0, 3.0]])
    assert norm.running_mean == [0.0, 0.0] and norm.num_batches_tracked == 0
    for wrong in ({"features": 0}, {"features": 1, "momentum": 1.5}, {"features": 1, "eps": -1}):
        with pytest.raises(ValueError, match="features=0|momentum must lie in|eps must be 0"):
            BatchNorm(**wrong)
    with pytest.raises(ValueError, match=r"shape \(2,\) is needed"):
        norm.weight = [1]


def test_dropout():
    dropout = Dropout(0.25, rng=random.Random(1))
    outs = [v.data for v in dropout([2.0] * 4000)]
    assert set(outs) == {0.0, 2.0 / 0.75} and outs.count(0.0) / 4000 == pytest.approx(0.25, abs=0.02)
    assert sum(outs) / 4000 == pytest.approx(2.0, rel=0.03)
    batch = dropout([[1.0, Value(2.0)], [3.0, 4.0]])
    assert [len(row) for row in batch] == [2, 2] and type(batch[0][0]) is Value
    assert [v.data for v in Dropout(1.0)([1.0, 2.0])] == [0.0, 0.0]
    again = Dropout(0.25, rng=random.Random(1))
    assert [v.data for v in again([2.0] * 4000)] == outs
    for module in (dropout.eval(), Dropout(0)):
        assert [v.data for v in module([1.0, -2.0])] == [1.0, -2.0]
    for p in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="probability must lie in"):
            Dropout(p)


def shifted(v):
    return (v * 2.0 + 0.3).tanh()


LAYERS = {
    "neuron": lambda: Neuron(3, activation="tanh", rng=random.Random(1)),
    "layer": lambda: Layer(3, 2, activation="sigmoid", rng=random.Random(2)),
    "fused layer": lambda: Layer(3, 2, activation="sigmoid", fused=True, rng=random.Random(2)),
    "no bias": lambda: Layer(3, 2, nonlin=False, bias=False, rng=random.Random(3)),
    "perceptron": lambda: MLP(3, [4, 2], activation="gelu", init=normal(0.5), rng=random.Random(4)),
    "batch norm": lambda: BatchNorm(3),
    "dropout": lambda: Dropout(0.4, rng=random.Random(5)),
    "own function": lambda: Activation(shifted),
    "all of them": lambda: Sequential(
        Layer(3, 4, nonlin=False, rng=random.Random(6)),
        BatchNorm(4),
        Activation("silu"),
        Dropout(0.3, rng=random.Random(7)),
        Sequential(Layer(4, 3, activation="softplus", fused=True, rng=random.Random(8)), BatchNorm(3)),
    ),
} | {name: lambda name=name: Activation(name) for name in ACTIVATIONS}


def weighted(model, rows):
    """A number that every output moves, by an amount of its own. The model is copied: it draws and tracks the same."""
    outs = copy.deepcopy(model)(rows)
    flat = [v for out in outs for v in (out if isinstance(out, list) else [out])]
    return total(math.sin(k + 1.0) * v for k, v in enumerate(flat))


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("name", LAYERS)
def test_finite_differences(name, training):
    model = LAYERS[name]()
    for module in model.modules():
        if isinstance(module, BatchNorm):
            n = module.nin
            module.weight, module.bias = [0.5 + k for k in range(n)], [0.1 * k for k in range(n)]
            module.running_mean, module.running_var = [0.2 * k for k in range(n)], [0.5 + k for k in range(n)]
    model.train(training)
    inputs = [[Value(x) for x in row] for row in ROWS]
    twin = copy.deepcopy(model)
    outs = twin(inputs)
    flat = [v for out in outs for v in (out if isinstance(out, list) else [out])]
    total(math.sin(k + 1.0) * v for k, v in enumerate(flat)).backward()
    pairs = [(v, v.grad) for row in inputs for v in row]
    pairs += [(p, q.grad) for p, q in zip(model.parameters(), twin.parameters(), strict=True)]
    h = 1e-5
    for v, grad in pairs:
        before = v.data
        v.data = before + h
        above = weighted(model, inputs).data
        v.data = before - h
        below = weighted(model, inputs).data
        v.data = before
        assert grad == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-8)


def test_every_layer_forward_and_backward_equals_pytorchs():
    """Fully connected, batch normalisation, ReLU, sigmoid, dropout, softmax and cross-entropy, to 1e-12."""
    torch = pytest.importorskip("torch", reason="PyTorch is the reference: pip install 'micrograd-lab[torch]'")
    functional, classes = torch.nn.functional, [2, 0, 1, 2]
    layer, norm = Layer(3, 4, nonlin=False, rng=random.Random(1)), BatchNorm(4, momentum=0.8)
    norm.weight, norm.bias = [1.2, 0.7, 1.0, 0.4], [0.1, 0.2, -0.3, 0.0]
    last = Layer(4, 3, activation="sigmoid", rng=random.Random(3))
    dropout = Dropout(0.5, rng=random.Random(4))
    model = Sequential(layer, norm, Activation("relu"), dropout, last)
    inputs = [[Value(x) for x in row] for row in ROWS]

    def leaf(numbers):
        return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)

    x, w1, b1, gamma, beta, w2, b2 = map(
        leaf, (ROWS, layer.weight, layer.bias, norm.weight, norm.bias, last.weight, last.bias)
    )
    mean, var = torch.zeros(4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    draws = random.Random(4)
    kept = torch.tensor([[0.0 if draws.random() < 0.5 else 2.0 for _ in range(4)] for _ in ROWS], dtype=torch.float64)
    h = functional.batch_norm(x @ w1.T + b1, mean, var, gamma, beta, training=True, momentum=1 - 0.8, eps=1e-5)
    h = torch.relu(h) * kept
    out = torch.sigmoid(h @ w2.T + b2)
    reference = functional.cross_entropy(out, torch.tensor(classes))
    reference.backward()

    loss = cross_entropy(model(inputs), classes)
    loss.backward()
    assert loss.data == pytest.approx(reference.item(), rel=1e-12)
    grads = [[v.grad for v in row] for row in inputs]
    for ours, theirs in (
        (grads, x),
        (layer.weight.grad, w1),
        ([layer.bias.grad], b1),
        ([norm.weight.grad], gamma),
        ([norm.bias.grad], beta),
        (last.weight.grad, w2),
        ([last.bias.grad], b2),
    ):
        for row, expected in zip(ours, torch.atleast_2d(theirs.grad).tolist(), strict=True):
            assert row == pytest.approx(expected, rel=1e-12, abs=1e-14)
    assert norm.running_mean == pytest.approx(mean.tolist(), rel=1e-12)
    biased = [0.8 + (v - 0.8) * 3 / 4 for v in var.tolist()]  # theirs is over n − 1, ours over n
    assert norm.running_var == pytest.approx(biased, rel=1e-12)
