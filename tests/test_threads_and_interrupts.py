"""Threads, tasks, forks and Ctrl-C: each gets its own numbers, and the state of the process is afterwards as before."""

import ast
import asyncio
import os
import random
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import loops
import pytest
from budget import HALF, tries
from handover import Handover

import micrograd
from micrograd import Value, no_grad

HERE = Path(__file__).parent


def run(*arguments):
    """What a script of its own prints, as a Python object."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return ast.literal_eval(done.stdout)


# ---- Ctrl-C


@pytest.mark.no_cover
@pytest.mark.parametrize("step", [997, pytest.param(1, marks=pytest.mark.slow)])
def test_ctrl_c_at_every_place_leaves_everything_as_it_was(step):
    assert run(str(HERE / "interrupts.py"), "places", str(step)) == {}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no timers with signals")
@pytest.mark.parametrize("count", [30, pytest.param(tries(4000, 4000), marks=pytest.mark.slow)])
def test_ctrl_c_at_random_moments_leaves_everything_as_it_was(count):
    assert run(str(HERE / "interrupts.py"), "signals", str(count), str(1 + HALF)) == {}


# ---- forks


FORK = """
    import gc, os, random, threading, warnings
    import micrograd
    from micrograd import Value
    warnings.simplefilter("ignore")  # newer Pythons warn of forks next to threads
    before = [dict(vars(cls)) for cls in (Value, random.Random)]
    w, inside, done = Value(3.0), threading.Event(), threading.Event()
    def slow(x):
        y = w * x
        inside.set()
        done.wait(5)
        return y * 2.0
    fast = micrograd.compile(slow, parameters=[w])
    got = []
    thread = threading.Thread(target=lambda: got.append(fast.value_and_grad([5.0], 2.0)))
    thread.start()
    inside.wait(60)
    child = os.fork()
    if child == 0:
        fine = [dict(vars(cls)) for cls in (Value, random.Random)] == before and gc.isenabled() and w.data == 3.0
        other = micrograd.compile(lambda x: w * x * x)
        y = other(2.0)
        y.backward()
        fine = fine and y.data == 12.0 and w.grad == 4.0
        done.set()
        fine = fine and fast(2.0).data == 12.0 and fast.value_and_grad([1.0], 2.0)[0] == 4.0
        os._exit(0 if fine else 1)
    status = os.waitpid(child, 0)[1]
    done.set()
    thread.join()
    ((value, gradient),) = got
    print([status, value, gradient.tolist(), w.data])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_fork_while_another_thread_traces():
    assert run("-c", textwrap.dedent(FORK)) == [0, 20.0, [4.0], 3.0]


FORK_INSIDE = """
    import os, warnings
    import micrograd
    warnings.simplefilter("ignore")
    statuses = []
    def f(x):
        child = os.fork()
        if child == 0:
            os._exit(0 if x * 2.0 == 6.0 else 1)
        statuses.append(os.waitpid(child, 0)[1])
        return x * 2.0
    print([micrograd.compile(f)(3.0), *statuses])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_fork_by_the_traced_function_itself():
    assert run("-c", textwrap.dedent(FORK_INSIDE)) == [6.0, 0]


# ---- threads


def together(count, work):
    """`work(k)` in `count` threads that begin at the same time; the results in order."""
    barrier = threading.Barrier(count)

    def begin(k):
        barrier.wait(60)
        return work(k)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


@pytest.fixture
def switching_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_other_threads_keep_their_numbers_while_a_gradient_at_others_is_traced():
    w, turns, seen = Value(3.0, label="w"), Handover(), []

    def f(x):
        y = w * x
        turns.pause()
        return y * w

    def other():
        y = w * 2.0
        y.backward()
        seen.extend([w.data, y.data, w.grad, float(w.data), repr(w)])
        w.data = 4.0
        seen.extend([w.data, (w + 0.0).data])

    join = turns.meanwhile(other)
    value, gradient = micrograd.compile(f, parameters=[w]).value_and_grad([10.0], 2.0)
    join()
    assert (value, gradient.tolist()) == (200.0, [40.0])
    assert seen == [3.0, 6.0, 2.0, 3.0, "Value(data=3.0, grad=2.0)", 4.0, 4.0]
    assert w.data == 4.0  # what the other thread wrote stays


def test_threads_trace_different_functions_at_the_same_time(switching_often):
    w = Value(2.0)

    def work(k):
        found = []
        for n in range(tries(5, 50)):
            f = micrograd.compile(lambda x, k=k, n=n: (w * x + float(k)) * float(n + 1))
            y = f(3.0)
            found.append((y.data, list(y.partials)))
        return found

    for k, found in enumerate(together(8, work)):
        assert found == [((6.0 + k) * (n + 1), [3.0 * (n + 1)]) for n in range(len(found))]


def test_threads_call_one_compiled_function(switching_often):
    w, b = Value(2.0), Value(-1.0)
    f = micrograd.compile(lambda x: ((w * x + b) if x > 0.0 else w * x).tanh(), parameters=[w, b])

    def work(k):
        found = []
        for n in range(tries(50, 1000)):
            x = (n + 1) * (-1.0 if (n + k) % 3 else 0.1) / 50
            found.append((f(x).data, f.__wrapped__(x).data, *f.value_and_grad([1.0, k], x)[1]))
        return found

    for k, found in enumerate(together(8, work)):
        for n, (fast, slow, dw, db) in enumerate(found):
            x = (n + 1) * (-1.0 if (n + k) % 3 else 0.1) / 50
            y = x + k if x > 0.0 else x
            slope = 1 - float(micrograd.tanh(y)) ** 2
            assert fast == slow and dw == pytest.approx(slope * x) and db == pytest.approx(slope * (x > 0.0))


def test_threads_sum_gradients_into_shared_leaves(switching_often):
    w, b = Value(0.5), Value(0.25)
    passes = tries(300, 10_000)

    def work(k):
        for _ in range(passes):
            (w * float(k) + b).backward()

    together(8, work)
    assert w.grad == sum(range(8)) * passes and b.grad == 8 * passes


def test_a_thread_draws_random_numbers_while_another_one_traces():
    turns, waiting, drawn = Handover(), threading.Event(), []

    def f(x):
        turns.pause()
        return x * 2.0

    join = turns.meanwhile(lambda: drawn.append(random.random()))  # in the middle of the first trace
    other = threading.Thread(target=waiting.wait, args=(60,))
    other.start()
    assert micrograd.compile(f)(3.0) == 6.0 and len(drawn) == 1
    join()
    with pytest.raises(micrograd.TraceError, match="drew a random number"):
        micrograd.compile(lambda x: x * random.random())(3.0)
    waiting.set()
    other.join()


# ---- tasks


def test_overlapping_tasks_each_have_their_own_no_grad():
    async def forgetting(begin, end):
        with no_grad():
            begin.set()
            await end.wait()
            y = Value(2.0) * 3.0
        return y.parents

    async def both():
        first, second, over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        one = asyncio.create_task(forgetting(first, over))
        await first.wait()
        two = asyncio.create_task(forgetting(second, over))
        await second.wait()
        here = (Value(2.0) * 3.0).parents
        over.set()
        return here, await one, await two, (Value(2.0) * 3.0).parents

    here, one, two, after = loops.run(both())
    assert len(here) == len(after) == 2 and one == two == ()
    assert len((Value(2.0) * 3.0).parents) == 2
