"""What axe finds wrong in Sphinx's HTML, mended while the pages are written."""

from __future__ import annotations

import re
from typing import Any

PARAMETERS = re.compile(r"<dl>\s*((?:<dd>(?:(?!</?d[dl]>).)*</dd>\s*)+)</dl>", re.DOTALL)
NO_HEADING = re.compile(r'(<th class="head[^"]*">)<p></p></th>')


def mend(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """For Sphinx's event `html-page-context`."""
    if body := context.get("body"):
        body = PARAMETERS.sub(_lines, body)
        context["body"] = NO_HEADING.sub(r'\1<p class="visually-hidden">name</p></th>', body)


def _lines(parameters: re.Match[str]) -> str:
    """The parameters of a long signature, one a line: Sphinx writes a list of definitions without terms."""
    lines = parameters[1].replace("<dd>", '<span class="parameter">').replace("</dd>", "</span>")
    return f'<span class="parameters">{lines}</span>'
