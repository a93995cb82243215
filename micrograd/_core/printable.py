r"""The characters that leave the package: those that a terminal, a browser and an editor show, none that they obey.

    >>> print(printable("a\x1b[2Jb"))
    a\x1b[2Jb
    >>> printable("שלום"), printable("👩‍🔬")
    ('שלום', '👩‍🔬')

Every label, and every name that comes out of a file, passes here on its way into a message, a picture or a page. What
could clear a screen, turn the direction of writing or hide is spelled out as Python spells it: control characters but
for the new line and the tab, marks of direction, characters without width, line and paragraph separators, halves of
surrogate pairs. Letters of every script remain, and so does an invisible joiner where it joins two characters that are
not ASCII (👩‍🔬, می‌خواهم).
"""

from __future__ import annotations

import re
from typing import Any

REFUSED = (  # patterns are compiled at the first text that needs it, not at the import
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
BESIDE = "[\xa1-\u200a\u2010-\U0010ffff]"  # what a joiner may join
STRAY = f"(?<!{BESIDE})[\u200c\u200d]|[\u200c\u200d](?!{BESIDE})"


def printable(text: str) -> str:
    """The text with every character spelled out that would do something else than show itself."""
    return text if text.isprintable() else re.sub(STRAY, _spell, re.sub(REFUSED, _spell, text))


def sanitise(label: Any) -> str:
    """A label as one printable line: any white space is one space."""
    return printable(" ".join(str(label).split()))


def _spell(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
