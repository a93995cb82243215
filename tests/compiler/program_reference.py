"""What the kinds of results mean, in plain Python; programs of groups only, and what such a program means."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from micrograd.compiler.backends import kernel
from micrograd.compiler.stages.blocks import Group, Term, assemble
from micrograd.compiler.stages.program import FUNCTIONS as DECLARED
from micrograd.compiler.stages.program import KINDS
from micrograd.ops import PRIMITIVES


@dataclass
class Program:
    """The slots are 1, the inputs, the constants and the results of the groups, in this order.

    groups        (kind, n): the next n slots are of this kind
    ends          for each computed slot, where its terms end; they begin where those of the one before end
    left, right   the pairs
    outputs       the slots that are returned
    """

    inputs: int
    constants: list
    groups: list
    ends: list
    left: list
    right: list
    outputs: list

    @property
    def first(self):
        return 1 + self.inputs + len(self.constants)

    @property
    def slots(self):
        return self.first + len(self.ends)

    @property
    def blocks(self):
        pairs = list(map(Term, self.left, self.right))
        rows = [tuple(pairs[a:b]) for a, b in pairwise([0, *self.ends])]
        steps, node = [], 0
        for kind, count in self.groups:
            steps.append(Group(kind, self.first + node, tuple(rows[node : node + count])))
            node += count
        return assemble(self.inputs, self.constants, steps, self.outputs)


def step(x):
    return 1.0 if x > 0 else 0.0 if x <= 0 else math.nan


def pick(at, *choices):
    return choices[int(at)] if at in range(len(choices)) else math.nan


FUNCTIONS = {
    **{op.name: op.floats for op in PRIMITIVES.values() if op.floats is not None},
    "relu": lambda x: 0.0 if x <= 0 else x,
    "step": step,
    "div": lambda a, b: a / b,
    "pow": math.pow,
    "less": lambda a, b: float(a < b),
    "at most": lambda a, b: float(a <= b),
    "equal": lambda a, b: float(a == b),
    "gate": lambda a, b: 0.0 if a == 0 else a * b,
    "relu gate": lambda a, b: b if a > 0 else 0.0 if a <= 0 else math.nan,
}
IEEE = {op.name: op.numpy for op in PRIMITIVES.values()} | {"pow": "power"}
BINARY = {"div", "pow", "less", "at most", "equal", "gate", "relu gate"} | {
    name for name, operands in DECLARED.items() if operands == 2
}


def quietly(kind, *operands):
    """The function of this kind in IEEE arithmetic, where Python would raise."""
    try:
        return FUNCTIONS[kind](*operands)
    except (ArithmeticError, ValueError):
        with np.errstate(all="ignore"):
            return float(getattr(np, IEEE.get(kind, kind))(*map(np.float64, operands)))


def result(kind, terms):
    """What a slot of this kind makes of its terms, which are pairs of numbers."""
    if kind == "sum":
        total = -0.0 if terms else 0.0
        for a, b in terms:
            total += a * b
        return total
    if kind == "choose":
        (a, b), (c, _) = terms
        return b if a != 0 else c
    if kind == "pick":
        return pick(*[a for a, _ in terms])
    a, b = terms[0]
    return quietly(kind, a, b) if kind in BINARY else quietly(kind, a)


def run(program, inputs):
    """The outputs of a program."""
    slots = [1.0, *inputs, *program.constants]
    begin, node = 0, 0
    for kind, count in program.groups:
        group = []
        for end in program.ends[node : node + count]:
            group.append(result(kind, [(slots[program.left[t]], slots[program.right[t]]) for t in range(begin, end)]))
            begin = end
        slots += group
        node += count
    return [slots[slot] for slot in program.outputs]


NUMBERS = [0.0, -0.0, 1.0, -1.0, 2.0, 3.0, 0.5, -2.5, 1e-300, 1e300, math.inf, -math.inf, math.nan, 709.0, -745.0]


def random_program(random, size=5):
    """A program in which every kind occurs sooner or later, and every result is an output.

    Half of the sums are rows: their slots lie a stride apart from one to the next, but for an exception now and then.
    """
    constants = [random.choice(NUMBERS) for _ in range(random.randrange(size))]
    program = Program(random.randrange(4 * size), constants, [], [], [], [], [])
    for _ in range(random.randrange(1, size)):
        add_group(program, random, random.choice([*KINDS, *["sum"] * 8]), random.randrange(1, 5 * size))
    program.outputs[:] = range(program.slots)
    return program


def add_group(program, random, kind, count):
    before = program.slots
    number = random.randrange(6) if KINDS[kind] is None else KINDS[kind]
    if kind == "pick":
        number += 1
    row = kind == "sum" and random.random() < 0.6
    sides = [(strided(random, before, count), strided(random, before, count)) for _ in range(number)]
    for i in range(count):
        if not row and KINDS[kind] is None and kind == "sum":
            number = random.randrange(6)
        for t in range(number):
            pair = [sides[t][0](i), sides[t][1](i)] if row else [random.randrange(before), random.randrange(before)]
            if row and random.random() < 0.1:
                pair.reverse()
            if row and random.random() < 0.005:
                pair[0] = random.randrange(before)
            if kind != "sum" and kind not in BINARY and not (kind == "choose" and t == 0):
                pair[1] = 0
            program.left.append(pair[0])
            program.right.append(pair[1])
        program.ends.append(len(program.left))
    program.groups.append((kind, count))


def strided(random, before, count):
    """A slot for each place of a row, all before this one, a random stride apart."""
    most = (before - 1) // max(1, count - 1)
    stride = random.choice([0, min(1, most), random.randint(-most, most)])
    first = random.randrange(before - abs(stride) * (count - 1)) + (abs(stride) * (count - 1) if stride < 0 else 0)
    return lambda i: first + stride * i


def packed(program):
    """The program as the arguments of `Kernel`."""
    return list(kernel.arguments(program.blocks))
