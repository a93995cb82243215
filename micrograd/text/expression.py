"""Text to Values, by a grammar: numbers, names, `+ - * / **`, parentheses and the elementary functions.

    >>> evaluate("tanh(w*x + b)", w=Value(-3.0), x=2.0, b=6.5)
    Value(data=0.46211715726000973, grad=0.0)
    >>> names("w*x + b")
    ['w', 'x', 'b']

Precedence is Python's: `**` before a minus sign before `* /` before `+ -`, `**` from the right. Anything outside the
grammar is an error that points at the place; nothing is ever run as Python. The text is first put into postfix order
(Dijkstra's shunting yard, 1961), so no nesting is too deep.

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
from micrograd.ops import PRIMITIVES

LISTS = "max min total prod mean var std".split()  # functions of any number of operands
BINARY = {"+": (1, "left"), "-": (1, "left"), "*": (2, "left"), "/": (2, "left"), "**": (4, "right")}
SIGN = 3  # -x ** 2 is -(x ** 2), -x * y is (-x) * y
State = Callable[["Token"], Any]  # of the parser: reads a token, returns the next state
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|[-+*/(),]))"
)


class Function(NamedTuple):
    operands: int | None  # how many it takes; None for any number
    apply: Callable[..., Any]


def find_function(name: str) -> Function | None:
    """The function that the grammar knows by this name: of the table of primitives, a composite, or of a list."""
    if name in LISTS:
        of_list = getattr(functions, name)
        return Function(None, lambda *operands: of_list(operands))
    op = PRIMITIVES.get(name)
    if op is not None and name in op.methods:
        return Function(len(op.operands), lambda *operands: apply(op, operands))
    return next((Function(1, f) for f in functions.COMPOSITES if f.__name__ == name), None)


def function_names() -> list[str]:
    """All names that `find_function` knows."""
    primitives = [op.name for op in PRIMITIVES.values() if op.name in op.methods and op.name not in LISTS]
    return [*primitives, *(f.__name__ for f in functions.COMPOSITES), *LISTS]


class ExpressionError(ValueError):
    """An expression that cannot be read: the message shows the text with a caret under the place of the problem."""

    def __init__(self, problem: str, text: str, position: int):
        super().__init__(problem, text, position)
        self.problem, self.text, self.position = problem, text, position

    def __str__(self) -> str:
        start = max(0, self.position - 50)
        excerpt = self.text[start : self.position + 30].replace("\n", " ").replace("\t", " ")
        lead = "…" if start else ""
        return f"{self.problem}\n  {lead}{excerpt}\n  {' ' * (len(lead) + self.position - start)}^"


@dataclass(frozen=True)
class Token:
    """A piece of the expression; an operation knows how many operands it takes."""

    kind: str  # number, name, function, sign (before an operand), operator, (, ) or ,
    text: str
    position: int
    operands: int = 0


def function_called(token: Token) -> Function:
    function = find_function(token.text)
    assert function is not None, "the tokens have been checked"
    return function


def evaluate(text: str, values: Mapping[str, Any] | None = None, /, **more: Any) -> Value:
    """The Value of the expression, with a Value or a number for each name: `evaluate("x*y", x=2, y=3)`.

    Raises `ExpressionError`, or the error of an operation outside its domain.
    """
    known = {**(values or {}), **more}
    stack: list[Any] = []
    for token in parse(text):
        if token.kind == "number":
            stack.append(float(token.text))
        elif token.kind == "name":
            if token.text not in known:
                raise ExpressionError(f"no value is given for {token.text!r}", text, token.position)
            stack.append(known[token.text])
        else:
            operands = stack[-token.operands :]
            del stack[-token.operands :]
            stack.append(_apply(token, operands))
    return stack[0] if isinstance(stack[0], Value) else Value(stack[0])


def from_words(text: str, words: Iterable[str]) -> Value:
    """The expression with its values given as words `name=number`, each a Value labelled with its name.

    Raises `ValueError` for a word of another form and for a name that is not in the expression.
    """
    values = dict(map(_read_assignment, words))
    if unknown := [name for name in values if name not in names(text)]:
        raise ValueError(f"the expression has no {', '.join(unknown)}")
    return evaluate(text, {name: Value(x, label=name) for name, x in values.items()})


def _read_assignment(word: str) -> tuple[str, float]:
    name, equals, number = word.partition("=")
    try:
        if equals and name.strip().isidentifier():
            return name.strip(), float(number)
    except ValueError:
        pass
    raise ValueError(f"a value is given as name=number, got {word!r}")


def names(text: str) -> list[str]:
    """The names in the expression, in the order of their first appearance. Raises `ExpressionError`."""
    return list(dict.fromkeys(token.text for token in parse(text) if token.kind == "name"))


def _apply(token: Token, operands: list[Any]) -> Any:
    """Numbers give a number, no Value; the k of x ** k is an `int` if it is whole."""
    if token.kind == "function":
        return function_called(token).apply(*operands)
    if token.kind == "sign":
        return -operands[0] if token.text == "-" else operands[0]
    numbers = not any(isinstance(x, Value) for x in operands)
    a, b = operands
    a = Value(a) if numbers else a
    if token.text == "**" and not isinstance(b, Value) and float(b).is_integer():
        b = int(b)
    out = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "**": lambda: a**b}[
        token.text
    ]()
    return out.data if numbers else out


# ---- the grammar


def parse(text: str) -> list[Token]:
    """The expression in postfix order: every operation after its operands. Raises `ExpressionError`."""
    yard = Yard(text)
    read: State = yard.expect_operand
    for token in tokenise(text):
        read = read(token)
    return yard.out


class Yard:
    """The shunting yard. Its two states are methods that take a token and return the next state.

    out       what is read so far, in postfix order
    waiting   operations whose operands are not complete, and open parentheses
    counts    for each open parenthesis, the number of expressions in it so far
    """

    def __init__(self, text: str):
        self.text = text
        self.out: list[Token] = []
        self.waiting: list[Token] = []
        self.counts: list[int] = []

    def expect_operand(self, token: Token) -> State:
        if token.kind in ("number", "name"):
            self.out.append(token)
            return self.expect_operator
        if token.kind == "function":
            self.waiting.append(token)  # the next token is its parenthesis
        elif token.kind == "(":
            self.waiting.append(token)
            self.counts.append(1)
        elif token.text in ("+", "-"):
            self.waiting.append(Token("sign", token.text, token.position, 1))
        elif token.kind == "end":
            raise self.error("the expression ends where a number, a name or a parenthesis is needed", token)
        else:
            raise self.error(f"a number, a name or a parenthesis is needed here, not {token.text!r}", token)
        return self.expect_operand

    def expect_operator(self, token: Token) -> State:
        if token.kind == "operator":
            level, side = BINARY[token.text]
            self.release(level + (side == "right"))
            self.waiting.append(token)
            return self.expect_operand
        if token.kind not in (")", ",", "end"):
            raise self.error("an operator is missing here", token)
        self.release(1)  # everything down to the open parenthesis
        if token.kind == "end":
            if self.waiting:
                raise self.error("this parenthesis is never closed", self.waiting[-1])
            return self.expect_operator
        if not self.waiting:
            raise self.error(f"{token.text!r} without an open parenthesis", token)
        in_call = len(self.waiting) > 1 and self.waiting[-2].kind == "function"
        if token.kind == ")":
            self.close(in_call)
            return self.expect_operator
        if not in_call:
            raise self.error("a comma only separates the operands of a function", token)
        self.counts[-1] += 1
        return self.expect_operand

    def release(self, level: int) -> None:
        """Write the waiting operations that hold at least as tightly as `level`."""
        while self.waiting and _level(self.waiting[-1]) >= level:
            self.out.append(self.waiting.pop())

    def close(self, in_call: bool) -> None:
        self.waiting.pop()
        count = self.counts.pop()
        if in_call:
            function = self.waiting.pop()
            wanted = function_called(function).operands
            if wanted not in (None, count):
                takes = f"{wanted} operands" if wanted != 1 else "one operand"
                raise self.error(f"{function.text} takes {takes}, got {count}", function)
            self.out.append(Token("function", function.text, function.position, count))

    def error(self, problem: str, token: Token) -> ExpressionError:
        return ExpressionError(problem, self.text, token.position)


def _level(token: Token) -> int:
    return BINARY[token.text][0] if token.kind == "operator" else SIGN if token.kind == "sign" else 0


def tokenise(text: str) -> list[Token]:
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
            if find_function(found) is None:
                known = ", ".join(function_names())
                raise ExpressionError(f"no function is called {found!r}; there are {known}", text, start)
            kind = "function"
        elif kind == "sign":
            kind = "operator" if found in BINARY else found
        tokens.append(Token(kind, found, start, 2 if kind == "operator" else 0))
    return [*tokens, Token("end", "", end)]
