"""Never silently wrong: what a trace cannot repeat is refused, with the line and the way out."""

import math
import random
from dataclasses import dataclass

import numpy as np
import pytest

import micrograd
from micrograd import TraceError, Value, nn

w = Value(2.0, label="w")
generator, rng = np.random.default_rng(0), random.Random(0)
kept = []


def own(x):
    out = Value(w.data**3, (w,), "cube")
    out._backward = lambda: None
    return out


REFUSED = {
    "math.exp": (
        lambda x: w * math.exp(x),
        r"a traced number .* this one value forever .*math\.exp.*micrograd\.exp",
    ),
    "float": (lambda x: w * float(w), "reuse this one value forever"),
    "int": (lambda x: [w] * int(x), "reuse this one value forever"),
    "round": (lambda x: w * round(x, 1), "reuse this one value forever"),
    "an index": (lambda x: [w, w][x], "micrograd.pick"),
    "a remainder": (lambda x: w * (x % 2), "reuse this one value forever"),
    "a key": (lambda x: {1.0: w}[x], "reuse this one value forever"),
    "an array of whole numbers": (
        lambda x: w * np.array([x, x], dtype=int)[0],
        r"converted to int64 .*before the call",
    ),
    "setting data": (lambda x: setattr(w, "data", x), r"set the data of a Value .*Return the number"),
    "reading grad": (lambda x: w * w.grad, r"read a grad .*compile micrograd\.grad\(f\)"),
    "setting a grad": (lambda x: setattr(w * x, "grad", 0.0), r"set a grad .*outside of the function"),
    "zero_grad of a module": (lambda x: nn.Neuron(1).zero_grad(), r"set a grad"),
    "backward": (lambda x: (w * x).backward(), r"called backward\(\)"),
    "refresh": (lambda x: (w * x).refresh(), r"called refresh\(\)"),
    "zero_grad": (lambda x: (w * x).zero_grad(), r"called zero_grad\(\)"),
    "an own operation": (own, r"the operation 'cube' .*Build it from the operations of micrograd"),
    "an own derivative": (lambda x: setattr(w * x, "_backward", print), r"assigned _backward"),
    "a computed index": (lambda x: micrograd.pick([w, w], x * 1.0), "Pass the index itself in"),
    "random.random": (lambda x: w * random.random(), r"drew a random number.*fresh\(rng\.random\)"),
    "random.gauss": (lambda x: w * random.gauss(0, 1), r"drew a random number .*random\.gauss\(0, 1\)"),
    "random.shuffle": (lambda x: random.shuffle([1, 2]) or w, "drew a random number"),
    "a generator": (lambda x: w * rng.uniform(0, 1), r"drew a random number .*rng\.uniform"),
    "numpy.random": (lambda x: w * float(np.random.rand()), "drew a random number"),
    "a NumPy generator": (lambda x: w * float(generator.normal()), "drew a random number"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    f, message = REFUSED[name]
    with pytest.raises(TraceError, match=message) as error:
        micrograd.compile(f)(1.0)
    if "random" not in name and "generator" not in name:
        assert "test_refusals.py, line " in str(error.value)
    assert w.data == 2.0 and (w * 2).data == 4.0 and w.grad == 0.0


def swallowing(x):
    try:
        return w * int(x)
    except Exception:
        return w * 7


@dataclass
class Result:
    loss: Value


RESULTS = {
    "an object": lambda x: Result(w * x),
    "a generator": lambda x: (w * x for _ in range(2)),
    "a set": lambda x: {w * x},
    "a view": lambda x: {"loss": w * x}.values(),
    "a function": lambda x: lambda: w * x,
}


@pytest.mark.parametrize("name", RESULTS)
def test_results_in_which_nothing_would_be_computed_anew(name):
    with pytest.raises(TraceError, match="returned .* Return Values and numbers, or lists"):
        micrograd.compile(RESULTS[name])(1.0)


def test_a_refusal_that_is_caught_is_a_refusal():
    with pytest.raises(TraceError, match=r"reuse this one value forever .*w \* int\(x\)"):
        micrograd.compile(swallowing)(1.0)


def test_iterators_go_on_from_call_to_call():
    batches = iter([1.0, 2.0])
    for f, args in ((lambda: w * next(batches), ()), (lambda rows: w * next(rows), (batches,))):
        with pytest.raises(TraceError, match="an iterator, list_iterator.*pass the item in"):
            micrograd.compile(f)(*args)
    assert next(batches) == 1.0


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_generators_of_numpy_are_found_in_arguments_and_objects(make):
    class Noisy(nn.Module):
        def __init__(self):
            self.sources = {"noise": [make(0)]}

        def __call__(self, x):
            return w * x + self.sources["noise"][0].normal()

    model, source = Noisy(), make(0)
    for f, args in (
        (model, ()),
        (lambda x: model(x), ()),
        (model.__call__, ()),
        (lambda x, r: w * r.normal(), (source,)),
    ):
        with pytest.raises(TraceError, match="drew a random number"):
            micrograd.compile(f)(1.0, *args)


class Recurrent:
    """It keeps what it computed: in eager mode a recurrent network, in a compiled one the first call for ever."""

    def __init__(self):
        self.h, self.seen, self.w = Value(0.0), [], None

    def state(self, x):
        self.h = (w * x + self.h).tanh()
        return self.h * 1.0

    def trail(self, x):
        out = w * x
        self.seen.append(out.data)
        return out

    def late(self, x):
        self.w = self.w or Value(0.5)
        return self.w * x


@pytest.mark.parametrize(("method", "member"), [("state", r"self\.h"), ("trail", r"self\.seen")])
def test_what_a_function_changes_at_each_call_is_refused_from_the_second_on(method, member):
    model, twin = Recurrent(), Recurrent()
    f = micrograd.compile(getattr(model, method))
    assert f(1.0).data == getattr(twin, method)(1.0).data
    h, seen = model.h, list(model.seen)
    for _ in range(2):
        with pytest.raises(
            TraceError, match=f"changes what it reads: .*{member}, which was .* and is .*keep it outside"
        ):
            f(1.0)
        assert model.h is h and model.seen == seen


def test_what_is_made_once_is_made_by_the_first_call():
    model = Recurrent()
    f = micrograd.compile(model.late)
    assert [f(x).data for x in (1.0, 2.0, 3.0)] == [0.5, 1.0, 1.5] and f._traces == 1
    assert f.parameters == [model.w]


def test_the_same_of_names_and_arguments():
    last, model = None, Recurrent()

    def nonlocally(x):
        nonlocal last
        last = w * x
        return last * 2

    def globally(x):
        kept.append(w * x)
        return w * x

    for f in map(micrograd.compile, (nonlocally, globally, lambda x: model.state(x))):
        f(1.0)
        with pytest.raises(TraceError, match=r"(last|kept|model\.h), which "):
            f(1.0)
    assert len(kept) == 1
    f = micrograd.compile(lambda model, x: model.state(x))
    f(model, 1.0)
    with pytest.raises(TraceError, match=r"model\.h"):
        f(model, 1.0)
    kept.clear()


@pytest.mark.unchecked
def test_a_number_kept_from_a_trace_is_refused():
    hidden = random.Random()  # its attributes are not watched

    def keep(x):
        hidden.kept = x
        return w * x

    micrograd.compile(keep)(1.0)
    for use in (lambda: hidden.kept > 0, lambda: micrograd.compile(lambda: w * hidden.kept)()):
        with pytest.raises(TraceError, match="trace"):
            use()


def test_an_error_of_the_function_leaves_everything_as_it_was():
    def broken(x):
        return w * x + 1 / 0

    members = Value.data, Value.grad
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            micrograd.compile(broken)(1.0)
    v = Value(3.0)
    v.data += 1
    v.backward()
    assert (v.data, v.grad, random.Random(0).random()) == (4.0, 1.0, 0.8444218515250481)
    assert (Value.data, Value.grad) == members


def test_a_drawn_number_may_be_asked_for_anew():
    from micrograd import fresh

    draw = random.Random(5)
    f = micrograd.compile(lambda x: w * fresh(draw.random) * x)
    results = [f(1.0).data for _ in range(3)]
    twin = random.Random(5)
    assert results == [2.0 * twin.random() for _ in range(3)]
    assert fresh(lambda: 4.0) == 4.0
