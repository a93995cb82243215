"""The package without any other one, as in a browser: everything gives the same there, or says what it needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tour

TESTS = Path(__file__).parent
EXTENSIONS = [
    "micrograd._core.native._node",
    "micrograd.compiler.backends._kernel",
    "micrograd.compiler.stages.native._stages",
    "micrograd.compiler.surroundings._watch",
]
OTHERS = "numpy graphviz sklearn matplotlib safetensors torch vl_convert tqdm pandas scipy jax".split()

BLOCKED = """
import os
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {0} or name in {0}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
for choice in ("MICROGRAD_ENGINE", "MICROGRAD_STAGES"):
    os.environ.pop(choice, None)  # "native" would be an error where it is blocked
"""
SCRIPTS = {
    "as usual": "",
    "without packages": BLOCKED.format(OTHERS),
    "without packages and extensions": BLOCKED.format([*OTHERS, *EXTENSIONS]),
}


@pytest.fixture(scope="module")
def tours():
    """What the tour finds in each of the three; they run side by side."""
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    running = {
        name: subprocess.Popen(
            [sys.executable, "-c", f"{script}\nimport tour\nprint(tour.main())\nprint(tour.missing())"],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        )
        for name, script in SCRIPTS.items()
    }
    found = {}
    for name, process in running.items():
        told, missing = process.communicate()[0].splitlines()
        found[name] = json.loads(told), missing
    return found


@pytest.mark.parametrize("stop", tour.STOPS)
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_numbers_texts_and_pages(tours, name, stop):
    (told, _), (usual, _) = tours[name], tours["as usual"]
    assert not isinstance(usual["found"][stop], str), "it raised an error"
    assert told["found"][stop] == usual["found"][stop]


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_warning(tours, name):
    assert tours[name][0]["warnings"] == []


def test_what_is_missing_is_named(tours):
    assert all(tours[name][1] == str(tour.NEEDS) for name in SCRIPTS if name != "as usual")
