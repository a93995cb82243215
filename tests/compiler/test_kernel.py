"""The native kernel: what it computes, what it refuses, and that threads do not meet."""

import ctypes
import math
import pickle
import random
import threading
from array import array
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_reference import NUMBERS, Program, packed, random_program, run

from micrograd.compiler.backends import kernel
from micrograd.compiler.stages.blocks import STEP
from micrograd.compiler.stages.program import KINDS

if not kernel.available():
    pytest.skip("the native kernel was not built here", allow_module_level=True)

from micrograd.compiler.backends import _kernel


def outputs(program, inputs=()):
    """What the kernel computes, the same numbers with vectors of two widths."""
    out, narrow = (array("d", bytes(8 * len(program.outputs))) for _ in range(2))
    kernel.load(program.blocks).run(out, array("d", inputs))
    _kernel.Kernel(*packed(program), wide=False).run(narrow, array("d", inputs))
    assert repr(out) == repr(narrow)
    return out.tolist()


def one(kind, *terms, constants=()):
    """What a slot of this kind makes of its terms: places among the constants, from 1 on."""
    left, right = zip(*terms, strict=True) if terms else ((), ())
    return outputs(Program(0, list(constants), [(kind, 1)], [len(terms)], [*left], [*right], [1 + len(constants)]))[0]


def rows(n, terms, inputs=400):
    """A group of n sums over the inputs, which are as many rows as one likes of weights and one row of numbers."""
    left = [1 + (i * 7 + t * 3) % (inputs - 1) for i in range(n) for t in range(terms)]
    right = [1 + (11 * t) % (inputs - 1) for _ in range(n) for t in range(terms)]
    ends = [terms * (i + 1) for i in range(n)]
    return Program(inputs, [], [("sum", n)], ends, left, right, [*range(1 + inputs, 1 + inputs + n)])


# ---- what is computed


@given(st.integers(0, 2**32), st.integers(2, 12))
def test_programs_of_all_kinds(seed, size):
    r = random.Random(seed)
    program = random_program(r, size)
    inputs = [r.choice(NUMBERS) if r.random() < 0.2 else r.gauss(0, 2) for _ in range(program.inputs)]
    assert outputs(program, inputs) == pytest.approx(run(program, inputs), rel=1e-12, abs=0, nan_ok=True)


@pytest.mark.parametrize("kind", [kind for kind, terms in KINDS.items() if terms == 1])
@pytest.mark.parametrize("how", ["alone", "side by side", "apart"])
def test_each_function_at_each_number(kind, how):
    binary = kind in ("div", "pow", "less", "at most", "equal")
    pairs = [(1 + i, 1 + j if binary else 0) for i in range(len(NUMBERS)) for j in range(len(NUMBERS) if binary else 1)]
    if how == "apart":
        pairs.reverse()
    groups = [(kind, 1)] * len(pairs) if how == "alone" else [(kind, len(pairs))]
    first = 1 + len(NUMBERS)
    program = Program(len(NUMBERS), [], groups, [*range(1, len(pairs) + 1)], *map(list, zip(*pairs, strict=True)), [])
    program.outputs[:] = range(first, program.slots)
    off = 1e-15 if kind == "hypot" else 0.0  # math.hypot has an algorithm of its own
    assert outputs(program, NUMBERS) == pytest.approx(run(program, NUMBERS), rel=off, abs=0, nan_ok=True)


@pytest.mark.parametrize("n", range(1, 40))
def test_rows_of_every_length(n):
    program = rows(n, 3)
    inputs = [math.sin(i) for i in range(program.inputs)]
    assert outputs(program, inputs) == run(program, inputs)


@pytest.mark.parametrize("left", [-3, -1, 0, 1, 2])
@pytest.mark.parametrize("right", [-2, 0, 1, 5])
def test_rows_of_every_stride(left, right):
    n, start = 21, 150
    a = [start + i * left + t for i in range(n) for t in range(4)]
    b = [start + i * right - t for i in range(n) for t in range(4)]
    program = Program(300, [], [("sum", n)], [*range(4, 4 * n + 1, 4)], a, b, [*range(301, 301 + n)])
    inputs = [math.cos(i) for i in range(300)]
    assert kernel.load(program.blocks).together == 4 * n
    assert outputs(program, inputs) == run(program, inputs)


def test_a_layer_and_its_gradient_are_computed_in_lanes():
    """Weights row by row with a bias each: sums a stride apart, and results a stride apart."""
    wide, deep, batch = 16, 12, 10
    weights, x, delta = 1, 1 + deep * (wide + 1), 1 + deep * (wide + 1) + batch * wide
    inputs = delta + batch * deep - 1
    program = Program(inputs, [], [("sum", batch * deep + deep * (wide + 1))], [], [], [], [])

    def sum_of(terms):
        program.left.extend(a for a, _ in terms)
        program.right.extend(b for _, b in terms)
        program.ends.append(len(program.left))

    for i in range(batch):
        for j in range(deep):
            w = weights + j * (wide + 1)
            sum_of([*((w + t, x + i * wide + t) for t in range(wide)), (w + wide, 0)])
    for j in range(deep):
        for t in range(wide):
            sum_of([(x + i * wide + t, delta + i * deep + j) for i in range(batch)])
        sum_of([(delta + i * deep + j, 0) for i in range(batch)])
    program.outputs[:] = range(program.first, program.slots)
    loaded = kernel.load(program.blocks)
    assert loaded.together == loaded.terms == len(program.left)
    numbers = [math.sin(i * i) for i in range(inputs)]
    assert outputs(program, numbers) == run(program, numbers)


def test_sums_go_from_left_to_right():
    assert one("sum", (1, 0), (2, 0), (3, 0), constants=[1e16, 1.0, -1e16]) == 0.0
    assert one("sum") == 0.0


def test_a_nan_is_carried_along():
    for kind in ("relu", "step", "abs", "sigmoid", "softplus", "tanh"):
        assert math.isnan(one(kind, (1, 0), constants=[math.nan]))


@pytest.mark.parametrize("at", [-1.0, -0.5, 0.5, 2.0, 1e300, math.inf, -math.inf, math.nan, 2.0**32, 2.0**64])
def test_pick_outside_its_choices_is_nan(at):
    assert math.isnan(one("pick", (1, 0), (2, 0), (3, 0), constants=[at, 5.0, 7.0]))


@pytest.mark.parametrize("at, expected", [(0.0, 5.0), (-0.0, 5.0), (1.0, 7.0)])
def test_pick(at, expected):
    assert one("pick", (1, 0), (2, 0), (3, 0), constants=[at, 5.0, 7.0]) == expected


def test_outputs_may_be_any_slots():
    assert outputs(Program(1, [4.0], [], [], [], [], [2, 1, 0, 1]), [9.0]) == [4.0, 9.0, 1.0, 9.0]
    assert outputs(Program(0, [], [], [], [], [], [])) == []


def test_a_group_of_none():
    assert outputs(Program(0, [4.0], [("sum", 0), ("exp", 0)], [], [], [], [1])) == [4.0]


# ---- buffers


PLUS = Program(3, [], [("sum", 2)], [2, 4], [1, 2, 2, 3], [0, 0, 0, 0], [4, 5])  # a + b, b + c


def test_the_inputs_in_parts():
    loaded, out = kernel.load(PLUS.blocks), np.zeros(2)
    a, bc = array("d", [1.0]), np.array([10.0, 100.0])
    for parts in [(a, bc), (a, bc[:1], bc[1:]), (a, array("d"), bc), (np.array([[1.0, 10.0, 100.0]]),)]:
        out[:] = 0
        assert loaded.run(out, *parts) is None
        assert out.tolist() == [11.0, 110.0]
    loaded.run((ctypes.c_double * 2).from_buffer(out), np.array([1.0, 1.0, 1.0]))
    assert out.tolist() == [2.0, 2.0]
    many = kernel.load(Program(40, [], [("sum", 1)], [40], [*range(1, 41)], [0] * 40, [41]).blocks)
    many.run(out[:1], *(np.array([float(i)]) for i in range(40)))
    assert out[0] == 780.0


def test_out_may_be_an_input_since_inputs_are_read_first():
    numbers = np.array([1.0, 10.0, 100.0])
    kernel.load(PLUS.blocks).run(numbers[1:], numbers)
    assert numbers.tolist() == [1.0, 11.0, 110.0]


def test_numbers_at_odd_addresses():
    raw = np.zeros(8 * 5 + 1, np.uint8)[1:]
    numbers, out = raw[:24].view(np.float64), raw[24:].view(np.float64)
    numbers[:] = 1.0, 2.0, 3.0
    kernel.load(PLUS.blocks).run(out, numbers)
    assert out.tolist() == [3.0, 5.0]


@pytest.mark.parametrize(
    "out, inputs, error, message",
    [
        (np.zeros(2), [np.zeros(2)], ValueError, "the inputs must have 3 numbers together, got 2"),
        (np.zeros(2), [np.zeros(3), np.zeros(1)], ValueError, "must have 3 numbers together, got 4"),
        (np.zeros(2), [], ValueError, "got 0"),
        (np.zeros(3), [np.zeros(3)], ValueError, "out must have 2 numbers, got 3"),
        (np.zeros(4)[::2], [np.zeros(3)], ValueError, "out must be a contiguous, writable buffer of float64: this one"),
        (bytes(16), [np.zeros(3)], ValueError, "not writable"),
        (np.zeros(2), [np.zeros(6)[::2]], ValueError, "an input must be a contiguous buffer of float64: this one is"),
        (np.zeros(2), [np.zeros(3, np.float32)], ValueError, "has items of format 'f'"),
        (np.zeros(2), [np.zeros(3, ">f8")], ValueError, "has items of format '>d'"),
        (np.zeros(2), [bytes(24)], ValueError, "has items of format 'B'"),
        (np.zeros(2, np.int64), [np.zeros(3)], ValueError, "out must be .* has items of format 'l'"),
        (np.zeros(2), [[1.0, 2.0, 3.0]], TypeError, "an input must be a contiguous buffer of float64, got list"),
        ([0.0, 0.0], [np.zeros(3)], TypeError, "out must be a contiguous, writable buffer of float64, got list"),
    ],
)
def test_wrong_buffers(out, inputs, error, message):
    with pytest.raises(error, match=message):
        kernel.load(PLUS.blocks).run(out, *inputs)


def test_run_needs_a_buffer():
    with pytest.raises(TypeError, match="run takes the buffer for the results, then those of the inputs"):
        kernel.load(PLUS.blocks).run()


# ---- what is refused


GOOD = Program(
    2,
    [3.0],
    [("sum", 2), ("div", 1), ("choose", 1), ("pick", 1), ("exp", 1)],
    [2, 3, 4, 6, 9, 10],
    [1, 2, 1, 4, 6, 5, 7, 1, 2, 8],
    [3, 0, 3, 5, 1, 0, 0, 0, 0, 0],
    [9, 4],
)
NAMES = [
    *("inputs", "slots", "constants", "steps", "pieces", "tails", "index"),
    *("ends", "left", "right", "left_moves", "right_moves", "outputs"),
]


def changed(name, place, to):
    arguments = packed(GOOD)
    arguments[NAMES.index(name)][place] = to
    return arguments


def replaced(**parts):
    return [parts.get(name, part) for name, part in zip(NAMES, packed(GOOD), strict=True)]


def test_the_good_program():
    inputs = [1.0, 1.5]
    assert outputs(GOOD, inputs) == run(GOOD, inputs)


def field(step, name):
    """The place of a field of a step."""
    names = ["form", "kind", "out", "moves", "n0", "n1", "n2", "first", "last", "tail", "tails"]
    return step * STEP + names.index(name)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (changed("steps", field(0, "kind"), len(KINDS)), f"step 0: kind {len(KINDS)} does not exist"),
        (changed("steps", field(0, "kind"), -1), "step 0: kind -1 does not exist"),
        (changed("steps", field(0, "form"), 3), "step 0: form 3 does not exist here"),
        (changed("steps", field(1, "n0"), 7), "step 1: 7 rows from row 2 on, but ends has 6"),
        (changed("steps", field(4, "n0"), 2**62), "step 4: 4611686018427387904 rows from row 5 on, but ends has 6"),
        (changed("steps", field(4, "n0"), 0), "the steps end at slot 9, but there are 10 slots"),
        (
            changed("steps", field(1, "out"), 7),
            "step 1: its results must lie side by side from slot 6 on, got one at 7",
        ),
        (changed("ends", 0, 11), "slot 4: its terms end at 11, outside 0 to 10"),
        (changed("ends", 1, 1), "slot 5: its terms end at 1, outside 2 to 10"),
        (changed("ends", 5, 9), "slot 9: 'exp' takes one term, got 0"),
        (changed("ends", 3, 5), "slot 7: 'choose' takes two terms, got 1"),
        (changed("left", 0, 4), "slot 4: its term 0 reads slot 4, but its group begins at 4"),
        (changed("left", 2, 4), "slot 5: its term 0 reads slot 4, but its group begins at 4"),
        (changed("right", 1, 2**32 - 1), "slot 4: its term 1 reads slot 4294967295, but"),
        (changed("right", 9, 1), "slot 9: the right of term 0 of 'exp' must be slot 0, got 1"),
        (changed("right", 5, 1), "slot 7: the right of term 1 of 'choose' must be slot 0"),
        (changed("right", 7, 1), "slot 8: the right of term 1 of 'pick' must be slot 0"),
        (changed("outputs", 1, 10), "output 1 is slot 10, but there are 10 slots"),
        (replaced(inputs=-1), "inputs must not be negative, got -1"),
        (replaced(inputs=-(10**30)), "inputs must not be negative"),
        (replaced(inputs=2**32), "a program has at most 4294967295 slots"),
        (replaced(inputs=2**32 - 2), "a program has at most 4294967295 slots"),
        (replaced(inputs=10**30), "a program has at most 4294967295 slots"),
        (replaced(slots=11), "the steps end at slot 10, but there are 11 slots"),
        (replaced(slots=10**30), "the steps end at slot 10, but there are"),
        (replaced(steps=array("q", [0] * 10)), "steps must be records of 11 numbers, got 10 numbers"),
        (replaced(left=array("I", [1])), "a term is a left and a right slot, and their moves: got 1, 10, 10 and 10"),
        (replaced(ends=array("I")), "step 0: 2 rows from row 0 on, but ends has 0"),
        (replaced(constants=array("f", [3.0])), "constants must be a contiguous buffer of float64: .* format 'f'"),
        (replaced(steps=array("I", [0] * 11)), "steps must be a contiguous buffer of int64: .* format 'I'"),
        (replaced(left=array("i", [0] * 10)), "left must be a contiguous buffer of uint32: .* format 'i'"),
        (replaced(left=np.zeros(10, np.uint64)), "left must be a contiguous buffer of uint32: .* format"),
        (replaced(left=np.zeros(20, np.uint32)[::2]), "left must be a contiguous buffer of uint32: .* not contiguous"),
    ],
)
def test_a_broken_program_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        _kernel.Kernel(*arguments)


def test_a_program_of_other_things_is_refused():
    with pytest.raises(TypeError, match="left must be a contiguous buffer of uint32, got list"):
        _kernel.Kernel(*replaced(left=[0] * 10))
    with pytest.raises(TypeError):
        _kernel.Kernel(*replaced(inputs=2.0))
    with pytest.raises(TypeError):
        _kernel.Kernel(2)


def test_what_is_loaded_is_a_copy():
    arguments = packed(PLUS)
    loaded, out = _kernel.Kernel(*arguments), array("d", [0, 0])
    arguments[NAMES.index("left")][0] = 2**32 - 1
    loaded.run(out, array("d", [1, 2, 3]))
    assert out.tolist() == [3.0, 5.0]


def test_the_kinds_are_those_of_programs():
    assert tuple(KINDS) == _kernel.KINDS


def test_a_kernel_knows_its_size_and_is_not_pickled():
    loaded = kernel.load(PLUS.blocks)
    assert (loaded.inputs, loaded.outputs, loaded.terms, loaded.together) == (3, 2, 4, 0)
    assert not _kernel.Kernel(*packed(PLUS), wide=False).wide
    with pytest.raises(TypeError):
        pickle.dumps(loaded)


def test_without_the_extension(monkeypatch):
    monkeypatch.setattr(kernel, "_kernel", None)
    assert not kernel.available()
    with pytest.raises(ImportError, match="the native kernel was not built: install micrograd-lab again where"):
        kernel.load(PLUS.blocks)


# ---- threads


@pytest.mark.parametrize("n, terms", [(4, 10), (300, 100)], ids=["holding the lock", "letting others run"])
def test_threads_do_not_meet(n, terms):
    program = rows(n, terms)
    loaded, wrong, together = kernel.load(program.blocks), [], threading.Barrier(4)

    def work(seed):
        numbers = np.array([math.sin(seed + i) for i in range(program.inputs)])
        expected, out = run(program, numbers.tolist()), np.zeros(n)
        together.wait()
        for _ in range(300):
            out[:] = 0
            loaded.run(out, numbers)
            if out.tolist() != expected:
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# ---- the numbers of objects


class Cell:
    __slots__ = ("data", "grad", "__dict__")

    def __init__(self, data, grad=0.0):
        self.data, self.grad = data, grad


DATA, GRAD = Cell.__dict__["data"], Cell.__dict__["grad"]


class Special(Cell):
    __slots__ = ()


def test_read():
    cells = [Cell(1.5), Cell(2), Special(np.float64(3)), Cell(Fraction(1, 4)), Cell(True)]
    for values in (cells, tuple(cells)):
        out = np.zeros(5)
        _kernel.read(values, DATA, out)
        assert out.tolist() == [1.5, 2.0, 3.0, 0.25, 1.0]
    _kernel.read([], DATA, array("d"))


@pytest.mark.parametrize(
    "values, descriptor, out, error, message",
    [
        ([Cell(1.0), 3.0], DATA, 2, TypeError, "the values must be of type .*Cell, got float"),
        ([Cell("1")], DATA, 1, TypeError, "must be real number, not str"),
        ([Cell(1.0)], DATA, 2, ValueError, "a number for each of the 1 values, got 2"),
        (iter([Cell(1.0)]), DATA, 1, TypeError, "the first argument must be a list or a tuple of .*Cell, got list_it"),
        ([Cell(1.0)], Cell.__dict__["__dict__"], 1, TypeError, "must be the descriptor of a slot"),
        ([Cell(1.0)], "data", 1, TypeError, "must be the descriptor of a slot, got str"),
        ([], type(lambda: 0).__dict__["__closure__"], 0, TypeError, "must be the descriptor of a slot"),
    ],
)
def test_read_refuses(values, descriptor, out, error, message):
    with pytest.raises(error, match=message):
        _kernel.read(values, descriptor, np.zeros(out))


def test_an_empty_slot():
    cell = Cell(1.0)
    del cell.grad
    with pytest.raises(AttributeError, match="grad"):
        _kernel.read([cell], GRAD, np.zeros(1))


def test_other_arguments_of_read():
    with pytest.raises(TypeError, match="got 2 arguments"):
        _kernel.read([], DATA)
    with pytest.raises(ValueError, match="the third argument must be a contiguous, writable buffer of float64"):
        _kernel.read([], DATA, b"")


def test_a_number_that_changes_the_list_while_it_is_read():
    class Sly(float):
        def __float__(self):
            cells.clear()
            return 7.0

    class Slyer:
        def __float__(self):
            cells.clear()
            return 7.0

    for sly in (Sly(7), Slyer()):
        cells = [Cell(sly), Cell(2.0), Cell(3.0)]
        out = np.zeros(3)
        _kernel.read(cells, DATA, out)
        assert out.tolist() == [7.0, 2.0, 3.0]


def test_a_gradient_holds_no_minus_zero():
    program = Program(1, [], [], [], [], [], [1, 1, 1, 1])
    out = array("d", bytes(32))
    for end, expected in [(1, "----"), (3, "-++-"), (4, "-+++")]:
        kernel.load(program.blocks).run_with_gradient(end, out, array("d", [-0.0]))
        assert "".join("-" if math.copysign(1.0, x) < 0.0 else "+" for x in out) == expected
    for end, error in [(5, "ends at output 5, but there are 4"), (0, "got the end 0"), (-1, "got the end -1")]:
        with pytest.raises(ValueError, match=error):
            kernel.load(program.blocks).run_with_gradient(end, out, array("d", [1.0]))
    with pytest.raises(TypeError):
        kernel.load(program.blocks).run_with_gradient()
    with pytest.raises(TypeError):
        kernel.load(program.blocks).run_with_gradient("1", out, array("d", [1.0]))
