"""The twins: code that says again, for speed, what stands elsewhere. Here is each of them, held to its original.

twin                                            original
simplify.simplify, sums and products in a row   Expressions.combine
simplify.make,  sub, total and dot              the primitives, run on expressions
primitives.apply, by a template                 primitives.run
InPython.flat, InKernel.flat                    their __call__
Layer.flow                                      Feedforward.flow
reverse.Call, a plain list of floats            the same for any structure
"""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import POINTS, STEPS, expression

import micrograd
from micrograd import Value, nn
from micrograd.compiler.backends import kernel
from micrograd.compiler.programs import GRADIENT
from micrograd.compiler.stages import expressions
from micrograd.compiler.stages.expressions import ADD, MUL, Expressions
from micrograd.compiler.stages.primitives import Expression, Functions, apply, run
from micrograd.compiler.stages.simplify import make, simplify
from micrograd.compiler.tracing.trace import trace
from micrograd.nn.feedforward import Feedforward
from micrograd.ops import PRIMITIVES


@given(steps=st.lists(STEPS, min_size=1, max_size=12), xs=POINTS)
def test_simplify_makes_sums_and_products_as_combine_does(steps, xs):
    f = expression(steps)
    tape = trace(lambda: f([Value(x) for x in xs] + [Value(1.0)]), (), {})
    short = simplify(tape)
    ask_nobody = {kind: [lambda e, a, b: None] for kind in (ADD, MUL)}
    with pytest.MonkeyPatch.context() as patch:  # a rule that never applies closes the short way
        patch.setattr("micrograd.compiler.stages.simplify.RULES", ask_nobody)
        patch.setattr(expressions, "RULES", ask_nobody)
        long = simplify(tape)
    assert repr(short[0].nodes) == repr(long[0].nodes) and short[1] == long[1]


@pytest.mark.parametrize("name, count", [("sub", 2), ("total", 4), ("dot", 7)])
def test_sums_are_simplified_as_their_primitives_run(name, count):
    e = Expressions(count)
    operands = list(range(1, 1 + count))
    out = PRIMITIVES[name].run(Functions(e), *(Expression(e, i) for i in operands))[0]
    assert make(e, PRIMITIVES[name], operands, None) == out.index


def unfolded(e, i):
    """The node with its operands in full."""
    kind, *operands = e.nodes[i]
    if kind in ("constant", "input"):
        return kind, i if kind == "input" else operands[0]
    return kind, *[unfolded(e, p) for p in operands]


@pytest.mark.parametrize("name", [name for name in PRIMITIVES if name not in ("sub", "total", "dot", "add", "mul")])
def test_a_template_makes_what_the_primitive_makes(name):
    op = PRIMITIVES[name]
    count = len(op.operands) if op.operands else 2
    constants = (0.3,) if name == "power" else ()
    count -= len(constants) if count > 1 and constants else 0
    by_template, by_running = Expressions(count), Expressions(count)
    found = []
    for e, by in ((by_template, apply), (by_running, run)):
        i = by(e, op, list(range(1, 1 + count)), constants)
        found.append((unfolded(e, i), [(p, unfolded(e, d)) for p, d in e.partials.get(i, ())]))
    assert repr(found[0]) == repr(found[1])


@pytest.mark.parametrize(
    "backend", ["python", pytest.param("native", marks=pytest.mark.skipif(not kernel.available(), reason="no kernel"))]
)
def test_flat_programs_compute_what_programs_compute(backend):
    w = [Value(0.5), Value(-1.5)]
    f = micrograd.compile(lambda x: (w[0] * x + w[1]).log() * w[1], parameters=w, backend=backend)
    f(1.0)
    program = f._latest.programs.running(GRADIENT)
    flat = program.flat(3)
    for inputs in ([4.0, 0.5, -1.5], [4.0, 0.5, -2.0], [4.0, math.inf, 0.5]):
        expected = list(program([inputs]))
        for buffers in ([np.array(inputs)], [inputs[:1], np.array(inputs[1:])]):
            value, gradient, out = flat(buffers)
            assert repr([value, *gradient.tolist()]) == repr(expected[:3])
            assert repr([float(x) for x in out]) == repr(expected)


class CallingEachNeuron(nn.Layer):
    def forward(self, x):
        return [neuron(x) for neuron in self.neurons]


def test_a_layer_flows_as_any_module_does():
    layer = nn.Layer(3, 4, rng=random.Random(1))
    x = [Value(0.5), Value(-1.0), Value(2.0)]
    outs = layer.flow(x)
    layer.__class__ = CallingEachNeuron
    expected = Feedforward.flow(layer, x)
    assert [v.data for v in outs] == [v.data for v in expected]
    assert [v._calls for v in outs] == [v._calls for v in expected]


@given(steps=st.lists(STEPS, min_size=1, max_size=6), xs=POINTS)
def test_a_gradient_by_a_plain_list_is_that_by_any_structure(steps, xs):
    f = expression(steps)
    try:
        plain = micrograd.grad(f)(xs)
    except OverflowError:
        return
    assert list(map(repr, micrograd.grad(lambda t: f(list(t)))(tuple(xs)))) == list(map(repr, plain))
