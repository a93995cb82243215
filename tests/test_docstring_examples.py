"""Every example in a docstring of the reference runs, and what it shows is what happens."""

import ast
import doctest
import inspect
import re
import textwrap
from importlib import import_module

import pytest

import micrograd
from docs.manual import docstrings
from docs.manual.public import PAGES, members, names, own_doc

LOSS = "w = Value(0.5, label='w')\nloss = (w * 2.0 + w) ** 2"
MODEL = """
from micrograd.nn import MLP
from micrograd.losses import cross_entropy, max_margin
model = MLP(2, [3, 1])
X, y = [[0.5, -1.0], [0.25, 1.0]], [1, -1]
loss = max_margin(model(X), y)
"""
FLAT = "import numpy as np\ncompiled = micrograd.compile(lambda X, y: max_margin(model(X), y))\ncompiled(X, y)\n"
FLAT += "theta = np.array([p.data for p in compiled.parameters])"
OF_ONE = MODEL.replace("loss = max_margin(model(X), y)\n", "import numpy as np\nX, y = np.array(X), np.array(y)\n")
OF_ONE += "loss = micrograd.compile(lambda x, label: (1 - label * model(x)).relu(), parameters=model.parameters())\n"
OF_ONE += "theta = np.array([p.data for p in loss.parameters])\n"
# What an example takes for granted, by the name that it stands at.
GIVEN = {
    "micrograd.draw": LOSS,
    "micrograd.teaching.step": LOSS.replace("w", "w1"),
    "micrograd.teaching.update": MODEL + "from micrograd.optim import SGD\n"
    "loss, inputs, targets, model = max_margin, X[:1], y[:1], MLP(2, [2, 1])",
    "micrograd.teaching.words.explain": "a, b = Value(2.0, label='a'), Value(3.0, label='b')\n"
    "c, d = a * b, b**2\ne = c * d\nmicrograd.label({'c': c, 'd': d, 'e': e})",
    "micrograd.teaching.homework": "class MyValue:\n    def __init__(self, data): self.data = data",
    "micrograd.Value": "a = Value(2.0)",
    "micrograd.fresh": "import random\nrng = random.Random(1)",
    "micrograd.optim": MODEL + FLAT,
    "micrograd.compile": MODEL + "theta = [p.data for p in model.parameters()]\n"
    "loss = lambda X, y: max_margin(model(X), y)",
    "micrograd.compiler.Batch": MODEL + "theta = [p.data for p in model.parameters()]\n"
    "loss_of_one = lambda x, label: max_margin([model(x)], [label])",
    "micrograd.compiler.Matrices": MODEL + "f = micrograd.compile(lambda x: model(x))\nf([0.5, 0.3])",
    "micrograd.training": MODEL + "from micrograd.optim import SGD\nimages, digits, model = X, [0, 1], MLP(2, [3, 2])",
    "micrograd.watch": MODEL + "from micrograd.optim import SGD\n"
    "loss, data, optimiser = max_margin, (X, y), SGD(model.parameters())",
    "micrograd.compiler.Compiled.to_jax": "import jax\n" + OF_ONE,
    "micrograd.compiler.Compiled.to_torch": "import torch\n" + OF_ONE + "X, y = torch.tensor(X), torch.tensor(y)",
}


def documented():
    """Everything in the reference that has a docstring: path and docstring."""
    for modules in PAGES.values():
        for module in modules:
            yield module, inspect.getdoc(import_module(module)) or ""
    for public in names():
        yield public.path, public.doc
        if public.is_class:
            yield from ((f"{public.path}.{name}", own_doc(member)) for name, member in members(public))


def examples(doc):
    """The blocks of a docstring that are Python."""
    for lines in docstrings.paragraphs(doc) if doc else []:
        code = textwrap.dedent("\n".join(lines))
        if docstrings.is_code(lines) and (code.startswith(">>> ") or parses(code)):
            yield code


def parses(code):
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


class Checker(doctest.OutputChecker):
    """An example that shows no result may have any."""

    def check_output(self, want, got, optionflags):
        return not want or super().check_output(want, got, optionflags)


EXAMPLES = {path: found for path, doc in documented() if (found := [*examples(doc)])}


def test_examples_are_found():
    assert len(EXAMPLES) >= 15 and set(GIVEN) <= set(EXAMPLES)


@pytest.mark.parametrize("path", EXAMPLES)
def test_the_examples(path, tmp_path, monkeypatch, capsys, declare):
    monkeypatch.chdir(tmp_path)
    space = {name: getattr(micrograd, name) for name in micrograd.__all__}
    for package in re.findall(r"^import (\w+)$", GIVEN.get(path, ""), flags=re.MULTILINE):
        pytest.importorskip(package)
    modules = [module for each in PAGES.values() for module in each]
    module = max((module for module in modules if f"{path}.".startswith(f"{module}.")), key=len)
    space |= vars(import_module(module)) | {"micrograd": micrograd, "primitive": declare}
    exec(GIVEN.get(path, ""), space)
    for code in EXAMPLES[path]:
        if not code.startswith(">>> "):
            exec(compile(code, path, "exec"), space)
            continue
        test = doctest.DocTestParser().get_doctest(code, space, path, None, None)
        failed = doctest.DocTestRunner(Checker(), verbose=False).run(test, clear_globs=False).failed
        assert failed == 0, capsys.readouterr().out
        space = test.globs
