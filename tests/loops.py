"""A loop of asyncio in a thread of its own: the browser tests leave one running in theirs."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(main):
    """The result of a coroutine."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, main).result()
