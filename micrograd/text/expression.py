"""Text to Values, by a grammar: numbers, names, `+ - * / **`, parentheses and the elementary functions.

    >>> evaluate("tanh(w*x + b)", w=Value(-3.0), x=2.0, b=6.5)
    Value(data=0.46211715726000973, grad=0.0)
    >>> names("w*x + b")
    ['w', 'x', 'b']

Precedence is Python's: `**` before a minus sign before `* /` before `+ -`, `**` from the right. What the grammar does
not know is an error that shows the place; nothing is ever run as Python. The text is turned into postfix order first
(Dijkstra's shunting yard, 1961), so that no nesting is too deep.

    expression  =  operand, then any number of (operator, operand)
    operand     =  any number of "-" or "+", then: number | name | function "(" expression, … ")" | "(" expression ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from micrograd import functions
from micrograd._core.elementary import apply
from micrograd.engine import Value
from micrograd.ops import PRIMITIVES, Primitive

LISTS = "max min total prod mean var std".split()  # functions of any number of operands
BINARY = {"+": (1, "left"), "-": (1, "left"), "*": (2, "left"), "/": (2, "left"), "**": (4, "right")}
SIGN = 3  # -x ** 2 is -(x ** 2), -x * y is (-x) * y
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|[-+*/(),]))"
)


class Function(NamedTuple):
    operands: int | None  # how many it takes; None for any number
    apply: Callable[..., Any]


def known_functions() -> dict[str, Function]:
    """The functions of the grammar by their names: of the table of primitives, composites, and of lists."""

    def of_primitive(op: Primitive) -> Function:
        return Function(len(op.operands), lambda *operands: apply(op, operands))

    def of_list(name: str) -> Function:
        function = getattr(functions, name)
        return Function(None, lambda *operands: function(operands))

    return (
        {op.name: of_primitive(op) for op in PRIMITIVES.values() if op.name in op.methods}
        | {f.__name__: Function(1, f) for f in functions.COMPOSITES}
        | {name: of_list(name) for name in LISTS}
    )


class ExpressionError(ValueError):
    """What is wrong with an expression, and where: the message shows the text with a caret under the place."""

    def __init__(self, problem: str, text: str, position: int):
        super().__init__(problem, text, position)
        self.problem, self.text, self.position = problem, text, position

    def __str__(self) -> str:
        start = max(0, self.position - 50)
        shown = self.text[start : self.position + 30].replace("\n", " ").replace("\t", " ")
        lead = "…" if start else ""
        return f"{self.problem}\n  {lead}{shown}\n  {' ' * (len(lead) + self.position - start)}^"


@dataclass(frozen=True)
class Token:
    kind: str  # number, name, function, sign (before an operand), operator, (, ) or ,
    text: str
    position: int
    operands: int = 0


def evaluate(text: str, values: Mapping[str, Any] | None = None, /, **more: Any) -> Value:
    """The Value of the expression, its names standing for the Values or numbers given: `evaluate("x*y", x=2, y=3)`.

    Raises `ExpressionError`, or what the operation raises where it is not defined.
    """
    known = {**(values or {}), **more}
    stack: list[Any] = []
    for token in parsed(text):
        if token.kind == "number":
            stack.append(float(token.text))
        elif token.kind == "name":
            if token.text not in known:
                raise ExpressionError(f"no value is given for {token.text!r}", text, token.position)
            stack.append(known[token.text])
        else:
            operands = stack[-token.operands :]
            del stack[-token.operands :]
            stack.append(_applied(token, operands))
    return stack[0] if isinstance(stack[0], Value) else Value(stack[0])


def from_words(text: str, words: Iterable[str]) -> Value:
    """The expression with the values of `name=number` words, each a Value labelled with its name.

    Raises `ValueError` for a word of another form and for a name that the expression does not have.
    """
    values = dict(map(_assigned, words))
    if unknown := [name for name in values if name not in names(text)]:
        raise ValueError(f"the expression has no {', '.join(unknown)}")
    return evaluate(text, {name: Value(x, label=name) for name, x in values.items()})


def _assigned(word: str) -> tuple[str, float]:
    name, equals, number = word.partition("=")
    try:
        if equals and name.strip().isidentifier():
            return name.strip(), float(number)
    except ValueError:
        pass
    raise ValueError(f"a value is given as name=number, got {word!r}")


def names(text: str) -> list[str]:
    """The names in the expression, in the order of their first appearance. Raises `ExpressionError`."""
    return list(dict.fromkeys(token.text for token in parsed(text) if token.kind == "name"))


def _applied(token: Token, operands: list[Any]) -> Any:
    """A number stays a number as long as no Value is involved; the k of x ** k stays a whole number if it is one."""
    if token.kind == "function":
        return known_functions()[token.text].apply(*operands)
    if token.kind == "sign":
        return -operands[0] if token.text == "-" else operands[0]
    plain = not any(isinstance(x, Value) for x in operands)
    a, b = operands
    a = Value(a) if plain else a
    if token.text == "**" and not isinstance(b, Value) and float(b).is_integer():
        b = int(b)
    out = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "**": lambda: a**b}[
        token.text
    ]()
    return out.data if plain else out


# ---- the grammar


def parsed(text: str) -> list[Token]:
    """The expression in postfix order: every operation after its operands. Raises `ExpressionError`."""
    out: list[Token] = []
    waiting: list[Token] = []
    counts: list[int] = []  # for each open parenthesis, how many expressions stand in it so far
    operand_next = True
    for token in _tokens(text):
        if operand_next:
            if token.kind in ("number", "name"):
                out.append(token)
                operand_next = False
            elif token.kind in ("function", "("):
                waiting.append(token)
                counts += [1] if token.kind == "(" else []
            elif token.text in ("+", "-"):
                waiting.append(Token("sign", token.text, token.position, 1))
            else:
                raise ExpressionError(_missing(token, waiting), text, token.position)
            if token.kind == "function":
                continue
        elif token.kind == "operator":
            level, side = BINARY[token.text]
            while waiting and _level(waiting[-1]) >= level + (side == "right"):
                out.append(waiting.pop())
            waiting.append(token)
            operand_next = True
        elif token.kind in (")", ",", "end"):
            while waiting and waiting[-1].kind != "(":
                out.append(waiting.pop())
            if token.kind == "end":
                if waiting:
                    raise ExpressionError("this parenthesis is never closed", text, waiting[-1].position)
                return out
            if not waiting:
                raise ExpressionError(f"{token.text!r} without an open parenthesis", text, token.position)
            called = len(waiting) > 1 and waiting[-2].kind == "function"
            if token.kind == ",":
                if not called:
                    raise ExpressionError("a comma only separates the operands of a function", text, token.position)
                counts[-1] += 1
                operand_next = True
                continue
            waiting.pop()
            count = counts.pop()
            if called:
                function = waiting.pop()
                wanted = known_functions()[function.text].operands
                if wanted not in (None, count):
                    takes = f"{wanted} operands" if wanted != 1 else "one operand"
                    raise ExpressionError(f"{function.text} takes {takes}, got {count}", text, function.position)
                out.append(Token("function", function.text, function.position, count))
        else:
            raise ExpressionError("an operator is missing here", text, token.position)
    raise AssertionError("the end is a token")


def _level(token: Token) -> int:
    return BINARY[token.text][0] if token.kind == "operator" else SIGN if token.kind == "sign" else 0


def _missing(token: Token, waiting: list[Token]) -> str:
    if token.kind == "end":
        return "the expression ends where a number, a name or a parenthesis is needed"
    return f"a number, a name or a parenthesis is needed here, not {token.text!r}"


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None:
            while text[position].isspace():
                position += 1
            hint = ": write ** for a power" if text[position] == "^" else ""
            raise ExpressionError(f"{text[position]!r} has no meaning here{hint}", text, position)
        kind = match.lastgroup or ""
        found, start = match[kind], match.start(kind)
        position = match.end()
        if kind == "name" and text[position:].lstrip().startswith("("):
            if found not in (known := known_functions()):
                raise ExpressionError(f"no function is called {found!r}; there are {', '.join(known)}", text, start)
            kind = "function"
        elif kind == "sign":
            kind = "operator" if found in BINARY else found
        tokens.append(Token(kind, found, start, 2 if kind == "operator" else 0))
    return [*tokens, Token("end", "", end)]
