"""Losses on which eager and compiled forms are compared: the reference networks, and shapes of graph that they lack.

`WORKLOADS` has for each name a function that makes the same at each call: a loss, the arguments it is called with,
and the parameters that it reads.
"""

import random
from typing import Any, NamedTuple

from budget import budget

import micrograd
from benchmarks import ours, workloads
from examples import by_hand, deeper, four_equations, noise, small_weights
from micrograd import Value, losses, total
from micrograd.datasets import moons
from micrograd.nn import BatchNorm, Layer, Sequential


class Workload(NamedTuple):
    loss: Any
    args: tuple
    parameters: list


def parameters(rng, n, scale=0.5):
    return [Value(rng.gauss(0, scale)) for _ in range(n)]


def numbers(rng, *shape):
    """Normal numbers in nested lists of that shape."""
    size, *rest = shape
    return [numbers(rng, *rest) if rest else rng.gauss(0, 1) for _ in range(size)]


# ---- the reference networks


def network(model, criterion, inputs, targets):
    """The loss of a model on inputs and their targets, whatever the model and the loss."""

    def loss(inputs, targets):
        return criterion(model(inputs), targets)

    return Workload(loss, (inputs, targets), model.parameters())


def two_two_two():
    return network(by_hand.network(), losses.quadratic, by_hand.INPUTS, by_hand.TARGETS)


def small_relu():
    return network(small_weights.network(), losses.cross_entropy, small_weights.BATCH, small_weights.CLASSES)


def mini_batch_of_noise():
    rng = random.Random(1)
    return network(noise.network(rng), losses.cross_entropy, *noise.samples(4, rng))


def sigmoid_quadratic():
    return network(four_equations.network(random.Random(7)), losses.quadratic, [0.2, -0.9, 0.5], [0.0, 1.0])


def sigmoid_cross_entropy():
    model = four_equations.network(random.Random(7))

    def criterion(outputs, targets):
        return losses.binary_cross_entropy(outputs, targets, reduction="sum")

    return network(model, criterion, [0.2, -0.9, 0.5], [0.25, 0.75])


def batch_normalised():
    """In training: the statistics of the batch are part of the graph."""
    rng = random.Random(3)
    model = Sequential(
        Layer(3, 4, activation="linear", init="he", rng=rng),
        BatchNorm(4),
        Layer(4, 4, activation="sigmoid", rng=rng),
        BatchNorm(4, momentum=0.5),
        Layer(4, 3, activation="linear", init="xavier", rng=rng),
    )
    return network(model, losses.cross_entropy, numbers(rng, 5, 3), [0, 2, 1, 1, 0])


def in_evaluation():
    """Running statistics, after two batches, and a dropout that drops nothing."""
    rng = random.Random(3)
    model = deeper.network(rng, layers=2)
    for _ in range(2):
        model(numbers(rng, 6, 2))
    model.eval()
    return network(model, losses.cross_entropy, numbers(rng, 4, 2), [0, 1, 1, 0])


def moons_demo(engine):
    """W1; in the quick test on fewer points."""
    workload = workloads.w1(engine)
    return of_the_benchmarks(workload._replace(data=moons(budget(12, 100), noise=0.1, seed=1337)))


def of_the_benchmarks(workload):
    return Workload(workload.function, workload.data, workload.parameters)


# ---- other shapes of graph


def recurrent():
    """A recurrent network written out in single numbers: hₜ = tanh(W xₜ + U hₜ₋₁ + b), and an output at each time."""
    rng = random.Random(11)
    width, times = 3, 6
    w, u, b, v = (parameters(rng, n) for n in (width, width * width, width, width))
    inputs = numbers(rng, times)

    def loss(inputs, targets):
        h = [0.0] * width
        outputs = []
        for x in inputs:
            h = [
                micrograd.tanh(w[i] * x + sum(u[width * i + j] * h[j] for j in range(width)) + b[i])
                for i in range(width)
            ]
            outputs.append(sum(c * state for c, state in zip(v, h, strict=True)))
        return losses.mse(outputs, targets)

    return Workload(loss, (inputs, inputs[1:] + inputs[:1]), [*w, *u, *b, *v])


def convolution():
    """Two 3×3 kernels over a 6×6 image, each weight in 16 places; ReLU, 2×2 max pooling, and a linear output."""
    rng = random.Random(12)
    kernels, biases, output = [parameters(rng, 9) for _ in range(2)], parameters(rng, 2), parameters(rng, 8)

    def loss(image, target):
        features = []
        for kernel, bias in zip(kernels, biases, strict=True):
            maps = [
                [
                    micrograd.relu(
                        sum(kernel[3 * i + j] * image[row + i][column + j] for i in range(3) for j in range(3)) + bias
                    )
                    for column in range(4)
                ]
                for row in range(4)
            ]
            features += [
                micrograd.max(maps[r][c], maps[r][c + 1], maps[r + 1][c], maps[r + 1][c + 1])
                for r in (0, 2)
                for c in (0, 2)
            ]
        return (sum(w * f for w, f in zip(output, features, strict=True)) - target) ** 2

    return Workload(loss, (numbers(rng, 6, 6), 0.5), [*kernels[0], *kernels[1], *biases, *output])


def signal():
    """A 1-D convolution of stride 2 with one shared kernel of four, used twice, one on top of the other."""
    rng = random.Random(13)
    kernel = parameters(rng, 4)

    def pass_over(xs):
        return [
            micrograd.tanh(total([k * x for k, x in zip(kernel, xs[i : i + 4], strict=True)]))
            for i in range(0, len(xs) - 3, 2)
        ]

    def loss(xs):
        return total([y**2 for y in pass_over(pass_over(xs))])

    return Workload(loss, (numbers(rng, 16),), kernel)


def shared_subexpressions():
    """Equal expressions written again, a node of many uses, and a chain whose paths double at each of 30 nodes."""
    x, y = Value(0.7), Value(-1.3)

    def loss(a):
        product = x * y + a
        again = x * y + a
        doubling = (x * y).tanh()
        for _ in range(30):
            doubling = (doubling + doubling) * 0.5
        return (product * again + (y * x).exp() * (x * y).exp() + doubling) / (1 + product**2) - (x - y) * (x - y)

    return Workload(loss, (0.25,), [x, y])


def every_function():
    """Each elementary function once, of operands where it is defined, and each operator."""
    rng = random.Random(14)
    xs = [Value(rng.uniform(0.2, 0.9)) for _ in range(4)]

    def loss(a):
        x, y, z, w = xs
        names = "exp log tanh sigmoid relu softplus sin cos tan atan sqrt expm1 log1p erf gelu silu elu leaky_relu abs"
        terms = [getattr(micrograd, name)(v) for name in names.split() for v in (x, y - 1 if name == "relu" else y)]
        terms += [x / y, y**x, z**-1.5, 2**z, w**3, -x, a - w, a / z, micrograd.max(x, y, z), micrograd.min(y, w)]
        terms += [*micrograd.softmax([x, y, z]), micrograd.logsumexp([z, w, x]), micrograd.dot([x, y], [z, w], a)]
        return total([(1 + k / 10) * term for k, term in enumerate(terms)])

    return Workload(loss, (0.3,), xs)


WORKLOADS = {
    "two_two_two": two_two_two,
    "small_relu": small_relu,
    "mini_batch_of_noise": mini_batch_of_noise,
    "sigmoid_quadratic": sigmoid_quadratic,
    "sigmoid_cross_entropy": sigmoid_cross_entropy,
    "batch_normalised": batch_normalised,
    "in_evaluation": in_evaluation,
    "moons": lambda: moons_demo(ours.EAGER),
    "moons_fused": lambda: moons_demo(ours.FUSED),
    "small_gpt": lambda: of_the_benchmarks(workloads.w2(ours.EAGER)),
    "small_gpt_fused": lambda: of_the_benchmarks(workloads.w2(ours.FUSED)),
    "rosenbrock_2d": lambda: of_the_benchmarks(workloads.valley(2, ours.EAGER)),
    "rosenbrock_100d": lambda: of_the_benchmarks(workloads.valley(100, ours.EAGER)),
    "recurrent": recurrent,
    "convolution": convolution,
    "signal": signal,
    "shared_subexpressions": shared_subexpressions,
    "every_function": every_function,
}
