"""The manual: course, reference and notes, built by Sphinx into one folder of plain files.

`python -m docs.manual [out/site/docs]` builds it; `docs/conf.py` says how the pages look.

build       the folder that Sphinx reads, from everything that there is; Sphinx's run; KaTeX beside it
public      every public name, and the page that it stands on
docstrings  a docstring as Markdown
signatures  a signature to be read
entries     an entry of the reference
reference   the pages of the reference
course      the notebooks as pages
links       links between files of the repository as links between pages
mentions    names in documents as links to their entries
sources     the source as pages
accessible  what axe finds wrong in Sphinx's HTML, mended
"""

from docs.manual.build import build

__all__ = ["build"]
