"""The pages of the reference: a page for each room of the package, and one for the command line."""

from __future__ import annotations

import inspect
import io
import os
from contextlib import redirect_stdout, suppress
from importlib import import_module

from docs.manual.docstrings import markdown
from docs.manual.entries import entry, linked, summary
from docs.manual.public import PAGES, Public, names
from micrograd.cli.main import COMMANDS, main

# What a page is called.
TITLES = {
    "engine": "The engine",
    "functions": "Functions",
    "drawing": "Pictures",
    "teaching": "Step, explain, practise, check",
    "nn": "Networks",
    "losses": "Losses",
    "optim": "Optimisers",
    "datasets": "Data sets",
    "training": "Training",
    "calculus": "Calculus",
    "compiler": "Compiled functions",
    "interop": "To JAX and PyTorch",
}


# The order of a page whose names are not in a good one by themselves, in groups where there are many; each name must be
# in one.
GROUPS = {
    "engine": {"In full": "Value no_grad topological backend GradientLost"},
    "drawing": {"In full": "draw label with_names Picture draw_dot"},
    "teaching": {
        "Step": "step Stepper",
        "Update": "step_update Lesson",
        "Explain": "explain Explanation",
        "Practise": "practice Exercise Bug",
        "A class": "sheets Sheets Homework Given",
        "Check": "check Diagnosis Finding check_file Verdict",
    },
    "optim": {"In full": "SGD Adam Optimiser Parameter"},
    "training": {
        "Train": "train fit Training History Epoch",
        "Watch": "watch Film",
        "Ask the model": "accuracy predict",
        "Pictures": "plot decision_boundary images confusion curve",
        "Numbers for pictures of your own": "field Field Fields",
    },
    "calculus": {
        "Derivatives": "grad value_and_grad jacobian hessian hvp jvp taylor derivatives",
        "Is a gradient right?": "gradcheck Report GradcheckError",
    },
    "compiler": {"In full": "compile Compiled Batch Matrices Export index fresh backend TraceError"},
    "interop": {"Any function": "to_jax to_numpy", "Models, layer by layer": "to_torch from_torch"},
    "functions": {
        "Powers, exponentials, logarithms": "sqrt cbrt square hypot exp exp2 expm1 log log2 log10 log1p logaddexp",
        "Trigonometry": "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh",
        "Activations": "relu leaky_relu elu selu silu swish gelu mish sigmoid softplus softsign hardtanh relu6",
        "The normal distribution": "erf erfc log_ndtr",
        "Several numbers": "total dot prod mean var std norm softmax log_softmax logsumexp",
        "Choices and steps": "max min abs where pick clip sign floor ceil trunc isnan",
        "An operation of your own": "primitive",
    },
    "nn": {
        "Networks and layers": "MLP Sequential Layer Neuron",
        "Between layers": "BatchNorm Dropout Activation ReLU LeakyReLU ELU SiLU GELU Sigmoid Tanh Softplus ACTIVATIONS",
        "Modules of your own": "Module Feedforward evaluating",
        "How weights start": "uniform normal he he_uniform xavier xavier_normal",
        "The four equations": "four_equations",
    },
}


def pages() -> dict[str, str]:
    """Every page of the reference as Markdown, by its name."""
    return {**{page: module_page(page) for page in PAGES}, "command-line": command_line()}


def module_page(page: str) -> str:
    module = import_module(PAGES[page][0])
    about = markdown(inspect.getdoc(module) or "", linked, tables=not hasattr(module, "__path__"))
    parts = [f"# {TITLES[page]}", f"```{{py:module}} {module.__name__}\n```", f"`{module.__name__}`", about]
    groups = grouped(page)
    if len(groups) == 1:
        parts.append(overview(groups["In full"]))
    for title, members in groups.items():
        parts.append(f"## {title}")
        if len(groups) > 1 and len(members) > 1:
            parts.append(overview(members))
        parts += map(entry, members)
    return "\n\n".join(parts) + "\n"


def grouped(page: str) -> dict[str, list[Public]]:
    """The names of a page, by the title of their group."""
    here = {public.name: public for public in names() if public.page == page}
    if page not in GROUPS:
        return {"In full": [*here.values()]}
    return {title: [here.pop(name) for name in listed.split()] for title, listed in GROUPS[page].items()} | left(here)


def left(names: dict[str, Public]) -> dict[str, list[Public]]:
    if names:
        raise ValueError(f"the reference has no group for {', '.join(names)}")
    return {}


def overview(members: list[Public]) -> str:
    return "\n".join(["| name | in short |", "| :-- | :-- |", *map(summary, members)])


def command_line() -> str:
    """What `micrograd --help` and the help of each command say."""
    parts = [
        "# The command line",
        "Once the package is installed, `micrograd` runs these commands; so does `python -m micrograd`.",
        helped(),
    ]
    for command in COMMANDS:
        parts += [f"## micrograd {command}", helped(command)]
    return "\n\n".join(parts) + "\n"


def helped(*command: str) -> str:
    """What the command says of itself, wrapped for a page."""
    width, printed = os.environ.get("COLUMNS"), io.StringIO()
    os.environ["COLUMNS"] = "90"
    try:
        with redirect_stdout(printed), suppress(SystemExit):
            main([*command, "--help"])
    finally:
        del os.environ["COLUMNS"]
        if width is not None:
            os.environ["COLUMNS"] = width
    return f"```text\n{printed.getvalue().strip()}\n```"
