"""The peer in JAX for batches: `vmap` of the function of one example, under `jit`, in float64, on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.by_jax import Step, jax, jitted, jnp, surprise


def point(theta: Any, points: Any, labels: Any) -> Step:
    def loss(p: Any, x: Any, y: Any) -> Any:
        first, second, third = p[:48].reshape(16, 3), p[48:320].reshape(16, 17), p[320:]
        h = jax.nn.relu(first[:, :2] @ x + first[:, 2])
        h = jax.nn.relu(second[:, :16] @ h + second[:, 16])
        return jax.nn.relu(1.0 - y * (third[:16] @ h + third[16]))

    return jitted(lambda p, x, y: jax.vmap(loss, (None, 0, 0))(p, x, y).mean(), theta, points, labels)


def document(theta: Any, documents: Any) -> Step:
    def loss(p: Any, characters: Any) -> Any:
        return surprise(p, characters[:-1], characters[1:])

    return jitted(lambda p, x: jax.vmap(loss, (None, 0))(p, x).mean(), theta, documents)


def option(*arguments: Any) -> Callable[[], Any]:
    jax.config.update("jax_enable_x64", True)

    def price(spot: Any, strike: Any, rate: Any, volatility: Any, years: Any) -> Any:
        spread = volatility * jnp.sqrt(years)
        d1 = (jnp.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
        return spot * normal(d1) - strike * jnp.exp(-rate * years) * normal(d1 - spread)

    def normal(x: Any) -> Any:
        return 0.5 * (1.0 + jax.lax.erf(x * np.sqrt(0.5)))

    there = [jnp.asarray(array) for array in arguments]
    compiled = jax.jit(jax.vmap(jax.value_and_grad(price, tuple(range(len(there))))))
    return lambda: jax.block_until_ready(compiled(*there))
