"""A primitive is one declaration: every primitive works everywhere, those of the table and those of a user."""

import math
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from points import TABLE, cases

import micrograd
from micrograd import Value, functions, grad
from micrograd._core.elementary import apply
from micrograd._core.methods import Methods
from micrograd.compiler.backends import kernel
from micrograd.compiler.stages.program import KINDS
from micrograd.ops import PRIMITIVES, Floats
from micrograd.teaching.words.explain import explain
from micrograd.text.expression import evaluate
from micrograd.text.rule_card import RuleCard
from tools import generate

BACKENDS = ["python", pytest.param("native", marks=pytest.mark.skipif(not kernel.available(), reason="no kernel"))]
FUNCTIONS = {name: op for name, op in PRIMITIVES.items() if name in op.methods}
POINTS = [(name, operands) for name, operands, _ in cases() if name in FUNCTIONS]
LATER = """
    sinh cosh asin acos asinh acosh atanh exp2 log2 log10 cbrt erfc hypot atan2 logaddexp sign floor ceil softsign
    hardtanh relu6 clip log_ndtr
""".split()
COMPOSITES = {
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    "swish": lambda x: x / (1 + math.exp(-x)),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "gelu": lambda x: 0.5 * x * (1 + math.erf(x / math.sqrt(2))),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "square": lambda x: x * x,
}


def written(name, leaves):
    return getattr(functions, name)(*leaves)


def test_the_later_functions_are_in_the_table():
    assert set(LATER) <= set(FUNCTIONS) and "where" in PRIMITIVES
    assert set(FUNCTIONS) | set(COMPOSITES) <= set(dir(micrograd)) and set(LATER) <= set(micrograd.__all__)


@pytest.mark.parametrize(("name", "operands"), POINTS)
def test_method_function_and_numpy_agree(name, operands):
    op = FUNCTIONS[name]
    expected, *partials = op.run(Floats, *operands)
    leaves = [Value(x) for x in operands]
    out = written(name, leaves)
    out.backward()
    assert (out.data, [v.grad for v in leaves]) == (expected, partials) and out.primitive is op
    assert getattr(leaves[0], name)(*leaves[1:]).data == expected == written(name, operands)
    ufunc = getattr(np, op.numpy, None)
    if ufunc is not None and len(operands) == 1 and name not in ("sign", "relu"):  # sign asks for comparisons
        found = ufunc(np.array(leaves, dtype=object))[0]
        assert isinstance(found, Value) and found.data == expected


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("name", "operands"), POINTS)
def test_compiled(name, operands, backend):
    f = micrograd.compile(lambda xs: written(name, xs) * 1.5, backend=backend)
    leaves = [Value(x) for x in operands]
    out = f(leaves)
    out.backward()
    expected, *partials = FUNCTIONS[name].run(Floats, *operands)
    assert out.data == pytest.approx(1.5 * expected, rel=1e-14)
    assert [v.grad for v in leaves] == pytest.approx([1.5 * d for d in partials], rel=1e-13, abs=1e-300)


@pytest.mark.parametrize(("name", "operands"), {name: operands for name, operands in POINTS}.items())
def test_in_text(name, operands):
    """In the grammar, as a rule in print, step by step, explained."""
    names = "xyz"[: len(operands)]
    values = {n: Value(x, label=n) for n, x in zip(names, operands, strict=True)}
    out = evaluate(f"{name}({', '.join(names)})", values)
    assert out.data == FUNCTIONS[name].run(Floats, *operands)[0]
    card = RuleCard(name)
    assert str(card).startswith(f"{name}: out = ") and len(str(card).splitlines()) == 1 + len(operands)
    steps = list(micrograd.step(out))
    assert [step.local for step in steps] == list(FUNCTIONS[name].run(Floats, *operands)[1:])
    explained = explain(out, wrt=values["x"])
    assert str(explained) and explained.latex.count("{") == explained.latex.count("}")
    assert "<svg" in micrograd.draw(out).svg


def test_on_the_command_line(tmp_path):
    command = [sys.executable, "-m", "micrograd", "step", "hypot(sinh(x), 2) + clip(y, 0, 1)", "x=0.5", "y=3", "--all"]
    out = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "100"})
    assert "hypot" in out.stdout and "clip" in out.stdout


@pytest.mark.parametrize("name", COMPOSITES)
def test_composites(name):
    for x in (-2.5, -0.3, 0.7, 3.0):
        v = Value(x)
        out = getattr(v, name)()
        out.backward()
        expected = COMPOSITES[name]
        assert out.data == pytest.approx(expected(x), rel=1e-14) == getattr(functions, name)(x)
        assert v.grad == pytest.approx((expected(x + 1e-6) - expected(x - 1e-6)) / 2e-6, rel=1e-6, abs=1e-8)
        assert grad(lambda x: getattr(x, name)())(x) == v.grad


def test_lists():
    numbers = [1.5, -2.0, 4.0]
    values = [Value(x) for x in numbers]
    for name, expected in {
        "prod": np.prod(numbers),
        "mean": np.mean(numbers),
        "var": np.var(numbers),
        "std": np.std(numbers),
    }.items():
        f = getattr(functions, name)
        assert f(numbers) == pytest.approx(expected) == f(values).data
    assert functions.var(numbers, ddof=1) == pytest.approx(np.var(numbers, ddof=1))
    functions.std(values).backward()
    assert [v.grad for v in values] == pytest.approx([(x - np.mean(numbers)) / 3 / np.std(numbers) for x in numbers])
    assert functions.prod([]) == 1.0 and evaluate("mean(x, y, 3)", x=1.0, y=2.0).data == 2.0
    for f in (functions.mean, functions.var):
        with pytest.raises(ValueError, match="needs"):
            f([])


def test_where_and_isnan():
    x, y = Value(0.4), Value(-1.2)
    for condition, chosen in ((x > y, x), (x < y, y), (0, y), (np.True_, x), (Value(2.0), x)):
        out = functions.where(condition, x, y)
        x.grad = y.grad = 0.0
        out.backward()
        assert out.data == chosen.data and (x.grad, y.grad) == ((1.0, 0.0) if chosen is x else (0.0, 1.0))
    assert functions.where(True, 1.0, 2.0) == 1.0
    assert grad(lambda t: functions.where(t > 0, t * t, -t))(3.0) == 6.0
    f = micrograd.compile(lambda t: functions.where(t > 0, t * t, -t))
    assert [f(t) for t in (3.0, -2.0, 0.0)] == [9.0, 2.0, 0.0] and "1 trace," in repr(f)
    assert functions.isnan(Value(math.nan)) is True and functions.isnan(1.0) is False
    assert functions.isnan(np.float64("nan"))


def test_pythons_operators():
    x, y = Value(-7.5), Value(2.0)
    out = x % y
    out.backward()
    assert out.data == -7.5 % 2.0 and (x.grad, y.grad) == (1.0, 4.0)
    assert [v.data for v in divmod(x, y)] == [*divmod(-7.5, 2.0)] and [v.data for v in divmod(3, y)] == [1.0, 1.0]
    assert (x // y).data == -4.0 and (5 // y).data == 2.0 and (5 % y).data == 1.0 and +x is x
    assert (math.floor(x).data, math.ceil(x).data, math.trunc(x).data) == (-8.0, -7.0, -7.0)
    for wrong, sentence in (
        (lambda: [1.0, 2.0] @ x, "micrograd.dot"),
        (lambda: x @ [y], "micrograd.dot"),
        (lambda: round(x, 2), r"round\(v.data, 2\)"),
        (lambda: int(x), r"int\(v.data\)"),
    ):
        with pytest.raises(TypeError, match=sentence):
            wrong()


def test_the_generated_files_follow_the_table():
    for name, write in generate.FROM_THE_TABLE.items():
        assert (generate.ROOT / name).read_text(encoding="utf-8") == write(), "run python -m tools.generate"
    assert not kernel.available() or kernel._kernel.KINDS == tuple(KINDS)
    assert set(TABLE) == set(PRIMITIVES)


# ---- declared by a user


def swoosh(m, x):
    """ln(1 + x²)."""
    return m.log1p(x**2), 2 * x / (1 + x * x)


def lgamma(m, x):
    """ln |Γ(x)|."""
    return m.lgamma(x), m.digamma(x)


def digamma(m, x):
    """The derivative of lgamma, roughly."""
    return m.digamma(x), math.nan


def test_a_declared_primitive_works_everywhere(declare):
    swoosh = declare("swoosh", latex=r"\operatorname{swoosh}")(globals()["swoosh"])
    x = Value(0.8, label="x")
    out = swoosh(x)
    out.backward()
    assert out.data == math.log1p(0.8**2) == swoosh(0.8) and x.grad == pytest.approx(1.6 / 1.64) and out._op == "swoosh"
    assert x.swoosh().data == out.data == np.array([x], dtype=object)[0].swoosh().data
    second = grad(grad(swoosh))(0.8)
    assert second == pytest.approx(2 * (1 - 0.64) / 1.64**2)
    assert micrograd.jvp(swoosh, 0.8, 1.0)[1] == pytest.approx(1.6 / 1.64)
    assert 2 * micrograd.taylor(swoosh, 0.8, 2)[2] == pytest.approx(second)
    for backend in ("python", None):
        f = micrograd.compile(lambda x: swoosh(x) + 1.0, backend=backend)
        value = f(x)
        x.grad = 0.0
        value.backward()
        assert value.data == pytest.approx(1 + out.data) and x.grad == pytest.approx(1.6 / 1.64)
    assert "swoosh" in micrograd.draw(out).svg and [*micrograd.step(out)][0].local == x.swoosh().partials[0]
    assert evaluate("swoosh(x)", x=x).data == out.data
    assert r"\frac{2 \cdot x}{1 + {x}^{2}}" in explain(out, wrt=x).latex
    assert str(RuleCard("swoosh")).startswith("swoosh: out = log1p(x²)")
    assert pickle.loads(pickle.dumps(out)).data == out.data


def test_check_knows_a_primitive_of_ones_own(declare):
    declare("swoosh")(globals()["swoosh"])

    class Forgetful(Value):
        def swoosh(self):
            out = Forgetful(math.log1p(self.data**2), (self,), "swoosh")

            def push():
                self.grad += 2 * self.data / (1 + self.data**2)  # and the upstream?

            out._backward = push
            return out

    found = micrograd.check(Forgetful)
    assert "swoosh" in str(found) and "upstream" in str(found) and not found


def test_a_primitive_on_a_function_of_floats(declare):
    declare("ψ", floats=lambda x: (math.lgamma(x + 1e-5) - math.lgamma(x - 1e-5)) / 2e-5)(digamma)
    domain = "an operand that is no whole number up to 0"
    lgamma = declare("lgamma", "lnΓ", domain, floats=math.lgamma, latex=r"\ln\Gamma")(globals()["lgamma"])
    x = Value(3.5, label="x")
    assert lgamma(x).data == math.lgamma(3.5)
    f = micrograd.compile(lambda x: sum((lgamma(x + k) for k in range(20)), 0.0))
    eager = sum((lgamma(x + k) for k in range(20)), 0.0)
    assert f(x).data == pytest.approx(eager.data, rel=1e-14)
    assert math.isnan(micrograd.compile(lgamma)(-1.0))
    with pytest.raises(ValueError, match=r"lgamma\(-1.0\) is not defined: it needs an operand that is no whole"):
        lgamma(-1.0)
    assert explain(lgamma(x), wrt=x).latex


def test_a_copy_finds_the_module_that_declares_its_primitive(declare, tmp_path, monkeypatch):
    source = "import micrograd\n\n\n@micrograd.primitive('triple')\ndef triple(m, x):\n    return 3.0 * x, 3.0\n"
    (tmp_path / "triples.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    import triples

    written = pickle.dumps(triples.triple(Value(2.0)))
    del PRIMITIVES["triple"], Methods.triple, sys.modules["triples"]
    assert pickle.loads(written).data == 6.0 and "triple" in PRIMITIVES
    del PRIMITIVES["triple"]
    (tmp_path / "triples.py").write_text("")
    del sys.modules["triples"]
    with pytest.raises(LookupError, match="the primitive 'triple' is not declared: declare it before"):
        pickle.loads(written)
    monkeypatch.delitem(sys.modules, "triples")
    del Methods.triple


def test_declaring_again_replaces_and_names_in_use_are_refused(declare):
    def cube(m, x):
        return x**3, 3.0 * x**2

    first = declare("cube")(cube)
    again = declare("cube")(cube)
    assert first(2.0) == again(2.0) == 8.0 == Value(2.0).cube().data
    for name in ("tanh", "data", "backward"):
        cube.__name__ = name
        with pytest.raises(ValueError, match=f"a Value has a '{name}' already"):
            declare("cube")(cube)


def test_a_rule_without_derivatives_says_what_is_missing(declare):
    @declare("half")
    def halved(m, x):
        return x / 2

    with pytest.raises(TypeError, match="the rule of 'halved' must return the result and a local derivative for each"):
        halved(Value(1.0))
    assert apply(PRIMITIVES["sinh"], [0.0]) == 0.0
