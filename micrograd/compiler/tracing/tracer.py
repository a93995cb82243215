"""The tracer: the engine reports each new node and each number read to it, and it fills a tape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from micrograd import ops
from micrograd._core import lending
from micrograd._core.lending import data_of
from micrograd._core.modes import Mode
from micrograd._core.nodes import node, number
from micrograd.compiler.tracing.choices import PICK
from micrograd.compiler.tracing.errors import refusal
from micrograd.compiler.tracing.number import Condition, Number
from micrograd.compiler.tracing.randomness import Randomness
from micrograd.compiler.tracing.tape import CONSTANT, EQUAL, INPUT, LESS, STOP, Effect, Pick, Tape
from micrograd.engine import Value
from micrograd.ops import Primitive

note, noted = lending.notes(Value)


class Tracer(Mode):
    """The mode of a thread that traces: every node, and every number read, gets a position on the tape.

    `rows` holds at each position a Value, whose operation and operands are read at the end, or these themselves. During
    the trace, the slot of a Value's grad, which nobody may read then, holds its position; `at` has the positions of the
    others, mainly of Values that existed before.
    """

    def __init__(self, randomness: Randomness) -> None:
        self.tape = Tape()
        self.rows: list[Any] = []
        self.at: dict[Value, int] = {}
        self.randomness = randomness
        self.refusal = ""
        self.made = self._made()  # type: ignore[method-assign]

    def tracer(self) -> Tracer:
        return self

    # ---- nodes

    def _made(self) -> Callable[..., None]:
        """The function that `nodes.node` calls for each node; a closure, since a trace spends much of its time here."""
        append, length, slowly = self.rows.append, self.rows.__len__, self.slowly

        def made(v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
            if a.__class__ is Value and b.__class__ is Value:
                note(v, length())
                append(v)
            else:
                slowly(v, op, a, b, db)

        return made

    def slowly(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        """The same for constants, for one operand or many, and among Numbers."""
        parents = () if op is None else a if db is ... else (a,) if db is None else (a, b)
        if v.__class__ is Value and not any(isinstance(p, Number) for p in parents):
            note(v, len(self.rows))
            self.rows.append(v)
        elif op is None:
            self.put(v, self.constant(data_of(v)))
        else:
            operands = tuple([self.position(p) for p in parents])
            position = self.add(op, operands, b if db is None else None)
            if any(isinstance(p, Number) for p in parents):
                self.sever(v, parents)
            self.put(v, position)

    def add(self, op: Any, operands: tuple[int, ...] = (), constant: Any = None) -> int:
        """The position of a new row."""
        self.rows.append((op, operands, constant))
        return len(self.rows) - 1

    def constant(self, x: float) -> int:
        return self.add(CONSTANT, (), x)

    def finish(self) -> Tape:
        """The tape, once everything has been computed."""
        tape = self.tape
        tape.operations, tape.operands, tape.constants = lending.flatten(
            self.rows, CONSTANT, self.at.get, self.position
        )
        return tape

    def forget(self) -> None:
        """Give the Values their grads back and drop them, even if someone keeps a number of this trace."""
        for v in self.rows:
            if v.__class__ is not tuple:
                lending.erase_note(v)
        self.rows.clear()
        self.at.clear()
        vars(self).pop("made", None)  # a closure over the tracer: without it, the tracer ends with its trace

    def sever(self, v: Any, parents: Sequence[Any]) -> None:
        """A result of Numbers only is a Number, without parents; a Value gets leaves instead of Numbers as parents."""
        if all(isinstance(p, Number) for p in parents):
            lending.sever(v, Number)
            return
        v.__class__ = Value
        lending.replace_parents(v, [self.leaf(data_of(p), p.position) if isinstance(p, Number) else p for p in parents])

    def leaf(self, x: float, position: int) -> Value:
        """A Value without parents at a position of the tape."""
        v: Value = lending.leaf(Value, x)
        self.at[v] = position
        return v

    def put(self, v: Any, position: int) -> None:
        if isinstance(v, Number):
            v.of, v.position = self, position  # type: ignore[attr-defined]
        else:
            self.at[v] = position

    def stop(self, v: Any) -> None:
        """From here on the node is a number: no derivative goes through it, and it has no parents."""
        position = self.position(v)
        if self.rows[position] is v:
            operands = tuple([self.position(p) for p in v.parents])
            constant = (v.constants or (None,))[0] if v.primitive else data_of(v)
            self.rows[position] = v.primitive or CONSTANT, operands, constant
            lending.erase_note(v)
        self.put(v, self.add(STOP, (position,)))

    def position(self, v: Any) -> int:
        """The position of a Value on the tape; one that existed before the trace is a parameter."""
        if isinstance(v, Number):
            if getattr(v, "of", None) is not self:
                raise refusal(
                    "a number that another trace left behind was used", "Return it from the function that computes it."
                )
            return v.position
        position = self.at.get(v)
        if position is None:
            position = noted(v)
            if position.__class__ is not int or position >= len(self.rows) or self.rows[position] is not v:
                position = self.at[v] = self.tape.parameters[v] = self.add(INPUT)
        return position

    def computed(self, v: Any) -> bool:
        """Whether a Value was computed in this trace."""
        if isinstance(v, Number):
            return v.of is self  # type: ignore[attr-defined]
        position = self.at.get(v, noted(v))
        known = position.__class__ is int and position < len(self.rows)
        return known and v not in self.tape.parameters and (v in self.at or self.rows[position] is v)

    def place_of(self, x: Any) -> int:
        """The position of a Value, or of a number as a constant."""
        return self.position(x) if isinstance(x, Value) else self.constant(number(x))

    # ---- numbers

    def make_number(self, kind: type[Number], x: float, position: int) -> Any:
        v = lending.leaf(kind, x)
        v.of, v.position = self, position
        return v

    def read(self, v: Any) -> Any:
        """The `.data` of a Value: a number that is computed again at each call."""
        if isinstance(v, Number):
            return v
        return self.make_number(Number, data_of(v), self.add(STOP, (self.position(v),)))

    def is_number(self, x: Any) -> bool:
        return isinstance(x, Number)

    def argument(self, x: float) -> Any:
        """The next number among the arguments, in place of the float x."""
        position = self.add(INPUT)
        self.tape.arguments.append(position)
        return self.make_number(Number, x, position)

    def argument_value(self, v: Value) -> Value:
        """The same for a Value: a leaf in its place."""
        position = self.add(INPUT)
        self.tape.values.append(len(self.tape.arguments))
        self.tape.arguments.append(position)
        leaf = self.leaf(data_of(v), position)
        if v.label:
            leaf.label = v.label
        return leaf

    def compare(self, how: str, x: Any, y: Any) -> Any:
        try:
            operands = self.place_of(x), self.place_of(y)
        except TypeError:
            return False if how == EQUAL else NotImplemented
        a, b = (data_of(z) if isinstance(z, Value) else float(z) for z in (x, y))
        outcome = a < b if how == LESS else a == b if how == EQUAL else a <= b
        return self.make_number(Condition, float(outcome), self.add(how, operands))

    def choose(self, condition: Number, a: Any, b: Any) -> Any:
        """a where the condition is 1, else b: a Value if one of the two is."""
        chosen = a if data_of(condition) else b
        x = data_of(chosen) if isinstance(chosen, Value) else float(chosen)
        if not any(isinstance(z, Value) and not isinstance(z, Number) for z in (a, b)):
            return self.make_number(Number, x, self.add(ops.where, tuple(map(self.place_of, (condition, a, b)))))
        return self.chosen(ops.where, x, (condition, a, b))

    def chosen(self, op: Primitive, x: float, operands: Sequence[Any]) -> Value:
        parents = [z if isinstance(z, Value) else self.leaf(float(z), self.place_of(z)) for z in operands]
        _, *partials = op.run(ops.Floats, data_of(parents[0]), *[0.0] * len(parents[1:]))
        return node(Value, op, x, tuple(parents), tuple(partials), None, ...)

    def decided_by(self, condition: Condition) -> bool:
        outcome = bool(data_of(condition))
        self.decide(outcome, None, condition.position)
        return outcome

    def decide(self, outcome: Any, how: Callable[..., Any] | None, *positions: int) -> None:
        """Python decides by the numbers at these positions (see `Guard`): each call checks that it does so again."""
        self.tape.guards.add(positions, outcome, how)

    def pick(self, values: Sequence[Any], index: Number) -> Any:
        """`values[index]` for an input `index`; a list of lists is picked from column by column."""
        if index.position >= len(self.tape.arguments):  # the arguments come first
            raise refusal("pick was given a computed number as an index", "Pass the index itself in as an argument.")
        i = int(data_of(index))
        if i != data_of(index) or not 0 <= i < len(values):
            raise IndexError(f"pick takes an index from 0 to {len(values) - 1}, got {data_of(index):g}")
        if isinstance(values[i], (list, tuple)):
            return [self.pick(column, index) for column in zip(*values, strict=True)]
        self.tape.picks.append(Pick(index.position, len(values)))
        x = data_of(values[i]) if isinstance(values[i], Value) else float(values[i])
        return self.chosen(PICK, x, (index, *[values[k] for k in range(len(values))]))

    # ---- called by the functions of `modes`

    def fresh(self, read: Callable[[], float]) -> Any:
        with self.randomness.allow():
            x = float(read())
        position = self.add(INPUT)
        self.tape.fresh.append((position, read, x))
        return self.make_number(Number, x, position)

    def afterwards(self, act: Callable[[list[float]], Any], numbers: Sequence[Any]) -> None:
        self.tape.effects.append(Effect(act, list(map(self.place_of, numbers))))

    def decided(self, thing: Any, attribute: str) -> None:
        self.decide(getattr(thing, attribute), partial(getattr, thing, attribute))
