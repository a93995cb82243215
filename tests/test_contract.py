"""What happens at the edges: a test for every row of docs/contract.md, named after the row."""

import copy
import gc
import math
import os
import pickle
import random
import subprocess
import sys
import tempfile
import threading
from array import array
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import micrograd
from micrograd import Value, compile, dot, draw, explain, grad, log, losses, softmax, sqrt, step, tanh, total
from micrograd import max as largest
from micrograd import min as smallest
from micrograd._core import lending
from micrograd.engine import topological
from micrograd.nn import MLP, Layer, Neuron
from micrograd.optim import SGD, Adam
from micrograd.text import expression
from micrograd.training import accuracy

PAGE = (Path(__file__).parent.parent / "docs" / "contract.md").read_text(encoding="utf-8")
ROWS = {}
nan, inf = math.nan, math.inf


def row(name):
    def register(test):
        assert name not in ROWS
        ROWS[name] = test
        return test

    return register


def test_every_published_row_has_its_test():
    lines = [line.split(" | ")[0].removeprefix("| ") for line in PAGE.splitlines() if line.startswith("| ")]
    published = [name for name in lines if name not in ("input", "case", "expression")]
    assert sorted(published) == sorted(ROWS)


def derivatives(out, *leaves):
    out.backward()
    return [leaf.grad for leaf in leaves]


def same(got, expected):
    return len(got) == len(expected) and all(g == e or (g != g and e != e) for g, e in zip(got, expected, strict=True))


# ---- inputs


@row("any one real number")
def any_real_number():
    numbers = [3, 3.0, True, np.float32(3), np.int8(3), np.float64(3), np.bool_(True), np.array(3), np.longdouble(3)]
    for x in [*numbers, Fraction(3, 1), Decimal(3)]:
        assert type(Value(x).data) is float and Value(x).data == float(x)
        assert type((Value(1.0) + x).data) is float and (x * Value(2.0)).data == 2 * float(x)


@row("a JAX tracer, a tensor that needs a gradient")
def tracked():
    torch = pytest.importorskip("torch")
    x = torch.tensor(3.0, requires_grad=True)
    for use in (Value, lambda x: Value(1.0) * x, lambda x: x + Value(1.0), Neuron(1), lambda x: Neuron(1)([x])):
        with pytest.raises(TypeError, match=r"detach\(\).*to_jax\(.*to_torch\(.*interop\.to_torch"):
            use(x)


@row("`jnp.sin(v)`, `torch.sin(v)` of a Value")
def in_tensors():
    torch = pytest.importorskip("torch")
    v = Value(2.0)
    for use in (
        torch.sin,
        torch.nn.Linear(1, 1),
        lambda v: torch.zeros(2).add_(v),
        lambda v: torch.stack([v, v]),
        torch.tensor,
    ):
        with pytest.raises(TypeError, match=r"PyTorch takes no Values.*v\.data.*to_jax\(.*to_torch\("):
            use(v)
    jnp = pytest.importorskip("jax.numpy")
    with pytest.raises(ValueError, match=r"JAX takes no Values.*v\.data.*to_jax\(.*to_torch\("):
        jnp.sin(v)
    assert (torch.tensor(3.0) * v).data == (jnp.array(3.0) * v).data == 6.0


@row("a sequence of inputs")
def sequences():
    neuron = Neuron(2)
    expected = neuron([1.0, 2.0]).data
    for inputs in [(1, 2), np.array([1.0, 2.0]), array("d", [1, 2]), range(1, 3), (x for x in (1.0, 2.0))]:
        assert neuron(inputs).data == expected
    assert [out.data for out in neuron(np.array([[1.0, 2.0], [1.0, 2.0]]))] == [expected, expected]


@row('`10**400`, `Decimal("1e400")`')
def too_large():
    for x in (10**400, Decimal("1e400"), Fraction(10**400)):
        for use in (Value, lambda x: Value(1.0) * x, lambda x: x + Value(1.0), tanh):
            with pytest.raises(OverflowError, match="too large"):
                use(x)
    assert Value(Decimal("inf")).data == inf


@row("`v.data = 3`, `v.data = 'x'`")
def assigned_data():
    v = Value(1.0)
    v.data = 3
    assert type(v.data) is float and v.data == 3.0
    with pytest.raises(TypeError, match="a Value holds a real number, got str 'x'"):
        v.data = "x"


@row("`Value(np.int64(2**40)) ** 2`")
def big_integers():
    assert (Value(np.int64(2**40)) ** 2).data == 2.0**80
    assert (Value(2) ** np.int64(3)).data == 8.0


@row("anything that is not a real number")
def no_real_number():
    for x in ["3", None, 1j, np.complex64(1), [3], np.array([3.0]), np.datetime64("2020"), Value(3.0)]:
        with pytest.raises(TypeError, match=f"real number, got {type(x).__name__}"):
            Value(x)
    for x in ["3", None, 1j, [3]]:
        for operation in (lambda a, b: a + b, lambda a, b: b * a, lambda a, b: a**b, lambda a, b: b / a):
            with pytest.raises(TypeError, match=f"Value or a real number, got {type(x).__name__}"):
                operation(Value(2.0), x)


@row("`nan` and `inf`")
def nan_and_inf():
    x = Value(inf)
    assert (x * 2).data == inf and math.isnan((x - x).data) and math.isnan((Value(nan) + 1).data)
    assert derivatives(x * Value(nan), x) != derivatives(x * 2, x)


@row("`Value * np.array([1., 2.])`")
def times_an_array():
    v = Value(3.0)
    for product in (v * np.array([1.0, 2.0]), np.array([1.0, 2.0]) * v):
        assert product.dtype == object and [p.data for p in product] == [3.0, 6.0]
        assert all(type(p) is Value for p in product)


@row("`np.tanh(a)`, `np.std(a)`, `np.dot(a, b)` of an object array of Values")
def in_numpy():
    a = np.array([Value(1.0), Value(3.0)])
    out = np.tanh(a).sum() + np.std(a) + np.dot(a, [1.0, 2.0])
    assert out.data == pytest.approx(math.tanh(1.0) + math.tanh(3.0) + 1.0 + 7.0)
    expected = [1 - math.tanh(1.0) ** 2 - 0.5 + 1.0, 1 - math.tanh(3.0) ** 2 + 0.5 + 2.0]
    assert derivatives(out, *a) == pytest.approx(expected)


@row("`np.isnan(v)`, `np.isfinite(v)`, `np.sign(v)` of one Value")
def asked_by_numpy():
    assert not np.isnan(Value(1.0)) and np.isfinite(Value(1.0)) and np.sign(Value(0.0)).data == 0.0
    assert np.isnan(Value(nan)) and np.isinf(Value(inf))
    for use in (lambda v: np.copysign(v, 1.0), lambda v: np.histogram(np.array([v, v]))):
        with pytest.raises(TypeError, match=r"v\.data"):
            use(Value(1.0))


@row("`v.item()`, `v.backwards()`, `v.T` and other names from elsewhere")
def names_from_elsewhere():
    v = Value(1.0)
    for use, advice in [
        (lambda: v.item(), r"v\.data"),
        (lambda: v.backwards(), r"v\.backward\(\)"),
        (lambda: v.T, "list"),
    ]:
        with pytest.raises(AttributeError, match=advice):
            use()


@row("a wrong number of inputs to a `Neuron`")
def wrong_number_of_inputs():
    with pytest.raises(ValueError, match="takes 2 inputs, got 3"):
        Neuron(2)([1.0, 2.0, 3.0])


# ---- the graph


@row("`a = 1; b = a + a; c = b + b`")
def reuse():
    a = Value(1.0)
    b = a + a
    c = b + b
    assert derivatives(c, a) == [4.0]


@row("`backward()` twice")
def backward_twice():
    a, b, d = Value(3.0), Value(2.0), Value(1.0)
    s = a + b
    e = s * d
    e.backward()
    e.backward()
    assert (a.grad, b.grad, d.grad) == (2.0, 2.0, 10.0)
    assert (s.grad, e.grad) == (1.0, 1.0)


@row("`step`, `explain` and `practice` after an earlier `backward()`")
def a_pass_of_its_own():
    a = Value(3.0, label="a")
    out = a * a
    out.backward()
    for accumulate, last in ((False, 6.0), (True, 12.0)):
        s = micrograd.step(out, accumulate=accumulate)
        s.run()
        assert s.record[-1].after == last
    assert micrograd.practice(out).record[-1].after == 6.0 and "∂L/∂a = 6" in str(micrograd.explain(out, a))
    assert (a.grad, out.grad) == (6.0, 1.0)


@row("`y = x*x*x` at 3, zero `x.grad` alone, `backward()` again")
def zero_one_leaf():
    x = Value(3.0)
    y = x * x * x
    y.backward()
    x.grad = 0.0
    assert derivatives(y, x) == [27.0]


@row("two losses over a shared interior node")
def two_losses():
    x = Value(3.0)
    shared = x * x
    first, second = shared * 2, shared + x
    first.backward()
    second.backward()
    assert x.grad == 12.0 + 7.0


@row("a chain of a million nodes")
def million():
    x = y = Value(1.0)
    for _ in range(1_000_000):
        y = y * x
    assert derivatives(y, x) == [1_000_001.0]
    y.zero_grad()
    assert x.grad == 0.0
    del y


def living():
    return len(lending.living())


@row("`del loss` with the cyclic collector off")
def freed_at_once():
    model = MLP(2, [4, 1])
    fused = MLP(2, [4, 1], fused=True)
    gc.collect()
    gc.disable()
    try:
        before = living()
        loss = (model([1.0, 2.0]).tanh() + fused([1.0, 2.0])) ** 2
        loss.backward()
        assert living() > before + 40
        del loss
        assert living() == before
    finally:
        gc.enable()


@row("`backward()` on a leaf, twice")
def backward_on_a_leaf():
    x = Value(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


@row("`a + a`")
def one_parent_twice():
    a = Value(3.0)
    out = a + a
    assert out.parents == out._prev == (a, a) and out.partials == (1.0, 1.0)
    assert derivatives(out, a) == [2.0]


@row("`v == 2.0`, `2.0 == v`")
def equality():
    v = Value(2.0)
    assert v == 2.0 and 2.0 == v and v != 3.0 and v != Value(2.0) and len({v, Value(2.0)}) == 2
    assert micrograd.value_and_grad(lambda x: 5 * x if x == 2.0 else x)(2.0) == (10.0, 5.0)
    assert micrograd.value_and_grad(lambda x: x if x else 3 * x)(0.0) == (0.0, 3.0)


@row("`float(v)`, `math.sin(v)`, an item of a float array")
def lost_gradients():
    v = Value(2.0)
    for leak in (float, math.sin, lambda x: np.zeros(1).__setitem__(0, x)):
        with pytest.warns(micrograd.GradientLost, match="gradient is lost"):
            leak(v)
        with micrograd.no_grad():
            leak(v)
    with pytest.raises(micrograd.GradientLost):
        grad(math.sin)(0.5)


@row("`v._prev`")
def parents():
    a, b = Value(2.0), Value(3.0)
    assert list((a * b)._prev) == [a, b] and (a * b)._prev == {b, a} and (a * b)._prev | {a} == {a, b}


@row("`push = v._backward; v._backward = …` that calls `push()`")
def wrapped_backward():
    x, w = Value(2.0), Value(5.0)
    for v, slope in ((x * w, 5.0), (x**2, 4.0), (dot([x, 1.0], [w, w]), 5.0), (compile(lambda n: n * n)(x), 4.0)):
        push, seen = v._backward, []

        def watch(v=v, push=push, seen=seen):
            seen.append(v.grad)
            v.grad = min(v.grad, 2.0)
            push()

        x.grad, v._backward = 0.0, watch
        (v * 3).backward()
        assert seen == [3.0] and x.grad == 2.0 * slope


@row("`no_grad()` in asyncio tasks, generators and threads")
def suspended_no_grad():
    def quiet():
        with micrograd.no_grad():
            yield len((Value(1.0) * 2)._prev)
            yield len((Value(1.0) * 2)._prev)

    for inside in quiet():
        assert inside == 0 and len((Value(1.0) * 2)._prev) == 2


@row("`backward()` in several threads, over shared leaves or one graph")
def threads():
    x = Value(2.0)
    shared = x * x
    threads = [threading.Thread(target=lambda: [shared.backward() for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad == 4 * 200 * 4.0


@row("the same program, run twice")
def deterministic():
    def program():
        model = MLP(2, [3, 1], rng=random.Random(4))
        loss = (model([0.5, -1.0]) - 1) ** 2
        loss.backward()
        order = topological(loss)
        position = {v: i for i, v in enumerate(order)}
        edges = [[position.get(p, p.data) for p in v.parents] for v in order]
        return [(v._op, v.data, v.grad) for v in order], edges

    assert program() == program()


@row("data changed by hand after the forward pass")
def refresh():
    x, y = Value(3.0), Value(2.0)
    out = (x * y) ** 2 + total([x, y, x]) + Value(0.0).relu()
    x.data = 5.0
    out.backward()
    assert x.grad == 2 * 6.0 * 2.0 + 2.0
    out.zero_grad()
    out.refresh()
    assert out.data == 100.0 + 12.0
    assert derivatives(out, x, y) == [2 * 10.0 * 2.0 + 2.0, 2 * 10.0 * 5.0 + 1.0]


@row("an infinite derivative of a finite result")
def infinite_derivative():
    for f in (sqrt, lambda v: v**0.5):
        x = Value(0.0)
        out = f(x)
        assert out.data == 0.0 and derivatives(out, x) == [inf]


@row("`copy.deepcopy` and `pickle`")
def copies():
    model = MLP(2, [3, 1])
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
        assert not set(twin.parameters()) & set(model.parameters())
        twin([1.0, 2.0]).backward()
        assert any(p.grad for p in twin.parameters()) and not any(p.grad for p in model.parameters())
    x = Value(1.0, label="x")
    y = x
    for _ in range(5000):
        y = y + x
    y.backward()
    for twin, leaf in (copy.deepcopy([y, x]), pickle.loads(pickle.dumps([y, x]))):
        assert (twin.data, leaf.data, leaf.grad, leaf.label) == (5001.0, 1.0, 5001.0, "x")
        leaf.grad = 0.0
        twin.backward()
        assert (leaf.grad, x.grad) == (5001.0, 5001.0)


# ---- operations


@row("`copy.deepcopy` and `pickle` of a compiled function")
def copies_of_compiled_functions():
    w = Value(2.0)
    fast = compile(lambda x: w * x)
    v, f = copy.deepcopy((w, fast))
    v.data = 5.0
    assert f(3.0).parents == (v,) and f(3.0).data == 15.0 and fast(3.0).data == 6.0
    model = MLP(2, [1], rng=random.Random(0))
    twin, f = pickle.loads(pickle.dumps((model, compile(model))))
    assert set(f([1.0, 2.0]).parents) == set(twin.parameters())


@row("derivatives of a compiled function, of any kind and order")
def derivatives_of_compiled_functions():
    w = Value(2.0)

    def f(x):
        return w * x**3

    for of in (grad, micrograd.hessian, lambda f: grad(grad(grad(f))), lambda f: lambda x: micrograd.taylor(f, x, 3)):
        assert of(compile(f))(1.5) == of(f)(1.5)


@row("Ctrl-C, a fork, another thread while a function is traced")
def traced_in_peace():
    w, seen, members = Value(2.0), [], dict(vars(Value))
    go, gone = threading.Lock(), threading.Lock()
    go.acquire(), gone.acquire()

    def look():
        with go:
            seen.append(w.data)
            gone.release()

    def f(x):
        if go.locked():
            go.release()
            gone.acquire()  # now the other thread has looked
        return w * x

    thread = threading.Thread(target=look)
    thread.start()
    value, _ = compile(f, parameters=[w]).value_and_grad([10.0], 3.0)
    thread.join()
    assert value == 30.0 and seen == [2.0]

    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compile(interrupted)(w)
    assert dict(vars(Value)) == members and w.data == 2.0


def check(out, leaves, value, partials):
    assert same([out.data], [value])
    assert same(derivatives(out, *leaves), partials)


@row("`Value(2) ** Value(3)`")
def power_of_values():
    x, y = Value(2), Value(3)
    check(x**y, [x, y], 8.0, [12.0, 5.545177444479562])


@row("`2.0 ** Value(3)`")
def reflected_power():
    y = Value(3)
    check(2.0**y, [y], 8.0, [5.545177444479562])


@row("`Value(-2) ** Value(-3)`")
def power_of_a_negative():
    x, y = Value(-2), Value(-3)
    check(x**y, [x, y], -0.125, [-0.1875, nan])


@row("`Value(0) ** 0`")
def zero_to_the_zero():
    x = Value(0)
    check(x**0, [x], 1.0, [0.0])


@row("`Value(0) ** Value(1)`")
def zero_to_the_one():
    x, y = Value(0), Value(1)
    check(x**y, [x, y], 0.0, [1.0, 0.0])


@row("`Value(0) ** 0.5`")
def root_of_zero():
    x = Value(0)
    check(x**0.5, [x], 0.0, [inf])


@row("`Value(-8) ** (1/3)`")
def never_complex():
    for exponent in (1 / 3, Value(1 / 3)):
        with pytest.raises(ValueError, match=r"power\w*\(x = -8\.0, "):
            Value(-8, label="x") ** exponent


@row("`a / b`")
def division():
    rng = random.Random(0)
    for _ in range(1000):
        a, b = Value(rng.gauss(0, 1e3)), Value(rng.gauss(0, 1e-3))
        out = a / b
        check(out, [a, b], a.data / b.data, [1 / b.data, -out.data / b.data])


@row("`1 / Value(0)`, `log(0)`, `log(-1)`, `sqrt(-1)`")
def outside_the_domain():
    zero, negative = Value(0.0, label="zero"), Value(-1.0, label="negative")
    with pytest.raises(ZeroDivisionError, match=r"div\(1\.0, zero = 0\.0\)"):
        1 / zero
    with pytest.raises(ValueError, match=r"log\(zero = 0\.0\)"):
        log(zero)
    for f in (log, sqrt):
        with pytest.raises(ValueError, match=r"\(negative = -1\.0\)"):
            f(negative)


@row("`1 / (1 / x)` at 1e150")
def reciprocal_twice():
    x = Value(1e150)
    out = 1 / (1 / x)
    assert out.data == 1e150
    assert derivatives(out, x) == pytest.approx([1.0], rel=1e-15)


@row("`exp(1000)`")
def overflow():
    with pytest.raises(OverflowError, match=r"exp\(z = 1000\.0\)"):
        Value(1000, label="z").exp()


@row("any of these errors in a compiled function")
def compiled_outside_the_domain():
    for f, x, value in ((lambda v: 1 / v, 0, inf), (log, -1, nan), (sqrt, -1, nan), (Value.exp, 1000, inf)):
        leaf = Value(x, label="leaf")
        out = compile(lambda f=f, leaf=leaf: f(leaf))()
        assert same([out.data], [value])
        out.backward()
        with pytest.raises((ValueError, ArithmeticError), match=f"leaf = {x}"):
            compile(lambda f=f, leaf=leaf: f(leaf), strict=True)()
    with pytest.raises(ValueError, match="base = -8"):
        compile(lambda: Value(-8, label="base") ** (1 / 3), strict=True)()


@row("`relu(0)` and `abs(0)`")
def kinks():
    for f in (Value.relu, abs):
        x = Value(0.0)
        check(f(x), [x], 0.0, [0.0])


@row("`relu(nan)`")
def relu_of_nan():
    x = Value(nan)
    check(x.relu(), [x], nan, [nan])


@row("`max(a, b)` and `min(a, b)` at a tie")
def ties():
    for f in (largest, smallest):
        a, b = Value(2.0), Value(2.0)
        check(f(a, b), [a, b], 2.0, [1.0, 0.0])


@row("`max` and `min` with a nan")
def extremes_of_nan():
    for f in (largest, smallest):
        for x, y in ((nan, 1.0), (1.0, nan)):
            a, b = Value(x), Value(y)
            check(f(a, b), [a, b], nan, [nan, nan])


@row("a gate that is shut: `relu` below 0, the operand that `max`, `min`, `where` or `clip` did not take")
def shut_gates():
    gates = [
        lambda x: x.relu(),
        lambda x: largest(x, 0.0),
        lambda x: smallest(x, -2.0),
        lambda x: micrograd.where(x > 0.0, x, 0.0),
        lambda x: micrograd.clip(x, 0.0, 1.0),
    ]
    for arriving in (inf, -inf, nan):
        for gate in gates:
            x = Value(-1.0)
            assert derivatives(gate(x) * arriving, x) == [0.0]
    x = Value(-1.0)
    assert derivatives(sqrt(x.relu()), x) == [0.0]


@row("`x % y`, `x // y`, `divmod(x, y)`")
def remainders():
    for x, y in [(-7.5, 2.0), (7.5, -2.0), (0.3, 0.1), (6.0, 3.0)]:
        a, b = Value(x), Value(y)
        assert same(derivatives(a % b, a, b), [1.0, -math.floor(x / y)])
        a, b = Value(x), Value(y)
        assert same(derivatives(a // b, a, b), [0.0, 0.0])
        assert ((a % b).data, (a // b).data) == (x % y, x // y)
        assert [v.data for v in divmod(a, b)] == [*divmod(x, y)]


@row("`floor(x)`, `ceil(x)`, `sign(x)` and `math.floor`, `ceil`, `trunc` of a Value")
def steps():
    results = {micrograd.floor: -3.0, micrograd.ceil: -2.0, micrograd.sign: -1.0}
    for f, expected in (results | {math.floor: -3.0, math.ceil: -2.0, math.trunc: -2.0}).items():
        x = Value(-2.5)
        out = f(x)
        assert out.data == expected and same(derivatives(out, x), [0.0])


@row("`round(x, 2)`, `int(x)`, `[x] @ [y]`")
def said_what_to_write():
    x = Value(0.123)
    for wrong, sentence in [
        (lambda: round(x, 2), r"round\(v.data, 2\)"),
        (lambda: int(x), r"int\(v.data\)"),
        (lambda: [x] @ x, r"dot\(weights, inputs\)"),
    ]:
        with pytest.raises(TypeError, match=sentence):
            wrong()


@row("`clip(x, -1, 1)`, `hardtanh(x)`, `relu6(x)` at a bound")
def bounds():
    for f, bound, slope in [
        (lambda x: x.clip(-1, 1), 1.0, 1.0),
        (lambda x: x.clip(-1, 1), -1.0, 1.0),
        (Value.hardtanh, 1.0, 0.0),
        (Value.hardtanh, -1.0, 0.0),
        (Value.relu6, 6.0, 0.0),
        (Value.relu6, 0.0, 0.0),
    ]:
        x = Value(bound)
        out = f(x)
        assert out.data == bound and same(derivatives(out, x), [slope])


@row("`where(condition, a, b)`")
def choice():
    for condition, expected in ((True, [1.0, 0.0]), (False, [0.0, 1.0])):
        a, b = Value(2.0), Value(3.0)
        assert same(derivatives(micrograd.where(condition, a, b), a, b), expected)


@row("`hypot(0, 0)`")
def length_of_nothing():
    a, b = Value(0.0), Value(0.0)
    out = micrograd.hypot(a, b)
    assert out.data == 0.0 and same(derivatives(out, a, b), [0.0, 0.0])


@row("`asin(1)`, `acosh(1)`, `cbrt(0)`")
def steep():
    for f, x, expected in [(micrograd.asin, 1.0, math.pi / 2), (micrograd.acosh, 1.0, 0.0), (micrograd.cbrt, 0.0, 0.0)]:
        v = Value(x)
        out = f(v)
        assert out.data == expected and same(derivatives(out, v), [inf])


@row("`logaddexp(1000, 1000)`, `log_ndtr(-1000)`")
def far_away():
    a, b, c = Value(1000.0), Value(1000.0), Value(-1000.0)
    out = micrograd.logaddexp(a, b)
    assert out.data == 1000.0 + math.log(2.0) and same(derivatives(out, a, b), [0.5, 0.5])
    out = micrograd.log_ndtr(c)
    assert math.isfinite(out.data) and derivatives(out, c)[0] == pytest.approx(1000.000999998, rel=1e-12)


@row("`tanh(400)`")
def saturated():
    x = Value(400.0)
    check(tanh(x), [x], 1.0, [0.0])


@row("`sigmoid(-1000)`")
def sigmoid_far_out():
    x = Value(-1000.0)
    check(x.sigmoid(), [x], 0.0, [0.0])


@row("`softmax([1000, 0])` and its cross-entropy")
def softmax_far_out():
    logits = [Value(1000.0), Value(0.0)]
    assert [p.data for p in softmax(logits)] == [1.0, 0.0]
    for target, loss in ((0, 0.0), (1, 1000.0)):
        out = losses.cross_entropy([logits], [target])
        assert out.data == loss
        assert all(map(math.isfinite, derivatives(out, *logits)))


@row("`cross_entropy([710, 700], 0)`, `cross_entropy([1e308, 1e308], 0)`")
def small_cross_entropies():
    for logits, target, value, slope in (
        ([710.0, 700.0], 0, 4.539889921686465e-05, 4.53978687024344e-05),
        ([1e308, 1e308], 0, math.log(2), 0.5),
    ):
        leaves = list(map(Value, logits))
        out = losses.cross_entropy(leaves, target)
        assert out.data == pytest.approx(value, rel=1e-13)
        assert derivatives(out, *leaves) == pytest.approx([-slope, slope], rel=1e-13)


@row("every composite and every loss")
def composites():
    """`tests/test_composites.py` has the table."""
    x = Value(-20.0)
    assert losses.sigmoid_cross_entropy(-x, 1).data == pytest.approx(2.061153620314381e-09, rel=1e-14)
    assert losses.binary_cross_entropy(1e-10, 0) == pytest.approx(1.00000000005e-10, rel=1e-14)
    assert micrograd.gelu(x).data == pytest.approx(-5.507248237212461e-88, rel=1e-12)


@row("`silu(x)`, `gelu(x)`, `mish(x)` at −∞ and ∞")
def activations_far_out():
    for f in (micrograd.silu, micrograd.gelu, micrograd.mish):
        for at, value, slope in ((-inf, 0.0, 0.0), (inf, inf, 1.0)):
            x = Value(at)
            check(f(x), [x], value, [slope])


@row("`softmax([∞, 0])`, `softmax([∞, ∞])`")
def softmax_of_infinities():
    for logits, values, slopes in (([inf, 0.0], [1.0, 0.0], [0.0, 0.0]), ([inf, inf], [nan, nan], [nan, nan])):
        leaves = list(map(Value, logits))
        out = softmax(leaves)
        assert same([v.data for v in out], values) and same(derivatives(out[0], *leaves), slopes)


@row("`std` and `norm` of equal values, of values of size 1e±200")
def lengths():
    for size in (1e200, 1e-200):
        for f, factors, value, slopes in (
            (micrograd.std, (1.0, -1.0), 1.0, [0.5, -0.5]),
            (micrograd.norm, (3.0, 4.0), 5.0, [0.6, 0.8]),
        ):
            leaves = [Value(size * factor) for factor in factors]
            out = f(leaves)
            assert out.data == pytest.approx(value * size) and derivatives(out, *leaves) == pytest.approx(slopes)
    leaves = [Value(2.0), Value(2.0)]
    check(micrograd.std(leaves), leaves, 0.0, [0.0, 0.0])


@row("long sums, `total` and `dot`")
def left_to_right():
    numbers = [1e16, 1.0, -1e16, 1.0] * 10
    plain = 0.0
    for x in numbers:
        plain += x
    values = [Value(x) for x in numbers]
    ones = [Value(1.0) for _ in numbers]
    assert total(values).data == total(numbers) == plain != math.fsum(numbers)
    assert dot(ones, values).data == dot([1.0] * len(numbers), numbers) == plain


# ---- derivatives of derivatives


@row("a subclass with its own `__call__`, `forward`, `fire` or `parameters()`")
def test_a_subclass_of_a_neuron():
    class Leaky(Neuron):
        def __init__(self, nin, **options):
            super().__init__(nin, **options)
            self.slope = Value(0.25)

        def __call__(self, x):
            z = dot(self.w, x, self.b)
            return z.relu() - self.slope * (-z).relu()

    model = MLP(2, [3, 1], neuron=Leaky, fused=True, rng=1)
    assert len(model.parameters()) == 13 + 4 == model.summary().parameters
    expected = [n([1.0, -2.0]) for n in model[0].neurons]
    assert model([1.0, -2.0]).data == model[1](expected).data == compile(model)([1.0, -2.0]).data
    assert sum(name.endswith("slope") for name in model.state_dict()) == 4
    model[0].neurons[0].parameters = lambda: []
    assert len(model.parameters()) == 13


@row("a parameter listed twice")
def test_a_parameter_listed_twice():
    class Twice(Neuron):
        def parameters(self):
            return super().parameters() * 2

    layer, p = Layer(1, 1), Value(1.0)
    layer.neurons = [Twice(1)]
    assert len(layer.parameters()) == 2
    p.grad = 1.0
    SGD([p, p], lr=0.5).step()
    assert p.data == 0.5


@row("Values that a method keeps (the last inputs, outputs, a loss)")
def test_values_that_a_method_keeps():
    class Keeping(Neuron):
        def __call__(self, x):
            self.x, self.out = [Value(v) for v in x], super().__call__(x)
            return self.out

    neuron = Keeping(2)
    for _ in range(2):
        neuron([1.0, 2.0])
        assert neuron.parameters() == [*neuron.w, neuron.b] and list(neuron.state_dict()) == ["w", "b"]
    neuron.scale = Value(2.0)
    assert neuron.parameters()[-1] is neuron.scale


@row("`Value.relu = mine`, or a method of a subclass of `Value`")
def test_a_replaced_method():
    class Mine(Value):
        def relu(self):
            return self * 3.0

    for fused in (False, True):
        neuron = Neuron(1, fused=fused)
        neuron.w, neuron.b = [Mine(-2.0)], Mine(0.0)
        assert neuron([1.0]).data == -6.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Value, "relu", lambda self: self * 5.0)
        for fused in (False, True):
            neuron = Neuron(1, fused=fused)
            neuron.w[0].data = -2.0
            assert neuron([1.0]).data == -10.0


@row("an activation that returns a float for a Value")
def test_an_activation_that_returns_a_float():
    with pytest.raises(TypeError, match=r"write micrograd\.tanh"):
        MLP(2, [2, 1], activation=math.tanh)([1.0, 2.0])


@row("a `fit(...)` that nobody reads")
def test_a_fit_that_nobody_reads():
    model = Layer(1, 1)
    with pytest.warns(RuntimeWarning, match="nothing was trained: iterate over fit"):
        micrograd.fit(model, losses.mse, ([[1.0]], [1.0]), SGD(model.parameters()))
    assert len(micrograd.train(model, losses.mse, ([[1.0]], [1.0]), SGD(model.parameters()), epochs=2)) == 2


@row("the class of a single output")
def test_the_class_of_a_single_output():
    model, xs = Layer(1, 1, nonlin=False), [[-1.0], [0.25], [2.0]]
    model.weight = [[1.0]]
    with pytest.raises(ValueError, match="write output='logit' if its sign decides between 0 and 1"):
        model.predict(xs)
    assert model.predict(xs, output="probability") == [0, 0, 1] and accuracy(model, xs, [-1, 1, 1]) == 1.0
    micrograd.train(model, losses.sigmoid_cross_entropy, (xs, [0, 1, 1]), SGD(model.parameters(), lr=0.0))
    assert model.predict(xs) == [0, 1, 1] and accuracy(model, xs, [0, 1, 1]) == 1.0


@row("a step or a training that fails, diverges or is interrupted")
def test_a_training_that_fails():
    model = Layer(1, 1, nonlin=False, rng=0)
    optimiser, before = Adam(model.parameters(), lr=1.7e308, eps=0.0), model.state_dict()
    with pytest.raises(ArithmeticError, match="parameters and optimiser are left as before it"):
        micrograd.train(model, losses.max_margin, ([[1.0]], [1.0]), optimiser)
    assert model.state_dict() == before and optimiser.t == 0


@row("`rng=0`")
def test_an_int_as_rng():
    assert MLP(2, [2], rng=0).state_dict() == MLP(2, [2], rng=random.Random(0)).state_dict()


@row("`D(x → x · D(y → x + y)(1))(1)`")
def nested():
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0


# ---- files and text from outside


@row("an expression on the command line")
def foreign_expressions():
    assert (
        expression.evaluate("2*a**2 - tanh(0)", {"a": 3.0}).data == expression.evaluate("2·a²", {"a": 3.0}).data == 18.0
    )
    assert micrograd.step("2*a**2", a=3.0).root.data == 18.0
    for text, at in (("a.__class__", 1), ("__import__('os')", 0), ("a if a else a", 2), ("[a]", 0), ("a; a", 1)):
        with pytest.raises(expression.ExpressionError) as error:
            expression.evaluate(text, {"a": 3.0})
        assert str(error.value).splitlines()[-2:] == [f"  {text}", "  " + " " * at + "^"]


@row("a label such as `<script>alert(1)</script>`")
def foreign_labels():
    label = "<script>alert(1)</script>"
    picture = draw(Value(1.0, label=label) * 2)
    for text in (picture.svg, picture._repr_mimebundle_()["text/html"]):
        assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in picture.svg
    assert r"\<script\>alert(1)\</script\>" in picture.dot


@row("a control character or a mark of direction in a label or a name (`\\x1b`, `\\u202e`)")
def control_characters():
    a = Value(-1.0, label="\x1b[2J\u202eשלום👩‍🔬")
    for operation in (a.log, a.sqrt):
        with pytest.raises(ValueError) as caught:
            operation()
        assert r"(\x1b[2J\u202eשלום👩‍🔬 = -1.0)" in str(caught.value)
    out = a * 2
    shown = (str(explain(out)), explain(out).latex, draw(out).svg, draw(out).dot, step(out).html)
    assert not any("\x1b" in text or "\u202e" in text for text in shown)
    assert all("שלום👩‍🔬" in text for text in shown[:4])


@row("a terminal that cannot show a character")
def poor_terminals():
    code = "from micrograd import *; w = Value(2.0, label='λ'); print(explain(w**2))"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert said.stdout == "L = lambda^2 = 2^2 = 4\ndL/dlambda = 2*lambda = 2*2 = 4\n" and not said.stderr


@row("a model file that is truncated, of another format or of another network")
def foreign_files():
    with tempfile.TemporaryDirectory() as folder:
        path, model = Path(folder) / "model", MLP(2, [3, 1])
        before = model.state_dict()
        MLP(2, [4, 1]).save(path)
        with pytest.raises(ValueError, match=r"0.weight: shape \(3, 2\) is needed, got \(4, 2\)"):
            model.load(path)
        for content in (path.read_bytes()[:-1], pickle.dumps([1.0])):
            path.write_bytes(content)
            with pytest.raises(ValueError, match="not a whole safetensors file"):
                model.load(path)
        assert model.state_dict() == before


@row("writing a file (model, page, picture, sheet)")
def atomic_files():
    exercise = micrograd.practice(level=1)
    writers = {
        "model": MLP(2, [3, 1]).save,
        "page.html": exercise.save,
        "picture.svg": micrograd.draw(Value(1.0)).save,
        "sheet.tex": exercise.export,
    }
    for name, write in writers.items():
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as broken:
            path = Path(folder) / name
            path.write_text("old")
            path.chmod(0o600)
            broken.setattr(os, "replace", lambda *names: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                write(path)
            assert path.read_text() == "old" and os.listdir(folder) == [name]
            broken.undo()
            write(path)
            assert path.read_bytes() != b"old" and path.stat().st_mode & 0o777 in (0o600, 0o666)  # 666 on Windows
            path.chmod(0o444)
            with pytest.raises(PermissionError, match="is read-only and stays as it is"):
                write(path)
            path.chmod(0o600)


@pytest.mark.parametrize("name", ROWS)
def test_row(name):
    ROWS[name]()
