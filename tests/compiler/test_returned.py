"""What a compiled function returns without having computed it: the very objects that eager mode returns."""

import collections

import numpy as np
import pytest
from graphs import gradient

import micrograd
from micrograd import Value, nn
from micrograd.compiler import TraceError


@pytest.fixture
def w():
    return Value(3.0, label="w")


def test_a_parameter_or_an_argument_that_is_returned_is_that_very_object(w):
    b, x = Value(1.0), Value(2.0)

    def f(x, k):
        return {"loss": w * x * k + b, "seen": [w, x], "pair": (b, w)}

    fast = micrograd.compile(f)
    for out in (fast(x, 2.0), fast(x, 3.0)):
        assert out["seen"][0] is w and out["seen"][1] is x and out["pair"][0] is b and out["pair"][1] is w
    assert gradient(out["loss"], w, b, x) == [6.0, 1.0, 9.0]
    assert fast(x, 2.0)["seen"] is not fast(x, 2.0)["seen"]
    other = Value(5.0)
    assert fast(other, 2.0)["seen"][1] is other
    with micrograd.no_grad():
        assert fast(x, 2.0)["seen"][0] is w
    assert fast._traces == 1

    alone = micrograd.compile(lambda: w)
    alone().data = 7.0
    assert alone() is w and w.data == 7.0 and alone.value_and_grad([4.0])[1].tolist() == [1.0]
    assert gradient(alone(), w) == [1.0]


def test_a_value_made_of_an_argument_is_a_new_one(w):
    made = micrograd.compile(lambda x: [Value(x), w + 0.0, w * 1.0, Value(w.data), w.detach()])
    results = made(2.0)
    assert [v is w for v in results] == [False] * 5 and gradient(results[1], w) == [1.0]
    results[0].data = 9.0
    assert made(2.0)[0].data == 2.0


config = {"rate": 0.5, "layers": [16, 16]}
table = np.ones(3)
Pair = collections.namedtuple("Pair", "a b")


class Model(nn.Module):
    def __init__(self):
        self.w, self.names = Value(2.0), ["w"]

    def __call__(self, x):
        return self.w * x, self, self.names

    def own(self):
        return self


def test_things_of_the_surroundings_are_themselves(w):
    model, pair = Model(), (w, "pair")

    def f(x):
        return [w * x, config, config["layers"], table, pair, {"model": model, "class": Model}]

    fast = micrograd.compile(f)
    for _ in range(2):
        out = fast(2.0)
        _, *things, last = out
        assert all(a is b for a, b in zip(things, [config, config["layers"], table, pair], strict=True))
        assert last["model"] is model and last["class"] is Model and out is not fast(2.0)
        assert gradient(out[0], w) == [2.0]
    config["layers"].append(4)  # by the caller
    try:
        assert fast(2.0)[2] == [16, 16, 4]
    finally:
        config["layers"].pop()

    method = micrograd.compile(model.__call__)
    for x in (1.0, 2.0):
        out, same, names = method(x)
        assert out.data == 2.0 * x and same is model and names is model.names
    assert micrograd.compile(model.own)() is model


def test_static_arguments_are_themselves(w):
    first, second = Model(), Model()
    fast = micrograd.compile(lambda model, x: [model.w * x, model])
    for model in (first, second, first):
        assert fast(model, 1.0)[1] is model


def test_what_is_made_inside_is_new_at_each_call(w):
    def f(x):
        ordered, counted = collections.OrderedDict(loss=w * x), collections.defaultdict(list, {"loss": [w * x]})
        return {"list": [1, 2], "pair": Pair(w * x, 0), "ordered": ordered, "counted": counted}

    fast = micrograd.compile(f)
    out, again = fast(2.0), fast(2.0)
    for name, part in f(2.0).items():
        assert type(out[name]) is type(part) and out[name] is not again[name]
    assert out["counted"]["other"] == [] and list(again["counted"]) == ["loss"]
    assert gradient(out["counted"]["loss"][0] + out["ordered"]["loss"], w) == [4.0]


def test_other_objects_that_are_made_inside_are_refused(w):
    class Result:
        def __init__(self, loss):
            self.loss = loss

    with pytest.raises(TraceError, match="returned Result .*, whose content no call would compute"):
        micrograd.compile(lambda x: Result(w * x))(1.0)


@pytest.mark.parametrize("backend", ["python", None])
def test_a_singular_result_leaves_the_gradients_of_others_alone(w, backend):
    def f(x):
        return [x.sqrt(), w * x, micrograd.exp(x), 1.0 / (x + 1.0) ** 0.5]

    fast, x = micrograd.compile(f, backend=backend), Value(4.0)
    for x.data in (4.0, 0.0, 9.0):
        for a, b in zip(fast(x), f(x), strict=True):
            assert gradient(a, w, x) == pytest.approx(gradient(b, w, x), rel=1e-12)


@pytest.mark.parametrize("backend", ["python", None])
def test_numbers_side_by_side(w, backend):
    """Lists and arrays of plain numbers come from one slice each; what is mixed, from elsewhere or in another order."""

    def f(x):
        a, b = x[0] * x[1], x[0] + x[1]
        rows = [[a, b], [x[0] * 2.0, x[1] - 1.0]]
        mixed = [a, 1.0, (b, [x[0]]), w * a, [], [b, a], [a, a]]
        return {"rows": rows, "array": np.array(rows), "mixed": mixed, "again": rows[0]}

    fast = micrograd.compile(f, backend=backend)
    for x in ([0.5, 2.0], [-1.0, 3.0], np.array([0.25, 4.0])):
        out, other, expected = fast(x), fast(x), f(x)
        assert repr(out) == repr(expected)
        assert out["array"].dtype == float and out["rows"][0] is not other["rows"][0]
