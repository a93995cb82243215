"""The peer written by hand in NumPy: forward and backward on batches, in float64, without any engine.

Each function takes the parameters and the data as arrays, and returns a step that computes the loss and a new gradient.
Work space is allocated once; results are written directly into it and into views of the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from benchmarks.workloads import DOCUMENT, HEADS, SHAPES, WIDTH

Step = Callable[[], tuple[Any, Any]]


def w1(theta: Any, points: Any, labels: Any) -> Step:
    """Points are columns, and below the activations of a layer is a row of ones for the next layer's bias."""
    n = len(labels)
    x, h1, h2 = np.ones((3, n)), np.ones((17, n)), np.ones((17, n))
    x[:2] = points.T
    a1, a2 = h1[:16], h2[:16]
    d1, d2 = np.empty((16, n)), np.empty((16, n))
    slopes = -labels / n

    def step(theta: Any) -> tuple[float, Any]:
        gradient = 2e-4 * theta
        w1, w2, w3 = theta[:48].reshape(16, 3), theta[48:320].reshape(16, 17), theta[320:]
        g1, g2, g3 = gradient[:48].reshape(16, 3), gradient[48:320].reshape(16, 17), gradient[320:]

        np.maximum(np.matmul(w1, x, out=a1), 0.0, out=a1)
        np.maximum(np.matmul(w2, h1, out=a2), 0.0, out=a2)
        margins = 1.0 - labels * (w3 @ h2)
        wrong = margins > 0
        loss = float(margins @ wrong) / n + 1e-4 * float(theta @ theta)

        d = slopes * wrong
        g3 += h2 @ d
        np.multiply(w3[:16, None], d, out=d2)
        np.multiply(d2, a2 > 0, out=d2)
        g2 += d2 @ h1.T
        np.matmul(w2[:, :16].T, d2, out=d1)
        np.multiply(d1, a1 > 0, out=d1)
        g1 += d1 @ x.T
        return loss, gradient

    return partial(step, theta)


# ---- W2

STARTS = [0, *accumulate(rows * columns for rows, columns in SHAPES.values())]
PLACES = {name: slice(*ends) for name, ends in zip(SHAPES, pairwise(STARTS), strict=True)}


def matrix(name: str, array: Any) -> Any:
    return array[PLACES[name]].reshape(SHAPES[name])


def w2(theta: Any) -> Step:
    """All positions at once; query, key and value are adjacent, so they form one matrix three times as high."""
    tokens, following = np.array(DOCUMENT[:-1]), np.array(DOCUMENT[1:])
    n, depth = len(tokens), WIDTH // HEADS
    at, scale = np.arange(n), depth**-0.5
    which = np.zeros((27, n))
    which[tokens, at] = 1.0
    future = np.triu(np.full((n, n), -np.inf), 1)
    three = slice(PLACES["query"].start, PLACES["value"].stop)

    def normalised(x: Any) -> tuple[Any, Any]:
        s = 1.0 / np.sqrt(np.vecdot(x, x)[:, None] / WIDTH + 1e-5)
        return x * s, s

    def before(dy: Any, y: Any, s: Any) -> Any:
        """∂loss/∂x for y = x s, s = (mean x² + 10⁻⁵)^(−½)."""
        return (dy - y * (np.vecdot(dy, y)[:, None] / WIDTH)) * s

    def step(theta: Any) -> tuple[float, Any]:
        gradient = np.zeros_like(theta)
        output, projection = matrix("output", theta), matrix("projection", theta)
        first, second = matrix("first", theta), matrix("second", theta)
        qkv, into_qkv = theta[three].reshape(3 * WIDTH, WIDTH), gradient[three].reshape(3 * WIDTH, WIDTH)

        x1, s1 = normalised(matrix("token", theta)[tokens] + matrix("position", theta)[:n])
        x2, s2 = normalised(x1)
        q, k, v = (x2 @ qkv.T).reshape(n, 3, HEADS, depth).transpose(1, 2, 0, 3)
        p = q @ k.transpose(0, 2, 1)
        p *= scale
        p += future
        p -= p.max(2, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(2, keepdims=True)
        heads = (p @ v).transpose(1, 0, 2).reshape(n, WIDTH)
        x3 = heads @ projection.T
        x3 += x1
        x4, s4 = normalised(x3)
        hidden = x4 @ first.T
        np.maximum(hidden, 0.0, out=hidden)
        x5 = hidden @ second.T
        x5 += x3
        z = x5 @ output.T
        z -= z.max(1, keepdims=True)
        np.exp(z, out=z)
        z /= z.sum(1, keepdims=True)
        loss = -float(np.log(z[at, following]).sum()) / n

        z[at, following] -= 1.0
        z /= n
        np.matmul(z.T, x5, out=matrix("output", gradient))
        d5 = z @ output
        np.matmul(d5.T, hidden, out=matrix("second", gradient))
        dh = d5 @ second
        dh *= hidden > 0
        np.matmul(dh.T, x4, out=matrix("first", gradient))
        d5 += before(dh @ first, x4, s4)
        np.matmul(d5.T, heads, out=matrix("projection", gradient))
        da = (d5 @ projection).reshape(n, HEADS, depth).transpose(1, 0, 2)
        dp = da @ v.transpose(0, 2, 1)
        dp -= np.vecdot(dp, p)[:, :, None]
        dp *= p
        dp *= scale
        three_at_once = np.empty((n, 3, HEADS, depth))
        dq, dk, dv = three_at_once.transpose(1, 2, 0, 3)
        np.matmul(dp, k, out=dq)
        np.matmul(dp.transpose(0, 2, 1), q, out=dk)
        np.matmul(p.transpose(0, 2, 1), da, out=dv)
        dqkv = three_at_once.reshape(n, 3 * WIDTH)
        np.matmul(dqkv.T, x2, out=into_qkv)
        d5 += before(dqkv @ qkv, x2, s2)
        d0 = before(d5, x1, s1)
        np.matmul(which, d0, out=matrix("token", gradient))
        matrix("position", gradient)[:n] = d0
        return loss, gradient

    return partial(step, theta)


# ---- Rosenbrock


def rosenbrock(theta: Any) -> Step:
    return partial(valley, theta)


def valley(x: Any) -> tuple[float, Any]:
    """Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)², and its gradient."""
    a = x[:-1]
    over, short = x[1:] - a * a, 1.0 - a
    gradient = np.zeros_like(x)
    gradient[1:] = 200.0 * over
    gradient[:-1] -= 400.0 * a * over + 2.0 * short
    return 100.0 * float(over @ over) + float(short @ short), gradient
