"""The matrix form as a NumPy module, which needs nothing else: a function that gives value and gradient at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import indent
from typing import NamedTuple

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.form import Form
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operations import Operation
from micrograd.compiler.matrices.spelling import ATOM, CONDITION, PRODUCT, Dialect, Spelling, Writer, is_whole
from micrograd.compiler.matrices.text import WIDTH, broken, lower_line, target
from micrograd.compiler.stages.program import name_of
from micrograd.ops import PRIMITIVES

ROOT = """def root(x):  # x ** 0.5, which for NumPy is the square root, also of -inf and of -0
    return np.sqrt(np.where(x == -np.inf, np.inf, x + 0.0))"""
TERMS = 50  # of a sum in a statement: Python parses a long sum into an equally deep tree

# What NumPy lacks, with its derivative exactly 0 where a gate is shut, and nan where an operand is nan.
HELPERS = {
    "root": ROOT,
    "relu": "def relu(x):\n    return np.where(x <= 0, 0.0, x)",
    "step": "def step(x):\n    return np.where(x > 0, 1.0, np.where(x <= 0, 0.0, np.nan))",
    "relu gate": "def relu_gate(x, d):\n    return np.where(x > 0, d, np.where(x <= 0, 0.0, np.nan))",
    "gate": "def gate(x, d):\n    return np.where(x == 0, 0.0, x * d)",
    "sigmoid": "def sigmoid(x):\n    e = np.exp(-np.abs(x))\n    return np.where(x >= 0, 1.0, e) / (1.0 + e)",
    "softplus": "def softplus(x):\n    return np.where(x <= 0, 0.0, x) + np.log1p(np.exp(-np.abs(x)))",
    "erf": "erf = np.vectorize(math.erf, otypes=[float])",
    "erfc": "erfc = np.vectorize(math.erfc, otypes=[float])",
    "log_ndtr": "from scipy.special import log_ndtr",
    "pick": "def pick(i, *values):\n    return np.select([i == k for k in range(len(values))], values, np.nan)",
    "cross_entropy": """def cross_entropy(z, y):
    own, rest, _, _ = surprise(z, y)
    return np.log1p(rest + np.expm1(own)) - own""",
    "cross_entropy slope": """def cross_entropy_slope(z, y):  # softmax(z) - onehot(y)
    own, rest, right, weights = surprise(z, y)
    return np.where(right, -rest[..., None], weights) / (rest + np.exp(own))[..., None]""",
    "softmax": """def softmax(z):
    largest = np.arange(z.shape[-1]) == z.argmax(-1)[..., None]
    weights = np.where(largest, 1.0, np.exp(z - z.max(-1)[..., None]))
    return weights / weights.sum(-1)[..., None]""",
    "plain softmax": """def plain_softmax(z):
    weights = np.exp(z - z.max(-1)[..., None])
    return weights / weights.sum(-1)[..., None]""",
    "windows": "windows = np.lib.stride_tricks.sliding_window_view",
}
# What both functions of a cross-entropy need: how far the logit is from the largest, the weights of the others.
SURPRISE = """def surprise(z, y):
    right = np.abs(np.asarray(y)[..., None] - np.arange(z.shape[-1])) < 0.5
    largest = z.max(-1)
    x = np.where(right[..., 1:].any(-1), np.where(right, z, 0.0).sum(-1), z[..., 0])
    weights = np.where(right, 0.0, np.exp(np.where(z >= np.inf, 0.0, z - largest[..., None])))
    rest = weights.sum(-1)
    own = np.where(x >= np.inf, np.where(rest > 0, np.nan, 0.0), x - largest)
    return own, rest, right, weights"""
NEEDS_MATH = frozenset(["erf", "erfc"])


def function(kind: str) -> str:
    """What a function is called in NumPy. Raises `NotImplementedError` for one of the user's own."""
    if kind in HELPERS:
        return kind.replace(" ", "_")
    if kind != name_of(kind) or kind not in PRIMITIVES:
        raise NotImplementedError(f"{name_of(kind)} is an operation of your own, which NumPy does not know")
    return f"np.{PRIMITIVES[kind].numpy}"


def literal(x: float) -> str:
    if is_whole(x):
        return str(int(x))
    return repr(x) if x == x and abs(x) != float("inf") else f"{'-' * (x < 0)}np.{'nan' if x != x else 'inf'}"


NUMPY = Dialect(
    {
        "div": Spelling(PRODUCT, "{0:product} / {1:power}"),
        "pow": Spelling(ATOM, "np.power({0}, {1})"),
        "less": Spelling(CONDITION, "1.0 * ({0} < {1})"),
        "at most": Spelling(CONDITION, "1.0 * ({0} <= {1})"),
        "equal": Spelling(CONDITION, "1.0 * ({0} == {1})"),
        "cross_entropy": Spelling(ATOM, "cross_entropy({1}, {0})"),
        "cross_entropy slope": Spelling(ATOM, "cross_entropy_slope({1}, {0})"),
        "choose": Spelling(ATOM, "np.where({0:sum} != 0, {1}, {2})"),
    },
    function,
    "np.",
    literal,
)


class Roots(Writer):
    """Writes x ** 0.5 as a function of its own."""

    def write_pow(self, op: Operation) -> tuple[str, int]:
        x, exponent = op.operands
        if exponent.name == "number" and exponent.static == 0.5:
            return self.write_function(Operation("root", (x,), op.shape))
        return self.write_function(op)


class Source(NamedTuple):
    text: str
    name: str


def as_numpy(form: Form, title: str, docstring: str) -> Source:
    """The source of the module; its function is called `<title>_and_gradient`, or the title if there is no gradient."""
    names = Namespace(form.names.taken)
    name = names.free(f"{title}_and_gradient" if form.gradients else title)
    writer = Roots(NUMPY, names.free)
    parameters = [array for array in form.inputs if array.role == "parameter"]
    arguments = [array for array in form.inputs if array.role != "parameter"]
    count = sum(array.size for array in parameters)
    first = min((k for array in parameters for k in form.members[array]), default=0)

    body: list[str] = []
    for array in arguments:
        shape = "" if array.shape == array.given else f".reshape{array.shape or '(())'}"
        body.append(f"{array.name} = np.asarray({array.name}, dtype=float){shape}")
    if parameters:
        body.append("theta = np.asarray(theta, dtype=float)")
    for array in parameters:
        view, reshaped = part_of_theta([k - first for k in form.members[array]], array.shape, count)
        body.append(f"{array.name} = theta{view}{reshaped}")
    written: set[Array] = set()
    for (forward, loop), lines in groupby(form.lines, lambda line: (line.forward, line.loop)):
        own = [*lines]
        if not forward and own[0] is form.backward[0]:
            body.append("")
        for line in own:
            body += beginning(line, written)
        inside = [text for line in own for text in statements(line, writer)]
        if loop:
            body.append(f"for t in range({loop.first}, {loop.last + loop.by}{', -1' if loop.by < 0 else ''}):")
        body += [indent(text, "    ") for text in inside] if loop else inside
    results = [output.array.name for output in form.results]
    by_parameters = [array for array in parameters if array in form.gradients]
    returned = list(results)
    if by_parameters:
        body += ["", f"gradient = np.zeros({count})"]
        for array in by_parameters:
            view, _ = part_of_theta([k - first for k in form.members[array]], array.shape, count)
            flat = ".reshape(-1)" if len(array.shape) > 1 and "reshape" not in view else ""
            body.append(f"gradient{view} = {form.gradients[array].name}{flat}")
        returned.append("gradient")
    returned += [form.gradients[array].name for array in arguments if array in form.gradients]
    body.append(f"return {', '.join(returned) or '()'}")
    signature = [*(["theta"] if parameters else []), *(array.name for array in arguments)]
    head = ["import numpy as np"]
    helpers = [HELPERS[kind] for kind in HELPERS if kind in writer.functions]
    if any(kind.startswith("cross_entropy") for kind in writer.functions):
        helpers.insert(0, SURPRISE)
    if NEEDS_MATH & writer.functions:
        head.insert(0, "import math\n")
    head += [text for text in helpers if text.startswith("from ")]
    tables = [constant_text(key, *writer.constants[key]) for key in writer.constants]
    functions = [text for text in helpers if not text.startswith("from ")]
    function_body = "\n".join(body)
    parts = [
        f'"""{docstring}"""',
        "\n".join(head),
        *(["\n".join(text for text in functions if not text.startswith("def "))] if functions else []),
        *(["\n".join(tables)] if tables else []),
        *(f"\n{text}" for text in functions if text.startswith("def ")),
        f"\ndef {name}({', '.join(signature)}):\n"
        + indent(
            'with np.errstate(all="ignore"):  # inf and nan, as IEEE arithmetic has them\n'
            + indent(function_body, "    "),
            "    ",
        ),
    ]
    return Source("\n\n".join(part for part in parts if part.strip()) + "\n", name)


def beginning(line: Line, written: set[Array]) -> Iterator[str]:
    """What comes before the first part of an array."""
    if line.part is not None and line.array not in written:
        yield f"{line.array.name} = np.zeros({line.array.shape})"
    written.add(line.array)


def statements(line: Line, writer: Writer) -> Iterator[str]:
    op, to = lower_line(line), target(line, writer)
    if op.name != "add" or len(op.operands) <= TERMS:
        first, *more = broken(f"{to} = {writer.text(op)}", WIDTH)
        yield first.replace(" = ", " = (", 1) + "\n" + "\n".join(more) + ")" if more else first
        return
    yield f"{to} = {writer.text(op.of(*op.operands[:TERMS]))}"
    for start in range(TERMS, len(op.operands), TERMS):
        yield f"{to} = {to} + ({writer.text(op.of(*op.operands[start : start + TERMS]))})"


def part_of_theta(places: list[int], shape: tuple[int, ...], count: int) -> tuple[str, str]:
    """The part of a flat array at these places, as an index, and what gives it the shape."""
    start, reshaped = places[0], f".reshape{shape}" if len(shape) > 1 else ""
    if len(places) == 1:
        return f"[{start}]", ""
    step = places[1] - start
    if step > 0 and places == list(range(start, start + step * len(places), step)):
        return f"[{start or ''}:{start + step * (len(places) - 1) + 1}{f':{step}' if step > 1 else ''}]", reshaped
    if len(shape) == 2 and (found := rows_of_theta(places, *shape, count)):
        return found, ""
    return f"[{places}]" if len(shape) == 1 else f"[np.array({places}).reshape{shape}]", ""


def rows_of_theta(places: list[int], rows: int, columns: int, count: int) -> str:
    """The same for rows that lie at equal distances, with other numbers between them."""
    width = places[columns] - places[0]
    first = [k - places[0] for k in places[:columns]]
    if places != [places[0] + row * width + k for row in range(rows) for k in first] or width <= max(first):
        return ""
    start = places[0]
    back = max(0, start + rows * width - count)
    if back > start or min(first) + back < 0 or max(first) + back >= width:
        return ""
    inside = [k + back for k in first]
    return f"[{start - back or ''}:{start - back + rows * width}].reshape({rows}, {width})[:, {ranges(inside)}]"


def ranges(places: list[int]) -> str:
    """The places as a slice, or as a list of what follows each other."""
    runs: list[tuple[int, int]] = []
    for k in places:
        if runs and k == runs[-1][1]:
            runs[-1] = runs[-1][0], k + 1
        else:
            runs.append((k, k + 1))
    if len(runs) == 1:
        return f"{runs[0][0] or ''}:{runs[0][1]}"
    return f"[{', '.join(str(a) if b == a + 1 else f'*range({a}, {b})' for a, b in runs)}]"


def constant_text(name: str, values: tuple[float, ...], shape: tuple[int, ...]) -> str:
    whole = all(isinstance(x, int) for x in values)
    numbers = ", ".join(str(x) if whole else literal(x) for x in values)
    return f"{name} = np.array([{numbers}]{'' if whole else ', dtype=float'}).reshape{shape}"
