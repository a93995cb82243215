"""Softmax as an operation of its own: that of `functions`, and one written by hand with exp, the largest and a sum.

Both are e^(xᵢ − v) / Σ e^(xⱼ − v), whose value does not depend on v. Here a share is e^(x − u) with u = ln Σ eˣ; so its
derivatives are those of a textbook, dx = p · (dp − Σ p · dp).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from micrograd.compiler.matrices.families import PLAIN_SOFTMAX, SOFTMAX, WHOLE
from micrograd.compiler.stages.expressions import ADD, MUL, Expressions
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.tracing.tape import STOP


class Softmax(NamedTuple):
    kind: str
    whole: int  # the sum of the weights
    logits: list[int]
    shares: list[int]


def find_softmax(e: Expressions, results: Iterable[int]) -> list[Softmax]:
    """Those of which all shares are used, and the sum of the weights in nothing else."""
    used = needed(e, results)
    shares: dict[int, list[int]] = {}
    others: set[int] = set()
    for i in sorted(used):
        kind, *operands = e.nodes[i]
        if kind == "div" and e.nodes[operands[0]][0] == "exp":
            shares.setdefault(operands[1], []).append(i)
            operands = operands[:1] if operands[0] != operands[1] else []
        others.update(operands if kind != "constant" else ())
    made = []
    for whole, own in shares.items():
        found = from_functions(e, whole) or by_hand(e, whole)
        if found is not None and whole not in others:
            kind, logits, weights = found
            by_weight = {e.nodes[i][1]: i for i in own}
            if by_weight.keys() == {*weights} and len(weights) == len(by_weight) == len(own):
                made.append(Softmax(kind, whole, logits, [by_weight[weight] for weight in weights]))
    return made


def needed(e: Expressions, results: Iterable[int]) -> set[int]:
    """The nodes that these are computed from."""
    found: set[int] = set()
    waiting = [*results]
    while waiting:
        i = waiting.pop()
        if i not in found:
            found.add(i)
            waiting += e.nodes[i][1:] if e.nodes[i][0] != "constant" else ()
    return found


def from_functions(e: Expressions, whole: int) -> tuple[str, list[int], list[int]] | None:
    """The logits and the weights of `functions.softmax`: 1 + Σ of those weights that are not that of the largest."""
    others = [x for x in summands(e, whole) if x != ONE]
    if len(others) < 2 or any(e.nodes[x][0] != "choose" for x in others):
        return None
    weights = [e.nodes[x][3] for x in others]
    largest = {subtracted(e, weight, chosen=True) for weight in weights}
    if len(largest) > 1 or (v := largest.pop()) is None:
        return None
    choices = [e.nodes[x] for x in summands(e, v)]
    if [node[:2] for node in choices] != [("choose", e.nodes[x][1]) for x in others]:
        return None
    return SOFTMAX, [node[2] for node in choices], weights


def by_hand(e: Expressions, whole: int) -> tuple[str, list[int], list[int]] | None:
    """The same of Σ e^(x − v), where v is one of the logits, or the largest of them."""
    weights = summands(e, whole)
    largest = {subtracted(e, weight, chosen=False) for weight in weights}
    if len(largest) > 1 or (v := largest.pop()) is None:
        return None
    logits = [next(x for x in e.nodes[e.nodes[weight][1]][1:] if not is_minus(e, x, v)) for weight in weights]
    return (PLAIN_SOFTMAX, logits, weights) if {*choices(e, v)} <= {*logits} else None


def subtracted(e: Expressions, weight: int, chosen: bool) -> int | None:
    """The v of a node e^(x − v), or with `chosen` of e^(x − v) where x is not v itself."""
    kind, *operands = e.nodes[weight]
    if kind != "exp":
        return None
    difference = operands[0]
    if chosen:
        if e.nodes[difference][0] != "choose" or e.number(e.nodes[difference][2]) != 0.0:
            return None
        difference = e.nodes[difference][3]
    if e.nodes[difference][0] != ADD:
        return None
    for part in reversed(e.nodes[difference][1:]):
        if e.nodes[part][0] == MUL and e.number(e.nodes[part][2]) == -1.0:
            return int(e.nodes[part][1])
    return None


def is_minus(e: Expressions, i: int, v: int) -> bool:
    return e.nodes[i][:2] == (MUL, v) and e.number(e.nodes[i][2]) == -1.0


def choices(e: Expressions, i: int) -> Iterator[int]:
    """What a node may be: itself, or what it chooses from; without nan, and without `stop`."""
    waiting = [i]
    while waiting:
        i = waiting.pop()
        kind, *operands = e.nodes[i]
        if kind in ("choose", STOP):
            waiting += operands[-2:]
        elif (known := e.number(i)) is None or known == known:
            yield i


def summands(e: Expressions, i: int) -> list[int]:
    """What is added up, but for zeros."""
    found, waiting = [], [i]
    while waiting:
        i = waiting.pop()
        if e.nodes[i][0] == ADD:
            waiting += e.nodes[i][:0:-1]
        elif e.number(i) != 0.0:
            found.append(i)
    return found


def compose_softmax(e: Expressions, found: Softmax) -> None:
    """Make the nodes of the shares those of a softmax, and that of the sum, which they alone use, that of u."""
    e.nodes[found.whole] = WHOLE, *found.logits
    e.partials[found.whole] = tuple(zip(found.logits, found.shares, strict=True))
    for logit, share in zip(found.logits, found.shares, strict=True):
        e.nodes[share] = found.kind, logit, found.whole, *found.logits
        e.partials[share] = (logit, share), (found.whole, e.negative(share))
