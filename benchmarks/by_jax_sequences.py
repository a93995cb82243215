"""The peer in JAX for code that repeats: `jit` of `value_and_grad`, in float64, on the CPU.

Each is a `lax.scan`. That of a recurrent network multiplies the inputs of all steps before, and has five steps in its
body: XLA runs it faster than a single one, and than all steps unrolled.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.by_jax import Step, jax, jitted, jnp
from benchmarks.workloads.sequences import ALPHABET, EMBEDDING, HIDDEN, LETTERS


def recurrent(theta: Any, gates: int, cell: Any, unroll: int) -> Step:
    shapes = (
        (ALPHABET, EMBEDDING),
        (ALPHABET, HIDDEN + 1),
        (gates * HIDDEN, EMBEDDING + 1),
        (gates * HIDDEN, HIDDEN + 1),
    )
    ends = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
    letters, following = np.array(LETTERS[:-1]), np.array(LETTERS[1:])

    def loss(p: Any, letters: Any, following: Any) -> Any:
        parts = zip(jnp.split(p, ends), shapes, strict=True)
        table, output, of_input, of_state = (part.reshape(shape) for part, shape in parts)
        inputs = table[letters] @ of_input[:, :-1].T + of_input[:, -1]

        def step(h: Any, x: Any) -> tuple[Any, Any]:
            h = cell(x, of_state[:, :-1] @ h + of_state[:, -1], h)
            return h, h

        _, states = jax.lax.scan(step, jnp.zeros(HIDDEN), inputs, unroll=unroll)
        logits = states @ output[:, :-1].T + output[:, -1]
        return -jax.nn.log_softmax(logits)[np.arange(len(LETTERS) - 1), following].mean()

    return jitted(loss, theta, letters, following)


def gru(theta: Any, unroll: int = 5) -> Step:
    def cell(x: Any, u: Any, h: Any) -> Any:
        n = HIDDEN
        gates = jax.nn.sigmoid(x[: 2 * n] + u[: 2 * n])
        new = jnp.tanh(x[2 * n :] + gates[:n] * u[2 * n :])
        return (1.0 - gates[n:]) * new + gates[n:] * h

    return recurrent(theta, 3, cell, unroll)


def rnn(theta: Any, unroll: int = 5) -> Step:
    return recurrent(theta, 1, lambda x, u, _: jnp.tanh(x + u), unroll)


def kalman(theta: Any, seen: Any) -> Step:
    def loss(p: Any, seen: Any) -> Any:
        q, r = jnp.exp(p)

        def step(state: Any, z: Any) -> tuple[Any, Any]:
            x, v, xx, xv, vv = state
            x, xx, xv, vv = x + v, xx + 2.0 * xv + vv + q / 3.0, xv + vv + q / 2.0, vv + q
            off, variance = z - x, xx + r
            a, b = xx / variance, xv / variance
            state = x + a * off, v + b * off, (1.0 - a) * xx, (1.0 - a) * xv, vv - b * xv
            return state, 0.5 * (jnp.log(variance) + off * off / variance)

        _, surprises = jax.lax.scan(step, (0.0, 0.0, 1.0, 0.0, 1.0), seen)
        return surprises.mean()

    return jitted(loss, theta, seen)
