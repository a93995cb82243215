"""Clocks, entropy, files, threads: whatever a trace cannot repeat is refused at its line, however it is reached."""

import asyncio
import builtins
import datetime
import functools
import gc
import io
import json
import logging
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import timeit
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.pool import ThreadPool
from pathlib import Path
from time import perf_counter, time_ns

import numpy as np
import opaque_helpers as helpers
import pandas as pd
import pytest

import micrograd
from micrograd import TraceError, Value
from micrograd.compiler.tracing.standins.originals import PATHS, lookup

w = Value(2.0, label="w")
rng, draw, wide = random.Random(3), random.Random(4).random, np.random.default_rng(0)
threads = ThreadPoolExecutor(1)
watch = helpers.Stopwatch()
TIME, ENTROPY, FILE = r"clock.*fresh\(time\.time\)", r"drew a random number.*fresh\(rng\.random\)", "Read it before"
SEED, SET, ELSEWHERE = r"random\.Random\(", "set only once", "call the compiled function in the threads"


def by_cell():
    now = time.time
    return lambda x: w * x + now()


def by_partial_in_cell():
    now = functools.partial(time.time)
    return lambda x: w * x + now()


def by_getattr(x):
    return w * x + getattr(time, "ti" + "me")()


def by_iteration(x):
    return w * x + sum(map(lambda now: now(), [time.time]))


def by_decision(x):
    start = time.monotonic()
    return w * x if time.monotonic() - start < 10.0 else w


def by_import(x):
    from time import time as now

    return w * x + now()


def raising(x):
    with np.errstate(all="raise"):
        return w * x


def quiet(x):
    with np.errstate(all="ignore"):
        return w * x


def caught(x):
    try:
        return w * x + os.urandom(1)[0]
    except Exception:
        return w


@dataclass
class Event:
    time: float = field(default_factory=time.time)


REFUSED = {
    "a default factory": (lambda x: w * x + Event().time, TIME),
    "time.time": (lambda x: w * x + time.time(), TIME),
    "from time import": (lambda x: w * x + perf_counter(), TIME),
    "nanoseconds": (lambda x: w * x + time_ns(), TIME),
    "process_time": (lambda x: w * x * time.process_time(), TIME),
    "a cell": (by_cell(), TIME),
    "a partial in a cell": (by_partial_in_cell(), TIME),
    "a partial": (lambda x: w * x + helpers.LATE(), TIME),
    "a tuple": (lambda x: w * x + helpers.PAIR[1](), TIME),
    "a computed name": (by_getattr, TIME),
    "a loop": (by_iteration, TIME),
    "a decision": (by_decision, TIME),
    "an import inside": (by_import, TIME),
    "a dict": (lambda x: w * x + helpers.TABLE["clock"](), TIME),
    "a list in a dict": (lambda x: w * x + helpers.TABLE["entropy"][0](1)[0], ENTROPY),
    "an attribute": (lambda x: w * x + watch.now(), TIME),
    "an attribute of a class": (lambda x: w * x + watch.tick(), TIME),
    "a default": (lambda x: w * x + helpers.read_by_default(), TIME),
    "a helper": (lambda x: w * x + helpers.read_by_module(), TIME),
    "a helper with a name": (lambda x: w * x + helpers.read_by_name(), TIME),
    "an argument": (lambda x, now=time.time: w * x + now(), TIME),
    "localtime": (lambda x: w * x + time.localtime().tm_sec, TIME),
    "strftime": (lambda x: w * x + int(time.strftime("%S")), TIME),
    "datetime.now": (lambda x: w * x + datetime.datetime.now().microsecond, TIME),
    "a helper with a date": (lambda x: w * x + helpers.read_date(), TIME),
    "date.today": (lambda x: w * x + datetime.date.today().day, TIME),
    "timeit": (lambda x: w * x + timeit.timeit("1", number=1), TIME),
    "default_timer": (lambda x: w * x + timeit.default_timer(), TIME),
    "urandom": (lambda x: w * x + os.urandom(1)[0], ENTROPY),
    "urandom by name": (lambda x: w * x + helpers.bytes_by_name(), ENTROPY),
    "urandom caught": (caught, ENTROPY),
    "secrets": (lambda x: w * x + secrets.randbelow(9), ENTROPY),
    "a secret token": (lambda x: w * x + len(secrets.token_hex()), ENTROPY),
    "a secret in a helper": (lambda x: w * x + helpers.secret(), ENTROPY),
    "uuid": (lambda x: w * x + uuid.uuid4().int, ENTROPY),
    "uuid1": (lambda x: w * x + uuid.uuid1().int, ENTROPY),
    "uuid in a helper": (lambda x: w * x + helpers.unique(), ENTROPY),
    "SystemRandom": (lambda x: w * x + random.SystemRandom().random(), ENTROPY),
    "a bound method of SystemRandom": (lambda x: w * x + watch.bits(3), ENTROPY),
    "random.random": (lambda x: w * x + random.random(), ENTROPY),
    "random.shuffle": (lambda x: random.shuffle([1, 2]) or w * x, ENTROPY),
    "random.sample": (lambda x: w * x + random.sample(range(9), 1)[0], ENTROPY),
    "random.choice": (lambda x: w * x + random.choice([1.0, 2.0]), ENTROPY),
    "a generator": (lambda x: w * x + rng.gauss(0.0, 1.0), ENTROPY),
    "a bound generator": (lambda x: w * x + draw(), ENTROPY),
    "a bound generator in an object": (lambda x: w * x + watch.draw(), ENTROPY),
    "a generator of NumPy": (lambda x: w * x + wide.random(), ENTROPY),
    "a spawned generator": (lambda x: w * x + wide.spawn(1)[0].random(), ENTROPY),
    "np.random": (lambda x: w * x + np.random.rand(), ENTROPY),
    "np.random.shuffle": (lambda x: np.random.shuffle([1, 2]) or w * x, ENTROPY),
    "default_rng without a seed": (lambda x: w * x + np.random.default_rng().random(), ENTROPY),
    "SeedSequence without a seed": (lambda x: w * x + np.random.SeedSequence().entropy % 7, ENTROPY),
    "RandomState without a seed": (lambda x: w * x + np.random.RandomState().rand(), SEED),
    "Random without a seed": (lambda x: w * x + random.Random().random(), SEED),
    "Random without a seed in a helper": (lambda x: w * x + helpers.throw(), SEED),
    "Random of a traced number": (lambda x: w * x + random.Random(x).random(), SEED),
    "random.seed": (lambda x: random.seed(0) or w * x, SET),
    "np.random.seed": (lambda x: np.random.seed(0) or w * x, SET),
    "the seed of a generator": (lambda x: rng.seed(1) or w * x, SET),
    "open": (lambda x: w * x + len(open(__file__).read()), FILE),
    "io.open": (lambda x: w * x + len(open(__file__).read()), FILE),
    "read_text": (lambda x: w * x + len(Path(__file__).read_text()), FILE),
    "json.load": (lambda x: w * x + json.load(open(__file__)), FILE),
    "np.load": (lambda x: w * x + np.load(__file__)[0], FILE),
    "np.fromfile": (lambda x: w * x + np.fromfile(__file__)[0], FILE),
    "listdir": (lambda x: w * x + len(os.listdir(".")), FILE),
    "listdir in a helper": (lambda x: w * x + helpers.sizes(), FILE),
    "exists": (lambda x: w * x if Path(__file__).exists() else w, FILE),
    "os.path.exists": (lambda x: w * x if os.path.exists(__file__) else w, FILE),
    "getmtime": (lambda x: w * x + os.path.getmtime(__file__), FILE),
    "input": (lambda x: w * x + len(input()), FILE),
    "pandas": (lambda x: w * x + pd.Timestamp.now().microsecond, TIME),
    "a socket": (lambda x: w * x + socket.socket().fileno(), FILE),
    "a process": (lambda x: w * x + len(subprocess.check_output(["echo"])), FILE),
    "os.system": (lambda x: w * x + os.system("true"), FILE),
    "the collector": (lambda x: w * x if gc.isenabled() else w, "Ask outside"),
    "counts of references": (lambda x: w * x + sys.getrefcount(x), "Ask outside"),
    "the settings of NumPy": (lambda x: w * x if np.geterr()["divide"] == "warn" else w, "Ask outside"),
    "a signal": (lambda x: signal.raise_signal(signal.SIGTERM) or w * x, "Its handler"),
    "an alarm": (lambda x: w * x * (1.0 + signal.alarm(10)), "Its handler"),
    "errors of NumPy": (raising, "compare the numbers"),
    "a thread": (lambda x: threading.Thread(target=print).start() or w * x, ELSEWHERE),
    "a thread in a helper": (lambda x: w * x * helpers.started(), ELSEWHERE),
    "a timer": (lambda x: threading.Timer(0.0, print).start() or w * x, ELSEWHERE),
    "an executor": (lambda x: sum(ThreadPoolExecutor(1).map(lambda y: w * y, [x, x])), ELSEWHERE),
    "an executor in a helper": (lambda x: w * x * helpers.pooled(), ELSEWHERE),
    "an executor that is there": (lambda x: threads.submit(lambda: w * x).result(), ELSEWHERE),
    "a pool": (lambda x: ThreadPool(1).map(lambda y: w * y, [x])[0], ELSEWHERE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    f, message = REFUSED[name]
    for _ in range(2):
        with pytest.raises(TraceError, match=f"(?s){message}") as error:
            micrograd.compile(f)(1.5)
    if name not in ("a generator of NumPy", "a spawned generator"):  # seen only afterwards
        assert ".py, line " in str(error.value)


def timing(x):
    start = perf_counter()
    out = w * x
    print("it took", perf_counter() - start)
    return out


def logging_it(x):
    logging.getLogger("opaque").warning("a line with %s", "its time")
    return w * x


def with_traceback(x):
    try:
        raise KeyError("k")
    except KeyError:
        return w * x * (1.0 if "KeyError" in traceback.format_exc() else 2.0)


def with_packages(x):
    import importlib.metadata

    return w * x * (1.0 if importlib.metadata.version("pytest") else 2.0)


def with_imports(x):
    import math
    import string  # noqa: F401

    import this_is_imported_while_traced as late

    return w * x * math.pi * late.SIZE


async def coroutine(x):
    await asyncio.sleep(0)
    return w * x


def own_generator(x):
    own = random.Random(0)
    xs = [1.0, 2.0, 3.0]
    own.shuffle(xs)
    return w * x * own.gauss(0.0, 1.0) + xs[0] + own.choice(xs)


RUNS = {
    "timing": timing,
    "logging": logging_it,
    "a traceback": with_traceback,
    "imports": with_imports,
    "warnings of NumPy": quiet,
    "what is installed": with_packages,
    "a coroutine": lambda x: asyncio.run(coroutine(x)),
    "a generator with a seed": own_generator,
    "default_rng with a seed": lambda x: w * x + np.random.default_rng(0).normal(),
    "RandomState with a seed": lambda x: w * x + np.random.RandomState(0).rand(),
    "SeedSequence with a seed": lambda x: w * x + np.random.default_rng(np.random.SeedSequence(3)).random(),
    "a given time": lambda x: w * x + time.gmtime(0).tm_year,
    "a date": lambda x: w * x + datetime.datetime(2020, 1, 2).year + datetime.date.fromisoformat("2020-01-02").day,
    "uuid5": lambda x: w * x + uuid.uuid5(uuid.NAMESPACE_DNS, "a").int % 7,
    "a path": lambda x: w * x + len(Path("a/b").name) + len(os.path.join("a", "b")),
    "a string as a file": lambda x: w * x + len(io.StringIO("abc").read()),
    "json": lambda x: w * x + json.loads("2"),
    "a thread that is asked for": lambda x: w * x * (1.0 if threading.current_thread().name else 0.0),
    "a lock": lambda x: w * x * (1.0 if threading.Lock().acquire() else 0.0),
}


@pytest.mark.parametrize("name", RUNS)
def test_harmless_neighbours(name, tmp_path, monkeypatch):
    (tmp_path / "this_is_imported_while_traced.py").write_text(
        "import os, time\nfrom time import time as now\nSTART, SEED = now(), os.urandom(1)\n"
        "with open(__file__) as file:\n    SIZE = len(file.read()) * 0.0 + 2.0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    f = RUNS[name]
    fast = micrograd.compile(f)
    for x in (1.5, -2.0):
        assert fast(x).data == f(x).data


def test_fresh_numbers_of_clocks_and_generators():
    fast = micrograd.compile(lambda x: w * x + micrograd.fresh(rng.random) * 0.0 + micrograd.fresh(time.time))
    before = time.time()
    first = fast(0.0).data
    time.sleep(0.002)
    assert before <= first < fast(0.0).data <= time.time()


SCRIPT = """
import sys
import micrograd
w = micrograd.Value(2.0)

def torch_inside(x):
    import torch
    return w * x + float(torch.rand(1))

def numpy_inside(x):
    import numpy
    return w * x + numpy.random.rand()

def secrets_inside(x):
    import secrets
    return w * x + secrets.randbelow(10)

def uuid_inside(x):
    from uuid import uuid4
    return w * x + uuid4().int

def pool_inside(x):
    from concurrent.futures import ThreadPoolExecutor
    return ThreadPoolExecutor(1).submit(lambda: w * x).result()

def stream(x):
    return w * x + len(sys.stdin.readline())

def buffered(x):
    return w * x + len(sys.stdin.buffer.read(1))

for name in sys.argv[1:]:
    f = globals()[name]
    try:
        print(name, micrograd.compile(f)(1.5))
    except micrograd.TraceError as error:
        assert "line" in str(error) or name in ("torch_inside", "numpy_inside"), error
"""


@pytest.mark.parametrize(
    "names",
    [
        ["numpy_inside", "secrets_inside", "uuid_inside", "pool_inside", "stream", "buffered"],
        pytest.param(["torch_inside"], marks=pytest.mark.slow),
    ],
)
def test_modules_that_the_function_imports_first_and_streams(names):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, *names],
        env={**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(micrograd.__file__))},
        input="a\nb\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == ("", "")


def snapshot():
    """The callables of the table, and those that this module binds."""
    found = {}
    for path in PATHS:
        owner, name, _ = lookup(path)
        if owner is not None:
            found[path] = vars(owner).get(name)
    stopwatch = {**vars(watch), "tick": helpers.Stopwatch.tick}
    table = {"clock": helpers.TABLE["clock"], "entropy": helpers.TABLE["entropy"][0], "late": helpers.LATE.func}
    return found, dict(globals()), dict(vars(helpers)), stopwatch, table, dict(vars(builtins))


def test_everything_is_put_back():
    before = snapshot()
    for f in (*RUNS.values(), *(f for f, _ in REFUSED.values())):
        if f is not with_imports:
            try:
                micrograd.compile(f)(1.5)
            except TraceError:
                pass
    for old, new in zip(before, snapshot(), strict=True):
        assert old.keys() == new.keys() and [name for name in old if old[name] is not new[name]] == []


def test_what_the_function_binds_itself_stays():
    class Box:
        clock = None

    box = Box()

    def mine():
        return 1.0

    def f(x):
        box.clock = mine
        return w * x

    micrograd.compile(f)
    f(1.0)
    assert box.clock is mine
