"""The notebooks as pages: links to pages of the site, and where to get the notebook itself."""

from __future__ import annotations

import json
from pathlib import Path

from docs.manual.links import ROOT, page_of, rewritten

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OFFER = "{download}`Download this notebook <files/%s>` to run and change it."


def stage(folder: Path) -> dict[str, str]:
    """Write the notebooks as Sphinx reads them, and their originals; returns the Markdown of each by its page."""
    (folder / "course/files").mkdir(parents=True, exist_ok=True)
    texts = {}
    for notebook in NOTEBOOKS:
        path = notebook.relative_to(ROOT).as_posix()
        page = page_of(path)
        assert page is not None
        original = notebook.read_text(encoding="utf-8")
        content = json.loads(original)
        for cell in content["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = rewritten("".join(cell["source"]), path, page)
        content["cells"].pop()  # the links at the end, which the theme has too
        first = content["cells"][0]
        first["source"] += "\n\n" + OFFER % notebook.name
        texts[page] = "\n".join(cell["source"] for cell in content["cells"] if cell["cell_type"] == "markdown")
        (folder / page).write_text(json.dumps(content), encoding="utf-8")
        (folder / "course/files" / notebook.name).write_text(original, encoding="utf-8")
    return texts
