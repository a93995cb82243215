"""Only the engine and what is below it touch the slots of a node: everybody else goes through an interface."""

import ast
from pathlib import Path

import pytest

import micrograd

PACKAGE = Path(micrograd.__file__).parent
SLOTS = {"_a", "_b", "_da", "_db", "_data", "_grad", "_seen"}
OUTSIDE = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "engine.py" and PACKAGE / "_core" not in path.parents
]


def slots_touched(path):
    """(line, slot) for each attribute of that name, and each such name in a string; methods of the file aside."""
    entries = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    own = {entry.name for entry in entries if isinstance(entry, ast.FunctionDef)}
    for entry in entries:
        name = entry.attr if isinstance(entry, ast.Attribute) else getattr(entry, "value", None)
        if isinstance(entry, (ast.Attribute, ast.Constant)) and isinstance(name, str) and name in SLOTS - own:
            yield entry.lineno, name


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_slots_of_a_node_are_touched_in_the_engine_only(path):
    assert list(slots_touched(path)) == []
