"""The kernel's exp and sigmoid of many numbers at once give the floats that those of one number do."""

import math
import random
import struct
from array import array

import pytest
from budget import budget
from program_reference import Program

from micrograd.compiler.backends import kernel
from micrograd.functions import sigmoid

if not kernel.available():
    pytest.skip("the native kernel was not built here", allow_module_level=True)

SIZE = 4096
SPECIAL = [0.0, math.inf, math.nan, 5e-324, 2.0**-1022, 1e-300, 2.0**-54, 2.0**-53, 0.5, 1.0, 708.0, 1e9, 1.8e308]


def exp(x):
    return math.inf if x > 709.782712893384 else math.exp(x)


def neighbours(x):
    """x and the floats next to it."""
    (bits,) = struct.unpack("<q", struct.pack("<d", x))
    return struct.unpack("<3d", struct.pack("<3q", bits - 1, bits, bits + 1)) if bits << 1 else (x,)


def numbers(r, size):
    """All signs and sizes, those with a small exp most of all."""
    for _ in range(size // 4):
        yield r.uniform(-745, 710)
        yield r.gauss(0, 4)
        yield r.uniform(-1, 0)
        yield math.ldexp(r.uniform(-1, 1), -r.randrange(60))


def hold(function, name, wanted):
    program = Program(
        SIZE,
        [],
        [(name, SIZE)],
        [*range(1, SIZE + 1)],
        [*range(1, SIZE + 1)],
        [0] * SIZE,
        [*range(1 + SIZE, 1 + 2 * SIZE)],
    )
    loaded, out = kernel.load(program.blocks), array("d", bytes(8 * SIZE))
    for at in range(0, len(wanted), SIZE):
        x = array("d", wanted[at : at + SIZE])
        x.extend([0.0] * (SIZE - len(x)))
        loaded.run(out, x)
        expected = array("d", map(function, x))
        if out.tobytes() != expected.tobytes():
            for got, right, of in zip(out, expected, x, strict=True):
                assert repr(got) == repr(right), f"{name}({of.hex()}) is {got.hex()}, not {right.hex()}"


@pytest.mark.once
@pytest.mark.parametrize("name, function", [("exp", exp), ("sigmoid", sigmoid)])
def test_the_same_floats(name, function):
    r = random.Random(5)
    multiples = [x for k in range(-4400, 4200) for x in neighbours(k * math.log(2) / 4)]  # where the table changes,
    halves = [x for k in range(-4400, 4200) for x in neighbours((k + 0.5) * math.log(2) / 4)]  # and where a rest does
    special = [y for x in SPECIAL for y in (x, -x)]
    wanted = [*special, *multiples, *halves, *(y for x in (708.0, 709.782712893384, 745.133) for y in neighbours(x))]
    hold(function, name, wanted)
    for _ in range(budget(10, 120)):
        hold(function, name, [*numbers(r, 2 * SIZE)])
