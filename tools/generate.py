"""Write what follows from the code, for readers that cannot run it: stubs for editors, rules and a table for the C
compiler, what a compiled function may read, how many lines a file has, how long a notebook takes, what the benchmarks
have measured, the homework to a notebook.

    python -m tools.generate

A test holds what is committed to what this writes.
"""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

from micrograd import functions
from micrograd._core import elementary
from micrograd._core.writing import write_file
from micrograd.compiler.surroundings import policy
from micrograd.ops import PRIMITIVES
from tools import homework, rules_in_c

ROOT = Path(__file__).parent.parent
NOTE = "Written by `python -m tools.generate` from the table of primitives in `ops`."


def methods() -> str:
    """The methods of a Value, for type checkers and editors."""
    lines = [f'"""The methods of a Value. {NOTE}"""', "", "from typing import Any", ""]
    lines += ["from typing_extensions import Self", "", "from micrograd._core.nodes import Node", ""]
    lines += ["class Methods(Node):"]
    for op in PRIMITIVES.values():
        others = "".join(f", {operand}: Any" for operand in op.operands[1:])
        for name in op.methods:
            lines += declaration(f"    def {name}(self{others}) -> Self", op)
            if name.startswith("__") and len(op.operands) == 2:
                lines += [f"    def __r{name[2:]}(self, other: Any) -> Self: ..."]
    for composite in functions.COMPOSITES:
        parameters = composite.__code__.co_varnames[1 : composite.__code__.co_argcount]
        rest = "".join(f", {parameter}: float = ..." for parameter in parameters)
        lines += declaration(f"    def {composite.__name__}(self{rest}) -> Self", composite)
    return "\n".join([*lines, ""])


def declaration(head: str, documented: object) -> list[str]:
    indent = head[: len(head) - len(head.lstrip())] + "    "
    return [f"{head}:", f'{indent}"""{(documented.__doc__ or "").partition(chr(10))[0]}"""']


def elementary_functions() -> str:
    """The elementary functions, for type checkers and editors: floats to a float, else to a Value."""
    lines = [f'"""The elementary functions. {NOTE}"""', "", "from collections.abc import Callable, Sequence"]
    lines += ["from typing import Any, TypeVar, overload", "", "from micrograd._core.nodes import Node"]
    lines += ["from micrograd.ops import Primitive", ""]
    lines += ["__all__ = [", *[f'    "{name}",' for name in elementary.__all__], "]", ""]
    lines += ['V = TypeVar("V", bound=Node)', ""]
    lines += ["def elementary(op: Primitive) -> Callable[..., Any]: ..."]
    lines += [f"def {name}(op: Primitive, operands: Sequence[Any]) -> Any: ..." for name in ("apply", "delegate")]
    lines += [
        "def kind_of(values: Sequence[Any]) -> type[Any]: ...",
        "def as_value(x: Any, kind: type[Any]) -> Any: ...",
    ]
    for name in elementary.__all__:
        op = PRIMITIVES[name]
        first, *others = op.operands
        kinds = ["float"] * len(op.operands), ["V", *["V | float"] * len(others)]
        signatures = [(kinds[0], "float"), (kinds[1], "V")]
        if others:
            signatures.append((["float", "V", *["V | float"] * (len(others) - 1)], "V"))
        for chosen, result in signatures:
            parameters = ", ".join(f"{operand}: {kind}" for operand, kind in zip(op.operands, chosen, strict=True))
            lines += ["@overload", *declaration(f"def {name}({parameters}) -> {result}", op), ""]
    return "\n".join(lines)


def kernel_table() -> str:
    """The functions of one and of two numbers, for the native kernel."""
    lines = [f"/* {NOTE}", "The functions of one number x, and of two, x and y. */", ""]
    for title, count in (("UNARY", 1), ("BINARY", 2)):
        found = [op for op in PRIMITIVES.values() if op.floats is not None and len(op.operands) == count]
        rows = [f"    F({op.name}, {op.c})" for op in found]
        lines += [" \\\n".join([f"#define {title}(F)", *rows]), ""]
    return "\n".join(lines)


def compiled_functions() -> str:
    """The page about compiled functions, with the policy by which the watch works."""
    rows = [f"| {what} | {how} |" for what, how in policy.table()]
    table = "\n".join(["| what is read | how a call stays right |", "|---|---|", *rows])
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    return re.sub(r"(<!-- policy -->\n).*(<!-- /policy -->)", lambda m: f"{m[1]}\n{table}\n\n{m[2]}", text, flags=re.S)


PAGE = "docs/compiled-functions.md"


def architecture() -> str:
    """The page about the architecture, with the number of lines of each file and folder in its table."""

    def counted(row: re.Match[str]) -> str:
        place = ROOT / "docs" / row[2]
        files = [place] if place.is_file() else place.rglob("*.py")
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
        return f"{row[1]}{lines} |"

    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    return re.sub(r"^(\| \[`[^`]+`\]\(([^)]+)\).*\| )\d+ \|$", counted, text, flags=re.MULTILINE)


def timed(page: str) -> str:
    """A page with the minutes that each notebook in its table says it takes: the cells that hold a number alone."""

    def minutes(row: re.Match[str]) -> str:
        notebook = (ROOT / page).parent / row[2]
        first = "".join(json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"])
        return f"{row[1]}{TIME.findall(first)[0]} |{row[3]}"

    text = (ROOT / page).read_text(encoding="utf-8")
    return re.sub(r"^(\| \[[^]]+\]\(([^)]+\.ipynb)\) .*?\| )\d+ \|(.*)$", minutes, text, flags=re.MULTILINE)


def readme() -> str:
    """The README, with the minutes of the notebooks, and three claims about speed as measured."""

    def measured(row: re.Match[str]) -> str:
        return f"{row[1]}{claims[SPEED[row[2]]]} |"

    claims = {}
    for line in (ROOT / "benchmarks/RESULTS.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| W1"):
            _, claim, number, *_ = map(str.strip, line.split("|"))
            claims[claim, number.rpartition(" × ")[2]] = number
    return re.sub(rf"^(\| ({'|'.join(SPEED)}) \| ).*\|$", measured, timed("README.md"), flags=re.MULTILINE)


TIME = re.compile(r"Time needed: about (\d+) minutes")
SPEED = {
    "as you write it": ("W1, eager, default collector", "the original"),
    "compiled, to Python": ("W1, python", "the original"),
    "compiled, for the kernel in C": ("W1, native", "the original"),
}
FROM_THE_TABLE = {
    "micrograd/_core/methods.pyi": methods,
    "micrograd/_core/elementary.pyi": elementary_functions,
    "micrograd/compiler/backends/_functions.h": kernel_table,
    "micrograd/_core/native/_rules.h": rules_in_c.header,
    PAGE: compiled_functions,
    "README.md": readme,
    "docs/course/index.md": partial(timed, "docs/course/index.md"),
    "notebooks/README.md": partial(timed, "notebooks/README.md"),
    homework.PLACE: homework.notebook,
}
FILES = FROM_THE_TABLE | {"docs/architecture.md": architecture}


def main() -> None:
    for name, write in FILES.items():
        write_file(ROOT / name, write())
        print(name)


if __name__ == "__main__":
    main()
