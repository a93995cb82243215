"""Which arguments of a compiled function are inputs of its program, and which are static: the key of a trace.

The table in `tracing` lists both. `index(i)` marks a bare integer as an input. Numbers and arrays of other libraries
are inputs as well: of a tensor and of a `Series` f may use what `foreign` lists; it gets an `array.array` as a list.
"""

from __future__ import annotations

import math
import numbers
import sys
from array import array
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

from micrograd._core.lending import data_of
from micrograd._core.modes import Index
from micrograd._core.nodes import number
from micrograd._core.scalars import check_untracked, is_several, real_of
from micrograd.calculus.numeric_kinds import Number
from micrograd.calculus.structures import entries, is_array, like, to_array
from micrograd.compiler.tracing.keys import PLAIN, Same, attributes, exactly, holds_itself, is_truth, key_of
from micrograd.compiler.tracing.numbers.arithmetic import LARGEST, SMALL, is_integer, is_narrow
from micrograd.compiler.tracing.numbers.arrays import traced
from micrograd.compiler.tracing.numbers.elements import is_traced
from micrograd.compiler.tracing.numbers.foreign import as_table, as_tensor, columns, description, is_table
from micrograd.engine import Value

NOTHING_SHARED: Mapping[int, Any] = {}
FLOATS, INTEGERS = {float}, {int}  # the kinds of a row of numbers
SHORT = 4  # parts, which are read one by one


class Arguments:
    """The arguments of one call: the `key`, made of all static parts, and the inputs in order.

    `parts` holds the inputs, in lists of floats and arrays; `values` the Values among them, with their places.
    `statics` are the objects in the key; f may read what is inside them.
    `borrowed` is True if an array is the caller's own, who may change it later.
    `looks` are what the key tells besides, see `Tape`.
    `shared` are lists, dicts and arrays that f also reads from elsewhere, by identity: constants of the program.
    `in_forward_mode` is True if a number carries derivatives along: no program takes those.
    """

    __slots__ = (
        *("key", "parts", "values", "count", "in_forward_mode"),
        *("borrowed", "looks", "names", "shared", "seen", "statics", "_floats"),
    )

    def __init__(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        looks: frozenset[str] = frozenset(),
        shared: Mapping[int, Any] = NOTHING_SHARED,
    ):
        self.looks, self.shared = looks, shared
        self.names = sorted(looks - NO_ATTRIBUTES) if looks else ()  # of attributes of Values
        # where identity counts, the lists, Values and the like that came so far
        self.seen: dict[int, int] | None = {} if "is" in looks else None
        self.parts: list[Any] = []
        self.values: list[tuple[int, Value]] = []
        self.statics: list[Any] = []
        self.count = 0
        self.in_forward_mode = self.borrowed = False
        self._floats: list[float] | None = None
        key = [self.read(x, True) for x in args]
        if kwargs:
            key += [(name, self.read(kwargs[name], True)) for name in kwargs]
        self.key = tuple(key)

    def reached(self, values: Mapping[int, Value]) -> list[Value | None]:
        """For each Value among the arguments, itself if f reaches it too; none where f does not look at identity."""
        return [] if self.seen is None else [values.get(id(v)) for _, v in self.values]

    def floats(self) -> list[float]:
        if self._floats is None:
            self._floats = [x for part in self.parts for x in (part if type(part) is list else part.tolist())]
        return self._floats

    def read(self, x: Any, bare: bool) -> Any:
        """Collect the inputs in x, and return its static part."""
        if type(x) is float:
            return self.number(x)
        if type(x) is int and not bare:
            return self.whole(x)
        if isinstance(x, Value):
            return self.value(x)
        if id(x) in self.shared:
            self.statics.append(x)
            return Same(x)
        if self.seen is not None and (isinstance(x, (list, dict)) or is_array(x)):
            if id(x) in self.seen:
                return Same, self.seen[id(x)]
            self.seen[id(x)] = len(self.seen)
        if isinstance(x, (list, tuple)):
            kind, parts = type(x), self.row(x) if len(x) > SHORT else ()
            parts = parts or tuple([self.read(part, False) for part in x])
            return (kind, parts) if kind is list or kind is tuple else self.with_attributes((kind, parts), x)
        if isinstance(x, dict):
            parts = tuple([(self.name(key), self.read(part, False)) for key, part in x.items()])
            return self.with_attributes((type(x), parts), x)
        if is_array(x):
            return self.array(x)
        if isinstance(x, Index):
            self.number(float(x))
            return Index, magnitude(x)
        if (numbers := familiar(x)) is not x:
            return type(x), description(x), self.read(numbers, False)
        if static(x, bare):
            self.in_forward_mode = self.in_forward_mode or isinstance(x, Number)
            return self.constant(x)
        if is_integer(x):
            return self.whole(x)
        self.number(number(x))
        return type(x) if "__class__" in self.looks or is_narrow(x) else float

    def value(self, x: Value) -> Any:
        """The same for a Value: the key says of a repeated one which it is."""
        self.values.append((self.count, x))
        self.number(data_of(x))
        if type(x) is not Value:
            self.statics.append(type(x))
        if not self.looks:
            return type(x)
        place = None if self.seen is None else self.seen.setdefault(id(x), len(self.seen))
        return type(x), place, *[self.constant(getattr(x, name, Same)) for name in self.names]

    def constant(self, x: Any) -> Any:
        """The key of a constant of the program; what is inside an object may be read."""
        if not isinstance(key := key_of(x), Same):
            return self.with_attributes(key, x)
        if x is not Same:
            self.statics.append(x)
        return key

    def name(self, x: Any) -> Any:
        """The same for the key of a dict."""
        if type(x) is str:
            return str, x
        by_identity: Any = object.__hash__
        if type(x).__hash__ is by_identity:
            self.statics.append(x)
        return self.with_attributes(exactly(x), x)

    def with_attributes(self, key: tuple[Any, ...], x: Any) -> tuple[Any, ...]:
        """The key of x, with what x has besides if it is of a class of the user's own; its methods may read more."""
        if type(x) in PLAIN:
            return key
        self.statics.append(type(x))
        if holds_itself(x):
            return key
        return *key, *[(name, self.constant(part)) for name, part in attributes(x).items()]

    def whole(self, x: Any) -> Any:
        """The same for a whole number: one that no float equals is static."""
        if (found := magnitude(x)) > LARGEST:
            return type(x), x
        self.number(float(x))
        return type(x), found

    def row(self, x: Any) -> tuple[Any, ...]:
        """`read` of all parts at once, the commonest case: floats, or small whole numbers; else ()."""
        kinds = set(map(type, x)) if type(x) is list or type(x) is tuple else ()
        small = kinds == INTEGERS and -SMALL <= min(x) and max(x) <= SMALL
        if kinds != FLOATS and not small:
            return ()
        if not self.parts or type(self.parts[-1]) is not list:
            self.parts.append([])
        self.parts[-1] += map(float, x) if small else x
        self.count += len(x)
        return ((int, SMALL) if small else float,) * len(x)

    def number(self, x: float) -> Any:
        if not self.parts or type(self.parts[-1]) is not list:
            self.parts.append([])
        self.parts[-1].append(x)
        self.count += 1
        return float

    def array(self, x: Any) -> Any:
        import numpy as np

        if isinstance(x, np.ma.MaskedArray):
            raise TypeError("a compiled function takes no masked arrays: pass x.data and x.mask, or x.filled(0.0)")
        if type(x) is not np.ndarray:
            self.statics.append(type(x))
        kind = x.dtype.kind
        size = 0.0
        if kind != "f":
            if kind not in "biu":
                parts = tuple([self.read(part, False) for part in entries(x)])
                return self.with_attributes((type(x), x.shape, parts), x)
            if is_constant(x, ARRAYS in self.looks):
                return self.with_attributes((type(x), x.shape, x.dtype.char, x.tobytes()), x)
            size = magnitude_of_array(x)
        flat = np.ascontiguousarray(x, dtype=np.float64).ravel()
        self.parts.append(flat)
        self.borrowed = True
        self.count += len(flat)
        key = type(x), x.shape, x.dtype.char, size
        return key if type(x) is np.ndarray else self.with_attributes(key, x)


ARRAYS = "arrays"  # what is looked at: whole numbers in arrays by NumPy itself, as in M[indices]
NO_ATTRIBUTES = frozenset(["__class__", "is", ARRAYS])


def static(x: Any, bare: bool) -> bool:
    """Whether x is a constant of the program: another one leads to another trace.

    Such are bare integers, and True and False everywhere, which user code may compare by `is`.
    """
    if isinstance(x, Index):
        return False
    if is_truth(x) or isinstance(x, (float, int)) and type(x).__module__ not in ("builtins", "numpy"):
        return True
    if isinstance(x, numbers.Integral):
        return bare or magnitude(x) > LARGEST
    return real_of(x) is None


def magnitude(x: Any) -> float:
    """How large a whole number may become until another trace is needed."""
    return SMALL if -SMALL <= x <= SMALL else LARGEST if -LARGEST < x < LARGEST else math.inf


def is_constant(x: Any, constant: bool) -> bool:
    """Whether an array is a constant of the program: of truths, of integers too large, with `constant` of any."""
    kind = x.dtype.kind
    return kind == "b" or kind in "iu" and (constant or magnitude_of_array(x) > LARGEST)


def holds_integers(x: Any) -> bool:
    """Whether an array of integers is among the arguments."""
    parts = x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else ()
    return (is_array(x) and x.dtype.kind in "iu") or any(map(holds_integers, parts))


def magnitude_of_array(x: Any) -> float:
    return max(magnitude(int(x.min())), magnitude(int(x.max()))) if x.size else 0.0


def holds_value(x: Any) -> bool:
    """Whether a Value is among the arguments."""
    if isinstance(x, dict):
        x = x.values()
    elif is_array(x):
        x = entries(x) if x.dtype.kind == "O" else ()
    elif not isinstance(x, (list, tuple)):
        return isinstance(x, Value)
    return any(map(holds_value, x))


def plainest(x: Any) -> Any:
    """The number that user code has: of Python or of NumPy; another library's becomes a float."""
    if isinstance(x, Index):
        return int(x)
    kept = isinstance(x, (float, int, Fraction, Decimal)) or type(x).__module__ == "numpy"
    return x if kept and not is_array(x, 0) else number(x)


def familiar(x: Any) -> Any:
    """The numbers of an array from another library, as a NumPy array; those of an `array.array`, as a list; else x."""
    if isinstance(x, array):
        return x.tolist()
    if not hasattr(x, "__array__") or is_array(x) or not is_several(x):
        return x
    check_untracked(x)
    if is_table(x):
        return columns(x)
    import numpy as np

    try:
        return np.asarray(x)
    except TypeError:  # a tensor on another device, or in bfloat16
        return np.asarray(x.tolist())


class Substitution:
    """Arguments with each input replaced by `number(input, size)`, in the order of `Arguments`.

    The size is how large a whole number may be, 0 for others. Lists, dicts and arrays are copied, with
    `once` each of them once; `changed` tells whether user code has changed a copy since.
    """

    def __init__(
        self,
        number: Callable[[Any, float], Any],
        once: bool = True,
        constant: bool = False,
        shared: Mapping[int, Any] = NOTHING_SHARED,
    ):
        self.number, self.once, self.constant, self.shared = number, once, constant, shared
        self.made: dict[int, tuple[Any, Any, Any]] = {}  # by identity: what was copied, the copy, what it held

    def __call__(self, x: Any, bare: bool = True) -> Any:
        if isinstance(x, tuple):
            return like(x, [self(part, False) for part in x])
        if id(x) in self.shared:
            return x
        if self.once and id(x) in self.made:
            return self.made[id(x)][1]
        if isinstance(x, (list, dict)) or is_array(x):
            made = self.sequence(x) if isinstance(x, list) else self.dict(x) if isinstance(x, dict) else self.array(x)
            self.made[id(x) if self.once else id(made)] = x, made, content(made)
            return made
        if (numbers := familiar(x)) is not x:
            made = self(numbers, False)
            return as_table(made, x) if is_table(x) else as_tensor(made, x) if is_traced(made) else made
        if isinstance(x, Value):
            return self.number(x, 0.0)
        return x if static(x, bare) else self.number(x, magnitude(x) if is_integer(x) else 0.0)

    def sequence(self, x: list[Any]) -> Any:
        parts = [self(part, False) for part in x]
        if type(x) is list:
            return parts
        made = copy(x)
        made[:] = parts
        return made

    def dict(self, x: dict[Any, Any]) -> Any:
        made = {} if type(x) is dict else copy(x)
        if holds_itself(x):
            made.__dict__ = made
        for key, part in x.items():
            made[key] = self(part, False)
        return made

    def array(self, x: Any) -> Any:
        kind = x.dtype.kind
        if is_constant(x, self.constant):
            return x.copy()
        if kind in "fiu":
            size = 0.0 if kind == "f" else magnitude_of_array(x)
            parts = [self.number(part, size) for part in sys.modules["numpy"].asarray(x).ravel()]
            if not parts:
                return x.copy()
            made = to_array(parts, x.shape)
            return traced(made, x.dtype) if type(x) is sys.modules["numpy"].ndarray else self.like(made, x)
        return self.like(to_array([self(part, False) for part in entries(x)], x.shape), x)

    @staticmethod
    def like(made: Any, x: Any) -> Any:
        """The array as one of the class of x, with its attributes."""
        made = made.view(type(x))
        for name, part in attributes(x).items():
            setattr(made, name, part)
        return made

    def changed(self) -> tuple[Any, Any, Any] | None:
        """A list, dict or array of the caller whose copy user code has changed, what that held, and what it holds."""
        for x, made, was in self.made.values():
            if not unchanged(was, now := content(made)):
                return x, was, now
        return None


def containers(x: Any) -> Iterator[Any]:
    """The lists, dicts and arrays among the arguments."""
    if isinstance(x, (list, dict)) or is_array(x):
        yield x
    if isinstance(x, (list, tuple, dict)):
        for part in x.values() if isinstance(x, dict) else x:
            yield from containers(part)


def content(x: Any) -> Any:
    """What a list, dict or array holds, to be compared by `same`."""
    if isinstance(x, dict):
        return [*x, *x.values(), *chain(*attributes(x).items())]
    if isinstance(x, list):
        return [*x, *chain(*attributes(x).items())]
    return entries(x) if x.dtype.kind == "O" else [x.tobytes(), x.shape]


def unchanged(was: list[Any], now: list[Any]) -> bool:
    """Whether two contents are the same things; texts and bytes may be equal ones."""
    return len(was) == len(now) and all(
        a is b or (type(a) is type(b) and isinstance(a, (str, bytes, tuple, int)) and a == b)
        for a, b in zip(was, now, strict=True)
    )
