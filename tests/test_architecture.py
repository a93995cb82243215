"""The laws of the house: imports point downwards, at the top of the file; no circle; data never imports its view."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import micrograd

PACKAGE = Path(micrograd.__file__).parent
FLOORS = [
    ["ops", "datasets"],
    ["_core"],
    ["engine", "optim"],
    ["functions"],
    ["text", "losses"],
    ["nn", "calculus", "drawing"],
    ["compiler"],
    ["training", "teaching", "interop"],
    ["__init__"],
    ["cli"],
    ["__main__"],
]
# Rooms that have floors of their own, by the names of their files and folders.
INSIDE = {
    "teaching": [
        ["record"],
        ["words"],
        ["practice", "check"],
        ["views"],
        ["bug", "update"],
        ["step", "exercise", "classroom", "homework"],
    ],
    "compiler": [
        ["surroundings"],
        ["tracing"],
        ["stages"],
        ["backends"],
        ["programs"],
        ["matrices"],
        ["exports"],
        ["variant"],
        ["compiled"],
    ],
}
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {".".join(("micrograd", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in FILES}


def name_of(path):
    return ".".join(("micrograd", *path.relative_to(PACKAGE).with_suffix("").parts))


def module(name):
    """The file behind a name that is imported: a module, or the `__init__` of a package."""
    return name if name in MODULES else f"{name}.__init__"


def imports(tree):
    """The modules of the package that the nodes of a syntax tree import, for annotations too."""
    found = []
    for entry in ast.walk(tree):
        if isinstance(entry, ast.Import):
            found += [name.name for name in entry.names]
        elif isinstance(entry, ast.ImportFrom):
            assert entry.level == 0, "write imports in full"
            for name in entry.names:
                inside = f"{entry.module}.{name.name}"
                found.append(inside if inside in MODULES or f"{inside}.__init__" in MODULES else entry.module)
    return [module(name) for name in found if name.split(".")[0] == "micrograd"]


TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
IMPORTS = {name: set(imports(tree)) for name, tree in TREES.items()}


def floor(name, floors, depth):
    """The floor of a module among these, or None where it is no part of them."""
    parts = name.split(".")
    part = parts[depth] if depth < len(parts) else "__init__"
    return next((k for k, rooms in enumerate(floors) if part in rooms), None)


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_downwards(name):
    room = name.split(".")[1]
    for other in IMPORTS[name]:
        if other.split(".")[1] != room:
            assert floor(other, FLOORS, 1) < floor(name, FLOORS, 1), f"{name} imports {other}"
        elif room in INSIDE and other.split(".")[2] != name.split(".")[2]:
            here, there = (floor(module, INSIDE[room], 2) for module in (name, other))
            if here is not None and there is not None:
                assert there < here, f"{name} imports {other}"


@pytest.mark.parametrize("name", MODULES)
def test_no_function_imports_from_the_package(name):
    """What is imported where it is used hides a circle. Packages that are optional are imported so; ours is not."""
    for entry in ast.walk(TREES[name]):
        if isinstance(entry, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            assert not imports(entry), f"{name}, line {entry.lineno}"


def test_no_circles():
    """Also counting what is imported for annotations only."""
    path, done = [], set()

    def visit(name):
        assert name not in path, " → ".join([*path[path.index(name) :], name])
        if name not in done:
            path.append(name)
            for other in sorted(IMPORTS[name]):
                if other.removesuffix(".__init__") != name.removesuffix(".__init__"):
                    visit(other)
            path.pop()
            done.add(name)

    for name in MODULES:
        if name != "micrograd.__init__":  # it names rooms that it loads when they are first used
            visit(name)


def test_every_room_has_a_floor_and_the_top_is_small():
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms == {room for floor in FLOORS for room in floor}
    assert len(rooms - {"__init__"}) <= 17


@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES} - {PACKAGE}))
def test_each_folder_has_a_map(folder):
    """The docstring of a folder's `__init__` names each file in it."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    for path in folder.iterdir():
        if path.suffix == ".py" and path.stem != "__init__":
            assert path.stem in text, f"{folder.name}/__init__.py does not name {path.stem}"


def test_rooms_are_there_after_importing_the_package_alone():
    code = "import micrograd; micrograd.interop.to_torch, micrograd.compiler.backend(), micrograd.nn.MLP"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_import_is_light():
    heavy = {"numpy", "graphviz", "matplotlib", "sklearn", "html", "torch", "safetensors", "tqdm"}
    code = f"import micrograd, sys; print(*{heavy} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []


def test_no_two_files_of_tests_have_one_name():
    """pytest imports them by their names, which are those of modules."""
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert [name for name, number in Counter(names).items() if number > 1] == []


def test_an_archive_of_the_sources_has_every_header():
    """What the compiler includes stands in the list of what an extension depends on."""
    listed = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    headers = [f"micrograd/{path.relative_to(PACKAGE).as_posix()}" for path in PACKAGE.rglob("*.h")]
    assert headers and [header for header in headers if f'"{header}"' not in listed] == []
