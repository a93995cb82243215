"""The pieces of an expression: numbers, names, functions and signs, as they are typed and as the package prints them.

What is printed can be typed: −2·x² as well as -2*x**2, σ(x) as sigmoid(x), √(x) or √x as sqrt(x), |x| as abs(x), the
parameter w[0]. A number in front of a name, a function or a parenthesis multiplies it: 2x. The spellings come from the
table of primitives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from micrograd import functions
from micrograd._core.elementary import apply
from micrograd.ops import PRIMITIVES, Primitive

LISTS = "max min total prod mean var std norm logsumexp".split()  # functions of any number of operands
SIGNS = dict.fromkeys("·⋅×∗", "*") | dict.fromkeys("÷∕⁄", "/") | dict.fromkeys("−–", "-") | {"^": "**", "mod": "%"}
POWERS = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
UNARY = [op for op in PRIMITIVES.values() if len(op.operands) == 1]
FENCES = {op.text[0]: (op.name, op.text[-1]) for op in UNARY if op.text}  # | abs, ⌊ floor, ⌈ ceil
ROOTS = {op.symbol: op.name for op in UNARY if op.name in op.methods and not op.text and not op.symbol[0].isalpha()}
OPENING = {"(": ")"} | {opening: closing for opening, (_, closing) in FENCES.items()}

_word = r"[^\W\d⁰¹²³⁴⁵⁶⁷⁸⁹](?:[^\W⁰¹²³⁴⁵⁶⁷⁸⁹]|[\u0300-\u036f])*"
_index = r"\[\d+(?:,\d+)*\]"
NAME = re.compile(rf"{_word}(?:(?:(?:\.{_word})*{_index})+(?:\.{_word})*)?(?:#\d+)?")  # also layers[0].w[1] and x#2
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+\-−–]?\d+)?)"
    rf"|(?P<name>{'|'.join(re.escape(op.symbol) for op in UNARY if ' ' in op.symbol)}|{NAME.pattern})"
    r"|(?P<power>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    rf"|(?P<sign>\*\*|//|[-+*/%(),{''.join(s for s in SIGNS if len(s) == 1)}])"
    rf"|(?P<root>[{''.join(ROOTS)}])|(?P<fence>[{re.escape(''.join(OPENING) + ''.join(OPENING.values()))}]))"
)


class ExpressionError(ValueError):
    """An expression that cannot be read: the message shows the text with a caret under the place of the problem."""

    def __init__(self, problem: str, text: str, position: int):
        super().__init__(problem, text, position)
        self.problem, self.text, self.position = problem, text, position

    def __str__(self) -> str:
        start = max(0, self.position - 50)
        shown = (" " if c.isspace() else c if c.isprintable() else "�" for c in self.text[start : self.position + 30])
        excerpt = "".join(shown)
        lead = "…" if start else ""
        return f"{self.problem}\n  {lead}{excerpt}\n  {' ' * (len(lead) + self.position - start)}^"


@dataclass(frozen=True)
class Token:
    """A piece of the expression; an operation knows how many operands it takes.

    kind   number, name, function (before its parenthesis), root (√, before its operand), sign (before an operand),
           operator, (, ), comma or end
    text   in the spelling of Python; of a parenthesis, the character itself
    """

    kind: str
    text: str
    position: int
    operands: int = 0

    @property
    def ends_an_operand(self) -> bool:
        return self.kind in ("number", "name", ")")


# ---- functions


class Function(NamedTuple):
    operands: int | None  # how many it takes; None for any number
    apply: Callable[..., Any]


def find_function(name: str) -> Function | None:
    """The function that the grammar knows by this name: of the table of primitives, a composite, or of a list.

    A primitive is also known by the symbol that is printed: ln, σ.
    """
    if name in LISTS:
        of_list = getattr(functions, name)
        return Function(None, lambda *operands: of_list(operands))
    if name == "where":
        return Function(3, functions.where)
    if (op := _find_primitive(name)) is not None:
        return Function(len(op.operands), lambda *operands: apply(op, operands))
    return next((Function(1, f) for f in functions.COMPOSITES if f.__name__ == name), None)


def _find_primitive(name: str) -> Primitive | None:
    op = PRIMITIVES.get(name)
    if op is None:
        op = next((op for op in PRIMITIVES.values() if name in (op.symbol, op.sign)), None)
    return op if op is not None and op.name in op.methods else None


def function_names() -> list[str]:
    """All names that `find_function` knows, without the symbols."""
    primitives = [op.name for op in PRIMITIVES.values() if op.name in op.methods and op.name not in LISTS]
    return [*primitives, *(f.__name__ for f in functions.COMPOSITES), "where", *LISTS]


def normalise(name: str) -> str:
    """A name as Python itself reads it: the same letters in the same code points."""
    return unicodedata.normalize("NFKC", name)


# ---- the text, cut into tokens


def tokenise(text: str) -> list[Token]:
    """The tokens, with one of the kind end last. Raises `ExpressionError`."""
    tokens: list[Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None:
            while text[position].isspace():
                position += 1
            raise ExpressionError(f"{text[position]!r} has no meaning here", text, position)
        kind = match.lastgroup or ""
        found, start = match[kind], match.start(kind)
        position = match.end()
        called = kind in ("name", "root") and text[position:].lstrip().startswith("(")
        tokens += READ[kind](text, found, start, tokens[-1].ends_an_operand if tokens else False, called)
    return _multiply([*tokens, Token("end", "", end)], text)


Reader = Callable[[str, str, int, bool, bool], list[Token]]  # text, found, start, after an operand, called


def _read_number(text: str, found: str, start: int, after: bool, called: bool) -> list[Token]:
    return [Token("number", found.replace("−", "-").replace("–", "-"), start)]


def _read_name(text: str, found: str, start: int, after: bool, called: bool) -> list[Token]:
    if found == "mod" and after:
        return _read_sign(text, found, start, after, called)
    if called and find_function(found) is None:
        known = ", ".join(function_names())
        raise ExpressionError(
            f"no function is called {found!r} (for a product write *); there are {known}", text, start
        )
    if not called and not NAME.fullmatch(normalise(found)):
        raise ExpressionError(f"{found!r} is neither a number nor a name", text, start)
    kind = "function" if called else "number" if found in ("inf", "nan") else "name"
    return [Token(kind, found if called else normalise(found), start)]


def _read_sign(text: str, found: str, start: int, after: bool, called: bool) -> list[Token]:
    found = SIGNS.get(found, found)
    kind = found if found in "()," else "operator"
    return [Token(kind, found, start, 2 if kind == "operator" else 0)]


def _read_power(text: str, found: str, start: int, after: bool, called: bool) -> list[Token]:
    """The exponent of x² or x⁻¹."""
    digits = found.translate(POWERS)
    sign = [Token("operator", digits[0], start, 2)] if digits[0] in "-+" else []
    return [Token("operator", "**", start, 2), *sign, Token("number", digits.lstrip("-+"), start)]


def _read_root(text: str, found: str, start: int, after: bool, called: bool) -> list[Token]:
    return [Token("function" if called else "root", ROOTS[found], start, 1)]


def _read_fence(text: str, found: str, start: int, after: bool, called: bool) -> list[Token]:
    """One side of |x|, ⌊x⌋ or ⌈x⌉; | opens where an operand is needed, and closes elsewhere."""
    if found not in FENCES or (after and found in OPENING.values()):
        return [Token(")", found, start)]
    return [Token("function", FENCES[found][0], start), Token("(", found, start)]


READ: dict[str, Reader] = {
    "number": _read_number,
    "name": _read_name,
    "power": _read_power,
    "sign": _read_sign,
    "root": _read_root,
    "fence": _read_fence,
}


def _multiply(tokens: list[Token], text: str) -> list[Token]:
    """Write the product that 2x and 3(x + 1) stand for; after a / it could mean two things."""
    out: list[Token] = []
    for token in tokens:
        if out and out[-1].kind == "number" and token.kind in ("name", "function", "root", "("):
            if len(out) > 1 and out[-2].text in ("/", "//", "%"):
                problem = (
                    f"{out[-1].text}{token.text} after {out[-2].text} can be read in two ways: write * and parentheses"
                )
                raise ExpressionError(problem, text, out[-1].position)
            out.append(Token("operator", "*", token.position, 2))
        out.append(token)
    return out
