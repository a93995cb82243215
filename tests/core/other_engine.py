"""A process with the other engine, to which work is given and which answers with texts.

    python other_engine.py        reads pickled tasks (function's module, its name, arguments), writes pickled answers

An engine is chosen when the package is imported, so that two of them need two processes.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import micrograd

OTHERS = {"native": "python", "python": "native"}


class Other:
    """The other engine's process; it ends with its input."""

    def __init__(self) -> None:
        places = [str(Path(micrograd.__file__).parents[1]), str(Path(__file__).parent), str(Path(__file__).parents[1])]
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            env={
                **os.environ,
                "MICROGRAD_ENGINE": OTHERS[micrograd.engine.backend()],
                "PYTHONPATH": os.pathsep.join(places),
                "PYTHONHASHSEED": "0",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, function: Any, *arguments: Any) -> None:
        """Let it begin with `function(*arguments)`."""
        pickle.dump((function.__module__, function.__name__, arguments), self.process.stdin)
        self.process.stdin.flush()

    def answer(self) -> Any:
        return pickle.load(self.process.stdout)

    def __enter__(self) -> Other:
        return self

    def __exit__(self, *error: Any) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def serve() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the work prints
    while True:
        try:
            module, name, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = getattr(import_module(module), name)(*arguments)
        except BaseException as error:
            answer = [f"the work itself raises {type(error).__name__}: {error}"]
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    serve()
