"""Everything that can be observed of a result, as text: two engines are the same if their texts are.

Values are numbered as they are met, so that a text says which of them is which: `v3` is the same object everywhere in
the texts of one observer.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from micrograd import Value
from micrograd.engine import topological

SCALARS = (int, str, bytes, type(None), type(...), type(NotImplemented))


def without_chance(text: str) -> str:
    """The text without what differs from run to run: addresses and times."""
    return re.sub(r" at 0x[0-9a-f]+|[\d.]+ ms", "", text)


class Observer:
    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.met: list[Value] = []  # they stay alive, so that no other object gets the identity of one

    def number(self, v: Value) -> int:
        if id(v) not in self.numbers:
            self.numbers[id(v)] = len(self.met)
            self.met.append(v)
        return self.numbers[id(v)]

    def show(self, x: Any) -> str:
        """One object, with its type where the text of it does not say which it is."""
        if isinstance(x, Value):
            return f"v{self.number(x)}"
        kind = type(x)
        if kind is float or kind in SCALARS or kind is bool:
            return repr(x)
        if isinstance(x, (list, tuple)):
            inside = ", ".join(map(self.show, x))
            return f"[{inside}]" if kind is list else f"({inside})" if kind is tuple else f"{kind.__name__}({inside})"
        if isinstance(x, (set, frozenset)):
            known = all(not isinstance(item, Value) or id(item) in self.numbers for item in x)  # else the order decides
            return f"{kind.__name__}{sorted(map(self.show, x))}" if known else f"{kind.__name__} of {len(x)}"
        if isinstance(x, dict):
            return f"{kind.__name__}{{{', '.join(f'{self.show(k)}: {self.show(x[k])}' for k in x)}}}"
        if isinstance(x, BaseException):
            said = "" if kind is RecursionError else x  # which says where the stack ended
            return without_chance(f"{kind.__name__}: {said}")
        if kind.__module__ == "numpy":
            return f"{kind.__name__} {getattr(x, 'dtype', '')}: {self.show(x.tolist()) if x.shape else repr(x)}"
        if isinstance(x, float):
            return f"{kind.__name__}({float.__repr__(x)})"  # the 0 of a gate that is shut
        return without_chance(f"{kind.__name__}: {x!r}")

    def look(self, what: Callable[[], Any]) -> str:
        """What a question answers, or the error that it raises."""
        try:
            return self.show(what())
        except Exception as error:
            return f"raises {self.show(error)}"

    def describe(self, v: Value) -> str:
        """Everything that a node shows of itself."""
        looks: dict[str, Callable[[], Any]] = {
            "": lambda: type(v).__name__,
            "data": lambda: v.data,
            "grad": lambda: v.grad,
            "label": lambda: v.label,
            "op": lambda: v._op,
            "primitive": lambda: getattr(v.primitive, "name", v.primitive),
            "parents": lambda: v.parents,
            "partials": lambda: v.partials,
            "constants": lambda: v.constants,
            "prev": lambda: v._prev,
            "own": lambda: vars(v),
            "text": lambda: f"{v} {v:.3f}",
        }
        return f"v{self.number(v)} " + " ".join(f"{name}={self.look(what)}" for name, what in looks.items())

    def order(self, v: Value) -> str:
        return self.look(lambda: topological(v))

    def everything(self) -> Iterator[str]:
        """All Values met, and those that they lead to."""
        for v in self.met:  # which grows
            yield self.describe(v)
            yield self.order(v)


@contextmanager
def warned(log: list[str], but: str = "\0") -> Iterator[None]:
    """Inside this context every warning is recorded in the log, with the line that it points to, but for some."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for w in (w for w in caught if but not in str(w.message)):
        place = f"{w.filename.rpartition('/')[2]}:{w.lineno}"
        log.append(f"warns {w.category.__name__}: {without_chance(str(w.message))} ({place})")
