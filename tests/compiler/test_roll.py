"""Rolled, rows mean what they meant; and a network comes out as the matrix products that one would write by hand."""

import math
import random
import struct
from array import array
from dataclasses import replace

import pytest
from blocks_reference import run
from budget import seeds
from random_rows import random_inputs, random_rows, run_rows
from strangers.collection import judge
from test_strangers import CASES
from workloads import WORKLOADS, parameters

import micrograd
from micrograd import Value, nn
from micrograd.compiler.programs import GRADIENT, Programs
from micrograd.compiler.stages.blocks import NOWHERE, Block, Group, View
from micrograd.compiler.stages.native import extension
from micrograd.compiler.stages.roll import LISTED, roll, roll_in_python
from micrograd.compiler.stages.tables import copy_constants
from micrograd.compiler.tracing.trace import trace


def traced_rows(f, *args, parameters=()):
    """The rows of the value and the gradient of a function; its inputs are the arguments, then the parameters."""
    tape = trace(f, args, {}, parameters)
    names = [f"x{k}" for k in range(len(tape.inputs))]
    return Programs(tape, names, "f", None, {}).rows(GRADIENT)


def bits(numbers):
    return [struct.pack("d", math.nan if x != x else x) for x in numbers]


def flat_arrays(blocks):
    return {**vars(blocks), "constants": blocks.constants.tobytes()}


def check(rows, rng, leasts=(8,), varying=()):
    """Hold blocks, from C and from Python, to the rows, for two lots of numbers; returns the last ones."""
    inputs = random_inputs(rng, rows.inputs), [rng.gauss(0.0, 1.0) for _ in range(rows.inputs)]
    expected = [bits(run_rows(rows, numbers)) for numbers in inputs]
    for least in leasts:
        blocks = roll(rows, varying, least)
        assert [bits(run(blocks, numbers)) for numbers in inputs] == expected
        copied = copy_constants(blocks)
        assert copied is blocks or [bits(run(copied, numbers)) for numbers in inputs] == expected
        assert extension is None or flat_arrays(blocks) == flat_arrays(roll_in_python(rows, varying, least))
    return blocks


def shapes(blocks, kind="sum"):
    """The dimensions of the blocks of that kind, those of 1 left out, with the numbers of terms of their pieces."""
    steps = [step for step in blocks if isinstance(step, Block) and step.kind == kind]
    return [([n for n in step.dims if n > 1], [piece.terms for piece in step.pieces]) for step in steps]


# ---- the same numbers


@pytest.mark.parametrize("seed", seeds(40, 1600))
def test_random_rows_keep_every_bit(seed):
    rng = random.Random(seed)
    rows = random_rows(rng, rng.choice([3, 6, 10]))
    varying = [k for k in range(rows.inputs) if rng.random() < 0.3]
    check(rows, rng, (0, 8, LISTED), varying)


@pytest.mark.parametrize("name", WORKLOADS)
def test_workloads_keep_every_bit(name):
    loss, args, _ = WORKLOADS[name]()
    check(traced_rows(loss, *args), random.Random(name))


@pytest.mark.slow
@pytest.mark.once
def test_functions_of_strangers_keep_every_bit(monkeypatch):
    made, rows = [], Programs.rows
    monkeypatch.setattr(Programs, "rows", lambda self, *args: made.append(rows(self, *args)) or made[-1])
    for it in CASES.values():
        judge(it, "python")
    assert len(made) > len(CASES)
    for k, each in enumerate(made):
        check(each, random.Random(k))


# ---- what comes out


def view(v):
    strides = "".join(f" + {s}·i{k}" for k, s in enumerate(v.strides) if s)
    text = f"{v.base}{strides}" + (f" + {v.along}·t" if v.along else "")
    return f"index[{text}]" if v.indexed else f"[{text}]"


def lines(blocks):
    """The steps as text."""
    for step in blocks:
        if isinstance(step, Group):
            yield f"{step.out}: {step.kind} of {len(step.rows)} rows"
            continue
        sums = [f"{p.terms} × {view(p.left)}" + f" · {view(p.right)}" * (p.right != View(0)) for p in step.pieces]
        tails = [f" | {t.kind} {view(t.other)} → {t.out}" for t in step.tails]
        out = "" if step.out == NOWHERE else f"{step.out}: "
        yield f"{out}{step.kind} {'×'.join(map(str, step.dims))} {', '.join(sums)}{''.join(tails)}"


def test_a_network_is_the_products_that_one_would_write():
    """Five examples of three numbers, eight hidden units, two outputs; the mean of the squares."""
    rng = random.Random(1)
    model = nn.MLP(3, [8, 2], rng=rng)
    xs = [[rng.random() for _ in range(3)] for _ in range(5)]

    def loss(xs):
        return sum((y - 1.0) ** 2 for x in xs for y in model(x)) * 0.1

    rows = traced_rows(loss, xs, parameters=model.parameters())
    assert [*lines(check(rows, rng))] == EXPECTED


# Slots: 1, fifteen numbers, then w₁ w₂ w₃ b of each hidden unit, w₁ … w₈ b of each output, and four constants.
EXPECTED = [
    "sum 1×5×8 1 × [19 + 4·i2], 3 × [16 + 4·i2 + 1·t] · [1 + 3·i1 + 1·t] | relu [0] → 69",  # h = relu(X W₁ᵀ + b₁)
    "109: sum 1×2×5 1 × [56 + 9·i1], 8 × [69 + 8·i2 + 1·t] · [48 + 9·i1 + 1·t], 1 × [66]",  # d = (h W₂ᵀ + b₂ − 1)ᵀ
    "119: sum 1×5×2 2 × [109 + 1·i1 + 5·i2] · [68]",  # δ₂ = 2 · 0.1 · dᵀ, each added twice
    "sum 1×1×1 1 × [67], 10 × index[0 + 1·t] · index[10 + 1·t] | sum [68] → 129",  # the loss
    "130: sum 1×2×8 5 × [69 + 1·i2 + 8·t] · [119 + 1·i1 + 2·t]",  # ∂W₂ = δ₂ᵀ h
    "146: sum 1×1×2 5 × [119 + 1·i2 + 2·t]",  # ∂b₂
    "sum 1×5×8 2 × [119 + 2·i1 + 1·t] · [48 + 1·i2 + 9·t] | relu gate [69 + 8·i1 + 1·i2] → 148",  # δ₁ = (δ₂ W₂) ⊙ h′
    "188: sum 1×3×8 5 × [148 + 1·i2 + 8·t] · [1 + 1·i1 + 3·t]",  # ∂W₁ = (Xᵀ δ₁)ᵀ
    "212: sum 1×1×8 5 × [148 + 1·i2 + 8·t]",  # ∂b₁
]


@pytest.mark.parametrize("outs, ins", [(1, 16), (2, 8), (3, 3), (5, 7), (16, 16), (7, 1)])
def test_a_layer_of_every_shape_is_one_block(outs, ins):
    rng = random.Random(2)
    w, x = parameters(rng, outs * ins), parameters(rng, ins)

    def loss():
        return sum(sum(w[i * ins + j] * x[j] for j in range(ins)).tanh() for i in range(outs))

    blocks = check(traced_rows(loss, parameters=[*w, *x]), rng, (0,))
    assert shapes(blocks)[0] == ([outs] * (outs > 1), [1, ins])
    assert not blocks.index


def test_attention_is_products_position_by_position():
    rng = random.Random(3)
    times, width = 6, 4
    q, k, v = (parameters(rng, times * width) for _ in range(3))

    def loss():
        total = 0.0
        for t in range(times):
            logits = [sum(q[t * width + i] * k[s * width + i] for i in range(width)) for s in range(t + 1)]
            weights = micrograd.softmax(logits)
            total += sum(sum(weights[s] * v[s * width + i] for s in range(t + 1)).tanh() for i in range(width))
        return total

    blocks = check(traced_rows(loss, parameters=[*q, *k, *v]), rng)
    assert ([21], [1, 4]) in shapes(blocks)
    assert shapes(blocks).count(([2, 4], [6])) == 1  # what flows back to the last query and the first key
    assert shapes(blocks, "exp") == [([20], [1])]


def test_positions_wait_for_each_other():
    """What is computed at the end of every position, at different depths, is one block."""
    rng = random.Random(4)
    w, u, v = parameters(rng, 4), parameters(rng, 16), parameters(rng, 4)

    def loss(xs):
        h, total = [0.1] * 4, 0.0
        for x in xs:
            h = [(w[i] * x + sum(u[4 * i + j] * h[j] for j in range(4))).tanh() for i in range(4)]
            total += sum(a * b for a, b in zip(v, h, strict=True)).exp()
        return total

    blocks = check(traced_rows(loss, [rng.random() for _ in range(6)], parameters=[*w, *u, *v]), rng)
    assert ([6], [1, 4]) in shapes(blocks)  # the outputs
    assert shapes(blocks).count(([4], [1, 4, 1])) == 6  # the states
    assert not blocks.index


def test_a_convolution_reads_strided_windows():
    rng = random.Random(5)
    kernel, image = parameters(rng, 9), parameters(rng, 64)

    def loss():
        return sum(
            sum(kernel[3 * i + j] * image[8 * (r + i) + c + j] for i in range(3) for j in range(3)).relu()
            for r in range(6)
            for c in range(6)
        )

    blocks = check(traced_rows(loss, parameters=[*kernel, *image]), rng)
    assert shapes(blocks)[0] == ([6, 6], [1, 3, 3, 3])
    assert not any(piece.left.indexed or piece.right.indexed for piece in next(iter(blocks)).pieces)


def test_a_row_may_be_multiplied_with_itself():
    rng = random.Random(6)
    xs = parameters(rng, 12)

    def loss():
        return sum((x * x) * (x * x) for x in xs) + sum(x * y for x in xs for y in xs)

    blocks = check(traced_rows(loss, parameters=xs), rng)
    assert ([78], [1]) in shapes(blocks)  # each product once


def test_embeddings_are_read_by_an_index():
    rng = random.Random(7)
    table, w = parameters(rng, 40), parameters(rng, 4)
    tokens = [3, 1, 4, 1, 5, 9, 2, 6]

    def loss():
        return sum(sum(table[4 * t + i] * w[i] for i in range(4)).tanh() for t in tokens)

    blocks = check(traced_rows(loss, parameters=[*table, *w]), rng)
    assert shapes(blocks)[0] == ([7], [1, 4]) and 0 < len(blocks.index) < 56


def test_known_data_are_copied_in_the_order_in_which_they_are_read():
    rng = random.Random(15)
    data, w = [[round(rng.random(), 2) for _ in range(4)] for _ in range(12)], parameters(rng, 4)

    def loss():
        return sum(sum(x * v for x, v in zip(row, w, strict=True)).tanh() for row in data)

    rows = traced_rows(loss, parameters=w)
    assert roll(rows).index and check(rows, rng)
    copied = copy_constants(roll(rows))
    assert len(copied.constants) > 80 and len(copied.index) < len(roll(rows).index)


def test_a_tail_is_not_stored_twice():
    """The sum is stored only where somebody else reads it."""
    rng = random.Random(8)
    w, x = parameters(rng, 32), parameters(rng, 4)

    def hidden(others):
        h = [sum(w[4 * i + j] * x[j] for j in range(4)) for i in range(8)]
        return sum(a.relu() for a in h) + (sum(a.exp() for a in h) if others else 0.0)

    for others in (False, True):
        (block,) = [step for step in check(traced_rows(hidden, others), rng) if getattr(step, "tails", ())][:1]
        assert [tail.kind for tail in block.tails] == ["relu"]
        assert (block.out == NOWHERE) == (not others)


# ---- and how


def varying_slots(blocks, varying):
    """For each slot of blocks that were rolled with these varying inputs, whether it depends on them."""
    varies = bytearray(blocks.slots)
    for k in varying:
        varies[1 + k] = 1
    for step in blocks:
        if isinstance(step, Group):
            size, reads = len(step.rows), [slot for term in step.rows[0] for slot in (term.left, term.right)]
        else:
            size, reads = math.prod(step.dims), [slot for piece in step.pieces for slot in first_lane(blocks, piece)]
        if any(varies[slot] for slot in reads):
            for out in (step.out, *(tail.out for tail in step.tails)) if isinstance(step, Block) else (step.out,):
                if out != NOWHERE:
                    varies[out : out + size] = bytes([1]) * size
    return varies


def first_lane(blocks, piece):
    """What the first lane reads: all do, or none does, where it matters."""
    for view in (piece.left, piece.right):
        for t in range(piece.terms):
            place = view.base + t * view.along
            yield blocks.index[place] if view.indexed else place


@pytest.mark.parametrize("least", [0, 8, LISTED])
def test_what_varies_is_in_steps_of_its_own(least):
    rng = random.Random(9)
    model = nn.MLP(3, [8, 1], rng=rng)

    def loss(x):
        return model(x) ** 2 + sum(p * p for p in model.parameters())

    rows, varying = traced_rows(loss, [0.1, 0.2, 0.3]), [0, 1, 2]
    blocks = check(rows, rng, (least,), varying)
    expected = bytearray(rows.first + len(rows))
    expected[1:4] = bytes([1, 1, 1])
    for i, _, terms in rows:
        expected[i] = any(expected[p] for p in terms)
    varies = varying_slots(blocks, varying)
    assert [varies[slot] for slot in blocks.outputs] == [expected[i] for i in rows.outputs]
    for step in blocks:
        end = step.out + (len(step.rows) if isinstance(step, Group) else math.prod(step.dims))
        assert step.out == NOWHERE or len(set(varies[step.out : end])) == 1


def test_all_of_it_is_listed_or_nothing():
    rng = random.Random(10)
    rows = random_rows(rng, 10)
    assert {type(step) for step in roll(rows, least=LISTED)} == {Group}
    xs = parameters(rng, 3)
    assert {type(step) for step in roll(traced_rows(lambda: sum(x * x for x in xs)), least=0)} == {Block}


def test_ten_times_the_rows_are_as_many_blocks():
    rng = random.Random(11)
    model = nn.MLP(2, [8, 1], rng=rng)

    def loss(xs):
        return sum(model(x) ** 2 for x in xs)

    few, many = (
        roll(traced_rows(loss, [[rng.random(), 1.0] for _ in range(n)], parameters=model.parameters())) for n in (8, 80)
    )
    assert len(few.steps) == len(many.steps) and not many.index


def test_numbers_for_inputs_keep_them_apart():
    rng = random.Random(13)
    w, x = parameters(rng, 8), parameters(rng, 8)
    rows = traced_rows(lambda: sum(a * a for a in (*w, *x)).exp(), parameters=[*w, *x])
    together, apart = roll(rows, least=0), roll(rows, least=0, apart=[1] * 8 + [2] * 8)
    assert [terms for _, terms in shapes(together)][:1] == [[1, 16]]
    assert [terms for _, terms in shapes(apart)][:1] == [[1, 8, 8]]
    assert flat_arrays(apart) == flat_arrays(roll_in_python(rows, (), 0, [1] * 8 + [2] * 8))


def test_a_deep_chain_is_rolled_without_recursion():
    x = Value(0.5)

    def chain():
        out = x
        for _ in range(1500):
            out = (out * x).sin()
        return out

    check(traced_rows(chain), random.Random(12))


@pytest.mark.skipif(extension is None, reason="the stages were not built")
def test_what_are_no_rows_is_refused():
    rows = random_rows(random.Random(14))
    for broken in (
        {"ends": rows.ends[:-1]},
        {"left": rows.left + rows.left[:1]},
        {"right": array("I", [10**6] * len(rows.right))},
        {"adjoint_of": array("I", [10**6] * len(rows))},
        {"outputs": array("I", [10**6])},
    ):
        with pytest.raises(ValueError, match="no rows"):
            roll(replace(rows, **broken))
