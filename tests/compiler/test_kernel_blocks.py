"""The native kernel on blocks: the numbers of their reference, to the bit, with vectors of either width."""

import random
from array import array

import pytest
from blocks_reference import run
from budget import seeds
from program_reference import NUMBERS
from random_blocks import random_blocks

from micrograd.compiler.backends import kernel
from micrograd.compiler.stages.program import KINDS

if not kernel.available():
    pytest.skip("the native kernel was not built here", allow_module_level=True)

from micrograd.compiler.backends import _kernel

EXACT = ("sum", "relu", "step", "div", "gate", "relu gate", "choose", "pick", "less", "exp")


def outputs(blocks, inputs, wide=True):
    loaded = _kernel.Kernel(*kernel.arguments(blocks), wide=wide)
    out = array("d", bytes(8 * loaded.outputs))
    for _ in range(2):  # the second time in memory that has been used
        loaded.run(out, array("d", inputs))
    return out.tolist()


@pytest.mark.parametrize("seed", seeds(60, 1000))
def test_random_blocks(seed):
    r = random.Random(seed)
    kinds = EXACT if seed % 4 else tuple(KINDS)
    blocks = random_blocks(r, kinds)
    inputs = [r.choice(NUMBERS) if r.random() < 0.1 else r.gauss(0, 2) for _ in range(blocks.inputs)]
    wide, narrow, expected = outputs(blocks, inputs), outputs(blocks, inputs, wide=False), run(blocks, inputs)
    assert repr(wide) == repr(narrow)
    if kinds is EXACT:
        assert repr(wide) == repr(expected)
    else:
        assert wide == pytest.approx(expected, rel=1e-12, abs=0, nan_ok=True)
