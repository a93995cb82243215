"""The rooms of the package: imports point downwards only, and the front door is light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd

PACKAGE = Path(micrograd.__file__).parent
FLOORS = [
    ["ops", "optim", "datasets"],
    ["_core"],
    ["engine"],
    ["functions"],
    ["text", "losses"],
    ["nn", "calculus", "drawing"],
    ["compiler", "interop"],
    ["training", "teaching"],
    ["__init__"],
    ["cli"],
    ["__main__"],
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FLOOR else "__init__"


def imports(path: Path) -> list[str]:
    """The modules of the package that a file imports, inside functions too."""
    found = []
    for entry in ast.walk(ast.parse(path.read_text())):
        if isinstance(entry, ast.Import):
            found += [name.name for name in entry.names]
        elif isinstance(entry, ast.ImportFrom):
            assert entry.level == 0, f"{path}: write imports in full"
            named = [f"{entry.module}.{name.name}" for name in entry.names]
            found += named if entry.module == "micrograd" else [entry.module]
    return [name for name in found if name.split(".")[0] == "micrograd"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path):
    room = path.relative_to(PACKAGE).with_suffix("").parts[0]
    for module in imports(path):
        other = room_of(module)
        assert other == room or FLOOR[other] < FLOOR[room], f"{room} imports {other}"


def test_import_is_light():
    heavy = {"numpy", "graphviz", "matplotlib", "sklearn", "html", "torch", "safetensors", "tqdm"}
    code = f"import micrograd, sys; print(*{heavy} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
