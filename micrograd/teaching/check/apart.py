"""`check_file`: homework checked in a process of its own, with a limit of time and of memory.

    from micrograd.teaching.check import check_file
    verdict = check_file("homework.py", "Value", timeout=60)
    print(verdict.text)                          # what a student reads
    verdict.status, verdict.exit_code            # "no difference", 0

What the file prints, where it ends Python, how long it runs: nothing of that reaches the one who asks.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

EXIT = {"no difference": 0, "difference": 1, "not loaded": 2, "stopped": 3}
TIMEOUT, MEMORY = 60.0, 4_000  # seconds, megabytes
LONGEST = 2**22  # bytes of a verdict
RUNNING: set[subprocess.Popen[bytes]] = set()  # each is waited for by a thread
START = "import sys; sys.path[:] = {path!r}; from micrograd.teaching.check.inside import main; main()"


@dataclass(frozen=True)
class Verdict:
    """What became of a file.

    status   no difference, difference, not loaded (no such file or name, a syntax error, an exception), or stopped
             (time, memory, or the file ended the process or changed the checker)
    text     what a student reads
    data     the findings as `Finding` has them, what was tried, checked and missing, and what was needed and is not
             there; empty where nothing was checked
    """

    file: str
    names: tuple[str, ...]
    status: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 no difference found, 1 a difference found, 2 not loaded, 3 stopped."""
        return EXIT[self.status]

    @property
    def json(self) -> str:
        """All of it as one line of JSON."""
        known = {"file": self.file, "names": self.names, "status": self.status, "exit_code": self.exit_code}
        return json.dumps({**known, "text": self.text, **self.data})

    def __bool__(self) -> bool:
        return self.exit_code == 0

    def __str__(self) -> str:
        return self.text


def check_file(
    path: str | os.PathLike[str],
    *names: str,
    needs: Sequence[str] = (),
    timeout: float = TIMEOUT,
    memory: int = MEMORY,
) -> Verdict:
    """Check what a .py file or a notebook defines, in a process of its own.

    names     what to check: `Value`, which is the default, another class, or a backward function; or a function and
              its derivative, with several arguments one derivative for each; of a notebook by default the score of its
              `Homework`
    needs     the operations that a class must have, as its report writes them: a * b, a.tanh(), backward(); or `all`.
              Otherwise only those that it has are checked
    timeout   seconds, for loading and checking
    memory    megabytes, where the system has such a limit (Linux)

    Processes that the file starts end with it, unless they leave its group. Raises `TypeError` or `ValueError` for
    arguments that are none: no fault of the file's.
    """
    if isinstance(needs, str) or not all(isinstance(word, str) for word in (*names, *needs)):
        raise TypeError(f"write check_file(path, 'f', 'df', needs=['a * b']), got {names!r}, needs={needs!r}")
    for limit, given in (("timeout", timeout), ("memory", memory)):
        if not (isinstance(given, (int, float)) and 0 < given < math.inf):
            raise ValueError(f"{limit} must be a number above 0, got {given!r}")
    place = Path(path).absolute()
    names = names or (() if place.suffix == ".ipynb" else ("Value",))
    if not place.is_file():
        what = f"is a folder: name its files, as in {place.name}/*.py" if place.is_dir() else "does not exist"
        return Verdict(os.fspath(path), names, "not loaded", f"{os.fspath(path)} {what}.")
    token = os.urandom(16).hex()
    request: dict[str, Any] = {"token": token, "path": str(place), "names": names}
    request |= {"needs": [*needs], "timeout": timeout, "memory": memory}
    answer, ended = _run(json.dumps(request).encode(), place.parent, timeout)
    verdict = _read(answer, token)
    if verdict is None:
        verdict = {"status": "stopped", "text": f"{place.name} {_why(ended, timeout)}"}
    status, text = verdict.pop("status"), verdict.pop("text")
    return Verdict(os.fspath(path), names, status, text, verdict)


def _run(request: bytes, folder: Path, timeout: float) -> tuple[bytes, int | None]:
    """What the process wrote, and its exit status: None if it was stopped because its time was over.

    Raises `RuntimeError` if the checker itself could not start: until the file is loaded, errors are its own.
    """
    code = START.format(path=[os.path.abspath(place) for place in sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
    )
    RUNNING.add(process)
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    answer = bytearray()
    reader = Thread(target=_collect, args=(process.stdout, answer), daemon=True)
    reader.start()
    try:
        with suppress(BrokenPipeError), process.stdin as stdin:  # it may have ended already
            stdin.write(request)
        ended: int | None = process.wait(timeout)
    except subprocess.TimeoutExpired:
        ended = None
    finally:
        _end(process)
        RUNNING.discard(process)
        reader.join(5)
        with process.stderr as stderr:
            said = stderr.read().decode(errors="replace").strip()
    if said and not answer:
        raise RuntimeError(f"the checker did not start: {said.splitlines()[-1]}")
    return bytes(answer), ended


def _collect(stream: Any, answer: bytearray) -> None:
    """Until the end, which comes with that of the last process that holds the other end of the pipe."""
    with stream:
        while (piece := stream.read1(65536)) and len(answer) < LONGEST:
            answer += piece


def end_all() -> None:
    """End all checks under way: for whoever is interrupted while other threads wait for them."""
    for process in [*RUNNING]:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and those that it has started."""
    if os.name == "posix":
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # nobody is left of the group
            pass
    else:
        process.kill()
    process.wait()


def _read(answer: bytes, token: str) -> dict[str, Any] | None:
    """The verdict, if it is one."""
    for line in answer.splitlines():
        try:
            verdict = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(verdict, dict) and verdict.pop("token", None) == token and verdict.get("status") in EXIT:
            return verdict
    return None


def _why(ended: int | None, timeout: float) -> str:
    """The end of a process without a verdict."""
    if ended is None:
        return f"was stopped: {timeout:g} seconds were over. Is there a loop without an end, or an input() that waits?"
    if ended < 0:
        name = signal.Signals(-ended).name if -ended in [*signal.Signals] else f"signal {-ended}"
        return f"was stopped by the system ({name}): too much time or memory, or a call that Python cannot survive."
    return f"ended Python before it was checked (exit status {ended}): leave out os._exit and the like."
