"""The mode of a context: no thread and no task sees that of another, and nobody watches once all have left."""

import asyncio
import contextlib
import contextvars
import gc
import os
import sys
import threading

import loops
import pytest

from micrograd import Value, compile, grad, no_grad
from micrograd._core.modes import alive, one_pass, paused, recording


def remembers():
    """Whether a new node keeps its parents."""
    return bool((Value(1.0) * 2.0).parents)


def test_overlapping_tasks_do_not_share_a_no_grad():
    """One task is inside `no_grad` while the other computes, and leaves it while the other is inside its own."""
    seen = []

    async def quiet(entered, leave):
        with no_grad():
            entered.set()
            await leave.wait()
            seen.append(("quiet", remembers()))
        seen.append(("after", remembers()))

    async def loud(entered, leave):
        await entered.wait()
        seen.append(("loud", remembers()))
        with no_grad():
            leave.set()
            await asyncio.sleep(0)
            seen.append(("loud, inside", remembers()))
        seen.append(("loud, after", remembers()))

    async def main():
        entered, leave = asyncio.Event(), asyncio.Event()
        await asyncio.gather(quiet(entered, leave), loud(entered, leave))

    loops.run(main())
    assert dict(seen) == {
        "quiet": False,
        "after": True,
        "loud": True,
        "loud, inside": False,
        "loud, after": True,
    }


def test_a_task_that_starts_inside_stays_inside():
    """As asyncio has it: a task starts with a copy of the context, also when `no_grad` has ended outside."""

    async def main():
        with no_grad():
            task = asyncio.create_task(asyncio.sleep(0, remembers))
            inner = asyncio.create_task(later())
        await task
        return remembers(), await inner

    async def later():
        await asyncio.sleep(0)
        return remembers()

    assert loops.run(main()) == (True, False)


def test_a_thread_starts_outside():
    found = []
    with no_grad():
        thread = threading.Thread(target=lambda: found.append(remembers()))
        thread.start()
        thread.join()
        assert not remembers()
    assert found == [True] and remembers()


def test_recording_inside_no_grad():
    with no_grad():
        with recording():
            assert remembers() and not paused()
        assert paused() and not remembers()


def test_nobody_watches_once_every_context_is_left():
    gc.collect()
    before = len(alive)
    kept = []
    with no_grad():
        kept.append(contextvars.copy_context())
    compile(lambda x: x * x)(2.0)
    assert len(alive) == before + 1, "a copy of the context may still be entered"
    assert not kept[0].run(remembers)
    kept.clear()
    assert len(alive) == before


# ---- generators: a mode counts while they run, not where they are suspended


def quietly(n):
    with no_grad():
        for _ in range(n):
            yield remembers()


def test_a_generator_does_not_switch_its_caller_off():
    steps = quietly(3)
    for inside in steps:
        assert not inside and remembers() and not paused()
    assert remembers()


def test_generators_that_overlap_and_end_in_any_order():
    first, second = quietly(2), quietly(3)
    assert not next(first) and not next(second) and remembers()
    assert list(first) == [False] and remembers()
    assert list(second) == [False, False] and remembers()


def test_a_generator_that_is_dropped_or_closed_elsewhere():
    before = len(alive)
    left = quietly(2)
    next(left)
    del left
    gc.collect()
    assert remembers()
    left = quietly(2)
    next(left)
    thread = threading.Thread(target=left.close)
    thread.start()
    thread.join()
    assert remembers() and not paused()
    contextvars.copy_context().run(remembers)
    with no_grad():
        assert not remembers()
    assert remembers() and len(alive) <= before + 1


def test_what_a_generator_calls_is_inside():
    def values():
        with no_grad():
            yield sum(inner())

    def inner():
        for _ in range(2):
            yield int(remembers())

    assert list(values()) == [0]


def test_a_context_manager_built_on_no_grad_serves_its_caller():
    @contextlib.contextmanager
    def evaluation():
        with no_grad():
            yield

    with evaluation():
        assert not remembers()
    assert remembers()
    with contextlib.ExitStack() as stack:
        stack.enter_context(evaluation())
        stack.enter_context(no_grad())
        assert not remembers()
    assert remembers()


def test_an_asynchronous_generator():
    async def quiet():
        with no_grad():
            for _ in range(2):
                await asyncio.sleep(0)
                yield remembers()

    async def main():
        return [(inside, remembers()) async for inside in quiet()]

    assert loops.run(main()) == [(False, True)] * 2


def test_many_tasks_in_and_out():
    async def visit(k):
        for i in range(20):
            if (i + k) % 3:
                with no_grad():
                    await asyncio.sleep(0)
                    assert not remembers()
            else:
                await asyncio.sleep(0)
                assert remembers()

    async def main():
        await asyncio.gather(*map(visit, range(10)))

    loops.run(main())
    assert remembers()


# ---- as a decorator


def test_a_decorated_function():
    @no_grad()
    def depth(n):
        return [remembers(), *depth(n - 1)] if n else []

    assert depth(3) == [False] * 3 and remembers()
    threads = [threading.Thread(target=depth, args=(50,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert remembers()


def test_a_decorated_generator_or_coroutine_is_refused():
    async def coroutine():
        pass

    for function in (quietly, coroutine):
        with pytest.raises(TypeError, match="write `with no_grad"):
            no_grad()(function)


# ---- threads on one graph


def test_passes_over_shared_leaves_and_shared_graphs():
    leaf = Value(3.0)
    shared = leaf * 2.0 + leaf * leaf

    def passes():
        for _ in range(500):
            (leaf * 2.0 + leaf.relu()).backward()
            shared.backward()
            grad(lambda x: x * leaf * leaf.relu())(2.0)

    threads = [threading.Thread(target=passes) for _ in range(8)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert leaf.grad == 8 * 500 * (3.0 + 8.0)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_forked_while_another_thread_walks():
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with one_pass:
            entered.set()
            leave.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    pid = os.fork()
    if pid == 0:
        x = Value(2.0)
        try:
            (x * x).backward()
        finally:  # nothing else of the tests may run in here
            os._exit(0 if x.grad == 4.0 else 1)
    leave.set()
    thread.join()
    assert os.waitpid(pid, 0)[1] == 0
