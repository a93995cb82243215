"""Eight expressions, from one product to shared weights, with numbers that are pleasant to compute with by hand.

A level has its own numbers, and `Level.draw(seed)` makes fresh ones: distinct magnitudes of at least 2, the input of a
relu at least 1 from its kink, tanh at ln 2 or ln 3, every gradient short to write, and no two mistakes with the same
answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from random import Random

from micrograd.engine import Value
from micrograd.teaching.practice.diagnosis import find_collisions
from micrograd.teaching.record.record import record
from micrograd.text.expression import evaluate, names

Numbers = Mapping[str, "float | str"]
TRIES = 5_000  # draws before giving up
LARGEST = 300  # the largest gradient that is pleasant to compute with


@dataclass(frozen=True)
class Level:
    """What it is about, an expression as a whole and line by line, its own numbers, and how to draw others.

    A number is a float or a text such as "6 + log(2)"; a name in braces stands for a constant. `alike` are mistakes
    that no numbers of this level tell apart.
    """

    number: int
    about: str
    expression: str
    lines: tuple[str, ...]
    numbers: Numbers
    propose: Callable[[Random], Numbers | None]
    alike: frozenset[str] = frozenset()

    def build(self, numbers: Numbers) -> Value:
        """The graph for these numbers, every node labelled with its name."""
        known = _evaluate_all(numbers)
        constants = {name: f"{x:g}" for name, x in known.items()}
        values: dict[str, Value] = {}
        for line in self.lines:
            name, _, text = line.format(**constants).partition(" = ")
            for leaf in names(text):
                if leaf not in values:
                    values[leaf] = Value(known[leaf], label=leaf)
            values[name] = evaluate(text, values)
            values[name].label = name
        return values[name]

    def write(self, numbers: Numbers) -> str:
        """The expression with its constants."""
        constants = {name: f"{x:g}" if x >= 0 else f"({x:g})" for name, x in _evaluate_all(numbers).items()}
        return self.expression.format(**constants)

    def draw(self, seed: int | str) -> Numbers:
        """The fresh numbers of this seed."""
        rng = Random(f"level {self.number}, seed {seed}")
        for _ in range(TRIES):
            numbers = self.propose(rng)
            if numbers is None or not _are_distinct(numbers):
                continue
            steps = record(self.build(numbers))
            if all(is_pleasant(c.after) for c in steps) and self.alike.issuperset(chain(*find_collisions(steps))):
                return numbers
        raise AssertionError(f"level {self.number} has no pleasant numbers for seed {seed}")  # pragma: no cover


@dataclass(frozen=True)
class Task:
    """A level with the numbers of one turn; without a seed, the first turn has the level's own numbers."""

    level: Level
    numbers: Numbers
    seed: int | None = None
    turn: int = 0

    @property
    def title(self) -> str:
        return f"Level {self.level.number}: {self.level.write(self.numbers)}"

    @property
    def command(self) -> str:
        """The words that ask for the first turn in the terminal."""
        return f"micrograd practice --level {self.level.number}" + (
            f" --seed {self.seed}" if self.seed is not None else ""
        )

    def again(self) -> Task:
        """The same level with the numbers of the next turn."""
        turn = self.turn + 1
        return Task(self.level, self.level.draw(f"{self.seed}, turn {turn}"), self.seed, turn)

    def next_level(self) -> Task:
        """The first turn of the level after this one; level 1 follows the last."""
        return set_task(self.level.number % len(LEVELS) + 1, self.seed)


def set_task(number: int, seed: int | None = None, dead: bool = False) -> Task:
    """A level with its own numbers, or with fresh ones by `seed`; with `dead`, a relu lets nothing through."""
    if number not in LEVELS:
        raise ValueError(f"level must be a number from 1 to {len(LEVELS)}, got {number!r}")
    if dead and number != DEAD.number:
        raise ValueError(f"only level {DEAD.number} has a relu that can be dead, got level {number}")
    level = DEAD if dead else LEVELS[number]
    return Task(level, level.numbers if seed is None else level.draw(seed), seed)


def _evaluate_all(numbers: Numbers) -> dict[str, float]:
    return {name: evaluate(x).data if isinstance(x, str) else x for name, x in numbers.items()}


def is_pleasant(x: float) -> bool:
    """Whether a gradient is short to write: not too large, with at most three decimals."""
    return abs(x) <= LARGEST and abs(x * 1000 - round(x * 1000)) < 1e-6


def _are_distinct(numbers: Numbers) -> bool:
    """Whether the magnitudes differ and are at least 2; in "6 + log(2)" only the 6 counts."""
    sizes = [abs(float(str(x).partition(" ")[0])) for x in numbers.values()]
    return len(set(sizes)) == len(sizes) and min(sizes) >= 2


def _draw_integer(rng: Random, most: int = 9) -> float:
    return float(rng.choice((1, -1)) * rng.randint(2, most))


def _independent(*wanted: str, most: int = 9) -> Callable[[Random], Numbers]:
    return lambda rng: {name: _draw_integer(rng, most) for name in wanted}


def _propose_quotient(rng: Random) -> Numbers | None:
    a, b, d = (_draw_integer(rng) for _ in range(3))
    return {"a": a, "b": b, "c": float(rng.choice((2, 4, 5, -2, -4, -5))), "d": d} if abs(a - b) >= 2 else None


def _propose_cube(rng: Random) -> Numbers | None:
    a, b, base = _draw_integer(rng), _draw_integer(rng), _draw_integer(rng, 5)
    c = base - a * b
    return {"a": a, "b": b, "c": c} if abs(c) <= 30 else None


def _propose_neuron(rng: Random) -> Numbers | None:
    w1, w2, x1, x2 = (_draw_integer(rng, 6) for _ in range(4))
    whole = -(w1 * x1 + w2 * x2)
    return {"w1": w1, "w2": w2, "x1": x1, "x2": x2, "b": f"{whole:g} + log({rng.choice((2, 3))})"}


def _shared_weights(dead: bool) -> Callable[[Random], Numbers | None]:
    def propose(rng: Random) -> Numbers | None:
        w, b, x1, x2, y1, y2 = (_draw_integer(rng) for _ in range(6))
        first, second = w * x1 + b, w * x2 + b
        fits = first >= 1 and (second <= -1 if dead else second >= 1) and first != y1
        return {"w": w, "b": b, "x1": x1, "x2": x2, "y1": y1, "y2": y2} if fits else None

    return propose


SHARED = (
    "(relu(w*{x1} + b) - {y1})**2 + (relu(w*{x2} + b) - {y2})**2",
    ("p1 = w*{x1}", "n1 = p1 + b", "r1 = relu(n1)", "d1 = r1 - {y1}", "q1 = d1**2")
    + ("p2 = w*{x2}", "n2 = p2 + b", "r2 = relu(n2)", "d2 = r2 - {y2}", "q2 = d2**2", "L = q1 + q2"),
)
LEVELS = {
    level.number: level
    for level in (
        Level(1, "one product", "a*b", ("L = a*b",), {"a": -3.0, "b": 2.0}, _independent("a", "b")),
        Level(
            2,
            "a sum inside a product",
            "(a*b + c)*f",
            ("p = a*b", "s = p + c", "L = s*f"),
            {"a": -4.0, "b": 3.0, "c": 5.0, "f": 2.0},
            _independent("a", "b", "c", "f"),
        ),
        Level(
            3,
            "a difference and a quotient",
            "d*(a - b)/c",
            ("s = a - b", "p = d*s", "L = p/c"),
            {"a": 8.0, "b": 2.0, "c": 4.0, "d": 6.0},
            _propose_quotient,
        ),
        Level(
            4,
            "a power",
            "(a*b + c)**3",
            ("p = a*b", "s = p + c", "L = s**3"),
            {"a": -3.0, "b": 2.0, "c": 4.0},
            _propose_cube,
        ),
        Level(
            5,
            "a leaf used twice",
            "x*y + x**2",
            ("p = x*y", "q = x**2", "L = p + q"),
            {"x": 3.0, "y": 4.0},
            _independent("x", "y"),
        ),
        Level(
            6,
            "a result used twice",
            "e*(e + c), e = a*b",
            ("e = a*b", "s = e + c", "L = e*s"),
            {"a": 3.0, "b": 4.0, "c": 5.0},
            _independent("a", "b", "c", most=6),
        ),
        Level(
            7,
            "a neuron",
            "5*tanh(w1*x1 + w2*x2 + b)",
            ("p = w1*x1", "q = w2*x2", "s = p + q", "n = s + b", "t = tanh(n)", "L = 5*t"),
            {"w1": 2.0, "w2": -3.0, "x1": 3.0, "x2": 4.0, "b": "6 + log(2)"},
            _propose_neuron,
        ),
        Level(
            8,
            "two examples, shared weights",
            *SHARED,
            {"w": 2.0, "b": -5.0, "x1": 3.0, "x2": 4.0, "y1": 7.0, "y2": 6.0},
            _shared_weights(False),
        ),
    )
}
DEAD = Level(
    8,
    "two examples, a dead relu",
    *SHARED,
    {"w": 2.0, "b": -1.0, "x1": 3.0, "x2": -4.0, "y1": 3.0, "y2": 4.0},
    _shared_weights(True),
    # if one of two paths brings 0, their product is 0 as well
    frozenset({"paths multiplied", "only the first path", "overwritten: = instead of +="}),
)
