"""Build the site: `python -m docs.build [folder]` writes plain files for any static host, by default into out/site.

index.html     the playground: its rooms, and the first picture, in one file
playground/    its modules, and the answers that the build has stored
vendor/        Pyodide, KaTeX, the editor, and our own package as a pure wheel
docs/          course and reference

Nothing on it comes from another host. What others wrote is pinned in package.json and arrives by `npm ci`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docs import manual, vendored
from docs.playground.bridge import calls
from docs.playground.bridge.examples import EXAMPLES
from docs.playground.bridge.ready_made import CALLS
from micrograd._core.writing import write_file
from micrograd.drawing.page import ZOOM, read_script
from tools import pure_wheel

DOCS = Path(__file__).parent
SOURCES = DOCS / "playground"
ROOMS = {
    "expression": "Expression",
    "network": "Network",
    "practice": "Practice",
    "bug": "Find the bug",
    "check": "Check yours",
}


def build(folder: Path) -> None:
    """Build the whole site in `folder`, in place of an earlier one."""
    clear(folder)
    vendor = folder / "vendor"
    pyodide = vendored.copy_pyodide(vendor)
    vendored.copy_katex(vendor / "katex")
    vendored.bundle_editor(vendor / "editor.js")
    archives = [pure_wheel.build(vendor), pack_bridge(vendor / "bridge.zip")]
    build_playground(folder, pyodide, archives)
    manual.build(folder / "docs")


def clear(folder: Path) -> None:
    """Leave nothing in `folder` but the mark of a site. Raises `FileExistsError` if it holds anything but a site."""
    mark = folder / ".nojekyll"  # for a host that would otherwise leave out folders; here it tells our folders too
    if folder.exists():
        if any(folder.iterdir()) and not mark.exists():
            raise FileExistsError(f"{folder} holds something other than a site: give the site a folder of its own")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    write_file(mark, "")


def pack_bridge(path: Path) -> Path:
    """The bridge as an archive that Python can import from; the same sources give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for source in sorted((SOURCES / "bridge").glob("*.py")):
            entry = ZipInfo(source.relative_to(DOCS.parent).as_posix())
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, source.read_bytes())
    return path


def build_playground(folder: Path, pyodide: Path, archives: list[Path]) -> None:
    """index.html, and the folder playground/ with the modules and the stored answers."""
    target = folder / "playground"
    shutil.copytree(
        SOURCES, target, ignore=shutil.ignore_patterns("bridge", "__pycache__", "editor.mjs", "*.html", "*.css", "*.md")
    )
    stored = store_answers(target / "ready-made")
    version = hashlib.sha256(b"".join(path.read_bytes() for path in archives) + pyodide.name.encode()).hexdigest()[:12]
    constants = {
        "VERSION": version,
        "PYODIDE": f"../vendor/{pyodide.name}/",
        "ARCHIVES": [f"../vendor/{path.name}?{version}" for path in archives],
        "READY_MADE": stored,
        "EXAMPLES": [example._asdict() for example in EXAMPLES],
    }
    lines = [f"export const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in constants.items()]
    write_file(target / "generated.js", "\n".join([*lines, ""]))
    write_file(target / "zoom.js", f"export default {read_script(ZOOM)};\n")
    write_file(folder / "index.html", assemble())


def store_answers(folder: Path) -> dict[str, str]:
    """Store the answers of the first calls; by call, as JavaScript spells it in JSON, the path of its file."""
    folder.mkdir(parents=True)
    stored = {}
    for k, (name, *arguments) in enumerate(CALLS):
        key = json.dumps([name, *arguments], separators=(",", ":"), ensure_ascii=False)
        write_file(folder / f"{k}.json", json.dumps(calls.answer(name, *arguments)))
        stored[key] = f"{folder.name}/{k}.json"
    return stored


def assemble() -> str:
    """The page with its rooms, their styles, and the first picture, all in one file: it shows at once."""
    page = (SOURCES / "index.html").read_text(encoding="utf-8")
    sheets = [SOURCES / "site.css", *(SOURCES / "rooms" / f"{room}.css" for room in ROOMS)]
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.exists())
    tabs = "".join(f'<a href="#{room}" data-room="{room}">{title}</a>' for room, title in ROOMS.items())
    tabs = tabs.replace("<a ", '<a aria-current="true" ', 1)
    wide, narrow = (calls.answer(*call)["svg"] for call in CALLS[:2])
    rooms = "\n".join(
        f'<section id="{room}" aria-label="{title}" hidden>\n'
        f"{(SOURCES / 'rooms' / f'{room}.html').read_text(encoding='utf-8')}</section>"
        for room, title in ROOMS.items()
    )
    pieces = {
        "styles": f"<style>{style}</style>",
        "tabs": tabs,
        "rooms": rooms.replace(" hidden>", ">", 1),  # the first room shows before any script runs
        "first picture": f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>',
    }
    for slot, piece in pieces.items():
        page = page.replace(f"<!--{slot}-->", piece)
    return page


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the site.")
    parser.add_argument("folder", nargs="?", type=Path, default=DOCS.parent / "out" / "site")
    build(parser.parse_args().folder)
