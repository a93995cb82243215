"""Names that a Value does not have, but that people who know other libraries write: each says what to write instead.

They are descriptors, so that a name which exists costs nothing; to `hasattr`, `copy` and NumPy they are missing. Near
misses (`v.backwrd`) are left to Python, whose tracebacks ask "Did you mean: 'backward'?".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from micrograd._core.nodes import Node

INSTEAD = {
    "v.backward()": "backprop backpropagate backwards",
    "v.data for its number": "cpu item number numpy tolist val value",
    "v.data -= rate * v.grad": "step update",
    "v.grad": "derivative gradient gradients grads",
    "v.zero_grad()": "zero_ zero_gradient zero_gradients zero_grads",
    "v.detach() for a constant with its number": "detach_ stop_gradient",
    "v.detach() for a constant: every other Value has a grad": "requires_grad requires_grad_ retain_grad",
    "not v.parents": "is_leaf",
    "v.parents": "children _children inputs prev",
    "v.primitive, or v._op for its sign": "grad_fn op operation",
    "v.label": "name title",
    "v.log()": "ln",
    "v.sigmoid()": "logistic",
    "v.relu()": "ReLU relu_",
    "v.clip(low, high)": "clamp",
    "v + w": "add",
    "v - w": "sub subtract",
    "v * w": "mul multiply",
    "v / w": "div divide",
    "v ** w": "pow power",
    "-v": "neg negative",
    "micrograd.total(values) for a list": "sum",
    "micrograd.mean(values) for a list": "mean",
    "micrograd.dot(weights, inputs) for two lists": "dot matmul mm",
    "micrograd.softmax(values) for a list": "log_softmax softmax",
    "micrograd.draw(v)": "draw draw_dot plot show",
}
ONE_NUMBER = "a Value is one number: take a list of Values"
NO_DTYPE = "a Value has none; a function that wants one takes floats, as in [v.data for v in values]"
SHAPES = "T shape ndim size device reshape view transpose squeeze unsqueeze flatten argmax argmin norm"


class Instead:
    """An attribute that is missing, with the name and the advice of its `AttributeError`."""

    def __init__(self, name: str, advice: str):
        self.name, self.advice = name, advice
        self.__doc__ = f"Not here: {advice}."  # help(Value) lists it

    def __get__(self, v: Any, kind: type[Any]) -> NoReturn:
        raise AttributeError(f"{kind.__name__!r} object has no attribute {self.name!r}: {self.advice}")


class NamesElsewhere(Node):
    """Names that belong to other libraries: of a subclass, or of a Value on which they are set, they are its own."""

    __slots__ = ()

    def __dir__(self) -> Iterable[str]:
        return [name for name in super().__dir__() if name not in MISSPELT]


MISSPELT = {name: Instead(name, f"write {good}") for good, names in INSTEAD.items() for name in names.split()}
MISSPELT |= {name: Instead(name, ONE_NUMBER) for name in SHAPES.split()}
MISSPELT["dtype"] = Instead("dtype", NO_DTYPE)
for _name, _instead in MISSPELT.items():
    setattr(NamesElsewhere, _name, _instead)
