"""How much a test tries: enough to trust a change in the quick test, all of it in the full one (FULL_TEST=1).

    @given(random_expressions())
    @examples(60, 500)                                   # Hypothesis: 60 in the quick test, 500 in the full one
    def test_something(expression): ...

    @pytest.mark.parametrize("seed", seeds(3, 20))       # range(3), or those of range(20)
    for _ in range(tries(100, 10_000)): ...              # again and again; numbers come from `random_numbers(5)`
    SIZE = budget(100, 10_000)                           # any other pair of numbers, lists, ...

The full test runs with each engine. What `examples`, `seeds` and `tries` count is its sum: a half is tried with the
native node, another half with the Python engine, so that no example is drawn twice.

A test that belongs to the full test alone is marked `@pytest.mark.slow` (one case of many:
`pytest.param(..., marks=pytest.mark.slow)`); the quick test leaves it out, `pytest -m slow` runs nothing else.
A test that says the same with either engine is marked `@pytest.mark.once`: it takes part in the full test of one.
"""

import os
import random
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import seed, settings

from micrograd.engine import backend

T = TypeVar("T")
FULL = bool(os.environ.get("FULL_TEST"))
ENGINE = backend()
HALF = ["native", "python"].index(ENGINE)


def budget(quick: T, full: T) -> T:
    return full if FULL else quick


def tries(quick: int, full: int) -> int:
    return budget(quick, full // 2)


def seeds(quick: int, full: int) -> range:
    return budget(range(quick), range(HALF, full, 2))


def random_numbers(number: int) -> random.Random:
    """Random numbers of its own for each half of the full test."""
    return random.Random(budget(number, 2 * number + HALF))


def examples(quick: int, full: int, **options: Any) -> Callable[[T], T]:
    """Settings of Hypothesis, with options."""

    def decorate(test: T) -> T:
        drawn = settings(max_examples=tries(quick, full), **options)(test)
        return seed(HALF)(drawn) if FULL else drawn

    return decorate
