"""What an optimiser does to one parameter, as formulas that carry the numbers at hand: the rules of `optim` in a table.

Each rule is written once. Its formulas are shown with names and with numbers, and computed: for the grad that the
parameter has, and for the wrong one that a mistake leads to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from micrograd.optim import SGD, Adam, Optimiser
from micrograd.text.formula import Symbol, Symbols, name


class Line(NamedTuple):
    """One line of a rule: `name ← formula`."""

    name: Symbol
    formula: Symbol

    @property
    def value(self) -> float:
        found = self.formula.value
        return float("nan") if found is None else float(found)


class Worked(list[Line]):
    """The lines of a rule, for one parameter."""

    def let(self, called: str, formula: Symbol, latex: str = "") -> Symbol:
        """Write a line; its result as an operand of those that follow."""
        self.append(Line(name(called, None, latex), formula))
        return name(called, self[-1].value, latex)


def _sgd(o: SGD, k: int, x: Symbol, g: Symbol, lines: Worked) -> Symbol:
    rate = name("rate", o.lr, r"\eta")
    decay, step = o.weight_decay * o.decays[k], g
    if decay:
        step = lines.let("g", g + name("decay", decay, r"\lambda") * x)
    if o.momentum:
        momentum, velocity = name("momentum", o.momentum, r"\mu"), step
        if o.buffers is not None:
            damping = 1.0 - name("dampening", o.dampening, r"\tau") if o.dampening else 1.0
            velocity = momentum * name("velocity", o.buffers[k], "v") + damping * step
        velocity = lines.let("velocity", velocity, "v")
        step = lines.let("step", step + momentum * velocity, "s") if o.nesterov else velocity
    return x - rate * step


def _adam(o: Adam, k: int, x: Symbol, g: Symbol, lines: Worked) -> Symbol:
    rate, t = name("rate", o.lr, r"\eta"), name("t", o.t + 1)
    beta1, beta2 = (name(f"β{i}", beta, rf"\beta_{i}") for i, beta in enumerate(o.betas, start=1))
    g = lines.let("g", g + name("decay", o.weight_decay, r"\lambda") * x if o.weight_decay else g)
    mean = lines.let("m", beta1 * name("m", o.means[k]) + (1.0 - beta1) * g)
    square = lines.let("v", beta2 * name("v", o.squares[k]) + (1.0 - beta2) * g**2)
    mean = lines.let("m̂", mean / (1.0 - beta1**t), r"\hat m")
    square = lines.let("v̂", square / (1.0 - beta2**t), r"\hat v")
    downhill: Symbol = rate * mean / (Symbols.sqrt(square) + name("ε", o.eps, r"\varepsilon"))
    return x - downhill


RULES: dict[Any, Callable[..., Symbol]] = {SGD.step: _sgd, Adam.step: _adam}  # by the `step` that an optimiser has


@dataclass(frozen=True)
class Rule:
    """The rule of an optimiser as it stood before a step, for the parameter at `index`."""

    optimiser: Optimiser
    index: int

    @property
    def known(self) -> bool:
        """Whether it is in the table; that of a learner's own optimiser is not."""
        return type(self.optimiser).step in RULES

    @property
    def plain(self) -> bool:
        """Whether it is −rate × grad and nothing else."""
        o = self.optimiser
        return type(o).step is SGD.step and isinstance(o, SGD) and not (o.momentum or o.weight_decay)

    def work(self, x: Symbol, grad: Symbol) -> Worked:
        """Its lines, the last of which is the parameter's new value; none if the rule is not known."""
        lines = Worked()
        if self.known:
            last = RULES[type(self.optimiser).step](self.optimiser, self.index, x, grad, lines)
            lines.append(Line(x, last))
        return lines

    def move(self, x: float, grad: float) -> float | None:
        """Where it moves a parameter `x` with this grad."""
        lines = self.work(name("x", x), name("grad", grad))
        return lines[-1].value if lines else None
