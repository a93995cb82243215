"""Feed programs that are broken at random to a kernel: python broken_programs.py PATH-OF-EXTENSION COUNT.

The extension is one built with sanitizers, which end the process at the first wrong access. Prints how many programs
were refused, how many ran, and how many of these were held to the reference.
"""

import importlib.util
import random
import sys
from array import array

from program_reference import NUMBERS, packed, random_program, run

from micrograd.compiler.stages.program import KINDS, Program

EDGES = [0, 1, 2, 3, 7, 22, 23, 24, 255, 256, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]
INPUTS, CONSTANTS, KIND, COUNTS, ENDS, LEFT, RIGHT, OUTPUTS = range(8)


def mutated(r, arguments):
    """The arguments with one to three of their parts damaged."""
    arguments = list(arguments)
    for _ in range(r.randint(1, 3)):
        at = r.randrange(8)
        part = arguments[at]
        if at == INPUTS:
            arguments[at] = r.choice([*EDGES, -1, 2**63, 2**70, part + 1, max(0, part - 1)])
        elif at == KIND:
            part = bytearray(part)
            change(r, part, lambda: r.choice([r.randrange(len(KINDS)), r.randrange(256)]))
            arguments[at] = bytes(part)
        else:
            part = part[:]
            number = (
                (lambda: r.choice(NUMBERS))
                if at == CONSTANTS
                else (lambda: r.choice([r.choice(EDGES), r.randrange(99)]))
            )
            change(r, part, number)
            arguments[at] = part
    return arguments


def change(r, part, number):
    how, at = r.randrange(6), r.randrange(len(part) + 1)
    if how == 0:
        part.insert(at, number())
    elif how == 1:
        del part[at : at + r.choice([1, 1, 4])]
    elif how == 2 and at < len(part):
        other = r.randrange(len(part))
        part[at], part[other] = part[other], part[at]
    elif how == 3 and at < len(part) and isinstance(part[at], int):
        part[at] = max(0, min(part[at] + r.choice([-1, 1]), 255 if isinstance(part, bytearray) else 2**32 - 1))
    elif at < len(part):
        part[at] = number()


def nonsense(r):
    """Arguments of random bytes."""
    few = r.randrange(12)
    numbers = [array("I", r.randbytes(4 * few)) if r.random() < 0.5 else array("I", [few] * few) for _ in range(5)]
    return [r.choice(EDGES), array("d", r.randbytes(8 * few)), r.randbytes(few), *numbers]


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


def main(path, count):
    spec = importlib.util.spec_from_file_location("_kernel", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    r, refused, ran, held = random.Random(1), 0, 0, 0
    for i in range(count):
        if i % 40 == 0:
            good = packed(random_program(r, r.randrange(2, 9)))
        arguments = nonsense(r) if i % 10 == 9 else mutated(r, good) if i % 40 else good
        try:
            kernel = module.Kernel(*arguments, wide=i % 2)
        except ValueError:
            refused += 1
            continue
        if kernel.inputs > 1000:
            continue
        out, inputs, parts = buffers(r, kernel)
        try:
            kernel.run(out, *parts)
        except (ValueError, TypeError):
            continue
        ran += 1
        if ran % 20 == 0:
            held += 1
            compare(arguments, inputs, out)
    print(refused, ran, held)


def compare(arguments, inputs, out):
    kinds = list(KINDS)
    groups = [(kinds[kind], count) for kind, count in zip(arguments[KIND], arguments[COUNTS], strict=True)]
    expected = run(Program(arguments[INPUTS], list(arguments[CONSTANTS]), groups, *map(list, arguments[ENDS:])), inputs)
    for a, b in zip(out, expected, strict=True):
        assert a == b or (a != a and b != b) or abs(a - b) <= 1e-12 * abs(b), (arguments, inputs, a, b)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
