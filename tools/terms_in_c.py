"""Numbers that a rule of `ops` is run on, to be written in C: what is done to them becomes the body of a function.

All floats are taken to be finite; at the end of the function stands whether they were. For that a few of them are
enough: if `t1 * t2` is finite, so are `t1` and `t2`. And of finite floats one is the smaller, or they are equal:
`where(x <= 0, 0, where(x > 0, x, nan))` is `x <= 0.0 ? 0.0 : x`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from micrograd.ops import PRIMITIVES, SHUT

# Elementary functions that are not spelled as in the table of primitives, and those that have other bits in C: the
# algorithm of `math.hypot` is Python's own.
SPELLED = {"pow": "to_the(x, y)", "cos": "cosine(x)"}
INEXACT = {"hypot"}


class NoRuleInC(Exception):
    """Why a primitive stays in Python."""


def operator(pattern: str, carried: int = 2, swapped: bool = False, bounded: bool = False) -> Callable[..., Term]:
    """A method that writes a line; `carried` says how many of its operands are, the first ones."""

    def method(self: Term, *others: Any) -> Term:
        operands = [self, *map(self.body.term, others)][:: -1 if swapped else 1]
        return self.body.compute(pattern, operands, operands[:carried], bounded)

    return method


class Term:
    """A float: an operand or what was computed from others, by its name in C."""

    def __init__(self, body: Body, text: str):
        self.body, self.text = body, text

    def __str__(self) -> str:
        return self.text

    __neg__, __abs__ = operator("-{}", 1, bounded=True), operator("fabs({})", 1, bounded=True)
    __add__, __radd__ = operator("{} + {}"), operator("{} + {}", swapped=True)
    __sub__, __rsub__ = operator("{} - {}"), operator("{} - {}", swapped=True)
    __mul__, __rmul__ = operator("{} * {}"), operator("{} * {}", swapped=True)
    __truediv__, __rtruediv__ = operator("{} / {}", 1), operator("{} / {}", 1, swapped=True)
    __pow__, __rpow__ = operator("to_the({}, {})", 0), operator("to_the({}, {})", 0, swapped=True)

    def __lt__(self, other: Any) -> Less:
        return Less(self, self.body.term(other), strict=True)

    def __le__(self, other: Any) -> Less:
        return Less(self, self.body.term(other), strict=False)

    def __gt__(self, other: Any) -> Less:
        return Less(self.body.term(other), self, strict=True)

    def __ge__(self, other: Any) -> Less:
        return Less(self.body.term(other), self, strict=False)

    def __eq__(self, other: Any) -> Any:
        return Equal(self, self.body.term(other))

    __hash__ = object.__hash__


class Constant(Term):
    """A number that the rule itself mentions."""

    def __init__(self, body: Body, value: float):
        super().__init__(body, repr(float(value)).replace("inf", "INFINITY").replace("nan", "NAN"))
        self.value = value


class Choice(Term):
    """The first term if the condition holds, else the second."""

    def __init__(self, condition: Less, first: Term, second: Term):
        one = f"({first})" if isinstance(first, Choice) else first
        super().__init__(condition.left.body, f"{condition} ? {one} : {second}")
        self.condition, self.first, self.second = condition, first, second


class Equal:
    """left == right. A rule that asks whether it is so is told no; where it is, the rule in C gives up."""

    sign = "=="

    def __init__(self, left: Term, right: Term):
        self.left, self.right = left, right

    def __str__(self) -> str:
        return f"{self.left} {self.sign} {self.right}"

    def __bool__(self) -> bool:
        self.left.body.lines.append(f"if ({self}) return 0;")
        return False


class Less(Equal):
    """left < right if it is strict, else left <= right."""

    def __init__(self, left: Term, right: Term, strict: bool):
        super().__init__(left, right)
        self.strict, self.sign = strict, "<" if strict else "<="

    def __str__(self) -> str:
        if isinstance(self.left, Constant):
            return f"{self.right} {self.sign.replace('<', '>')} {self.left}"
        return super().__str__()

    def negated(self) -> Less:
        return Less(self.right, self.left, not self.strict)

    def follows(self, facts: Iterable[Less]) -> bool:
        """Whether this is so for all finite floats of which the facts are known."""
        infinite = getattr(self.left, "value", 0.0) == -math.inf or getattr(self.right, "value", 0.0) == math.inf
        return infinite or any(
            (str(fact.left), str(fact.right)) == (str(self.left), str(self.right)) and (fact.strict or not self.strict)
            for fact in facts
        )


def settle(term: Term, facts: tuple[Less, ...] = ()) -> Term:
    """A term without the choices that are none for finite floats of which the facts are known."""
    if not isinstance(term, Choice):
        return term
    condition, otherwise = term.condition, term.condition.negated()
    first, second = settle(term.first, (*facts, condition)), settle(term.second, (*facts, otherwise))
    if condition.follows(facts):
        return first
    return second if otherwise.follows(facts) else Choice(condition, first, second)


def leaves(term: Term) -> list[Term]:
    """All that a term may be."""
    return [*leaves(term.first), *leaves(term.second)] if isinstance(term, Choice) else [term]


class Body:
    """The body of a function in C: the `m` that a rule is run with."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.made: dict[str, Term] = {}  # by what they are computed from
        self.floats: list[str] = []  # the names of all that has to be finite
        self.clauses: list[tuple[set[str], str]] = []  # if these are finite, so is that

    def operand(self, name: str) -> Term:
        self.floats.append(name)
        return Term(self, name)

    def term(self, x: Any) -> Term:
        return x if isinstance(x, Term) else Constant(self, x if x is SHUT else float(x))

    def where(self, condition: Less, first: Any, second: Any) -> Term:
        return settle(Choice(condition, self.term(first), self.term(second)))

    def __getattr__(self, name: str) -> Callable[..., Term]:
        """The function `m.name`."""
        if name in INEXACT:
            raise NoRuleInC(f"{name} has other bits in C than in Python")
        spelled = SPELLED.get(name) or PRIMITIVES[name].c
        pattern = re.sub(r"\b[xy]\b", lambda letter: f"{{{'xy'.index(letter[0])}}}", spelled)
        return lambda *operands: self.compute(pattern, [self.term(x) for x in operands])

    def compute(
        self, pattern: str, operands: Sequence[Term], carried: Sequence[Term] = (), bounded: bool = False
    ) -> Term:
        """A line for what is computed from the operands.

        What is `carried` along is finite if the result is; a `bounded` result is finite if all operands are.
        """
        text = pattern.format(*(self.name(x) for x in operands))
        if text in self.made:
            return self.made[text]
        made = self.made[text] = self.operand(f"t{len(self.lines)}")
        self.lines.append(f"double {made} = {text};")
        self.clauses += [({str(made)}, self.name(x)) for x in carried if not isinstance(x, Constant)]
        if bounded:
            self.clauses.append(({self.name(x) for x in operands if not isinstance(x, Constant)}, str(made)))
        return made

    def name(self, x: Term) -> str:
        """The text of a term; what is a choice gets a name."""
        if isinstance(x, Choice) and x.text not in self.floats:
            options = leaves(x)
            finite = all(math.isfinite(getattr(option, "value", 0.0)) for option in options)
            x.text = self.compute(x.text, options, bounded=finite).text
        return x.text

    def looked_at(self) -> list[str]:
        """As few of the floats as can say whether all are finite."""
        needed = list(self.floats)
        for name in reversed(self.floats):
            fewer = [other for other in needed if other != name]
            if self.consequences(fewer).issuperset(self.floats):
                needed = fewer
        return needed

    def consequences(self, finite: Iterable[str]) -> set[str]:
        """What is finite if these are."""
        known, before = set(finite), -1
        while len(known) > before:
            before = len(known)
            known |= {name for names, name in self.clauses if names <= known}
        return known
