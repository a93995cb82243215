"""What the steps of blocks read and write, slot by slot, and blocks taken apart into simpler ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from micrograd.compiler.stages.blocks import NOWHERE, Block, Blocks, Group, Loop, Piece, Step, Tail, View

Dims = tuple[int, int, int]


def stored(step: Step) -> tuple[int, int]:
    """The slots that a step writes, without the last."""
    assert not isinstance(step, Loop), "what varies is never in a loop"
    if isinstance(step, Group):
        return step.out, step.out + len(step.rows)
    outs = [out for out in (step.out, *(tail.out for tail in step.tails)) if out != NOWHERE]
    return min(outs), max(outs) + size_of(step)


def size_of(step: Block) -> int:
    n0, n1, n2 = step.dims
    return n0 * n1 * n2


def views(step: Block) -> Iterator[tuple[View, int]]:
    """The views of a block, each with its number of terms."""
    for piece in step.pieces:
        yield piece.left, piece.terms
        yield piece.right, piece.terms
    for tail in step.tails:
        yield tail.other, 1


def operands(blocks: Blocks, step: Step) -> Iterator[int]:
    """The slots that a step reads."""
    if isinstance(step, Group):
        for row in step.rows:
            for term in row:
                yield term.left
                yield term.right
    elif isinstance(step, Block):
        for view, terms in views(step):
            yield from touched(blocks, view, step.dims, terms)


def touched(blocks: Blocks, view: View, dims: Dims, terms: int) -> Iterator[int]:
    """The slots of a view, for each place of the dimensions by which it varies."""
    strides = [(n, s) for n, s in zip((*dims, terms), (*view.strides, view.along), strict=True) if s]
    for place in product(*[range(0, n * s, s) for n, s in strides]):
        at = view.base + sum(place)
        yield blocks.index[at] if view.indexed else at


def ends(view: View, dims: Dims, terms: int) -> tuple[int, int]:
    """The lowest and the highest slot of a view."""
    reach = [s * (n - 1) for n, s in zip((*dims, terms), (*view.strides, view.along), strict=True)]
    return view.base + sum(min(x, 0) for x in reach), view.base + sum(max(x, 0) for x in reach)


def sliced(step: Block, k: int) -> Block:
    """Of a block, that for the k-th index of the first dimension."""
    size = size_of(step) // step.dims[0]

    def view(x: View) -> View:
        return x._replace(base=x.base + k * x.strides[0], strides=(0, *x.strides[1:]))

    def out(slot: int) -> int:
        return slot if slot == NOWHERE else slot + k * size

    pieces = tuple(Piece(p.terms, view(p.left), view(p.right)) for p in step.pieces)
    tails = tuple(Tail(tail.kind, out(tail.out), view(tail.other)) for tail in step.tails)
    return Block(step.kind, out(step.out), (1, *step.dims[1:]), pieces, tails)


def unfused(step: Block) -> Iterator[Block]:
    """The same as blocks that store one result each."""
    kind, out, dims, pieces = step.kind, step.out, step.dims, step.pieces
    tails: list[Tail] = []
    for tail in step.tails:
        if out == NOWHERE:
            tails.append(tail)
        else:
            yield Block(kind, NOWHERE if tails else out, dims, pieces, tuple(tails))
            s0, s1, s2 = (s if n > 1 else 0 for s, n in zip((dims[1] * dims[2], dims[2], 1), dims, strict=True))
            x = View(out, (s0, s1, s2))
            pair = (tail.other, x) if tail.kind in ("gate", "relu gate") else (x, tail.other)
            kind, pieces, tails = tail.kind, (Piece(1, *pair),), []
        out = tail.out
    yield Block(kind, NOWHERE if tails else out, dims, pieces, tuple(tails))
