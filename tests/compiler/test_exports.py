"""Exports in general and to NumPy: the source, what is said of it, and sentences for every wrong use."""

import random
import re
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from budget import examples
from export_cases import (
    CASES,
    LINES,
    agree,
    all_primitives,
    columns,
    numbers_in,
    of_example,
    recurrent,
    reference,
    sides,
)
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import POINTS, STEPS, expression

import micrograd
from micrograd import Value, fresh
from micrograd.compiler import TraceError
from micrograd.functions import apply
from micrograd.nn import MLP, BatchNorm, Layer, Sequential
from micrograd.ops import PRIMITIVES, Floats, primitive


def lines_of(source, name):
    return source.split(f"def {name}(")[1].rstrip().count("\n")


@pytest.mark.parametrize("name", CASES)
def test_values(name):
    f, parameters, cases = CASES[name]()
    g = micrograd.compile(f, parameters=parameters).to_numpy(*cases[0])
    values, _ = reference(f, parameters, cases)
    assert agree(np.atleast_1d(g([p.data for p in parameters], *columns(cases))), values).all()


@pytest.mark.parametrize("name", LINES)
def test_one_line(name):
    f, cases = LINES[name]
    compiled = micrograd.compile(f)
    g = compiled.to_numpy(*cases[0])
    theta = [[p.data for p in compiled.parameters]] if g.about.theta else []
    out = g(*theta, *columns(cases))
    for k, example in enumerate(cases):
        assert agree(numbers_in(of_example(out, k)), numbers_in(f(*example))).all()


def test_every_primitive_at_its_edges():
    f, parameters, results, _ = all_primitives()
    g = micrograd.compile(f, parameters=parameters).to_numpy()
    assert agree(numbers_in(g([p.data for p in parameters])), results).all()


@examples(15, 100)
@given(steps=st.lists(STEPS, min_size=1, max_size=8), xs=POINTS)
def test_random_expressions(steps, xs):
    """With all but the first leaf as arguments."""
    f, w = expression(steps), Value(xs[0])
    g = micrograd.compile(lambda others: f([w, *others]), parameters=[w]).to_numpy(xs[1:])
    values = [f([w, *others]) for others in (xs[1:], [-x for x in xs[1:]])]
    got = g([xs[0]], [xs[1:], [-x for x in xs[1:]]])
    assert agree(np.broadcast_to(got, 2), [getattr(v, "data", v) for v in values]).all()


def test_both_sides_of_a_decision():
    f, parameters, (one, other) = sides()
    g = micrograd.compile(f, parameters=parameters).to_numpy(*one, also=(other,))
    x = np.array([1.0, -1.0, 9.0, -0.25])
    assert agree(g([2.0], x), reference(f, parameters, [(v,) for v in x])[0]).all()
    with pytest.raises(TypeError, match="same shapes"):
        micrograd.compile(lambda x: w * x[0] if x[0] > 0 else w).to_numpy([1.0], also=(([-1.0, 2.0],),))


def test_operations_of_ones_own(monkeypatch):
    """Straight through: the derivative is what the declaration says, whatever the result is."""

    @primitive("step", methods=())
    def straight_through(m, x):
        return m.where(x > 0.0, 1.0, 0.0), 1.0

    @primitive("opaque", floats=lambda x: x + 1.0, methods=())
    def opaque_of_exports(m, x):
        return m.opaque_of_exports(x), 1.0

    try:
        f = micrograd.compile(lambda x: apply(straight_through, [w * x]))
        assert f.to_numpy(1.0)([2.0], [1.0, -1.0]).tolist() == [1.0, 0.0]
        assert "straight_through" in f.to_numpy(1.0).source
        with pytest.raises(TraceError, match="operation of your own"):
            micrograd.compile(lambda x: apply(opaque_of_exports, [w * x])).to_numpy(1.0)
    finally:
        for name in ("straight_through", "opaque_of_exports"):
            PRIMITIVES.pop(name)
        del Floats.opaque_of_exports


def test_the_source_is_short():
    f, parameters, cases = CASES["moons"]()
    g = micrograd.compile(f, parameters=parameters).to_numpy(*cases[0])
    assert lines_of(g.source, "loss") <= 10
    assert "micrograd" not in g.source.split('"""')[2]


@pytest.mark.parametrize("to", ["to_jax", "to_numpy", "to_torch"])
def test_equal_steps_are_a_loop(to):
    if to == "to_torch":
        pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograd-lab[torch]'")
    if to == "to_jax":
        pytest.importorskip("jax", reason="JAX is not installed: pip install 'micrograd-lab[jax]'")
    sources = []
    for steps in (12, 30):
        f, parameters, cases = recurrent(steps)
        sources.append(getattr(micrograd.compile(f, parameters=parameters), to)(*cases[0]).source)
    assert lines_of(sources[0], "rnn") == lines_of(sources[1], "rnn")
    assert ("jax.lax.scan" if to == "to_jax" else "for t in range(1, 12)") in sources[0]


def test_a_saved_file_runs_without_this_package(tmp_path):
    f, parameters, cases = CASES["moons"]()
    loss = micrograd.compile(f, parameters=parameters)
    loss.to_numpy(*cases[0]).save(tmp_path / "loss.py")
    np.save(tmp_path / "theta.npy", [p.data for p in parameters])
    code = (
        "import sys; sys.modules['micrograd'] = None; import numpy as np; from loss import loss;"
        "print(loss(np.load('theta.npy'), [[0.5, -0.3]], [1.0]).tolist()[0])"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert float(out) == pytest.approx(f([0.5, -0.3], 1.0).data, rel=1e-12)


def test_what_is_said_of_an_export():
    model, other = MLP(2, [3], rng=0), Value(2.0, label="other")

    def loss(x, power, weights):
        return (model(x)[0] - other) ** power * weights["a"]

    compiled = micrograd.compile(loss, parameters=model.parameters())
    g = compiled.to_numpy([0.5, 1.0], 2, {"a": 1.5})
    assert str(g) == (
        "<loss(theta, x, weights) of a batch of examples, in NumPy\n"
        "  theta: 9 numbers in the order of loss.parameters\n"
        "  x: an array of shape (2,)\n"
        "  weights: {'a': a number}\n"
        "  built in: power = 2\n"
        "  built in: 1 Value besides the parameters, with their numbers now>"
    )
    out = g([p.data for p in model.parameters()], [[0.5, 1.0]], {"a": [1.5]})
    assert out == pytest.approx([loss([0.5, 1.0], 2, {"a": 1.5}).data])


def test_structures():
    w = [Value(1.0), Value(2.0)]

    def f(pair, rows):
        return {"sum": w[0] * pair[0] + w[1] * pair[1][0], "rows": [w[0] * r for r in rows], "both": (w[0], 1)}

    g = micrograd.compile(f, parameters=w).to_numpy((1.0, [2.0, 3.0]), [1.0, 2.0, 3.0])
    out = g([1.0, 2.0], ([1.0], [[2.0, 3.0]]), [[1.0, 2.0, 3.0]])
    assert out["sum"].tolist() == [5.0]
    assert out["rows"].tolist() == [[1.0, 2.0, 3.0]]
    assert out["both"] == (1.0, 1)


w = Value(2.0)


def decides(x):
    return w * x if x > 0 else -x * w


def largest(x):
    top = max(v.data for v in [w, x * w])
    return w - top


def looks_at_text(x):
    return w if str(w.data * x).startswith("2") else -w


def normalised(xs):
    return Sequential(Layer(1, 2, rng=0), BatchNorm(2))([xs, xs])[0][0]


REFUSED = {
    "a decision": (lambda: micrograd.compile(decides).to_numpy(1.0), TraceError, r"decides by a number, in .*if x > 0"),
    "a largest number": (lambda: micrograd.compile(largest).to_numpy(1.0), TraceError, r"micrograd\.softmax"),
    "a text": (lambda: micrograd.compile(looks_at_text).to_numpy(1.0), TraceError, r"more than a comparison"),
    "another kind of guard": (
        lambda: micrograd.compile(decides).to_numpy(1.0, guards="maybe"),
        ValueError,
        r"guards must be 'refuse', 'nan' or 'check', got 'maybe'",
    ),
    "a number of inputs": (
        lambda: micrograd.compile(lambda x: w * x).to_numpy(1.0)([2.0], [1.0], [2.0]),
        TypeError,
        r"takes 1 argument after theta, got 2",
    ),
    "numbers of theta": (
        lambda: micrograd.compile(lambda x: w * x).to_numpy(1.0)([2.0, 3.0], [1.0]),
        ValueError,
        r"theta holds 1 number",
    ),
    "one example for a batch": (
        lambda: micrograd.compile(lambda x: w * x[0]).to_numpy([1.0, 2.0])([2.0], [1.0, 2.0]),
        ValueError,
        r"x is an array of shape \(n, 2\) for n examples, got an array of shape \(2,\)",
    ),
    "numbers of a dict": (
        lambda: loaded({"theta": [1.0]}),
        TypeError,
        r"the numbers themselves, such as module\.theta",
    ),
    "examples": (
        lambda: micrograd.compile(lambda x, y: w * x * y).to_numpy(1.0, 1.0)([2.0], [1.0, 2.0], [1.0]),
        ValueError,
        r"takes as many examples of each argument: x has 2, y has 1",
    ),
    "a text for numbers": (
        lambda: micrograd.compile(lambda x: w * x).to_numpy(1.0)([2.0], "ab"),
        TypeError,
        r"x is an array of numbers, got str 'ab'",
    ),
    "a shape by name": (
        lambda: micrograd.compile(lambda x: w * x[0]).to_numpy([1.0, 2.0])([2.0], x=[[1.0]]),
        ValueError,
        r"x is an array of shape \(n, 2\) for n examples",
    ),
    "no example": (
        lambda: micrograd.interop.to_numpy(MLP(2, [1])),
        TypeError,
        r"an example of its arguments \(x\), besides the options also= and guards=. In the example: missing .*'x'",
    ),
    "a misspelt option": (
        lambda: micrograd.compile(lambda x: w * x).to_numpy(1.0, guard="nan"),
        TypeError,
        r"besides the options also= and guards=.*unexpected keyword argument 'guard'",
    ),
    "no list of examples": (
        lambda: micrograd.compile(decides).to_numpy(1.0, also=-1.0),
        TypeError,
        r"also must be a list of further examples, each a tuple of arguments, got float -1\.0",
    ),
    "another example with other arguments": (
        lambda: micrograd.compile(lambda x, n: w * x**n if x > 0 else w).to_numpy(1.0, 3, also=[-1.0]),
        TypeError,
        r"In also\[0\]: missing a required argument: 'n'",
    ),
    "another example with another number built in": (
        lambda: micrograd.compile(lambda x, n: w * x**n if x > 0 else w).to_numpy(1.0, 3, also=[(-1.0, 2)]),
        TypeError,
        r"with the same for what is built in",
    ),
    "Values for theta": (
        lambda: micrograd.compile(lambda x: w * x).to_numpy(1.0)([w], [1.0]),
        TypeError,
        r"takes numbers, and theta holds Values, got a list of 1: pass \[p\.data for p in .*\.parameters\]",
    ),
    "a Value for a number": (
        lambda: micrograd.compile(lambda x: w * x).to_numpy(1.0)([1.0], w),
        TypeError,
        r"x holds Values, .*: pass x\.data",
    ),
    "no function": (
        lambda: micrograd.interop.to_numpy(None, 1.0),
        TypeError,
        r"a function or a model, got NoneType None",
    ),
    "an index": (
        lambda: micrograd.compile(lambda i: micrograd.pick([w, 2 * w], i)).to_numpy(micrograd.index(0))([2.0], [2]),
        IndexError,
        r"values 0 to 1",
    ),
    "a mixture": (
        lambda: micrograd.compile(lambda x: w * x[0]).to_numpy([1.0, "a"]),
        TypeError,
        r"x holds numbers next to 'a'",
    ),
    "numbers to load": (
        lambda: loaded([1.0, 2.0]),
        ValueError,
        r"theta needs 1 number, one for each parameter, got 2",
    ),
    "loaded rows": (lambda: loaded([[1.0]]), TypeError, "theta is a flat sequence of numbers"),
}


def loaded(numbers):
    f = micrograd.compile(lambda x: w * x)
    f(1.0)
    f.load(numbers)


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    act, kind, words = REFUSED[name]
    with pytest.raises(kind, match=words):
        act()


def test_batch_normalisation_is_for_evaluation():
    model = Sequential(Layer(1, 2, rng=0), BatchNorm(2))

    def loss(xs):
        return sum((v for row in model([[x] for x in xs]) for v in row), Value(0.0))

    with pytest.raises(TraceError, match=re.escape("model.eval()")):
        micrograd.compile(loss).to_numpy([1.0, 2.0, 3.0])
    model.eval()
    f = micrograd.compile(loss)
    g = f.to_numpy([1.0, 2.0, 3.0])
    theta = [p.data for p in f.parameters]
    assert g(theta, [[1.0, 2.0, 3.0]]) == pytest.approx([loss([1.0, 2.0, 3.0]).data])


def test_an_export_leaves_no_trace_behind():
    f = micrograd.compile(lambda x: w * x)
    f(1.0)
    f.to_numpy(1.0)
    assert f._traces == 1


def test_numbers_come_back():
    a, b = Value(1.0), Value(2.0)
    f = micrograd.compile(lambda x: a * x + b)
    f.to_numpy(1.0)
    f.load(np.array([3.0, 4.0]))
    assert (a.data, b.data) == (3.0, 4.0)


def test_random_numbers_are_drawn_again_at_each_call():
    rng, v = random.Random(0), Value(1.0)

    def noisy(x):
        return v * x + fresh(partial(rng.gauss, 2.0, 0.5)) * fresh(rng.random) + fresh(partial(rng.uniform, 1, 2))

    before = rng.getstate()
    g = micrograd.compile(noisy).to_numpy(1.0)
    assert rng.getstate() == before
    out = g([1.0], np.zeros(20_000), rng=1)
    assert out.mean() == pytest.approx(2.5, abs=0.05)
    assert out.tolist() == g([1.0], np.zeros(20_000), rng=1).tolist()
    assert "rng: 3 random numbers at each call" in repr(g)
    with pytest.raises(TraceError, match=r"micrograd\.fresh\(rng\.random\)"):
        micrograd.compile(lambda x: v * x + fresh(lambda: rng.random())).to_numpy(1.0)


WORDS = "theta self np torch jnp dtype relu Relu tanh float root passed x_2 _"


@pytest.mark.parametrize("to", ["to_jax", "to_numpy", "to_torch"])
def test_names_that_mean_something_in_a_source(to):
    """The function and an argument are called so."""
    engine = pytest.importorskip(to[3:], reason=f"pip install 'micrograd-lab[{to[3:]}]'")
    w = [Value(0.5), Value(-1.5)]
    for word in WORDS.split():
        scope = {"micrograd": micrograd, "w": w}
        exec(f"def {word}({word}, x): return micrograd.relu(w[0] * {word}).tanh() ** 0.5 + w[1] * x", scope)
        f = micrograd.compile(scope[word], parameters=w)
        g = getattr(f, to)(2.0, 3.0)
        if to == "to_torch":
            out = g(engine.tensor([2.0]), engine.tensor([3.0]))
        else:
            out = g([0.5, -1.5], *((2.0, 3.0) if to == "to_jax" else ([2.0], [3.0])))
        assert numbers_in(out) == pytest.approx([f(2.0, 3.0).data], rel=1e-6)


def test_parts_of_a_dict_and_arguments_called_alike():
    w = Value(0.5)
    g = micrograd.compile(lambda pair, pair_a: w * pair["a"] * pair_a + pair["b"]).to_numpy({"a": 2.0, "b": 3.0}, 0.5)
    assert g([0.5], {"a": [2.0], "b": [3.0]}, [0.25]) == 3.25


def test_sides_draw_different_numbers():
    w, rng = Value(1.0), random.Random(0)
    f = micrograd.compile(lambda x: w * fresh(rng.random) if x > 0 else -w * fresh(rng.random))
    a, b = f.to_numpy(1.0, also=[(-1.0,)])([1.0], [1.0, -1.0], rng=0)
    assert a > 0 > b != -a


def test_a_parameter_called_as_a_key_is():
    key, rng = [Value(0.5), Value(-1.5)], random.Random(0)
    f = micrograd.compile(lambda x: sum(k * x for k in key) * fresh(rng.random), parameters=key)
    source = f.to_numpy(1.0).source
    assert "key_2 = theta[:2]" in source
