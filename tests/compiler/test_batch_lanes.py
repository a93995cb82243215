"""Batches in lanes: blocks of one example made into blocks of many give the same floats, in the same order of sums."""

import random

import blocks_reference
import numpy as np
import pytest

import micrograd
from micrograd import Value, nn
from micrograd.compiler.backends import kernel
from micrograd.compiler.programs import GRADIENT
from micrograd.compiler.stages.batch import widen
from micrograd.compiler.stages.operands import stored
from micrograd.compiler.stages.roll import roll
from micrograd.losses import cross_entropy

native = pytest.mark.skipif(not kernel.available(), reason="the kernel was not built")


def draw(rng, *shape):
    return rng.gauss(0, 1) if not shape else [draw(rng, *shape[1:]) for _ in range(shape[0])]


def classifier(rng):
    model = nn.MLP(2, [4, 4, 1], rng=rng)
    return lambda x, y: (1 + -y * model(x)).relu(), lambda: (draw(rng, 2), draw(rng))


def embedding(rng):
    table = [[Value(x) for x in row] for row in draw(rng, 4, 3)]

    def loss(k, y):
        return cross_entropy([micrograd.pick(column, k) * 2 for column in zip(*table, strict=True)], y)

    return loss, lambda: (micrograd.index(rng.randrange(4)), micrograd.index(rng.randrange(3)))


def attention(rng):
    weights = [[Value(x) for x in row] for row in draw(rng, 4, 3)]

    def loss(rows, y):
        keys = [[sum(w * x for w, x in zip(ws, row, strict=True)) for ws in weights] for row in rows]
        out = Value(0.0)
        for i, query in enumerate(keys):
            scores = [sum(a * b for a, b in zip(query, key, strict=True)) for key in keys[: i + 1]]
            out += sum(p * keys[j][0] for j, p in enumerate(micrograd.softmax(scores)))
        return out * y

    return loss, lambda: (draw(rng, 3, 3), draw(rng))


def regularised(rng):
    """Some of it is the same for all examples: it is computed once."""
    weights = [Value(x) for x in draw(rng, 6)]

    def loss(x):
        norm = sum(w * w for w in weights) ** 0.5
        return sum(w / norm * x for w in weights) + norm * norm

    return loss, lambda: (draw(rng),)


def several(rng):
    """Results that vary, that do not, and one that is an argument."""
    w = Value(draw(rng))
    return lambda x, y: [w * w, x, w * x * y, x * y, 2.0], lambda: (draw(rng), draw(rng))


FUNCTIONS = [classifier, embedding, attention, regularised, several]


def numbers(x):
    return [float(n) for part in x for n in numbers(part)] if isinstance(x, (list, tuple)) else [x]


@pytest.mark.parametrize("make", FUNCTIONS)
@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("least", [0, 16])
def test_lanes_compute_what_examples_do(make, lanes, least):
    f, example = make(random.Random(0))
    fast = micrograd.compile(f)
    examples = [example() for _ in range(lanes)]
    fast(*examples[0])
    variant = fast._latest
    rows = variant.programs.rows(variant.mode(True))
    count = len(variant.tape.arguments)
    blocks = roll(rows, range(count), least)
    parameters = [p.data for p in variant.parameters]
    args = [numbers(example) for example in examples]
    single = [blocks_reference.run(blocks, [*x, *parameters]) for x in args]
    kept = [k for k in range(len(rows.outputs)) if k % 3 == 2]
    wide = widen(blocks, range(count), kept, lanes)
    assert_dense(wide.blocks)
    found = [] if wide.before is None else blocks_reference.run(wide.before, parameters)
    summed = len(rows.outputs) - len(kept)
    columns = [x[k] for k in range(count) for x in args]
    out = blocks_reference.run(wide.blocks, [*parameters, *found, *[0.5] * summed, *columns])
    for k, x in zip(wide.order, out, strict=False):
        total = 0.5
        for outputs in single:
            total += outputs[k]
        assert x == total
    assert out[summed:] == [outputs[k] for k in kept for outputs in single]


def assert_dense(blocks):
    """Each step writes where the one before ended."""
    at = 1 + blocks.inputs + len(blocks.constants)
    for step in blocks:
        first, last = stored(step)
        assert first == at
        at = last
    assert at == blocks.slots


def test_a_network_of_one_example_becomes_products_of_matrices():
    model = nn.MLP(2, [16, 1], rng=random.Random(0))
    fast = micrograd.compile(lambda x, y: (model(x) - y) ** 2, parameters=model.parameters())
    fast.value_and_grad([p.data for p in model.parameters()], [1.0, 2.0], 1.0)
    programs = fast._latest.programs
    wide = widen(roll(programs.rows(GRADIENT, 0, 1 + len(model.parameters())), range(3), 0), range(3), [], 32)
    shapes = [(step.dims, [piece.terms for piece in step.pieces]) for step in wide.blocks]
    assert ((1, 16, 32), [1, 2]) in shapes  # the layer, of 32 examples
    assert ((1, 2, 16), [1, 32]) in shapes or ((1, 16, 2), [1, 32]) in shapes  # its gradient, on the sums so far


@native
@pytest.mark.parametrize("make", FUNCTIONS[:4])
@pytest.mark.parametrize("n", [8, 45, 300])
def test_the_kernel_gives_what_a_loop_does(make, n):
    f, example = make(random.Random(1))
    examples = [example() for _ in range(n)]
    fast, single = micrograd.compile(f), micrograd.compile(f)
    arguments = [list(column) for column in zip(*examples, strict=True)]
    fast.batch(*arguments)
    theta = [p.data for p in fast.parameters]
    value, gradient = fast.batch.value_and_grad(theta, *arguments, reduce="sum")
    values, rows = fast.batch.value_and_grad(theta, *arguments, reduce=None)
    loop = [single.value_and_grad(theta, *example) for example in examples]
    assert values.tolist() == [x for x, _ in loop]
    assert all((row == g).all() for row, (_, g) in zip(rows, loop, strict=True))
    total, sums = 0.0, np.zeros(len(theta))
    for x, g in loop:
        total, sums = total + x, sums + g
    assert value == total and (gradient == sums).all()


@native
def test_a_broken_batch_is_refused():
    w = Value(2.0)
    fast = micrograd.compile(lambda x: w * x * x)
    fast.batch([float(k) for k in range(64)])
    lanes, *_ = fast._latest.programs._lanes.values()
    loaded = lanes.load(8)
    floats = np.zeros
    good = (8, 0, 16, floats(loaded.kernel.outputs), floats(0), floats(1), floats(16))
    loaded.kernel.run_batch(*good)
    for k, wrong in [(0, 0), (2, 15), (3, floats(1)), (4, floats(3)), (5, floats(4)), (6, floats(17)), (6, floats(32))]:
        with pytest.raises(ValueError):
            loaded.kernel.run_batch(*good[:k], wrong, *good[k + 1 :])
    for wrong in [(8, 0, 16), (8, 0, 16, "x", *good[4:]), (-1, *good[1:]), (8, 0, 2.5, *good[3:])]:
        with pytest.raises((TypeError, OverflowError)):
            loaded.kernel.run_batch(*wrong)
