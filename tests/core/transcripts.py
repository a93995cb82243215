"""Sessions as one would type them: a file of statements, and the transcript of running it.

Each statement is executed, and what an expression comes to is recorded; an error is recorded too, and the session goes
on. At the end every Value that was shown is described.
"""

from __future__ import annotations

import ast
import contextlib
import io
from pathlib import Path

from observing import Observer, warned, without_chance

SESSIONS = Path(__file__).with_name("sessions")
NAMES = sorted(path.stem for path in SESSIONS.glob("*.py"))


def transcript(name: str) -> list[str]:
    path = SESSIONS / f"{name}.py"
    source = path.read_text(encoding="utf-8")
    observer, log, names = Observer(), [], {"__name__": name}
    for statement in ast.parse(source).body:
        is_expression = isinstance(statement, ast.Expr)
        code = compile(
            ast.Expression(statement.value) if is_expression else ast.Module([statement], []),
            str(path),
            "eval" if is_expression else "exec",
        )
        log.append(f"{statement.lineno}: {ast.unparse(statement)}")
        printed = io.StringIO()
        with warned(log), contextlib.redirect_stdout(printed):
            try:
                out = eval(code, names)
                if is_expression:
                    log.append(f"    {observer.show(out)}")
            except Exception as error:
                log.append(f"    raises {observer.show(error)}")
        log += [f"    prints {line}" for line in without_chance(printed.getvalue()).splitlines()]
    return log + list(observer.everything())
