"""The package in Pyodide, under node: the tour gives there what it gives here, but for the last digits."""

import json
import math
import re
import subprocess
from pathlib import Path

import pytest
import tour
from built_once import built_once

FOLDER = re.compile(r"(?<=\()[^()]*(?=tour\.py)")
SCRIPT = """
import { readFileSync } from "node:fs";
const [pyodide, wheel, tour] = process.argv.slice(1);
const { loadPyodide } = await import(`${pyodide}/pyodide.mjs`);
const python = await loadPyodide();
python.unpackArchive(new Uint8Array(readFileSync(wheel)), "zip", { extractDir: "/lib/python3.14/site-packages" });
python.FS.writeFile("/home/pyodide/tour.py", readFileSync(tour));
console.log(python.runPython("import tour; tour.main()"));
console.log(python.runPython("str(tour.missing())"));
"""


@pytest.fixture(scope="session")
def told(tmp_path_factory, site_folder, node):
    """What the tour finds in Pyodide, with the wheel that the site serves, and what is missing there."""

    def tell(path):
        (pyodide,), (wheel,) = site_folder.glob("vendor/pyodide-*"), site_folder.glob("vendor/*.whl")
        ran = subprocess.run(
            [node, "--input-type=module", "-e", SCRIPT, pyodide, wheel, Path(tour.__file__)],
            capture_output=True,
            encoding="utf-8",
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        path.write_text(ran.stdout, encoding="utf-8")

    path = built_once(tmp_path_factory, "tour_in_pyodide.txt", tell)
    found, missing = path.read_text(encoding="utf-8").splitlines()
    return json.loads(found), missing


@pytest.fixture(scope="session")
def here(tmp_path_factory):
    path = built_once(tmp_path_factory, "tour.json", lambda path: path.write_text(tour.main(), encoding="utf-8"))
    return json.loads(path.read_text(encoding="utf-8"))["found"]


def close(a, b):
    """Equal, but for the last digits of numbers, what hangs on them in a page, and the folder of the tour."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    if type(a) is type(b) is int and min(a, b) > 10_000:
        return math.isclose(a, b, rel_tol=0.01)
    if isinstance(a, str) and isinstance(b, str):
        return FOLDER.sub("", a) == FOLDER.sub("", b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[key], b[key]) for key in a)
    return a == b


@pytest.mark.slow
@pytest.mark.unchecked
@pytest.mark.parametrize("stop", tour.STOPS)
def test_the_same_as_here(told, here, stop):
    found = told[0]["found"][stop]
    assert not isinstance(found, str), found
    assert close(found, here[stop])


@pytest.mark.slow
def test_what_is_missing_is_named(told):
    assert told[0]["warnings"] == [] and told[1] == str(tour.NEEDS)
