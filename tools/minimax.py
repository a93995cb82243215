"""The polynomial in `micrograd/compiler/backends/_vector.h`: `python -m tools.minimax`, with mpmath."""

from collections.abc import Callable
from typing import Any

from mpmath import cos, log, lu_solve, matrix, mp, pi, polyval


def minimax(f: Callable[[Any], Any], a: Any, b: Any, degree: int) -> tuple[list[Any], Any]:
    """The coefficients of the polynomial that is closest to f from a to b, and how far it is off.

    The method of Remez (1934): solve f(x) - p(x) = ±e at degree + 2 points, with the signs in turn, then move the
    points to where the error is largest, until it is as large everywhere.
    """
    points = [(a + b) / 2 - (b - a) / 2 * cos(pi * k / (degree + 1)) for k in range(degree + 2)]
    grid = [a + (b - a) * k / mp.mpf(1000) for k in range(1001)]
    while True:
        system = matrix([[*(x**k for k in range(degree + 1)), (-1) ** i] for i, x in enumerate(points)])
        *coefficients, level = lu_solve(system, matrix([f(x) for x in points]))
        errors = [f(x) - polyval(coefficients[::-1], x) for x in grid]
        points, largest = [], []
        for x, error in zip(grid, errors, strict=True):
            if largest and (error > 0) == (largest[-1] > 0):
                if abs(error) > abs(largest[-1]):
                    points[-1], largest[-1] = x, error
            else:
                points.append(x)
                largest.append(error)
        if max(map(abs, largest)) < 1.001 * abs(level):
            return coefficients, max(map(abs, largest))


def after_two_terms(r: Any) -> Any:
    """(eʳ - 1 - r) / r²."""
    return sum(r**k / mp.factorial(k + 2) for k in range(30))


if __name__ == "__main__":
    mp.prec = 200
    bound = log(2) / 8 * mp.mpf("1.0001")
    coefficients, off = minimax(after_two_terms, -bound, bound, 7)
    for c in coefficients:
        print(float(c).hex())
    print("off by", mp.nstr(off * bound**2, 3))
