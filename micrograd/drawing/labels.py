"""Labels from names: a Value that is `w1` in the program is called `w1` in the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from micrograd.engine import Value
from micrograd.text.module_calls import with_subscripts

NOTEBOOK = ("In", "Out", "exit", "quit")  # IPython's own names


def label(names: Mapping[str, Any]) -> None:
    """Give every Value in `names` its name as label: `label(locals())`, or `label({"x": x, "w": w})`.

    Looks into lists, tuples, dicts and NumPy arrays (x[0], w['a']) and Modules (model.layers[0].neurons[1].w[0]). A
    Value with a label keeps it, and names that begin with an underscore are ignored.
    """
    if not isinstance(names, Mapping):
        raise TypeError(f"label takes a mapping from names to objects, such as locals(), got {type(names).__name__}")
    stack = [(name, thing) for name, thing in names.items() if not name.startswith("_") and name not in NOTEBOOK]
    stack.reverse()
    seen = set()
    while stack:
        name, thing = stack.pop()
        if isinstance(thing, Value):
            thing.label = thing.label or name
            continue
        if id(thing) in seen or isinstance(thing, type):
            continue
        seen.add(id(thing))
        stack += reversed(_parts(name, thing))


def _parts(name: str, thing: Any) -> list[tuple[str, Any]]:
    if type(thing).__module__ == "numpy" and str(getattr(thing, "dtype", "")) == "object":
        thing = thing.tolist()
    if isinstance(thing, dict):
        return [(f"{name}[{key!r}]", part) for key, part in thing.items()]
    if isinstance(thing, (list, tuple)):
        return [(f"{name}[{k}]", part) for k, part in enumerate(thing)]
    if hasattr(thing, "named_parameters"):
        return [(with_subscripts(f"{name}.{path}"), part) for path, part in thing.named_parameters()]
    return []


def with_names(**names: Any) -> None:
    """`label` for names written out: `with_names(x=x, w=w)`."""
    label(names)
