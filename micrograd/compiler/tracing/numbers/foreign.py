"""Tensors and tables of other libraries as arguments: a traced function has their numbers in arrays of NumPy's.

A tensor of PyTorch means other things by `x.max(0)` than an array does; a table of pandas skips what is nan, and has a
dtype and a text of its own. So of such an argument, user code may use what means the same; the rest is refused.
"""

from __future__ import annotations

import sys
from functools import cache
from numbers import Real
from typing import Any

from micrograd.compiler.tracing.errors import refusal
from micrograd.compiler.tracing.numbers.arrays import array_class, runs_users_code, traced
from micrograd.compiler.tracing.numbers.elements import elements, is_objects, is_traced, objects, plain
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.compiler.tracing.numbers.twice import adopted_array, ensure_no_nan

ITS_NUMBERS = (
    "Pass its numbers in, as a list or as an array of NumPy: x.tolist() or x.numpy(), x.to_numpy() of a table."
)
OF_TENSORS = frozenset("T __class__ __dict__ cpu detach dtype flatten ndim numpy reshape shape tolist".split())
OF_TABLES = frozenset(
    """T __class__ __dict__ abs at columns dot empty get head iat iloc index items iterrows itertuples keys loc max mean
    min name ndim prod shape size sum tail to_list to_numpy tolist values""".split()
)


def refuse(what: str, kind: Any) -> None:
    raise refusal(
        f"a traced function used {what} of a {kind.__name__}, which is an array of numbers there", ITS_NUMBERS
    )


@cache
def tensor_class() -> Any:
    class Tensor(array_class()):  # type: ignore[misc]
        """An array of traced numbers in place of a tensor."""

        theirs: Any = None  # its class and its dtype

        def __array_finalize__(self, other: Any) -> None:
            super().__array_finalize__(other)
            self.theirs = getattr(other, "theirs", None)

        def __getattribute__(self, name: str) -> Any:
            get = super().__getattribute__
            if runs_users_code(sys._getframe(1)):
                if name in ("__class__", "dtype"):
                    return get("theirs")[name == "dtype"]
                if name not in OF_TENSORS:
                    refuse(f".{name}", get("theirs")[0])
            return get(name)

        def numpy(self) -> Any:
            return traced(objects(self), self.seen)

        def detach(self) -> Any:
            return self

        cpu = detach

        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
            if runs_users_code(sys._getframe(1)):
                refuse("arithmetic", self.theirs[0])
            return super().__array_ufunc__(ufunc, method, *inputs, **options)

        def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
            if runs_users_code(sys._getframe(1)):
                refuse(f"np.{function.__name__}", self.theirs[0])
            return super().__array_function__(function, types, args, options)

        def __str__(self) -> Any:
            return refuse("the text", self.theirs[0])

        __repr__ = __str__

        def __format__(self, spec: str) -> Any:
            return refuse("the text", self.theirs[0])

    return Tensor


def as_tensor(made: Any, x: Any) -> Any:
    """An array of traced numbers in place of the tensor x."""
    out = objects(made).view(tensor_class())
    out.seen, out.theirs = made.seen, (type(x), getattr(x, "dtype", None))
    return out


@cache
def table_classes() -> tuple[Any, Any]:
    """What stands for a `Series` and for a `DataFrame`."""
    pd = sys.modules["pandas"]

    def guarded(usual: Any) -> Any:
        class Table(usual):  # type: ignore[misc]
            stands_for = usual
            _constructor = property(lambda self: classes[usual is pd.DataFrame])
            _constructor_sliced = property(lambda self: classes[0])
            _constructor_expanddim = property(lambda self: classes[1])

            def __getattribute__(self, name: str) -> Any:
                if name not in OF_TABLES and runs_users_code(sys._getframe(1)):
                    if name not in super().__getattribute__("_info_axis"):
                        refuse(f".{name}", usual)
                return super().__getattribute__(name)

            @property
            def values(self) -> Any:
                return as_numbers(super().values)

            def to_numpy(self, *args: Any, **named: Any) -> Any:
                return as_numbers(super().to_numpy(*args, **named))

            def mean(self, *args: Any, **named: Any) -> Any:
                if args or named or self.ndim > 1 or not runs_users_code(sys._getframe(1)):
                    return super().mean(*args, **named)
                return self.to_numpy().mean()

            def __str__(self) -> Any:
                return refuse("the text", usual)

            __repr__ = __str__

        Table.__name__ = usual.__name__
        return Table

    classes = guarded(pd.Series), guarded(pd.DataFrame)
    return classes


def as_numbers(x: Any) -> Any:
    """An array of objects as one of traced numbers, if there is nothing else in it."""
    kinds = {type(y) for y in elements(x)}
    if (
        not is_objects(x)
        or is_traced(x)
        or Number not in kinds
        or not all(issubclass(k, (Number, Real)) for k in kinds)
    ):
        return x
    return adopted_array(array_class(), x, plain(x), "array")


def as_table(made: list[Any], x: Any) -> Any:
    """A table of traced numbers in place of x, which has no nan, at any call."""
    if not any(map(is_traced, made)):
        return x.copy()
    ensure_no_nan(made, f"a {type(x).__name__}")
    series, frame = table_classes()
    if x.ndim == 1:
        return series(made[0], index=x.index, name=x.name, dtype=object)
    kept = [column if is_number_or_object(x.iloc[:, k]) else x.iloc[:, k] for k, column in enumerate(made)]
    out = frame(dict(enumerate(kept)), index=x.index)
    out.columns = x.columns
    return out


def columns(x: Any) -> list[Any]:
    """The columns of a table, each an array of NumPy's; of dates and the like, the texts."""
    found = [x] if x.ndim == 1 else [x.iloc[:, k] for k in range(x.shape[1])]
    return [c.to_numpy() if is_number_or_object(c) else c.map(repr).to_numpy() for c in found]


def is_number_or_object(column: Any) -> bool:
    return str(getattr(column.dtype, "kind", "")) in "biufcO" and type(column.dtype).__module__.startswith("numpy")


def is_table(x: Any) -> bool:
    return hasattr(x, "iloc") and hasattr(x, "to_numpy")


def description(x: Any) -> tuple[Any, ...]:
    """What belongs to the key of a call beside the numbers: the names in a table, the dtypes."""
    if is_table(x):
        dtypes = (x.dtype,) if x.ndim == 1 else tuple(x.dtypes)
        return *map(tuple, x.axes), dtypes, getattr(x, "name", None) if x.ndim == 1 else None
    return (str(getattr(x, "dtype", "")),)
