"""Names in the generated source: an argument, a label, a function, an operation of your own may be called anything."""

import builtins
import io
import keyword
import math
import tokenize
import unicodedata

import pytest
from budget import seeds

import micrograd
from micrograd import Value, functions, ops
from micrograd._core.methods import Methods
from micrograd.compiler.backends import python
from micrograd.compiler.backends.namespace import Namespace, identifier
from micrograd.compiler.stages.program import KINDS
from micrograd.ops import PRIMITIVES

ODD = """ﬁ fi ᵃ a x² é e\u0301 ½ ① 𝐱 x _ __ 1 x[0] \x00 \ud800 __class__ __debug__ __builtins__ __name__ w w_2 x_w
    v1 v2 d_w d_v1 d_d_v1 p0 fresh0 seed_0 seed_1 inputs inputs_2 shared shared_2 out run math f f_0 f_1""".split(" ")
ODD = [name.strip() for name in ODD] + ["", " ", "x ", "a b", "the x"]


def rich(values):
    """A function of Values whose program calls most of what a program can call."""
    x, y, *others = values
    u = functions.exp(x * y) + functions.pick([x, y, x * y], 1) + functions.atan2(x, 1.5)
    u = u + functions.relu(y - 0.25) * math.inf**0 + functions.max(x, y) + (x * x + 1.0) ** y + 1.0 / (2.0 + x * x)
    for v in others:
        u = u + v * x + v.sin()
    return u


def words(source):
    return {t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.NAME}


def emitted():
    """Every name in the source of a rich program, for each purpose."""
    compiled = micrograd.compile(lambda a, b: [rich([a, b]), a * b], backend="python")
    compiled(Value(0.5), Value(0.25))
    programs = compiled._latest.programs
    modes = [(mode, quiet) for mode in ("forward", "gradient", "rows") for quiet in (False, True)]
    return {name for mode, quiet in modes for name in words(programs._emit(programs.rows(mode), quiet).text)}


EVERY = sorted({*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *PRIMITIVES, *KINDS, *emitted(), *ODD})
SOME = sorted(
    {*ODD, *emitted(), "None", "lambda", "match", "type", "exp", "pow", "pick", "nan", "inf", "float", "print"}
)
NAMES = sorted({*SOME, *(EVERY[k] for k in seeds(0, len(EVERY)))})


@pytest.fixture(params=[python.STATEMENTS, 3], ids=["in one function", "in several"])
def statements(request, monkeypatch):
    monkeypatch.setattr(python, "STATEMENTS", request.param)


def agrees(f, args):
    """Assert that f compiled gives the value and the gradients of f: of one result, and of one result among several."""
    leaves = [v for v in args if isinstance(v, Value)]

    def swept(out):
        for v in leaves:
            v.grad = 0.0
        out.backward()
        return [out.data, *(v.grad for v in leaves)]

    expected = swept(f(*args))
    assert swept(micrograd.compile(f, backend="python")(*args)) == pytest.approx(expected, rel=1e-12)
    both = micrograd.compile(lambda *values: [f(*values), f(*values) * 2.0], backend="python")
    assert swept(both(*args)[0]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", NAMES)
def test_an_argument_a_label_and_a_function_of_any_name(name, statements):
    three = [Value(0.5, label=name), Value(0.25), Value(0.75, label=name)]
    agrees(lambda *values: rich(values), three)
    if name.isidentifier() and not keyword.iskeyword(name) and name != "__debug__":
        scope = {"rich": rich}
        exec(f"def f({name}, other, *, third): return rich([{name}, other, third])", scope)
        fast = micrograd.compile(scope["f"], backend="python")
        agrees(lambda x, y, z: scope["f"](x, y, third=z), three)
        assert fast(*three[:2], third=three[2]).data == pytest.approx(rich(three).data, rel=1e-12)
        exec(f"def made():\n    def {name}({name}, other): return rich([{name}, other])\n    return {name}", scope)
        f = scope["made"]()
        agrees(f, three[:2])
        assert f.__name__ == unicodedata.normalize("NFKC", name)


def test_all_names_at_once_and_each_twice(statements):
    leaves = [Value(0.01 * k, label=name) for k, name in enumerate([*EVERY, *EVERY])]
    agrees(lambda *values: rich(values), leaves)


def test_the_quiet_program_has_names_of_its_own(statements):
    """Where floats raise an error, the program runs again with other functions."""
    leaves = [Value(x, label=name) for x, name in [(0.0, "div"), (1.0, "log"), (2.0, "inf"), (3.0, "pow")]]

    def f(a, b, c, d):
        return b / a + functions.log(a) * c + (a - b) ** d + functions.exp(c * 1000.0) * -math.inf + d * math.nan

    out = micrograd.compile(f, backend="python")(*leaves)
    assert math.isnan(out.data)
    g = micrograd.compile(lambda a, b: b / a, backend="python")
    assert g(*leaves[:2]).data == math.inf


def test_names_stay_as_they_are_where_nothing_else_is_called_so():
    labels = ["inputs", "v1", "d_x", "exp", "match", "_x", "log"]
    leaves = [Value(0.5, label=name) for name in labels]
    source = micrograd.compile(lambda: sum(v * v for v in leaves) + leaves[-1].log() * 2.0, backend="python")
    source()
    assert "    (inputs, v1, d_x, exp, match, _x, log_2) = inputs_2\n" in source.source
    assert "v2 = log(log_2)" in source.source


@pytest.mark.once
@pytest.mark.slow
def test_every_character_gives_a_name():
    for first in range(0, 0x110000, 64):
        characters = map(chr, range(first, first + 64))
        names = [identifier(text) for c in characters for text in (c, f"x{c}y")]
        scope = {}
        exec("".join(f"{name} = 0\n" for name in names), scope)
        assert set(names) <= set(scope)


def test_a_namespace_gives_each_name_once():
    space = Namespace(["exp"])
    given = [space.give(text) for text in ["w", "w", "w_2", "ﬁ", "fi", "exp", "exp", "lambda", "x_lambda", "w"]]
    assert given == ["w", "w_2", "w_2_2", "fi", "fi_2", "exp_2", "exp_3", "x_lambda", "x_lambda_2", "w_3"]


# ---- operations of the user's own


@pytest.fixture
def declared():
    """Declare an operation of that name on floats; it is gone after the test."""
    before = dict(PRIMITIVES)

    def declare(name):
        scope = {"__name__": "somewhere"}
        exec(f"def {name}(m, x): return m.{name}(x), 3.0 * x", scope)
        return micrograd.primitive(name, floats=lambda x: 1.5 * x * x)(scope[name])

    yield declare
    for name in PRIMITIVES.keys() - before.keys():
        del PRIMITIVES[name]
        delattr(Methods, name)
        delattr(ops.Floats, name)


OWN = {*filter(str.isidentifier, KINDS), *emitted(), "inf", "nan", "div", "input", "constant", "stop", "row"}
OWN = [name for name in sorted(OWN) if not (keyword.iskeyword(name) or name in PRIMITIVES)]
OWN = [name for name in OWN if not (hasattr(Value, name) or name == "pow")]


@pytest.mark.parametrize("backend", [None, "python"])
@pytest.mark.parametrize("name", OWN)
def test_an_operation_of_any_name(name, backend, declared):
    own = declared(name)
    leaves = [Value(0.5, label="x"), Value(0.25, label=name)]

    def f(x, y):
        return functions.exp(own(x) * 0.1) + own(y).relu() + functions.pick([x, own(x * y)], 1) * math.inf**0

    f(*leaves).backward()
    expected = [v.grad for v in leaves]
    for v in leaves:
        v.grad = 0.0
    out = micrograd.compile(f, backend=backend)(*leaves)
    out.backward()
    assert out.data == pytest.approx(f(*leaves).data) and [v.grad for v in leaves] == pytest.approx(expected)


def test_an_operation_may_not_take_the_name_of_what_rules_call():
    with pytest.raises(ValueError, match="'pow'"):

        @micrograd.primitive("pow")
        def pow(m, x):
            return x, 1.0


def test_arguments_keep_their_names_beside_those_by_keyword_and_in_any_number():
    def f(a, *xs, y):
        return a * sum(xs) * y

    compiled = micrograd.compile(f)
    compiled(1.0, 2.0, 3.0, y=4.0)
    assert {"a", "xs_0", "xs_1", "y"} <= words(compiled.source)
    assert "s = xs.sum()" in str(compiled.matrices)
    with pytest.raises(ValueError, match=r"got 1 in a, 2 in xs\[0\]"):
        compiled.batch([1.0], [2.0, 3.0], y=4.0)
