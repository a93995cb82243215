"""Build the manual: `build(folder)` leaves nothing but the finished pages in the folder."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from docs.manual import course, reference, sources
from docs.manual.links import DOCUMENTS, ROOT, linked_sources, page_of, rewritten
from docs.manual.mentions import link_mentions
from docs.vendored import copy_katex
from micrograd._core.writing import write_file

DOCS = ROOT / "docs"
REPLACED = ("README.md", "notebooks/README.md")  # docs/ has pages of its own in their place
UNUSED = [".buildinfo", "objects.inv", "_sources"]


def build(folder: Path) -> None:
    """Write the pages into `folder`, which is emptied first. Raises `RuntimeError` if Sphinx warns of anything."""
    from sphinx.cmd.build import build_main

    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        read, doctrees, made = (Path(temporary, name) for name in ("read", "doctrees", "made/pages"))
        read.mkdir()
        stage(read)
        options = ["-b", "html", "-q", "-W", "--keep-going", "-c", str(DOCS), "-d", str(doctrees)]
        if build_main([*options, str(read), str(made)]):
            raise RuntimeError("Sphinx found something wrong; it is printed above")
        shutil.copytree(made, folder)  # MyST-NB leaves a folder of its own beside the pages
    for picture in DOCS.glob("*.svg"):
        shutil.copy(picture, folder)
    copy_katex(folder / "_static" / "katex")
    for name in UNUSED:
        remove(folder / name)


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def stage(folder: Path) -> None:
    """Write what Sphinx reads: documents and notebooks with their links, the reference, the pictures."""
    found = [path.relative_to(ROOT).as_posix() for path in sorted(DOCS.rglob("*.md"))]
    documents = [
        path for path in [*DOCUMENTS, *found] if path.endswith(".md") and path not in REPLACED and page_of(path)
    ]
    texts = course.stage(folder)
    for path in dict.fromkeys(documents):
        page = page_of(path)
        assert page is not None
        texts[page] = link_mentions(rewritten((ROOT / path).read_text(encoding="utf-8"), path, page), set())
        if path.endswith("README.md"):  # of a folder: its other documents are below it in the navigation
            texts[page] += "\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        write_file(folder / page, texts[page])
    for name, text in reference.pages().items():
        write_file(folder / f"reference/{name}.md", text)
    linked = set().union(*(linked_sources(text, page) for page, text in texts.items()))
    sources.write_list(linked, folder)
