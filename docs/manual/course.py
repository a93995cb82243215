"""The notebooks as pages: links to pages of the site, and where to get the notebook itself."""

from __future__ import annotations

import json
from pathlib import Path

from docs.manual.links import ROOT, page_of, rewritten
from docs.manual.mentions import link_mentions
from micrograd._core.writing import write_file

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
HOMEWORK = sorted((ROOT / "notebooks/homework").glob("*.ipynb"))
OFFER = "{download}`Download this notebook <files/%s>` to run and change it."
BESIDE = {  # the room of the playground that goes with a lesson
    "1": ("expression", "type an expression and step through it"),
    "3": ("expression", "step through an expression of your own"),
    "4": ("practice", "practise, with the levels in one flow"),
    "6": ("network", "train a network by hand and by eye"),
}
ALSO = ' In the playground: <a href="../../index.html#%s">%s</a>.'


def stage(folder: Path) -> dict[str, str]:
    """Write the notebooks as Sphinx reads them, and their originals; returns the Markdown of each by its page."""
    texts = {}
    for notebook in [*LESSONS, *HOMEWORK]:
        path = notebook.relative_to(ROOT).as_posix()
        page = page_of(path)
        assert page is not None
        original = notebook.read_text(encoding="utf-8")
        content = json.loads(original)
        mentioned: set[str] = set()
        for cell in content["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = link_mentions(rewritten("".join(cell["source"]), path, page), mentioned)
        if notebook in LESSONS:
            content["cells"].pop()  # the links at the end, which the theme has too
        first, file = content["cells"][0], Path(page).parent / "files" / notebook.name
        first["source"] += "\n\n" + OFFER % notebook.name
        if notebook in LESSONS and (beside := BESIDE.get(notebook.name.partition("-")[0])):
            first["source"] += ALSO % beside
        texts[page] = "\n".join(cell["source"] for cell in content["cells"] if cell["cell_type"] == "markdown")
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        write_file(folder / page, json.dumps(content))
        write_file(folder / file, original)
    return texts
