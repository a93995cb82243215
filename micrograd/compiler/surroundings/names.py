"""The names that occur in code, and whether it reads attributes by names that it computes.

A function can reach an attribute only by a name, and nearly always this name stands in its code. So of the attributes
of an object, those count whose names occur in code that can run: a history, a counter and an optimiser beside the model
of a class may change at each step, and the loss does not ask for them.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

# Whoever calls one of these reads, or may read, attributes whose names stand nowhere.
COMPUTING = frozenset(
    "vars globals locals eval exec dir copy deepcopy asdict astuple attrgetter methodcaller dumps getmembers "
    "getattr_static".split()
)
IMPORTING = frozenset(["import_module", "__import__", "modules"])
CATCHING = frozenset(["AttributeError", "Exception", "BaseException", "suppress"])
OF_SPACES = frozenset(["globals", "eval", "exec"])
FIELD = re.compile(r"{([^{}]*)}")
IDENTIFIER = re.compile(r"[^\W\d]\w*")
BY_NAME = frozenset(["getattr", "hasattr", "setattr", "delattr"])
WRITES = frozenset(["str", "repr", "ascii", "format"])
OF_TEXTS = frozenset(["__str__", "__repr__", "__format__"])  # what is called where the text of an object is asked for
DICTIONARIES = frozenset(["__dict__", "__getattribute__", "__getstate__", "__reduce__", "__reduce_ex__", "_asdict"])
# What Python asks a class for by itself: these names need not stand in code.
SPECIAL = frozenset(
    f"__{name}__"
    for name in """
    new init post_init call del init_subclass set_name class_getitem prepare instancecheck subclasscheck
    getattr getattribute setattr delattr get set delete
    repr str format bytes hash bool eq ne lt le gt ge int float complex index round trunc floor ceil
    len length_hint contains iter next reversed getitem setitem delitem missing
    enter exit aenter aexit aiter anext await
    add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor neg pos abs invert
    radd rsub rmul rmatmul rtruediv rfloordiv rmod rdivmod rpow rlshift rrshift rand ror rxor
    iadd isub imul imatmul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor
    copy deepcopy dir fspath reduce reduce_ex getstate setstate match_args
    array array_ufunc array_function array_priority
    """.split()
)
PUSHES = (
    "LOAD_FAST",
    "LOAD_CONST",
    "LOAD_DEREF",
    "LOAD_CLOSURE",
    "LOAD_GLOBAL",
    "LOAD_NAME",
    "PUSH_NULL",
    "LOAD_SMALL",
)

CALLS = (
    ("PRECALL",) if "PRECALL" in dis.opmap else ("CALL", "CALL_FUNCTION", "CALL_KW")
)  # Python 3.11; before and after


class Names(NamedTuple):
    """What stands in a code object and in those that it contains."""

    every: frozenset[str]  # all names, and all texts that look like one
    globals: frozenset[str] = frozenset()
    computed: bool = False  # whether attributes are read by other names
    modules: frozenset[str] = frozenset()  # names of modules that are imported, or asked for
    attributes: frozenset[str] = frozenset()  # names of attributes alone, as they stand and as `getattr` is given them
    asked: frozenset[str] = frozenset()  # those that may be missing: `getattr(v, "frozen", False)`
    catches: bool = False  # whether any attribute may be missing, since the error is caught
    spaces: bool = False  # whether globals are read by texts: `globals()["rate"]`, `eval("rate * 2")`


@lru_cache(10_000)
def names_in(code: CodeType) -> Names:
    """All of it, for code that is watched."""
    there, computed, modules, attributes = set(), _computes(code), set(), set()
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "STORE_GLOBAL", "DELETE_GLOBAL"):
            there.add(step.argval)
        elif step.opname == "IMPORT_NAME":
            modules.add(step.argval)
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            attributes.add(step.argval)
    texts = [constant for constant in code.co_consts if type(constant) is str]
    asked = {text for text in texts if text.isidentifier()} if not BY_NAME.isdisjoint(code.co_names) else set()
    attributes |= asked
    catches = not CATCHING.isdisjoint(code.co_names)
    if not IMPORTING.isdisjoint(code.co_names):
        modules.update(texts)
    spaces = not OF_SPACES.isdisjoint(code.co_names) and any(asks_for_globals(call) for call in calls(code))
    if spaces:
        there.update(name for text in texts for name in IDENTIFIER.findall(text))
    every = every_name(code)
    if writes_texts(code):
        every |= OF_TEXTS
    for inner in _inner(code):
        names = names_in(inner)
        every |= names.every
        there |= names.globals
        modules |= names.modules
        attributes |= names.attributes
        asked |= names.asked
        catches = catches or names.catches
        computed, spaces = computed or names.computed, spaces or names.spaces
    return Names(
        every=every,
        globals=frozenset(there),
        computed=computed,
        modules=frozenset(modules),
        attributes=frozenset(attributes),
        asked=frozenset(asked),
        catches=catches,
        spaces=spaces,
    )


def writes_texts(code: CodeType) -> bool:
    """Whether the text of an object is asked for. What has a specification, as in f"{loss:.3f}", is a number's."""
    if not WRITES.isdisjoint(code.co_names) or any("%s" in x or "%r" in x for x in code.co_consts if type(x) is str):
        return True
    return any(
        step.opname in ("FORMAT_SIMPLE", "CONVERT_VALUE") or (step.opname == "FORMAT_VALUE" and not (step.arg or 0) & 4)
        for step in dis.get_instructions(code)
    )


@lru_cache(10_000)
def every_name(code: CodeType) -> frozenset[str]:
    """The names alone: enough for code of libraries, and quicker."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= every_name(constant)
        else:
            for x in constant if type(constant) is tuple else (constant,):
                if _is_name(x):
                    found.add(x)
                elif type(x) is str and "{" in x:  # "{model.rate:.3f}".format(model=model)
                    found.update(name for field in FIELD.findall(x) for name in IDENTIFIER.findall(field))
    return frozenset(found)


def _is_name(x: Any) -> bool:
    return type(x) is str and x.isidentifier()


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _computes(code: CodeType) -> bool:
    """Whether this code, apart from code inside it, reads attributes by names that do not stand in it."""
    if DICTIONARIES.intersection(code.co_names):
        return True
    if not (COMPUTING | BY_NAME).intersection(code.co_names):
        return False
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR", "LOAD_METHOD") and step.argval in COMPUTING:
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") or step.argval != "copy":  # a list has a method `copy`
                return True
    asked = [call for call in calls(code) if call.name in BY_NAME]
    loads = [step for step in dis.get_instructions(code) if step.argval in BY_NAME and step.opname.startswith("LOAD_")]
    handed_on = len(loads) > len(asked)  # reduce(getattr, path, model)
    return handed_on or any(map(asks_by_a_computed_name, asked))


class Call(NamedTuple):
    """A call in code: the name of the function, and the arguments, constants as they are and others as None."""

    name: str
    arguments: list[Any]


def asks_by_a_computed_name(call: Call) -> bool:
    return call.name in BY_NAME and len(call.arguments) > 1 and not _is_name(call.arguments[1])


def asks_for_globals(call: Call) -> bool:
    return call.name == "globals" or call.name in ("eval", "exec") and len(call.arguments) == 1


def calls(code: CodeType) -> Iterator[Call]:
    """The calls of functions by a global name: what is pushed is followed on the stack as far as that takes."""
    stack: list[Any] = []
    for step in dis.get_instructions(code):
        name = step.opname
        if name in CALLS:
            count = step.arg or 0
            for x in stack[-count - 2 : len(stack) - count]:  # before the arguments, with an empty place beside it
                if type(x) is Callee:
                    yield Call(x.name, [None if type(y) is Callee else y for y in stack[len(stack) - count :]])
        effect = dis.stack_effect(step.opcode, step.arg, jump=False)
        depth = max(len(stack) + effect, 0)
        if name.startswith(PUSHES):
            pushed = step.argval if name == "LOAD_CONST" else None
            stack += [Callee(step.argval) if name in ("LOAD_GLOBAL", "LOAD_NAME") else pushed] * effect
        else:
            del stack[depth:]
            stack += [None] * (depth - len(stack))
            if stack:
                stack[-1] = None


class Callee(NamedTuple):
    name: str
