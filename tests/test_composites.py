"""Composites and losses against 50-digit mpmath: extreme, tied, infinite, tiny and huge, in every mode and backend.

A value and each component of a gradient must be right to 1e-13, plus what the problem itself loses: with the condition
number κ = Σⱼ |xⱼ ∂f/∂xⱼ| / |f|, taken in mpmath by changing one input by 1e-25 of itself, 4 κ ε are allowed, for κ up
to 10⁴. Below 1e-305, where floats lose their digits, an absolute error of that size counts as none.
"""

import math
import sys

import mpmath as mp
import pytest
from budget import budget

import micrograd
from micrograd import Value, functions, losses
from micrograd.compiler.backends import kernel
from micrograd.nn import BatchNorm

BACKENDS = ["python", pytest.param("native", marks=pytest.mark.skipif(not kernel.available(), reason="no kernel"))]
EPSILON, TINY, CHANGE = sys.float_info.epsilon, 1e-305, mp.mpf("1e-25")
inf, nan = math.inf, math.nan


# ---- the references: each returns the value and the derivative by each input, in closed form, written for this test


def e(x):
    """eˣ for x ≤ 0, without the astronomically small."""
    return mp.exp(x) if x > -100_000 else mp.mpf(0)


def sigma(x):
    return 1 / (1 + e(-x)) if x >= 0 else e(x) / (1 + e(x))


def softplus(x):
    return max(x, mp.mpf(0)) + mp.log1p(e(-abs(x)))


def silu(x):
    return x * sigma(x), [sigma(x) + x * sigma(x) * sigma(-x)]


def gelu(x):
    tail = mp.erfc(abs(x) / mp.sqrt(2)) / 2 if abs(x) < 1000 else mp.mpf(0)
    share = tail if x < 0 else 1 - tail
    return x * share, [share + x * e(-x * x / 2) / mp.sqrt(2 * mp.pi)]


def mish(x):
    low = e(-abs(x))  # tanh(ln(1 + eˣ)) = (e²ˣ + 2eˣ) / (e²ˣ + 2eˣ + 2)
    top, rest = (1 + 2 * low, 2 * low * low) if x >= 0 else (low * low + 2 * low, mp.mpf(2))
    share = top / (top + rest)
    return x * share, [share + x * sigma(x) * rest * (2 * top + rest) / (top + rest) ** 2]


def elu(x, alpha=1, scale=1):
    alpha, scale = mp.mpf(alpha), mp.mpf(scale)
    return (scale * x, [scale]) if x > 0 else (scale * alpha * mp.expm1(max(x, -1000)), [scale * alpha * e(x)])


def selu(x):
    return elu(x, "1.6732632423543772848170429916717", "1.0507009873554804934193349852946")


def leaky_relu(x):
    slope = mp.mpf(1) if x > 0 else mp.mpf(0.01)
    return slope * x, [slope]


def parts(xs):
    """The position of the largest, the weights relative to it, and the sum of the others' weights."""
    k = xs.index(max(xs))
    weights = [e(x - xs[k]) for x in xs]
    return k, weights, sum(weights[:k] + weights[k + 1 :])


def logsumexp(*xs):
    k, weights, rest = parts(xs)
    return xs[k] + mp.log1p(rest), [w / (1 + rest) for w in weights]


def share(i):
    """The i-th share of softmax."""

    def reference(*xs):
        _, weights, rest = parts(xs)
        p = [w / (1 + rest) for w in weights]
        others = sum(p[:i] + p[i + 1 :])
        return p[i], [p[i] * others if j == i else -p[i] * p[j] for j in range(len(xs))]

    return reference


def log_share(i):
    def reference(*xs):
        k, weights, rest = parts(xs)
        p = [w / (1 + rest) for w in weights]
        others = sum(p[:i] + p[i + 1 :])
        return xs[i] - xs[k] - mp.log1p(rest), [others if j == i else -p[j] for j in range(len(xs))]

    return reference


def negative(reference):
    def negated(*xs):
        value, gradient = reference(*xs)
        return -value, [-d for d in gradient]

    return negated


def mean(*xs):
    return sum(xs) / len(xs), [mp.mpf(1) / len(xs)] * len(xs)


def var(*xs):
    middle = sum(xs) / len(xs)
    return sum((x - middle) ** 2 for x in xs) / len(xs), [2 * (x - middle) / len(xs) for x in xs]


def std(*xs):
    value, gradient = var(*xs)
    return mp.sqrt(value), [d / 2 / mp.sqrt(value) for d in gradient]


def norm(*xs):
    value = mp.sqrt(sum(x * x for x in xs))
    return value, [x / value for x in xs]


def sigmoids(*ys):
    def reference(*zs):
        both = list(zip(zs, ys, strict=True))
        gradient = [(1 - y) * sigma(z) - y * sigma(-z) for z, y in both]
        return sum((1 - y) * softplus(z) + y * softplus(-z) for z, y in both), gradient

    return reference


def binary(y):
    def reference(p):
        return -y * mp.log(p) - (1 - y) * mp.log1p(-p), [(1 - y) / (1 - p) - y / p]

    return reference


def squares(factor, *ys):
    def reference(*xs):
        return sum((x - y) ** 2 for x, y in zip(xs, ys, strict=True)) * factor, [
            2 * factor * (x - y) for x, y in zip(xs, ys, strict=True)
        ]

    return reference


def hinge(y):
    return lambda s: (max(mp.mpf(0), 1 - y * s), [mp.mpf(-y if 1 - y * s > 0 else 0)])


def normalised(*xs):
    """Σ wᵢ x̂ᵢ of one feature over the batch, with weights w = 1, 2, …"""
    n = len(xs)
    middle, weights = sum(xs) / n, range(1, n + 1)
    deviation = mp.sqrt(sum((x - middle) ** 2 for x in xs) / n + mp.mpf(1e-5))
    scaled = [(x - middle) / deviation for x in xs]
    along = sum(w * s for w, s in zip(weights, scaled, strict=True)) / n
    return n * along, [(w - mp.mpf(n + 1) / 2 - s * along) / deviation for w, s in zip(weights, scaled, strict=True)]


def batch_norm(xs):
    rows = BatchNorm(1)([[x] for x in xs])
    return functions.total([w * y for w, y in enumerate(rows, 1)])


# ---- the table

ONE = [
    sign * x for x in (1e-300, 1e-150, 1e-10, 0.1, 1.0, 5.0, 20.0, 38.0, 700.0, 1e3, 1e150, 1e300) for sign in (1, -1)
]
LISTS = [
    [700.0, 710.0],
    [710.0, 700.0],
    [20.0, 2.0, -4.0],
    [-30.0, 0.0],
    [0.3, 0.3, 0.3],
    [1e308, 1e308],
    [1e300, -1e300, 1.0],
    [1e150, 1e150, 1e-150],
    [1e-300, -1e-150],
    [-745.0, 0.0, -30.0],
    [5.0],
]
SPREAD = [[1.0, 2.0, 4.0], [1e150, -1e150, 3e149], [1e-200, 3e-200, -1e-200], [1e300, -1e300, 0.0], [1e4, 1e4 + 1.0]]
FEATURES = [
    [0.5, 0.25, -1.0, 3.0],
    [1e150, -1e150, 3e149, 2e149],
    [1e-200, 3e-200, -1e-200, 2e-200],
    [1e300, -1e300, 0.0, 5e299],
    [1e-3, 2e-3, 5e-3, 7e-3],
]

UNARY = {"silu": silu, "gelu": gelu, "mish": mish, "elu": elu, "selu": selu, "leaky_relu": leaky_relu, "swish": silu}


def of_one(name):
    return lambda x: getattr(functions, name)(x[0])


CASES = [(name, of_one(name), reference, [[x] for x in ONE]) for name, reference in UNARY.items()]
CASES += [
    ("logsumexp", functions.logsumexp, logsumexp, LISTS),
    ("mean", functions.mean, mean, SPREAD),
    ("var", functions.var, var, [SPREAD[0], SPREAD[4], [1e150, -1e150], [1e-150, 3e-150]]),
    ("std", functions.std, std, SPREAD),
    ("norm", functions.norm, norm, SPREAD),
    ("batch norm", batch_norm, normalised, FEATURES),
]
for _i in range(2):
    CASES += [
        (f"softmax[{_i}]", lambda xs, i=_i: functions.softmax(xs)[i], share(_i), LISTS[:-1]),
        (f"log_softmax[{_i}]", lambda xs, i=_i: functions.log_softmax(xs)[i], log_share(_i), LISTS[:-1]),
        (
            f"cross_entropy[{_i}]",
            lambda xs, i=_i: losses.cross_entropy(xs, i),
            negative(log_share(_i)),
            LISTS[:-1],
        ),
    ]
for _y in (0.0, 1.0, 0.25, 1.0 - 1e-10):
    CASES += [
        (
            f"sigmoid_cross_entropy {_y}",
            lambda z, y=_y: losses.sigmoid_cross_entropy(z[0], y),
            sigmoids(_y),
            [[x] for x in ONE],
        ),
        (
            f"binary_cross_entropy {_y}",
            lambda p, y=_y: losses.binary_cross_entropy(p[0], y),
            binary(_y),
            [[p] for p in (1e-300, 1e-150, 1e-10, 0.3, 0.5, 1 - 1e-10)],
        ),
    ]
CASES += [
    ("sigmoid_cross_entropy of several", lambda z: losses.sigmoid_cross_entropy(z, [1, 0, 0.5]), sigmoids(1, 0, 0.5),
     [[20.0, -20.0, 3.0]]),
    ("mse", lambda x: losses.mse(x, [1.0, 0.0]), squares(0.5, 1, 0), [[0.3, 2.0], [1e150, 1e-150], [1.0 + 1e-10, 1e3]]),
    ("quadratic", lambda x: losses.quadratic(x, [1.0, 0.0]), squares(0.5, 1, 0), [[0.3, 2.0], [1e150, 1e-150]]),
    ("max_margin 1", lambda x: losses.max_margin(x, [1]), hinge(1), [[0.3], [-1e300], [1e300], [1e-300], [1.5]]),
    ("max_margin -1", lambda x: losses.max_margin(x, [-1]), hinge(-1), [[0.3], [-1e300], [1e300], [1e-300]]),
]  # fmt: skip
POINTS = [
    pytest.param(f, reference, point, id=f"{name} {point}") for name, f, reference, points in CASES for point in points
]
REFERENCE = {}


def expected(reference, point):
    """The value and the gradient, each with the relative error that is allowed."""
    key = reference, tuple(point)
    if key not in REFERENCE:
        with mp.workdps(70):
            xs = list(map(mp.mpf, point))
            numbers = flat(reference(*xs))
            changed = [
                flat(reference(*[x * (1 + CHANGE * (i == j)) for i, x in enumerate(xs)])) for j in range(len(xs))
            ]
            REFERENCE[key] = [
                (x, 1e-13 + 4 * EPSILON * min(1e4, sum(abs(c[k] - x) for c in changed) / CHANGE / (abs(x) or 1)))
                for k, x in enumerate(numbers)
            ]
    return REFERENCE[key]


def flat(found):
    value, gradient = found
    return [value, *gradient]


def check(found, reference, point):
    for got, (right, allowed) in zip(found, expected(reference, point), strict=True):
        if abs(right) > sys.float_info.max:
            assert got == math.copysign(inf, right)
        else:
            assert abs(mp.mpf(got) - right) <= allowed * abs(right) + TINY, f"{found!r}, mpmath says {right}"


@pytest.mark.parametrize(("f", "reference", "point"), POINTS[:: budget(2, 1)])
def test_eager(f, reference, point):
    leaves = list(map(Value, point))
    out = f(leaves)
    out.backward()
    check([out.data, *(v.grad for v in leaves)], reference, point)


@pytest.mark.parametrize(("f", "reference", "point"), POINTS[:: budget(5, 1)])
def test_forward_mode_series_and_second_order(f, reference, point):
    n = len(point)
    units = [[float(i == j) for j in range(n)] for i in range(n)]
    pairs = [micrograd.jvp(f, point, unit) for unit in units]
    check([pairs[0][0], *(tangent for _, tangent in pairs)], reference, point)
    lines = [
        micrograd.taylor(lambda t, u=unit: f([x + t * d if d else x for x, d in zip(point, u, strict=True)]), 0.0, 2)
        for unit in units
    ]
    check([lines[0][0], *(line[1] for line in lines)], reference, point)
    if all(1e-100 < abs(x) < 1e100 for x in point):
        assert all(math.isfinite(h) for row in micrograd.hessian(f)(point) for h in row)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("name", "f", "reference", "points"), CASES, ids=[case[0] for case in CASES])
def test_compiled(name, f, reference, points, backend):
    """One program for each length, and the same program for every point."""
    compiled = micrograd.compile(f, backend=backend)
    gradient = micrograd.compile(micrograd.value_and_grad(f), backend=backend)
    for point in points:
        leaves = list(map(Value, point))
        out = compiled(leaves)
        out.backward()
        check([out.data, *(v.grad for v in leaves)], reference, point)
        value, derivatives = gradient(point)
        check([value, *derivatives], reference, point)


# ---- where an input is infinite: the limit, if there is one; nan where there is none, as in PyTorch and JAX

INFINITE = [
    (lambda x: functions.silu(x[0]), [-inf], 0.0, [0.0]),
    (lambda x: functions.silu(x[0]), [inf], inf, [1.0]),
    (lambda x: functions.gelu(x[0]), [-inf], 0.0, [0.0]),
    (lambda x: functions.gelu(x[0]), [inf], inf, [1.0]),
    (lambda x: functions.mish(x[0]), [-inf], 0.0, [0.0]),
    (lambda x: functions.mish(x[0]), [inf], inf, [1.0]),
    (lambda x: functions.elu(x[0]), [-inf], -1.0, [0.0]),
    (lambda x: functions.elu(x[0]), [inf], inf, [1.0]),
    (lambda x: functions.leaky_relu(x[0]), [-inf], -inf, [0.01]),
    (lambda x: functions.softmax(x)[0], [inf, 0.0], 1.0, [0.0, 0.0]),
    (lambda x: functions.softmax(x)[0], [-inf, 0.0], 0.0, [0.0, 0.0]),
    (lambda x: functions.softmax(x)[0], [inf, inf], nan, [nan, nan]),
    (lambda x: functions.log_softmax(x)[0], [inf, 0.0], 0.0, [0.0, 0.0]),
    (lambda x: functions.log_softmax(x)[0], [-inf, 0.0, 0.0], -inf, [1.0, -0.5, -0.5]),
    (functions.logsumexp, [inf, 0.0], inf, [1.0, 0.0]),
    (functions.logsumexp, [-inf, 0.0], 0.0, [0.0, 1.0]),
    (functions.logsumexp, [-inf, -inf], -inf, [nan, nan]),
    (functions.logsumexp, [inf, inf], inf, [nan, nan]),
    (functions.logsumexp, [nan, 0.0], nan, [nan, nan]),
    (functions.logsumexp, [0.0, nan, 1.0], nan, [nan, nan, nan]),
    (lambda x: losses.cross_entropy(x, 0), [inf, 0.0], 0.0, [0.0, 0.0]),
    (lambda x: losses.cross_entropy(x, 0), [0.0, inf], inf, [-1.0, 1.0]),
    (lambda x: losses.cross_entropy(x, 0), [-inf, 0.0, 0.0], inf, [-1.0, 0.5, 0.5]),
    (lambda x: losses.cross_entropy(x, 0), [0.0, -inf, 0.0], math.log(2), [-0.5, 0.0, 0.5]),
    (lambda x: losses.cross_entropy(x, 0), [inf, inf], nan, [nan, nan]),
    (lambda x: losses.cross_entropy(x, 0), [-1e308, 1e308], inf, [-1.0, 1.0]),
    (lambda x: losses.sigmoid_cross_entropy(x[0], 1), [inf], 0.0, [0.0]),
    (lambda x: losses.sigmoid_cross_entropy(x[0], 1), [-inf], inf, [-1.0]),
    (lambda x: losses.sigmoid_cross_entropy(x[0], 0), [-inf], 0.0, [0.0]),
    (lambda x: losses.max_margin(x, [1]), [inf], 0.0, [0.0]),
]


def same(got, wanted):
    return len(got) == len(wanted) and all(
        g == w or (g != g and w != w) or math.isclose(g, w, rel_tol=1e-13) for g, w in zip(got, wanted, strict=True)
    )


@pytest.mark.parametrize(("f", "point", "value", "gradient"), INFINITE)
def test_infinite(f, point, value, gradient):
    leaves = list(map(Value, point))
    out = f(leaves)
    out.backward()
    assert same([out.data, *(v.grad for v in leaves)], [value, *gradient])
    for backend in ("python", None):
        compiled = micrograd.compile(f, backend=backend)
        leaves = list(map(Value, point))
        out = compiled(leaves)
        out.backward()
        assert same([out.data, *(v.grad for v in leaves)], [value, *gradient]), backend


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("labels", [[0.0, 1.0, 0.25], [1, 0, 1]])
def test_targets_that_change_from_call_to_call(labels, backend):
    """The labels are inputs of the program: those of the first call are not kept."""
    first, zs = [0, 0, 1], [20.0, -3.0, -20.0]
    for loss, outputs in (
        (losses.sigmoid_cross_entropy, zs),
        (losses.binary_cross_entropy, [1e-10, 0.3, 1 - 1e-10]),
        (losses.mse, zs),
    ):
        compiled = micrograd.compile(loss, backend=backend)
        compiled(outputs, first)
        assert compiled(outputs, labels) == pytest.approx(loss(outputs, labels), rel=1e-14)
    compiled = micrograd.compile(losses.cross_entropy, backend=backend)
    compiled([zs, zs], [0, 1])
    assert compiled([zs, zs], [2, 0]) == pytest.approx(losses.cross_entropy([zs, zs], [2, 0]), rel=1e-14)
    with pytest.raises(ValueError, match="a class from 0 to 2, got 3"):
        compiled([zs, zs], [3, 0])


def test_one_value_stays_a_value():
    x = Value(3.0)
    for out, value in ((functions.softmax([x])[0], 1.0), (functions.log_softmax([x])[0], 0.0)):
        out.backward()
        assert out.data == value and x.grad == 0.0
    for f in (functions.softmax, functions.log_softmax, functions.logsumexp, functions.norm):
        with pytest.raises(ValueError, match=f"{f.__name__} needs at least one value"):
            f([])
