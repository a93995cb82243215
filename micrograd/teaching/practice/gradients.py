"""Gradients answered all at once: whether each is right, and the one mistake that gives them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micrograd.teaching.practice.reading import Typed, read
from micrograd.teaching.practice.sentences import SENTENCES, name_mistake
from micrograd.teaching.record.mistake import PassStep
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.spelling import partial


class Judged(NamedTuple):
    """The replies, and the names of those gradients that are not right."""

    lines: list[str]
    wrong: list[str]


def judge_gradients(
    record: Sequence[Contribution], grads: Mapping[str, str | float], values: Mapping[str, float]
) -> Judged:
    """What is right of these gradients by name. Raises `ValueError` for an unknown name and for what cannot be read."""
    names = record[0].names
    last = {names[c.parent]: k for k, c in enumerate(record)}
    if unknown := [name for name in grads if name not in last]:
        raise ValueError(f"no contribution goes to {', '.join(unknown)}; there are {', '.join(last)}")
    typed = {name: read(x, values) for name, x in grads.items()}
    wrong = [name for name, number in typed.items() if not number.near(record[last[name]].after)]
    lines = [
        f"{name}.grad = {number.text.replace('-', '−')}: {'not yet' if name in wrong else 'right'}."
        for name, number in typed.items()
    ]
    if not wrong:
        return Judged(lines, wrong)
    found = [mistake.name for mistake in MISTAKES if _fits(mistake.run(record), typed, last)]
    if len(found) == 1:
        return Judged([*lines, name_mistake("mistake", found[0])], wrong)
    above = partial(names, record[last[wrong[0]]].node)
    return Judged([*lines, SENTENCES["which upstream"].format(upstream=above)], wrong)


def _fits(run: Sequence[PassStep], typed: Mapping[str, Typed], last: Mapping[str, int]) -> bool:
    return all(number.near(run[last[name]].after) for name, number in typed.items())
