"""`explain`: how one derivative came about, in text, Markdown and LaTeX, with the numbers plugged in.

>>> print(explain(e, wrt=b))           # c = a·b, d = b², e = c·d at a = 2, b = 3
∂e/∂b = 54
<BLANKLINE>
As a sum over 2 paths from e to b:
    e → c → b:   ∂e/∂c · ∂c/∂b = d · a = 9 · 2 = 18
    e → d → b:   ∂e/∂d · ∂d/∂b = c · 2·b = 6 · 6 = 36
    ∂e/∂b = 18 + 36 = 54
<BLANKLINE>
As backpropagation computes it, each derivative once: 4 edges:
    ∂e/∂c = ∂e/∂e · ∂e/∂c = ∂e/∂e · d = 1 · 9 = 9
    ∂e/∂d = ∂e/∂e · ∂e/∂d = ∂e/∂e · c = 1 · 6 = 6
    ∂e/∂b = ∂e/∂d · ∂d/∂b + ∂e/∂c · ∂c/∂b = ∂e/∂d · 2·b + ∂e/∂c · a = 6 · 6 + 9 · 2 = 54
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from micrograd.engine import Value
from micrograd.teaching.record.nudge import nudge_operand
from micrograd.teaching.record.paths import Paths, format_count
from micrograd.teaching.record.record import Contribution, record
from micrograd.teaching.record.rules import expression, rule
from micrograd.teaching.record.spelling import bracket, fraction
from micrograd.teaching.words.nudges import explain_place
from micrograd.text.escape import escape_latex_text, escape_markdown
from micrograd.text.formula import Symbol, number
from micrograd.text.names import Names
from micrograd.text.notation import count, format_number
from micrograd.text.output import read_output
from micrograd.text.terminal import fitted
from micrograd.text.typeset import latex, text

__all__ = ["Explanation", "explain"]

PATHS, FACTORS, LINES, TERMS = 8, 8, 20, 8  # how many are shown: paths, factors of each, nodes, terms of each sum
EDGES, KINKS = 300, 3  # how many edges are nudged, and of how many kinks it is said


@dataclass(frozen=True)
class Explanation:
    """One derivation in three forms; `str()` gives the text, and a notebook shows the Markdown."""

    text: str
    markdown: str
    latex: str

    @fitted
    def __str__(self) -> str:
        return self.text

    @fitted
    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _mime_(self) -> tuple[str, str]:
        """The output in marimo."""
        return "text/markdown", self.markdown


def explain(node: Value | str, /, wrt: Value | str | None = None, **values: float) -> Explanation:
    """How ∂node/∂wrt came about; without `wrt`, one local step: how `node` was computed, and its local derivatives.

    `node` may be a text with a number for each of its names, and `wrt` a name below `node`:
    `explain("a*b + a", wrt="a", a=2, b=3)`.

    It shows two sums: the one over all paths from `node` down to `wrt`, and the factored one that backpropagation
    computes, with every ∂node/∂… once. Long sums are cut, with a count of what is left out.
    """
    root = read_output(explain, node, values)
    steps = record(root)
    names = steps[0].names if steps else Names(root, [])
    if wrt is None:
        return _local(root, [c for c in steps if c.node is root], names)
    return _derivation(root, _find_node(wrt, root, steps, names), steps, names)


def _say_kinks(edges: Sequence[Contribution]) -> str:
    """Where the operations on these edges have a kink, a jump or an infinite slope; not looked for in many."""
    said = [explain_place(c, nudge_operand(c)) for c in edges[:EDGES]]
    return " ".join(list(filter(None, said))[:KINKS])


def _find_node(wrt: Value | str, root: Value, steps: Sequence[Contribution], names: Names) -> Value:
    """`wrt` itself, or the node of this name."""
    if isinstance(wrt, Value):
        return wrt
    if not isinstance(wrt, str):
        raise TypeError(f"wrt is a Value or the name of one, got {type(wrt).__name__} {wrt!r}")
    known = {names[v]: v for v in (root, *(c.parent for c in steps)) if names.has_name(v)}
    if wrt not in known:
        raise ValueError(f"no node below {names[root]} is called {wrt!r}; there are {', '.join(known)}")
    return known[wrt]


# ---- the pieces, each as text and as LaTeX


@dataclass(frozen=True)
class DerivationStep:
    """A left side and what it equals, from step to step; `path` comes before it if it belongs to one."""

    left: tuple[str, str]
    steps: Sequence[tuple[str, str]]
    path: str = ""


Part = tuple[str, Sequence[DerivationStep], str]  # a heading, the lines below it, and a note at the end


def _quotient(names: Names, above: Value, below: Value) -> tuple[str, str]:
    return fraction(names, above, below), rf"\frac{{\partial {names.latex(above)}}}{{\partial {names.latex(below)}}}"


def _number(x: float) -> tuple[str, str]:
    return format_number(x), latex(number(x))


def _product(factors: Sequence[tuple[str, str]]) -> tuple[str, str]:
    left_out = len(factors) - FACTORS
    if left_out > 1:
        half = FACTORS // 2
        factors = [*factors[:half], (f"… ({left_out} more) …", r"\dots"), *factors[-half:]]
    return " · ".join(t for t, _ in factors), r" \cdot ".join(x for _, x in factors)


def _sum(terms: Sequence[tuple[str, str]], whole: int | None = None) -> tuple[str, str]:
    left_out = (whole or len(terms)) - min(len(terms), TERMS)
    terms = list(terms[:TERMS])
    if left_out:
        terms.append((f"… ({format_count(left_out)} more)", r"\dots"))
    return " + ".join(t for t, _ in terms), " + ".join(x for _, x in terms)


def _factor(x: float) -> tuple[str, str]:
    t, x_ = _number(x)
    return bracket(t), rf"\left({x_}\right)" if x_.startswith("-") else x_


def _formula(c: Contribution) -> Symbol:
    """The local derivative of a contribution; a bare number for a learner's own operation."""
    known = rule(c.node, c.names)
    return known.partials[c.slot] if known.out is not None else number(c.local)


def _symbolic(c: Contribution) -> tuple[str, str]:
    """The same, ready to be a factor of a product."""
    formula = _formula(c)
    if formula.kind in ("+", "−", "neg") or (formula.kind == "number" and formula.parts[0] < 0):
        return f"({text(formula)})", rf"\left({latex(formula)}\right)"
    return text(formula), latex(formula)


def _local(node: Value, steps: Sequence[Contribution], names: Names) -> Explanation:
    if not steps:
        name = names[node] if names.has_name(node) else "it"
        said = f"{name} = {format_number(node.data)} is a leaf: no operation computed it."
        return Explanation(said, escape_markdown(said), rf"{names.latex(node)} = {_number(node.data)[1]}")
    out = expression(node, names)
    lines = [
        DerivationStep(
            (names[node], names.latex(node)),
            [(text(out), latex(out)), (text(out, True), latex(out, True)), _number(node.data)],
        )
    ]
    for c in steps:
        symbolic = _formula(c)
        values = [(text(symbolic), latex(symbolic)), (text(symbolic, True), latex(symbolic, True)), _number(c.local)]
        lines.append(DerivationStep(_quotient(names, node, c.parent), list(dict.fromkeys(values))))
    kept = lines[: LINES + 1]
    return _write([("", kept, _join(_more(len(lines) - len(kept), "operand"), _say_kinks(steps)))])


def _join(*notes: str) -> str:
    return " ".join(filter(None, notes))


def _more(left_out: int, what: str) -> str:
    many = f"{format_count(left_out)} more {what if left_out == 1 else f'{what}s'}"
    return f"… and {many}, left out." if left_out else ""


def _derivation(root: Value, wrt: Value, steps: Sequence[Contribution], names: Names) -> Explanation:
    paths = Paths(root, wrt, steps)
    asked = _quotient(names, root, wrt)
    if not paths.count:
        note = f"{names[root]} does not depend on {names.in_sentence(wrt)}."
        return _write([("", [DerivationStep(asked, [_number(0.0)])], note)])
    if root is wrt:
        return _write([("", [DerivationStep(asked, [_number(1.0)])], "")])
    total = _number(sum(c.amount for c in paths.edges if c.parent is wrt))
    return _write(
        [("", [DerivationStep(asked, [total])], ""), _path_sum(paths, asked, total, names), _factored_sum(paths, names)]
    )


def _path_sum(paths: Paths, asked: tuple[str, str], total: tuple[str, str], names: Names) -> Part:
    """The sum over paths: a product for each, then their sum."""
    products, terms = [], []
    for path in islice(paths, PATHS):
        product = 1.0
        for c in path:
            product *= c.local
        nodes = [names[paths.root], *(names[c.parent] for c in path)]
        if len(nodes) > FACTORS + 1:
            nodes = [*nodes[: FACTORS // 2], "…", *nodes[-FACTORS // 2 :]]
        numbers = [_product([_factor(c.local) for c in path])] if len(path) > 1 else []
        forms = [_product([_symbolic(c) for c in path]), *numbers, _number(product)]
        quotients = _product([_quotient(names, c.node, c.parent) for c in path])
        products.append(DerivationStep(quotients, forms, " → ".join(nodes)))
        terms.append(_factor(product))
    if paths.count == 1:
        return "The chain rule along the one path", products, _say_kinks(paths.edges)
    heading = (
        f"As a sum over {format_count(paths.count)} paths from {names[paths.root]} to {names.in_sentence(paths.wrt)}"
    )
    more = _join(_more(paths.count - len(products), "path"), _say_kinks(paths.edges))
    return heading, [*products, DerivationStep(asked, [_sum(terms, paths.count), total])], more


def _factored_sum(paths: Paths, names: Names) -> Part:
    """The sum that backpropagation computes: each node's derivative once, that of `wrt` last."""
    into: dict[int, list[Contribution]] = {}
    for c in paths.edges:
        into.setdefault(id(c.parent), []).append(c)
    last = into.pop(id(paths.wrt))
    factored = [_collect(paths.root, arriving, names) for arriving in (*into.values(), last)]
    kept = factored if len(factored) <= LINES else [*factored[: LINES - 1], factored[-1]]
    heading = f"As backpropagation computes it, each derivative once: {count(len(paths.edges), 'edge')}"
    return heading, kept, _more(len(factored) - len(kept), "node")


def _collect(root: Value, arriving: Sequence[Contribution], names: Names) -> DerivationStep:
    """∂root/∂v as the sum of the contributions that arrive at v."""
    v = arriving[0].parent
    quotients = [_product([_quotient(names, root, c.node), _quotient(names, c.node, v)]) for c in arriving]
    formulas = [_product([_quotient(names, root, c.node), _symbolic(c)]) for c in arriving]
    numbers = [_product([_factor(c.upstream), _factor(c.local)]) for c in arriving]
    return DerivationStep(
        _quotient(names, root, v),
        [_sum(quotients), _sum(formulas), _sum(numbers), _number(sum(c.amount for c in arriving))],
    )


# ---- writing


def _write(parts: Sequence[Part]) -> Explanation:
    plain, marked, typeset = [], [], []
    for heading, lines, note in parts:
        if heading:
            plain.append(f"{heading}:")
            marked.append(f"**{escape_markdown(heading)}:**")
            typeset.append(rf"&\text{{{escape_latex_text(heading)}:}}")
        indent = "    " if heading else ""
        plain += [f"{indent}{row}" for line in lines for row in _break(line)]
        rows = [_align(line) for line in lines]
        marked.append("$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$")
        typeset += rows
        if note:
            plain.append(f"{indent}{note}")
            marked.append(escape_markdown(note))
            typeset.append(rf"&\text{{{escape_latex_text(note)}}}")
        plain.append("")
    return Explanation(
        "\n".join(plain).rstrip(),
        "\n\n".join(marked),
        "\\begin{aligned}\n" + " \\\\\n".join(typeset) + "\n\\end{aligned}",
    )


def _break(line: DerivationStep) -> Iterator[str]:
    """One line if it is short; otherwise each step on a line of its own."""
    steps = [t for t, _ in line.steps]
    head = f"{line.path}:   {line.left[0]}" if line.path else line.left[0]
    whole = " = ".join([head, *steps])
    if len(whole) <= 110:
        yield whole
        return
    yield f"{head} = {steps[0]}"
    for step in steps[1:]:
        yield f"        = {step}"


def _align(line: DerivationStep) -> str:
    return f"{line.left[1]} &= " + " = ".join(x for _, x in line.steps)
