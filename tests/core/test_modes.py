"""The mode of a context: no thread and no task sees that of another, and nobody watches once all have left."""

import asyncio
import contextvars
import gc
import threading

from micrograd import Value, compile, no_grad
from micrograd._core.modes import alive, paused, recording


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

    asyncio.run(main())
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

    assert asyncio.run(main()) == (True, False)


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
