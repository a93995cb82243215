"""The peer in PyTorch for batches: whole tensors and autograd, in float64, eager, on one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.by_torch import F, Step, torch


def point(theta: Any, points: Any, labels: Any) -> Step:
    x, y = torch.from_numpy(points), torch.from_numpy(labels)
    parts = torch.tensor(theta).split([16 * 3, 16 * 17, 17])
    layers = [part.view(rows, -1).requires_grad_() for part, rows in zip(parts, (16, 16, 1), strict=True)]

    def step() -> tuple[Any, Any]:
        a, b, c = ((layer[:, :-1], layer[:, -1]) for layer in layers)
        scores = F.linear(F.linear(F.linear(x, *a).relu(), *b).relu(), *c).squeeze(1)
        loss = (1.0 - y * scores).relu().mean()
        return loss.item(), torch.autograd.grad(loss, layers)

    return step


def option(*arguments: Any) -> Callable[[], Any]:
    leaves = [torch.tensor(array, requires_grad=True) for array in arguments]

    def normal(x: Any) -> Any:
        return 0.5 * (1.0 + torch.erf(x * 0.5**0.5))

    def step() -> tuple[Any, Any]:
        spot, strike, rate, volatility, years = leaves
        spread = volatility * years.sqrt()
        d1 = (torch.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
        price = spot * normal(d1) - strike * torch.exp(-rate * years) * normal(d1 - spread)
        return price.detach(), torch.autograd.grad(price.sum(), leaves)

    return step
