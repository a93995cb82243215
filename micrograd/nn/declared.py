"""Which attributes of a module count: those that held parameters or modules when its constructor returned.

What a method stores later is no parameter: the last inputs, the outputs, a loss, in whatever list or dict. A Value that
somebody else assigns, `layer.slope = Value(0.1)`, becomes one, and a module is a part of its owner wherever it is kept.
"""

from __future__ import annotations

import inspect
import sys
from abc import ABCMeta
from typing import TYPE_CHECKING, Any

from micrograd.engine import Value


class Declaring(ABCMeta):
    """The class of the module classes: it notes what a module holds once its constructor has returned."""

    __instancecheck__ = type.__instancecheck__  # an abstract class has slower ones, for the sake of `register`
    __subclasscheck__ = type.__subclasscheck__

    if not TYPE_CHECKING:  # a type checker reads the constructor

        def __call__(cls, *args, **kwargs):
            made = super().__call__(*args, **kwargs)
            if isinstance(made, Declared):
                attributes = vars(made)
                attributes["_declared"] = frozenset([n for n, part in attributes.items() if holds(part, PARTS)])
            return made

    @property
    def __signature__(cls) -> inspect.Signature:
        """That of the constructor, for `help` and editors."""
        signature = inspect.signature(cls.__init__)  # type: ignore[misc]
        return signature.replace(parameters=list(signature.parameters.values())[1:])


class Declared(metaclass=Declaring):
    """An object that tells its parameters from whatever else it keeps."""

    _declared: frozenset[str] | None = None

    if not TYPE_CHECKING:  # a type checker would accept any name

        def __setattr__(self, name, content):
            set_attribute(self, name, content)
            names = self._declared
            if names is not None and name not in names and holds(content, PARTS) and not _by_a_method():
                vars(self)["_declared"] = names | {name}

    def attributes(self) -> dict[str, Any]:
        """The attributes that count, with what they hold now."""
        names = self._declared
        if names is None:  # within the constructor
            return vars(self)
        return {name: part for name, part in vars(self).items() if name in names or holds(part, Declared)}


set_attribute = object.__setattr__
PARTS = (Value, Declared)
PLAIN = frozenset([bool, int, float, str, type(None), type(lambda: None), frozenset])


def holds(thing: Any, kinds: Any) -> bool:
    """Whether `thing` is of one of these kinds, or a list, tuple or dict in which one is found, at any depth.

    Of Values only leaves count.
    """
    if thing.__class__ in PLAIN:  # as most attributes are
        return False
    waiting, seen = [thing], set()
    while waiting:
        x = waiting.pop()
        if isinstance(x, kinds):
            if not (isinstance(x, Value) and x.primitive is not None):
                return True
        elif isinstance(x, (list, tuple, dict)) and id(x) not in seen:
            seen.add(id(x))
            waiting += x.values() if isinstance(x, dict) else x
    return False


def _by_a_method() -> bool:
    """Whether the attribute that is being set is set by a method of some module."""
    frame = sys._getframe(2)
    code = frame.f_code
    owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    return isinstance(owner, Declared) and hasattr(type(owner), code.co_name)
