"""`Feedforward`: a module that is called with one example or with a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, overload

from micrograd._core.arrays import Array
from micrograd._core.modes import recorded
from micrograd._core.scalars import TEXT, as_list, is_several, of_our_own
from micrograd.engine import Value
from micrograd.nn.module import Module, evaluating, in_evaluation
from micrograd.nn.prediction import decide, known_kind
from micrograd.nn.summary import Row, Summary, count_nodes
from micrograd.text.notation import count


class Feedforward(Module):
    """A module from a list of `nin` Values to a list of Values: a subclass defines `forward`, a user calls the module.

    nin         the number of inputs; None for any number
    nout        the number of outputs; None for as many as inputs
    batchwise   whether the result for one example depends on the others of its batch: then the whole batch goes to
                `forward_batch`
    output      what a single output is (see `predict`); `fit` sets it
    """

    nin: int | None = None
    output: str | None = None

    @property
    def nout(self) -> int | None:
        return self.nin

    @property
    def takes(self) -> str:
        """The beginning of a message about inputs: Neuron(2) takes 2 inputs."""
        return f"{self!r} takes {count(self.nin, 'input') if self.nin else 'some inputs'}"

    @property
    def batchwise(self) -> bool:
        return False

    def forward(self, x: list[Value]) -> list[Value]:
        raise NotImplementedError(f"{type(self).__name__} does not define forward")

    def forward_batch(self, rows: list[list[Value]]) -> list[list[Value]]:
        raise NotImplementedError(f"{type(self).__name__} is batchwise, but does not define forward_batch")

    # ---- calls

    @overload
    def __call__(self, x: Array) -> Value | list[Value] | list[list[Value]]: ...
    @overload
    def __call__(self, x: float | Value | Iterable[float | Value]) -> Value | list[Value]: ...
    @overload
    def __call__(self, x: Iterable[Sequence[float | Value] | Array]) -> list[Value] | list[list[Value]]: ...
    def __call__(self, x: Any) -> Any:
        """The result for one example, or a list of results for a batch.

        An example is a sequence of `nin` numbers or Values (or the bare number if `nin` is 1), a batch a sequence of
        such sequences. A single output comes as a Value, several as a list. Raises `ValueError` for the wrong number of
        inputs and for an empty batch.
        """
        row = x if x.__class__ is list else as_row(x)
        if not row:
            raise ValueError(f"{self.takes}, got 0; a batch holds at least one example")
        if row[0].__class__ is not float and is_several(row[0]):
            if not self.batchwise:
                return [self(example) for example in row]
            rows = [self._inputs(as_list(r)) for r in row]
            results = self._run_batch(rows) if _calls_itself(self) else self.flow_batch(rows)
            return [outs[0] if len(outs) == 1 else outs for outs in results]
        outs = self._run(self._inputs(row)) if _calls_itself(self) else self.flow(self._inputs(row))
        return outs[0] if len(outs) == 1 else outs

    def _inputs(self, row: list[Any]) -> list[Value]:
        if self.nin is not None and len(row) != self.nin:
            hint = "; a batch is a list of lists: write [[x] for x in xs]" if self.nin == 1 and row else ""
            raise ValueError(f"{self.takes}, got {len(row)}{hint}")
        return [v if v.__class__ is Value else Value(v) if v.__class__ is float else as_input(v) for v in row]

    def flow(self, x: list[Value]) -> list[Value]:
        """The list of results for one example: by this, a module calls those within it.

        Each result notes this call and its inputs, after the notes of the calls inside it. A subclass that defines its
        own `__call__` is called.
        """
        if not _calls_itself(self):
            return self._run(x)
        outs = as_outputs(self(x))
        if outs is not x:
            note(outs, (self, x))
        return outs

    def flow_batch(self, rows: list[list[Value]]) -> list[list[Value]]:
        """`flow` for a batch; the inputs of a batchwise module's call are those of the whole batch."""
        if not self.batchwise:
            return [self.flow(x) for x in rows]
        if not _calls_itself(self):
            return self._run_batch(rows)
        results = [as_outputs(outs) for outs in self(rows)]
        note([out for outs in results for out in outs], (self, [v for x in rows for v in x]))
        return results

    def _run(self, x: list[Value]) -> list[Value]:
        outs = self.forward(x)
        if outs is not x:
            note(outs, (self, x))
        return outs

    def _run_batch(self, rows: list[list[Value]]) -> list[list[Value]]:
        results = self.forward_batch(rows)
        note([out for outs in results for out in outs], (self, [v for x in rows for v in x]))
        return results

    @overload
    def predict(self, x: Array, output: str | None = None) -> int | list[int]: ...
    @overload
    def predict(self, x: float | Value | Iterable[float | Value], output: str | None = None) -> int: ...
    @overload
    def predict(self, x: Iterable[Sequence[float | Value] | Array], output: str | None = None) -> list[int]: ...
    def predict(self, x: Any, output: str | None = None) -> Any:
        """The class of an example, or a list of classes for a batch: the index of the largest output.

        What a single output means, `fit` learns from the loss; otherwise say it: `output` is 'logit' (0 or 1, by its
        sign), 'probability' (0 or 1, by ½), 'margin' (−1 or 1, by its sign) or 'number' (the output itself). Computed
        in evaluation mode, without a graph. Raises `ValueError` if an output is nan, or if its meaning is not known.
        """
        x = as_row(x)
        outs: Any = in_evaluation(self, lambda: self(x))
        kind = known_kind(self, output)
        return [decide(out, kind) for out in outs] if is_several(x[0]) else decide(outs, kind)

    # ---- the summary

    def summary(self) -> Summary:
        """A table of the layers: shapes, parameters, and nodes of the graph for one example in evaluation mode."""
        if self.nin is None:
            raise ValueError(f"{self!r} takes any number of inputs: a table needs a first layer that fixes it")
        with evaluating(self):
            return Summary(self.summary_rows(self.nin))

    def summary_rows(self, width: int, name: str = "") -> list[Row]:
        """The rows of this module in a summary, from a run on one example of that width."""
        outs = self.flow([Value(0.5) for _ in range(width)])
        return [Row(name, self.summary_name, width, len(outs), len(self.parameters()), count_nodes(outs))]

    @property
    def summary_name(self) -> str:
        """What the module is called in a summary."""
        return repr(self)


CALL = Feedforward.__call__


def as_row(x: Any) -> list[Any]:
    """The inputs of one example, or the examples of a batch: of any sequence, or a single number."""
    if isinstance(x, (dict, set, frozenset)):
        raise TypeError(f"inputs have an order: write a list of numbers, got {type(x).__name__} {x!r}")
    return as_list(x) if is_several(x) or isinstance(x, TEXT) else [x]


def as_input(x: Any) -> Any:
    """The Value of one input; a number that carries derivatives along stays what it is."""
    return x if not recorded(x) and (isinstance(x, Value) or of_our_own(x)) else Value(x)


def _calls_itself(module: Feedforward) -> bool:
    """Whether the class of the module defines `__call__` itself."""
    return type(module).__call__ is not CALL


def flow(module: Any, x: list[Value]) -> list[Value]:
    """`module.flow(x)`, also for a module that only defines `__call__`."""
    if isinstance(module, Feedforward):
        return module.flow(x)
    outs = as_outputs(module(x))
    note(outs, (module, x))
    return outs


def flow_batch(module: Any, rows: list[list[Value]]) -> list[list[Value]]:
    return module.flow_batch(rows) if isinstance(module, Feedforward) else [flow(module, x) for x in rows]


def summarise(module: Any, width: int, name: str) -> list[Row]:
    """The rows of a module in a summary, from a run on one example of that width."""
    if isinstance(module, Feedforward):
        return module.summary_rows(width, name)
    outs = flow(module, [Value(0.5) for _ in range(width)])
    return [Row(name, repr(module), width, len(outs), len(module.parameters()), count_nodes(outs))]


def as_outputs(outs: Any) -> list[Any]:
    """What a learner's call returned as a list: its one result, or several."""
    return list(outs) if isinstance(outs, (list, tuple)) else [outs]


def note(outs: list[Value], call: tuple[Feedforward, list[Value]]) -> None:
    for out in outs:
        if isinstance(out, Value) and out.primitive is not None:
            calls = getattr(out, "_calls", ())
            if not calls or calls[-1][0] is not call[0]:
                out._calls = (*calls, call)  # type: ignore[attr-defined]
