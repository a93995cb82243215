r"""The matrix form in LaTeX, for a document, MathJax and KaTeX: H_1 = relu(X W_1^⊤ + b_1).

Vectors are columns: an outer product is d x^⊤, a scalar product is w^⊤ x. ⊙ multiplies number by number.
"""

from __future__ import annotations

import re
from itertools import groupby

from micrograd.compiler.matrices.expressions import Gather, Table
from micrograd.compiler.matrices.form import Form
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operations import ALL, Operation, Span
from micrograd.compiler.matrices.spelling import is_nothing
from micrograd.compiler.matrices.text import lower_line, slice_of
from micrograd.compiler.stages.program import name_of
from micrograd.ops import PRIMITIVES
from micrograd.text.names import latex_name
from micrograd.text.notation import format_number_latex
from micrograd.text.typeset import upright

SUM, PRODUCT, POWER, ATOM = range(4)
LONG = 6  # places in a list
TOP = r"^{\top}"
INFIX = {"less": r"\lt", "at most": r"\le", "equal": "="}


def as_latex(form: Form) -> str:
    """All lines, aligned, each with the shape of its array; loops stand apart."""
    groups: list[list[str]] = []
    for title, part in (("forward", form.forward), ("backward", form.backward)):
        for k, (loop, own) in enumerate(groupby(part, lambda line: line.loop)):
            head = [rf"\textbf{{{title}}}"] if k == 0 else []
            if loop:
                head.append(rf"\text{{for }} t &= {loop.first}, \dots, {loop.last}\text{{:}}")
            lines = [*head, *map(assignment, own)]
            if groups and k == 0:
                groups[-1] += lines
            else:
                groups.append(lines)
    text = " \\\\[0.5em]\n".join(" \\\\\n".join(lines) for lines in groups)
    return f"\\begin{{aligned}}\n{text}\n\\end{{aligned}}"


def assignment(line: Line) -> str:
    size = r"\times ".join(str(axis.size) for axis in line.axes)
    where = rf"&& \in \mathbb{{R}}^{{{size}}}" if size else r"&& \in \mathbb{R}"
    return f"{target(line)} &= {text(lower_line(line))} {where}"


def target(line: Line) -> str:
    name = named(line.array.name)
    if line.part is None:
        return name
    if line.is_flat:
        return f"{name}_{{[{listed(line.part[0])}]}}"
    index = [slice_of(p, n, listed) for p, n in zip(line.part, line.array.shape, strict=True)]
    while len(index) > 1 and index[-1] == ":":
        index.pop()
    return f"{{{name}}}_{{[{', '.join(index)}]}}"


def named(name: str) -> str:
    """A letter with its number as an index; of an adjoint, d before it."""
    if found := re.fullmatch(r"(d?)([^\W\d_]\d*)", name):
        return f"{found[1]}{latex_name(found[2])}"
    if found := re.fullmatch(r"(d?)([^\W\d_])(\d+)_(\d+)", name):  # the second of its name
        return f"{found[1]}{found[2]}_{{{found[3]},{found[4]}}}"
    if found := re.fullmatch(r"(d?)([^\W\d_])_(\d+)", name):  # x_2
        return f"{found[1]}{found[2]}_{{{found[3]}}}"
    if found := re.fullmatch(r"(d?)([^\W\d_])_(\w+)", name):  # W_hidden
        return f"{found[1]}{found[2]}_{{{upright(found[3])}}}"
    if found := re.fullmatch(r"(d?)([A-Z][a-z]{1,2}|[bw][a-z])", name):  # Wq and bq, but no word of a few letters
        return f"{found[1]}{found[2][0]}_{{{found[2][1:]}}}"
    return latex_name(name)


def text(op: Operation, at_least: int = SUM) -> str:
    written, level = write(op)
    return written if level >= at_least else rf"\left({written}\right)"


def write(op: Operation) -> tuple[str, int]:
    """The formula, and how tightly it holds together."""
    known = WRITERS.get(op.name)
    if known is not None:
        return known(op)
    operands = [text(x) for x in op.operands]
    if op.name in INFIX:
        return rf"\left[{operands[0]} {INFIX[op.name]} {operands[1]}\right]", ATOM
    name = name_of(op.name).removeprefix("plain ")
    form = PRIMITIVES[name].latex if name in PRIMITIVES else upright(name)
    if "#1" in form:
        for k, operand in enumerate(operands, start=1):
            form = form.replace(f"#{k}", operand)
        return form, ATOM
    return rf"{form}\left({', '.join(operands)}\right)", ATOM


# ---- operands


def write_array(op: Operation) -> tuple[str, int]:
    return named(op.static.name), ATOM


def write_number(op: Operation) -> tuple[str, int]:
    return format_number_latex(op.static), ATOM if op.static >= 0.0 else SUM


def write_table(op: Operation) -> tuple[str, int]:
    table: Table = op.static
    numbers = [format_number_latex(x) for x in table.values[:LONG]] + [r"\dots"] * (len(table.values) > LONG)
    return rf"\left({', '.join(numbers)}\right)", ATOM


def write_gather(op: Operation) -> tuple[str, int]:
    gather: Gather = op.static
    sources = ", ".join(named(array.name) for array in gather.arrays)
    source = sources if len(gather.arrays) == 1 else rf"\left({sources}\right)"
    return f"{{{source}}}_{{[{listed(gather.places)}]}}", ATOM


def listed(places: tuple[int, ...] | list[int]) -> str:
    return ", ".join([*map(str, places[:LONG]), *[r"\dots"] * (len(places) > LONG)])


def write_slice(op: Operation) -> tuple[str, int]:
    inner = text(op.operands[0], ATOM)
    if None in op.static:  # a column, repeated
        return (rf"{inner}\,\mathbf{{1}}{TOP}", PRODUCT) if len(op.operands[0].shape) == 1 else (inner, ATOM)
    index = [index_of(part) for part in op.static]
    while len(index) > 1 and index[-1] == ":":
        index.pop()
    return f"{{{inner}}}_{{[{', '.join(index)}]}}", ATOM


def index_of(part: object) -> str:
    if isinstance(part, Span):
        if part == ALL:
            return ":"
        step = f":{part.step}" if part.step != 1 else ""
        return f"{part.start or ''}:{'' if part.stop is None else part.stop}{step}"
    return rf"\left({listed(part)}\right)" if isinstance(part, tuple) else str(part)


def write_transpose(op: Operation) -> tuple[str, int]:
    inner = text(op.operands[0], ATOM)
    return (f"{{{inner}}}{TOP}", POWER) if len(op.shape) == 2 else (inner, ATOM)


def write_same(op: Operation) -> tuple[str, int]:
    return write(op.operands[0])


def write_windows(op: Operation) -> tuple[str, int]:
    spans = r" \times ".join(str(size) for _, size in op.static)
    return rf"\mathrm{{windows}}_{{{spans}}}\left({text(op.operands[0])}\right)", ATOM


# ---- arithmetic


def write_add(op: Operation) -> tuple[str, int]:
    operands = [term for term in op.operands if not is_nothing(term)] or op.operands[:1]
    terms = sorted((negated(term) for term in operands), key=lambda term: term[0])
    written = ""
    for k, (minus, term) in enumerate(terms):
        sign = ("-" if minus else "") if k == 0 else (" - " if minus else " + ")
        written += sign + text(term, PRODUCT)
    return written, SUM


def negated(op: Operation) -> tuple[bool, Operation]:
    """Whether it is written with a minus sign, and what comes after it."""
    if op.name == "number" and op.static < 0.0:
        return True, Operation("number", (), (), -op.static)
    if op.name == "multiply":
        minus, first = negated(op.operands[0])
        if minus:
            rest = op.operands[1:]
            if first.name == "number" and first.static == 1.0:
                return True, rest[0] if len(rest) == 1 else op.of(*rest)
            return True, op.of(first, *rest)
    return False, op


def write_multiply(op: Operation) -> tuple[str, int]:
    minus, rest = negated(op)
    if minus:
        return f"-{text(rest, PRODUCT)}", SUM
    numbers = [x for x in op.operands if not x.shape]
    arrays = [x for x in op.operands if x.shape]
    columns = [x for x in arrays if is_column(x)]
    rows = [x for x in arrays if len(x.shape) == 1]
    if len(op.shape) == 2 and len(columns) == len(rows) == 1:  # an outer product
        outer = rf"{text(columns[0].operands[0], POWER)}\, {{{text(rows[0], ATOM)}}}{TOP}"
        others = [text(x, POWER) for x in arrays if x is not columns[0] and x is not rows[0]]
        factors = [r" \odot ".join([*others, rf"\left({outer}\right)" if others else outer])]
    else:
        factors = [r" \odot ".join(text(x, POWER if len(arrays) > 1 else PRODUCT) for x in arrays)] if arrays else []
    return r"\, ".join([*(text(x, POWER) for x in numbers), *factors]), PRODUCT


def is_column(op: Operation) -> bool:
    return op.name == "slice" and len(op.shape) == 2 and op.static == (ALL, None)


def write_power(op: Operation) -> tuple[str, int]:
    sign = r"\odot " if op.shape else ""
    return f"{{{text(op.operands[0], ATOM)}}}^{{{sign}{op.static}}}", POWER


def write_pow(op: Operation) -> tuple[str, int]:
    return f"{{{text(op.operands[0], ATOM)}}}^{{{text(op.operands[1])}}}", POWER


def write_div(op: Operation) -> tuple[str, int]:
    return rf"\frac{{{text(op.operands[0])}}}{{{text(op.operands[1])}}}", ATOM


def write_matmul(op: Operation) -> tuple[str, int]:
    left, right = op.operands
    first = text(left, POWER)
    if len(left.shape) == 1:
        first = f"{{{text(left, ATOM)}}}{TOP}"
    return rf"{first}\, {text(right, POWER)}", PRODUCT


def write_einsum(op: Operation) -> tuple[str, int]:
    spec = op.static.replace("->", r" \to ")
    return rf"\mathrm{{einsum}}_{{{spec}}}\left({', '.join(text(x) for x in op.operands)}\right)", ATOM


def write_reduction(op: Operation) -> tuple[str, int]:
    everything = len(op.static) == len(op.operands[0].shape)
    axes = "" if everything else f"_{{{', '.join(map(str, op.static))}}}"
    return rf"\mathrm{{{op.name}}}{axes}\left({text(op.operands[0])}\right)", ATOM


# ---- gates


def write_step(op: Operation) -> tuple[str, int]:
    return rf"\left[{text(op.operands[0])} \gt 0\right]", ATOM


def write_gate(op: Operation) -> tuple[str, int]:
    by, x = op.operands
    gate = write_step(op)[0] if op.name == "relu gate" else text(by, POWER)
    return rf"{gate} \odot {text(x, PRODUCT if x.name == 'multiply' else POWER)}", PRODUCT


def write_surprise(op: Operation) -> tuple[str, int]:
    return rf"\mathrm{{cross\_entropy}}\left({text(op.operands[1])}, {text(op.operands[0])}\right)", ATOM


def write_slope(op: Operation) -> tuple[str, int]:
    index, logits = (text(x) for x in op.operands)
    return rf"\mathrm{{softmax}}\left({logits}\right) - \mathrm{{onehot}}\left({index}\right)", SUM


def write_choose(op: Operation) -> tuple[str, int]:
    condition, a, b = (text(x) for x in op.operands)
    return rf"\mathrm{{where}}\left({condition}, {a}, {b}\right)", ATOM


WRITERS = {
    "array": write_array,
    "number": write_number,
    "table": write_table,
    "gather": write_gather,
    "slice": write_slice,
    "transpose": write_transpose,
    "reshape": write_same,
    "broadcast": write_same,
    "windows": write_windows,
    "add": write_add,
    "multiply": write_multiply,
    "power": write_power,
    "pow": write_pow,
    "div": write_div,
    "matmul": write_matmul,
    "einsum": write_einsum,
    "sum": write_reduction,
    "mean": write_reduction,
    "step": write_step,
    "relu gate": write_gate,
    "gate": write_gate,
    "choose": write_choose,
    "cross_entropy": write_surprise,
    "cross_entropy slope": write_slope,
}
