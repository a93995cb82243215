"""How the walk looks at objects of classes written in Python: by what it knows of their classes."""

from __future__ import annotations

from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any, NamedTuple

from micrograd.compiler.surroundings.attributes import dict_of, mro_of
from micrograd.compiler.surroundings.code import HEAP, look_at_class
from micrograd.compiler.surroundings.walk import PLAIN, Walk, module_of

MAKERS = (GetSetDescriptorType, MemberDescriptorType)


class Kind(NamedTuple):
    """What the walk knows of the objects of a class."""

    library: bool  # whether code of a library is among its methods
    defaults: dict[str, Any]  # the plain numbers and texts that the class has for attributes that an object has not
    slots: dict[str, Any]  # the descriptors of what is kept in slots
    exempt: frozenset[str]  # attributes that calls themselves read and write


def kind_of(walk: Walk, kind: type[Any]) -> Kind:
    known: Kind | None = walk.kinds.get(kind)
    if known is not None:
        return known
    defaults: dict[str, Any] = {}
    slots: dict[str, Any] = {}
    exempt: frozenset[str] = frozenset()
    library = False
    for base in reversed(mro_of(kind)):
        if base.__flags__ & HEAP:
            library = library or not walk.is_users(module_of(base))
            for name, x in list(dict_of(base).items()):
                if type(x) in PLAIN and not name.startswith("__"):
                    defaults[name] = x
                    continue
                defaults.pop(name, None)  # it hides that of a base
                if type(x) is MemberDescriptorType:
                    slots[name] = x
            declared = dict_of(base).get(EACH_CALL)
            if type(declared) is frozenset:
                exempt |= declared
    found = walk.kinds[kind] = Kind(library, defaults, slots, exempt)
    return found


EACH_CALL = "_each_call"  # a class names by it the attributes that `fresh` reads and `afterwards` writes


def look_at_object(walk: Walk, x: Any) -> None:
    """An object of a class written in Python: its attributes, in its dict and in its slots, and its class."""
    kind = type(x)
    known = kind_of(walk, kind)
    space = dict_of(x)
    if space is not None:
        attributes = {n: part for n, part in list(space.items()) if n not in known.exempt} if known.exempt else space
        walk.attributes(x, attributes, known.library)
        walk.owners.append((x, known.library, known.defaults, known.exempt))
    if known.slots:
        walk.attributes(x, {name: slot_of(x, slot) for name, slot in known.slots.items()}, known.library)
        walk.slots.append((x, known.library, known.slots))
    if (id(kind), True) not in walk.classes:
        walk.ways.setdefault(id(kind), walk.ways[id(x)]._replace(style="name", key=kind.__name__))
        look_at_class(walk, kind, True)


def slot_of(x: Any, slot: Any) -> Any:
    try:
        return slot.__get__(x)
    except AttributeError:
        return None


def is_written_in_python(kind: type[Any]) -> bool:
    """Whether a class, or a base of it, comes from a class statement, and not from C."""
    return any(
        base.__flags__ & HEAP
        and ("__slots__" in dict_of(base) or any(type(x) in MAKERS for x in map(dict_of(base).get, LAYOUT)))
        for base in mro_of(kind)
    )


LAYOUT = ("__dict__", "__weakref__")
