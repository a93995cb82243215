"""Text to Values, by a grammar: numbers, names, `+ - * / **`, parentheses and the elementary functions.

    >>> evaluate("tanh(w*x + b)", w=Value(-3.0), x=2.0, b=6.5)
    Value(data=0.46211715726000973, grad=0.0)
    >>> names("w*x + b")
    ['w', 'x', 'b']

Precedence is Python's: `**` before a minus sign before `* / // %` before `+ -`, `**` from the right. What the package
prints is read too (see `tokens`). Anything outside the grammar is an error that points at the place; nothing is ever
run as Python. The text is first put into postfix order
(Dijkstra's shunting yard, 1961), so no nesting is too deep.

    expression  =  operand, then any number of (operator, operand)
    operand     =  any number of "-", "+" or "√", then one of
                   number | name | function "(" expression, … ")" | "(" expression ")" | "|" expression "|"
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from micrograd.engine import Value
from micrograd.text.escape import sanitise
from micrograd.text.tokens import NAME, OPENING, ExpressionError, Function, Token, find_function, normalise, tokenise

BINARY = {"+": (1, "left"), "-": (1, "left"), "**": (4, "right")} | dict.fromkeys(("*", "/", "//", "%"), (2, "left"))
SIGN, ROOT = 3, 5  # -x ** 2 is -(x ** 2), -x * y is (-x) * y, √x ** 2 is (√x) ** 2
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
State = Callable[[Token], Any]  # of the parser: reads a token, returns the next state


def function_called(token: Token) -> Function:
    function = find_function(token.text)
    assert function is not None, "the tokens have been checked"
    return function


def evaluate(text: str, values: Mapping[str, Any] | None = None, /, **more: Any) -> Value:
    """The Value of the expression, with a Value or a number for each name: `evaluate("x*y", x=2, y=3)`.

    Raises `ExpressionError`, or the error of an operation outside its domain.
    """
    known = {normalise(name): x for name, x in {**(values or {}), **more}.items()}
    stack: list[Any] = []
    tokens = parse(text)
    _require_all(tokens, known, text)
    for token in tokens:
        if token.kind == "number":
            stack.append(float(token.text))
        elif token.kind == "name":
            stack.append(known[token.text])
        else:
            operands = stack[-token.operands :]
            del stack[-token.operands :]
            stack.append(_apply(token, operands))
    return stack[0] if isinstance(stack[0], Value) else Value(stack[0])


def _require_all(tokens: Iterable[Token], known: Mapping[str, Any], text: str) -> None:
    missing = {token.text: token.position for token in reversed([*tokens]) if token.kind == "name"}
    missing = {name: position for name, position in reversed(missing.items()) if name not in known}
    if missing:
        said = f"no value is given for {' and '.join(map(repr, missing))}"
        written = " and ".join(f"{name}=…" for name in missing)
        raise ExpressionError(f"{said}: add {written}", text, min(missing.values()))


def build(text: str, values: Mapping[str, Any]) -> Value:
    """The expression with a Value for each number in `values`, labelled with its name.

    Raises `ValueError` for a name without a number, and for one that is not in the expression.
    """
    numbers = {normalise(name): x for name, x in values.items()}
    known = names(text)
    if unknown := [name for name in numbers if name not in known]:
        of = f"its names are {', '.join(known)}" if known else "it has no names at all"
        raise ValueError(f"the expression has no {sanitise(', '.join(unknown))}; {of}")
    return evaluate(text, {name: Value(x, label=name) for name, x in numbers.items()})


def from_words(text: str, words: Iterable[str]) -> Value:
    """The same with the numbers given as words `name=number`. Raises `ValueError`, also for a word of another form."""
    values: dict[str, float] = {}
    for name, x in map(_read_assignment, words):
        if name in values:
            raise ValueError(f"two values are given for {name}: {name}={values[name]:g} and {name}={x:g}")
        values[name] = x
    return build(text, values)


def _read_assignment(word: str) -> tuple[str, float]:
    name, equals, number = word.partition("=")
    if equals and NAME.fullmatch(name.strip()):
        try:
            return normalise(name.strip()), _read_number(number)
        except (ArithmeticError, ValueError):
            pass
    raise ValueError(f"a value is given as name=number, got {word!r}")


def _read_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return evaluate(text).data


def names(text: str) -> list[str]:
    """The names in the expression, in the order of their first appearance. Raises `ExpressionError`."""
    return list(dict.fromkeys(token.text for token in parse(text) if token.kind == "name"))


def _apply(token: Token, operands: list[Any]) -> Any:
    """Numbers give a number, no Value; the k of x ** k is an `int` if it is whole."""
    if token.kind in ("function", "root"):
        return function_called(token).apply(*operands)
    if token.kind == "sign":
        return -operands[0] if token.text == "-" else operands[0]
    numbers = not any(isinstance(x, Value) for x in operands)
    a, b = operands
    a = Value(a) if numbers else a
    if token.text == "**" and not isinstance(b, Value) and float(b).is_integer():
        b = int(b)
    out = OPERATIONS[token.text](a, b)
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
        if token.kind in ("function", "root"):
            self.waiting.append(token)  # the next token of a function is its parenthesis
        elif token.kind == "(":
            self.waiting.append(token)
            self.counts.append(1)
        elif token.text in ("+", "-"):
            self.waiting.append(Token("sign", token.text, token.position, 1))
        elif token.kind == "end":
            raise self.error("the expression ends where a number, a name or a parenthesis is needed", token)
        else:
            raise self.error(f"a number, a name or a parenthesis is needed here, not {self.typed(token)!r}", token)
        return self.expect_operand

    def expect_operator(self, token: Token) -> State:
        if token.kind == "operator":
            level, side = BINARY[token.text]
            self.release(level + (side == "right"))
            self.waiting.append(token)
            return self.expect_operand
        if token.kind not in (")", ",", "end"):
            raise self.error("an operator is missing here, such as * for a product", token)
        self.release(1)  # everything down to the open parenthesis
        if token.kind == "end":
            if self.waiting:
                raise self.error("this parenthesis is never closed", self.waiting[-1])
            return self.expect_operator
        if not self.waiting:
            raise self.error(f"{token.text!r} without an open parenthesis{self.hint(token)}", token)
        if token.kind == ")" and OPENING[self.waiting[-1].text] != token.text:
            raise self.error(f"{self.waiting[-1].text!r} is still open where {token.text!r} closes", token)
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

    def hint(self, token: Token) -> str:
        """What to write instead of a comma between digits."""
        around = self.text[: token.position][-1:], self.text[token.position + 1 :][:1]
        return ": write a decimal point" if token.kind == "," and all(map(str.isdigit, around)) else ""

    def typed(self, token: Token) -> str:
        """The token as it stands in the expression: · where its text is *."""
        as_in_python = self.text.startswith(token.text, token.position)
        return token.text if as_in_python else self.text[token.position]

    def error(self, problem: str, token: Token) -> ExpressionError:
        return ExpressionError(problem, self.text, token.position)


def _level(token: Token) -> int:
    return BINARY[token.text][0] if token.kind == "operator" else {"sign": SIGN, "root": ROOT}.get(token.kind, 0)
