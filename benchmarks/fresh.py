"""Steps in processes of their own, as what else a process has loaded changes what the collector costs.

    with Fresh("benchmarks.scalar:prepare", "by_original", "eager", "W1") as step:
        step.seconds(on=True)

A process stays alive, so that processes can take turns (`timing.medians`): a machine that slows down slows all of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.peers import PeerMissing

ROOT = Path(__file__).parent.parent


class Fresh:
    """A new process that has loaded nothing but what its step needs: what "module:name" makes of the arguments.

    `engine` is the value of `MICROGRAD_ENGINE` there: "python", "native", or "" for the engine that is installed;
    `stages` is that of `MICROGRAD_STAGES`, for the stages of the compiler.
    """

    def __init__(self, function: str, *arguments: Any, engine: str = "", stages: str = ""):
        self.name = f"{function}{arguments}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", function, json.dumps(arguments)],
            env=environment(engine, stages),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.ready = False

    def __enter__(self) -> Fresh:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def wait(self) -> Fresh:
        """Wait until the step is prepared; raise `PeerMissing` if a package that it needs is not installed."""
        if not self.ready:
            try:
                self.read()
            except BaseException:
                self.close()
                raise
            self.ready = True
        return self

    def seconds(self, on: bool = True, times: int = 1) -> float:
        """How long the step takes there, run that many times, with the collector on or off."""
        return float(self.ask("seconds", on, times))

    def result(self, on: bool = True) -> Any:
        """What the step returns there."""
        return self.ask("result", on, 1)

    def ask(self, *question: Any) -> Any:
        self.wait()
        assert self.process.stdin
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return self.read()

    def read(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise ChildProcessError(f"{self.name}: the process ended; what it said last stands above")
        reply = json.loads(line)
        if "missing" in reply:
            raise PeerMissing(reply["missing"])
        return reply["answer"]


def environment(engine: str = "", stages: str = "") -> dict[str, str]:
    """That of this process, with `MICROGRAD_ENGINE` and `MICROGRAD_STAGES` set, or not at all."""
    chosen = {"MICROGRAD_ENGINE": engine, "MICROGRAD_STAGES": stages}
    others = {name: value for name, value in os.environ.items() if name not in chosen}
    return {**others, **{name: value for name, value in chosen.items() if value}}
