"""The first mention of a public name in a document becomes a link to its entry in the reference.

Only what cannot be mistaken: a path, a class, a call. `grad` may be the function or the attribute of a Value.
"""

from __future__ import annotations

import re

from docs.manual.entries import targets
from docs.manual.links import FENCE

# Headings, links, roles and HTML stay as they are; the group is inline code.
TOKEN = re.compile(
    r"^#[^\n]*|\[(?:[^\[\]]|\[[^\]]*\])*\]\([^)]*\)|<a .*?</a>|<!--.*?-->|\{[\w:]+\}`[^`]*`|``.*?``|`([^`\n<>]+)`",
    re.MULTILINE | re.DOTALL,
)
NAME = re.compile(r"(?P<name>[A-Za-z_][\w.]*)(?P<call>\(.*\))?")


def link_mentions(text: str, seen: set[str]) -> str:
    """The Markdown with links at the first mentions; `seen` collects what the page has mentioned."""
    pieces, at = [], 0
    for fence in FENCE.finditer(text):
        pieces += [_linked(text[at : fence.start()], seen), fence[0]]
        at = fence.end()
    return "".join([*pieces, _linked(text[at:], seen)])


def _linked(text: str, seen: set[str]) -> str:
    def link(token: re.Match[str]) -> str:
        path = entry_of(token[1]) if token[1] else None
        if path is None or path in seen:
            return token[0]
        seen.add(path)
        return f"{{py:obj}}`{token[1]} <{path}>`"

    return TOKEN.sub(link, text)


def entry_of(code: str) -> str | None:
    """The path of the name that this code mentions, if it is plain which one."""
    found = NAME.fullmatch(code)
    if not found:
        return None
    name = found["name"]
    if found["call"]:
        return targets().get(name) or targets().get(f"{name}()")
    return targets().get(name) if "." in name or name[0].isupper() else None
