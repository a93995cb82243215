"""A progress bar over the steps of a training; Ctrl-C ends it early and keeps what was learned."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any


def progress(count: int, unit: str) -> Iterator[tuple[int, Callable[..., None]]]:
    """0, 1, … `count` − 1 behind a progress bar, each with a function that shows figures beside it.

    After Ctrl-C the step under way is finished and no other begun; a second Ctrl-C interrupts as usual. Only a
    program's main thread receives Ctrl-C.
    """
    tqdm = _tqdm()
    stopped = False

    def stop(signum: int, frame: Any) -> None:
        nonlocal stopped
        stopped = True
        signal.signal(signal.SIGINT, before)

    listening = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, stop) if listening else None
    try:
        with tqdm(total=count, unit=unit, dynamic_ncols=True, disable=sys.stderr is None) as bar:
            for k in range(count):
                yield k, lambda **figures: bar.set_postfix(figures, refresh=False)
                bar.update()
                if stopped:
                    units = f"{unit}es" if unit.endswith("ch") else f"{unit}s"
                    bar.write(f"stopped after {k + 1} of {count} {units}, with what was learned so far")
                    break
    finally:
        if listening:
            signal.signal(signal.SIGINT, before)


def say(line: str) -> None:
    """Print a line without breaking the progress bar."""
    _tqdm().write(line)


def _tqdm() -> Any:
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise ImportError(
            "the demos need tqdm, matplotlib and scikit-learn: pip install 'micrograd-lab[demo]'"
        ) from error
    return tqdm
