"""Where each primitive is tested, and the functions themselves once more, in mpmath: never their derivatives."""

import mpmath as mp

UNARY = [-3.7, -1.25, -0.3, 0.2, 0.9, 2.6]
POSITIVE = [0.05, 0.4, 1.0, 2.5, 40.0]
PAIRS = [(0.7, -1.3), (-2.5, 0.4), (3.1, 1.7), (-0.6, -4.2)]

# name: (points as tuples of operands, number of constants at their end, the function in mpmath)
TABLE = {
    "add": (PAIRS, 0, lambda x, y: x + y),
    "sub": (PAIRS, 0, lambda x, y: x - y),
    "mul": (PAIRS, 0, lambda x, y: x * y),
    "div": (PAIRS, 0, lambda x, y: x / y),
    "neg": ([(x,) for x in UNARY], 0, lambda x: -x),
    "power": (
        [(1.7, 3), (-1.3, 2), (-0.6, 3), (0.8, -2), (2.3, 0.5), (1.9, -1.5), (-2.0, -3), (1.5, 0), (0.9, 1)],
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
    "relu": ([(x,) for x in UNARY], 0, lambda x: max(x, mp.mpf(0))),
    "abs": ([(x,) for x in UNARY], 0, abs),
    "max": (PAIRS, 0, max),
    "min": (PAIRS, 0, min),
    "total": ([(0.3,), (1.1, -0.4, 2.2), (0.5, -1.5, 3.0, 0.25)], 0, lambda *values: sum(values)),
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
