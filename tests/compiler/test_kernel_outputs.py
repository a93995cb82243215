"""Gradients that the native kernel writes where they are wanted, and sums of whole numbers: those of the reference."""

import random
from array import array

import pytest
from blocks_reference import run
from program_reference import Program
from program_reference import run as run_program

from micrograd.compiler.backends import kernel
from micrograd.compiler.stages.blocks import Block, Piece, View, assemble

if not kernel.available():
    pytest.skip("the native kernel was not built here", allow_module_level=True)

from micrograd.compiler.backends import _kernel


def product(outer, rows, lanes, terms, arrange):
    """A matrix product, or some, whose results are outputs as `arrange` says, behind an output of its own."""
    left = View(1, (rows * terms, terms, 0), 1)
    right = View(1 + outer * rows * terms, (0, 0, 1), lanes)
    inputs = outer * rows * terms + lanes * terms
    first = 1 + inputs
    steps = [Block("sum", first, (outer, rows, lanes), (Piece(terms, left, right),))]
    slots = [*range(first, first + outer * rows * lanes)]
    return assemble(inputs, [], steps, [1, *arrange(slots, rows, lanes)])


def by_rows(slots, rows, lanes):
    """Rows with a number behind each, as of layers whose neurons have a bias."""
    return [slot for at in range(0, len(slots), lanes) for slot in (*slots[at : at + lanes], 2)]


ARRANGEMENTS = [
    lambda slots, rows, lanes: slots,
    by_rows,
    lambda slots, rows, lanes: slots[::-1],
    lambda slots, rows, lanes: [*slots[1:], slots[0]],
    lambda slots, rows, lanes: [*slots, slots[3]],
]


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("arrange", ARRANGEMENTS)
@pytest.mark.parametrize("shape", [(1, 6, 16, 5), (1, 5, 3, 8), (2, 7, 9, 6), (3, 4, 8, 2), (1, 27, 13, 8)])
def test_gradients_are_written_where_they_are_wanted(shape, arrange, wide):
    blocks = product(*shape, arrange)
    r = random.Random(len(blocks.outputs))
    numbers = [r.choice([-0.0, 0.0, 1.5, -2.25, r.gauss(0, 1)]) for _ in range(blocks.inputs)]
    expected, loaded = run(blocks, numbers), _kernel.Kernel(*kernel.arguments(blocks), wide=wide)
    n = loaded.outputs
    for end in (1, n // 2, n):
        room = bytearray(8 * n + 1)
        for out in (memoryview(room)[: 8 * n].cast("d"), array("d", bytes(8 * n))):
            loaded.run_with_gradient(end, out, array("d", numbers))
            assert repr([*out]) == repr([x + 0.0 if 1 <= i < end else x for i, x in enumerate(expected)])
    out, also = array("d", numbers[:n]), min(n, blocks.inputs)  # the inputs are read before out is written
    out.extend([0.0] * (n - also))
    loaded.run_with_gradient(n, out, memoryview(out)[:also], array("d", numbers[also:]))
    assert out[1:].tolist() == expected[1:]


def test_a_result_that_a_step_reads_is_an_output_all_the_same():
    left, right = View(1, (0, 4, 0), 1), View(25, (0, 0, 1), 8)
    steps = [
        Block("sum", 57, (1, 6, 8), (Piece(4, left, right),)),
        Block("relu", 105, (1, 1, 3), (Piece(1, View(80, (0, 0, 1))),)),
    ]
    blocks = assemble(56, [], steps, [1, *range(57, 108)])
    numbers = [(7 * i) % 11 - 5.0 for i in range(56)]
    loaded = _kernel.Kernel(*kernel.arguments(blocks))
    out = array("d", bytes(8 * loaded.outputs))
    loaded.run_with_gradient(loaded.outputs, out, array("d", numbers))
    assert out.tolist() == run(blocks, numbers)


def comparisons(r, n, terms, constants):
    """Comparisons of inputs, a result that is none, and a sum of some of them, each as often as a constant says."""
    kinds = ["less", "at most", "equal"]
    first = 1 + 2 * n + len(constants)
    groups = [(kind, n) for kind in kinds] + [("relu", 1), ("sum", 1)]
    left = [*range(1, n + 1)] * 3 + [1]
    right = [*range(n + 1, 2 * n + 1)] * 3 + [0]
    for _ in range(terms):
        among, weight = r.randrange(first, first + 3 * n), r.choice([0, 0, *range(1 + 2 * n, first)])
        pair = (among, weight) if r.random() < 0.9 else r.choice([(weight, among), (weight, 0)])
        left.append(pair[0]), right.append(pair[1])
    ends = [*range(1, 3 * n + 2), 3 * n + 1 + terms]
    return Program(2 * n, constants, groups, ends, left, right, [first + 3 * n + 1])


@pytest.mark.parametrize("constants", [[-1.0], [-1.0, 5.0, -3.0], [0.0, -0.0, -1.0], [-0.0], [0.5, -0.1], [1e17], []])
@pytest.mark.parametrize("n", [40, 9, 3])
def test_sums_of_whole_numbers(n, constants):
    r = random.Random(n)
    for terms in (20, 33, 200):
        program = comparisons(r, n, terms, constants)
        numbers = [r.choice([1.0, 2.0, 3.0]) for _ in range(2 * n)]
        for wide in (True, False):
            out = array("d", [0.0])
            _kernel.Kernel(*kernel.arguments(program.blocks), wide=wide).run(out, array("d", numbers))
            assert repr(out.tolist()) == repr(run_program(program, numbers))
