"""How the walk looks at what has code: functions, classes, modules, and objects by their classes."""

from __future__ import annotations

import decimal
import os
import sys
from collections.abc import Iterable
from functools import cached_property, lru_cache, partial
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

from micrograd._core.nodes import Node
from micrograd.compiler.surroundings.attributes import dict_of, mro_of
from micrograd.compiler.surroundings.contents import (
    look_at_decimals,
    look_at_names,
    look_at_registered,
    look_at_subclasses,
)
from micrograd.compiler.surroundings.names import SPECIAL, every_name, names_in
from micrograd.compiler.surroundings.other_rows import FunctionRow
from micrograd.compiler.surroundings.rows import CellRow, DictRow
from micrograd.compiler.surroundings.same import ABSENT
from micrograd.compiler.surroundings.walk import PLAIN, Walk, Way, is_ours, module_of

# What may hold code of a user, or be filled by him.
CARRIERS = (list, dict, tuple, set, property, staticmethod, classmethod, MethodType, partial, type(lru_cache(len)))
# Methods of an object that has been made: what makes it, and what shows it, is not called by whoever has it.
QUIET = frozenset(["__init__", "__new__", "__post_init__", "__init_subclass__", "__repr__", "__str__", "__del__"])
NETWORKS = "micrograd.nn."
OF_MODULES = frozenset(["environ", "getenv", "argv"])  # of Python's modules, containers that users change


def look_at_function(walk: Walk, f: FunctionType) -> None:
    module = f.__globals__.get("__name__")
    code, users = f.__code__, walk.is_users(module)
    for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=False):
        try:
            content = cell.cell_contents
        except ValueError:  # not assigned yet, or deleted
            content = ABSENT
        if not users and not is_of_users(walk, content) and not (is_ours(module) and walk.named_by_user(f)):
            continue
        if id(cell) not in walk.reached:
            walk.reached[id(cell)] = cell
            walk.row(CellRow, cell)
            walk.ways[id(cell)] = walk.ways[id(f)]._replace(style="name", key=name)
        theirs = name if users else content.__name__ if type(content) is FunctionType else "self"
        walk.follow(content, f, "name", theirs)
    last = code.co_varnames[: code.co_argcount][-len(f.__defaults__ or ()) or code.co_argcount :]
    for name, x in zip(last, f.__defaults__ or (), strict=False):
        walk.follow(x, f, "name", name, users)
    for name, x in (f.__kwdefaults__ or {}).items():
        walk.follow(x, f, "name", name, users)
    if users:
        names = names_in(code)
        walk.occur(names.every)
        if names.computed:
            walk.compute_names()
        walk.row(FunctionRow, f)
        if not {"__name__", "__qualname__", "__doc__"}.isdisjoint(walk.names):
            look_at_names(walk, f)
        if f.__kwdefaults__:
            walk.follow(f.__kwdefaults__, f, ".", "__kwdefaults__")
        look_at_globals(walk, f, names.globals)
        if names.spaces and not any(type(constant) is str for constant in code.co_consts):
            look_at_globals(walk, f, frozenset(f.__globals__), False)
        look_at_imports(walk, f, names.modules)
        walk.read |= names.attributes
        walk.asked |= names.asked
        walk.catches = walk.catches or names.catches
        walk.attributes(f, f.__dict__, False)
        walk.owners.append((f, False, {}, frozenset()))
        return
    walk.occur(every_name(code), True)
    if f is os.getenv:
        walk.follow(os.environ, None, "name", "os.environ", True)
    for name, x in list(f.__dict__.items()):
        if type(x) is not MethodType or is_of_users(walk, x.__self__):  # of its own caches
            walk.follow(x, f, ".", name)
    if is_ours(module):  # our helpers may read attributes of what they are given, and a user may extend our tables
        for name in code.co_names:
            x = f.__globals__.get(name)
            if type(x) is FunctionType and is_ours(x.__module__):
                walk.follow(x, None, "name", name, False)
            elif type(x) is dict and str(module).startswith(NETWORKS) and id(x) not in walk.reached:
                look_at_table_of_ours(walk, name, x)


def look_at_table_of_ours(walk: Walk, name: str, x: dict[Any, Any]) -> None:
    """A table such as that of the activations: a user may put functions of his into it."""
    walk.reached[id(x)], walk.ways[id(x)] = x, Way(None, "name", name, False)
    walk.row(DictRow, x)
    for key, part in list(x.items()):
        if is_of_users(walk, part):
            walk.follow(part, x, "[]", key)


def look_at_globals(walk: Walk, f: FunctionType, names: frozenset[str], users: bool = True) -> None:
    """The names that the code of a user looks up in its module, and in Python's own where the module has none."""
    space = f.__globals__
    known = walk.globals.setdefault(id(space), (space, set()))[1]
    for name in names - known:
        known.add(name)
        x = space.get(name, ABSENT)
        if x is not ABSENT:
            walk.follow(x, None, "name", name, users)


def look_at_cell(walk: Walk, cell: CellType) -> None:
    """A cell that somebody holds by itself."""
    row = CellRow(cell)
    walk.row(CellRow, cell)
    walk.follow(row.content, cell, "", "")


def look_at_imports(walk: Walk, f: FunctionType, modules: Iterable[str]) -> None:
    """The modules that code of a user imports when it runs, and those that it has not imported yet."""
    package = f.__globals__.get("__package__")
    for name in modules:
        whole = f"{package}.{name}" if package and f"{package}.{name}" in sys.modules else name
        for part in {whole, whole.partition(".")[0]} - {""}:
            if part in sys.modules:
                walk.imported.add(part)
                walk.follow(sys.modules[part], None, "name", part, True)
            elif part == name.strip():
                walk.imported.add(part)


def look_at_class(walk: Walk, kind: type[Any], made: bool = False) -> None:
    """The attributes and methods of a class and of its bases; with `made`, of the class of an object."""
    if kind is decimal.Decimal:
        look_at_decimals(walk, kind)
    for base in mro_of(kind):
        walk.found.update(dict_of(base))
        seen = (id(base), made)
        if seen in walk.classes or base is object:
            continue
        known = (id(base), not made) in walk.classes
        walk.classes.add(seen)
        walk.reached.setdefault(id(base), base)
        walk.ways.setdefault(id(base), Way(None, "name", base.__name__, True))
        users, space = walk.is_users(module_of(base)), dict_of(base)
        if not base.__flags__ & HEAP:
            continue
        if users and type(base) is not type and walk.is_users(module_of(type(base))):
            look_at_class(walk, type(base), True)
        if not users:  # of a library, the methods: they say which attributes they read
            space = {} if issubclass(base, Node) else {n: x for n, x in list(space.items()) if is_code(x)}
        for name, x in list(space.items()):
            code = type(x) is FunctionType and name.startswith("__") or users and name in SPECIAL
            if code and (name not in QUIET or not made):
                walk.follow(x, base, ".", name, users)
        if "__match_args__" in walk.names and type(space.get("__match_args__")) is tuple:
            walk.occur(space["__match_args__"])
        walk.attributes(base, space, not users)
        if users and "__subclasses__" in walk.names:
            look_at_subclasses(walk, base)
        if users and "_abc_impl" in space and not {"isinstance", "issubclass"}.isdisjoint(walk.names):
            look_at_registered(walk, base)
        if not known:
            walk.owners.append((base, not users, {}, frozenset()))


def is_code(x: Any) -> bool:
    return isinstance(x, (FunctionType, property, staticmethod, classmethod, cached_property))


HEAP = 1 << 9  # a class that Python code, or a library at run time, has made


def look_at_module(walk: Walk, module: ModuleType) -> None:
    space = module.__dict__
    users = walk.is_users(space.get("__name__")) or not space.get("__file__") and not is_built_into_python(space)
    walk.modules.append((module, users))
    walk.found.update(space)
    if module is decimal:
        look_at_decimals(walk, module)
    if users:
        walk.attributes(module, space, False)
        walk.follow(space.get("__getattr__"), module, ".", "__getattr__")
    else:  # what a library does inside is its own affair, unless a user put something of his there
        items = list(space.items())
        if module is os:
            items.append(("getenv", os.environ))  # what it reads
        walk.attributes(module, {n: x for n, x in items if n in OF_MODULES or is_of_users(walk, x)}, False, itself=True)


def is_built_into_python(space: dict[str, Any]) -> bool:
    spec = space.get("__spec__")
    return spec is not None and spec.origin in ("built-in", "frozen")


def is_of_users(walk: Walk, x: Any) -> bool:
    """Whether code of a user comes with a thing: a function, a method, a class or an object of his."""
    if type(x) in PLAIN or type(x) is ModuleType:
        return False
    if type(x) is FunctionType:
        return walk.is_users(x.__globals__.get("__name__"))
    if issubclass(type(x), type):
        return walk.is_users(module_of(x))
    return isinstance(x, CARRIERS) or walk.is_users(module_of(type(x)))
