"""What nothing can watch: clocks, entropy, generators of random numbers, files, streams, threads, iterators."""

import concurrent.futures
import hashlib
import io
import itertools
import json
import os
import pathlib
import queue
import random
import secrets
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from micrograd import Value
from strangers.collection import after, call, calls, case


@case(refused="an iterator, generator.*factors")
def generator_function_state():
    def powers():
        k = 1.0
        while True:
            yield k
            k *= 2

    w, factors = Value(2.0), powers()

    def f(x):
        return w * x * next(factors)

    return f, [w], calls(1.0, 1.0)


@case(refused="an iterator, zip")
def zip_argument():
    w = Value(2.0)

    def f(pairs):
        return sum(w * x - y for x, y in pairs)

    return f, [w], [lambda g: g(zip([1.0], [2.0], strict=True)), lambda g: g(zip([3.0], [2.0], strict=True))]


@case(refused="random")
def secrets_random():
    w = Value(2.0)

    def f(x):
        return w * x * (1 + 0 * secrets.randbelow(10)) + secrets.randbelow(10**6)

    return f, [w], calls(1.0, 1.0)


@case(refused="random")
def os_urandom():
    w = Value(2.0)

    def f(x):
        return w * x + os.urandom(7)[0]

    return f, [w], calls(1.0, 1.0)


@case
def numpy_default_rng_inside_seeded():
    w = Value(2.0)

    def f(x):
        rng = np.random.default_rng(0)
        return w * x * rng.normal()

    return f, [w], calls(1.0, 2.0)


@case(refused="random")
def random_Random_inside_unseeded():
    w = Value(2.0)

    def f(x):
        rng = random.Random()
        return w * x * rng.random()

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="clock")
def time_in_function():
    w = Value(2.0)

    def f(x):
        return w * x + time.perf_counter()

    return f, [w], calls(1.0, 1.0)


@case(refused="thread")
def pool_map_inside():
    w = Value(2.0)

    def f(xs):
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(lambda x: w * x, xs))

    return f, [w], calls([1.0, 2.0], [3.0, 2.0])


@case(refused="opened a file")
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


@case(refused="opened a file")
def path_read_inside():
    path = pathlib.Path(tempfile.mkdtemp(), "k.json")
    path.write_text('{"k": 3}')
    w = Value(2.0)

    def f(x):
        return w * x * json.loads(path.read_text())["k"]

    return f, [w], [call(1.0), after(lambda: path.write_text('{"k": 5}'), 1.0)]


@case(refused="opened a file")
def array_loaded_inside():
    path = os.path.join(tempfile.mkdtemp(), "k.npy")
    np.save(path, np.array([3.0]))
    w = Value(2.0)

    def f(x):
        return w * x * np.load(path)[0]

    return f, [w], [call(1.0), after(lambda: np.save(path, np.array([5.0])), 1.0)]


@case(refused="a file .*stream")
def stream_of_the_closure():
    stream, w = io.StringIO("1\n2\n3\n"), Value(2.0)

    def f(x):
        return w * x * float(stream.readline())

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="changes what it reads: tasks.queue")
def queue_of_tasks():
    tasks, w = queue.Queue(), Value(2.0)
    for k in (1.0, 2.0, 3.0):
        tasks.put(k)

    def f(x):
        return w * x * tasks.get_nowait()

    return f, [w], calls(1.0, 1.0)


@case(refused="clock|whole number")
def time_as_a_seed():
    w = Value(2.0)

    def f(x):
        return w * x * (1 + time.time_ns() % 1000003)

    return f, [w], calls(1.0, 1.0)


@case(refused="clock")
def time_budget():
    w = Value(2.0)

    def f(x):
        start, n = time.monotonic(), 0
        while n < 3 and time.monotonic() - start < 1000.0:
            x, n = x * 2, n + 1
        return w * x

    return f, [w], calls(1.0, 2.0)


@case(refused="random")
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


@case(refused="HASH")
def hash_of_an_object_updated_outside():
    digest, w = hashlib.sha256(b"a"), Value(2.0)

    def f(x):
        return w * x * digest.digest()[0]

    return f, [w], [call(1.0), after(lambda: digest.update(b"b"), 1.0)]


@case(refused="an iterator, count.*numbers")
def counter_of_itertools():
    w, numbers = Value(2.0), itertools.count(1)

    def f(x):
        return w * x * next(numbers)

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="an iterator, map.*scaled")
def map_kept_outside():
    w, scaled = Value(2.0), map(lambda x: x * 2, [1.0, 2.0, 3.0])

    def f():
        return w * next(scaled)

    return f, [w], [call(), call()]


@case(refused="an iterator.*loader.rows")
def batches_drawn_inside():
    class Loader:
        def __init__(self, rows):
            self.rows = iter(rows)

        def next(self):
            return next(self.rows)

    w, loader = Value(0.5), Loader([1.0, 2.0, 3.0])

    def f():
        return w * loader.next()

    return f, [w], [call(), call()]


@case(refused="an iterator, generator")
def generator_as_an_argument():
    w = Value(0.5)

    def f(xs):
        return sum(w * x for x in xs)

    return f, [w], [lambda g: g(x * 2 for x in (1.0, 2.0))] * 2
