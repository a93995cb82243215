"""How the walk looks at things that come to others, at what is left alone, and at what is refused."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

from micrograd.compiler.surroundings.attributes import dict_of
from micrograd.compiler.surroundings.names import BY_NAME, COMPUTING
from micrograd.compiler.surroundings.walk import Walk

Look = Callable[[Walk, Any], None]


def leave(walk: Walk, x: Any) -> None:
    """It cannot change."""


def look_at_atom(walk: Walk, x: Any) -> None:
    """A number or a text cannot change; what hangs on one of a user's own class is looked at as an object's."""


def parts(*names: str) -> Look:
    """How to look at a thing that comes to other things, its attributes of these names."""

    def look(walk: Walk, x: Any) -> None:
        for name in names:
            part = getattr(x, name, None)
            if type(part) is not types.ModuleType:  # to which a built-in function belongs
                walk.follow(part, x, "", "")

    return look


def look_at_builtin(walk: Walk, x: Any) -> None:
    """One under a name of the user's, or in his containers: `getattr` is found there by no name that its code has."""
    if x.__name__ in BY_NAME | COMPUTING:
        walk.compute_names()
    parts("__self__")(walk, x)


def look_at_partial(walk: Walk, x: Any) -> None:
    walk.follow(x.func, x, "", "")
    for k, part in enumerate(x.args):
        walk.follow(part, x, ".args", k)
    for name, part in x.keywords.items():
        walk.follow(part, x, "name", name)
    walk.follow(x.keywords, x, "", "")
    if (space := dict_of(x)) is not None:
        walk.attributes(x, space, False)
        walk.owners.append((x, False, {}, frozenset()))


def look_at_method(walk: Walk, x: types.MethodType) -> None:
    walk.follow(x.__self__, None, "name", "self", walk.named_by_user(x))
    walk.follow(x.__func__, x, "", "")


def look_at_getter(walk: Walk, x: Any) -> None:
    """`operator.attrgetter` and its kin: the names that they hold."""
    walk.occur([name for text in x.__reduce__()[1] if isinstance(text, str) for name in text.split(".")])


def look_at_environment(walk: Walk, x: Any) -> None:
    """The dict in which `os.environ` has its entries."""
    for part in vars(x).values():
        if type(part) is dict:
            walk.follow(part, x, "", "")


def look_at_reference(walk: Walk, x: Any) -> None:
    walk.follow(x(), x, "", "")


def refusing(what: str, way_out: str, always: bool = False) -> Look:
    """How to look at things that are refused where code of a user names them, or always."""

    def look(walk: Walk, x: Any) -> None:
        if always or walk.named_by_user(x):
            walk.refuse(x, what.format(type(x).__name__), way_out)

    return look


def look_at_file(walk: Walk, x: Any) -> None:
    """A file that is only written to shows something; what is read from one differs from call to call."""
    screen = x in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    if walk.named_by_user(x) and not screen and not x.closed and x.readable():
        walk.refuse(x, f"a file ({type(x).__name__})", "Read it outside the function, and pass in what it holds.")


INPUT = "Pass what it gives in as an argument, or read it with micrograd.fresh."
