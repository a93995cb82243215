"""The tracer: it is told of each node that the engine makes, and of each number that is read, and fills a tape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from micrograd import ops
from micrograd._core.modes import Mode
from micrograd._core.nodes import node, number
from micrograd.compiler.tracing.choices import PICK
from micrograd.compiler.tracing.errors import place, refused
from micrograd.compiler.tracing.number import Condition, Number
from micrograd.compiler.tracing.randomness import Randomness
from micrograd.compiler.tracing.tape import CONSTANT, EQUAL, INPUT, LESS, STOP, Effect, Guard, Pick, Tape
from micrograd.engine import Value
from micrograd.ops import Primitive

new = object.__new__
note, noted = Value.__dict__["grad"].__set__, Value.__dict__["grad"].__get__


class Tracer(Mode):
    """The mode of a thread that traces: every node, and every number read, gets a position on the tape.

    `rows` holds at each position the Value that stands there, whose operation and operands are read in the end, or
    these themselves. While it is traced, a Value notes its position where its grad will be, which nobody may read;
    others, above all those that were there before, have theirs in `at`.
    """

    def __init__(self, randomness: Randomness) -> None:
        self.tape = Tape()
        self.rows: list[Any] = []
        self.at: dict[Value, int] = {}
        self.randomness = randomness
        self.refusal = ""
        self.made = self._made()  # type: ignore[method-assign]

    # ---- nodes

    def _made(self) -> Callable[..., None]:
        """What `operators.node` calls for each node: a closure, because a trace spends much of its time here."""
        append, length, slowly = self.rows.append, self.rows.__len__, self.slowly

        def made(v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
            if b.__class__ is Value and v.__class__ is Value:
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
            self.put(v, self.constant(v._data))
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
        tape, rows, where, found = self.tape, self.rows, self.at.get, self.position
        operation, operate, count = tape.operations.append, tape.operands.append, len(self.rows)
        for k, v in enumerate(rows):  # inputs that are found here come at the end
            if v.__class__ is tuple:
                op, operands, constant = v
                operation(op)
                operate(operands)
                if constant is not None:
                    tape.constants[k] = constant
                continue
            a, db = v._a, v._db
            operation(v.primitive or CONSTANT)
            if db is not None and db is not ...:
                b = v._b
                p, q = a.grad, b.grad
                if p.__class__ is not int or p >= count or rows[p] is not a:
                    p = found(a) if (p := where(a)) is None else p
                if q.__class__ is not int or q >= count or rows[q] is not b:
                    q = found(b) if (q := where(b)) is None else q
                operate((p, q))
            else:
                operate(tuple([found(p) for p in v.parents]))
                if a is None:
                    tape.constants[k] = v._data
                elif v.constants:
                    tape.constants[k] = v._b
        return tape

    def forget(self) -> None:
        """Give the Values their grads back, and let go of them, whoever keeps a number of this trace."""
        for v in self.rows:
            if v.__class__ is not tuple:
                v._grad = 0.0
        self.rows.clear()
        self.at.clear()
        del self.made  # a closure over the tracer: without it, the tracer ends with its trace

    def sever(self, v: Any, parents: Sequence[Any]) -> None:
        """Of Numbers comes a Number, without parents; a Value gets leaves for parents that are Numbers."""
        if all(isinstance(p, Number) for p in parents):
            v.__class__, v.primitive, v._a, v._b, v._da, v._db = Number, None, None, None, None, None
            return
        v.__class__ = Value
        leaves = [self.leaf(p._data, p.position) if isinstance(p, Number) else p for p in parents]
        if v._db is ...:
            v._a = tuple(leaves)
        else:
            v._a, v._b = leaves

    def leaf(self, x: float, position: int) -> Value:
        """A Value of no parents at a position of the tape."""
        v: Any = new(Value)
        v._data, v._grad, v.primitive, v._seen, v._a, v._b, v._da, v._db = x, 0.0, None, None, None, None, None, None
        self.at[v] = position
        return v

    def put(self, v: Any, position: int) -> None:
        if isinstance(v, Number):
            v.of, v.position = self, position  # type: ignore[attr-defined]
        else:
            self.at[v] = position

    def stop(self, v: Any) -> None:
        """From here on the node is a number: no derivative goes through it, and it forgets its parents."""
        position = self.position(v)
        if self.rows[position] is v:
            operands = tuple([self.position(p) for p in v.parents])
            constant = (v.constants or (None,))[0] if v.primitive else v._data
            self.rows[position] = v.primitive or CONSTANT, operands, constant
            v._grad = 0.0
        self.put(v, self.add(STOP, (position,)))

    def position(self, v: Any) -> int:
        """Where a Value stands on the tape; one that was there before the trace is a parameter."""
        if isinstance(v, Number):
            if getattr(v, "of", None) is not self:
                raise refused(
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
        """Whether a Value came about in this trace."""
        if isinstance(v, Number):
            return v.of is self  # type: ignore[attr-defined]
        position = self.at.get(v, noted(v))
        known = position.__class__ is int and position < len(self.rows)
        return known and v not in self.tape.parameters and (v in self.at or self.rows[position] is v)

    def place_of(self, x: Any) -> int:
        """The position of a Value, or of a number as a constant."""
        return self.position(x) if isinstance(x, Value) else self.constant(number(x))

    # ---- numbers

    def numbered(self, kind: type[Number], x: float, position: int) -> Any:
        v: Any = new(kind)
        v._data, v.primitive, v._seen, v._a, v._b, v._da, v._db = x, None, None, None, None, None, None
        v.of, v.position = self, position
        return v

    def read(self, v: Any) -> Any:
        """The `.data` of a Value: a number that is computed anew at each call."""
        if isinstance(v, Number):
            return v
        return self.numbered(Number, v._data, self.add(STOP, (self.position(v),)))

    def is_number(self, x: Any) -> bool:
        return isinstance(x, Number)

    def argument(self, x: float) -> Any:
        """The next number among the arguments, in place of the float x."""
        position = self.add(INPUT)
        self.tape.arguments.append(position)
        return self.numbered(Number, x, position)

    def argument_value(self, v: Value) -> Value:
        """The same for a Value: a leaf in its place."""
        position = self.add(INPUT)
        self.tape.values.append(len(self.tape.arguments))
        self.tape.arguments.append(position)
        leaf = self.leaf(v._data, position)
        if v.label:
            leaf.label = v.label
        return leaf

    def compared(self, how: str, x: Any, y: Any) -> Any:
        try:
            operands = self.place_of(x), self.place_of(y)
        except TypeError:
            return False if how == EQUAL else NotImplemented
        a, b = (z._data if isinstance(z, Value) else float(z) for z in (x, y))
        outcome = a < b if how == LESS else a == b if how == EQUAL else a <= b
        return self.numbered(Condition, float(outcome), self.add(how, operands))

    def choose(self, condition: Number, a: Any, b: Any) -> Any:
        """a where the condition is 1, else b: a Value if one of the two is."""
        chosen = a if condition._data else b
        x = chosen._data if isinstance(chosen, Value) else float(chosen)
        if not any(isinstance(z, Value) and not isinstance(z, Number) for z in (a, b)):
            return self.numbered(Number, x, self.add(ops.where, tuple(map(self.place_of, (condition, a, b)))))
        return self.chosen(ops.where, x, (condition, a, b), (0.0, condition._data, 1.0 - condition._data))

    def chosen(self, op: Primitive, x: float, operands: Sequence[Any], partials: tuple[float, ...]) -> Value:
        parents = [z if isinstance(z, Value) else self.leaf(float(z), self.place_of(z)) for z in operands]
        return node(Value, op, x, tuple(parents), partials, None, ...)

    def decided_by(self, condition: Condition) -> bool:
        outcome = bool(condition._data)
        self.tape.guards.setdefault(condition.position, Guard(condition.position, outcome, place()))
        return outcome

    def pick(self, values: Sequence[Any], index: Number) -> Any:
        """`values[index]` for an input `index`; a list of lists is picked from column by column."""
        if index.position >= len(self.tape.arguments):  # the arguments stand first
            raise refused("pick chooses by a number that is computed", "Pass the index itself in as an argument.")
        i = int(index._data)
        if i != index._data or not 0 <= i < len(values):
            raise IndexError(f"pick has {len(values)} values to choose from, and no number {index._data:g}")
        if isinstance(values[i], (list, tuple)):
            return [self.pick(column, index) for column in zip(*values, strict=True)]
        self.tape.picks.append(Pick(index.position, len(values)))
        x = values[i]._data if isinstance(values[i], Value) else float(values[i])
        return self.chosen(
            PICK,
            x,
            (index, *[values[k] for k in range(len(values))]),
            (0.0, *(float(k == i) for k in range(len(values)))),
        )

    # ---- what `recording` asks for

    def anew(self, read: Callable[[], float]) -> Any:
        with self.randomness.allowed():
            x = float(read())
        position = self.add(INPUT)
        self.tape.anew.append((position, read, x))
        return self.numbered(Number, x, position)

    def afterwards(self, act: Callable[[list[float]], Any], numbers: Sequence[Any]) -> None:
        self.tape.effects.append(Effect(act, list(map(self.place_of, numbers))))

    def decided(self, thing: Any, attribute: str) -> None:
        self.tape.decisions.append((thing, attribute, getattr(thing, attribute)))
