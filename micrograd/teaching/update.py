"""One update by hand, and the next ones: forward, loss, backward, update, as one lesson on a small network.

    lesson = micrograd.step_update(model, loss, (inputs, targets), SGD(model.parameters(), lr=0.1))
    lesson                          # in a notebook, the stepper's page with a third part in which the parameters move
    for line in lesson:
        print(line)                 # a worked solution
    lesson.updates[0].moves[0]      # a parameter before and after, with its grad and the rule
    lesson.predict("b[1,0]", 0.3)   # judged: right, or the mistake that leads there
    lesson.save("lesson.html")      # or "slides.html", which opens as slides

An expression has such a lesson, too:

    s = micrograd.step("(w*x + b - y)**2", w=-0.5, x=2, b=0.25, y=1)
    s.update("w b", rate=0.05)

The model and the optimiser are left as they were; only a training moves them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from micrograd._core.arrays import Array
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.nn.examples import check_batch_size, check_roles, read_examples
from micrograd.nn.module import set_modes
from micrograd.optim import Optimiser
from micrograd.teaching.practice.predicting import judge_prediction
from micrograd.teaching.practice.sentences import Said
from micrograd.teaching.record.updates import Update, run_updates
from micrograd.teaching.views.document import choose_attributes, write_page
from micrograd.teaching.views.update_page import UpdatePage, too_large
from micrograd.teaching.words.updates import tell, write_latex
from micrograd.text.names import Names
from micrograd.text.notation import count, format_number
from micrograd.text.terminal import fitted

__all__ = ["Lesson", "step_update"]

MOST = 50  # updates


class Lesson:
    """Several updates, worked one by one; it shows itself as a page, and iterates over the lines of its solution."""

    def __init__(self, updates: Sequence[Update]):
        self.updates = updates

    def __len__(self) -> int:
        return len(self.updates)

    def __iter__(self) -> Iterator[str]:
        """The lines of a worked solution: the forward pass, each contribution, each move, the new loss."""
        for act in tell(self.updates):
            yield from act.short

    @property
    def losses(self) -> list[float]:
        """The loss before each update."""
        return [update.loss for update in self.updates]

    def predict(self, parameter: str, value: str | float, update: int = 1) -> str:
        """Where you think that a parameter goes in an update, judged: right, or what it is, and the mistake behind it.

        Raises `ValueError` for a name, a number of an update or a value that there is not.
        """
        if not isinstance(update, Integral) or not 1 <= update <= len(self):
            raise ValueError(f"the updates go from 1 to {len(self)}, got {update!r}")
        chosen = self.updates[update - 1]
        moves = {chosen.names[move.parameter]: move for move in chosen.moves}
        if parameter not in moves:
            raise ValueError(f"no parameter is called {parameter!r}; there are {', '.join(moves)}")
        return Said(judge_prediction(chosen, moves[parameter], value))

    @property
    def latex(self) -> str:
        """How each parameter moves, as an `aligned` for slides and sheets."""
        rows = []
        for update in self.updates:
            loss = format_number(update.loss).replace("−", "-")
            root = update.names.latex(update.root)
            rows.append(rf"&\text{{Update {update.number}:}} \quad {root} = {loss}")
            rows += [row for move in update.moves for row in write_latex(move)]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    @fitted
    def __str__(self) -> str:
        return "\n".join(self)

    @fitted
    def __repr__(self) -> str:
        first, last = self.updates[0], self.updates[-1]
        after = last.loss if last.after is None else last.after
        root = first.names[first.root]
        return (
            f"<Lesson of {count(len(self), 'update')}, {count(len(first.moves), 'parameter')}: "
            f"{root} {format_number(first.loss)} → {format_number(after)}>"
        )

    # ---- the page

    @property
    def html(self) -> str:
        """The lesson as a self-contained page. Raises `ValueError` for a graph too large to be read."""
        return UpdatePage(self.updates).html

    def save(self, path: str | os.PathLike[str], *, slides: bool | None = None, theme: str = "auto") -> Path:
        """Write the page to `path`, which ends in .html; returns the path.

        slides   whether it opens as slides, a step a slide; by default if its name has "slides" in it
        theme    "light" or "dark", or "auto" for what the reader's system prefers
        """
        page = UpdatePage(self.updates, choose_attributes(Path(path), slides, theme))
        return write_page(
            page.html, path, "a lesson of updates is saved as .html, to read, to present and to print, got {name}"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if refusal := too_large(self.updates):
            return {"text/plain": f"{self!r}\n{refusal}"}
        return {"text/html": UpdatePage(self.updates).frame, "text/plain": repr(self)}

    def _mime_(self) -> tuple[str, str]:
        """The output in marimo."""
        bundle = self._repr_mimebundle_()
        form = "text/html" if "text/html" in bundle else "text/plain"
        return form, bundle[form]


def step_update(
    model: Callable[[Any], Any],
    loss: Callable[[Any, Any], Any],
    data: tuple[Sequence[Any] | Array, Sequence[Any] | Array],
    optimiser: Optimiser,
    updates: int = 3,
    *,
    batch_size: int | None = None,
    rates: Sequence[float] | None = None,
    accumulate: bool = False,
) -> Lesson:
    """The first updates of a training as a lesson: forward, loss, backward, and how each parameter moves.

    The arguments are those of `fit`, and so are the numbers, to the last bit (with `rng=None`: examples are taken in
    their order). Model and optimiser are left as they were: the lesson can be made again, or `fit` can follow.

    updates      how many
    batch_size   examples in a mini-batch; None for all of them in each update
    rates        the learning rate of each update, a schedule; `updates` is then their number
    accumulate   grads are cleared before the first update only: what happens if `zero_grad` is forgotten

    A page needs a network that can be read: few examples, few neurons. A larger one is refused as a page, and its text
    is cut. Raises `ArithmeticError` if a number becomes nan or infinite.
    """
    check_roles("step_update", model, loss, optimiser)
    inputs, targets = read_examples(data)
    check_batch_size(model, len(inputs), batch_size)
    size = batch_size or len(inputs)
    starts = range(0, len(inputs), size)

    def forward(k: int) -> Any:
        start = starts[k % len(starts)]
        return loss(model(inputs[start : start + size]), targets[start : start + size])

    with _in_training(model):
        return make_lesson(forward, optimiser, updates, rates, accumulate)


def make_lesson(
    forward: Callable[[int], Any],
    optimiser: Optimiser,
    updates: int,
    rates: Sequence[float] | None,
    accumulate: bool,
) -> Lesson:
    """The lesson of a loss that is computed again for each update."""
    if rates is not None:
        rates = [_rate(x) for x in rates]
        updates = len(rates)
    if not isinstance(updates, Integral) or not 1 <= updates <= MOST:
        raise ValueError(f"updates must be a whole number from 1 to {MOST}, got {updates!r}")
    return Lesson(run_updates(forward, optimiser, int(updates), rates, accumulate))


def _rate(x: Any) -> float:
    if not isinstance(x, Real) or not float(x) >= 0:
        raise ValueError(f"rates are numbers of 0 or more, one for each update, got {x!r}")
    return float(x)


@contextmanager
def _in_training(model: Any) -> Iterator[None]:
    """Training mode, as in `fit`; afterwards modes, running statistics and random numbers are as before."""
    modules = list(model.modules()) if isinstance(model, Module) else []
    modes = [(module, module.training) for module in modules]
    sources: list[Any] = [rng for module in modules if hasattr(rng := getattr(module, "rng", None), "getstate")]
    states = [rng.getstate() for rng in sources]
    state = model.state_dict() if isinstance(model, Module) else None
    try:
        if isinstance(model, Module):
            model.train()
        yield
    finally:
        set_modes(modes)
        for rng, drawn in zip(sources, states, strict=True):
            rng.setstate(drawn)
        if isinstance(model, Module) and state is not None:
            model.load_state_dict(state)


def find_parameters(
    wanted: str | Value | Sequence[Any] | None, leaves: Mapping[str, Value], names: Names
) -> list[Value]:
    """The leaves of these names, "w b" or ["w", "b"], or Values of the graph; all of them for None.

    Raises `ValueError`, which lists the names, and `TypeError` for anything else.
    """
    if wanted is None:
        wanted = list(leaves)
    if isinstance(wanted, Value):
        wanted = [wanted]
    if not isinstance(wanted, Iterable):
        raise TypeError(f"parameters are named, as in 'w b', got {wanted!r}")
    listed = wanted.replace(",", " ").split() if isinstance(wanted, str) else wanted
    called = [names[x] if isinstance(x, Value) else str(x) for x in listed]
    if not leaves:
        raise ValueError("no leaf has a name: an update moves leaves by their names, as in Value(2.0, label='w')")
    if unknown := [name for name in called if name not in leaves]:
        raise ValueError(f"no leaf is called {unknown[0]!r}; there are {', '.join(leaves)}")
    if not called:
        raise ValueError(f"name at least one parameter to update: {', '.join(leaves)}")
    return [leaves[name] for name in dict.fromkeys(called)]
