"""Loops over single numbers, as people write them; `matrix_forms.txt` has the matrix form of each."""

import math

import micrograd
from micrograd import Value, dot, exp, log, relu, softmax, tanh, total
from micrograd.losses import cross_entropy
from micrograd.nn import MLP, Layer

CASES = {}


def case(make):
    """Enter a function that makes a function, with the arguments of a call."""
    CASES[make.__name__] = make
    return make


def matrix(rows, columns):
    return [[Value(math.sin(7 * i + j + rows)) for j in range(columns)] for i in range(rows)]


def vector(size):
    return matrix(1, size)[0]


def numbers(*shape):
    """Different numbers in nested lists of that shape."""
    drawn = iter([math.sin(k * k + 1.0) for k in range(math.prod(shape))])

    def nested(size, *rest):
        return [nested(*rest) if rest else next(drawn) for _ in range(size)]

    return nested(*shape)


@case
def a_product_and_a_sum():
    def f(a, b, c):
        return a * b + c

    return f, (Value(1.0), Value(2.0), Value(3.0))


@case
def a_neuron():
    w, b = vector(2), Value(0.1)

    def neuron(x):
        return tanh(sum((wi * xi for wi, xi in zip(w, x, strict=True)), b))

    return neuron, ([1.0, 2.0],)


@case
def a_layer():
    layer = Layer(2, 3, rng=1)

    def out(x):
        return layer(x)

    return out, ([1.0, 2.0],)


@case
def one_point_of_the_moons():
    model = MLP(2, [16, 16, 1], rng=1)

    def loss(x, y):
        return relu(1 - y * model(x))

    return loss, ([0.5, 0.3], 1.0)


@case
def all_points_of_the_moons():
    model = MLP(2, [16, 16, 1], rng=1)

    def loss(X, y):
        margins = [relu(1 + -yi * model(x)) for x, yi in zip(X, y, strict=True)]
        return total(margins) * (1 / len(margins)) + 1e-4 * sum(p * p for p in model.parameters())

    return loss, (numbers(10, 2), numbers(10))


@case
def squares_in_a_batch():
    model = MLP(3, [4, 2], activation="tanh", rng=1)

    def mse(X, Y):
        return sum(sum((o - y) ** 2 for o, y in zip(model(x), row, strict=True)) for x, row in zip(X, Y, strict=True))

    return mse, (numbers(5, 3), numbers(5, 2))


@case
def a_network_of_ones_own():
    class Dense:
        def __init__(self, nin, nout):
            self.W, self.b = matrix(nout, nin), vector(nout)

        def __call__(self, x):
            return [dot(row, x, b) for row, b in zip(self.W, self.b, strict=True)]

    layers = [Dense(2, 4), Dense(4, 3)]

    def score(x):
        return total([tanh(v) for v in layers[1]([tanh(v) for v in layers[0](x)])])

    return score, ([0.1, 0.2],)


@case
def surprise():
    layer = Layer(4, 3, nonlin=False, rng=1)

    def loss(x, y):
        powers = [exp(z) for z in layer(x)]
        return -log(powers[y] / total(powers))

    return loss, (numbers(4), 2)


@case
def classes_in_a_batch():
    layer = Layer(2, 3, nonlin=False, rng=1)

    def loss(X, y):
        return cross_entropy(layer(X), y)

    return loss, (numbers(6, 2), [0, 1, 2, 2, 1, 0])


@case
def an_attention_head():
    Wq, Wk, Wv = matrix(3, 4), matrix(3, 4), matrix(3, 4)

    def attention(X):
        Q, K, V = ([[dot(row, x) for row in W] for x in X] for W in (Wq, Wk, Wv))
        out = 0.0
        for q in Q:
            e = [exp(dot(q, k) / math.sqrt(3)) for k in K]
            whole = total(e)
            out += sum(dot([v / whole for v in e], column) ** 2 for column in zip(*V, strict=True))
        return out

    return attention, (numbers(5, 4),)


@case
def a_recurrent_network():
    U, W, b = matrix(3, 3), matrix(3, 2), vector(3)

    def final(xs):
        h = [0.0] * 3
        for x in xs:
            h = [tanh(dot(u, h) + dot(w, x) + bi) for u, w, bi in zip(U, W, b, strict=True)]
        return total(h)

    return final, (numbers(5, 2),)


@case
def a_matrix_in_a_row():
    w = vector(6)

    def f(x):
        return total([tanh(sum(w[3 * i + j] * x[j] for j in range(3))) for i in range(2)])

    return f, (numbers(3),)


@case
def a_convolution():
    K = matrix(3, 3)

    def conv(image):
        size = range(len(image) - 2)
        return total(
            [relu(sum(K[a][b] * image[i + a][j + b] for a in range(3) for b in range(3))) for i in size for j in size]
        )

    return conv, (numbers(6, 6),)


@case
def a_valley():
    def rosenbrock(x):
        return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:], strict=False))

    return rosenbrock, ([Value(0.1 * k) for k in range(6)],)


@case
def nothing_in_common():
    def f(x):
        return tanh(x[0]) * exp(x[1]) + micrograd.sin(x[2] / x[0])

    return f, (vector(3),)


@case
def shares():
    layer = Layer(2, 3, nonlin=False, rng=1)

    def p(x):
        return softmax(layer(x))

    return p, ([0.1, 0.2],)
