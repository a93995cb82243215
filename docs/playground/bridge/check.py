"""The room of checks: a reader's own code, run and compared with the engine.

The code is run as a module. What it calls `check` with is checked; if it calls nothing, its class `Value` is, or its
function `backward`.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
from typing import Any

import micrograd
from docs.playground.bridge.calls import TYPED, own_lines
from micrograd.teaching.check.report import Diagnosis, Finding

__all__ = ["run"]
MOST = 10_000  # characters of what is printed


def run(code: str) -> dict[str, Any]:
    """What the check finds, {"diagnoses", "printed"}, or where the code fails, {"problem", "printed"}."""
    printed = io.StringIO()
    linecache.cache[TYPED] = len(code), None, code.splitlines(keepends=True), TYPED  # for the lines of a traceback
    with contextlib.redirect_stdout(printed):
        try:
            told: dict[str, Any] = {"diagnoses": [_show(found) for found in _check(code)]}
        except (Exception, SystemExit) as error:
            told = {"problem": _locate(error)}
    said = printed.getvalue()
    more = f"\n… and {len(said) - MOST:,} characters more." if len(said) > MOST else ""
    return {**told, "printed": said[:MOST] + more}


def _check(code: str) -> list[Diagnosis]:
    tree = ast.parse(code, TYPED)
    found: list[Diagnosis] = []

    def check(*arguments: Any, **options: Any) -> Diagnosis:
        found.append(micrograd.check(*arguments, **options))
        return found[-1]

    names: dict[str, Any] = {"__name__": "__main__", "check": check, "input": _input}
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, TYPED, "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), TYPED, "eval"), names)
        if isinstance(value, Diagnosis) and value not in found:
            found.append(value)
    if found:
        return found
    if isinstance(names.get("Value"), type):
        return [micrograd.check(names["Value"])]
    if callable(names.get("backward")):
        return [micrograd.check(names["backward"])]
    raise LookupError("There is nothing to check: write a class Value, or end with a call such as check(f, slope)")


def _input(prompt: object = "") -> str:
    raise RuntimeError("input() cannot ask anybody here: write the answer into the code")


def _show(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "good": bool(diagnosis),
        "heading": diagnosis.all_clear if diagnosis else "",
        "findings": [
            {"heading": diagnosis.heading(finding, k), **_show_finding(finding)}
            for k, finding in enumerate(diagnosis.findings)
        ],
        "notes": [{"heading": "A limitation:", **_show_finding(note)} for note in diagnosis.notes],
        "checked": list(diagnosis.checked),
        "missing": list(diagnosis.missing),
    }


def _show_finding(finding: Finding) -> dict[str, str]:
    return {
        "expression": finding.expression,
        "what": finding.what,
        "suspicion": finding.suspicion,
        "advice": finding.advice,
        "line": finding.line,
    }


def _locate(error: BaseException) -> dict[str, Any]:
    """An exception with its line in the reader's code, if it has one there."""
    if isinstance(error, SyntaxError) and error.filename == TYPED:
        return {"kind": type(error).__name__, "message": error.msg, "line": error.lineno, "trace": ""}
    step, line = error.__traceback__, None
    while step:
        if step.tb_frame.f_code.co_filename == TYPED:
            line = step.tb_lineno
        step = step.tb_next
    message = str(error)
    if isinstance(error, ModuleNotFoundError):
        message += "; this page has Python's standard library and micrograd"
    return {"kind": type(error).__name__, "message": message, "line": line, "trace": own_lines(error)}


def warm_up() -> None:
    run("class Value:\n    def __init__(self, data):\n        self.data = data\n")
