"""Build a wheel without extensions in C, for every interpreter that has no wheel of its own (Pyodide, PyPy).

    python -m tools.pure_wheel dist

They are optional, but a build machine has a C compiler: so they are taken out of a copy of the sources. The same
sources give the same bytes, with the date of `SOURCE_DATE_EPOCH` or else the earliest one of a zip archive.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copyfile, copytree, ignore_patterns
from tempfile import TemporaryDirectory

from micrograd._core.writing import write_file

ROOT = Path(__file__).parent.parent
EXTENSION = re.compile(r"^\[\[tool\.setuptools\.ext-modules\]\]\n(?:(?!\[).*\n)*", re.MULTILINE)
NOT_SOURCES = ignore_patterns("__pycache__", "*.so", "*.pyd", "*.c", "*.h")
EARLIEST = "315532800"  # January 1, 1980


def build(folder: Path, *options: str) -> Path:
    """Build the wheel in `folder`, in place of one of the same name, and return its path; `options` are pip's."""
    with TemporaryDirectory() as place:
        sources, made = Path(place) / "sources", Path(place) / "made"
        copy_sources(sources)
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run(
            [*command, *options, "--wheel-dir", str(made), str(sources)],
            check=True,
            env={"SOURCE_DATE_EPOCH": EARLIEST, **os.environ},
        )
        (wheel,) = made.iterdir()
        folder.mkdir(parents=True, exist_ok=True)
        return copyfile(wheel, folder / wheel.name)


def copy_sources(folder: Path) -> None:
    """Copy what the package is built from, without the extensions and their declarations."""
    copytree(ROOT / "micrograd", folder / "micrograd", ignore=NOT_SOURCES, copy_function=copyfile)
    for name in ("README.md", "LICENSE"):
        copyfile(ROOT / name, folder / name)
    pure, found = EXTENSION.subn("", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if not found:
        raise ValueError("pyproject.toml declares extensions, found none")
    write_file(folder / "pyproject.toml", pure)


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
