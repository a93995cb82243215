"""Rows: all that a program computes, one result after the other, as flat arrays.

Row 0 is the number 1. After it come the inputs, the constants, and the computed rows, each after those that it reads. A
computed row has a kind and some terms, which are pairs of rows; what they mean says `program.KINDS`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from micrograd.compiler.stages.program import KINDS, ONE
from micrograd.compiler.stages.sums import Sums
from micrograd.compiler.tracing.tape import STOP

LEAVES = frozenset(["input", "constant", STOP])


@dataclass(frozen=True, eq=False)
class Rows:
    """Computed row k is `first` + k.

    names        what the inputs would like to be called
    constants    the known numbers
    table        the names of the kinds: those of `KINDS`, then those that a user declared
    kinds        for each computed row the place of its kind in the table
    ends         where its terms end; they begin where those of the row before end
    left, right  the pairs
    adjoint_of   the row whose adjoint it is; itself if it is none
    outputs      the rows that are returned
    """

    names: Sequence[str]
    constants: array[float]
    table: tuple[str, ...]
    kinds: bytes
    ends: array[int]
    left: array[int]
    right: array[int]
    adjoint_of: array[int]
    outputs: array[int]

    @property
    def inputs(self) -> int:
        return len(self.names)

    @property
    def first(self) -> int:
        """The first computed row."""
        return 1 + len(self.names) + len(self.constants)

    def __len__(self) -> int:
        """The number of computed rows."""
        return len(self.kinds)

    def __iter__(self) -> Iterator[tuple[int, str, list[int]]]:
        """Each computed row with its kind and its terms: left, right, left, right, …"""
        both = [ONE] * (2 * len(self.left))
        both[::2], both[1::2] = self.left, self.right
        begin, table = 0, self.table
        for i, (kind, end) in enumerate(zip(self.kinds, self.ends, strict=True), start=self.first):
            yield i, table[kind], both[2 * begin : 2 * end]
            begin = end

    def number(self, i: int) -> float | None:
        """The number of row i, if it is known."""
        k = i - 1 - len(self.names)
        return 1.0 if i == ONE else self.constants[k] if 0 <= k < len(self.constants) else None


def find_used(sums: Sums, outputs: Sequence[int]) -> list[int]:
    """The rows needed for the rows `outputs`, each after those it is computed from."""
    terms = sums.terms
    wanted = bytearray(len(sums.kinds))
    for i in outputs:
        wanted[i] = 1
    order = []
    for i in range(len(wanted) - 1, -1, -1):
        if wanted[i]:
            order.append(i)
            for p in terms[i]:
                wanted[p] = 1
    order.reverse()
    return order


def flatten(sums: Sums, names: Sequence[str], outputs: Sequence[int]) -> Rows:
    """The rows that `outputs` need; the names are those of the inputs. In place of a `stop` stands its operand."""
    kinds, terms, adjoint_of = sums.kinds, sums.terms, sums.adjoint_of
    place = list(range(1 + len(names))) + [-1] * (len(kinds) - 1 - len(names))
    order = find_used(sums, outputs)
    constants = [i for i in order if kinds[i] == "constant" and i != ONE]
    for k, i in enumerate(constants, start=1 + len(names)):
        place[i] = k
    table = dict.fromkeys(KINDS)
    computed, next_place = [], 1 + len(names) + len(constants)
    for i in order:
        kind = kinds[i]
        if kind == STOP:
            place[i] = place[terms[i][0]]
        elif kind not in LEAVES:
            place[i], next_place = next_place, next_place + 1
            computed.append(i)
            table.setdefault(kind)
    codes = {kind: k for k, kind in enumerate(table)}
    listed = [terms[i] for i in computed]
    operands = [place[p] for p in chain.from_iterable(listed)]
    of = array("I")
    for i in computed:
        base = place[adjoint_of.get(i, i)]
        of.append(place[i] if base < 0 else base)
    return Rows(
        names=names,
        constants=array("d", [sums.numbers[i] for i in constants]),
        table=tuple(table),
        kinds=bytes(codes[kinds[i]] for i in computed),
        ends=array("I", accumulate([len(pairs) // 2 for pairs in listed])),
        left=array("I", operands[::2]),
        right=array("I", operands[1::2]),
        adjoint_of=of,
        outputs=array("I", [place[i] for i in outputs]),
    )
