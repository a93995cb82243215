"""Exports to NumPy: the forward pass of a batch of examples, for whoever has nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.exports.rules import Rule
from micrograd.compiler.exports.source import Source
from micrograd.compiler.exports.writer import BatchWriter, Names, dialect_of, gates
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.numpy_source import HELPERS, SURPRISE, Roots, constant_text
from micrograd.compiler.matrices.spelling import ATOM, PRODUCT, Spelling

OWN = {name: name for name in ("root", "sigmoid", "softplus", "erf", "erfc", "log_ndtr")}  # which NumPy lacks
DIALECT = dialect_of(
    Names("np.", OWN),
    {
        "pow": Spelling(ATOM, "np.power({0}, {1})"),
        "detached": Spelling(ATOM, "{0:atom}"),
        "cross_entropy()": Spelling(ATOM, "cross_entropy({1}, {0})"),
        "pick()": Spelling(ATOM, "pick({1}, {0})"),
        "place of largest()": Spelling(PRODUCT, "1.0 * np.argmax({0}, -1)"),
        "largest()": Spelling(ATOM, "{0:atom}.max(-1)"),
        "smallest()": Spelling(ATOM, "{0:atom}.min(-1)"),
    },
)
PICK = """def pick(values, i):
    if np.any((i < 0) | (i >= values.shape[-1]) | (i != np.floor(i))):
        raise IndexError(f"there are values 0 to {values.shape[-1] - 1}, got the index {i}")
    shape = np.broadcast_shapes(i.shape, values.shape[:-1])
    k = np.broadcast_to(i.astype(int), shape)[..., None]
    return np.take_along_axis(np.broadcast_to(values, (*shape, values.shape[-1])), k, -1)[..., 0]"""
LOGSUMEXP = """def logsumexp(z):
    largest = z.max(-1, keepdims=True)
    largest = np.where(np.abs(largest) < np.inf, largest, 0)
    return largest[..., 0] + np.log(np.exp(z - largest).sum(-1))"""
NORM = """def norm(x):
    scale = np.abs(x).max(-1)
    scale = np.where((scale > 0) & (scale < np.inf), scale, 1)
    return scale * np.sqrt(((x / scale[..., None]) ** 2).sum(-1))"""


class NumpyWriter(Roots, BatchWriter):
    pass


class NumpySource(Source):
    engine = "NumPy"
    batched = True
    imports = {
        "math.": "import math\n",
        "np.": "import numpy as np",
    }
    helpers = {
        **gates("np."),
        **{name: HELPERS[name] for name in OWN},
        "pick()": PICK,
        "surprise": SURPRISE,
        "cross_entropy()": HELPERS["cross_entropy"],
        "logsumexp()": LOGSUMEXP,
        "norm()": NORM,
        "windows": HELPERS["windows"],
    }
    needs = {"cross_entropy()": ("surprise",)}
    own = frozenset(OWN)
    before = '@np.errstate(all="ignore")  # inf and nan, as IEEE arithmetic has them\n'

    source_of_draws = "rng"

    def before_draws(self, arrays: int) -> Iterator[str]:
        if arrays:
            yield "rng = np.random.default_rng(rng)"

    def drawn(self, uniform: bool, array: Array, number: int) -> str:
        return f"rng.{'random' if uniform else 'standard_normal'}({self.shape(array)})"

    def make_writer(self, names: Namespace) -> NumpyWriter:
        return NumpyWriter(DIALECT, names.free, "float")

    def first_lines(self) -> Iterator[str]:
        if self.plan.theta:
            yield "theta = np.asarray(theta, dtype=float)"

    def taken(self, text: str, is_index: bool) -> str:
        return f"np.asarray({text}, dtype=float)"

    def part_of(self, index: str, reshaped: str) -> str:
        return f"theta{index}{reshaped}"

    def constant(self, name: str, values: tuple[float, ...], shape: tuple[int, ...]) -> str:
        return constant_text(name, values, shape)

    def scalar(self, text: str) -> str:
        return f"np.float64({text})"

    def truth(self, text: str) -> str:
        return f"np.asarray({text})"

    def check(self, condition: str, message: str) -> str:
        return f"if not np.all({condition}):\n    raise AssertionError({message})"  # python -O has no assert

    def begin(self, array: Array) -> Iterator[str]:
        yield f"{array.name} = np.zeros({self.shape(array)})"

    def put(self, line: Line, text: str) -> Iterator[str]:
        yield f"{line.array.name}[{self.index_of(line)}] = {text}"

    def helper(self, name: str, rule: Rule) -> str:
        steps = [f"    {title} = {self.writer.text(op)}" for title, op in rule.steps_for(rule.out)]
        return "\n".join(
            [f"def {name}({', '.join(rule.operands)}):", *steps, f"    return {self.writer.text(rule.out)}"]
        )
