"""What all modules share: finding their parameters, their two modes, their state, and the call."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeVar

from micrograd._core.modes import decided, recorded
from micrograd.engine import Value, no_grad

if TYPE_CHECKING:
    from micrograd.nn.summary import Summary

M = TypeVar("M", bound="Module")


class Module:
    """Something with parameters: the leaf Values among its attributes, in the order in which they were set.

    `training` is True until `eval()`: batch normalisation and dropout differ between training and evaluation.
    """

    _training = True

    @property
    def training(self) -> bool:
        return decided(self, "_training")

    @training.setter
    def training(self, mode: bool) -> None:
        self._training = mode

    def _walk(self) -> Iterator[tuple[str, Any]]:
        """Every Value and module below this one, and itself, once each, with their paths."""
        seen: set[Any] = set()
        stack: list[tuple[str, Any]] = [("", self)]
        while stack:
            path, thing = stack.pop()
            if isinstance(thing, (Value, Module)):
                if thing in seen:
                    continue
                seen.add(thing)
                yield path, thing
                if isinstance(thing, Value):
                    continue
                thing = vars(thing)
            inner = thing.items() if isinstance(thing, dict) else enumerate(thing)
            parts = [(f"{path}.{name}" if path else str(name), part) for name, part in inner]
            stack += [
                (name, part) for name, part in reversed(parts) if isinstance(part, (Value, Module, list, tuple, dict))
            ]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter once, with its path, such as `layers.0.neurons.3.w.1`."""
        return ((path, part) for path, part in self._walk() if isinstance(part, Value) and not part.parents)

    def parameters(self) -> list[Value]:
        return [parameter for _, parameter in self.named_parameters()]

    def modules(self) -> list[Module]:
        """This module and all within it, each before its parts."""
        return [part for _, part in self._walk() if isinstance(part, Module)]

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.grad = 0.0

    # ---- modes

    def train(self: M, mode: bool = True) -> M:
        """Put this module and all within it into training mode, or with `mode=False` into evaluation mode."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self: M) -> M:
        """Evaluation mode: running statistics instead of the batch's own, nothing dropped."""
        return self.train(False)

    # ---- state

    def state_dict(self) -> dict[str, Any]:
        """All numbers that make up the module, as nested lists, under the names that PyTorch gives them.

        `0.weight` is the weight matrix, of shape (out, in), of the first step of a `Sequential` or `MLP`. As in
        PyTorch's `Sequential`, a layer's activation is a step of its own, so that the next layer is `2`. In a module of
        one's own, names are paths of attributes. Batch normalisation adds its running statistics.
        """
        from micrograd.nn import state

        return state.read(self)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over the numbers of `state_dict`, in place: nested lists, or what has a `tolist()`, by name.

        Raises `ValueError`, with everything that differs, unless names and shapes are those of `self.state_dict()`;
        then nothing was changed.
        """
        from micrograd.nn import state

        state.write(self, state_dict)

    def save(self, path: str | PathLike[str]) -> None:
        """Write `state_dict()` to a safetensors file, in float64. A file of that name stays whole until it is done."""
        from micrograd.nn import files

        files.save(self, path)

    def load(self, path: str | PathLike[str]) -> None:
        """Take over the numbers of a safetensors file, in place; see `load_state_dict`.

        Raises `ValueError` for a file that is cut or of another kind, too; then nothing was changed.
        """
        from micrograd.nn import files

        files.load(self, path)


class Feedforward(Module):
    """A module from a list of `nin` Values to a list of Values: a subclass defines `forward`, a user calls the module.

    nin         the number of inputs; None for any number
    nout        the number of outputs; None for as many as inputs
    batchwise   the results for one example depend on the others of its batch: `forward_batch` has to see them together
    """

    nin: int | None = None

    @property
    def nout(self) -> int | None:
        return self.nin

    @property
    def batchwise(self) -> bool:
        return False

    def forward(self, x: list[Value]) -> list[Value]:
        raise NotImplementedError(f"{type(self).__name__} does not define forward")

    def forward_batch(self, rows: list[list[Value]]) -> list[list[Value]]:
        raise NotImplementedError(f"{type(self).__name__} is batchwise, but does not define forward_batch")

    def __call__(self, x: Any) -> Any:
        """The result for one example, or a list of results for a batch.

        An example is a sequence of `nin` numbers or Values (or the bare number, where `nin` is 1), a batch a
        sequence of such sequences. A single output comes as a Value, several as a list. Raises `ValueError` for
        another number of inputs and for an empty batch.
        """
        row = [x] if isinstance(x, (Value, numbers.Real)) or _computes(x) else list(x)
        if not row:
            raise ValueError(f"{self!r} takes {self.nin or 'some'} inputs, got 0; a batch holds at least one example")
        if hasattr(row[0], "__len__") and not isinstance(row[0], str):
            if not self.batchwise:
                return [self(example) for example in row]
            return [outs[0] if len(outs) == 1 else outs for outs in self.flow_batch([self._inputs(r) for r in row])]
        outs = self.flow(self._inputs(row))
        return outs[0] if len(outs) == 1 else outs

    def _inputs(self, row: Any) -> list[Value]:
        if self.nin is not None and len(row) != self.nin:
            raise ValueError(f"{self!r} takes {self.nin} inputs, got {len(row)}")
        return [Value(v) if recorded(v) else v if isinstance(v, Value) or _computes(v) else Value(v) for v in row]

    def flow(self, x: list[Value]) -> list[Value]:
        """`forward`, and a note on each result: which modules' calls returned it, the innermost first, given what."""
        outs = self.forward(x)
        if outs is not x:
            _note(outs, (self, x))
        return outs

    def flow_batch(self, rows: list[list[Value]]) -> list[list[Value]]:
        """`flow` for a batch; where the module is batchwise, every result was given all the rows."""
        if not self.batchwise:
            return [self.flow(x) for x in rows]
        results = self.forward_batch(rows)
        _note([out for outs in results for out in outs], (self, [v for x in rows for v in x]))
        return results

    def predict(self, x: Any) -> Any:
        """The class of an example, or a list of classes for a batch: the index of the largest output.

        Where there is one output only, its sign, −1 or 1. Computed in evaluation mode, without a graph. Raises
        `ValueError` where an output is nan.
        """
        with evaluating(self), no_grad():
            if isinstance(x, (Value, numbers.Real)):
                return _decide(self(x))
            x = list(x)
            outs = self(x)
            return [_decide(out) for out in outs] if hasattr(x[0], "__len__") else _decide(outs)

    def summary(self) -> Summary:
        """A table of the layers: shapes, parameters, and nodes of the graph for one example in evaluation mode."""
        from micrograd.nn import summary

        return summary.summarise(self)


def _note(outs: list[Value], call: tuple[Feedforward, list[Value]]) -> None:
    for out in outs:
        if isinstance(out, Value) and out.primitive is not None:
            out._calls = (*getattr(out, "_calls", ()), call)  # type: ignore[attr-defined]


def _computes(x: Any) -> bool:
    """Whether x is another kind of number, one that brings its elementary functions along (a dual number, a series)."""
    return hasattr(x, "relu")


def _decide(outs: Any) -> int:
    scores = [float(out) for out in outs] if isinstance(outs, list) else [float(outs)]
    if any(map(math.isnan, scores)):
        raise ValueError(f"no class can be told from outputs of nan, got {scores}")
    if len(scores) == 1:
        return 1 if scores[0] > 0 else -1
    return scores.index(max(scores))


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Inside this context the model is in evaluation mode; afterwards each of its modules is in its own again."""
    modules = model.modules() if isinstance(model, Module) else []
    before = [module.training for module in modules]
    for module in modules:
        module.training = False
    try:
        yield
    finally:
        for module, mode in zip(modules, before, strict=True):
            module.training = mode
