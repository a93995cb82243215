"""Random rows, and what matrices do with many of them at once, in C and in Python; and rows with something broken."""

from array import array

from micrograd.compiler.matrices import together
from micrograd.compiler.matrices.agenda import find_batches
from micrograd.compiler.matrices.operands import NOWHERE, Operands

WILD = [0, 1, 7, 10**3, 2**31 - 1, 2**32 - 1]


def random_operands(rng):
    """Layers of rows that look alike, now and then with one that differs; their numbers are in no order."""
    leaves = rng.randrange(1, 6)
    sizes = [rng.choice([1, 2, 5, 20]) for _ in range(rng.randrange(8))]
    spare = rng.randrange(3)
    numbers = rng.sample(range(leaves, leaves + sum(sizes) + spare), sum(sizes))
    if rng.random() < 0.7:
        numbers.sort()
    kinds, ends, left, right = bytearray(), array("I"), array("I"), array("I")
    below = [*range(leaves)]
    for size in sizes:
        kind, width = rng.randrange(3), rng.choice([0, 1, 1, 2, 4])
        shared = [[rng.choice(below), rng.choice(below)] for _ in range(width)]
        first = len(kinds)
        for k in range(size):
            for pair in shared if rng.random() < 0.9 else shared[1:]:
                left.append(pair[0] if rng.random() < 0.7 else rng.choice(below))
                right.append(pair[1] if rng.random() < 0.7 else rng.choice([0, below[-1 - k % len(below)]]))
            kinds.append(kind if rng.random() < 0.95 else rng.randrange(3))
            ends.append(len(left))
        below += numbers[first : len(kinds)]
    return Operands(
        ("sum", "exp", "mine()"), leaves + sum(sizes) + spare, array("I", numbers), bytes(kinds), ends, left, right
    )


def judge(rng):
    """Any looks, the same for the same rows."""
    seed = rng.random()

    def judged(first, edges, forward):
        assert len(edges) % 2 == 0 and max(edges, default=0) < max(1, len(first))
        looks = [(hash((seed, k)) + forward[place]) % 4 for k, place in enumerate(first)]
        order = {look: k for k, look in enumerate(dict.fromkeys(looks))}
        return array("I", [order[look] for look in looks]), bytes([look % 4 for look in order])

    return judged


def calls(rng, operands):
    """Each function by its name, with arguments."""
    flat, count, rows = operands.flat, operands.count, operands.numbers
    codes = array("i", [rng.randrange(-3, 3) for _ in range(count)])
    marks = bytes(rng.random() < 0.2 for _ in range(count))
    some = array("I", rng.sample(rows, rng.randrange(len(rows) + 1))) if rows else rows
    width = min([len(operands.terms(i)) for i in some], default=0)
    positions = [rng.randrange(width) for _ in range(3)] if width else []
    values = array("I", [rng.randrange(9) for _ in range(count)])
    yield "number_looks", (*flat, codes, some, None)
    yield "number_looks", (*flat, codes, some, positions)
    yield "gather", (*flat, some, positions, rng.choice([values, None]))
    size = rng.choice([1, 2, 5])
    pairs = [array("I", [rng.randrange(9) for _ in range(4 * size)]) for _ in range(2)]
    yield "have_repeats", (pairs[0], rng.choice([pairs[1], array("I")]), size)
    yield "lie_evenly", random_places(rng)
    yield "coordinates", (some, rng.randrange(1, 4), rng.randrange(1, 5))
    yield "rows_with", (*flat, 0, marks, rng.randrange(2), rng.randrange(3), rng.choice([1, 4]))
    yield "summed_once", (*flat, rng.randrange(3))
    yield "select", (array("I", [rng.randrange(4) for _ in range(9)]), bytes([0, 1, 0, 1]))
    results = [rng.randrange(count) for _ in range(rng.randrange(3))]
    yield "find_batches", (*flat, rows, marks, results, judge(rng))


def random_places(rng):
    """Places that follow from loops, or nearly so, and these loops."""
    first, sizes = rng.randrange(99), [rng.randrange(1, 4) for _ in range(rng.randrange(4))]
    steps = [rng.choice([0, 1, 2, 7]) for _ in sizes]
    places = array("I", [first])
    for step, size in zip(steps, sizes, strict=True):
        places = array("I", [place + k * step for place in places for k in range(size)])
    for _ in range(rng.choice([0, 0, 1])):
        places[rng.randrange(len(places))] = rng.choice([0, NOWHERE])
    return places, first, steps, sizes


def compare_rows(rng, extension):
    operands = random_operands(rng)
    in_python = {**together.IN_PYTHON._asdict(), "find_batches": find_batches}
    for name, args in calls(rng, operands):
        got, expected = (function(*args) for function in (getattr(extension, name), in_python[name]))
        assert repr(got) == repr(expected), name
    there = array("I", rng.sample(range(999), len(operands.numbers)))
    made = []
    for put in (extension.put, together.put):
        codes, places = array("i", [-1] * operands.count), array("I", [0] * operands.count)
        put(codes, places, operands.numbers, array("I"), 1)
        put(codes, places, operands.numbers[1:], there[1:], 2)
        made.append((codes, places))
    assert made[0] == made[1]


def broken_rows(rng, extension):
    """Call each function with an array that is broken; whether one was refused. It may also be harmless."""
    refused = 0
    for name, args in calls(rng, random_operands(rng)):
        changed = [array(x.typecode, x) if isinstance(x, array) else x for x in args]
        arrays = [k for k, x in enumerate(changed) if isinstance(x, array) and len(x)]
        for k in rng.sample(arrays, min(2, len(arrays))):
            if rng.random() < 0.3:
                del changed[k][-1:]
            elif changed[k].typecode == "I":
                changed[k][rng.randrange(len(changed[k]))] = rng.choice(WILD)
        if rng.random() < 0.2:
            changed[rng.randrange(len(changed))] = rng.choice([None, b"", array("d"), -1, 2**70, lambda *told: told])
        try:
            getattr(extension, name)(*changed)
        except (ValueError, IndexError, TypeError, OverflowError, AssertionError):
            refused += 1
    return refused > 0
