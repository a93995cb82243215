"""The peer in JAX: `jit` of `value_and_grad` on arrays, in float64, on the CPU.

JAX gets the settings that are best for steps as short as these: it computes in the calling thread (with asynchronous
dispatch a step of W1 takes three times as long), and a network's arrays are JAX arrays, made before the clock starts.
The Rosenbrock function stands for a function that a minimiser calls: it passes a NumPy array in and takes one out, so
JAX and ours both work on NumPy arrays (`rosenbrock`). The time on a JAX array is measured, too (`own_rosenbrock`).

Each function takes the parameters and the data as arrays, and returns a step that waits until the loss and the gradient
are computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.by_numpy import PLACES
from benchmarks.peers import PeerMissing
from benchmarks.workloads import DOCUMENT, HEADS, SHAPES, WIDTH

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    raise PeerMissing("JAX is not installed: `make bench` does it") from None

jax.config.update("jax_cpu_enable_async_dispatch", False)

Step = Callable[[], tuple[Any, Any]]


def jitted(loss: Callable[..., Any], *arrays: Any) -> Step:
    jax.config.update("jax_enable_x64", True)
    there = [jnp.asarray(array) for array in arrays]
    compiled = jax.jit(jax.value_and_grad(loss))

    def step() -> tuple[Any, Any]:
        loss, gradient = compiled(*there)
        return loss, gradient.block_until_ready()

    return step


def w1(theta: Any, points: Any, labels: Any) -> Step:
    def loss(p: Any, x: Any, y: Any) -> Any:
        first, second, third = p[:48].reshape(16, 3), p[48:320].reshape(16, 17), p[320:]
        h = jax.nn.relu(first[:, :2] @ x + first[:, 2:])
        h = jax.nn.relu(second[:, :16] @ h + second[:, 16:])
        return jax.nn.relu(1 - y * (third[:16] @ h + third[16])).mean() + 1e-4 * (p @ p)

    return jitted(loss, theta, points.T, labels)


def w2(theta: Any) -> Step:
    return jitted(surprise, theta, np.array(DOCUMENT[:-1]), np.array(DOCUMENT[1:]))


def surprise(p: Any, tokens: Any, following: Any) -> Any:
    """The loss of W2 for a document: its characters, and after each the following one."""
    n, depth = tokens.shape[0], WIDTH // HEADS
    future = np.triu(np.full((n, n), -np.inf), 1)

    def normalised(x: Any) -> Any:
        return x * ((x * x).mean(1, keepdims=True) + 1e-5) ** -0.5

    w = {name: p[PLACES[name]].reshape(shape) for name, shape in SHAPES.items()}
    x1 = normalised(w["token"][tokens] + w["position"][:n])
    x2 = normalised(x1)
    q, k, v = ((x2 @ w[name].T).reshape(n, HEADS, depth).transpose(1, 0, 2) for name in ("query", "key", "value"))
    attention = jax.nn.softmax(q @ k.transpose(0, 2, 1) * depth**-0.5 + future, 2)
    x3 = (attention @ v).transpose(1, 0, 2).reshape(n, WIDTH) @ w["projection"].T + x1
    x5 = jax.nn.relu(normalised(x3) @ w["first"].T) @ w["second"].T + x3
    return -jax.nn.log_softmax(x5 @ w["output"].T)[np.arange(n), following].mean()


def valley(x: Any) -> Any:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def own_rosenbrock(theta: Any) -> Step:
    return jitted(valley, theta)


def rosenbrock(theta: Any) -> Step:
    jax.config.update("jax_enable_x64", True)
    compiled = jax.jit(jax.value_and_grad(valley))

    def step() -> tuple[Any, Any]:
        loss, gradient = compiled(theta)
        return float(loss), np.asarray(gradient)

    return step
