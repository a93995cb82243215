"""KaTeX, which shows the site's formulas, reads what the package writes in LaTeX."""

import json
import subprocess

import matrix_cases
import pytest

import micrograd
from docs import vendored

SCRIPT = """
const katex = require(process.argv[1]);
for (const formula of JSON.parse(require("fs").readFileSync(0)))
    katex.renderToString(formula, { displayMode: true, throwOnError: true });
"""


def latex(make):
    f, arguments = make()
    f = micrograd.compile(f)
    f(*arguments)
    return f.matrices.latex


@pytest.mark.slow
def test_the_matrix_forms(site_folder, node):
    formulas = [latex(make) for make in matrix_cases.CASES.values()]
    katex = vendored.MODULES / "katex" / "dist" / "katex.js"  # the build has fetched it
    command = [node, "-e", SCRIPT, katex]
    ran = subprocess.run(command, input=json.dumps(formulas), capture_output=True, encoding="utf-8")
    assert ran.returncode == 0, ran.stderr[-2000:]
