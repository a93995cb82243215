"""From rows to straight-line Python: a function from the inputs to the outputs, to be read and to be run.

What a Python float refuses (1 / 0, the logarithm of 0, an exponential beyond 1.8e308) has a value in IEEE arithmetic,
inf or nan. The program is written in plain Python, which is fast; if Python raises an error, the same rows run again as
a *quiet* program, with a function for every operation that may raise one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from micrograd.compiler.stages.expressions import SUM
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.quiet import pick, quiet_functions
from micrograd.compiler.stages.sums import Sums
from micrograd.compiler.tracing.tape import STOP
from micrograd.ops import PRIMITIVES, Floats

STATEMENTS = 20_000  # per function: fewer make the program slower, more make Python's compiler disproportionately slow
TERMS = 50  # per statement: Python parses a long sum into an equally deep tree

FORMS = {
    "div": "{0} / {1}",
    "relu": "0.0 if {0} <= 0.0 else {0}",
    "step": "1.0 if {0} > 0.0 else 0.0 if {0} <= 0.0 else nan",
    "less": "1.0 if {0} < {1} else 0.0",
    "at most": "1.0 if {0} <= {1} else 0.0",
    "equal": "1.0 if {0} == {1} else 0.0",
    "gate": "0.0 if {0} == 0.0 else {0} * {1}",
    "relu gate": "{1} if {0} > 0.0 else 0.0 if {0} <= 0.0 else nan",
    "choose": "{1} if {0} else {2}",
    "pow": "pow({0}, {1})",
}
QUIET_FORMS = FORMS | {"div": "div({0}, {1})"}
NAMES = {"pow": Floats.pow, "inf": math.inf, "nan": math.nan, "pick": pick}

Run = Callable[[Sequence[float]], list[float]]


def emit(
    sums: Sums, order: Sequence[int], inputs: Sequence[str], outputs: Sequence[int], title: str, quiet: bool = False
) -> str:
    """The source of the function `title`; `order` are the rows to compute, `inputs` the names of the inputs."""
    text = Text(sums, order, inputs, QUIET_FORMS if quiet else FORMS)
    rows = [i for i in order if i in text.computed]
    return "\n".join([*(text.whole if len(rows) <= STATEMENTS else text.parts)(rows, outputs, title), ""])


def build(source: str, title: str, quiet: bool = False) -> Run:
    """The function that the source defines."""
    functions = {op.name: op.floats for op in PRIMITIVES.values() if op.floats is not None}
    namespace: dict[str, Any] = NAMES | functions | (quiet_functions() if quiet else {})
    exec(compile(source, f"<compiled {title}>", "exec"), namespace)
    run: Run = namespace[title]
    return run


class Text:
    """Rows as statements. A row is called v12, the adjoint of the row x is called d_x."""

    def __init__(self, sums: Sums, order: Sequence[int], inputs: Sequence[str], forms: dict[str, str]):
        self.sums, self.inputs, self.forms = sums, inputs, forms
        self.names: dict[int, str] = {ONE: "1.0"} | {1 + k: name for k, name in enumerate(inputs)}
        self.computed: set[int] = set()
        count = 0
        for i in order:
            kind = sums.kinds[i]
            if kind == "constant":
                self.names[i] = repr(sums.numbers[i])
            elif kind == STOP:
                self.names[i] = self.names[sums.terms[i][0]]
            elif kind != "input":
                self.computed.add(i)
                if (of := sums.adjoint_of.get(i)) is not None and of in self.names:
                    self.names[i] = f"d_{self.names[of]}"
                else:
                    count += 1
                    self.names[i] = f"v{count}"

    # ---- the function

    def whole(self, rows: Sequence[int], outputs: Sequence[int], title: str) -> Iterator[str]:
        yield f"def {title}(inputs):"
        if self.inputs:
            yield from self.wrap("    (", self.inputs, ",) = inputs" if len(self.inputs) == 1 else ") = inputs")
        for i in rows:
            yield from self.statements(i)
        yield from self.wrap("    return [", [self.names[i] for i in outputs], "]")

    def parts(self, rows: Sequence[int], outputs: Sequence[int], title: str) -> Iterator[str]:
        """Several functions, which share their rows in a list."""
        terms, names, inputs = self.sums.terms, self.names, range(1, 1 + len(self.inputs))
        parts = [rows[start : start + STATEMENTS] for start in range(0, len(rows), STATEMENTS)]
        part_of = dict.fromkeys(inputs, -1) | {i: k for k, part in enumerate(parts) for i in part}
        asked = []
        for k, part in enumerate(parts):
            found = {p for i in part for p in terms[i]}
            asked.append(sorted(p for p in self.sources(found) if part_of.get(p, k) != k))
        kept = {p for found in asked for p in found} | self.sources(outputs)
        place = {i: k for k, i in enumerate([*inputs, *(i for i in rows if i in kept)])}
        for k, part in enumerate(parts):
            yield f"def {title}_{k}(shared):"
            for p in asked[k]:
                yield f"    {names[p]} = shared[{place[p]}]"
            for i in part:
                yield from self.statements(i)
                if i in kept:
                    yield f"    shared[{place[i]}] = {names[i]}"
            yield ""
        yield f"def {title}(inputs):"
        yield f"    shared = [*inputs, *[0.0] * {len(place) - len(inputs)}]"
        for k in range(len(parts)):
            yield f"    {title}_{k}(shared)"
        results = [self.source(i) for i in outputs]
        yield from self.wrap("    return [", [f"shared[{place[i]}]" if i in place else names[i] for i in results], "]")

    def source(self, i: int) -> int:
        """The row itself; for a stop, its operand."""
        while self.sums.kinds[i] == STOP:
            i = self.sums.terms[i][0]
        return i

    def sources(self, rows: Iterable[int]) -> set[int]:
        kinds = self.sums.kinds
        return {self.source(i) if kinds[i] == STOP else i for i in rows}

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

    def statements(self, i: int) -> Iterator[str]:
        kind, terms, name = self.sums.kinds[i], self.sums.terms[i], self.names[i]
        if kind != SUM:
            yield f"    {name} = {self.call(kind, terms)}"
            return
        first = self.write_terms(terms[: 2 * TERMS])
        yield f"    {name} = {first[3:]}" if first[1] == "+" else f"    {name} = -{first[3:]}"
        for start in range(2 * TERMS, len(terms), 2 * TERMS):
            yield f"    {name} = {name}{self.write_terms(terms[start : start + 2 * TERMS])}"

    def write_terms(self, terms: Sequence[int]) -> str:
        """The products of a sum, each after its sign."""
        names, numbers = self.names, self.sums.numbers
        text = []
        for x, y in zip(terms[::2], terms[1::2], strict=True):
            if x in numbers or y in numbers:
                text.append(self.product(x, y))
            else:
                text.append(f" + {names[x]} * {names[y]}")
        return "".join(text)

    def product(self, x: int, y: int) -> str:
        """The same for a product with a known number in it: 1 is left out, and −1 is the sign."""
        names, numbers = self.names, self.sums.numbers
        if x == ONE or numbers.get(x) == -1.0:
            x, y = y, x
        if y != ONE:
            return f" - {names[x]}" if numbers.get(y) == -1.0 else f" + {names[x]} * {names[y]}"
        return f" - {-numbers[x]!r}" if numbers.get(x, 0.0) < 0.0 else f" + {names[x]}"

    def call(self, kind: str, terms: Sequence[int]) -> str:
        operands = [self.names[p] for p in terms]
        if kind in self.forms:
            return self.forms[kind].format(*operands)
        if kind == "pick":
            return f"pick({', '.join(operands[::2])})"
        return f"{kind}({', '.join(operands[: len(PRIMITIVES[kind].operands)])})"
