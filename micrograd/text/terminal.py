"""Text as a terminal can show it: signs that it lacks in ASCII, lines no longer than it is wide.

    >>> spell("∂L/∂x → −2·x², λ ≤ ½", "ascii")
    'dL/dx -> -2*x^2, lambda <= .5'
    >>> print(wrap("  w → x, left operand of ×. upstream 1 × local 2 = 2", 34))
      w → x, left operand of ×.
        upstream 1 × local 2 = 2

What is printed by Python itself, `print(explain(loss))`, is spelled for the stream that `print` writes to, too: a
`__str__` that is `fitted` looks at `sys.stdout` and changes nothing there. Where the stream shows everything and has no
width (a file, a notebook, a pipe in UTF-8), the text stays as it is.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TextIO

from micrograd._core.printable import printable

SIGNS = """
    −  -      –  -      —  --     ·  *      ×  *      ÷  /      ⊙  *      ∘  o      ½  .5     ∞  inf    ′  '
    ∂  d      ∇  grad   √  sqrt   ∛  cbrt   Σ  sum    σ( sigmoid(       λ  lambda Λ  Lambda
    ⌊  floor( ⌋  )      ⌈  ceil(  ⌉  )      ≤  <=     ≥  >=     ≠  !=     ≈  ~      →  ->     ←  <-     ↦  |->
    �  ?      ⋯  ...    “  "      ”  "      ‘  '      ’  '      ✓  yes    ✗  no     ▶  >      ◀  <      •  *
    ‖  ||     ─  -      │  |      ┌  +      ┐  +      └  +      ┘  +      ├  +      ┤  +      ┬  +      ┴  +      ┼  +
""".split()
ASCII = dict(zip(SIGNS[::2], SIGNS[1::2], strict=True)) | {"ln Φ(": "log_ndtr("}
RAISED, LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵇᵏˡᴸᵗᵀˣʸ", "₀₁₂₃₄₅₆₇₈₉ₐᵢⱼₖₙ"
PIECES = re.compile(rf"[{RAISED}]+|[{LOWERED}]+|{'|'.join(map(re.escape, ASCII))}|.", re.DOTALL)
GREEK = re.compile("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)")
SIMPLE = re.compile(r"[-+]?\w+|\(.*\)")  # an exponent or an index without parentheses of its own
RULE = re.compile("[-─=]+")
WORD = re.compile(" *(?:(?:[-+*/=−·×÷→]|->) )?[^ ]+")
POINTED = re.compile(r"^(.*)\n( *)\^$", re.MULTILINE)  # a line, and under one of its characters a caret
NO_BREAK = "\N{NO-BREAK SPACE}"


def fit(text: str, stream: Any) -> str:
    """The text for this stream: printable, spelled for its encoding, wrapped at its width."""
    encoding, width = getattr(stream, "encoding", None), columns(stream)

    def point(found: re.Match[str]) -> str:
        at = len(found[2])
        return _point(spell(found[1][:at], encoding), spell(found[1][at:], encoding), width, spell("…", encoding))

    pieces = POINTED.sub(point, printable(text)).split(NO_BREAK)
    return wrap(NO_BREAK.join(spell(piece, encoding) for piece in pieces), width)


def _point(before: str, after: str, width: int | None, dots: str) -> str:
    """A line with a caret under the start of `after`; what does not fit is cut off on both sides."""
    if width is not None:
        if cells(before) > width // 2:
            while cells(before) > width // 2 - 5:
                before = before[1:]
            before = f"  {dots}{before}"
        while cells(before + after) > width and len(after) > 1:
            after = after[:-1]
    return f"{before}{after.rstrip()}\n{' ' * cells(before)}^"


def fitted(method: Callable[[Any], str]) -> Callable[[Any], str]:
    """A `__str__` or `__repr__` whose text suits the stream that `print` writes to."""

    @wraps(method)
    def text(self: Any) -> str:
        return method(self) if isinstance(sys.stdout, Output) else fit(method(self), sys.stdout)

    return text


class Output(io.TextIOBase):
    """Standard output, for text of any characters and of any width; a line goes out when it is whole, or flushed."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self._begun = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.stream.encoding

    def isatty(self) -> bool:
        return self.stream.isatty()

    def fileno(self) -> int:
        return self.stream.fileno()

    def write(self, text: str) -> int:
        lines, end, self._begun = (self._begun + text).rpartition("\n")
        self.stream.write(fit(lines + end, self.stream))
        return len(text)

    def flush(self) -> None:
        begun, self._begun = self._begun, ""
        self.stream.write(fit(begun, self.stream))
        self.stream.flush()

    def close(self) -> None:
        """Nothing: the stream outlives this."""


# ---- the encoding


def spell(text: str, encoding: str | None) -> str:
    """The text with every character that the encoding lacks in ASCII: −2·x² as -2*x^2, λ as lambda, 文 as \\u6587."""
    if not encoding or _has(text, encoding):
        return text
    return "".join(piece if _has(piece, encoding) else _in_ascii(piece) for piece in PIECES.findall(text))


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    except LookupError:
        pass  # an encoding that Python does not know
    return True


def _in_ascii(piece: str) -> str:
    if piece in ASCII:
        return ASCII[piece]
    if piece[0] in RAISED + LOWERED:
        level = unicodedata.normalize("NFKD", piece).replace("−", "-")
        return ("^" if piece[0] in RAISED else "_") + (level if SIMPLE.fullmatch(level) else f"({level})")
    parts = unicodedata.normalize("NFKD", piece)
    if greek := GREEK.fullmatch(unicodedata.name(parts[0], "")):
        return greek[2].lower() if greek[1] == "SMALL" else greek[2].capitalize()
    plain = parts.encode("ascii", "ignore").decode()
    if plain or unicodedata.combining(piece):  # é is e
        return plain
    return piece.encode("unicode_escape").decode("ascii")


# ---- the width


def columns(stream: Any) -> int | None:
    """The width of the terminal behind a stream: what the environment says (COLUMNS), else the terminal itself.

    None for a file, a pipe, a notebook.
    """
    if not os.environ.get("COLUMNS", "").isdecimal() and not _is_terminal(stream):
        return None
    return shutil.get_terminal_size((0, 0)).columns or None


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # a stream of the user's own, no stream at all, a closed one
        return False


def wrap(text: str, width: int | None) -> str:
    """Lines of at most `width` cells, broken at spaces only: no number is cut. What follows is indented further.

    An operator goes with its right operand, and `NO_BREAK` is a space at which no line is broken.
    """
    lines = text.split("\n")
    if width is not None:
        lines = [piece for line in lines for piece in _wrap_line(line, width)]
    return "\n".join(lines).replace(NO_BREAK, " ")


def _wrap_line(line: str, width: int) -> Iterator[str]:
    if cells(line) <= width:
        yield line
        return
    if RULE.fullmatch(line):
        yield line[:width]
        return
    written = indent = line[: len(line) - len(line.lstrip(" "))]
    for word in WORD.findall(line, len(indent)):
        if written != indent and cells(written) + cells(word) > width:
            yield written
            written = f"{indent}  {word.lstrip()}"
        else:
            written += word
    yield written


def cells(text: str) -> int:
    """How many columns of a terminal the text takes: two for a wide character, none for an accent."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
