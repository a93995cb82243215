"""The process in which a learner's file is checked; `apart` starts it, and reads the verdict.

Standard output leads to `apart`. Before anything of the learner's is loaded, it is moved to where only this module
writes, and what the learner prints goes nowhere.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from micrograd.engine import Value
from micrograd.teaching.check.checker import check
from micrograd.teaching.check.loading import NotLoaded, describe, find, load
from micrograd.teaching.check.marks import Marks, find_marks
from micrograd.teaching.check.report import Diagnosis, Finding
from micrograd.teaching.check.seal import Seal

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

STARTED = b"\n"  # from here on, an end without a verdict is the file's
FIELDS = ("sort", "expression", "what", "got", "right", "mistake", "where", "possible", "advice", "line", "size")


def main() -> None:
    """Read the request, check, write the verdict, and end at once, whatever else still runs in this process."""
    request = json.loads(sys.stdin.buffer.read())
    channel, leave, dump, write = os.dup(1), os._exit, json.dumps, os.write
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    _limit(request["memory"], request["timeout"])
    broken = Seal().broken  # bound now: another `Seal.broken` comes too late
    path = Path(request["path"])
    write(channel, STARTED)
    try:
        verdict = judge(path, request["names"], request["needs"], broken)
    except MemoryError as error:
        verdict = {"status": "stopped", "text": _exhausted(path, request["memory"], error)}
    content = dump({"token": request["token"], **verdict}).encode() + b"\n"
    while content:
        content = content[write(channel, content) :]
    leave(0)


def judge(path: Path, names: list[str], needs: list[str], broken: Callable[[], str]) -> dict[str, Any]:
    """The verdict as data; `status` is a word of `apart.EXIT`. Raises `MemoryError` where there was not enough."""
    try:
        module = load(path)
        if not names:
            return mark(path, find_marks(vars(module)), broken)
        first, *others = find(module, path, names)
        if isinstance(first, type) and issubclass(first, Value):
            raise NotLoaded(
                f"{path.name}: {names[0]} is the Value of this package, or made from it: write one of your own."
            )
        if not (changed := broken()):
            diagnosis = check(first, *([others] if len(others) > 1 else others))
            changed = broken()
    except NotLoaded as error:
        return {"status": "not loaded", "text": str(error)}
    except (TypeError, ValueError) as error:  # of `check`: this is nothing to be checked
        return {"status": "not loaded", "text": f"{path.name}:{','.join(names)}: {error}"}
    except MemoryError:
        raise
    except BaseException as error:
        return {"status": "stopped", "text": f"{path.name} ended the check: {describe(error, path)}."}
    if changed:
        return tampered(path, changed)
    lacking, text = lack(diagnosis, needs), str(diagnosis)
    if lacking:
        text += f"\n\nNeeded here, and not there: {', '.join(lacking)}."
    status = "no difference" if diagnosis and not lacking else "difference"
    return {"status": status, "text": text, **as_data(diagnosis), "needed": lacking}


def lack(diagnosis: Diagnosis, needs: list[str]) -> list[str]:
    """What is needed and not there; the need of `all` is for all that the report calls missing."""
    if "all" in needs:
        return list(diagnosis.missing)
    there = {operation.replace(" ", "") for operation in diagnosis.checked}
    if "backward()" not in diagnosis.missing:
        there.add("backward()")
    return [operation for operation in needs if operation.replace(" ", "") not in there]


def mark(path: Path, marks: Marks | None, broken: Callable[[], str]) -> dict[str, Any]:
    """The score of a notebook that has checked itself."""
    if marks is None:
        return {"status": "not loaded", "text": f"{path.name} is no homework: say what to check, {path.name}:Value."}
    if changed := broken():
        return tampered(path, changed)
    status = "no difference" if marks.points == marks.total else "difference"
    return {"status": status, "text": "\n".join(marks.lines), **marks.data}


def tampered(path: Path, changed: str) -> dict[str, Any]:
    return {"status": "stopped", "text": f"{path.name} changes {changed}, which checks it: leave that as it is."}


def _exhausted(path: Path, memory: int, error: MemoryError) -> str:
    return f"{path.name} was stopped: {memory:,} megabytes were not enough. {describe(error, path)}."


def as_data(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "title": diagnosis.title,
        "tried": diagnosis.expressions,
        "unit": diagnosis.unit,
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "notes": [_finding(note) for note in diagnosis.notes],
        "checked": diagnosis.checked,
        "missing": diagnosis.missing,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    found = {name: getattr(finding, name) for name in FIELDS}
    return {name: _number(x) if isinstance(x, float) else x for name, x in found.items()}


def _number(x: float) -> float | str:
    """JSON has no nan and no infinity: these come as texts."""
    return x if math.isfinite(x) else str(x)


def _limit(memory: int, timeout: float) -> None:
    """What the system does not allow any more; the time is that of the processor, in case `apart` is gone."""
    if resource is None:
        return
    for limit, most in (
        (resource.RLIMIT_AS, memory * 2**20),
        (resource.RLIMIT_CPU, math.ceil(timeout) + 5),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(limit, (most, most))
        except (OSError, ValueError):  # macOS knows the limit of memory, and refuses it
            pass
