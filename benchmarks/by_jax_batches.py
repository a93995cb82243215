"""The peer in JAX for batches: `vmap` of the function of one example, under `jit`, in float64, on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.by_jax import Step, jax, jitted, jnp, surprise


def margin(p: Any, x: Any, y: Any) -> Any:
    """The loss of one point in the classifier of the moons."""
    first, second, third = p[:48].reshape(16, 3), p[48:320].reshape(16, 17), p[320:]
    h = jax.nn.relu(first[:, :2] @ x + first[:, 2])
    h = jax.nn.relu(second[:, :16] @ h + second[:, 16])
    return jax.nn.relu(1.0 - y * (third[:16] @ h + third[16]))


def mean_of(of_one: Callable[..., Any]) -> Callable[..., Any]:
    """The mean over many points of a function of one."""
    return lambda p, points, labels: jax.vmap(of_one, (None, 0, 0))(p, points, labels).mean()


def point(theta: Any, points: Any, labels: Any, of_one: Callable[..., Any] = margin) -> Step:
    return jitted(mean_of(of_one), theta, points, labels)


def classifiers(
    thetas: Any, points: Any, labels: Any, steps: int, rate: float, of_one: Callable[..., Any] = margin
) -> Callable[[], Any]:
    """Gradient descent of many classifiers side by side, a row of `thetas` for each."""
    jax.config.update("jax_enable_x64", True)
    there = [jnp.asarray(array) for array in (thetas, points, labels)]
    slope = jax.grad(mean_of(of_one))

    def descend(theta: Any, points: Any, labels: Any) -> Any:
        return jax.lax.fori_loop(0, steps, lambda _, p: p - rate * slope(p, points, labels), theta)

    compiled = jax.jit(jax.vmap(descend, (0, None, None)))
    return lambda: compiled(*there).block_until_ready()


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
