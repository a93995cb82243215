"""Where each primitive is tested, and the functions themselves once more, in mpmath: never their derivatives."""

import mpmath as mp

UNARY = [-3.7, -1.25, -0.3, 0.2, 0.9, 2.6]
POSITIVE = [0.05, 0.4, 1.0, 2.5, 40.0]
INSIDE = [-0.9, -0.3, 0.2, 0.7]
PAIRS = [(0.7, -1.3), (-2.5, 0.4), (3.1, 1.7), (-0.6, -4.2)]

# name: (points as tuples of operands, number of constants at their end, the function in mpmath)
TABLE = {
    "add": (PAIRS, 0, lambda x, y: x + y),
    "sub": (PAIRS, 0, lambda x, y: x - y),
    "mul": (PAIRS, 0, lambda x, y: x * y),
    "div": (PAIRS, 0, lambda x, y: x / y),
    "neg": ([(x,) for x in UNARY], 0, lambda x: -x),
    "power": (
        [
            (1.7, 3),
            (-1.3, 2),
            (-0.6, 3),
            (0.8, -2),
            (2.3, 0.5),
            (1.9, -1.5),
            (0.7, -0.5),
            (1.2, 1.5),
            (-2.0, -3),
            (1.5, 0),
            (0.9, 1),
        ],
        1,
        lambda x, k: x**k,
    ),
    "power_value": ([(1.7, 3.0), (0.8, -2.0), (2.3, 0.5), (0.4, 1.6), (1.4, 0.0)], 0, lambda x, y: x**y),
    "exp": ([(x,) for x in UNARY], 0, mp.exp),
    "log": ([(x,) for x in POSITIVE], 0, mp.log),
    "log1p": ([(x,) for x in [-0.9, -0.2, 1e-9, 0.3, 5.0]], 0, lambda x: mp.log(1 + x)),
    "expm1": ([(x,) for x in [*UNARY, 1e-9]], 0, lambda x: mp.exp(x) - 1),
    "sqrt": ([(x,) for x in POSITIVE], 0, mp.sqrt),
    "sin": ([(x,) for x in UNARY], 0, mp.sin),
    "cos": ([(x,) for x in UNARY], 0, mp.cos),
    "tan": ([(x,) for x in UNARY], 0, mp.tan),
    "atan": ([(x,) for x in UNARY], 0, mp.atan),
    "tanh": ([(x,) for x in UNARY], 0, mp.tanh),
    "sigmoid": ([(x,) for x in [*UNARY, -30.0, 30.0]], 0, lambda x: 1 / (1 + mp.exp(-x))),
    "softplus": ([(x,) for x in [*UNARY, -30.0, 30.0]], 0, lambda x: mp.log(1 + mp.exp(x))),
    "erf": ([(x,) for x in UNARY], 0, mp.erf),
    "mod": ([(0.7, 0.4), (-2.5, 0.6), (3.1, -1.7), (-0.6, -4.2)], 0, lambda x, y: x - y * mp.floor(x / y)),
    "floordiv": ([(0.7, 0.4), (-2.5, 0.6), (3.1, -1.7), (-0.6, -4.2)], 0, lambda x, y: mp.floor(x / y)),
    "exp2": ([(x,) for x in UNARY], 0, lambda x: mp.mpf(2) ** x),
    "log2": ([(x,) for x in POSITIVE], 0, lambda x: mp.log(x, 2)),
    "log10": ([(x,) for x in POSITIVE], 0, lambda x: mp.log(x, 10)),
    "cbrt": ([(x,) for x in UNARY], 0, lambda x: mp.sign(x) * mp.cbrt(abs(x))),
    "asin": ([(x,) for x in INSIDE], 0, mp.asin),
    "acos": ([(x,) for x in INSIDE], 0, mp.acos),
    "atan2": (PAIRS, 0, mp.atan2),
    "sinh": ([(x,) for x in UNARY], 0, mp.sinh),
    "cosh": ([(x,) for x in UNARY], 0, mp.cosh),
    "asinh": ([(x,) for x in UNARY], 0, mp.asinh),
    "acosh": ([(x,) for x in [1.1, 1.7, 2.6, 40.0]], 0, mp.acosh),
    "atanh": ([(x,) for x in INSIDE], 0, mp.atanh),
    "erfc": ([(x,) for x in UNARY], 0, mp.erfc),
    "log_ndtr": ([(x,) for x in [*UNARY, 6.0, -12.0, -40.0]], 0, lambda x: mp.log(mp.ncdf(x))),
    "logaddexp": (PAIRS, 0, lambda x, y: mp.log(mp.exp(x) + mp.exp(y))),
    "hypot": (PAIRS, 0, lambda x, y: mp.sqrt(x * x + y * y)),
    "softsign": ([(x,) for x in UNARY], 0, lambda x: x / (1 + abs(x))),
    "silu": ([(x,) for x in [*UNARY, -30.0, 30.0]], 0, lambda x: x / (1 + mp.exp(-x))),
    "gelu": ([(x,) for x in [*UNARY, -12.0]], 0, lambda x: x * mp.ncdf(x)),
    "mish": ([(x,) for x in [*UNARY, -30.0, 30.0]], 0, lambda x: x * mp.tanh(mp.log(1 + mp.exp(x)))),
    "sign": ([(x,) for x in UNARY], 0, mp.sign),
    "floor": ([(x,) for x in UNARY], 0, mp.floor),
    "ceil": ([(x,) for x in UNARY], 0, mp.ceil),
    "trunc": ([(x,) for x in UNARY], 0, lambda x: mp.sign(x) * mp.floor(abs(x))),
    "clip": (
        [(0.3, -1.0, 1.0), (-1.7, -1.0, 1.0), (2.5, -1.0, 1.5), (1.0, 2.0, 0.5), (0.2, 2.0, 0.5)],
        0,
        lambda x, a, b: min(max(x, a), b),
    ),
    "hardtanh": ([(x,) for x in UNARY], 0, lambda x: min(max(x, mp.mpf(-1)), mp.mpf(1))),
    "relu6": ([(x,) for x in [*UNARY, 7.5]], 0, lambda x: min(max(x, mp.mpf(0)), mp.mpf(6))),
    "where": ([(1.0, 0.3, -0.7), (0.0, 1.2, -0.4)], 0, lambda c, x, y: x if c > 0.5 else y),
    "relu": ([(x,) for x in UNARY], 0, lambda x: max(x, mp.mpf(0))),
    "abs": ([(x,) for x in UNARY], 0, abs),
    "max": (PAIRS, 0, max),
    "min": (PAIRS, 0, min),
    "total": ([(0.3,), (1.1, -0.4, 2.2), (0.5, -1.5, 3.0, 0.25)], 0, lambda *values: sum(values)),
    "norm": ([(-0.3,), (3.1, 1.7), (0.5, -1.5, 3.0)], 0, lambda *values: mp.sqrt(sum(x * x for x in values))),
    "logsumexp": (
        [(0.4,), (3.1, -1.7), (0.5, -1.5, 3.0), (30.0, 2.0, -4.0)],
        0,
        lambda *v: mp.log(sum(map(mp.exp, v))),
    ),
    "cross_entropy": (
        [(0.0, 3.1, -1.7), (2.0, 0.5, -1.5, 3.0), (1.0, 2.0, 20.0, -4.0)],
        0,
        lambda t, *v: mp.log(sum(map(mp.exp, v))) - v[int(mp.nint(t))],
    ),
    "dot": (
        [(1.3, -0.2, 0.4), (0.5, -1.5, 2.0, 0.7, 0.3), (0.9, 1.1, -0.3, 2.2, -1.7, 0.6, 0.1)],
        0,
        lambda *v: v[-1] + sum(w * x for w, x in zip(v[: len(v) // 2], v[len(v) // 2 : -1], strict=True)),
    ),
}


def cases():
    """Every primitive's name with each of its points, split into operands and constants."""
    for name, (points, count, _) in TABLE.items():
        for point in points:
            yield name, point[: len(point) - count], point[len(point) - count :]
