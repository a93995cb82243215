"""The kernel's functions of many numbers at once give the floats that those of one number do."""

import math
import os
import random
import struct
import subprocess
import sys
from array import array

import pytest
from budget import budget
from program_reference import Program

from micrograd.compiler.backends import kernel
from micrograd.functions import sigmoid

if not kernel.available():
    pytest.skip("the native kernel was not built here", allow_module_level=True)

SIZE = 4096
ENDS_OF_ERF = [
    2.0**-28,
    0.84375,
    1.25,
    1 / 0.35,
    2.8571410179138184,
    6.0,
]  # of the ranges in which it is computed alike
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


def power(y):
    def function(x):
        if -math.inf < x < 0:
            return math.nan
        try:
            return math.pow(x, y)
        except (OverflowError, ValueError):
            return math.inf

    return function


def hold(function, name, wanted, right=None):
    program = Program(
        SIZE,
        [] if right is None else [right],
        [(name, SIZE)],
        [*range(1, SIZE + 1)],
        [*range(1, SIZE + 1)],
        [0 if right is None else 1 + SIZE] * SIZE,
        [],
    )
    program.outputs[:] = range(program.first, program.slots)
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


def log(x):
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


@pytest.mark.once
def test_the_same_logarithms():
    r = random.Random(6)
    ends = [math.ldexp(k / 64, e) for k in range(32, 128) for e in (-1022, -1, 0, 1, 40, 1022)]  # of the table's cells
    hold(log, "log", [*(y for x in SPECIAL for y in (x, -x)), *(y for x in ends for y in neighbours(x))])
    for _ in range(budget(10, 120)):
        near = [1 + math.ldexp(r.uniform(-1, 1), -r.randrange(4, 54)) for _ in range(SIZE)]
        hold(log, "log", [*near, *(math.ldexp(r.uniform(1, 2), r.randrange(-1074, 1024)) for _ in range(SIZE))])


OTHERWISE = """
import test_vector_functions as here
here.hold(here.log, "log", [386.54804501302081, 469.83738199869788] + [0.94 + k / 2**17 for k in range(16_000)])
here.hold(here.exp, "exp", [k / 2**11 for k in range(-8_000, 8_000)])
"""


@pytest.mark.once
def test_a_library_that_rounds_otherwise_is_called_itself():
    """As glibc does where it finds no fused multiply-add; elsewhere the variable means nothing."""
    without = ",".join(f"-{name}" for name in ("AVX2", "FMA", "AVX2_Usable", "FMA_Usable", "FMA4"))
    environment = {
        **os.environ,
        "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={without}",
        "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path]),
    }
    subprocess.run([sys.executable, "-c", OTHERWISE], env=environment, check=True)


def test_the_same_roots():
    r = random.Random(9)
    some = [math.ldexp(r.uniform(-0.1, 1), r.randrange(-1074, 1024)) for _ in range(SIZE)]
    hold(
        lambda x: math.sqrt(x) if x >= 0 or x != x else math.nan,
        "sqrt",
        [*(y for x in SPECIAL for y in (x, -x)), *some],
    )


@pytest.mark.once
def test_the_same_erfs():
    r = random.Random(8)
    ends = [y for x in (*SPECIAL, *ENDS_OF_ERF) for y in neighbours(x)]
    hold(math.erf, "erf", [*ends, *(-x for x in ends)])
    for _ in range(budget(10, 120)):
        hold(math.erf, "erf", [*(r.gauss(0, 1) for _ in range(SIZE)), *(r.uniform(-7, 7) for _ in range(SIZE))])
        hold(math.erf, "erf", [*(math.ldexp(r.uniform(-1, 1), -r.randrange(60)) for _ in range(SIZE))])


@pytest.mark.once
@pytest.mark.parametrize("y", [-0.5, -1.5])
def test_the_same_powers(y):
    r = random.Random(7)
    near = [x for k in range(-120, 121) for x in neighbours(2.0**k)]
    hold(power(y), "pow", [*(x for special in SPECIAL for x in (special, -special)), *near], y)
    for _ in range(budget(10, 120)):
        some = (
            math.ldexp(r.uniform(1, 2), r.choice([r.randrange(-4, 5), r.randrange(-110, 111)])) for _ in range(SIZE)
        )
        hold(power(y), "pow", [*some], y)
