"""Build a wheel without extensions in C, for every interpreter that has no wheel of its own (Pyodide, PyPy).

    python -m tools.pure_wheel dist

They are optional, but a build machine has a C compiler: so they are taken out of a copy of the sources.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from micrograd._core.writing import write_file

ROOT = Path(__file__).parent.parent
EXTENSION = re.compile(r"^\[\[tool\.setuptools\.ext-modules\]\]\n(?:(?!\[).*\n)*", re.MULTILINE)


def build(folder: Path) -> Path:
    """Build the wheel in `folder`; returns its path."""
    with TemporaryDirectory() as place:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            write_file(Path(place) / name, (ROOT / name).read_bytes())
        copytree(ROOT / "micrograd", Path(place) / "micrograd")
        project = Path(place) / "pyproject.toml"
        pure, found = EXTENSION.subn("", project.read_text(encoding="utf-8"))
        if not found:
            raise ValueError("pyproject.toml declares extensions, found none")
        write_file(project, pure)
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), place]
        subprocess.run(command, check=True)
    return next(folder.glob("micrograd_lab-*-none-any.whl"))


if __name__ == "__main__":
    build(Path(sys.argv[1]))
