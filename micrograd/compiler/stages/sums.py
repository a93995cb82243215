"""From expressions to sums of products: a chain of additions, with the products in it, is one row.

    v = a·b + c·d + e        is        sum [(a, b), (c, d), (e, 1)]

Rows are added from left to right, as they were written, so that the floats stay the same. Nine of ten operations of a
network disappear into such rows, and so do the derivatives of a row: ∂v/∂a is b, and an adjoint is again a sum of
products (`differentiate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from micrograd.compiler.stages.expressions import ADD, ADJOINT_RULES, MUL, ROW, SUM, SUMMED, Expressions
from micrograd.compiler.stages.program import ONE


class Sums:
    """Row i is of a kind of `program.KINDS`, on the rows `terms[i]`, of which two make a term; or an input, a constant,
    or `stop`. The first rows are the nodes of the expressions.

    `needed` are the rows that depend on a variable of the derivative. A row's `partials` are its derivatives; without
    them, those of a sum of products are read off its terms. `rows` are the rows as expressions: opaque but for
    constants, so that the same rules simplify adjoints.
    """

    def __init__(self, e: Expressions, needed: bytearray):
        self.partials, self.gates, self.needed = e.partials, e.gates, needed
        self.kinds: list[str] = [node[0] for node in e.nodes]
        self.terms: list[list[int]] = [[]] * len(e.nodes)
        self.rows = Expressions(0)
        self.rows.nodes = [ROW] * len(e.nodes)
        self.rows.constants, self.rows.numbers = e.constants, e.numbers
        self.numbers = e.numbers
        self.adjoint_of: dict[int, int] = {}

    def row(self, terms: list[int], kind: str = SUM) -> int:
        """A new row, by default a sum of products, after all rows there are."""
        self.kinds.append(kind)
        self.terms.append(terms)
        self.rows.nodes.append(ROW)
        return len(self.kinds) - 1

    def constant(self, x: float) -> int:
        i = self.rows.constant(x)
        self._add_rows()
        return i

    def simplify(self, terms: list[int]) -> int:
        """The row of a sum of products, as simple as the rules make it.

        They are tried on each product and each addition, or only up to the one after the last product of two known
        numbers, if no rule is for all adjoints.
        """
        rows, numbers, start, end, out = self.rows, self.numbers, len(self.kinds), 0, -1
        for k in range(0, len(terms), 2):
            if ADJOINT_RULES or (terms[k] in numbers and terms[k + 1] in numbers):
                end = k + 4
        if not end:
            return self.row(terms)
        for x, y in zip(terms[:end:2], terms[1:end:2], strict=True):
            product = rows.mul(x, y)
            out = product if out < 0 else rows.add(out, product)
        self._add_rows()
        if rest := terms[end:]:
            return self.row([*self._chain(out, start), *rest])
        if out >= start and rows.nodes[out][0] == ADD:
            self.terms[out] = self._chain(out, start)
        return out

    def _add_rows(self) -> None:
        """Add a row for each expression that has none, each sum and product included."""
        for kind, *operands in self.rows.nodes[len(self.kinds) :]:
            self.kinds.append(SUM if kind in SUMMED else kind)
            pair = operands if kind == MUL else [operands[0], ONE, operands[1], ONE] if kind == ADD else []
            self.terms.append(pair)

    def _chain(self, i: int, start: int) -> list[int]:
        """The terms of the sum i, with those of the sums and products since the row `start` that it adds up."""
        nodes, pairs = self.rows.nodes, []
        while i >= start and nodes[i][0] == ADD:
            _, i, b = nodes[i]
            pairs.append(nodes[b][1:] if b >= start and nodes[b][0] == MUL else (b, ONE))
        pairs.append(nodes[i][1:] if i >= start and nodes[i][0] == MUL else (i, ONE))
        return [p for pair in reversed(pairs) for p in pair]


def collect_sums(e: Expressions, roots: Iterable[int], by: Sequence[int], apart: Sequence[str] = ()) -> Sums:
    """The rows for the nodes `roots`, and for their derivatives with respect to the nodes `by`.

    Two operands of a function are a term, unless its kind is one of those whose operands stand `apart`.
    """
    needed = _dependent(e, by)
    uses = _uses(e, roots, needed)
    sums = Sums(e, needed)
    kinds, terms = sums.kinds, sums.terms

    def own(i: int) -> list[int] | None:
        """The terms to take over in place of row i; None if it stays a row.

        A product is a term in every sum that uses it, unless the derivative would need both factors: as a term it
        costs no more than a row, and sums stay alike where some of their products are the same. So is what a sum of
        such products begins with: a known number and the first one.
        """
        if kinds[i] != SUM:
            return None
        if uses[i] == 1:
            return terms[i]
        factors = e.product_in(i)
        return terms[i][:] if factors and not (needed[factors[0]] and needed[factors[1]]) else None

    for i, node in enumerate(e.nodes):
        if not uses[i]:
            continue
        kind = node[0]
        if kind == MUL:
            kinds[i], terms[i] = SUM, [node[1], node[2]]
        elif kind == ADD:
            _, a, b = node
            left, right = own(a), own(b)
            if right is not None and len(right) > 2:
                if left is None or len(left) == 2:  # (a) + (b + c + …) is (b + c + …) + (a), to the last bit
                    a, b, left, right = b, a, right, left
                else:
                    right = None
            if left is None:
                left = [a, ONE]
            left += (b, ONE) if right is None else right
            kinds[i], terms[i] = SUM, left
        elif kind == SUM:
            terms[i] = list(node[1:])
        elif len(node) == 3 and kind != "pick" and kind not in apart:
            terms[i] = [node[1], node[2]]
        elif kind == "choose":
            terms[i] = [node[1], node[2], node[3], ONE]
        elif kind != "constant":
            terms[i] = [p for operand in node[1:] for p in (operand, ONE)]
    return sums


def _dependent(e: Expressions, by: Sequence[int]) -> bytearray:
    """For each node whether it depends on one of the nodes `by`, in a way that can be differentiated."""
    dependent = bytearray(len(e.nodes))
    for i in by:
        dependent[i] = 1
    partials = e.partials
    for i, node in enumerate(e.nodes):
        if node[0] in SUMMED:
            if dependent[node[1]] or dependent[node[2]]:
                dependent[i] = 1
        elif i in partials:
            if any(dependent[operand] for operand, _ in partials[i]):
                dependent[i] = 1
        elif node[0] == SUM and any(dependent[p] for p in node[1:]):
            dependent[i] = 1
    return dependent


def count_uses(e: Expressions, roots: Iterable[int]) -> list[int]:
    """How many of the nodes that the roots need use each node; roots, and the number 1, count twice as such."""
    return _uses(e, roots, bytearray(len(e.nodes)))


def _uses(e: Expressions, roots: Iterable[int], needed: bytearray) -> list[int]:
    """The number of rows that use each node; results and partials count twice, so that they stay rows."""
    nodes = e.nodes
    uses = [0] * len(nodes)
    uses[ONE] = 2
    for i in roots:
        uses[i] += 2
    for i, pairs in e.partials.items():
        if needed[i]:
            if nodes[i][0] == SUM:
                uses[i] += 2
            for operand, partial in pairs:
                if needed[operand]:
                    uses[operand] += 1  # of a sum inside of a primitive it may be no operand
                    uses[partial] += 2
    for i in range(len(nodes) - 1, 0, -1):
        if uses[i]:
            node = nodes[i]
            if node[0] != "constant":
                for p in node[1:]:
                    uses[p] += 1
    return uses
