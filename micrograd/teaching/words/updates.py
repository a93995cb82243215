"""An update in words: how each parameter moves, what that does to the loss, what a forgotten `zero_grad` would do.

w ← w − rate·w.grad = −0.5 − 0.1·(−8) = 0.3
L falls from 4 to 0: by 4. The slopes promised rate·‖grad‖² = 0.1·80 = 8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from micrograd.teaching.record.descent import Line
from micrograd.teaching.record.spelling import bracket, grad_of, partial
from micrograd.teaching.record.updates import Move, Update
from micrograd.teaching.words.describe import describe, forward_line
from micrograd.text.notation import count, format_number
from micrograd.text.typeset import latex, text

SHOWN = 100  # how many operations, contributions or parameters of one update are listed
LISTED = 12  # parameters on one line
TERMS = 6  # contributions in a sum
SMALLER = 10  # how much smaller a step is tried where the loss rises


class Act(NamedTuple):
    """One act of a lesson: its title, and its lines, short as in a worked solution, and in full; what moves in it.

    `opens` says that an update begins with it.
    """

    title: str
    short: Sequence[str]
    full: Sequence[str]
    moving: tuple[Update, Move] | None = None
    opens: bool = False


def tell(updates: Sequence[Update]) -> Iterator[Act]:
    """All acts of a lesson, in their order."""
    for update in updates:
        names, heading = update.names, f"Update {update.number} of {len(updates)}"
        forward = [f"  {forward_line(v, names)}" for v in names.order[:SHOWN]]
        if (more := len(names.order) - SHOWN) > 0:
            forward.append(f"  and {count(more, 'more operation')}")
        opening, values = ["Forward:", *forward, *_said(say_cleared(update))], list_values(update)
        yield Act(
            f"{heading}, forward", [f"{heading}: {values}", *opening], [f"Parameters: {values}", *opening], opens=True
        )
        head = f"Backward: {count(len(update.record), 'contribution')}, from the seed {partial(names, names.root)} = 1."
        if len(update.record) > SHOWN:
            yield Act(f"{heading}, backward", [head], [f"{head} They are too many to list."])
        else:
            for k, (c, described) in enumerate(zip(update.record, describe(update.record), strict=True)):
                title = f"{heading}, backward, step {k + 1} of {len(update.record)}"
                yield Act(title, [*([] if k else [head]), f"  {c}"], str(described).split("\n"))
        for k, move in enumerate(update.moves[:SHOWN]):
            title = f"{heading}, parameter {k + 1} of {len(update.moves)}"
            lines = [f"  {line}" for line in write_lines(move)]
            first = [] if k else [say_rule(update)]
            full = [*write_lines(move), *explain_move(move)]
            yield Act(title, [*first, *lines], full, (update, move))
        rest = [f"and {count(len(update.moves) - SHOWN, 'more parameter')}"] if len(update.moves) > SHOWN else []
        end = [*rest, *say_others(update), *say_outcome(update)]
        yield Act(f"{heading}, the new loss", end, end)


def _said(sentence: str) -> list[str]:
    return [sentence] if sentence else []


# ---- one parameter


def write_lines(move: Move) -> list[str]:
    """The rule line by line, with names, with numbers, and what comes out; the last line is the new value."""
    lines = move.lines
    if not lines:
        called, change = move.names[move.parameter], format_number(move.change)
        kind = type(move.rule.optimiser).__name__
        moved = f"{called} ← {format_number(move.before)} + {bracket(change)} = {format_number(move.after)}"
        return [f"{moved}, by the rule of {kind}, from {grad_of(move.names, move.parameter)} = {_grad(move)}"]
    return [f"{text(line.name)} ← {' = '.join(write_forms(line))}" for line in lines]


def write_forms(line: Line) -> list[str]:
    """The right side with names, with numbers, and its value; each once."""
    forms = text(line.formula), text(line.formula, numeric=True), format_number(line.value)
    return list(dict.fromkeys(forms))


def write_latex(move: Move) -> list[str]:
    """The same lines as rows of an `aligned`."""
    called, rows = move.names.latex(move.parameter), []
    for line in move.lines:
        forms = dict.fromkeys([latex(line.formula), latex(line.formula, numeric=True), _latex_number(line.value)])
        rows.append(rf"{latex(line.name)} &\leftarrow {' = '.join(forms)}")
    return rows or [rf"{called} &\leftarrow {_latex_number(move.after)}"]


def _latex_number(x: float) -> str:
    return format_number(x).replace("−", "-")


def _grad(move: Move) -> str:
    return format_number(move.grad)


def explain_move(move: Move) -> list[str]:
    """Where the grad comes from if there are several contributions, and why the parameter goes where it goes."""
    names, p, said = move.names, move.parameter, []
    grad, root = grad_of(names, p), names[names.root]
    if 1 < len(move.arrived):
        terms = [format_number(c.amount) for c in move.arrived]
        if len(terms) > TERMS:
            terms = [*terms[: TERMS - 2], "…", terms[-1]]
        written = " + ".join(bracket(term) if k else term for k, term in enumerate(terms))
        total = format_number(sum(c.amount for c in move.arrived))
        said.append(f"{partial(names, p)} = {written} = {total}: the sum of its {len(move.arrived)} contributions.")
    if move.grad == 0 and move.change == 0:
        said.append(f"Why: {grad} is 0, so {names[p]} stays where it is.")
    elif move.grad * move.change < 0:
        grows, goes = ("grows", "down") if move.grad > 0 else ("shrinks", "up")
        positive = "positive" if move.grad > 0 else "negative"
        said.append(f"Why: {grad} is {positive}, {root} {grows} as {names[p]} grows, so {names[p]} goes {goes}.")
    elif move.grad == 0 or move.change:
        goes = "up" if move.change > 0 else "down"
        said.append(
            f"Why: {grad} = {_grad(move)} alone would not move {names[p]} {goes}; "
            "what the optimiser remembers or lets decay outweighs it."
        )
    return said


# ---- all of them


def say_rule(update: Update) -> str:
    """What happens to all parameters at once."""
    rate = format_number(update.rate)
    kind = type(update.moves[0].rule.optimiser).__name__
    how = f"each parameter moves by −rate × its grad, rate {rate}"
    if not update.plain:
        how = f"each parameter moves by the rule of {kind}, rate {rate}"
    return f"Update: {how}, all at once: every grad belongs to the old numbers."


def list_values(update: Update) -> str:
    """The numbers of the parameters before the update."""
    numbers = [f"{update.names[m.parameter]} = {format_number(m.before)}" for m in update.moves]
    return ", ".join(numbers[:LISTED] + [f"and {len(numbers) - LISTED:,} more"] * (len(numbers) > LISTED))


def say_numbers(update: Update) -> str:
    """That a later update starts with other numbers, from a new forward pass."""
    return f"Forward again, with the new numbers: {list_values(update)}."


def say_others(update: Update) -> list[str]:
    if not update.others:
        return []
    return [f"{count(update.others, 'more parameter')} {_are(update.others)} not in this loss: the grad is 0."]


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def say_cleared(update: Update) -> str:
    """What `zero_grad` cleared, and where forgetting it would lead; or that it was forgotten. Empty where neither."""
    move = next((m for m in update.moves if m.left), None)
    if move is None:
        return ""
    names, p = move.names, move.parameter
    grad, left = grad_of(names, p), format_number(move.left)
    if update.added:
        return f"zero_grad is left out: {grad} is still {left} from the update before, and this pass adds to it."
    added = format_number(move.left + move.grad)
    said = f"zero_grad: every grad starts from 0 again. Forgotten, {grad} would become "
    said += f"{left} + {bracket(_grad(move))} = {added} instead of {_grad(move)}"
    wrong = move.rule.move(move.before, move.left + move.grad)
    if wrong is None or format_number(wrong) == format_number(move.after):
        return f"{said}."
    return f"{said}, and {names[p]} would go to {format_number(wrong)} instead of {format_number(move.after)}."


def say_outcome(update: Update) -> list[str]:
    """How far the loss of the same examples moved, which was tried, and how far the slopes promised."""
    names, after, loss = update.names, update.after, update.loss
    if after is None or not math.isfinite(after):
        return []
    root, fall = names[names.root], loss - after
    goes = "stays at" if fall == 0 else f"{'falls' if fall > 0 else 'rises'} from {format_number(loss)} to"
    by = f": by {format_number(abs(fall))}" if fall else ""
    promise = -update.promised
    said = [f"{root} {goes} {format_number(after)}{by}. The slopes promised {_promise(update)}."]
    if fall < 0 < promise:
        smaller = update.try_part(1 / SMALLER)
        said.append(f"The step is too long: the slopes do not stay what they were{_shorter(update, smaller)}.")
    elif promise > 0 and abs(fall - promise) <= 0.1 * promise:
        said.append("So short a step does nearly what the slopes say.")
    elif promise > 0 and fall > 0:
        more = "less" if fall < promise else "more"
        said.append(f"It is {more}, because the slopes change along the way: a shorter step would keep closer to them.")
    return said


def _shorter(update: Update, tried: float | None) -> str:
    if tried is None or not tried < update.loss:
        return ""
    return f". A step of a {'tenth' if SMALLER == 10 else f'1/{SMALLER}'} leads to {format_number(tried)}"


def _promise(update: Update) -> str:
    promise = -update.promised
    if promise == 0:
        return "no change"
    written = f"{'a fall' if promise > 0 else 'a rise'} by {format_number(abs(promise))}"
    if update.plain and not update.added and update.rate:
        square = format_number(promise / update.rate)
        return f"rate·‖grad‖² = {format_number(update.rate)}·{square} = {format_number(promise)}"
    return f"{written}, the sum of grad × change over the parameters"
