"""The source as pages: the files of the package, and what documents link beside them, with numbered lines.

Pygments makes the pages of the text, without a round through Sphinx's parser and search: there are hundreds.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

from docs.manual.docstrings import first_sentence
from docs.manual.links import ROOT, page_of, relative, source_page
from micrograd._core.writing import write_file

ALWAYS = ["micrograd", "examples", "benchmarks"]
HIDDEN = {"__pycache__", ".ipynb_checkpoints"}
BINARY = {".so", ".pyd", ".png"}
FORMATTER = HtmlFormatter(linenos="inline", lineanchors="L", wrapcode=True)
LIST = "sources.json"  # in the folder that Sphinx reads


def inside(folder: str) -> list[str]:
    """The files and folders directly in a folder of the repository."""
    found = sorted((ROOT / folder).iterdir(), key=lambda path: (path.is_file(), path.name))
    return [
        path.relative_to(ROOT).as_posix()
        for path in found
        if path.name not in HIDDEN and path.suffix not in BINARY and not path.name.startswith(".")
    ]


def all_below(paths: Iterable[str]) -> list[str]:
    """These files and folders, what is in the folders, and the folders above, which list them."""
    found: set[str] = set()
    waiting = [*paths]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += inside(path) if (ROOT / path).is_dir() else []
    above = {parent.as_posix() for path in found for parent in Path(path).parents} - {"."}
    return sorted(found | above)


def write_list(linked: Iterable[str], folder: Path) -> None:
    write_file(folder / LIST, json.dumps(all_below([*ALWAYS, *linked])))


def pages(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    """For Sphinx's event `html-collect-pages`: the name of each page, what its template reads, the template."""
    paths = json.loads((Path(app.srcdir) / LIST).read_text(encoding="utf-8"))
    listed = set(paths)
    for path in paths:
        if page_of(path) is None or (ROOT / path).is_dir():
            page = source_page(path)
            body = folder_body(path, page, listed) if (ROOT / path).is_dir() else file_body(path)
            yield page, {"title": path, "body": trail(path, page) + body, "toctree": no_tree}, "source.html"


def no_tree(**options: Any) -> str:
    """Beside the source stands no navigation of the documents: to make it for each of the pages takes a minute."""
    return ""


def trail(path: str, page: str) -> str:
    """The heading: the path, each folder of it a link."""
    folders = [parent.as_posix() for parent in reversed(Path(path).parents)][1:]
    steps = [f'<a href="{relative(source_page(it), page)}.html">{escape(Path(it).name)}</a>' for it in folders]
    return f'<h1 class="path">{"/".join([*steps, escape(Path(path).name)])}</h1>'


def file_body(path: str) -> str:
    text = (ROOT / path).read_text(encoding="utf-8")
    try:
        lexer = get_lexer_for_filename(path)
    except ClassNotFound:
        lexer = TextLexer()
    return str(highlight(text, lexer, FORMATTER))


def folder_body(path: str, page: str, listed: set[str]) -> str:
    """What the folder says of itself, and its files with the first sentence of each."""
    rows = []
    for entry in inside(path):
        if entry in listed:
            place = page_of(entry)
            target = f"{Path(place).with_suffix('')}" if place else source_page(entry)
            name = escape(Path(entry).name) + ("/" if (ROOT / entry).is_dir() else "")
            link = f'<a href="{relative(target, page)}.html">{name}</a>'
            rows.append(f"<tr><td>{link}</td><td>{escape(said(entry))}</td></tr>")
    return f'<div class="table-wrapper"><table class="docutils"><tbody>{"".join(rows)}</tbody></table></div>'


def said(path: str) -> str:
    """The first sentence of a Python file, or of a folder's `__init__`."""
    file = ROOT / path / "__init__.py" if (ROOT / path).is_dir() else ROOT / path
    if file.suffix != ".py" or not file.exists():
        return ""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    return first_sentence(docstring).replace("`", "") if docstring else ""


def line_of(thing: Any) -> str | None:
    """The page and the line where a function or class is defined."""
    thing = inspect.unwrap(thing.fget if isinstance(thing, property) else thing)
    try:
        file, (_, line) = inspect.getsourcefile(thing), inspect.getsourcelines(thing)
    except (TypeError, OSError):
        return None
    path = Path(file or "").resolve()
    if ROOT not in path.parents:
        return None
    here = path.relative_to(ROOT).as_posix()
    if here == "micrograd/_core/elementary.py":
        return rule_of(thing.__name__)
    return f"{source_page(here)}.html#L-{max(line, 1)}"


def rule_of(name: str) -> str | None:
    """The line of an elementary function's rule in the table of the primitives."""
    lines = (ROOT / "micrograd/ops.py").read_text(encoding="utf-8").splitlines()
    for k, line in enumerate(lines, start=1):
        if re.match(rf"def {name}\(", line):
            return f"{source_page('micrograd/ops.py')}.html#L-{k}"
    return None
