"""The world outside: environment, files, clocks, randomness, threads, tasks, logs, arguments of scripts."""

import asyncio
import concurrent.futures
import contextlib
import io
import json
import logging
import os
import pathlib
import queue
import random
import sys
import tempfile
import threading
import time
import types
import uuid
import warnings

import numpy as np

from micrograd import Value, nn
from strangers.collection import after, call, calls, case, put, values


@case
def setting_with_a_fallback_in_the_environment():
    name, w = "A_SETTING_OF_NOBODY", Value(2.0)
    os.environ.pop(name, None)

    def f(x):
        return w * x * float(os.environ.get(name, "1"))

    return (
        f,
        [w],
        [
            call(1.0),
            after(lambda: os.environ.update({name: "5"}), 1.0),
            after(lambda: os.environ.pop(name), 1.0),
            after(lambda: os.environ.update({name: "7"}), 1.0),
            after(lambda: os.environ.pop(name), 2.0),
        ],
    )


@case
def setting_read_by_getenv():
    name, w = "A_SETTING_OF_NOBODY", Value(2.0)
    os.environ[name] = "2"

    def f(x):
        return w * x * float(os.getenv(name))

    return f, [w], [call(1.0), after(lambda: os.environ.update({name: "5"}), 1.0)]


@case
def arguments_of_a_script():
    argv, w = ["train.py", "--deep"], Value(2.0)
    script = types.SimpleNamespace(argv=argv)

    def f(x):
        return w * x * (10 if "--deep" in script.argv else 1)

    return f, [w], [call(1.0), after(lambda: argv.pop(), 1.0)]


@case
def configuration_as_json():
    text, w = '{"k": 2.0, "on": true}', Value(2.0)

    def f(x):
        config = json.loads(text)
        return w * x * config["k"] if config["on"] else w

    def edit():
        nonlocal text
        text = json.dumps({"k": 3.0, "on": True})

    return f, [w], [call(1.0), after(edit, 1.0)]


@case(refused="file")
def file_opened_inside():
    path = os.path.join(tempfile.mkdtemp(), "k.txt")
    w = Value(2.0)

    def write(k):
        with open(path, "w") as file:
            file.write(k)

    def f(x):
        with open(path) as file:
            return w * x * float(file.read())

    write("3")
    return f, [w], [call(1.0), after(lambda: write("5"), 1.0)]


@case(refused="file")
def path_read_inside():
    path = pathlib.Path(tempfile.mkdtemp(), "k.json")
    path.write_text('{"k": 3}')
    w = Value(2.0)

    def f(x):
        return w * x * json.loads(path.read_text())["k"]

    return f, [w], [call(1.0), after(lambda: path.write_text('{"k": 5}'), 1.0)]


@case(refused="array|file")
def array_loaded_inside():
    path = os.path.join(tempfile.mkdtemp(), "k.npy")
    np.save(path, np.array([3.0]))
    w = Value(2.0)

    def f(x):
        return w * x * np.load(path)[0]

    return f, [w], [call(1.0), after(lambda: np.save(path, np.array([5.0])), 1.0)]


@case
def stream_read_to_its_end():
    w = Value(2.0)

    def f(x):
        return w * x * sum(map(float, io.StringIO("1\n2\n")))

    return f, [w], calls(1.0, 2.0)


@case(refused="file|StringIO|position|state")
def stream_of_the_closure():
    stream, w = io.StringIO("1\n2\n3\n"), Value(2.0)

    def f(x):
        return w * x * float(stream.readline())

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="queue|lock|thread|state|cannot")
def queue_of_tasks():
    tasks, w = queue.Queue(), Value(2.0)
    for k in (1.0, 2.0, 3.0):
        tasks.put(k)

    def f(x):
        return w * x * tasks.get_nowait()

    return f, [w], calls(1.0, 1.0)


@case(refused="time|clock")
def time_as_a_seed():
    w = Value(2.0)

    def f(x):
        return w * x * (1 + time.time_ns() % 1000003)

    return f, [w], calls(1.0, 1.0)


@case(refused="time|clock")
def time_budget():
    w = Value(2.0)

    def f(x):
        start, n = time.monotonic(), 0
        while n < 3 and time.monotonic() - start < 1000.0:
            x, n = x * 2, n + 1
        return w * x

    return f, [w], calls(1.0, 2.0)


@case
def time_taken_and_logged():
    logger, w = logging.getLogger("strangers.timing"), Value(2.0)
    logger.handlers, logger.propagate = [logging.NullHandler()], False

    def f(x):
        start = time.perf_counter()
        out = w * x
        logger.debug("took %.3f s", time.perf_counter() - start)
        return out

    return f, [w], calls(1.0, 2.0, 1.0)


@case(refused="random|uuid")
def identifier_of_a_run():
    w = Value(2.0)

    def f(x):
        return w * x + uuid.uuid4().int % 997

    return f, [w], calls(1.0, 1.0)


@case(refused="random")
def system_randomness():
    w, rng = Value(2.0), random.SystemRandom()

    def f(x):
        return w * x * rng.random()

    return f, [w], calls(1.0, 1.0)


@case(refused="random")
def generator_made_without_a_seed():
    w = Value(2.0)

    def f(x):
        return w * x * np.random.default_rng().normal()

    return f, [w], calls(1.0, 1.0)


@case
def generator_of_random_numbers_made_with_a_seed():
    w = Value(2.0)

    def f(x):
        rng = random.Random(0)
        return w * x * rng.random()

    return f, [w], calls(1.0, 2.0)


@case(refused="random")
def noise_from_the_shared_generator():
    random.seed(3)
    w = Value(2.0)

    def f(x):
        return w * x + random.gauss(0.0, 1.0)

    return f, [w], calls(1.0, 1.0)


@case(refused="random")
def seeded_by_the_call():
    w = Value(2.0)

    def f(x, seed):
        random.seed(seed)
        return w * x * random.random()

    return f, [w], [call(1.0, 1), call(1.0, 2), call(1.0, 1)]


@case(refused="thread")
def thread_started_inside():
    w = Value(2.0)

    def f(x):
        out = []
        thread = threading.Thread(target=lambda: out.append(w * x))
        thread.start()
        thread.join()
        return out[0]

    return f, [w], calls(1.0, 2.0)


@case(refused="thread")
def executor_kept_outside():
    pool, w = concurrent.futures.ThreadPoolExecutor(1), Value(2.0)

    def f(x):
        return pool.submit(lambda: w * x).result()

    return f, [w], calls(1.0, 2.0)


@case
def lock_around_the_work():
    lock, w = threading.Lock(), Value(2.0)

    def f(x):
        with lock:
            return w * x

    return f, [w], calls(1.0, 2.0)


@case
def tasks_run_to_completion():
    w = Value(2.0)

    async def part(x):
        await asyncio.sleep(0)
        return w * x

    async def both(x):
        return sum(await asyncio.gather(part(x), part(x * x)))

    def f(x):
        return asyncio.run(both(x))

    return f, [w], calls(1.0, 2.0)


@case
def coroutine_driven_by_hand():
    w, k = Value(2.0), {"k": 1.0}

    async def work(x):
        return w * x * k["k"]

    def f(x):
        coroutine = work(x)
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value

    return f, [w], [call(1.0), call(2.0), after(lambda: k.update(k=3.0), 1.0)]


@case
def thread_local_settings():
    local, w = threading.local(), Value(2.0)
    local.k = 1.0

    def f(x):
        return w * x * local.k

    return f, [w], [call(1.0), after(put(local, k=4.0), 1.0)]


@case
def log_level_decides():
    logger, w = logging.getLogger("strangers.level"), Value(2.0)
    logger.setLevel(logging.INFO)

    def f(x):
        return w * x if logger.isEnabledFor(logging.DEBUG) else w * x * 10

    return f, [w], [call(1.0), after(lambda: logger.setLevel(logging.DEBUG), 1.0)]


@case
def logged_with_a_handler():
    logger, w = logging.getLogger("strangers.handler"), Value(2.0)
    logger.handlers, logger.propagate = [logging.StreamHandler(io.StringIO())], False

    def f(x):
        out = w * x
        logger.warning(f"loss {out.data:.3f} at {x}")
        logger.warning("loss %s", out)
        return out

    return f, [w], calls(1.0, 2.0)


@case(refused="plain|log")
def logged_by_percent_with_a_handler():
    logger, w = logging.getLogger("strangers.percent"), Value(2.0)
    logger.handlers, logger.propagate = [logging.StreamHandler(io.StringIO())], False

    def f(x):
        out = w * x
        logger.warning("loss %.3f", out.data)
        return out

    return f, [w], calls(1.0, 2.0)


@case
def printed_progress():
    w = Value(2.0)

    def f(xs):
        out = Value(0.0)
        with contextlib.redirect_stdout(io.StringIO()):
            for k, x in enumerate(xs):
                out = out + w * x
                print(f"\r{k + 1}/{len(xs)} loss {out.data:.3f}", end="")
        return out

    return f, [w], calls([1.0, 2.0], [3.0, 4.0], [5.0, 6.0])


@case
def progress_bar_around_the_rows():
    class Bar:
        def __init__(self, rows):
            self.rows, self.n = rows, 0

        def __iter__(self):
            for row in self.rows:
                self.n += 1
                yield row

    w = Value(2.0)

    def f(xs):
        return sum(w * x for x in Bar(xs))

    return f, [w], calls([1.0, 2.0], [3.0, 4.0], [5.0])


@case
def warning_given_once():
    w = Value(2.0)

    def f(x):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.warn("old", DeprecationWarning, stacklevel=2)
        return w * x

    return f, [w], calls(1.0, 2.0)


@case
def output_captured_and_parsed():
    w = Value(2.0)

    def f(x):
        out = io.StringIO()
        print(round(2.5), file=out)
        return w * x * float(out.getvalue())

    return f, [w], calls(1.0, 2.0)


@case
def recursion_limit_and_version():
    w = Value(2.0)

    def f(x):
        return w * x * (1 if sys.version_info >= (3, 10) else 0) + (sys.getrecursionlimit() > 10)

    return f, [w], calls(1.0, 2.0)


@case
def module_level_cache_in_sys_modules():
    module = types.ModuleType("settings_of_nobody")
    module.table = {"k": 1.0}
    sys.modules["settings_of_nobody"] = module
    w = Value(2.0)

    def f(x):
        import settings_of_nobody

        return w * x * settings_of_nobody.table["k"]

    return (
        f,
        [w],
        [call(1.0), after(lambda: module.table.update(k=4.0), 1.0), after(put(module, table={"k": 5.0}), 1.0)],
    )


@case
def checkpoint_restored_between_calls():
    random.seed(4)
    net = nn.MLP(1, [2, 1])
    before = [p.data for p in net.parameters()]

    def f(x):
        return net([x]) ** 2

    def step(g):
        out = g(1.0)
        net.zero_grad()
        out.backward()
        for p in net.parameters():
            p.data -= 0.1 * p.grad
        return out.data

    def restore(g):
        for p, x in zip(net.parameters(), before, strict=True):
            p.data = x
        return g(1.0)

    return f, net.parameters(), [step, step, restore, step]


@case
def data_loaded_once_and_kept():
    class Store:
        loaded = None

        def rows(self):
            if self.loaded is None:
                self.loaded = [1.0, 2.0, 3.0]
            return self.loaded

    store, ws = Store(), values(1, 2)

    def f(k):
        return ws[0] * store.rows()[k] + ws[1]

    return f, ws, [call(0), call(1), call(0), after(lambda: store.loaded.__setitem__(0, 9.0), 0)]
