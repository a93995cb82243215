"""Stand-ins are seen by the traced thread alone; afterwards everything is as it was, whatever happens meanwhile."""

import builtins
import datetime
import importlib
import io
import logging
import os
import pickle
import random
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from contextlib import redirect_stdout

import pytest
from handover import Handover

import micrograd
from micrograd import TraceError, Value
from micrograd.compiler.tracing.standins.originals import PATHS, lookup

w = Value(2.0)


def use_everything(found):
    """What a thread does that is not traced."""
    found["time"] = time.time() > 0.0 and type(time.time()) is float and type(time.time_ns()) is int
    found["clock"] = time.perf_counter() <= time.perf_counter()
    found["date"] = type(datetime.datetime.now()) is datetime.datetime
    found["bytes"] = len(os.urandom(3)) == 3 and len(uuid.uuid4().hex) == 32
    found["own"] = 0.0 <= random.Random().random() < 1.0
    with open(__file__, encoding="utf-8") as file:
        found["file"] = file.readline().startswith('"""') and os.path.exists(__file__) and bool(os.listdir("."))
    found["sets"] = os.stat in os.supports_dir_fd and {time.time: 1}[time.time] == 1
    found["pickle"] = pickle.loads(pickle.dumps(time.time)) is time.time
    found["class"] = isinstance(3, int) and type(w) is Value and isinstance(int, type) and type(int) is type
    made = type("Made", (), {"k": 1})
    found["made"] = type(made) is type and made().k == 1

    class Meta(type):
        pass

    class Real(float, metaclass=Meta):
        pass

    found["derived"] = type(Real) is Meta and Meta.__mro__[1] is builtins.type and Real.__mro__[1] is builtins.float
    found["float"] = float("1.5") == 1.5 and isinstance(1.5, float) and float.fromhex("0x1p0") == 1.0
    found["union"] = isinstance(None, float | None) and {float: 1}[float] == 1
    found["by name"] = pickle.loads(pickle.dumps(float)) is builtins.float
    started = []
    thread = threading.Thread(target=started.append, args=(1,))
    thread.start()
    thread.join()
    found["thread"] = started == [1]
    found["process"] = subprocess.run([sys.executable, "-c", ""]).returncode == 0
    print("another thread", file=(text := io.StringIO()))
    found["print"] = text.getvalue() == "another thread\n"


def test_other_threads_see_nothing():
    turns, found, now = Handover(), {}, time.time

    def f(x):
        start = now()
        honest = type(x) is float
        turns.pause()
        print("in", now() - start)
        return w * x if honest else w

    join = turns.meanwhile(lambda: use_everything(found))
    result = micrograd.compile(f)(3.0)
    join()
    assert result.data == 6.0 and len(found) == 17 and all(found.values())


LATE = """
    import time
    from time import perf_counter as clock
    now = time.time
"""


def test_a_module_that_another_thread_imports_meanwhile_keeps_working(tmp_path, monkeypatch):
    (tmp_path / "imported_beside_a_trace.py").write_text(textwrap.dedent(LATE))
    monkeypatch.syspath_prepend(tmp_path)
    turns = Handover()

    def f(x):
        turns.pause()
        return w * x

    join = turns.meanwhile(lambda: importlib.import_module("imported_beside_a_trace"))
    micrograd.compile(f)(3.0)
    join()
    late = sys.modules["imported_beside_a_trace"]
    assert late.now() <= time.time() and type(late.clock()) is float
    with pytest.raises(TraceError, match="clock"):
        micrograd.compile(lambda x: w * x + late.now())(3.0)
    with pytest.raises(TraceError, match="clock"):
        micrograd.compile(lambda x: w * x + late.clock())(3.0)
    assert late.now() <= time.time()


def test_threads_trace_by_turns_while_others_use_clocks():
    stop, errors = threading.Event(), []

    def use():
        own = random.Random(1)
        try:
            while not stop.is_set():
                assert type(time.time()) is float and type(own.random()) is float and type(time.time_ns()) is int
                assert len(os.urandom(2)) == 2 and os.stat(".").st_mode
        except BaseException as error:
            errors.append(error)

    def trace():
        try:
            for k in range(20):
                clock = {"now": PERF_COUNTER}
                f = micrograd.compile(lambda x, k=k, clock=clock: (w * x + float(k), clock["now"])[0])
                assert f(1.0).data == 2.0 + k and clock["now"] is PERF_COUNTER
        except BaseException as error:
            errors.append(error)

    users = [threading.Thread(target=use) for _ in range(2)]
    tracers = [threading.Thread(target=trace) for _ in range(2)]
    for thread in users + tracers:
        thread.start()
    for thread in tracers:
        thread.join()
    stop.set()
    for thread in users:
        thread.join()
    assert not errors


PERF_COUNTER = time.perf_counter


def everything():
    found = {}
    for path in PATHS:
        owner, name, _ = lookup(path)
        if owner is not None:
            found[path] = vars(owner).get(name)
    return found


def test_an_error_leaves_nothing_behind():
    before = everything()

    def f(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        micrograd.compile(f)(1.0)
    after = everything()
    assert [path for path in before if before[path] is not after[path]] == []


def test_what_is_patched_meanwhile_stays(monkeypatch):
    def always():
        return 5.0

    def f(x):
        time.time = always
        return w * x

    before = time.time
    try:
        micrograd.compile(f)(1.0)
        assert time.time is always
    except TraceError:  # it changes what it reads
        pass
    finally:
        time.time = before


def test_a_patched_clock_is_a_clock(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 5.0)
    with pytest.raises(TraceError, match="clock"):
        micrograd.compile(lambda x: w * x + time.time())(1.0)
    assert time.time() == 5.0


def test_one_compiled_function_in_another_may_read_clocks():
    inner = micrograd.compile(lambda x: (w * x, time.time())[0])
    assert micrograd.compile(lambda x: inner(x) * 2.0)(3.0).data == 12.0


def test_a_trace_inside_another_one():
    inner = micrograd.compile(lambda x: w * x, parameters=[w])
    assert micrograd.compile(lambda x: w * x + inner.value_and_grad([3.0], 1.0)[0])(2.0).data == 7.0


# ---- what is shown


def shown(f, *args):
    text = io.StringIO()
    with redirect_stdout(text):
        f(*args)
    return text.getvalue()


@pytest.mark.unchecked
def test_print_shows_what_eager_mode_shows():
    def f(x):
        print("x is", x, [x], f"{x:.2f}", sep="|", end="!\n")
        return w * x

    fast = micrograd.compile(f)
    assert shown(fast, 1.5) == shown(f, 1.5) and shown(fast, 2.5) == ""


def test_a_text_that_is_kept_is_a_decision():
    def f(x):
        text = io.StringIO()
        print(x, file=text)
        return w * float(text.getvalue())

    def g(x):
        text = io.StringIO()
        with redirect_stdout(text):
            print(x)
        return w * float(text.getvalue())

    for h in (f, g):
        fast = micrograd.compile(h)
        assert [fast(x).data for x in (1.5, 2.5, 1.5)] == [3.0, 5.0, 3.0]


@pytest.mark.unchecked
def test_dates_may_be_printed_and_logged():
    def f(x):
        print(datetime.datetime.now().year > 2000, time.strftime("%Y") > "2000")
        return w * x

    assert shown(micrograd.compile(f), 1.5) == "True True\n"


@pytest.mark.unchecked
def test_logging_shows_what_eager_mode_shows():
    logger, text = logging.getLogger("stand-ins"), io.StringIO()
    handler = logging.StreamHandler(text)
    logger.addHandler(handler)
    logger.propagate = False

    def f(x):
        y = w * x
        logger.warning("y is %s at x = %s", y.data, x)
        return y

    try:
        fast = micrograd.compile(f)
        assert fast(1.5).data == 3.0 and text.getvalue() == "y is 3.0 at x = 1.5\n"
        assert fast(2.5).data == 5.0
    finally:
        logger.removeHandler(handler)


@pytest.mark.unchecked
def test_a_time_may_be_printed():
    def f(x):
        start = time.perf_counter()
        y = w * x
        print(f"it took {time.perf_counter() - start:.1f} s")
        return y

    assert shown(micrograd.compile(f), 1.5) == "it took 0.0 s\n"


# ---- forks

FORK = """
    import os, threading, time, warnings
    import micrograd
    from handover import Handover
    warnings.simplefilter("ignore")
    w, turns = micrograd.Value(3.0), Handover()
    table = {"clock": time.time}
    before = time.time, os.urandom, open, print, threading.Thread.start, time.time
    def now():
        return time.time, os.urandom, open, print, threading.Thread.start, table["clock"]
    def slow(x):
        table["clock"]()
        turns.pause()
        return w * x
    statuses = []
    def fork():
        child = os.fork()
        if child == 0:
            fine = all(x is y for x, y in zip(before, now())) and type(time.time()) is float
            os._exit(0 if fine else 1)
        statuses.append(os.waitpid(child, 0)[1])
    join = turns.meanwhile(fork)
    micrograd.compile(slow)(2.0)
    join()
    print([*statuses, all(x is y for x, y in zip(before, now()))])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_finds_the_originals():
    paths = [os.path.dirname(os.path.dirname(file)) for file in (micrograd.__file__, __file__)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    script = [sys.executable, "-c", textwrap.dedent(FORK)]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[0, True]\n", "")


def test_builtins_are_not_hidden_afterwards():
    names = dict(globals())
    micrograd.compile(lambda x: w * x * (1.0 if type(x) is float else 2.0))(1.0)
    assert "type" not in globals() and "float" not in globals() and names.keys() == globals().keys()
    assert builtins.type is type
