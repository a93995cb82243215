"""Feed programs that are broken at random to a kernel: python broken_programs.py PATH-OF-EXTENSION COUNT PART.

The extension is one built with sanitizers, which end the process at the first wrong access. Prints how many programs
were refused, how many ran, and how many of these were held to the reference.
"""

import importlib.util
import random
import sys
from array import array

from blocks_reference import run
from program_reference import NUMBERS
from random_blocks import random_blocks

from micrograd.compiler.backends.kernel import arguments
from micrograd.compiler.stages.blocks import Blocks
from micrograd.compiler.stages.program import KINDS

SIMPLE = ("sum", "sum", "relu", "gate", "div", "choose", "pick")
SLOTS = [0, 1, 2, 3, 7, 22, 23, 24, 255, 256, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]
NUMBER = {
    "d": lambda r: r.choice(NUMBERS),
    "I": lambda r: r.choice([r.choice(SLOTS), r.randrange(99)]),
    "q": lambda r: r.choice([r.randrange(-3, 30), r.choice(SLOTS), -r.choice(SLOTS), r.randint(-(2**63), 2**63 - 1)]),
}
POOL = array("d", [*NUMBERS, *(0.1 * k - 4 for k in range(1100))])
CONSTANTS, OUTPUTS = 2, 12  # the places of the first and the last array among the arguments
MOST = 20_000  # terms of a program that is run


def damage(r, parts):
    """Change one to three numbers of the arguments; returns how to undo it."""
    undo = []
    for _ in range(r.choice([1, 1, 2, 3])):
        at = r.choice([0, 1, *range(CONSTANTS, OUTPUTS + 1), 3, 3, 3, 3, 4, 4])
        part = parts[at]
        if at < CONSTANTS:
            undo.append((parts, at, part))
            parts[at] = r.choice([part + 1, part - 1, -1, 2**63, 2**70, NUMBER["I"](r)])
        elif part:
            place = r.randrange(len(part))
            undo.append((part, place, part[place]))
            near = part.typecode == "q" and r.random() < 0.5
            part[place] = nudged(r, part[place]) if near else NUMBER[part.typecode](r)
    return undo


def nudged(r, x):
    return max(-(2**63), min(x + r.choice([-1, 1, 2, -x, x]), 2**63 - 1))


def reshaped(r, parts):
    """The arguments with one array longer or shorter, or of random bytes."""
    parts = list(parts)
    at = r.randrange(CONSTANTS, OUTPUTS + 1)
    part = parts[at][:]
    place, how = r.randrange(len(part) + 1), r.randrange(4)
    if how == 0:
        part[place:place] = array(part.typecode, [NUMBER[part.typecode](r) for _ in range(r.choice([1, 7, 11]))])
    elif how == 1:
        del part[place : place + r.choice([1, 4, 9, 11, 15])]
    elif how == 2:
        part.extend(part[: r.choice([1, 9, 11, 15])])
    else:
        part = array(part.typecode, r.randbytes(8 * r.randrange(34)))
    parts[at] = part
    return parts


def buffers(r, kernel):
    """Buffers for a run, mostly of the right sizes."""
    inputs = [r.choice(NUMBERS) if r.random() < 0.2 else r.gauss(0, 2) for _ in range(kernel.inputs)]
    cut = sorted(r.randrange(kernel.inputs + 1) for _ in range(r.choice([0, 1, 2, 12])))
    parts = [array("d", inputs[a:b]) for a, b in zip([0, *cut], [*cut, len(inputs)], strict=True)]
    out = array("d", bytes(8 * kernel.outputs))
    wrong = r.randrange(12)
    if wrong == 0:
        out = r.choice(
            [array("d", bytes(8 * r.randrange(9))), bytes(8 * kernel.outputs), array("f", out), memoryview(out)[::2]]
        )
    if wrong == 1:
        at = r.randrange(len(parts))
        parts[at] = r.choice(
            [parts[at][1:], parts[at].tobytes(), memoryview(parts[at])[::-1], array("q", bytes(8)), None]
        )
    return out, inputs, parts


def main(path, count, part=0):
    spec = importlib.util.spec_from_file_location("_kernel", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    r, refused, ran, held = random.Random(1 + part), 0, 0, 0
    for i in range(count):
        if i % 100 == 0:
            good = list(arguments(random_blocks(r, SIMPLE if r.random() < 0.8 else tuple(KINDS))))
        undo = () if i % 10 == 9 else damage(r, good)
        parts = reshaped(r, good) if i % 10 == 9 else good
        try:
            kernel = module.Kernel(*parts, wide=i % 2)
        except ValueError:
            refused += 1
        else:
            if kernel.inputs < 1000 and kernel.terms < MOST:
                done = attempt(r, kernel, parts, i % 250 < 2)
                ran, held = ran + (done > 0), held + (done > 1)
        for part, place, was in reversed(undo):
            part[place] = was
    print(refused, ran, held)


def attempt(r, kernel, parts, compared):
    """Run the program, with `compared` as its reference does; 0 if the buffers were wrong, 1 if it ran, 2 if held."""
    if compared:
        out, inputs, pieces = buffers(r, kernel)
    else:
        inputs = POOL[r.randrange(99) :][: kernel.inputs]
        out, pieces = array("d", bytes(8 * kernel.outputs)), [inputs]
    try:
        if kernel.outputs and not compared:
            kernel.run_with_gradient(kernel.outputs, out, *pieces)
        else:
            kernel.run(out, *pieces)
    except (ValueError, TypeError):
        return 0
    if not compared:
        return 1
    count, slots, constants, *arrays = parts
    expected = run(Blocks(count, constants, slots, *arrays), inputs)
    for a, b in zip(out, expected, strict=True):
        assert a == b or (a != a and b != b) or abs(a - b) <= 1e-12 * abs(b), (parts, inputs, a, b)
    return 2


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:]))
