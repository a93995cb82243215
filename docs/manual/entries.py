"""An entry of the reference: a public name, its signature, its docstring, and the members of a class.

Sphinx's Python domain gives each an anchor, a place in the index and an answer to the search.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from docs.manual.docstrings import as_it_is, first_sentence, markdown, prose
from docs.manual.public import DATA, Public, is_a_function_too, is_callable, members, names, own_doc
from docs.manual.signatures import signature
from micrograd.engine import IN_PYTHON, Value


@cache
def targets() -> dict[str, str]:
    """What inline code may be called, with the path that it stands for; names that several things have are left out."""
    found: dict[str, set[str]] = {}
    for public in names():
        room = public.path.removeprefix("micrograd.")
        for spelling in {public.name, public.path, room}:
            found.setdefault(spelling, set()).add(public.path)
        if public.is_class:
            for name, _ in described(public):
                for spelling in (f"{public.name}.{name}", f"{name}()"):
                    found.setdefault(spelling, set()).add(f"{public.path}.{name}")
    return {spelling: paths.pop() for spelling, paths in found.items() if len(paths) == 1}


def linked(code: str, here: str = "") -> str:
    """Inline code, as a link to its entry if it is the name of one (of another one than `here`)."""
    path = targets().get(code.removesuffix("()")) or targets().get(code)
    return as_it_is(code) if path in (None, here) else f"{{py:obj}}`{code} <{path}>`"


def described(public: Public) -> list[tuple[str, Any]]:
    """The members of a class that have a docstring of their own."""
    return [
        (name, member)
        for name, member in members(public)
        if own_doc(member) and not (public.name == "Value" and is_a_function_too(name))
    ]


def entry(public: Public) -> str:
    """The entry as Markdown."""
    body = [markdown(public.doc, lambda code: linked(code, public.path))]
    if public.path in DATA:
        return directive("data", public.name, public.module, body)
    if not public.is_class:
        return directive("function", public.name + signature(public.thing), public.module, body)
    body += [member_entry(public, name, member) for name, member in described(public)]
    kind = "exception" if issubclass(public.thing, BaseException) else "class"
    call = "" if kind == "exception" else constructor(public.thing)
    return directive(kind, public.name + call, public.module, body, fence="``````")


def constructor(kind: type) -> str:
    if kind is Value:
        return signature(IN_PYTHON["__init__"], bound=True)  # also where it is in C
    return signature(kind)


def member_entry(public: Public, name: str, member: Any) -> str:
    body = [markdown(own_doc(member), linked)]
    if not is_callable(member):
        return directive("attribute", name, "", body)
    static = not inspect.isfunction(member)
    call = signature(getattr(public.thing, name) if static else member, bound=not static)
    return directive("classmethod" if static else "method", name + call, "", body)


def directive(kind: str, head: str, module: str, body: list[str], fence: str = "`````") -> str:
    options = f":module: {module}\n" if module else ""
    return f"{fence}{{py:{kind}}} {head}\n{options}\n" + "\n\n".join(filter(None, body)) + f"\n{fence}"


def summary(public: Public) -> str:
    """A row for a table: the name, linked, and the first sentence."""
    said = prose(first_sentence(public.doc), linked).replace("|", "\\|")
    return f"| {{py:obj}}`{public.name} <{public.path}>` | {said} |"
