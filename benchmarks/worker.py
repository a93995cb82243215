"""What runs in the process that `fresh.Fresh` starts: one step, prepared at once, timed or run whenever it is asked.

    python -m benchmarks.worker benchmarks.scalar:prepare '["by_original", "eager", "W1"]'

Each line that comes in and each that goes out is JSON; what the step prints goes to the standard error.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.clock import collector, seconds


def deep(function: Callable[[], Any]) -> Any:
    """Call `function()` on a stack deep enough for 20,000 nested calls: the original sorts a graph recursively."""
    results: list[Any] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(256 << 20)
    sys.setrecursionlimit(20_000)
    try:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if errors:
        raise errors.pop()
    return results.pop()


def prepare(function: str, arguments: list[Any]) -> Callable[[], Any]:
    """The step that the function "module:name" makes of the arguments."""
    module, _, name = function.partition(":")
    step: Callable[[], Any] = getattr(import_module(module), name)(*arguments)
    return step


def answer(step: Callable[[], Any], wanted: str, on: bool, times: int) -> Any:
    """The "seconds" that a step takes, run `times` times, or its "result", with the collector on or off."""
    if wanted == "seconds":
        return seconds(step, on, times)
    with collector(on):
        return step()


def serve() -> None:
    function, arguments = sys.argv[1:]
    replies = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def reply(**content: Any) -> None:
        os.write(replies, f"{json.dumps(content, default=list)}\n".encode())  # an array is a list of numbers

    try:
        step = prepare(function, json.loads(arguments))
    except ImportError as error:
        reply(missing=str(error))
        return
    reply(answer="ready")
    for line in sys.stdin:
        reply(answer=answer(step, *json.loads(line)))


if __name__ == "__main__":
    deep(serve)
