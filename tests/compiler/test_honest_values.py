"""What a traced function asks of a Value besides its number: which one it is, its text, its label, its parents."""

from collections import defaultdict
from contextvars import Context

import numpy as np
import pytest

import micrograd
from micrograd import TraceError, Value
from micrograd._core.modes import tracer
from micrograd.calculus.structures import leaves
from micrograd.compiler import causes
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.tracing.errors import ChangedArgument
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.compiler.tracing.trace import trace

BACKENDS = ["python", None]


def outcome(f, arguments):
    """The results and the gradients with respect to all Values among the arguments."""
    inputs = [x for x in leaves(list(arguments)) if isinstance(x, Value)]
    found = []
    for x in leaves(f(*arguments)):
        if not isinstance(x, Value):
            found.append((type(x), repr(x)))
            continue
        found.append(type(x))
        for v in inputs:
            v.grad = 0.0
        x.backward()
        found.append((x.data, [v.grad for v in inputs]))
        for v in inputs:
            v.grad = 0.0
    return found


def labelled(x, name):
    return Value(x, label=name)


def scaled(x, scale=None):
    v = Value(x)
    if scale is not None:
        v.scale = scale
    return v


class Own(Value):
    __slots__ = ()

    def double(self):
        return self * 2.0


def counted(u, v):
    return u * v * len({u, v})


def looked_up(u, v):
    return {u: 2.0, v: 3.0}[u] * u * v


def through_attribute(x):
    return x * getattr(x, "scale", 7.0)


def asked_first(x):
    return x * (x.scale if hasattr(x, "scale") else 5.0)


def walked(x):
    return x * len((x * 2.0 + x)._prev) * (1.0 if (x + x)._op == "+" else 2.0)


def doubled(x):
    return x.double() if isinstance(x, Own) else x * 3.0


u, v = Value(2.0), Value(3.0)
CASES = {
    "is": (lambda u, v: u * v if u is v else u + v, [(u, v), (u, u), (v, u), (v, v)]),
    "in": (lambda u, vs: u * 2.0 if any(x is u for x in vs) else u + vs[0], [(u, [v]), (u, [v, u]), (v, [u, u])]),
    "a set": (counted, [(u, v), (u, u), (v, u)]),
    "a key": (looked_up, [(u, v), (u, u)]),
    "equality": (lambda u, v: u * v if u == v else u + v, [(u, v), (u, u), (u, Value(2.0))]),
    "no identity": (lambda u, v: u * v + u, [(u, v), (u, u)]),
    "lists": (lambda a, b: a[0] * 2.0 if a is b else a[0] + b[0], [([u], [v]), ((same := [u]), same), ([v], [u])]),
    "label": (lambda x: x * (2.0 if x.label == "a" else 3.0), [(labelled(1.0, "a"),), (labelled(2.0, "b"),), (u,)]),
    "text": (lambda x: [x * 2.0, f"{x:.1f}", str(x)], [(Value(1.5),), (Value(2.5),), (Value(1.52),)]),
    "text of results": (lambda x: [x * 2.0, f"{x * 2.0:.0f}", repr(x * 2.0)], [(Value(1.0),), (Value(1.2),)]),
    "own attributes": (
        lambda x: x * getattr(x, "scale", 7.0),
        [(scaled(1.0),), (scaled(1.0, 2.0),), (scaled(2.0, 3.0),)],
    ),
    "attributes that appear": (
        lambda x: x * (x.scale if hasattr(x, "scale") else 5.0),
        [(scaled(1.0, 2.0),), (scaled(3.0),)],
    ),
    "parents of results": (
        lambda x: x * len((x * 2.0 + x)._prev) * (1.0 if (x + x)._op == "+" else 2.0),
        [(Value(1.5),)],
    ),
    "subclasses": (
        lambda x: x.double() if isinstance(x, Own) else x * 3.0,
        [(Value(1.5),), (Own(2.5),), (Value(2.0),)],
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", CASES)
def test_as_eagerly(name, backend):
    f, calls = CASES[name]
    compiled = micrograd.compile(f, backend=backend)
    for arguments in calls * 2:
        assert outcome(compiled, arguments) == outcome(f, arguments)


def test_the_text_of_a_parameter_has_its_grad():
    w = Value(2.0)
    f = micrograd.compile(lambda: [w * 2.0, str(w)])
    for _ in range(2):
        result, text = f()
        assert text == str(w)
        result.backward()


@pytest.mark.parametrize("name", ["_prev", "_op", "parents"])
def test_how_an_argument_was_computed_is_refused(name):
    w = Value(2.0)
    for f, args in ((lambda x: x * len(getattr(x, name)), (Value(1.0),)), (lambda: w * len(getattr(w, name)), ())):
        with pytest.raises(TraceError, match=f"read {name} of a Value that it did not compute.*test_honest_values"):
            micrograd.compile(f)(*args)


CHANGING = {
    "append": (lambda xs: xs.append(xs[0] * 2.0) or xs[1] * Value(2.0), [1.0, 2.0]),
    "sort": (lambda xs: xs.sort() or xs[0] * Value(2.0), [2.0, 1.0]),
    "pop": (lambda d: d.pop("a") * Value(2.0), {"a": 1.0, "b": 2.0}),
    "an item": (lambda X: X.__setitem__(0, 5.0) or X[0] * Value(2.0), np.array([1.0, 2.0])),
    "inside": (lambda rows: rows[0].append(1.0) or rows[0][0] * Value(2.0), [[1.0], [2.0]]),
    "a mask": (lambda m: m.__setitem__(0, False) or Value(2.0) * 1.0, np.array([True, False])),
}


@pytest.mark.parametrize("name", CHANGING)
def test_an_argument_that_is_changed_is_noticed(name):
    f, x = CHANGING[name]
    with pytest.raises(ChangedArgument, match="its argument: a "):
        trace(f, (x,), {})


def test_a_list_of_ones_own_may_be_changed():
    f = micrograd.compile(lambda xs: sorted(xs)[0] * Value(2.0) + sum([*xs, 1.0]))
    assert f([2.0, 1.0]).data == 6.0


def test_a_lent_number_is_a_float_to_everybody_else():
    found = {}
    place = {"rate": 0.5}

    def ask(x):
        found["results"] = [x + 1, 2 * x, -x, x**2, x > 0.25, bool(x), f"{x:.2f}", str(x), float(x), int(x), hash(x)]
        found["kinds"] = isinstance(x, float), abs(x), x == 0.5, {0.5: "a"}[x], Value(x).data, (Value(3.0) * x).data

    def f(w):
        number = place["rate"]
        assert isinstance(number, float) and number > 0.25
        Context().run(ask, number)  # as in another thread
        return w * number

    def traced(w):
        place["rate"] = tracer().lend(0.5, lambda: 0.5)
        assert type(place["rate"]) is Number
        try:
            return f(w)
        finally:
            place["rate"] = 0.5

    tape = trace(traced, (Value(2.0),), {})
    assert [x for _, _, x in tape.fresh] == [0.5] and len(tape.guards) == 1
    ask(0.5)
    expected = dict(found)
    found.clear()
    trace(traced, (Value(2.0),), {})
    assert found == expected


def test_what_is_inside_an_attribute_of_an_argument_is_watched():
    f = micrograd.compile(lambda x: x * x.spec["scale"])
    x = Value(2.0)
    x.spec = {"scale": 2.0}
    found = []
    for x.spec["scale"] in (2.0, 3.0, 3.0, 5.0):
        found.append(f(x).data)
    assert found == [4.0, 6.0, 6.0, 10.0]


def test_to_a_trace_inside_another_one_a_lent_number_is_none():
    w, rates = Value(2.0), {"k": 1.0}
    inner = micrograd.compile(lambda x: w * x * rates["k"], parameters=[w])
    f = micrograd.compile(lambda x: w * x + inner.value_and_grad([3.0], 1.0)[0])
    with pytest.raises(TraceError, match="value_and_grad"):
        for k in range(6):
            rates["k"] = float(k)
            assert f(2.0).data == 4.0 + 3.0 * k


class Scaled:
    """What has a scale besides its content."""

    scale = 1.0


class Key:
    scale = 1.0


class Slotted(list):
    __slots__ = ("scale",)


def with_scale(x, scale):
    x.scale = scale
    return x


OWN_CLASSES = {
    "list": lambda: type("Own", (Scaled, list), {})([1.0]),
    "dict": lambda: type("Own", (Scaled, dict), {})(a=1.0),
    "float": lambda: type("Own", (Scaled, float), {})(1.5),
    "int": lambda: type("Own", (Scaled, int), {})(3),
    "text": lambda: type("Own", (Scaled, str), {})("a"),
    "array": lambda: np.ones(2).view(type("Own", (Scaled, np.ndarray), {})),
    "slots": lambda: Slotted([1.0]),
}


@pytest.mark.parametrize("name", OWN_CLASSES)
def test_what_an_argument_of_ones_own_class_has_besides_is_no_constant(name):
    w, x = Value(2.0), OWN_CLASSES[name]()
    f = micrograd.compile(lambda x: w * x.scale)
    assert [f(with_scale(x, scale)).data for scale in (2.0, 3.0, 5.0, 3.0)] == [4.0, 6.0, 10.0, 6.0]
    cause = causes.of_arguments(f, *(Arguments((with_scale(x, scale),), {}).key for scale in (2.0, 3.0)))
    assert cause.what == "x.scale"


def test_the_keys_of_a_dict_and_what_makes_its_missing_items_are_watched():
    w, named = Value(2.0), Key()
    f = micrograd.compile(lambda d: w * sum(key.scale * x for key, x in d.items()))
    assert [f({with_scale(named, scale): 3.0}).data for scale in (1.0, 2.0)] == [6.0, 12.0]
    f = micrograd.compile(lambda d: w * d.default_factory())
    assert [f(defaultdict(make, a=1.0)).data for make in (lambda: 2.0, lambda: 3.0)] == [4.0, 6.0]


def test_an_attribute_that_is_set_on_an_argument_is_a_change():
    w = Value(2.0)

    def f(xs):
        xs.scale += 1.0
        return w * xs.scale

    compiled, xs = micrograd.compile(f), with_scale(Slotted([1.0]), 1.0)
    assert [compiled(xs).data for _ in range(3)] == [4.0, 6.0, 8.0] and xs.scale == 4.0


def test_an_attribute_that_is_set_on_an_argument_counts_at_the_next_call():
    def f(v):
        known = hasattr(v, "seen")
        v.seen = True
        return v * (3.0 if known else 2.0)

    compiled, x = micrograd.compile(f), Value(1.0)
    assert [compiled(x).data for _ in range(3)] == [2.0, 3.0, 3.0]
    with pytest.raises(TraceError, match="seen of a Value"):
        for _ in range(3):
            assert compiled(Value(1.0)).data == 2.0
