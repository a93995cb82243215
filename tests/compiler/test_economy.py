"""Functions that differ from call to call: traced only while that pays, and told why, once."""

import dataclasses
import math
import warnings

import numpy as np
import pytest

import micrograd
from micrograd import Value
from micrograd.compiler import causes
from micrograd.compiler.causes import Cause
from micrograd.compiler.economy import FREE, MANY, OFTEN, Economy
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.tracing.guards import Guard


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def economy(clock):
    return Economy(clock)


def use(economy, clock, calls):
    """Go through calls, each a pair: whether a variant is found, and the seconds that f takes as it is."""
    done = []
    for k, (found, seconds) in enumerate(calls, start=1):
        if found:
            done.append("replay")
        elif economy.pays(k):
            with economy.tracing():
                clock.now += 10.0
            done.append("trace")
        else:
            with economy.running():
                clock.now += seconds
            done.append("run")
    return done


def test_a_function_that_never_repeats_itself_runs_as_it_is(economy, clock):
    done = use(economy, clock, [(False, 1.0)] * 100)
    assert done == ["trace"] * FREE + ["run"] * (100 - FREE)
    assert economy.spent == 10.0 * FREE and economy.ran == 100.0 - FREE


def test_one_that_repeats_itself_is_traced_once_that_much_has_been_saved(economy, clock):
    first = [(False, 1.0)] * (FREE + 1)
    done = use(economy, clock, [*first, *[(True, 1.0)] * (10 * FREE + 1), (False, 1.0), (False, 1.0)])
    assert done[len(first) - 1] == "run" and done[-2:] == ["trace", "run"]


def test_how_long_it_takes_must_be_known_first(economy, clock):
    done = use(economy, clock, [*[(False, 1.0)] * FREE, *[(True, 1.0)] * 1000, (False, 1.0), (False, 1.0)])
    assert done[-2:] == ["run", "trace"]


def test_arguments_that_come_again_are_traced_the_second_time(economy):
    economy.traces = FREE
    keys = [(float, k) for k in range(20)]
    assert [economy.pays(k, key) for k, key in enumerate(keys)] == [False] * 20
    assert [economy.pays(k, key) for k, key in enumerate(keys)] == [True] * 20
    assert not economy.pays(40) and not economy.pays(41, (float, 20))
    economy.traces = MANY
    assert not economy.pays(42, keys[0])


def test_batches_of_many_sizes_are_all_compiled_in_the_end():
    fast = micrograd.compile(of_list)
    fast._economy.clock = lambda: 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(3):
            for k in range(20):
                assert fast([0.5] * (k + 1)).data == of_list([0.5] * (k + 1)).data
    assert fast._traces == 20 and fast._economy.runs == 20 - FREE


def test_a_trace_that_fails_counts(economy, clock):
    for _ in range(FREE):
        with pytest.raises(ZeroDivisionError), economy.tracing():
            clock.now += 1 / 0
    assert not economy.pays(FREE + 1)


def test_what_is_refused_is_refused_each_time():
    fast = micrograd.compile(lambda x: w * math.exp(x.data))
    for _ in range(3 * FREE):
        with pytest.raises(micrograd.compiler.TraceError, match="plain"):
            fast(Value(1.0))


def test_it_complains_once_and_only_where_most_calls_find_nothing(economy):
    rate, decision = Cause("rate", "1, then 2", "Pass it."), Cause("a decision", "line 3", "Choose.")
    calls = 0
    for _ in range(3 * OFTEN):  # one in three
        calls += 3
        economy.note(calls, rate)
        assert economy.complaint("f", calls) is None
    complaints = []
    for k in range(3 * OFTEN):
        calls += 1
        economy.note(calls, (decision, rate, decision, None)[k % 4])
        complaints.append(economy.complaint("f", calls))
    (complaint,) = filter(None, complaints)
    assert "f was traced 0 times in" in complaint and "because of" in complaint
    assert "rate (1, then 2)" in complaint and "a decision (line 3)" in complaint
    assert "Pass it." in complaint and "Choose." in complaint


# ---- causes


class Config:
    def __init__(self, rate=1.0):
        self.rate = rate

    def __repr__(self):
        return "Config"


class Numbers(list):
    def __init__(self, unit):
        super().__init__([1.0])
        self.unit = unit


def f(x, step=0, *more, mode="a"):
    return x


@pytest.mark.parametrize(
    "before, now, what, detail, way_out",
    [
        ((1.0, 3), (2.0, 4), "step", "int 3, then int 4", "micrograd.index"),
        ((1.0, Config()), (1.0, Config()), "step", "another Config each time", "same object"),
        ((1.0, 0, "a", "b"), (1.0, 0, "a", "c"), "argument 4", "str 'b', then str 'c'", "trace of its own"),
        (([1.0, 2.0],), ([1.0],), "the length of x", "2, then 1", "one shape"),
        (({"a": [(1.0,), 2.0]},), ({"a": [(1.0, 3.0), 2.0]},), "the length of x['a'][0]", "1, then 2", "one shape"),
        (({"a": 1.0},), ({"b": 1.0},), "the keys of x", "['a'], then ['b']", "one shape"),
        ((np.ones(3),), (np.ones((3, 1)),), "the shape of x", "(3,), then (3, 1)", "one shape"),
        ((Numbers("a"),), (Numbers("b"),), "x.unit", "str 'a', then str 'b'", "trace of its own"),
        ((np.ones(3),), (np.ones(3) > 0,), "the dtype of x", "float64, then bool", "same kinds"),
        ((np.ones(3) > 0,), (np.ones(3) < 0,), "the content of x", "an array that stays as it is", "trace of its own"),
        ((np.array([1]),), (np.array([10**7]),), "how large the numbers in x are", "up to 1,048,576", "of floats"),
        ((np.array(["a", b""], "O"),), (np.array(["c", b""], "O"),), "x.flat[0]", "str 'a', then str 'c'", "its own"),
        ((1.0,), (Value(1.0),), "the kind of x", "float, then Value", "same kinds"),
        (([1.0],), ((1.0,),), "the kind of x", "list, then tuple", "same kinds"),
        ((1.0, 3), (1.0, None), "the kind of step", "int, then NoneType", "same kinds"),
        ((1.0,), (1.0, 3), "which arguments are passed", "x, then x, step", "same kinds"),
    ],
)
def test_the_argument_that_differs_by_name(before, now, what, detail, way_out):
    found = causes.of_arguments(f, Arguments(before, {}).key, Arguments(now, {}).key)
    assert found.what == what and found.detail.startswith(detail) and way_out in found.way_out


def test_arguments_by_keyword_and_of_functions_without_a_signature():
    found = causes.of_arguments(f, Arguments((1.0,), {"mode": "a"}).key, Arguments((1.0,), {"mode": "b"}).key)
    assert (found.what, found.detail) == ("mode", "str 'a', then str 'b'")
    assert causes.of_arguments(min, Arguments((1.0, 3), {}).key, Arguments((1.0, 4), {}).key).what == "argument 2"


@pytest.mark.parametrize(
    "outcome, how, positions, what, way_out",
    [
        (True, None, (1,), "a decision", "Python's if and max"),
        ("1.0", str, (1,), "a text made of a number", "only print it"),
        (3, int, (1,), "a whole number", "micrograd.pick"),
        (ValueError, abs, (1,), "an error that is caught", "micrograd.where"),
        (None, abs, (1,), "an error that is caught", "micrograd.where"),
        (True, bool, (), "an attribute", "as an argument"),
    ],
)
def test_decisions_are_called_by_what_they_are(outcome, how, positions, what, way_out):
    found = causes.of_decisions(Guard(positions, outcome, "here", how))
    assert found.what == what and found.detail == "here" and way_out in found.way_out


# ---- compiled


w = Value(0.5)
config = {"flag": 0}


@dataclasses.dataclass
class Setting:
    rate: float


def converge(x):
    y = x
    while abs(y.data) > 1e-6:
        y = w * y
    return y


def by_text(x):
    return [w * x, f"{x:.3f}"]


def by_config(x):
    return w * x * (config["flag"] + 1)


def by_setting(x, setting):
    return w * x * setting.rate


def by_step(x, step):
    return w * x / (step + 1)


def of_list(xs):
    return sum(w * x for x in xs)


def with_config(k):
    config["flag"] = k
    return (1.0,)


STORMS = {
    "a loop": (converge, lambda k: (Value(2.0**k),), r"a decision \(.*test_economy\.py, line \d+: while abs"),
    "text": (by_text, lambda k: (0.25 * k,), r"a text made of a number \(.*test_economy\.py, line \d+"),
    "surroundings": (by_config, with_config, r"config\['flag'\] \(int \d+, then int \d+\)"),
    "objects": (by_setting, lambda k: (1.0, Setting(0.5 * k)), r"setting \(another Setting each time\)"),
    "an int": (by_step, lambda k: (1.0, k), r"step \(int \d+, then int \d+\).*as a float"),
    "shapes": (of_list, lambda k: ([1.0] * (k + 1),), r"the length of xs \(\d+, then \d+\)"),
}


def test_a_rate_that_is_read_in_two_ways_becomes_one_input():
    class Settings:
        rate = 0.0

    cfg = Settings()
    cfg.rate = 1.0
    space = vars(cfg)
    f = micrograd.compile(lambda x: x * cfg.rate * space["rate"])
    for k in range(20):
        cfg.rate = 0.5**k
        assert f(3.0) == 3.0 * 0.5**k * 0.5**k
    assert f._traces == 3


@pytest.mark.parametrize("name", STORMS)
def test_a_storm_of_traces_ends_with_one_warning_that_names_its_cause(name):
    f, arguments, message = STORMS[name]
    fast = micrograd.compile(f)
    with pytest.warns(RuntimeWarning, match=message) as caught:
        for k in range(30):
            args = arguments(k)
            out, expected = fast(*args), f(*args)
            if isinstance(out, list):
                assert out[1] == expected[1]
                out, expected = out[0], expected[0]
            assert out.data == expected.data
            gradients = []
            for v in (out, expected):
                w.grad = 0.0
                v.backward()
                gradients.append(w.grad)
            assert gradients[0] == pytest.approx(gradients[1], rel=1e-12)
    assert len(caught) == 1 and caught[0].filename == __file__


def test_what_was_traced_goes_on_to_serve(monkeypatch):
    fast = micrograd.compile(by_step)
    fast._economy.clock = lambda: 0.0  # nothing is ever saved
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(20):
            fast(1.0, k)
    ran = fast._economy.runs
    assert fast._traces == FREE and ran == 20 - FREE
    for k in range(FREE):
        assert fast(2.0, k).data == by_step(2.0, k).data
    assert fast._economy.runs == ran
    value, gradient = fast.value_and_grad([0.75], 2.0, 24)
    assert value == 0.75 * 2.0 / 25 and gradient.tolist() == [2.0 / 25] and fast._economy.runs == ran + 1
