"""Every name of the package that a document, a docstring or a message writes is there after `import micrograd` alone.

So are the names in inline code without `micrograd.`: those of a room (`losses.mse`), and calls of a function at the
front door (`fit(..., compile=True)`), with the arguments that are written.
"""

import ast
import inspect
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import micrograd

ROOT = Path(__file__).parent.parent
PAGES = [
    path for folder in ("*", "docs/**/*") for path in ROOT.glob(f"{folder}.md") if "node_modules" not in path.parts
]
PRINTED = "Value(data="  # a Value as it is printed is no call
DOTTED = re.compile(r"(?<![\w/.-])(?<!from )(?<!import )micrograd(?:\.[A-Za-z_]\w*)+")
IMPORT = re.compile(r"\bfrom (micrograd[.\w]*) import (\w+(?:, \w+)*)(?! *\()")
NOT_OURS = {"micrograd.gauss", "micrograd.modes"}  # an example of an operation to add; the name of a context variable

# Run in a process of its own. What stands directly in the package is listed before anything is loaded. For each name in
# a room the package is forgotten and imported again, so that no other name has loaded it.
FRESH = """
import sys
import micrograd
front = dir(micrograd)
for line in sys.argv[1:]:
    room, _, rest = line.removeprefix("micrograd.").partition(".")
    try:
        if line.startswith("from "):
            exec(line, {})
        elif room not in front:
            raise AttributeError(room)
        elif rest:
            for name in [name for name in sys.modules if name.split(".")[0] == "micrograd"]:
                del sys.modules[name]
            import micrograd
            eval(line)
    except Exception as error:
        print(f"{line}: {type(error).__name__}: {error}")
"""


def texts():
    for page in PAGES:
        yield page.read_text(encoding="utf-8")
    for notebook in ROOT.glob("notebooks/*.ipynb"):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            yield "".join(cell["source"])
    for file in [*ROOT.glob("micrograd/**/*.py"), *ROOT.glob("examples/*.py")]:
        for entry in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(entry, ast.Constant) and isinstance(entry.value, str):
                yield entry.value


@cache
def inline_code():
    """What stands between backticks in the pages, blocks of code apart."""
    pages = "\n".join(re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL) for page in PAGES)
    return sorted(set(re.findall(r"`([^`\n]+)`", pages)))


def paths_in_rooms():
    rooms = "|".join(micrograd._ROOMS)
    for code in inline_code():
        if path := re.match(rf"(?:{rooms})(?:\.[A-Za-z]\w*)+", code):
            if not (ROOT / "micrograd" / path[0]).exists():
                yield f"micrograd.{path[0]}"


def test_every_documented_name_is_there_after_importing_the_package_alone():
    everything = [*texts()]
    names = {name for text in everything for name in DOTTED.findall(text)} | {*paths_in_rooms()}
    imports = {f"from {m[1]} import {m[2]}" for text in everything for m in IMPORT.finditer(text)}
    assert len(names) > 30 and len(imports) > 10
    command = [sys.executable, "-W", "error", "-c", FRESH, *sorted((names | imports) - NOT_OURS)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout == ""


def calls():
    """Inline code that calls a function of the front door, with its syntax tree."""
    for code in inline_code():
        if code.startswith(PRINTED):
            continue
        try:
            call = ast.parse(code, mode="eval").body
        except SyntaxError:
            continue
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and hasattr(micrograd, call.func.id):
            yield code, call


def accepts(function, call):
    parameters = inspect.signature(function).parameters
    any_name = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return any_name or {keyword.arg for keyword in call.keywords} <= {*parameters}


def test_calls_in_inline_code_have_arguments_that_exist():
    found = {code: accepts(getattr(micrograd, call.func.id), call) for code, call in calls()}
    assert len(found) > 20
    assert [code for code, accepted in found.items() if not accepted] == []
