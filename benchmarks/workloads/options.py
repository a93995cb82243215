"""The price of a European call option by Black and Scholes (1973), as scalar code."""

from __future__ import annotations

import math
from typing import Any

from micrograd import erf, exp, log, sqrt


def price(spot: Any, strike: Any, rate: Any, volatility: Any, years: Any) -> Any:
    spread = volatility * sqrt(years)
    d1 = (log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
    return spot * normal(d1) - strike * exp(-rate * years) * normal(d1 - spread)


def normal(x: Any) -> Any:
    """The probability of a standard normal number below x."""
    return 0.5 * (1.0 + erf(x * math.sqrt(0.5)))


def options(n: int) -> tuple[Any, ...]:
    """The arguments of `n` options: arrays of spots, strikes, rates, volatilities and years."""
    import numpy as np

    rng = np.random.default_rng(0)
    bounds = ((80.0, 120.0), (80.0, 120.0), (0.0, 0.05), (0.1, 0.5), (0.1, 2.0))
    return tuple(rng.uniform(low, high, n) for low, high in bounds)
