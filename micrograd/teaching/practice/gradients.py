"""Gradients given in one go: each right or not, and the one mistake that would give them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from micrograd.engine import Value, topological
from micrograd.teaching.practice.reading import read
from micrograd.teaching.practice.wording import ADVICE, SAID
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.notation import partial
from micrograd.teaching.record.record import Contribution, record


def over_zero(root: Value) -> list[Contribution]:
    """The record of a pass over grads that are zero, whatever they hold now."""
    leaves = {id(p): p for v in topological(root) for p in v.parents if not p.parents}
    kept = [(p, p.grad) for p in leaves.values()]
    for p in leaves.values():
        p.grad = 0.0
    try:
        return record(root)
    finally:
        for p, grad in kept:
            p.grad = grad


def judged(record: Sequence[Contribution], grads: Mapping[str, str | float], values: Mapping[str, float]) -> list[str]:
    """What is said to gradients by name. Raises `ValueError` for a name without one, and for what is no number."""
    names = record[0].names
    last = {names[c.parent]: k for k, c in enumerate(record)}
    if unknown := [name for name in grads if name not in last]:
        raise ValueError(f"no contribution goes to {', '.join(unknown)}; there are {', '.join(last)}")
    typed = {name: read(x, values) for name, x in grads.items()}
    right = {name: number.near(record[last[name]].after) for name, number in typed.items()}
    lines = [
        f"{name}.grad = {number.text.replace('-', '−')}: {'right' if right[name] else 'not yet'}."
        for name, number in typed.items()
    ]
    if all(right.values()):
        return lines
    runs = {mistake.name: mistake.run(record) for mistake in MISTAKES}
    found = [name for name, run in runs.items() if all(x.near(run[last[node]][1]) for node, x in typed.items())]
    if len(found) == 1:
        return [*lines, SAID["mistake"].format(name=found[0], advice=ADVICE[found[0]])]
    wrong = next(name for name, ok in right.items() if not ok)
    return [*lines, SAID["upstream?"].format(upstream=partial(names, record[last[wrong]].node))]
