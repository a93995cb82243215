"""How Sphinx makes the pages of the manual; `docs/manual` writes what it reads and runs it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from docs.manual import accessible, sources

project = "micrograd-lab"
author = copyright = ""
html_title = "micrograd-lab"
html_show_copyright = html_show_sphinx = html_show_sourcelink = html_copy_source = False

extensions = ["myst_nb", "sphinx.ext.mathjax", "sphinx.ext.linkcode"]
templates_path = ["_templates"]
exclude_patterns = ["course/files", "course/homework/files"]  # the notebooks as they are, to be downloaded
nb_execution_mode = "off"  # the outputs stored in the notebooks are shown; `make notebooks` writes them
nb_merge_streams = True
nb_render_markdown_format = "myst"  # what `explain` gives has formulas in it
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

toc_object_entries_show_parents = "hide"
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
python_display_short_literal_types = True
html_domain_indices = False

html_theme = "furo"
html_favicon = "playground/icon.svg"
html_static_path = ["_static"]
html_css_files = ["manual.css"]
html_js_files = [("manual.js", {"type": "module"})]
mathjax_path = "mathematics.js"
mathjax_options = {"type": "module"}
html_sidebars = {
    "**": ["sidebar/search.html", "sidebar/scroll-start.html", "sidebar/navigation.html", "sidebar/scroll-end.html"]
}
html_theme_options = {
    "announcement": "the bar at the top",  # its text is in _templates/page.html
    "top_of_page_buttons": [],
    "light_css_variables": {
        "color-brand-primary": "#b3470b",
        "color-brand-content": "#b3470b",
        "color-brand-visited": "#b3470b",
        "color-background-primary": "#fff",
    },
    "dark_css_variables": {
        "color-brand-primary": "#ffab5e",
        "color-brand-content": "#ffab5e",
        "color-brand-visited": "#ffab5e",
        "color-background-primary": "#14191f",
        "color-background-secondary": "#1a2027",
    },
}


def linkcode_resolve(domain: str, info: dict[str, Any]) -> str | None:
    """The source page of what an entry describes, as seen from a page of the reference."""
    found: Any = import_module(info["module"])
    for name in info["fullname"].split("."):
        found = vars(found).get(name) or getattr(found, name)
    place = sources.line_of(found)
    return f"../{place}" if place else None


def setup(app: Any) -> None:
    app.connect("html-collect-pages", sources.pages)
    app.connect("html-page-context", accessible.mend)
