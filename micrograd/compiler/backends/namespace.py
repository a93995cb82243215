"""A scope of the generated source: it gives out names, each once, spelt as Python reads them."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

NO_NAMES = frozenset([*keyword.kwlist, "__debug__"])  # nothing can be assigned to these


class Namespace:
    """The names of one scope that are `taken`; who comes first gets the name that he wants."""

    def __init__(self, taken: Iterable[str] = ()):
        self.taken = set(taken)
        self.latest: dict[str, int] = {}  # the highest number given out for each name wanted more than once

    def give(self, text: str) -> str:
        """The text as a name, with a number where that is taken."""
        return self.free(identifier(text))

    def free(self, name: str) -> str:
        """The same for what is a name already."""
        free = name
        while free in self.taken:
            k = self.latest[name] = self.latest.get(name, 1) + 1
            free = f"{name}_{k}"
        self.taken.add(free)
        return free


def identifier(text: str) -> str:
    """The text as a Python identifier: x[0]['w'] as x_0_w. Python takes ﬁ for fi, and both for one name."""
    text = unicodedata.normalize("NFKC", text)
    if text.isidentifier():
        return text if text not in NO_NAMES else f"x_{text}"
    name = re.sub("_+", "_", "".join(c if f"x{c}".isidentifier() else "_" for c in text)).strip("_") or "x"
    return name if name.isidentifier() and name not in NO_NAMES else f"x_{name}"
