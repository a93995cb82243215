"""A trace leaves the class `Value` and `random.Random` exactly as it found them, whatever a lecture has patched."""

import gc
import random

import pytest
from handover import Handover

import micrograd
from micrograd import TraceError, Value
from micrograd.compiler.tracing.exclusive import CollectorWaits, exclusively

WATCHED = ["data", "grad", "_backward", "__init__", "__repr__", "backward", "refresh", "zero_grad"]


@pytest.fixture(autouse=True)
def unpatched():
    """What a test patches is taken back; the members of a class are compared by identity."""
    before = [(cls, dict(vars(cls))) for cls in (Value, random.Random)]
    yield
    for cls, members in before:
        for name in set(vars(cls)) - set(members):
            delattr(cls, name)
        for name, member in members.items():
            if vars(cls).get(name) is not member:
                setattr(cls, name, member)


def members():
    return [dict(vars(cls)) for cls in (Value, random.Random)]


def compiled_call():
    """A compiled function is traced, run and differentiated; its numbers are right."""
    w = Value(3.0)
    f = micrograd.compile(lambda x: (w * x).tanh() + w.data)
    out = f(0.1)
    out.backward()
    assert out.data == pytest.approx(3.291312612451591) and w.grad == pytest.approx(0.0915137)
    return f


PATCHES = {
    "__repr__": lambda v: f"<{v.data}>",
    "tanh": lambda v, usual=Value.tanh: usual(v),
    "backward": lambda v, usual=Value.backward: usual(v),
    "zero_grad": lambda v, usual=Value.zero_grad: usual(v),
    "__init__": lambda v, *args, usual=Value.__init__, **kwargs: usual(v, *args, **kwargs),
    "data": property(Value.data.__get__, Value.data.__set__),
    "grad": property(Value.grad.__get__, Value.grad.__set__),
    "_backward": property(Value._backward.fget, Value._backward.fset),
    "shout": lambda v: str(v).upper(),
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_patch_stays(name):
    setattr(Value, name, PATCHES[name])
    before = members()
    compiled_call()
    assert members() == before and vars(Value)[name] is PATCHES[name]


def test_all_patches_stay_and_are_used():
    for name, patch in PATCHES.items():
        setattr(Value, name, patch)
    before = members()
    compiled_call()
    assert members() == before and repr(Value(2.0)) == "<2.0>" and Value(2.0).shout() == "<2.0>"


def test_members_are_the_same_objects():
    before = members()
    compiled_call()
    after = members()
    assert all(a[name] is b[name] for a, b in zip(before, after, strict=True) for name in {**a, **b})


def test_what_is_patched_while_a_function_is_traced_stays():
    def patch(v):
        return "patched"

    def f(x):
        Value.__repr__ = patch
        Value.added = 1
        return x * 2.0

    micrograd.compile(f)(Value(1.0))
    assert vars(Value)["__repr__"] is patch and Value.added == 1 and repr(Value(1.0)) == "patched"


def test_a_trace_that_fails_leaves_everything_as_it_was():
    before = members()
    for f in (lambda x: x * float(x), lambda x: 1 / 0, lambda x: x * random.random()):
        with pytest.raises((TraceError, ZeroDivisionError)):
            micrograd.compile(f)(Value(1.0))
        assert members() == before


def test_a_patched_generator_stays_and_is_watched(monkeypatch):
    def always(self):
        return 0.25

    random.Random.random = always
    before, outside = members(), random.Random(1)
    compiled_call()
    with pytest.raises(TraceError, match="drew a random number"):
        micrograd.compile(lambda x: x * outside.random())(Value(1.0))
    assert members() == before and random.Random(1).random() == 0.25


def test_other_threads_see_nothing_of_a_trace():
    v, turns, seen = Value(2.0), Handover(), []

    def other():
        v.data += 1.0
        v.backward()
        seen.extend([v.data, v.grad, repr(v), Value(7).data])

    def f(x):
        turns.pause()
        return x * 2.0

    join = turns.meanwhile(other)
    micrograd.compile(f)(Value(1.0))
    join()
    assert seen == [3.0, 1.0, "Value(data=3.0, grad=1.0)", 7.0]


def test_the_collector_runs_again_whoever_traced_meanwhile():
    """What it was like is asked when nobody else has it wait."""
    gc.disable()  # as another thread does while it traces
    change = CollectorWaits()
    gc.enable()
    exclusively(change, lambda: None)
    assert gc.isenabled()
