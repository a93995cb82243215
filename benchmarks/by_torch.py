"""The peer in PyTorch: tensors and autograd, in float64, eager, on one thread.

Each function takes the parameters and the data as arrays, and returns a step that computes the loss and the gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers import PeerMissing
from benchmarks.workloads import DOCUMENT, HEADS, SHAPES, WIDTH

try:
    import torch
    from torch.nn import functional as F
except ImportError:
    raise PeerMissing("PyTorch is not installed: pip install 'micrograd-lab[torch]'") from None

torch.set_num_threads(1)

Step = Callable[[], tuple[Any, Any]]


def w1(theta: Any, points: Any, labels: Any) -> Step:
    """Weights and biases are separate leaves, as in `torch.nn.Linear`."""
    x, y = torch.from_numpy(points), torch.from_numpy(labels)
    parts = torch.tensor(theta).split([16 * 3, 16 * 17, 17])
    layers = [part.view(rows, -1) for part, rows in zip(parts, (16, 16, 1), strict=True)]
    parameters = [p.clone().requires_grad_() for layer in layers for p in (layer[:, :-1], layer[:, -1])]

    def step() -> tuple[Any, Any]:
        a, b, c, d, e, f = parameters
        scores = F.linear(F.linear(F.linear(x, a, b).relu(), c, d).relu(), e, f).squeeze(1)
        weights = torch.cat([p.view(-1) for p in parameters])
        loss = (1 - y * scores).relu().mean() + 1e-4 * weights.dot(weights)
        return loss.item(), torch.autograd.grad(loss, parameters)

    return step


def w2(theta: Any) -> Step:
    tokens, following = torch.tensor(DOCUMENT[:-1]), torch.tensor(DOCUMENT[1:])
    n, depth = len(tokens), WIDTH // HEADS
    sizes = [rows * columns for rows, columns in SHAPES.values()]
    matrices = [m.view(shape) for m, shape in zip(torch.tensor(theta).split(sizes), SHAPES.values(), strict=True)]
    parameters = [m.clone().requires_grad_() for m in matrices]
    future = torch.full((n, n), -torch.inf, dtype=torch.float64).triu(1)

    def normalised(x: Any) -> Any:
        return x * (x.square().mean(1, keepdim=True) + 1e-5).rsqrt()

    def step() -> tuple[Any, Any]:
        token, position, output, query, key, value, projection, first, second = parameters
        x1 = normalised(token[tokens] + position[:n])
        x2 = normalised(x1)
        q, k, v = (F.linear(x2, w).view(n, HEADS, depth).transpose(0, 1) for w in (query, key, value))
        attention = torch.softmax(torch.baddbmm(future, q, k.transpose(1, 2), alpha=depth**-0.5), 2)
        x3 = F.linear((attention @ v).transpose(0, 1).reshape(n, WIDTH), projection) + x1
        x5 = F.linear(F.linear(normalised(x3), first).relu(), second) + x3
        loss = F.cross_entropy(F.linear(x5, output), following)
        return loss.item(), torch.autograd.grad(loss, parameters)

    return step


def rosenbrock(theta: Any) -> Step:
    x = torch.tensor(theta, requires_grad=True)

    def step() -> tuple[Any, Any]:
        a, b = x[:-1], x[1:]
        loss = (100 * (b - a**2) ** 2 + (1 - a) ** 2).sum()
        return loss.item(), torch.autograd.grad(loss, x)

    return step
