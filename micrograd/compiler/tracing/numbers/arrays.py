"""Arrays of traced numbers: to user code they are arrays of floats or integers.

NumPy keeps traced numbers as objects, and treats arrays of objects in another way: they have another dtype and another
text, nan has another place in their order, and whatever is written into one stays what it is. So their functions go
through `twice`, and what the array itself is asked is answered here: the dtype and the text as user code sees them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, partial
from types import FrameType
from typing import Any

from micrograd._core.in_numpy import ANSWERS
from micrograd._core.modes import tracer
from micrograd.compiler.tracing.errors import OURS, is_installed, refusal
from micrograd.compiler.tracing.numbers import twice
from micrograd.compiler.tracing.numbers.arithmetic import is_integer
from micrograd.compiler.tracing.numbers.elements import (
    as_key,
    as_number,
    as_python,
    both,
    elements,
    holds_objects_of_ours,
    is_traced,
    numbers_in,
    objects,
    parts,
    plain,
)
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.compiler.tracing.numbers.shown import is_only_shown
from micrograd.compiler.tracing.numbers.twice import IN_LISTS, OfAll

METHODS = frozenset(
    """all any argmax argmin argpartition argsort choose clip compress conj conjugate cumprod cumsum dot fill max mean
    min nonzero partition prod put repeat round searchsorted sort std sum take trace var""".split()
)
MEMORY = frozenset(
    """base byteswap ctypes data dump dumps flags getfield setfield strides tobytes tofile
    __array_interface__""".split()
)


def runs_users_code(frame: FrameType) -> bool:
    """Whether this is the user's code: not that of NumPy, of another installed package, or ours."""
    file = frame.f_code.co_filename
    return not file.startswith(OURS) and not is_installed(file)


@cache
def array_class() -> Any:
    """The class, made when there is an array: NumPy is optional."""
    import numpy as np

    usual = np.ndarray

    class Array(usual):  # type: ignore[valid-type, misc]
        """An array of objects: numbers of the trace, and constants, which user code sees as numbers of `seen`."""

        seen: Any = None
        stands_for = usual

        def __array_finalize__(self, other: Any) -> None:
            self.seen = getattr(other, "seen", None)

        @property
        def dtype(self) -> Any:
            return self.seen if self.seen is not None and runs_users_code(sys._getframe(1)) else objects(self).dtype

        @property
        def itemsize(self) -> Any:
            return objects(self).itemsize if self.seen is None else self.seen.itemsize

        @property
        def nbytes(self) -> Any:
            return self.itemsize * self.size

        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
            run = usual_run = getattr(ufunc, method)
            if all(kind.strip("O->") == "" for kind in ufunc.types):  # it calls a function of the user's
                return run(*both(objects, inputs), **both(objects, options))
            if method == "__call__" and ufunc.__name__ in ANSWERS:
                run = np.frompyfunc(ANSWERS[ufunc.__name__], ufunc.nin, ufunc.nout)
            if any(map(is_traced, options.get("out") or ())) and any(map(holds_objects_of_ours, inputs)):
                raise TypeError("an array of floats cannot hold Values: make it with dtype=object")
            if options.get("dtype") == np.float64:  # in which a program computes anyway
                usual_run, options = partial(usual_run, dtype=np.float64), {**options, "dtype": None}
            return twice.twice(Array, ufunc.__name__, usual_run, run, inputs, options)

        def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
            return twice.twice(Array, function.__name__, function, function._implementation, args, options)

        def astype(self, dtype: Any, *args: Any, **options: Any) -> Any:
            return converted(self, np.dtype(dtype), options.get("copy", True))

        def tolist(self) -> Any:
            return both(as_python, objects(self).tolist())

        def item(self, *args: Any) -> Any:
            return as_python(objects(self).item(*args))

        def view(self, kind: Any = usual, *others: Any, **named: Any) -> Any:
            if not isinstance(kind, type) or not issubclass(kind, usual) or others or named.keys() - {"type"}:
                raise refusal("a traced function looked at the bytes of an array", IN_LISTS)
            return self[...] if kind is usual and runs_users_code(sys._getframe(1)) else super().view(kind, **named)

        def __getitem__(self, key: Any) -> Any:
            return super().__getitem__(as_key(key))

        def __setitem__(self, key: Any, x: Any) -> None:
            key, there = as_key(key), objects(self)
            shape = np.shape(there[key])
            expected, made = np.empty(shape, dtype=self.seen), np.empty(shape, dtype=object)
            expected[...] = both(plain, x)
            made[...] = both(objects, both(as_number, x))
            if self.seen.kind in "iu" and not all(is_integer(y.true) for y in numbers_in(made)):
                raise refusal(f"a float is written into an array of {self.seen}, which cuts it off", "Round it before.")
            adopted = objects(twice.adopted_array(Array, made, expected, "put"))
            there[key] = adopted if shape else adopted[()]

        def __str__(self) -> str:
            return text(self, str)

        def __repr__(self) -> str:
            return text(self, repr)

        def __format__(self, spec: str) -> str:
            return text(self, partial(formatted, spec) if spec else str)

        def __bytes__(self) -> bytes:
            raise refusal("a traced function read the bytes of an array", IN_LISTS)

        def method(name: str, run: Any) -> Any:  # noqa: N805
            return lambda *args, **options: twice.twice(Array, name, run, run, args, options)

        for name in METHODS:
            locals()[name] = method(name, getattr(usual, name))
        for name in MEMORY:
            locals()[name] = property(partial(memory, name=name, usual=getattr(usual, name)))
        del method, name

    Array.__name__, Array.__qualname__, Array.__module__ = usual.__name__, usual.__qualname__, usual.__module__
    return Array


def traced(made: Any, seen: Any) -> Any:
    """An array of objects as one of traced numbers."""
    return twice.traced(array_class(), made, seen)


def memory(self: Any, name: str, usual: Any) -> Any:
    """What tells how an array lies in memory: user code would see how the traced numbers do."""
    if runs_users_code(sys._getframe(1)):
        raise refusal(f"a traced function asked for the {name} of an array, that is how it lies in memory", IN_LISTS)
    return usual.__get__(self)


def formatted(spec: str, x: Any) -> str:
    return format(x, spec)


def text(x: Any, ask: Callable[[Any], str]) -> str:
    """The text that user code sees: a decision, unless it is only shown."""
    watching, out = tracer(), ask(plain(x))
    if watching is not None and not is_only_shown(watching, sys._getframe(2)):
        found = elements(x)
        how = OfAll(ask, x.seen, x.shape, tuple([None if isinstance(y, Number) else y for y in found]))
        watching.decide(out, how, *[y.position for y in found if isinstance(y, Number)])
    return out


def converted(x: Any, dtype: Any, copy: bool) -> Any:
    """The array in another dtype, as far as a program computes in it."""
    import numpy as np

    if dtype == x.seen:
        return x.copy() if copy else x
    if dtype.kind == "O":
        return objects(x).copy()
    if dtype.kind != "b" and dtype != np.float64:
        whole = x.seen.kind in "iu" and dtype.kind in "iu" and np.can_cast(x.seen, dtype)
        if not whole:
            raise refusal(f"an array of {x.seen} is converted to {dtype}", "Convert it before the call.")
    return twice.adopted_array(array_class(), objects(x), plain(x).astype(dtype), "astype")


def make(watching: Any, usual: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """What `np.array(x, dtype)` and the like are for lists of traced numbers."""
    if not args or len(args) > 2 or named.keys() - {"dtype", "copy"} or not runs_users_code(sys._getframe(3)):
        return usual(*args, **named)
    x, wanted = args[0], args[1] if len(args) > 1 else named.get("dtype")
    if is_traced(x):
        made = x.copy() if usual.__name__ == "array" and named.get("copy", True) else x
    elif (made := of_list(x)) is x:
        return usual(*args, **named)
    return made if wanted is None else converted(made, sys.modules["numpy"].dtype(wanted), False)


def order(watching: Any, usual: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """What `np.max(x)` and the like are for lists of traced numbers: NumPy makes arrays of them first."""
    if not runs_users_code(sys._getframe(3)):
        return usual(*args, **named)
    return usual(*[of_list(x) if isinstance(x, (list, tuple)) else x for x in args], **named)


def of_list(x: Any) -> Any:
    """A list of traced numbers as an array of them; anything else as it is."""
    if not any(isinstance(y, Number) for part in parts(x) for y in elements(part)):
        return x
    import numpy as np

    found = np.array(both(objects, x))
    if not all(isinstance(y, (Number, int, float, np.number)) for y in elements(found)):
        return x
    return twice.adopted_array(array_class(), found, plain(found), "array")
