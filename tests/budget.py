"""How much a test tries: enough to trust a change in the quick test, all of it in the full one (FULL_TEST=1).

    @given(random_expressions())
    @examples(60, 500)                                   # Hypothesis: 60 in the quick test, 500 in the full one
    def test_something(expression): ...

    @pytest.mark.parametrize("seed", seeds(3, 20))       # range(3), or range(20)
    SIZE = budget(100, 10_000)                           # any other pair of numbers, lists, ...

A test that belongs to the full test alone is marked `@pytest.mark.slow` (one case of many:
`pytest.param(..., marks=pytest.mark.slow)`); the quick test leaves it out, `pytest -m slow` runs nothing else.
"""

import os
from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")
FULL = bool(os.environ.get("FULL_TEST"))


def budget(quick: T, full: T) -> T:
    return full if FULL else quick


def examples(quick: int, full: int) -> settings:
    return settings(max_examples=budget(quick, full))


def seeds(quick: int, full: int) -> range:
    return range(budget(quick, full))
