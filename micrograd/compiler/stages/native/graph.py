"""A graph in C with the interface of `Expressions`, and the stages on it, with the signatures of those in Python."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from micrograd import ops
from micrograd.compiler.stages import simplify as in_python
from micrograd.compiler.stages.expressions import ADJOINT_RULES, NUMBER_RULES, RULES, Expressions, bits
from micrograd.compiler.stages.gradients import complete
from micrograd.compiler.stages.native import extension
from micrograd.compiler.stages.primitives import template
from micrograd.compiler.stages.program import KINDS
from micrograd.compiler.stages.quiet import quiet_function
from micrograd.compiler.stages.rows import Rows
from micrograd.compiler.tracing.numbers.choices import PICK
from micrograd.compiler.tracing.tape import AT_MOST, CONSTANT, EQUAL, GRADIENT, INPUT, LESS, PART, STOP, VARIABLE, Tape
from micrograd.ops import Primitive

# What the sweep over a tape does for an operation, in the order of `Action` in _tape.h.
DIRECTLY = [INPUT, CONSTANT, STOP, ops.add, ops.mul, ops.sub, ops.dot, ops.total, LESS, AT_MOST, EQUAL]
PRIMITIVE, PRIMITIVE_GATE, OTHER = range(len(DIRECTLY), len(DIRECTLY) + 3)
DERIVATIVES = [VARIABLE, GRADIENT, PART]
KNOWN_RULES = [{kind: [*rules] for kind, rules in table.items()} for table in (RULES, NUMBER_RULES)]


def knows_all_rules() -> bool:
    """Whether the rules are those that the extension was written for."""
    return [RULES, NUMBER_RULES] == KNOWN_RULES and not ADJOINT_RULES


def action(op: Any) -> int:
    if op in DIRECTLY:
        return DIRECTLY.index(op)
    if op in DERIVATIVES:
        return OTHER + 1 + DERIVATIVES.index(op)
    if not isinstance(op, Primitive) or op is PICK:
        return OTHER
    return PRIMITIVE_GATE if op.gate else PRIMITIVE


def compute(kind: str, *numbers: float) -> float:
    """The number of a node whose operands are numbers."""
    return float(quiet_function(kind)(*numbers))


def flat_template(op: Primitive, operands: tuple[float | int, ...], number: float | None) -> tuple[Any, ...]:
    """`primitives.template` for operands that are known floats, or else each the place of the first that is the same.

    Its nodes are their kinds, the ends of their operands, and these: places among the constant 1, the operands and the
    nodes; for a constant, a place among the numbers.
    """
    pattern = tuple(bits(x) if isinstance(x, float) else x for x in operands)
    nodes, out, partials = template(op, pattern, () if number is None else (number,))
    places = {place: place for place in range(1 + len(operands))}
    kinds, ends, parts = [], [], []
    numbers: list[float] = []
    for place, (kind, *of) in nodes:
        places[place] = len(places)
        kinds.append(kind)
        if kind == CONSTANT:
            parts.append(len(numbers))
            numbers += of
        else:
            parts += [places[p] for p in of]
        ends.append(len(parts))
    return kinds, ends, parts, numbers, places[out], [places[p] for pair in partials for p in pair]


class Nodes(Sequence[Any]):
    """The nodes of a graph as tuples."""

    def __init__(self, graph: Any):
        self.graph = graph

    def __len__(self) -> int:
        return len(self.graph)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self.graph.node_at(k) for k in range(*i.indices(len(self)))]
        return self.graph.node_at(i if i >= 0 else i + len(self))


class Found(Mapping[int, Any]):
    """For nodes of a graph what it answers, for those for which it is not None."""

    def __init__(self, graph: Any, ask: Callable[[int], Any]):
        self.graph, self.ask = graph, ask

    def __getitem__(self, i: int) -> Any:
        if (found := self.get(i)) is None:
            raise KeyError(i)
        return found

    def get(self, i: int, default: Any = None) -> Any:
        found = self.ask(i) if 0 <= i < len(self.graph) else None
        return default if found is None else found

    def __contains__(self, i: Any) -> bool:
        return self.get(i) is not None

    def __iter__(self) -> Iterator[int]:
        return (i for i in range(len(self.graph)) if self.ask(i) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Gates(Container[int]):
    def __init__(self, graph: Any):
        self.graph = graph

    def __contains__(self, i: Any) -> bool:
        return bool(self.graph.is_gate(i))


if TYPE_CHECKING:
    from micrograd.compiler.stages.native import _stages

    Base = _stages.Graph
else:
    Base = object if extension is None else extension.Graph


class Graph(Base):
    """`Expressions` in C."""

    __slots__ = ()

    @property
    def nodes(self) -> Nodes:
        return Nodes(self)

    @property
    def numbers(self) -> Found:
        return Found(self, self.number)

    @property
    def partials(self) -> Found:
        return Found(self, self.partials_at)

    @property
    def gates(self) -> Gates:
        return Gates(self)


def arguments_of(tape: Tape) -> tuple[Any, ...]:
    """What the extension needs to know of a tape."""
    rows = tape.rows
    operations = [op for op, _ in rows.table]
    return (
        *(rows.codes, rows.ends, rows.places, rows.numbers),
        bytes(map(action, operations)),
        bytes(numbered for _, numbered in rows.table),
        tuple(operations),
        tape.inputs,
        tape.roots,
        list(tape.targets),
        flat_template,
        in_python.make,
        complete,
    )


def simplify(tape: Tape, seeds: int = 0) -> tuple[Expressions, Sequence[int]]:
    inputs = len(tape.inputs) + seeds
    graph = cast(Expressions, Graph(inputs))
    where = extension.simplify(graph, *arguments_of(tape))
    if not tape.gradients:
        return graph, where
    made = cast(Expressions, Graph(inputs))
    roots, results = ([where[i] for i in positions] for positions in (tape.roots, tape.outputs))
    place = extension.dissolve(graph, made, roots, results, complete)
    return made, array("i", [k if k < 0 else place[k] for k in where])


def replace(e: Expressions, nodes: Mapping[int, tuple[Any, ...]]) -> Expressions:
    made = cast(Expressions, Graph(0))
    places = sorted(nodes)
    extension.replace(e, made, places, [nodes[i] for i in places])
    return made


def count_uses(e: Expressions, roots: Sequence[int]) -> Sequence[int]:
    uses: array[int] = extension.count_uses(e, roots)
    return uses


def collect_sums(e: Expressions, roots: Sequence[int], by: Sequence[int], apart: Sequence[str] = ()) -> Any:
    return extension.collect_sums(e, roots, by, apart)


def differentiate(sums: Any, outputs: Sequence[tuple[int, int]], by: Sequence[int]) -> list[int]:
    gradient: array[int] = extension.differentiate(sums, [i for pair in outputs for i in pair], by)
    return gradient.tolist()


def flatten(sums: Any, names: Sequence[str], outputs: Sequence[int]) -> Rows:
    return Rows(names, *extension.flatten(sums, len(names), outputs, KINDS))


if extension is not None:
    extension.connect(compute)
