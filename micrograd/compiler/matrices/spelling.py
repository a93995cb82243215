"""Array operations as text that Python could read: a table of spellings makes a dialect.

A spelling says how tightly the text holds together, and has a place for each operand with how tightly that must hold:
`{0:product} / {1:power}`. Without such a word the operand stands between commas or parentheses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from micrograd.compiler.matrices.expressions import Gather, Table
from micrograd.compiler.matrices.operations import ALL, Operation, Span

ANY, CONDITION, SUM, MATMUL, PRODUCT, SIGN, POWER, ATOM = range(8)
LEVELS = {"any": ANY, "sum": SUM, "product": PRODUCT, "sign": SIGN, "power": POWER, "atom": ATOM}
PLACE = re.compile(r"\{(\d)(?::(\w+))?\}")
LONG = 8  # known numbers in a row


class Spelling(NamedTuple):
    level: int
    text: str


class Dialect(NamedTuple):
    """How functions are spelt, by their kinds; `function` is for those without a spelling of their own."""

    spellings: Mapping[str, Spelling]
    function: Callable[[str], str]
    prefix: str  # of array functions: np.
    number: Callable[[float], str]


def is_whole(x: float) -> bool:
    return math.isfinite(x) and x == int(x) and abs(x) < 1e6 and (x != 0.0 or math.copysign(1.0, x) > 0.0)


class Writer:
    """Writes operations in a dialect. Known numbers that are too many for a line get a name: `constants`."""

    def __init__(self, dialect: Dialect, free: Callable[[str], str], names: Mapping[object, str] | None = None):
        self.dialect, self.free = dialect, free
        self.constants: dict[str, tuple[tuple[float, ...], tuple[int, ...]]] = {}
        self.found: dict[object, str] = {}
        self.functions: set[str] = set()  # the kinds that occur
        self.names = names or {}

    def text(self, op: Operation, at_least: int = ANY) -> str:
        written, level = self.write(op)
        return written if level >= at_least else f"({written})"

    def write(self, op: Operation) -> tuple[str, int]:
        known = getattr(self, f"write_{op.name}", None)
        return known(op) if known is not None else self.write_function(op)

    def write_function(self, op: Operation) -> tuple[str, int]:
        self.functions.add(op.name)
        spelling = self.dialect.spellings.get(op.name)
        if spelling is None:
            return f"{self.dialect.function(op.name)}({', '.join(map(self.text, op.operands))})", ATOM

        def operand(found: re.Match[str]) -> str:
            return self.text(op.operands[int(found[1])], LEVELS[found[2] or "any"])

        return PLACE.sub(operand, spelling.text), spelling.level

    # ---- operands

    def write_array(self, op: Operation) -> tuple[str, int]:
        return op.static.name, ATOM

    def write_number(self, op: Operation) -> tuple[str, int]:
        return self.dialect.number(op.static), SIGN if op.static < 0 else ATOM

    def write_table(self, op: Operation) -> tuple[str, int]:
        table: Table = op.static
        if len(table.values) <= LONG and len(op.shape) == 1:
            numbers = f"[{', '.join(self.dialect.number(x) for x in table.values)}]"
            return f"{self.dialect.prefix}array({numbers})", ATOM
        return self.constant("C", table.values, op.shape), ATOM

    def constant(self, letter: str, values: tuple[float, ...], shape: tuple[int, ...]) -> str:
        key = letter, tuple(map(repr, values)), shape
        if key not in self.found:
            name = self.found[key] = self.free(f"{letter}{1 + len(self.constants)}")
            self.constants[name] = values, shape
        return self.found[key]

    def write_gather(self, op: Operation) -> tuple[str, int]:
        gather: Gather = op.static
        flat = [a.name if len(a.shape) == 1 else f"{a.name}.reshape(-1)" for a in gather.arrays]
        source = flat[0] if len(flat) == 1 else f"{self.dialect.prefix}concatenate([{', '.join(flat)}])"
        if len(gather.places) <= LONG and len(op.shape) == 1:
            return f"{source}[{list(gather.places)}]", ATOM
        return f"{source}[{self.constant('I', gather.places, op.shape)}]", ATOM

    # ---- views

    def write_slice(self, op: Operation) -> tuple[str, int]:
        index = [self.index(part) for part in op.static]
        while index and index[-1] == ":" and len(index) > 1:
            index.pop()
        return f"{self.text(op.operands[0], ATOM)}[{', '.join(index)}]", ATOM

    def index(self, part: object) -> str:
        if part is None or isinstance(part, int):
            return str(part)
        assert isinstance(part, tuple)
        if part == ALL:
            return ":"
        if not isinstance(part, Span):
            return self.listed(part)
        start, stop, step = part
        return f"{start or ''}:{'' if stop is None else stop}{f':{step}' if step != 1 else ''}"

    def listed(self, part: tuple[int, ...]) -> str:
        if len(part) <= LONG:
            return str(list(part))
        return self.constant("I", part, (len(part),))

    def write_transpose(self, op: Operation) -> tuple[str, int]:
        inner = self.text(op.operands[0], ATOM)
        turned = tuple(reversed(range(len(op.shape))))
        return f"{inner}.T" if op.static == turned else f"{inner}.transpose{op.static}", ATOM

    def write_windows(self, op: Operation) -> tuple[str, int]:
        self.functions.add("windows")
        axes, spans = zip(*op.static, strict=True)
        every = len(op.operands[0].shape) == len(axes)
        size, axis = (spans, axes) if len(axes) > 1 else (spans[0], axes[0])
        return f"windows({self.text(op.operands[0])}, {size}{'' if every else f', axis={axis}'})", ATOM

    def write_broadcast(self, op: Operation) -> tuple[str, int]:
        if not self.dialect.prefix:
            return self.write(op.operands[0])
        return f"{self.dialect.prefix}broadcast_to({self.text(op.operands[0])}, {op.shape})", ATOM

    def write_reshape(self, op: Operation) -> tuple[str, int]:
        return f"{self.text(op.operands[0], ATOM)}.reshape{op.shape}", ATOM

    # ---- arithmetic

    def write_add(self, op: Operation) -> tuple[str, int]:
        terms = [(self.sign(term), term) for term in op.operands if self.dialect.prefix or not is_nothing(term)]
        terms = terms or [(1, term) for term in op.operands[:1]]
        terms.sort(key=lambda term: term[0] < 0)  # stable: a plus first
        text = ""
        for k, (sign, term) in enumerate(terms):
            body = self.text(negative(term) if sign < 0 else term, MATMUL)
            text += body if k == 0 and sign > 0 else f"-{body}" if k == 0 else f" {'+' if sign > 0 else '-'} {body}"
        return text, SUM

    def sign(self, op: Operation) -> int:
        if op.name == "number":
            return -1 if op.static < 0 else 1
        return self.sign(op.operands[0]) if op.name == "multiply" else 1

    def write_multiply(self, op: Operation) -> tuple[str, int]:
        first, *rest = op.operands
        if first.name == "number" and first.static == -1.0:
            one = rest[0] if len(rest) == 1 else op.of(*rest)
            return f"-{self.text(one, PRODUCT)}", SIGN
        factors = [self.text(x, POWER if k else PRODUCT) for k, x in enumerate(op.operands)]
        return " * ".join(factors), PRODUCT

    def write_power(self, op: Operation) -> tuple[str, int]:
        return f"{self.text(op.operands[0], ATOM)}**{op.static}", POWER

    def write_matmul(self, op: Operation) -> tuple[str, int]:
        return f"{self.text(op.operands[0], POWER)} @ {self.text(op.operands[1], POWER)}", MATMUL

    def write_einsum(self, op: Operation) -> tuple[str, int]:
        return f"{self.dialect.prefix}einsum('{op.static}', {', '.join(map(self.text, op.operands))})", ATOM

    def write_sum(self, op: Operation) -> tuple[str, int]:
        return self.reduction(op, "sum")

    def write_mean(self, op: Operation) -> tuple[str, int]:
        return self.reduction(op, "mean")

    def reduction(self, op: Operation, name: str) -> tuple[str, int]:
        inner = op.operands[0]
        everything = len(op.static) == len(inner.shape)
        axes = "" if everything else op.static[0] if len(op.static) == 1 else op.static
        return f"{self.text(inner, ATOM)}.{name}({axes})", ATOM


def is_nothing(op: Operation) -> bool:
    """Whether it is 0 times something: nan where that is inf, which goes without saying."""
    if op.name == "multiply":
        return is_nothing(op.operands[0])
    return is_nothing(op.operands[0]) if op.name == "slice" else op.name == "number" and op.static == 0.0


def negative(op: Operation) -> Operation:
    """The operation without its minus sign."""
    if op.name == "number":
        return Operation("number", (), (), -op.static)
    first, *rest = op.operands
    first = negative(first)
    if first.name == "number" and first.static == 1.0:
        return rest[0] if len(rest) == 1 else op.of(*rest)
    return op.of(first, *rest)
