"""The polynomials and tables of `micrograd/compiler/backends/_vector*.h`: `python -m tools.minimax`, with mpmath."""

import struct
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


def bits_of(x: float) -> int:
    (bits,) = struct.unpack("<Q", struct.pack("<d", x))
    return int(bits)


def powers(n: int) -> list[tuple[float, int]]:
    """2^(k/n) for k from 0 on: how far the nearest float is off in proportion, and its bits without (k << 52) / n."""
    found = []
    for k in range(n):
        power = mp.mpf(2) ** (mp.mpf(k) / n)
        nearest = float(power)
        found.append((float((power - nearest) / nearest), bits_of(nearest) - (k << 52) // n))
    return found


def after_two_terms_of_log(r: Any) -> Any:
    """(ln(1 + r) - r + r²/2) / r³."""
    return sum((-r) ** k / (k + 3) for k in range(60))


def cells(n: int) -> list[tuple[float, Any, Any]]:
    """For each of the n equal parts of a binade from 0.6875 on, 1/c and the two parts of ln c, c near its middle.

    The first part is a multiple of 2^-42. Both parts next to 1 have c = 1, where the logarithm has no other error.
    """
    found = []
    for k in range(n):
        place = (mp.mpf(0x60000) / 2**20 + mp.mpf(k) / n) % 1
        first, size = (1 + place, mp.mpf(1) / n) if place < mp.mpf(3) / 8 else ((1 + place) / 2, mp.mpf(1) / (2 * n))
        near = first == 1 or first + size == 1
        inverse = 1.0 if near else float(round(512 / (first + size / 2))) / 512
        high = mp.nint(-log(mp.mpf(inverse)) * 2**42) / 2**42
        found.append((inverse, high, -log(mp.mpf(inverse)) - high))
    return found


def report(f: Callable[[Any], Any], bound: Any, degree: int, power: int) -> None:
    coefficients, off = minimax(f, -bound, bound, degree)
    for c in coefficients:
        print(float(c).hex())
    print("off by", mp.nstr(off * bound**power, 3))


if __name__ == "__main__":
    mp.prec = 200
    report(after_two_terms_of_log, mp.mpf(1) / 32, 8, 2)
    for off, bits in powers(128):
        print(f"{{{bits_of(off):#x}, {bits:#x}}},")
    for inverse, high, low in cells(32):
        print(f"{inverse.hex()}, {float(high).hex()}, {float(low).hex()},")
