"""Links between files of the repository become links between pages of the site.

A document is a page of its own; any other file that is linked has a page that shows its text (`sources`). A link that
leads nowhere is an error.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent.parent

# Documents outside docs/, and those that have another name on the site.
DOCUMENTS = {
    "README.md": "index.md",
    "docs/decisions/README.md": "decisions/index.md",
    "benchmarks/RESULTS.md": "speed.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "notebooks": "course/index.md",
    "notebooks/README.md": "course/index.md",
}
CODE = ("docs/playground/", "docs/node_modules/")  # what they have of Markdown describes code
GENERATED = "docs/reference/"  # Sphinx checks links to these
FENCE = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
PICTURE = re.compile(r"<picture>\s*<source[^>]*srcset=\"([^\"]+)\"[^>]*>\s*<img([^>]*)>\s*</picture>")


def page_of(path: str) -> str | None:
    """The document of the site that this file or folder of the repository is, if it is one."""
    if path in DOCUMENTS:
        return DOCUMENTS[path]
    if path.startswith("docs/") and path.endswith(".md") and not path.startswith(CODE):
        return path.removeprefix("docs/")
    if path.startswith("notebooks/") and path.endswith(".ipynb"):
        return "course/" + path.removeprefix("notebooks/")
    return None


def source_page(path: str) -> str:
    """The page that shows a file or lists a folder, without its ending."""
    return f"source/{path}/index" if (ROOT / path).is_dir() else f"source/{path}"


def relative(target: str, page: str) -> str:
    """The way from one page to another."""
    return os.path.relpath(target, PurePosixPath(page).parent).replace(os.sep, "/")


def rewritten(text: str, path: str, page: str) -> str:
    """The Markdown of the file `path`, as it stands on `page`: links outside blocks of code, and pictures."""
    pieces, at = [], 0
    for fence in FENCE.finditer(text):
        pieces += [_relinked(text[at : fence.start()], path, page), fence[0]]
        at = fence.end()
    pieces.append(_relinked(text[at:], path, page))
    return "".join(pieces)


def linked_sources(text: str, page: str) -> set[str]:
    """The files and folders whose source pages a rewritten page links."""
    found = set()
    for target in re.findall(r'<a href="([^"#]*source/[^"#]+)\.html', text):
        path = os.path.normpath(PurePosixPath(page).parent / target).replace(os.sep, "/")
        found.add(path.removeprefix("source/").removesuffix("/index"))
    return found


def _relinked(text: str, path: str, page: str) -> str:
    text = PICTURE.sub(_two_pictures, text)
    return LINK.sub(lambda link: _link(link[1], link[2], path, page), text)


def _link(label: str, target: str, path: str, page: str) -> str:
    where, _, anchor = target.partition("#")
    if not where or re.match(r"[a-z]+:", where):
        return f"[{label}]({target})"
    found = os.path.normpath(PurePosixPath(path).parent / where).replace(os.sep, "/")
    if not (ROOT / found).exists() and not found.startswith(GENERATED):
        raise ValueError(f"{path} links {target}, which does not exist")
    if document := page_of(found):
        return f"[{label}]({relative(document, page)}{f'#{anchor}' if anchor else ''})"
    return f'<a href="{relative(source_page(found), page)}.html">{label}</a>'


def _two_pictures(picture: re.Match[str]) -> str:
    """A picture for light pages and one for dark: the reader's choice counts, not the system's."""
    light = picture[2].rstrip("/ ")
    dark = re.sub(r'src="[^"]*"', f'src="{picture[1]}"', light)
    return f'<img class="only-light"{light}><img class="only-dark"{dark}>'
