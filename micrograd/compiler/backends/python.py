"""From rows to straight-line Python: a function from the inputs to the outputs, to be read and to be run.

What a Python float refuses (1 / 0, the logarithm of 0, an exponential beyond 1.8e308) has a value in IEEE arithmetic,
inf or nan. The program is written in plain Python, which is fast; if Python raises an error, the same rows run again as
a *quiet* program, with a function for every operation that may raise one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.stages.expressions import SUM
from micrograd.compiler.stages.program import ONE, name_of
from micrograd.compiler.stages.quiet import pick, quiet_function
from micrograd.compiler.stages.rows import Rows
from micrograd.ops import PRIMITIVES, Floats

STATEMENTS = 20_000  # per function: fewer make the program slower, more make Python's compiler disproportionately slow
TERMS = 50  # per statement: Python parses a long sum into an equally deep tree

FORMS = {
    "div": "{0} / {1}",
    "relu": "0.0 if {0} <= 0.0 else {0}",
    "step": "1.0 if {0} > 0.0 else 0.0 if {0} <= 0.0 else {nan}",
    "less": "1.0 if {0} < {1} else 0.0",
    "at most": "1.0 if {0} <= {1} else 0.0",
    "equal": "1.0 if {0} == {1} else 0.0",
    "gate": "0.0 if {0} == 0.0 else {0} * {1}",
    "relu gate": "{1} if {0} > 0.0 else 0.0 if {0} <= 0.0 else {nan}",
    "choose": "{1} if {0} else {2}",
}
NEEDS_NAN = frozenset(["step", "relu gate"])

Run = Callable[[Sequence[float]], list[float]]


class Source(NamedTuple):
    """The text of a program, the name of the function in it, and what it finds under the names that it uses."""

    text: str
    name: str
    globals: dict[str, Any]


def emit(rows: Rows, title: str, quiet: bool = False) -> Source:
    """The source of the function `title`."""
    text = Text(rows, title, quiet)
    lines = (text.whole if len(text.parts) == 1 else text.in_parts)()
    return Source("\n".join([*lines, ""]), text.title, text.globals)


def build(source: Source) -> Run:
    """The function that the source defines."""
    namespace = source.globals.copy()
    exec(compile(source.text, f"<compiled {source.name}>", "exec"), namespace)
    run: Run = namespace.pop(source.name)  # a function that found itself among its globals would be a cycle
    return run


class Text:
    """Rows as statements. A row is called v12, the adjoint of the row x is called d_x, if nothing else is.

    What is global in the source gets its name first: the numbers and functions that it uses, then the functions that it
    defines. An input comes next, and what is ours makes way for it; it may only shadow the function itself.
    """

    def __init__(self, rows: Rows, title: str, quiet: bool):
        self.rows, self.quiet = rows, quiet
        self.globals: dict[str, Any] = {}
        computed = list(rows)
        self.parts = [computed[start : start + STATEMENTS] for start in range(0, len(computed), STATEMENTS)] or [[]]
        self.numbers = {ONE: 1.0, **dict(enumerate(rows.constants, start=1 + rows.inputs))}
        outside = Namespace()
        self.calls = self.find_globals(outside)
        inside = Namespace(outside.taken)
        self.title = outside.give(title)
        self.part_titles = [inside.free(outside.free(f"{self.title}_{k}")) for k in range(len(self.parts))]
        self.inputs = list(map(inside.give, rows.names))
        self.given, self.shared = inside.free("inputs"), inside.free("shared")
        self.names: dict[int, str] = {ONE: "1.0"} | {1 + k: name for k, name in enumerate(self.inputs)}
        self.name_rows(inside)

    def find_globals(self, outside: Namespace) -> dict[str, str]:
        """The names of what the rows call, by their kinds, and those of inf and nan."""
        kinds = {self.rows.table[kind] for kind in set(self.rows.kinds)}
        special = [repr(abs(x)) for x in self.rows.constants if not math.isfinite(x)]
        if not NEEDS_NAN.isdisjoint(kinds):
            special.append("nan")
        wanted: dict[str, Any] = {text: float(text) for text in special}
        for kind in sorted(kinds - {SUM}):
            if kind == "pick":
                wanted[kind] = pick
            elif self.quiet and kind == "div":
                wanted[kind] = quiet_function(kind)
            elif kind not in FORMS:
                name = name_of(kind)
                wanted[kind] = quiet_function(kind) if self.quiet and may_raise(name) else getattr(Floats, name)
        calls = {kind: outside.free(name_of(kind)) for kind in wanted}
        self.globals.update({calls[kind]: thing for kind, thing in wanted.items()})
        return calls

    def name_rows(self, inside: Namespace) -> None:
        names, taken, count = self.names, inside.taken, 0
        for i, x in self.numbers.items():
            names.setdefault(i, self.number(x))
        for i, of in enumerate(self.rows.adjoint_of, start=self.rows.first):
            if of != i and of in names:
                names[i] = inside.free(f"d_{names[of]}")
            else:
                count += 1
                while (name := f"v{count}") in taken:
                    count += 1
                taken.add(name)
                names[i] = name

    def number(self, x: float) -> str:
        if math.isfinite(x):
            return repr(x)
        return "-" * (x < 0.0) + self.calls[repr(abs(x))]

    # ---- the function

    def whole(self) -> Iterator[str]:
        yield f"def {self.title}({self.given}):"
        if self.inputs:
            yield from self.wrap("    (", self.inputs, f"{',' * (len(self.inputs) == 1)}) = {self.given}")
        for row in self.parts[0]:
            yield from self.statements(*row)
        yield from self.wrap("    return [", [self.names[i] for i in self.rows.outputs], "]")

    def in_parts(self) -> Iterator[str]:
        """Several functions, which share their rows in a list."""
        names, inputs, outputs, shared = self.names, range(1, 1 + len(self.inputs)), self.rows.outputs, self.shared
        part_of = dict.fromkeys(inputs, -1) | {i: k for k, part in enumerate(self.parts) for i, _, _ in part}
        asked = []
        for k, part in enumerate(self.parts):
            found = {p for _, _, terms in part for p in terms}
            asked.append(sorted(p for p in found if part_of.get(p, k) != k))
        kept = {p for found in asked for p in found} | set(outputs)
        place = {i: k for k, i in enumerate([*inputs, *(i for part in self.parts for i, _, _ in part if i in kept)])}
        for k, part in enumerate(self.parts):
            yield f"def {self.part_titles[k]}({shared}):"
            for p in asked[k]:
                yield f"    {names[p]} = {shared}[{place[p]}]"
            for i, kind, terms in part:
                yield from self.statements(i, kind, terms)
                if i in kept:
                    yield f"    {shared}[{place[i]}] = {names[i]}"
            yield ""
        yield f"def {self.title}({self.given}):"
        yield f"    {shared} = [*{self.given}, *[0.0] * {len(place) - len(inputs)}]"
        for title in self.part_titles:
            yield f"    {title}({shared})"
        yield from self.wrap(
            "    return [", [f"{shared}[{place[i]}]" if i in place else names[i] for i in outputs], "]"
        )

    @staticmethod
    def wrap(before: str, words: Sequence[str], after: str) -> Iterator[str]:
        """The words, separated by commas, on lines of at most a hundred characters."""
        line = before
        for word in words:
            if len(line) + len(word) > 98:
                yield line.rstrip()
                line = " " * len(before)
            line += f"{word}, "
        yield line.rstrip(", ") + after

    # ---- a row

    def statements(self, i: int, kind: str, terms: Sequence[int]) -> Iterator[str]:
        name = self.names[i]
        if kind != SUM:
            yield f"    {name} = {self.call(kind, terms)}"
            return
        first = self.write_terms(terms[: 2 * TERMS])
        yield f"    {name} = {first[3:]}" if first[1] == "+" else f"    {name} = -{first[3:]}"
        for start in range(2 * TERMS, len(terms), 2 * TERMS):
            yield f"    {name} = {name}{self.write_terms(terms[start : start + 2 * TERMS])}"

    def write_terms(self, terms: Sequence[int]) -> str:
        """The products of a sum, each after its sign."""
        names, numbers = self.names, self.numbers
        text = []
        for x, y in zip(terms[::2], terms[1::2], strict=True):
            if x in numbers or y in numbers:
                text.append(self.product(x, y))
            else:
                text.append(f" + {names[x]} * {names[y]}")
        return "".join(text)

    def product(self, x: int, y: int) -> str:
        """The same for a product with a known number in it: 1 is left out, and −1 is the sign."""
        names, numbers = self.names, self.numbers
        if x == ONE or numbers.get(x) == -1.0:
            x, y = y, x
        if y != ONE:
            return f" - {names[x]}" if numbers.get(y) == -1.0 else f" + {names[x]} * {names[y]}"
        return f" - {self.number(-numbers[x])}" if numbers.get(x, 0.0) < 0.0 else f" + {names[x]}"

    def call(self, kind: str, terms: Sequence[int]) -> str:
        operands = [self.names[p] for p in terms]
        if kind not in self.calls:
            return FORMS[kind].format(*operands, nan=self.calls.get("nan"))
        if kind == "pick":
            operands = operands[::2]
        elif (op := PRIMITIVES.get(name_of(kind))) is not None:
            operands = operands[: len(op.operands)]
        return f"{self.calls[kind]}({', '.join(operands)})"


def may_raise(name: str) -> bool:
    return name not in PRIMITIVES or bool(PRIMITIVES[name].domain)
