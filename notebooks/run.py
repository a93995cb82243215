"""Execute the notebooks of this folder in a real kernel, each from its first cell to its last.

    python -m notebooks.run                    all of them: do they still say what is stored in them?
    python -m notebooks.run --write            store what they say now
    python -m notebooks.run 1-the-engine       one of them

What is compared is text; pictures are stored, but their bytes may change with the version of a library.

After the last cell the folded solutions run, in the same kernel: the code of each one, and then the cell before it,
which checks the reader's answer and must not print "not yet" any more. Nothing of that is stored.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from micrograd._core.writing import write_file

FOLDER = Path(__file__).parent
SOLUTION = re.compile(r"<details>\n<summary>Solution</summary>\n\n(.*?)\n\n</details>", re.DOTALL)
CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_YET = "not yet"  # what a check prints until the answer is right


def execute(path: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs, without traces of when and where it ran.

    Raises `CellExecutionError` for a cell or a solution that fails, `ValueError` for a solution that fails its check.
    """
    notebook = nbformat.read(path, as_version=4)
    own, added = len(notebook.cells), solutions(notebook)
    notebook.cells += added
    environment = {name: text for name, text in os.environ.items() if name != "COLUMNS"}  # a notebook has no width
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(FOLDER.parent), os.environ.get("PYTHONPATH")]))
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": FOLDER}})
    client.execute(env=environment)
    del notebook.cells[own:]
    for solution, check in zip(added[::2], added[1::2], strict=True):
        if NOT_YET in "\n".join(shown(check)):
            raise ValueError(f"{path.name}: this solution does not satisfy its check:\n\n{solution.source}")
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for k, cell in enumerate(notebook.cells, start=1):
        cell.id, cell.metadata = f"cell-{k}", {}
        if cell.cell_type == "code":
            cell.outputs = merged(cell.outputs)
            for output in cell.outputs:
                if "text/html" in output.get("data", {}):  # which has the picture in it too
                    output.data.pop("image/png", None)
    return notebook


def solutions(notebook: nbformat.NotebookNode) -> list:
    """Two cells for each folded solution that has code: the code, and the check before the solution."""
    cells, check = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            check = cell.source
            continue
        for text in SOLUTION.findall(cell.source):
            if code := "\n".join(CODE.findall(text)):
                cells += [nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell(check)]
    return cells


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


def shown(cell: nbformat.NotebookNode) -> list[str]:
    """What a reader sees of a cell's outputs as text, line by line."""
    outputs = cell.get("outputs", [])
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
    return [line for text in texts for line in text.splitlines()]


def text(notebook: nbformat.NotebookNode) -> list[str]:
    return [f"{cell.id}: {line}" for cell in notebook.cells for line in shown(cell)]


def main() -> int:
    arguments = argparse.ArgumentParser(description="Execute the notebooks in a real kernel.")
    arguments.add_argument("names", nargs="*", help="notebooks, without the ending (default: all)")
    arguments.add_argument("--write", action="store_true", help="store the outputs instead of comparing them")
    chosen = arguments.parse_args()
    paths = [FOLDER / f"{name}.ipynb" for name in chosen.names] or sorted(FOLDER.glob("*.ipynb"))
    differing = 0
    for path in paths:
        before = os.times().children_user
        fresh = execute(path)
        spent = f"{os.times().children_user - before:.0f} s of a core"
        if chosen.write:
            write_file(path, nbformat.writes(fresh) + "\n")
            print(f"{path.name}: stored, {spent}")
            continue
        stored = text(nbformat.read(path, as_version=4))
        changes = list(difflib.unified_diff(stored, text(fresh), "stored", "now", lineterm="", n=1))
        said = "other outputs than stored" if changes else "as stored"
        print("\n".join([f"{path.name}: {said}, {spent}", *changes]))
        differing += bool(changes)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
