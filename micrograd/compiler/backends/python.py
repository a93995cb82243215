"""From rows to straight-line Python: a function from the inputs to the outputs, to be read and to be run.

What a Python float refuses (1 / 0, the logarithm of 0, an exponential beyond 1.8e308) has a value in IEEE arithmetic,
inf or nan. The program is written in plain Python, which is fast; if Python raises an error, the same rows run again as
a *quiet* program, with a function for every operation that may raise one.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby
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
        computed = range(len(rows))
        self.parts = [computed[start : start + STATEMENTS] for start in computed[::STATEMENTS]] or [computed]
        self.ends, self.left, self.right = [0, *rows.ends], rows.left.tolist(), rows.right.tolist()
        self.numbers = {ONE: 1.0, **dict(enumerate(rows.constants, start=1 + rows.inputs))}
        self.known, self.minus_ones = {*self.numbers}, {i for i, x in self.numbers.items() if x == -1.0}
        outside = Namespace()
        self.calls = self.find_globals(outside)
        inside = Namespace(outside.taken)
        self.title = outside.give(title)
        self.part_titles = [inside.free(outside.free(f"{self.title}_{k}")) for k in range(len(self.parts))]
        self.inputs = list(map(inside.give, rows.names))
        self.given, self.shared = inside.free("inputs"), inside.free("shared")
        self.names = ["1.0", *self.inputs, *map(self.number, rows.constants)]
        self.name_rows(inside)
        self.factors = ["", *[f" * {name}" for name in self.names[1:]]]  # as the second one of a product

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
        for i, of in enumerate(self.rows.adjoint_of, start=self.rows.first):
            if of < i:
                name = inside.free(f"d_{names[of]}")
            else:
                count += 1
                while (name := f"v{count}") in taken:
                    count += 1
                taken.add(name)
            names.append(name)

    def number(self, x: float) -> str:
        if math.isfinite(x):
            return repr(x)
        return "-" * (x < 0.0) + self.calls[repr(abs(x))]

    # ---- the function

    def whole(self) -> Iterator[str]:
        yield f"def {self.title}({self.given}):"
        if self.inputs:
            yield from self.wrap("    (", self.inputs, f"{',' * (len(self.inputs) == 1)}) = {self.given}")
        for k in self.parts[0]:
            yield from self.statements(k)
        yield from self.wrap("    return [", [self.names[i] for i in self.rows.outputs], "]")

    def in_parts(self) -> Iterator[str]:
        """Several functions, which share a list: the inputs, and the rows that another one or the user asks for."""
        names, first, shared = self.names, self.rows.first, self.shared
        asked = [self.find_asked(part) for part in self.parts]
        kept = sorted({p for p in chain(self.rows.outputs, *asked) if p >= first})
        place = {i: k for k, i in enumerate([*range(1, 1 + len(self.inputs)), *kept])}
        for part, title, found in zip(self.parts, self.part_titles, asked, strict=True):
            yield f"def {title}({shared}):"
            for begin, run in side_by_side(found, place):
                yield from self.wrap("    [", [names[p] for p in run], f"] = {shared}[{begin}:{begin + len(run)}]")
            for k in part:
                yield from self.statements(k)
            its = kept[bisect_left(kept, first + part.start) : bisect_left(kept, first + part.stop)]
            yield from self.wrap(f"    {shared} += [", [names[i] for i in its], "]")
            yield ""
        yield f"def {self.title}({self.given}):"
        yield f"    {shared} = [*{self.given}]"
        for title in self.part_titles:
            yield f"    {title}({shared})"
        outputs = [f"{shared}[{place[i]}]" if i in place else names[i] for i in self.rows.outputs]
        yield from self.wrap("    return [", outputs, "]")

    def find_asked(self, part: range) -> list[int]:
        """The inputs and the rows before this part that it reads."""
        terms = slice(self.ends[part.start], self.ends[part.stop])
        start = self.rows.first + part.start
        return sorted(p for p in {*self.left[terms], *self.right[terms]} if p < start and p not in self.numbers)

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

    def statements(self, k: int) -> Iterator[str]:
        rows = self.rows
        name, kind, begin, end = self.names[rows.first + k], rows.table[rows.kinds[k]], self.ends[k], self.ends[k + 1]
        if kind != SUM:
            yield f"    {name} = {self.call(kind, begin, end)}"
            return
        first = self.write_terms(begin, min(begin + TERMS, end))
        yield f"    {name} = {first[3:]}" if first[1] == "+" else f"    {name} = -{first[3:]}"
        for start in range(begin + TERMS, end, TERMS):
            yield f"    {name} = {name}{self.write_terms(start, min(start + TERMS, end))}"

    def write_terms(self, begin: int, end: int) -> str:
        """The products of a sum, each after its sign."""
        left, right = self.left[begin:end], self.right[begin:end]
        if self.minus_ones.isdisjoint(right) and self.known.isdisjoint(left):
            names, factors = self.names, self.factors
            return " + " + " + ".join([names[x] + factors[y] for x, y in zip(left, right, strict=True)])
        return "".join(map(self.product, left, right))

    def product(self, x: int, y: int) -> str:
        """One of them: 1 is left out, and −1 is the sign."""
        names, numbers = self.names, self.numbers
        if x == ONE or numbers.get(x) == -1.0:
            x, y = y, x
        if y != ONE:
            return f" - {names[x]}" if numbers.get(y) == -1.0 else f" + {names[x]} * {names[y]}"
        return f" - {self.number(-numbers[x])}" if numbers.get(x, 0.0) < 0.0 else f" + {names[x]}"

    def call(self, kind: str, begin: int, end: int) -> str:
        operands = [self.names[p] for t in range(begin, end) for p in (self.left[t], self.right[t])]
        if kind not in self.calls:
            return FORMS[kind].format(*operands, nan=self.calls.get("nan"))
        if kind == "pick":
            operands = operands[::2]
        elif (op := PRIMITIVES.get(name_of(kind))) is not None:
            operands = operands[: len(op.operands)]
        return f"{self.calls[kind]}({', '.join(operands)})"


def side_by_side(rows: Sequence[int], place: Mapping[int, int]) -> Iterator[tuple[int, list[int]]]:
    """Those whose places follow each other, with the first place."""
    for distance, run in groupby(enumerate(rows), lambda at: place[at[1]] - at[0]):
        numbered = list(run)
        yield distance + numbered[0][0], [i for _, i in numbered]


def may_raise(name: str) -> bool:
    return name not in PRIMITIVES or bool(PRIMITIVES[name].domain)
