"""First to fourth derivatives of every primitive, in every mode, against 50-digit mpmath."""

import itertools
import math
import operator
from collections import Counter

import mpmath as mp
import pytest
from points import TABLE, cases

from micrograd import Value, functions
from micrograd._core.elementary import apply
from micrograd.calculus import grad, jvp, taylor
from micrograd.calculus.numeric_kinds import run
from micrograd.ops import PRIMITIVES, Primitive

ORDER, TOLERANCE = 4, 1e-10
CASES = list(cases())
OPERATORS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "mod": operator.mod,
    "floordiv": operator.floordiv,
    "power": operator.pow,
    "power_value": lambda x, y: x ** (Value(y) if isinstance(y, float) else y),
    "total": lambda *values: functions.total(values),
    "norm": lambda *values: functions.norm(values),
    "logsumexp": lambda *values: functions.logsumexp(values),
    "cross_entropy": lambda *operands: apply(PRIMITIVES["cross_entropy"], operands),
    "dot": lambda *v: functions.dot(v[: len(v) // 2], v[len(v) // 2 : -1], v[-1]),
}


def written(name):
    """The primitive as a user writes it: an operator or a function of the package."""
    return OPERATORS.get(name) or getattr(functions, name)


def multi_indices(n):
    """Every choice of up to four of n operands to differentiate by, each as often as it is named."""
    return [chosen for k in range(1, ORDER + 1) for chosen in itertools.combinations_with_replacement(range(n), k)]


def by_mpmath(f, point, chosen):
    counts = Counter(chosen)
    with mp.workdps(50):
        return mp.diff(f, tuple(map(mp.mpf, point)), tuple(counts[i] for i in range(len(point))))


REFERENCE = {}


def reference(name, operands, constants):
    """∂ᵅf for every multi-index, by differences in 50 digits: computed once for all modes."""
    key = (name, operands, constants)
    if key not in REFERENCE:
        f = TABLE[name][2]
        REFERENCE[key] = {
            chosen: float(by_mpmath(lambda *xs: f(*xs, *constants), operands, chosen))
            for chosen in multi_indices(len(operands))
        }
    return REFERENCE[key]


def reverse(f, chosen):
    for i in chosen:
        f = grad(f, i)
    return f


def forward_over_reverse(f, chosen):
    f = grad(f, chosen[0])
    for i in chosen[1:]:
        f = forward(f, i)
    return f


def forward(f, i):
    return lambda *xs: jvp(f, xs, tuple(float(i == j) for j in range(len(xs))))[1]


def reverse_over_forward(f, chosen):
    for i in chosen[:-1]:
        f = forward(f, i)
    return grad(f, chosen[-1])


def close(expected, got):
    return abs(float(got) - expected) <= TOLERANCE * max(1.0, abs(expected))


def test_every_primitive_has_points():
    assert set(TABLE) == set(PRIMITIVES)


@pytest.mark.parametrize("mode", [reverse, forward_over_reverse, reverse_over_forward])
@pytest.mark.parametrize(("name", "operands", "constants"), CASES)
def test_nested_modes(mode, name, operands, constants):
    f = written(name)
    for chosen, expected in reference(name, operands, constants).items():
        got = mode(lambda *xs: f(*xs, *constants), chosen)(*operands)
        assert close(expected, got), f"∂{chosen}: {got!r}, mpmath says {expected!r}"


@pytest.mark.parametrize(("name", "operands", "constants"), CASES)
def test_taylor(name, operands, constants):
    """Along each operand, and along a line on which every mixed derivative counts."""
    f, n = written(name), len(operands)
    lines = [[float(i == j) for j in range(n)] for i in range(n)] + [[1.0 - 0.35 * j for j in range(n)]]
    expected = reference(name, operands, constants)
    for u in lines:
        got = taylor(lambda t, u=u: f(*[x + t * d for x, d in zip(operands, u, strict=True)], *constants), 0.0, ORDER)
        for k in range(1, ORDER + 1):
            coefficient, largest = 0.0, 1.0
            for chosen in itertools.combinations_with_replacement(range(n), k):
                weight = math.prod(u[i] for i in chosen) / math.prod(map(math.factorial, Counter(chosen).values()))
                coefficient += expected[chosen] * weight
                largest = max(largest, abs(expected[chosen] * weight))
            assert abs(got[k] - coefficient) <= TOLERANCE * largest


@pytest.mark.parametrize("name", TABLE)
def test_what_a_primitive_says_on_numbers_that_carry_derivatives(name):
    """Its own function on any number, without the package's functions in between: how a new primitive starts out."""
    op = PRIMITIVES[name]
    for case, operands, constants in CASES:
        if case == name:
            got = jvp(lambda *xs, k=constants: run(op, xs, k)[0], operands, (1.0,) * len(operands))[1]
            first = reference(name, operands, constants)
            assert close(sum(first[(i,)] for i in range(len(operands))), got)


def test_a_primitive_that_nobody_has_heard_of():
    def run_it(m, x):
        return m.exp(-(x * x)) * m.sin(x), m.exp(-(x * x)) * (m.cos(x) - 2.0 * x * m.sin(x))

    op = Primitive(run_it, "packet", "", "")
    with mp.workdps(50):
        expected = [mp.diff(lambda x: mp.exp(-x * x) * mp.sin(x), mp.mpf(0.7), k) for k in range(5)]
    got = taylor(lambda x: run(op, (x,))[0], 0.7, 4)
    assert [math.factorial(k) * c for k, c in enumerate(got)] == pytest.approx(list(map(float, expected)), rel=1e-12)
    second = grad(grad(lambda x: run(op, (x,))[0]))(0.7)
    assert second == pytest.approx(float(expected[2]), rel=1e-12)
