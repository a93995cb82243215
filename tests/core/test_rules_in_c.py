"""The rules in C, as the native node runs them: the floats of `ops`, bit by bit, or none at all."""

import itertools
import math
import random
import struct

import pytest
from points import TABLE

from micrograd import Value
from micrograd._core.elementary import apply
from micrograd.ops import PRIMITIVES, SHUT, Floats, Primitive
from tools.rules_in_c import NoRuleInC, constants, function

IN_PYTHON = {
    "atan2": "hypot has other bits in C than in Python",
    "hypot": "hypot has other bits in C than in Python",
    **dict.fromkeys(
        ["clip", "where", "total", "dot", "norm", "logsumexp", "cross_entropy"], "it has more than two operands"
    ),
}
IN_C = [name for name in PRIMITIVES if name not in IN_PYTHON]

LARGEST, SMALLEST, TINY = 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308
SPECIAL = [0.0, SMALLEST, TINY, 1e-162, 1e-20, 1e-8, 0.5, 1.0, 1.0 - 2**-53, 1.0 + 2**-52, 2.0, 3.0, 5.0, 6.0, 36.7]
SPECIAL += [709.78, 709.79, 710.47, 710.48, 745.2, 1024.0, 1074.5, 9e15, 2.0**53 + 2.0, 1e154, 1.4e154, 1e308, LARGEST]
SPECIAL += [math.inf, math.nan]
SPECIAL += [-x for x in SPECIAL]
EXPONENTS = [0, 1, 2, 3, -1, -2, 10, 10**15, 10**16 + 1, True]


def anywhere(rng):
    """A float from one of the ranges in which functions behave differently, or next to a special one."""
    ranges = (
        lambda: rng.uniform(-1.0, 1.0),
        lambda: rng.gauss(0.0, 3.0),
        lambda: rng.uniform(-800.0, 800.0),
        lambda: math.ldexp(rng.uniform(-1.0, 1.0), rng.randrange(-1074, 1024)),
        lambda: float(rng.randrange(-30, 30)),
        lambda: rng.choice(SPECIAL) * (1.0 + rng.choice([-1, 1]) * 2.0**-52),
    )
    return rng.choice(ranges)()


def points(op):
    rng = random.Random(op.name)
    count = len(op.operands)
    if constants(op):
        yield from itertools.product([*SPECIAL, *(anywhere(rng) for _ in range(100))], EXPONENTS)
    if count == 2:
        yield from ((x, x) for x in (anywhere(rng) for _ in range(100)))
    yield from itertools.product(SPECIAL, repeat=count)
    yield from (tuple(anywhere(rng) for _ in range(count)) for _ in range(2000))


def bits(numbers):
    return struct.pack(f"{len(numbers)}d", *numbers)


def test_every_primitive_has_a_rule_or_a_reason_not_to():
    for name, op in PRIMITIVES.items():
        if name in IN_PYTHON:
            with pytest.raises(NoRuleInC, match=IN_PYTHON[name]):
                function(op)
        else:
            assert f" rule_{name}(double {op.operands[0]}, " in function(op)


def bend(m, x, k):
    """Nothing that anybody needs."""
    kept = m.where(x <= 0.0, 0.0, m.where(x > 0.0, x, math.nan))
    known = m.where(abs(x) < math.inf, x, 0.0)
    return kept + known**2, m.where(x < 1.0, -math.inf, 0.0 if k == 0 else k * m.exp(x))


def test_what_is_written():
    assert (
        function(Primitive(bend, "?"))
        == """\
/* bend: Nothing that anybody needs. */
static inline int rule_bend(double x, double k, double *out, double *dx) {
    if (!(fabs(k) <= 9e15)) return 0;
    double t0 = to_the(x, 2.0);
    double t1 = x <= 0.0 ? 0.0 : x;
    double t2 = t1 + t0;
    if (k == 0.0) return 0;
    double t3 = exp(x);
    double t4 = k * t3;
    double t5 = x < 1.0 ? -INFINITY : t4;
    *out = t2;
    *dx = t5;
    return isfinite(x + t2 + t4 + t5);
}
"""
    )


def test_a_shut_gate_must_be_declared():
    def leak(m, x):
        return x, m.where(x > 0.0, 1.0, 0.0)

    def latch(m, x):
        return x, m.where(x > 0.0, 1.0, SHUT)

    for rule, gate in ((leak, True), (latch, False)):
        with pytest.raises(TypeError, match=f"{rule.__name__}: SHUT and no other 0"):
            function(Primitive(rule, "?", gate=gate))


@pytest.mark.parametrize("name", IN_C)
def test_the_same_bits_or_none(name):
    native = pytest.importorskip("micrograd._core.native._node", reason="the native node is not built")
    op = PRIMITIVES[name]
    taken = 0
    for operands in points(op):
        found = native.rule(name, *operands)
        try:
            expected = op.run(Floats, *operands)
        except (ArithmeticError, ValueError):
            expected = None
        if found is None:
            continue
        taken += 1
        assert expected is not None and all(map(math.isfinite, (*operands, *expected))), (name, operands, found)
        assert bits(found) == bits(expected), (name, operands, found, expected)
        shut = [float(x).hex() == "0x0.0p+0" for x in found[1:]] if op.gate else [False] * len(expected[1:])
        assert shut == [x is SHUT for x in expected[1:]], (name, operands)
    assert taken > 600


@pytest.mark.parametrize("name", IN_PYTHON)
def test_what_stays_in_python_runs_all_the_same(name):
    op = PRIMITIVES[name]
    for numbers in TABLE[name][0]:
        out = apply(op, [Value(x) for x in numbers])
        assert (out.data, *out.partials) == op.run(Floats, *numbers)
