"""Built-in functions that no name leads to: seen when they are called, without a trace of it afterwards."""

import datetime
import gc
import sys
import time
import types

import pytest
from handover import Handover

import micrograd
from micrograd import TraceError, Value
from micrograd.compiler.tracing.standins.monitoring import TOOL

w = Value(2.0)
HIDDEN = sys.version_info >= (3, 12)
monitoring = getattr(sys, "monitoring", None)


def library(code):
    """A module of an installed package, with functions that no code of the user names."""
    made = sys.modules["installed_package"] = types.ModuleType("installed_package")
    made.__file__ = "/lib/site-packages/installed_package.py"
    exec(compile(code, made.__file__, "exec"), vars(made))
    return made


hidden = library("""
import time
from os import urandom

TABLE = {"clock": time.time}.items()

def now():
    return max(f() for _, f in TABLE)

def bytes_of(count):
    return urandom(count)
""")


def by_date(x):
    return w * x + datetime.datetime.now().microsecond


def by_alias(x):
    kind = getattr(datetime, "date" + "time")
    return w * x + kind.now().microsecond


@pytest.mark.parametrize("f", [by_date, by_alias])
def test_methods_that_cannot_be_replaced(f):
    with pytest.raises(TraceError, match=r"read the clock \(.*test_monitoring\.py, line .*now\(\)"):
        micrograd.compile(f)(3.0)
    assert sys.getprofile() is None and free()


@pytest.mark.parametrize("f", [lambda x: w * x + hidden.now(), lambda x: w * x + hidden.bytes_of(1)[0]])
def test_a_library_that_binds_them_by_name(f):
    with pytest.raises(TraceError, match=r"test_monitoring\.py, line "):
        micrograd.compile(f)(3.0)
    assert free()


def free():
    return monitoring is None or all(monitoring.get_tool(k) != TOOL for k in range(6))


def test_it_may_be_called_in_a_library_of_pythons_own():
    import logging

    def f(x):
        logging.getLogger("monitored").warning("a line")
        return w * x

    assert micrograd.compile(f)(3.0).data == 6.0 and free()


def test_other_tools_keep_their_places():
    if monitoring is None:
        return
    taken = [k for k in range(6) if monitoring.get_tool(k) is None]
    for k in taken:
        monitoring.use_tool_id(k, f"other {k}")
    try:
        assert micrograd.compile(lambda x: w * x)(3.0).data == 6.0  # unseen, and no error
        assert [monitoring.get_tool(k) for k in taken] == [f"other {k}" for k in taken]
    finally:
        for k in taken:
            monitoring.free_tool_id(k)
    with pytest.raises(TraceError):
        micrograd.compile(by_date)(3.0)
    assert free()


def test_a_profiler_is_left_alone():
    if monitoring is not None:
        return
    seen = []

    def profiler(frame, event, argument):
        seen.append(event)

    sys.setprofile(profiler)
    try:
        micrograd.compile(lambda x: w * x)(3.0)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)


def test_other_threads_are_not_seen():
    turns, found = Handover(), []

    def f(x):
        turns.pause()
        return w * x

    def work():
        found.extend([hidden.now() <= time.time(), len(hidden.bytes_of(2)), datetime.datetime.now().year > 2000])

    join = turns.meanwhile(work)
    assert micrograd.compile(f)(3.0).data == 6.0
    join()
    assert found == [True, 2, True]


def test_a_callback_of_the_collector_may_time_it():
    clock, taken = hidden.now, []

    def timed(phase, info):
        taken.append(clock())

    def f(x):
        gc.collect()
        return w * x

    gc.callbacks.append(timed)
    try:
        assert micrograd.compile(f)(3.0).data == 6.0
    finally:
        gc.callbacks.remove(timed)
    assert taken
