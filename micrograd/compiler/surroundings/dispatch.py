"""Which rules of the policy count for a thing: those of its class and of its bases."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from micrograd.compiler.surroundings import code, contents, objects
from micrograd.compiler.surroundings.attributes import dict_of, mro_of
from micrograd.compiler.surroundings.looks import INPUT, Look, leave, refusing
from micrograd.compiler.surroundings.policy import POLICY
from micrograd.compiler.surroundings.walk import Walk, installed, module_of

BY_CLASS = {kind: rule.look for rule in POLICY for kind in rule.kinds if rule.look and isinstance(kind, type)}
BY_CLASS_NAME = [(kind, rule.look) for rule in POLICY for kind in rule.kinds if rule.look and isinstance(kind, str)]

refuse_iterator = refusing(
    "an iterator, {}, which goes on from call to call", "Call next() on it outside the function, and pass the item in."
)
refuse_unknown = refusing("an object of the class {}, whose state cannot be seen", INPUT)


FUNCTION = re.compile("func|method", re.I)  # in the name of a class of functions, from whatever library
# what these do not find is not looked for, but for what hangs on an object of a user's own class that is left alone
WHOLE = (leave, code.look_at_class, contents.look_at_table)


def look_at(walk: Walk, x: Any) -> None:
    """Look at a thing by the rules of its class."""
    kind = type(x)
    looks = walk.looked.get(kind)
    if looks is None:
        looks = walk.looked[kind] = looks_for(kind)
        for base in mro_of(kind):
            walk.found.update(dict_of(base))
    for look in looks:
        look(walk, x)


def looks_for(kind: type[Any]) -> tuple[Look, ...]:
    """By the first base that has a rule, and as an object where Python code has made the class."""
    found = next((look for base in mro_of(kind) if (look := rule_of(base)) is not None), None)
    python = objects.is_written_in_python(kind)
    if found is not None:
        users = found is leave and not installed(module_of(kind))
        whole = rule_of(kind) is not None or not python or (found in WHOLE and not users)
        return (found,) if whole else (found, objects.look_at_object)
    if kind is object:
        return (leave,)
    if python:
        return (objects.look_at_object,)
    if any("__call__" in dict_of(base) and FUNCTION.search(base.__name__) for base in mro_of(kind)):
        return (leave,)
    if any("__next__" in dict_of(base) for base in mro_of(kind)):
        return (refuse_iterator,)
    if any("__array__" in dict_of(base) for base in mro_of(kind)):
        return (contents.look_at_table,)
    return (refuse_unknown,)


def rule_of(base: type[Any]) -> Look | None:
    look = BY_CLASS.get(base)
    if look is None and base is not object:
        look = rule_by_name(f"{module_of(base)}.{base.__qualname__}")
    return look


@lru_cache(10_000)
def rule_by_name(name: str) -> Look | None:
    return next((there for pattern, there in BY_CLASS_NAME if fnmatchcase(name, pattern)), None)
