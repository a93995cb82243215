"""The tracer: the engine reports each new node and each number read to it, and it fills a tape."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from numbers import Real
from typing import Any

from micrograd import ops
from micrograd._core import lending
from micrograd._core.lending import data_of
from micrograd._core.modes import Mode
from micrograd._core.nodes import join, node, number
from micrograd._core.scalars import as_list, is_several, of_our_own
from micrograd.calculus.structures import is_array, like, to_array
from micrograd.compiler.surroundings.same import ABSENT, same
from micrograd.compiler.tracing.attempts import attempted, fails, may_be_caught, try_numbers
from micrograd.compiler.tracing.errors import LooksAtIdentity, LooksInsideDerivative, refusal
from micrograd.compiler.tracing.gradients import gradient
from micrograd.compiler.tracing.numbers.arithmetic import (
    BEYOND,
    TOO_LARGE,
    WHOLE,
    as_user_code,
    bound,
    compares,
    is_integer,
    limits,
)
from micrograd.compiler.tracing.numbers.choices import PICK
from micrograd.compiler.tracing.numbers.number import Condition, Number
from micrograd.compiler.tracing.standins.randomness import Randomness
from micrograd.compiler.tracing.standins.rewinding import mark
from micrograd.compiler.tracing.tape import (
    AT_MOST,
    CONSTANT,
    EQUAL,
    INPUT,
    LABEL,
    LESS,
    STOP,
    VARIABLE,
    Effect,
    Pick,
    Tape,
)
from micrograd.engine import Value
from micrograd.ops import Primitive

note, noted = lending.notes(Value)

ORDINARY = frozenset([float, int, bool, Number, Condition])


class Tracer(Mode):
    """The mode of a thread that traces: every node, and every number read, gets a position on the tape.

    `rows` holds at each position a Value, whose operation and operands are read at the end, or these themselves. During
    the trace, the slot of a Value's grad, which nobody may read then, holds its position; `at` has the positions of the
    others, mainly of Values that existed before. `given` has the Values among the arguments by the leaves in their
    places. `values` are those which the function reaches itself, None if it does not look at identity. `inside` are the
    Values inside of derivatives that the function takes, which the tape does not have; with `in_full`, it has them all.
    """

    def __init__(
        self, randomness: Randomness, values: Mapping[int, Value] | None = None, in_full: bool = False
    ) -> None:
        self.tape = Tape()
        self.values = values
        if values is not None:
            self.tape.looks.add("is")
        self.rows: list[Any] = []
        self.at: dict[Value, int] = {}
        self.given: dict[Value, Value] = {}
        self.leaves: dict[int, Value] = {}  # these leaves, by the identity of what they stand for
        self.inside: dict[Value, None] = {}
        self.in_full, self.looked_inside = in_full, False
        self.randomness = randomness
        self.refusal = ""
        self.clocks: dict[int, str] = {}  # positions of times that were read, and the lines
        self.printing: bool | None = None  # to the screen, or elsewhere
        self.screens = sys.stdout, sys.stderr
        self.made = lending.recorder(self, self.rows) or self._made()  # type: ignore[method-assign]

    def tracer(self) -> Tracer:
        return self

    fails = fails
    gradient = gradient

    # ---- nodes

    def _made(self) -> Callable[..., None]:
        """The function that `nodes.node` calls for each node; a closure, since a trace spends much of its time here.

        The native node has it in C.
        """
        append, length, slowly = self.rows.append, self.rows.__len__, self.slowly

        def made(v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
            if a.__class__ is Value and b.__class__ is Value:
                note(v, length())
                append(v)
                if op.partial:
                    self.tried(v)
            else:
                slowly(v, op, a, b, db)

        return made

    def slowly(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        """The same for constants, for one operand or many, and for other classes."""
        if v.__class__ is Value:
            note(v, len(self.rows))
            self.rows.append(v)
        elif op is None:
            self.at[v] = self.constant(data_of(v))
        else:
            parents = a if db is ... else (a,) if db is None else (a, b)
            self.at[v] = self.add(op, tuple([self.position(p) for p in parents]), b if db is None else None)
        if op is not None and op.partial:
            self.tried(v)

    def tried(self, v: Any) -> None:
        """The operation of a new node may raise an error for other numbers: to some code that is a decision."""
        if may_be_caught():
            attempted(self, v.primitive, v.parents, v.constants, v)

    def add(self, op: Any, operands: tuple[int, ...] = (), constant: Any = None) -> int:
        """The position of a new row."""
        self.rows.append((op, operands, constant))
        return len(self.rows) - 1

    def constant(self, x: float) -> int:
        return self.add(CONSTANT, (), x)

    def finish(self) -> Tape:
        """The tape, once everything has been computed."""
        tape = self.tape
        tape.rows = lending.flatten(self.rows, CONSTANT, self.at, self.position)
        return tape

    def forget(self) -> None:
        """Give the Values their grads back and drop them, even if someone keeps a number of this trace."""
        lending.erase_notes(self.rows)
        self.rows.clear()
        self.at.clear()
        self.given.clear()
        self.leaves.clear()
        self.inside.clear()
        vars(self).pop("made", None)  # a closure over the tracer: without it, the tracer ends with its trace

    def leaf(self, x: float, position: int, kind: type[Value] = Value) -> Value:
        """A Value without parents at a position of the tape."""
        v: Value = lending.leaf(kind, x)
        self.at[v] = position
        return v

    def variable(self, x: Number) -> int:
        """The position of a new Value with that number, from which no other one is derived."""
        return self.add(VARIABLE, (self.position(x),))

    def stop(self, v: Any) -> None:
        """From here on the node is a number: no derivative goes through it, and it has no parents."""
        position = self.position(v)
        if self.rows[position] is v:
            operands = tuple([self.position(p) for p in v.parents])
            constant = (v.constants or (None,))[0] if v.primitive else data_of(v)
            self.rows[position] = v.primitive or CONSTANT, operands, constant
            lending.erase_note(v)
        self.at[v] = self.add(STOP, (position,))

    def position(self, v: Any) -> int:
        """The position of a Value on the tape; one that existed before the trace is a parameter."""
        if isinstance(v, Number):
            if v.of is not self:
                raise refusal(
                    "a number that another trace left behind was used", "Return it from the function that computes it."
                )
            return v.position
        position = self.at.get(v)
        if position is None:
            position = noted(v)
            if position.__class__ is not int or position >= len(self.rows) or self.rows[position] is not v:
                if v in self.inside:
                    self.looked_inside = True  # user code may catch the error
                    raise LooksInsideDerivative
                position = self.at[v] = self.tape.parameters[v] = self.add(INPUT)
        return position

    def begin_with(self, parameters: Sequence[Value]) -> None:
        """Make parameters of these Values, before anything else has been computed."""
        new = [v for v in dict.fromkeys(parameters) if v not in self.at]
        first = len(self.rows)
        self.rows += [(INPUT, (), None)] * len(new)
        places = dict(zip(new, range(first, len(self.rows)), strict=True))
        self.at |= places
        self.tape.parameters |= places

    def computed(self, v: Any) -> bool:
        """Whether a Value was computed in this trace."""
        if isinstance(v, Number):
            return v.of is self
        if v in self.inside:
            return True
        position = self.at.get(v, noted(v))
        known = position.__class__ is int and position < len(self.rows)
        return known and v not in self.tape.parameters and (v in self.at or self.rows[position] is v)

    def source(self, v: Value) -> int | None:
        """The position of a Value that is a parameter, or stands for an argument; None for any other."""
        position = self.position(v)
        given = v in self.tape.parameters or position in [self.tape.arguments[k] for k in self.tape.values]
        return position if given else None

    def place_of(self, x: Any) -> int:
        """The position of a Value or a number of the trace, or of any other number as a constant."""
        return self.position(x) if isinstance(x, (Value, Number)) else self.constant(number(x))

    # ---- numbers

    def read(self, v: Any) -> Any:
        """The `.data` of a Value: a number that is computed again at each call."""
        return Number(self, self.add(STOP, (self.position(v),)), data_of(v))

    def is_number(self, x: Any) -> bool:
        return isinstance(x, Number)

    def argument(self, x: Any, size: float = 0.0) -> Any:
        """The next number among the arguments, in place of x."""
        position = self.add(INPUT)
        self.tape.arguments.append(position)
        return Number(self, position, x, size)

    def lend(self, x: float, read: Callable[[], float]) -> Number:
        """A number in place of x, which others may see meanwhile; a call of the program gets it from `read`."""
        position = self.add(INPUT)
        self.tape.fresh.append((position, read, x))
        return Number(self, position, x, lent=True)

    def argument_value(self, v: Value) -> Value:
        """The same for a Value: a leaf in its place. Where identity counts, one for each, or the Value itself."""
        position = self.add(INPUT)
        self.tape.values.append(len(self.tape.arguments))
        self.tape.arguments.append(position)
        if self.values is not None:
            if self.values.get(id(v)) is v:
                return v
            if (known := self.leaves.get(id(v))) is not None:
                return known
        leaf = self.leaf(data_of(v), position, type(v))
        vars(leaf).update(vars(v))
        self.given[leaf], self.leaves[id(v)] = v, leaf
        for name in vars(v).keys() - {LABEL}:
            self.look(leaf, name)
        return leaf

    def look(self, v: Value, name: str) -> None:
        """User code looks at an attribute of a Value: of an argument, it belongs to the key of the trace."""
        if v in self.given:
            self.tape.looks.add(name)
        elif not self.computed(v):
            self.decide(noted(v) if name == "grad" else getattr(v, name, None), partial(getattr, v, name, None))

    def set_on_argument(self) -> str | None:
        """An attribute of a Value among the arguments that user code has set; a label only if it looks at labels."""
        for leaf, v in self.given.items():
            now, was = vars(leaf), vars(v)
            for name in sorted({*now, *was} - ({LABEL} - self.tape.looks)):
                if not same(now.get(name, ABSENT), was.get(name, ABSENT)):
                    return name
        return None

    def identify(self, v: Any) -> None:
        """User code looks at which Value this is."""
        if self.values is None and (v in self.given or (self.given and not self.computed(v))):
            raise LooksAtIdentity

    def grad(self, v: Any) -> float:
        """The grad of a Value as user code sees it: 0 of one that is computed."""
        if self.computed(v) and v not in self.given:
            return 0.0
        self.look(v, "grad")
        return float(noted(self.given.get(v, v)))

    def combine(self, op: Primitive, operands: Sequence[Any], constants: tuple[Any, ...] = ()) -> Any:
        """`op` on operands of which at least one is a number of the trace: a Value as soon as one of them is one."""
        ready = [x if type(x) in ORDINARY else self.as_operand(x, op) for x in operands]
        if other := [x for x in ready if type(x) not in ORDINARY and (of_our_own(x) or x is NotImplemented)]:
            if other[0] is NotImplemented:
                return NotImplemented
            if not isinstance(other[0], Value):
                return type(other[0])._apply(op, ready)
            return join(type(other[0]), op, [self.as_value(x, type(other[0])) for x in ready])
        trues = [x.true if isinstance(x, Number) else x for x in ready]
        places = tuple(map(self.place_of, ready))
        position = self.add(op, places, constants[0] if constants else None)
        if op.partial and may_be_caught():
            try_numbers(self, op, trues, constants, places, position)
        true = as_user_code(op, trues, constants)
        return Number(self, position, true) if type(true) is float else self.whole(op, ready, constants, position, true)

    def power(self, x: Number, k: Any) -> Any:
        """xᵏ for a constant k, or a k that is no plain number."""
        if (k := k if type(k) in ORDINARY else self.as_operand(k, ops.power)) is NotImplemented:
            return NotImplemented
        if of_our_own(k):
            return self.combine(ops.power_value, (x, k))
        return self.combine(ops.power, (x,), (k,))

    def as_operand(self, x: Any, op: Primitive) -> Any:
        """A number as user code has it, or one of ours; `NotImplemented` for anything else."""
        if of_our_own(x):
            return x
        try:
            return x if hasattr(x, "dtype") and isinstance(x, Real) else number(x, op.name)
        except TypeError:
            return NotImplemented

    def as_value(self, x: Any, kind: type[Any]) -> Any:
        if isinstance(x, Number):
            return self.leaf(float(x.true), self.position(x))
        if not isinstance(x, Value):
            return node(kind, None, number(x), None, None)
        self.position(x)
        return x

    def whole(self, op: Primitive, operands: Sequence[Any], constants: Any, position: int, true: Any) -> Number:
        """A result of another kind: if it is a whole number, it must be one that a program computes exactly."""
        if not is_integer(true):
            return Number(self, position, true)
        if op in WHOLE:
            if self.as_seen(operands[1]) == 0:
                raise refusal("a whole number is divided by zero, for which NumPy has another result", TOO_LARGE)
            self.ensure(EQUAL, operator.eq, operands[1], 0)
        low, high = limits(type(true))
        if not low < true < high:
            raise refusal(f"a whole number becomes {true}, {BEYOND}", TOO_LARGE)
        size = bound(op, [x.size if isinstance(x, Number) else float(abs(x)) for x in operands], constants)
        out = Number(self, position, true, min(size, max(-low, high)))
        if -size <= low:
            self.ensure(LESS, operator.lt, low, out)
        if size >= high:
            self.ensure(LESS, operator.lt, out, high)
        return out

    def ensure(self, how: str, ask: Callable[[Any, Any], Any], x: Any, y: Any) -> None:
        """A comparison on which the trace depends."""
        if isinstance(x, Number) or isinstance(y, Number):
            self.decided_by(self.compare(how, ask, x, y))

    def compare(self, how: str, ask: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
        try:
            operands = self.place_of(x), self.place_of(y)
        except TypeError:
            return NotImplemented
        outcome = compares(ask, *map(self.as_seen, (x, y)))
        return Condition(self, self.add(how, operands), outcome, 1.0)

    @staticmethod
    def as_seen(x: Any) -> Any:
        """The number that user code has outside of a trace."""
        return x.true if isinstance(x, Number) else data_of(x) if isinstance(x, Value) else x

    def count(self, *conditions: Any) -> Number:
        """How many of them are true."""
        places = tuple(self.place_of(float(c) if type(c) is bool else c) for c in conditions)
        total = sum(bool(c.true if isinstance(c, Number) else c) for c in conditions)
        return Number(self, self.add(ops.add, places), total, float(len(conditions)))

    def decided_by(self, condition: Condition) -> bool:
        outcome = bool(condition.true)
        self.decide(outcome, None, condition.position)
        return outcome

    def decide(self, outcome: Any, how: Callable[..., Any] | None, *positions: int) -> None:
        """Python decides by the numbers at these positions (see `Guard`): each call checks that it does so again."""
        self.tape.guards.add(positions, outcome, how)

    def answer(self, x: Any, how: Callable[[float], Any]) -> Any:
        """`how(x)`, an answer that takes no value between two others: another one is another decision."""
        return self.answer_of([x], how)

    def answer_of(self, xs: Sequence[Any], how: Callable[..., Any]) -> Any:
        """The same for several numbers."""
        places = [self.position(x) for x in xs]
        try:
            outcome = how(*[float(self.as_seen(x)) for x in xs])
        except (ArithmeticError, ValueError) as error:
            self.decide(type(error), how, *places)
            raise
        self.decide(outcome, how, *places)
        return outcome

    def pick(self, values: Sequence[Any], index: Number) -> Any:
        """`values[index]` for an input `index`; a list of lists is picked from column by column."""
        if index.position >= len(self.tape.arguments):  # the arguments come first
            raise refusal("pick was given a computed number as an index", "Pass the index itself in as an argument.")
        x = float(index.true)
        i = int(x)
        if i != x or not 0 <= i < len(values):  # user code may catch it, and then another index is another decision
            self.ensure(LESS, operator.lt, index, 0.0)
            self.ensure(AT_MOST, operator.le, len(values), index)
            if i != x:
                self.ensure(EQUAL, operator.eq, index, x)
            raise IndexError(f"pick takes an index from 0 to {len(values) - 1}, got {x:g}")
        if is_several(values[i]):
            columns = [self.pick(column, index) for column in zip(*map(as_list, values), strict=True)]
            return to_array(columns, (len(columns),)) if is_array(values[i]) else like(values[i], columns)
        self.tape.picks.append(Pick(index.position, len(values)))
        return self.combine(PICK, (index, *[values[k] for k in range(len(values))]))

    # ---- called by the functions of `modes`

    def fresh(self, read: Callable[[], float]) -> Any:
        if not self.tape.undrawn:
            self.tape.undrawn = mark(self.randomness.generators)
        with self.randomness.allow():
            x = float(read())
        position = self.add(INPUT)
        self.tape.fresh.append((position, read, x))
        return Number(self, position, x)

    def afterwards(self, act: Callable[[list[float]], Any], numbers: Sequence[Any]) -> None:
        self.tape.effects.append(Effect(act, list(map(self.place_of, numbers))))
