"""Functions to be exported, with examples; and every primitive at the points of its table and at its edges."""

import math
from functools import reduce

import numpy as np
from points import TABLE

import micrograd
from micrograd import Value, index, logsumexp, pick, softmax, total
from micrograd.functions import apply
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.ops import PRIMITIVES, quietly

inf, nan = math.inf, math.nan
CASES = {}


def case(make):
    """Enter a function that makes a function, its parameters, and examples."""
    CASES[make.__name__] = make
    return make


def numbers(*shape):
    """Different numbers in nested lists of that shape."""
    return np.random.default_rng(sum(shape)).normal(size=shape).tolist()


def matrix(rows, columns):
    return [[Value(math.sin(7 * i + j + rows)) for j in range(columns)] for i in range(rows)]


@case
def moons():
    model = MLP(2, [16, 16, 1], rng=1)

    def loss(x, y):
        return (1 + -y * model(x)).relu() + 1e-4 * sum(p * p for p in model.parameters())

    return loss, model.parameters(), [(x, y) for x, y in zip(numbers(4, 2), (1.0, -1.0, 1.0, -1.0), strict=True)]


@case
def surprise():
    model = MLP(4, [8, 3], rng=1)

    def loss(x, i):
        logits = model(x)
        return logsumexp(logits) - pick(logits, i)

    return loss, model.parameters(), [(x, index(k)) for k, x in enumerate(numbers(3, 4))]


@case
def crossed():
    model = MLP(4, [8, 3], rng=1)
    return (
        lambda x, i: cross_entropy([model(x)], [i]),
        model.parameters(),
        [(x, index(k)) for k, x in enumerate(numbers(3, 4))],
    )


@case
def valley():
    xs = [Value(x) for x in numbers(10)]
    return lambda: sum(100 * (xs[k + 1] - xs[k] ** 2) ** 2 + (1 - xs[k]) ** 2 for k in range(9)), xs, [()]


def recurrent(steps):
    W, U, b, V = matrix(6, 6), matrix(6, 3), matrix(1, 6)[0], matrix(1, 6)[0]

    def rnn(sequence, y):
        h = [0.0] * 6
        for x in sequence:
            sums = zip(W, U, b, strict=True)
            h = [
                (
                    sum(wi * hi for wi, hi in zip(w, h, strict=True))
                    + sum(ui * xi for ui, xi in zip(u, x, strict=True))
                    + bi
                ).tanh()
                for w, u, bi in sums
            ]
        return (sum(v * a for v, a in zip(V, h, strict=True)) - y) ** 2

    examples = [(numbers(steps, 3), 0.3), (np.ones((steps, 3)).tolist(), -1.0)]
    return rnn, [p for row in (*W, *U, b, V) for p in row], examples


@case
def a_recurrent_network():
    return recurrent(12)


@case
def attention():
    """Causal, as in a small transformer: what comes later is not in the sums."""
    query, key, value, table = (matrix(4, 4) for _ in range(4))

    def times(weights, x):
        return [total([w * xi for w, xi in zip(row, x, strict=True)]) for row in weights]

    def out(scale):
        xs = [[scale * v for v in row] for row in table]
        keys, values, made = [], [], []
        for x in xs:
            keys.append(times(key, x))
            values.append(times(value, x))
            q = times(query, x)
            scores = [total([a * b for a, b in zip(q, k, strict=True)]) for k in keys]
            largest = reduce(micrograd.max, scores).data
            weights = [(s - largest).exp() for s in scores]
            made.append(total([w * v[0] for w, v in zip(weights, values, strict=True)]) / total(weights))
        return total(made)

    return out, [p for m in (query, key, value, table) for row in m for p in row], [(0.5,), (-1.5,), (40.0,)]


@case
def weights_of_softmax():
    model = MLP(3, [5], activation="tanh", rng=2)
    return lambda x: softmax(model(x))[2] ** 2, model.parameters(), [(x,) for x in numbers(3, 3)]


@case
def a_table_of_rows():
    table, w = matrix(5, 3), matrix(1, 3)[0]
    return (
        lambda i, scale: total([scale * a * b for a, b in zip(pick(table, i), w, strict=True)]),
        [p for row in (*table, w) for p in row],
        [(index(k), 0.5 + k) for k in (0, 3, 4)],
    )


@case
def a_convolution():
    kernel = matrix(1, 3)[0]
    return (
        lambda x: total([total([w * x[i + k] for k, w in enumerate(kernel)]).tanh() for i in range(6)]),
        kernel,
        [(x,) for x in numbers(2, 8)],
    )


# ---- functions of one line, each of which some spelling once got wrong

v, w, M = matrix(1, 3)[0], Value(1.5), matrix(3, 4)
LINES = {
    "no parameters": (lambda x: x[0] * x[1] + x[2], [(x,) for x in numbers(2, 3)]),
    "a list": (lambda x: [w * a for a in x], [(x,) for x in numbers(2, 3)]),
    "a matrix": (lambda x: [[a * b for b in v] for a in x], [(x,) for x in numbers(2, 2)]),
    "several results": (lambda x: (w * x, [a * x for a in v], {"k": x + 1.0}), [(0.5,), (0.7,)]),
    "the argument itself": (lambda x: [x, w * x], [(0.5,), (0.7,)]),
    "a list of one": (lambda x: [[w * x[0]]], [([0.5],), ([0.7],)]),
    "three axes": (
        lambda x: total([a * b for p in x for q in p for a, b in zip(q, v, strict=True)]),
        [(x,) for x in numbers(2, 2, 2, 3)],
    ),
    "a matrix of each example": (
        lambda A, x: [total([a * b for a, b in zip(row, x, strict=True)]) * w for row in A],
        [*zip(numbers(2, 4, 3), numbers(2, 3), strict=True)],
    ),
    "from the left": (
        lambda A, x: [total([A[i][j] * x[i] for i in range(4)]) * w for j in range(3)],
        [*zip(numbers(2, 4, 3), numbers(2, 4), strict=True)],
    ),
    "two matrices of each example": (
        lambda A, B: [[total([A[i][k] * B[k][j] for k in range(3)]) for j in range(2)] for i in range(4)],
        [*zip(numbers(2, 4, 3), numbers(2, 3, 2), strict=True)],
    ),
    "by columns": (
        lambda A: [[total([A[i][k] * M[k][j] for k in range(3)]) for j in range(4)] for i in range(2)],
        [(x,) for x in numbers(2, 2, 3)],
    ),
    "indices": (lambda i, j: pick(v, i) * pick(M, j)[1], [(index(0), index(1)), (index(2), index(2))]),
    "a softmax of anything": (lambda x: softmax([v[0] * x, w, v[1] * v[2] * x, 0.0])[0], [(0.5,), (-0.5,)]),
    "sums of different lengths": (
        lambda x: [total([M[0][j] * x[j] for j in range(i + 1)]) for i in range(4)],
        [(x,) for x in numbers(2, 4)],
    ),
    "logarithms of different lengths": (
        lambda x: total([logsumexp([a * x for a in v[:k]]) for k in (1, 2, 3)]),
        [(0.5,), (-0.5,)],
    ),
    "windows": (
        lambda x: [
            [total([M[a][b] * x[i + a][j + b] for a in range(2) for b in range(2)]) for j in range(3)] for i in range(3)
        ],
        [(x,) for x in numbers(2, 4, 4)],
    ),
    "strides": (lambda x: [w * a for a in x[::2]] + [w * a for a in x[::-1]], [(x,) for x in numbers(2, 6)]),
    "a diagonal": (lambda X: [X[i][2 - i] * w * X[i][0] for i in range(3)], [(x,) for x in numbers(2, 3, 3)]),
    "single parameters": (
        lambda x: [M[0][k] * x for k in (3, 0, 2)] + [M[1][k] * x for k in (1, 2)],
        [(0.5,), (0.7,)],
    ),
    "states": (
        lambda X: [h := Value(0.0), *(h := (w * h + x).tanh() for x in X)][1:],
        [(x,) for x in numbers(2, 12)],
    ),
    "a derivative": (lambda x: micrograd.grad(lambda u: micrograd.relu(u * x) * u)(w), [(0.5,), (-0.7,)]),
    "turned around": (
        lambda x: (
            micrograd.grad(micrograd.grad(micrograd.acosh))(w * x)
            + total([a * b for a, b in zip(v, v[::-1], strict=True)])
        ),
        [(1.5,), (1.7,)],
    ),
    "a step": (lambda x: micrograd.grad(micrograd.relu)(w * x), [(0.5,), (-0.7,)]),
    "detached": (lambda x: (w * x).detach() * w + w.data * x, [(0.5,), (0.7,)]),
    "known numbers alone": (lambda x: w * x / (1.00001**0.5) + float(M[0][0].data) ** 0.5, [(0.5,), (0.7,)]),
}


def numbers_in(x):
    """All numbers in a result, of whatever engine."""
    if isinstance(x, dict):
        x = list(x.values())
    if isinstance(x, (list, tuple)):
        return [number for part in x for number in numbers_in(part)]
    if isinstance(x, Value):
        return [x.data]
    return np.ravel(x.detach() if hasattr(x, "detach") else x).tolist()


def of_example(x, k):
    """What a batched result has for an example."""
    if isinstance(x, dict):
        return {key: of_example(part, k) for key, part in x.items()}
    return tuple(of_example(part, k) for part in x) if isinstance(x, tuple) else x[k]


def reference(f, parameters, examples):
    """Values and gradients of eager mode."""
    values, gradients = [], []
    for example in examples:
        for p in parameters:
            p.grad = 0.0
        out = f(*example)
        out.backward()
        values.append(out.data)
        gradients.append([p.grad for p in parameters])
    return np.array(values), np.array(gradients)


def columns(examples):
    """The examples as arrays, each with a first axis."""
    return [np.array([np.asarray(x, dtype=float) for x in column]) for column in zip(*examples, strict=True)]


# ---- decisions


def sides():
    """A function with two sides, each of which is singular where the other one holds; its parameter, two examples."""
    w = Value(2.0)

    def f(x):
        return w * micrograd.sqrt(x) if x > 0 else w / x * micrograd.sqrt(-x)

    return f, [w], [(4.0,), (-4.0,)]


# ---- primitives

EDGES = {
    1: [(x,) for x in (0.0, -0.0, 1.0, -1.0, 50.0, 400.0, -400.0, 800.0, -1000.0, inf, -inf, nan)],
    2: [
        *((1.0, 1.0), (0.0, 0.0), (-0.0, 0.0), (2.0, 2.0), (-2.0, -3.0), (0.0, 1.0), (1.0, 0.0), (nan, 1.0)),
        *((1.0, nan), (inf, 1.0), (1.0, inf), (-inf, inf), (inf, inf), (-8.0, 1 / 3)),
    ],
    3: [(1.0, 1.0, 2.0), (2.0, 1.0, 2.0), (nan, 1.0, 2.0), (inf, 0.0, 1.0)],
}


def points():
    """Each primitive, its operands and its constants, at all points."""
    for name, (table, constants, _) in TABLE.items():
        found = {}
        for point in table:
            count = len(point) - constants
            found.setdefault((count, point[count:]), []).append(point[:count])
        for (count, extra), of in found.items():
            own = EDGES.get(count, []) if name != "where" else []
            yield from ((PRIMITIVES[name], point, extra) for point in (*of, *own))


def title(op, point, extra):
    return f"{op.name}{len(point)}{extra}"


def names_of_points():
    """The keys of what `everything` returns; JAX sorts them."""
    return list(dict.fromkeys(title(*call) for call in points()))


def all_primitives():
    """A function that returns each primitive at each point, its parameters, the results, and their derivatives."""
    calls = list(points())
    values = [[Value(x) for x in point] for _, point, _ in calls]

    def everything():
        made = {}
        for (op, _, extra), x in zip(calls, values, strict=True):
            out = x[0] ** extra[0] if extra else apply(op, x)
            made.setdefault(title(op, x, extra), []).append(out)
        return made

    expected = [quietly(op, list(point), extra) for op, point, extra in calls]
    results = [out for out, *_ in expected]
    partials = [float(x) for _, *those in expected for x in those]
    return everything, [v for those in values for v in those], np.array(results), np.array(partials)


def agree(got, expected, tolerance=1e-12):
    """Within 10⁻¹² of their magnitude, or of 1; nan and inf in the same places."""
    got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    with np.errstate(invalid="ignore"):
        near = np.abs(got - expected) <= tolerance * np.maximum(1.0, np.abs(expected))
    return near | (got == expected) | (np.isnan(got) & np.isnan(expected))
