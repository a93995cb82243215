"""Execute the notebooks of this folder in a real kernel, each from its first cell to its last.

    python -m notebooks.run                    all of them: do they still say what is stored in them?
    python -m notebooks.run --write            store what they say now
    python -m notebooks.run 1-the-engine       one of them

What is compared is text; pictures are stored, but their bytes may change with the version of a library.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from micrograd._core.writing import write_file

FOLDER = Path(__file__).parent


def execute(path: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs, without traces of when and where it ran."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for k, cell in enumerate(notebook.cells, start=1):
        cell.id, cell.metadata = f"cell-{k}", {}
        if cell.cell_type == "code":
            cell.outputs = merged(cell.outputs)
    return notebook


def merged(outputs: list) -> list:
    """The outputs with neighbouring pieces of one stream joined: how a stream is cut depends on timing."""
    joined: list = []
    for output in outputs:
        output.pop("metadata", None) if output.output_type == "stream" else output.update(metadata={})
        if joined and output.output_type == "stream" == joined[-1].output_type and output.name == joined[-1].name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def text(notebook: nbformat.NotebookNode) -> list[str]:
    """What a reader sees as text, line by line."""
    lines: list[str] = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown = output.get("text") or output.get("data", {}).get("text/plain", "")
            lines += [f"{cell.id}: {line}" for line in shown.splitlines()]
    return lines


def main() -> int:
    arguments = argparse.ArgumentParser(description="Execute the notebooks in a real kernel.")
    arguments.add_argument("names", nargs="*", help="notebooks, without the ending (default: all)")
    arguments.add_argument("--write", action="store_true", help="store the outputs instead of comparing them")
    chosen = arguments.parse_args()
    paths = [FOLDER / f"{name}.ipynb" for name in chosen.names] or sorted(FOLDER.glob("*.ipynb"))
    differing = 0
    for path in paths:
        fresh = execute(path)
        if chosen.write:
            write_file(path, nbformat.writes(fresh) + "\n")
            print(f"{path.name}: stored")
            continue
        stored = text(nbformat.read(path, as_version=4))
        changes = list(difflib.unified_diff(stored, text(fresh), "stored", "now", lineterm="", n=1))
        print("\n".join([f"{path.name}: {'other outputs than stored' if changes else 'as stored'}", *changes]))
        differing += bool(changes)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
