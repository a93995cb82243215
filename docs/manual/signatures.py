"""Signatures to be read: no quotes, no `Any`, and types of the package by the path that a reader imports."""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from docs.manual.public import names

EMPTY = inspect.Parameter.empty
UNSAID = {"Any", "None"}  # as a result
NAME = re.compile(r"(?<![\w.'\"])[A-Z]\w*\b(?!['\"])")


def signature(thing: Any, *, bound: bool = False) -> str:
    """What stands behind the name: `(f, argnum: int = 0) -> Callable[..., Any]`; nothing for what has none to show."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    given = [*found.parameters.values()]
    if bound and given and given[0].name in ("self", "cls"):
        given = given[1:]
    if {p.kind for p in given} == {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        given = []  # `*args, **kwargs` of a class without a constructor of its own
    scope = getattr(inspect.unwrap(thing), "__globals__", {})
    result = annotation(found.return_annotation, scope)
    arrow = "" if inspect.isclass(thing) or result in UNSAID or not result else f" -> {result}"
    return f"({', '.join(written(given, scope))}){arrow}"


def written(parameters: list[inspect.Parameter], scope: dict[str, Any]) -> list[str]:
    """Each parameter, with the `/` and `*` that divide them."""
    out: list[str] = []
    kinds = [parameter.kind for parameter in parameters]
    for k, parameter in enumerate(parameters):
        keyword = parameter.kind is parameter.KEYWORD_ONLY
        if keyword and not {parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL} & set(kinds[:k]):
            out.append("*")
        out.append(one(parameter, scope))
        if parameter.kind is parameter.POSITIONAL_ONLY and parameter.kind not in kinds[k + 1 :]:
            out.append("/")
    return out


def one(parameter: inspect.Parameter, scope: dict[str, Any]) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    kind = annotation(parameter.annotation, scope)
    text = f"{stars}{parameter.name}" + (f": {kind}" if kind not in ("", "Any") else "")
    if parameter.default is EMPTY:
        return text
    return f"{text} = {value(parameter.default)}" if ":" in text else f"{text}={value(parameter.default)}"


def value(default: Any) -> str:
    """A default as it would be written; `...` for a mark that stands for "not given"."""
    if isinstance(default, ModuleType) or inspect.isroutine(default):
        return default.__name__
    return "..." if type(default) is object else repr(default)


def annotation(kind: Any, scope: dict[str, Any]) -> str:
    """A type as text: names of the package by their paths, a type variable by what it stands for."""
    if kind is EMPTY:
        return ""
    text = kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))
    if text in ("P.args", "P.kwargs"):
        return ""
    text = re.sub(r"\b(?:typing|collections\.abc)\.", "", text.strip("'\""))
    known = {public.name: public.path for public in names() if public.is_class}
    return NAME.sub(lambda name: stands_for(scope.get(name[0])) or known.get(name[0], name[0]), text)


def stands_for(kind: Any) -> str:
    """The types that a type variable may be; the parameters of an unknown function may be any."""
    if isinstance(kind, ParamSpec):
        return "..."
    if not isinstance(kind, TypeVar):
        return ""
    return " | ".join(annotation(one, {}) for one in kind.__constraints__) or "Any"
