"""One pass as slides: what each of them says, and what the graph shows on it.

First the forward pass, a node a slide; then the seed, every contribution, and the gradients. The words are those of
the page. `slide_picture` draws them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from micrograd.teaching.record.spelling import fraction
from micrograd.teaching.views.page import Page, mark, with_sign
from micrograd.teaching.words.describe import (
    BACKWARD,
    DONE,
    FORWARD_DONE,
    describe_forward,
    describe_gradients,
    describe_seed,
    forward,
)

EdgeKey = tuple[int, int, int]  # the boxes that an edge comes from and goes to, and the slot


@dataclass(frozen=True)
class Term:
    """A column of a formula: a caption, and below it symbols and numbers."""

    caption: str
    symbols: str
    numbers: str
    result: bool = False


TIMES, EQUALS = Term("", "×", "×"), Term("", "=", "=")


@dataclass(frozen=True)
class Slide:
    """What is said, and the state of the graph, by the numbers of its boxes.

    grads            what stands in each box as its grad
    unknown          boxes without a number yet
    sources, goals   where this step comes from and goes to
    lit              edges that this step computes with
    pushed           edges along which a gradient has gone
    flow, amount     the edge along which it goes now, and the contribution
    """

    heading: str
    aside: str = ""
    terms: Sequence[Term] = ()
    sentences: Sequence[str] = ()
    grads: Mapping[int, str] | None = None
    unknown: frozenset[int] = frozenset()
    sources: frozenset[int] = frozenset()
    goals: frozenset[int] = frozenset()
    lit: frozenset[EdgeKey] = frozenset()
    pushed: frozenset[EdgeKey] = frozenset()
    flow: EdgeKey | None = None
    amount: str = ""

    @property
    def words(self) -> int:
        texts = [self.heading, self.aside, *self.sentences, *(t.numbers for t in self.terms)]
        return sum(len(text.split()) for text in texts)


def make_slides(page: Page) -> list[Slide]:
    return [*_forward(page), *_backward(page)]


def _forward(page: Page) -> Iterator[Slide]:
    names, box = page.names, page.scene.box
    nodes = [(v, box(v)) for v in names.order if v.parents]
    if not nodes:
        return
    start, how = describe_forward(names)
    unknown = frozenset(i for _, i in nodes)
    yield Slide(start, sentences=[how], unknown=unknown)
    for k, (v, i) in enumerate(nodes, start=1):
        formula, numbers, value = forward(v, names)
        unknown -= {i}
        yield Slide(
            f"{names[v]} = {value}",
            terms=[
                Term("", names[v], ""),
                EQUALS,
                Term("", formula, numbers),
                Term("", "", "="),
                Term("", "", value, result=True),
            ],
            sentences=[FORWARD_DONE] if k == len(nodes) else [],
            unknown=unknown,
            goals=frozenset([i]),
            lit=frozenset((box(p), i, slot) for slot, p in enumerate(v.parents)),
        )


def _backward(page: Page) -> Iterator[Slide]:
    names, box = page.names, page.scene.box
    grads = {i: str(node["start"]) for i, node in enumerate(page.nodes())}
    seed, why = describe_seed(names)
    said = [why, page.earlier, BACKWARD if page.record else ""]
    yield Slide(seed, sentences=list(filter(None, said)), grads=dict(grads), goals=frozenset([box(page.root)]))
    pushed = frozenset[EdgeKey]()
    for c, words in zip(page.record, page.described, strict=True):
        node, parent = box(c.node), box(c.parent)
        edge = parent, node, c.slot
        grads[parent] = f"{words.after} {mark(words)}"
        symbols, numbers, local = words.local
        yield Slide(
            words.edge,
            words.place,
            [
                Term("upstream", *words.upstream),
                TIMES,
                Term(
                    f"local {fraction(names, c.node, c.parent)}",
                    symbols,
                    local if numbers == local else f"{numbers} = {local}",
                ),
                EQUALS,
                Term("contribution", f"to {words.grad}", words.amount, result=True),
            ],
            [words.sum, f"Why: {words.why}", *([f"Check: {words.check}"] if words.check else [])],
            grads=dict(grads),
            sources=frozenset([node]),
            goals=frozenset([parent]),
            pushed=pushed,
            flow=edge,
            amount=with_sign(words.amount),
        )
        pushed |= {edge}
    if gradients := describe_gradients(page.record):
        yield Slide(DONE, sentences=[gradients], grads=dict(grads), pushed=pushed)
