"""Random graphs, through the stages in C and in Python: they give the same arrays, and nothing harms the process.

    python tests/compiler/stages_by_chance.py COUNT [MODULE]

The second is the extension to load, one that was built with sanitizers. Prints how many graphs were compared, and how
many broken inputs were refused.
"""

import importlib.util
import math
import random
import sys
from array import array

from both_stages import BOTH, Both, assert_same_nodes
from rows_by_chance import broken_rows, compare_rows

from micrograd._core.listing import Listing
from micrograd.compiler.stages.expressions import Expressions
from micrograd.compiler.stages.native import graph as native
from micrograd.compiler.stages.program import FUNCTIONS
from micrograd.compiler.stages.repeats import LIMITS, Search
from micrograd.compiler.stages.rows import Rows
from micrograd.compiler.tracing.numbers.choices import PICK
from micrograd.compiler.tracing.tape import (
    AT_MOST,
    CONSTANT,
    EQUAL,
    GRADIENT,
    INPUT,
    LESS,
    PART,
    STOP,
    VARIABLE,
    Output,
    Tape,
)
from micrograd.ops import PRIMITIVES, Primitive

NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.0, 4.0, 5.0, math.inf, -math.inf, math.nan]
COMPARISONS = [LESS, AT_MOST, EQUAL]


def steps_of(rng, e, conditions):
    """One call that makes a node, by its name, and the arguments."""

    def any_node():
        k = len(e.nodes)
        return rng.randrange(k) if rng.random() < 0.5 else rng.randrange(max(0, k - 8), k)

    kind = rng.choices(
        ["sum", "number", "function", "comparison", "choice", "pick", "other", "partials"], [12, 4, 3, 3, 3, 1, 2, 2]
    )[0]
    if kind == "sum":
        return rng.choice(["add", "mul", "add", "mul", "sub", "div", "pow"]), (any_node(), any_node())
    if kind == "number":
        return "constant", (rng.choice(NUMBERS),)
    if kind == "function":
        name = rng.choice([*FUNCTIONS])
        return rng.choice(["call", "make"]), (name, *[any_node() for _ in range(FUNCTIONS[name])])
    if kind == "comparison" or not conditions:
        return "compare", (rng.choice(COMPARISONS), any_node(), any_node())
    if kind == "choice":
        condition = rng.choice(conditions)
        x = e.nodes[condition][1] if rng.random() < 0.5 else any_node()
        operands = [rng.choice([x, any_node(), e.constant(0.0), e.constant(1.0)]) for _ in range(2)]
        return "choose", (condition, *operands)
    if kind == "pick":
        return "pick", (any_node(), [any_node() for _ in range(rng.randrange(1, 4))])
    if kind == "other":
        wide = "mine()", *[any_node() for _ in range(rng.randrange(1, 5))]
        return "node", rng.choice([("sum", any_node(), 0), ("sum", *wide[1:], *wide[1:]), (STOP, any_node()), wide])
    pairs = [(any_node(), any_node()) for _ in range(rng.randrange(3))]
    return "store", (any_node(), pairs, rng.random() < 0.5)


def random_graph(rng, inputs, length):
    """The same graph, made in C and in Python."""
    both = Both(native.Graph(inputs), Expressions(inputs))
    conditions = []
    for _ in range(length):
        name, args = steps_of(rng, both, conditions)
        if name == "store":  # partials come before the node, as those of a primitive do
            i, pairs, gate = args
            args = i, [(min(x, i), min(y, i)) for x, y in pairs if x != i], gate
        i = getattr(both, name)(*args)
        if i is not None and both.in_c.node_at(i)[0] in COMPARISONS:
            conditions.append(i)
    assert_same_nodes(both.in_c, both.in_python)
    return both


def compare_graphs(rng):
    inputs = rng.randrange(1, 6)
    both = random_graph(rng, inputs, rng.choice([5, 40, 200]))
    nodes = range(len(both.nodes))
    by = rng.sample(range(1, 1 + inputs), rng.randrange(inputs + 1))
    roots = [rng.choice(nodes) for _ in range(rng.randrange(1, 4))]
    compare_replaced(rng, both, roots, [f"x{k}" for k in range(inputs)])
    sums = BOTH.collect_sums(both, roots, by)
    seeds = [(root, rng.choice([0, rng.randrange(1 + inputs)])) for root in roots]
    gradient = BOTH.differentiate(sums, seeds, by)
    return BOTH.flatten(sums, [f"x{k}" for k in range(inputs)], [*roots, *gradient])


def compare_replaced(rng, both, roots, names):
    computed = [i for i, node in enumerate(both.nodes) if node[0] not in ("constant", "input")]
    others = {
        i: (rng.choice(["mine()", "whole()", "step"]), *[rng.randrange(i) for _ in range(rng.randrange(1, 4))])
        for i in rng.sample(computed, min(len(computed), 3))
    }
    others = {i: node for i, node in others.items() if len(node) == 2 or node[0] != "step"}
    made = BOTH.replace(both, others)
    BOTH.count_uses(made, roots)
    made.of_kinds(["mine()", "whole()", "add"])
    assert not any(made.has_partials(i) for i in others)
    BOTH.flatten(BOTH.collect_sums(made, roots, [], ["whole()"]), names, roots)


# ---- tapes


def swoosh(m, x, y):
    """x² · sin(y), a primitive of a user's own."""
    return x * x * m.sin(y), 2 * x * m.sin(y), x * x * m.cos(y)


OWN = [Primitive(swoosh, "swoosh"), Primitive(lambda m, *xs: (m.exp(xs[0]), *[1.0 for _ in xs]), "wide")]
OPERATIONS = [op for name, op in PRIMITIVES.items() if op.run.__module__ == "micrograd.ops"]


def random_tape(rng, length):
    tape, table, codes = Tape(), [], {}
    rows = Listing(table, array("I"), array("I"), array("I"), array("d"))

    def add(op, operands, number=None):
        numbered = number is not None
        if (op, numbered) not in codes:
            codes[op, numbered] = len(table)
            table.append((op, numbered))
        rows.codes.append(codes[op, numbered])
        rows.places.extend(operands)
        if numbered:
            rows.places.append(len(rows.numbers))
            rows.numbers.append(number)
        rows.ends.append(len(rows.places))
        return len(rows) - 1

    tape.arguments += [add(INPUT, ()) for _ in range(rng.randrange(1, 4))]
    for _ in range(length):
        nodes = [k for k, code in enumerate(rows.codes) if table[code][0] != GRADIENT]
        places = [rng.choice(nodes) for _ in range(12)]
        kind = rng.random()
        if kind < 0.5:
            add(PRIMITIVES[rng.choice(["add", "mul", "sub"])], places[:2])
        elif kind < 0.6:
            add(CONSTANT, (), rng.choice(NUMBERS))
        elif kind < 0.7:
            add(rng.choice([*COMPARISONS]), places[:2])
        elif kind < 0.75:
            add(STOP, places[:1])
        elif kind < 0.77:
            places[0] = add(VARIABLE, places[:1])
            position = add(GRADIENT, places[: rng.randrange(2, 5)], float(rng.randrange(4)))
            tape.gradients.append(position)
            number = len(rows.places) - rows.ends[position - 1] - 2
            for _ in range(rng.randrange(1, 3)):
                add(PART, (position,), float(rng.randrange(number)))
        elif kind < 0.8:
            add(PICK, (tape.arguments[0], *places[: rng.randrange(1, 5)]))
        else:
            op = rng.choice([*OPERATIONS, *OWN])
            if op.name == "power":
                add(op, places[:1], rng.choice(NUMBERS))
            else:
                wide = rng.choice([2, 3, 5, 11]) if op.variadic else len(op.operands)
                add(op, places[: wide | (op.name == "dot")])
    tape.rows = rows
    tape.outputs = [rng.choice(nodes) for _ in range(rng.randrange(1, 4))]
    tape.result = Output(0, True)
    return tape


def compare_tapes(rng):
    tape = random_tape(rng, rng.choice([3, 30, 150]))
    try:
        both, where = BOTH.simplify(tape, 1)
    except OverflowError:  # a primitive that is folded in Python may raise it, from either
        return None
    roots, by = [where[i] for i in tape.outputs], list(range(1, 1 + len(tape.arguments)))
    sums = BOTH.collect_sums(both, roots, by)
    gradient = BOTH.differentiate(sums, [(roots[0], 0)], by)
    return BOTH.flatten(sums, ["x"] * len(tape.arguments), [*roots, *gradient])


# ---- rows that repeat


def random_rows(rng):
    """Rows of a few kinds; stretches of them come again and again, now and then with a row that differs."""
    first = 1 + rng.randrange(4)
    kinds, ends, sides = [], [], ([], [])
    for _ in range(rng.randrange(1, 5)):
        period, times, start = rng.choice([1, 2, 3, 7, 20]), rng.choice([1, 3, 31, 33, 40]), len(kinds)
        body = [
            (
                rng.randrange(3),
                [(rng.random() < 0.3, rng.choice([1, 1, 2, period, 30])) for _ in range(rng.choice([0, 2, 2, 4, 6]))],
            )
            for _ in range(period)
        ]
        for k in range(period * times):
            kind, operands = body[k % period] if rng.random() < 0.999 else body[0]
            kinds.append(kind)
            for at, (fixed, back) in enumerate(operands):
                row = (start if fixed else len(kinds) - 1) - back + first
                sides[at % 2].append(max(row, 0))
            ends.append(len(sides[1]))
    return first, bytes(kinds), array("I", ends), *(array("I", side) for side in sides)


def compare_repeats(rng):
    first, kinds, ends, left, right = rows = random_rows(rng)
    search = Search(Rows([""] * (first - 1), array("d"), (), kinds, ends, left, right, array("I"), array("I")))
    assert [*native.extension.find_repeats(*rows, LIMITS)] == [x for repeat in search.find() for x in repeat]
    part = rng.choice(rows[2:])
    if part and rng.random() < 0.5:
        part[rng.randrange(len(part))] = rng.choice([0, 7, 2**31, 2**32 - 1])
    elif part:
        del part[-1:]
    try:
        native.extension.find_repeats(*rows, LIMITS)
    except ValueError:
        pass


# ---- what is broken


def broken(rng):
    """Whether a tape or a call with something wrong in it was refused; it may also be harmless."""
    tape = random_tape(rng, 20)
    rows = tape.rows

    def wild():
        return rng.choice([0, 1, 7, 10**3, 2**31 - 1, 2**32 - 1])

    damage = rng.randrange(9)
    if damage < 3:
        part = [rows.codes, rows.ends, rows.places][damage]
        part[rng.randrange(len(part))] = wild()
    elif damage == 3:
        del [rows.codes, rows.ends, rows.places, rows.numbers][rng.randrange(4)][-1:]
    elif damage == 4:
        tape.outputs[0] = wild()
    elif damage == 5:
        tape.arguments[0] = wild()
    try:
        native.simplify(tape)
        g = native.Graph(3)
        for _ in range(4):
            getattr(g, rng.choice(["add", "div", "pow", "number", "node_at", "choose"]))(wild(), wild())
    except (ValueError, IndexError, TypeError, OverflowError, KeyError, RuntimeError, NotImplementedError):
        pass
    else:
        return False
    try:
        g = native.Graph(2)
        x = g.make("exp", 1)
        if damage:
            native.replace(g, {wild(): (rng.choice(["exp", "add", "constant"]), wild())})
        sums = native.collect_sums(g, [x if damage else wild()], [1])
        native.differentiate(sums, [(wild(), 0)], [wild()])
        native.flatten(sums, ["x"] * rng.choice([2, 5, 10**9]) if damage == 8 else [], [wild()])
    except (ValueError, IndexError, TypeError, OverflowError, MemoryError):
        return True
    return False


def main(tries, module=None):
    if module is not None:
        spec = importlib.util.spec_from_file_location("_stages", module)
        native.extension = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(native.extension)
        native.extension.connect(native.compute)
        native.Graph = type("Graph", (native.extension.Graph,), {**vars(native.Graph), "__slots__": ()})
    compared = refused = 0
    for seed in range(tries):
        rng = random.Random(seed)
        compare_graphs(rng)
        if seed % 10 == 0:
            compare_repeats(random.Random(seed))
        compared += compare_tapes(rng) is not None
        refused += broken(rng)
        compare_rows(random.Random(seed), native.extension)
        broken_rows(random.Random(seed), native.extension)
    return compared, refused


if __name__ == "__main__":
    print(*main(int(sys.argv[1]), *sys.argv[2:]))
