"""`compiled.batch`: the program of one example, run over many."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from micrograd.calculus.structures import leaves
from micrograd.compiler.batches.calls import Call
from micrograd.compiler.batches.examples import Examples
from micrograd.compiler.batches.gradients import Gradients
from micrograd.compiler.batches.groups import naming
from micrograd.compiler.batches.shortcuts import Shortcut, shortcut
from micrograd.compiler.batches.work import Compiled, Options, Reduction
from micrograd.compiler.eagerly import as_floats, finite
from micrograd.compiler.tracing.arguments import Arguments


class Batch:
    """A compiled function over a batch of examples: `compiled.batch`.

        fast = micrograd.compile(loss_of_one)                        # the loss of one example
        total = fast.batch(X, y)                                     # the mean over all: a Value
        value, gradient = fast.batch.value_and_grad(theta, X, y)     # the same, as flat arrays

    **Arguments.** An array, a list, an `array.array`, a tensor or a column of a table has an entry for each example:
    example i is what f gets as `f(X[i], y[i])`, and each needs as many entries. A table is its rows, as arrays. A tuple
    or a dict has such things in it, and f gets a tuple or a dict of their entries. A number, a text, a Value, any other
    object is the same for all examples, and so is an argument that `shared` names. A whole number in a list or an array
    is an input, as if marked by `index`: it may select by `pick`.

    **Results.** `reduce="mean"`, or "sum", gives what f returns, with each number and each Value added up over the
    examples: Values have the parameters as parents, and the Values among the arguments. `reduce=None` gives one for
    each example: an array of the numbers, a list of the Values; a list or an array that f returns gets a first axis of
    the examples, a tuple or a dict stays one, of such arrays.

    **Never silently something else.** As a loop over the examples would do: each runs by the variant for its decisions,
    traced where there is none; draws random numbers of its own, in the order of the examples; and what is not finite is
    so in the result. An error tells which example it is about. A function that prints, or keeps something at each call,
    is refused.

    **The order of sums.** Those of the examples that decide alike are added up in their order, then the sums of these
    groups, by their first examples. With `threads`, each thread adds up a part of the examples, from the first to the
    last, and these are then added in order: the same number of threads gives the same digits.

    Keyword arguments of f that are called `reduce`, `shared` or `threads` are passed by position. Of a method, the
    object is an argument: `Model.loss.batch(model, X, y)`.
    """

    def __init__(self, compiled: Compiled):
        self._compiled = compiled
        self._known: dict[Any, Arguments] = {}
        self._shortcut: Shortcut | None = None
        self._shortcut_to_gradient: Shortcut | None = None

    def __call__(
        self,
        *args: Any,
        reduce: Reduction = "mean",
        shared: str | int | Iterable[str | int] = (),
        threads: int = 1,
        **kwargs: Any,
    ) -> Any:
        """The results of f, added up over the examples, or one for each.

        Raises `ValueError` for a batch of no example and for arrays of unequal lengths, `TypeError` where nothing has
        an entry for each example, or where what f returns cannot be added up.
        """
        if (way := self._shortcut) is not None and not kwargs and shared == () and threads == 1:
            if (quick := way(args, reduce)) is not None:
                self._compiled._calls += quick[1]
                return quick[0]
        options = Options(reduce, threads, self._known)
        examples = Examples(self._compiled._f, args, kwargs, shared)
        call = Call(self._compiled, examples, options)
        found = call.results()
        self._shortcut = shortcut(call)
        if self._compiled._strict and not all(map(finite, leaves(found))):
            self._raise(examples)
        return found

    def value_and_grad(
        self,
        theta: Any,
        /,
        *args: Any,
        reduce: Reduction = "mean",
        shared: str | int | Iterable[str | int] = (),
        threads: int = 1,
        **kwargs: Any,
    ) -> tuple[Any, Any]:
        """The value of f and its gradient with the numbers `theta` in the parameters, added up over the examples.

        With `reduce=None` an array of all values, and an array of all gradients, one row for each example. The rest is
        that of `Compiled.value_and_grad`.
        """
        if (way := self._shortcut_to_gradient) is not None and not kwargs and shared == () and threads == 1:
            if (quick := way(args, reduce, theta)) is not None:
                self._compiled._calls += quick[1]
                return quick[0]  # type: ignore[no-any-return]
        options = Options(reduce, threads, self._known)
        theta = as_floats(theta)
        examples = Examples(self._compiled._f, args, kwargs, shared)
        call = Gradients(self._compiled, examples, options, theta)
        found: tuple[Any, Any] = call.results()
        self._shortcut_to_gradient = shortcut(call)
        if self._compiled._strict and not all(map(math.isfinite, found[0] if reduce is None else found[:1])):
            self._raise(examples)
        return found

    def _raise(self, examples: Examples) -> None:
        """The error of eager mode of the first example that has one."""
        for i in range(examples.count):
            args, kwargs = examples[i]
            with naming(i):
                self._compiled(*args, **kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return Batch, (self._compiled,)

    def __repr__(self) -> str:
        return f"<batches of {self._compiled._title}>"
