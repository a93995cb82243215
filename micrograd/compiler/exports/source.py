"""The source of an export: a module with one function, which needs its engine and nothing else.

What engines have in common is here; `Engine` is what each of them says for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from textwrap import indent

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.exports.batching import Batching
from micrograd.compiler.exports.draws import UNIFORM
from micrograd.compiler.exports.engine import Engine
from micrograd.compiler.exports.layout import Parts, assignments, in_lines, module_text, number
from micrograd.compiler.exports.plan import CHECK, LISTED, SIDE, Plan
from micrograd.compiler.exports.returned import Returned
from micrograd.compiler.exports.rules import rule_of
from micrograd.compiler.exports.writer import helper_name
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import Loop, Table, leaves
from micrograd.compiler.matrices.inlining import arrays_of
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.numpy_source import TERMS, part_of_theta
from micrograd.compiler.matrices.operations import Operation
from micrograd.compiler.matrices.text import lower_line, slice_of
from micrograd.compiler.stages.program import name_of


class Source(Engine):
    """The source of a plan for one engine.

    In a `batched` one, arguments and results have a first axis of examples.
    """

    def __init__(self, plan: Plan, taken: Iterable[str] = ()):
        self.plan = plan
        self.writer = self.make_writer(Namespace([*plan.form.names.taken, *taken]))
        self.used = {array for line in plan.form.lines for e in leaves(line.expression) for array in arrays_of(e)}
        self.used |= {array for array, _ in plan.outputs}
        self.begun = set[Array]()  # arrays that are written part by part
        self.batching = None
        if self.batched:
            self.batching = Batching([a for a in plan.form.inputs if a.role != "parameter"] if plan.taken else [])

    # ---- the module

    @cached_property
    def text(self) -> str:
        """The text of the module. Raises `Unfit` if a loop fits into none."""
        parts = self.parts
        functions = [*parts.functions, parts.function + self.after]
        return module_text(self.docstring(), self.imports, parts.constants, functions)

    @cached_property
    def parts(self) -> Parts:
        """The parts of the module."""
        body = list(self.statements())
        functions = list(self.functions())
        constants = [self.constant(name, *of) for name, of in self.writer.constants.items()]
        function = f"def {self.plan.title}({', '.join(self.parameters())}):\n" + indent("\n".join(body), "    ")
        return Parts([*self.writer.constants], constants, functions, self.before + function)

    def docstring(self) -> str:
        of = "a batch of examples" if self.batched else "one example"
        return f"{self.plan.title} of {of} as array code, made by micrograd from scalar code."

    def parameters(self) -> list[str]:
        draws = [self.source_of_draws + self.default_of_draws] if self.plan.draws else []
        return [*(["theta"] if self.plan.theta else []), *self.plan.signature.names, *draws]

    def functions(self) -> Iterator[str]:
        """The functions that the body calls."""
        found = set(self.writer.functions)
        rules = []
        for kind in sorted(found & self.plan.whole.keys() - self.helpers.keys()):
            if name_of(kind) in self.own:
                found.add(name_of(kind))
            else:
                rules.append(self.helper(helper_name(kind), rule_of(self.plan.whole[kind])))
        found |= self.writer.functions
        wanted = set[str]()
        while found - wanted:
            wanted |= found
            found |= {other for kind in wanted for other in self.needs.get(kind, ())}
        yield from (text for kind, text in self.helpers.items() if kind in wanted)
        yield from rules

    # ---- the body

    def statements(self) -> Iterator[str]:
        yield from self.first_lines()
        yield from self.arguments()
        yield from self.parts_of_theta()
        yield from self.draw()
        lines = [*self.plan.form.lines]
        simple = self.plan.flipped is None and self.plan.guards != SIDE
        returned = self.returned() if simple else ""
        last = lines.pop() if lines and lines[-1].part is None and returned == lines[-1].array.name else None
        for loop, own in groupby(lines, lambda line: line.loop):
            group = [*own]
            for line in group:
                if line.part is not None and line.array not in self.begun:
                    self.begun.add(line.array)
                    if self.batching is not None and self.plan.taken:
                        self.batching.varying.add(line.array)
                    yield from self.begin(line.array)
            if loop is None:
                for line in group:
                    yield from self.statement(line)
            else:
                yield from self.loop(loop, group)
        if self.plan.flipped is not None and self.plan.guards == CHECK:
            yield self.check(f"{self.plan.flipped.name} == 0", repr(otherwise(self.plan)))
        if self.plan.guards == SIDE:
            holds = "True" if self.plan.flipped is None else f"{self.plan.flipped.name} == 0"
            yield f"return {self.returned()}, {self.truth(holds)}"
        elif last is None:
            yield f"return {self.returned()}"
        else:
            *before, end = list(self.statement(last))
            yield from before
            yield end.replace(f"{returned} = ", "return ", 1)

    def arguments(self) -> Iterator[str]:
        pairs: list[tuple[str, str]] = []
        for taken in self.plan.taken:
            array = self.plan.array_of(taken)
            if array in self.used:
                text = self.taken(taken.access, taken.name in self.plan.indices)
                if array.shape != taken.shape:
                    text += f".reshape({', '.join(map(str, ((-1,) if self.batched else ()) + array.shape)) or '()'})"
                pairs.append((array.name, text))
        yield from assignments(pairs, lambda name: True)

    def draw(self) -> Iterator[str]:
        """The random numbers, those of each distribution as an array."""
        arrays = [array for array in self.plan.form.inputs if array.role == "drawn"]
        yield from self.before_draws(len(arrays))
        for k, array in enumerate(arrays):
            own = [draw for draw in self.plan.draws if draw.distribution == array.name]
            text = self.drawn(array.name == UNIFORM, array, k if len(arrays) > 1 else -1)
            for values, neutral, sign in (([d.scale for d in own], 1.0, "*"), ([d.start for d in own], 0.0, "+")):
                if any(x != neutral for x in values):
                    table = Operation("table", (), array.shape, Table(tuple(values), ()))
                    same = len(set(values)) == 1
                    text = f"{text} {sign} {values[0] if same else self.writer.text(table)}"
            yield f"{array.name} = {text}"

    def parts_of_theta(self) -> Iterator[str]:
        """The parameters as arrays; those of one layer on a line."""
        plan = self.plan
        count, first = len(plan.theta), sum(len(t.members) for t in plan.taken)
        pairs = []
        for array in plan.form.inputs:
            if array.role == "parameter" and array in self.used:
                places = [k - first for k in plan.form.members[array]]
                index, reshaped = part_of_theta(places, array.shape, count)
                pairs.append((array.name, self.part_of(index, reshaped)))
        yield from assignments(pairs, number)

    def lowered(self, line: Line) -> Operation:
        op = lower_line(line)
        if self.batching is None:
            return op
        return self.batching.line(line, op)

    def statement(self, line: Line) -> Iterator[str]:
        op, name = self.lowered(line), line.array.name
        if line.part is not None:
            yield from self.put(line, self.writer.text(op))
        elif op.name == "number":
            yield f"{name} = {self.scalar(self.writer.text(op))}"
        elif op.name == "add" and len(op.operands) > TERMS:
            yield f"{name} = {self.writer.text(op.of(*op.operands[:TERMS]))}"
            for start in range(TERMS, len(op.operands), TERMS):
                yield f"{name} = {name} + ({self.writer.text(op.of(*op.operands[start : start + TERMS]))})"
        else:
            yield in_lines(f"{name} = {self.writer.text(op)}")

    def loop(self, loop: Loop, lines: Sequence[Line]) -> Iterator[str]:
        """The lines of every step."""
        yield f"for t in range({loop.first}, {loop.last + loop.by}{', -1' if loop.by < 0 else ''}):"
        for line in lines:
            yield from (indent(text, "    ") for text in self.statement(line))

    def returned(self) -> str:
        batching = self.batching or Batching(())
        return Returned(self.plan, self.writer.dialect.prefix, batching.varying, batching.listed, self.typed).text()

    def is_read_after(self, lines: Sequence[Line], array: Array) -> bool:
        """Whether anything after these lines reads the array."""
        following = self.plan.form.lines[self.plan.form.lines.index(lines[-1]) + 1 :]
        read = {a for line in following for e in leaves(line.expression) for a in arrays_of(e)}
        return array in read or any(array is a for a, _ in self.plan.outputs) or array is self.plan.flipped

    def index_of(self, line: Line) -> str:
        """The index of the part that a line writes."""
        assert line.part is not None
        if line.is_flat:
            places = line.part[0]
            columns: list[list[int]] = []
            for size in reversed(line.array.shape):
                columns.insert(0, [place % size for place in places])
                places = [place // size for place in places]
            parts = [self.writer.listed(tuple(column)) for column in columns]
        else:
            parts = [
                slice_of(places, size, lambda places: self.writer.listed(tuple(places)))
                for places, size in zip(line.part, line.array.shape, strict=True)
            ]
        parts = [*([":"] if self.varies(line.array) else []), *parts]
        while len(parts) > 1 and parts[-1] == ":":
            parts.pop()
        return ", ".join(parts)

    def shape(self, array: Array) -> str:
        """The text of its shape, with the axis of examples."""
        first = [f"{self.plan.array_of(self.plan.taken[0]).name}.shape[0]"] if self.varies(array) else []
        sizes = [*first, *map(str, array.shape)]
        return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"

    def varies(self, array: Array) -> bool:
        """Whether the array has an axis of examples."""
        return self.batching is not None and array in self.batching.varying


def otherwise(plan: Plan) -> str:
    return f"{plan.title} decides otherwise than for its example: {'; '.join(plan.places[:LISTED])}"
