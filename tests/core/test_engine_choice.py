"""Which engine runs: what the environment asks for, and what is installed."""

import os
import subprocess
import sys

import pytest

from micrograd import engine
from micrograd._core.native import extension

PRINT = "from micrograd import engine; print(engine.backend())"
MISSING = "import sys; sys.modules['micrograd._core.native._node'] = None; "
needs_native = pytest.mark.skipif(
    extension is None and os.environ.get("MICROGRAD_ENGINE") != "python", reason="the native node was not built"
)


def run(code, choice):
    others = {name: x for name, x in os.environ.items() if name != "MICROGRAD_ENGINE"}
    environment = others if choice is None else {**others, "MICROGRAD_ENGINE": choice}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)


def test_the_engine_says_its_name():
    assert engine.backend() == ("python" if extension is None else "native")


@needs_native
@pytest.mark.parametrize("choice, name", [(None, "native"), ("", "native"), ("native", "native"), ("python", "python")])
def test_the_environment_chooses(choice, name):
    assert run(PRINT, choice).stdout == f"{name}\n"


@pytest.mark.parametrize("choice", [None, "python"])
def test_without_the_extension_the_python_engine_runs(choice):
    assert run(MISSING + PRINT, choice).stdout == "python\n"


@pytest.mark.parametrize(
    "code, choice, message",
    [
        (PRINT, "fast", "MICROGRAD_ENGINE must be 'native' or 'python', or not be set, got 'fast'"),
        (
            MISSING + PRINT,
            "native",
            "install micrograd-lab where there is a C compiler, or leave MICROGRAD_ENGINE unset",
        ),
    ],
)
def test_what_cannot_be_had_is_refused(code, choice, message):
    done = run(code, choice)
    assert done.returncode and message in done.stderr.splitlines()[-1]
