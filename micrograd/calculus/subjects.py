"""The subject of a gradient check: a function of a list of floats, whose result is a graph over `leaves`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from micrograd._core.floats import as_float
from micrograd._core.nodes import number
from micrograd._core.scalars import of_our_own
from micrograd.calculus.calls import name_of
from micrograd.calculus.structures import named_leaves, transform
from micrograd.engine import Value


class Subject(Protocol):
    """`subject(point)` evaluates f at `point`; afterwards `leaves` are its inputs, as Values, one for each name.

    Inside `with subject:` it may change the learner's own objects; afterwards they are as before.
    """

    title: str
    f: Any
    names: list[str]
    point: list[float]
    leaves: list[Value]

    def __enter__(self) -> None: ...
    def __exit__(self, *error: object) -> None: ...
    def __call__(self, point: Sequence[float]) -> Any: ...


class Function:
    """An ordinary function, called on fresh Values."""

    def __init__(self, f: Callable[..., Any], xs: tuple[Any, ...]):
        self.f, self.xs, self.title = f, xs, name_of(f)
        named = [pair for x, name in zip(xs, argument_names(f, len(xs)), strict=True) for pair in named_leaves(x, name)]
        inputs = [(getattr(x, "label", "") or name, x) for name, x in named if is_number(x)]
        self.names = [name for name, _ in inputs]
        self.point = [as_float(x) for _, x in inputs]
        self.leaves: list[Value] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass

    def __call__(self, point: Sequence[float]) -> Any:
        self.leaves = [Value(x, label=name) for x, name in zip(point, self.names, strict=True)]
        fresh = iter(self.leaves)
        return self.f(*transform(lambda x: next(fresh) if is_number(x) else x, self.xs))


class Network:
    """A model's parameters, changed in place and put back."""

    def __init__(self, model: Any, loss: Any = None, batch: Any = None):
        if not callable(loss):
            raise TypeError(f"for a network: gradcheck(model, loss, (inputs, targets)), got {loss!r} as loss")
        self.model, self.f, self.batch = model, loss, batch
        self.title = f"{type(model).__name__} with {name_of(loss)}"
        pairs = list(model.named_parameters())
        self.names = [name for name, _ in pairs]
        self.leaves = [p for _, p in pairs]
        self.point = [p.data for p in self.leaves]

    def __enter__(self) -> None:
        self.kept = [(p.data, p.grad) for p in self.leaves]

    def __exit__(self, *error: object) -> None:
        for p, (data, grad) in zip(self.leaves, self.kept, strict=True):
            p.data, p.grad = data, grad

    def __call__(self, point: Sequence[float]) -> Any:
        for p, x in zip(self.leaves, point, strict=True):
            p.data, p.grad = x, 0.0
        if self.batch is None:
            return self.f(self.model)
        inputs, targets = self.batch
        return self.f(self.model(inputs), targets)


def argument_names(f: Callable[..., Any], n: int) -> list[str]:
    """The names of the parameters of f, for its n positional arguments."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "x")
    return [*plain, *(f"{rest}[{i}]" for i in range(n - len(plain)))][:n]


def is_number(x: Any) -> bool:
    try:
        return of_our_own(x) or number(x) is not None
    except TypeError:
        return False
