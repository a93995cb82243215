"""Exports to PyTorch: a module with the parameter `theta` and a `forward` of a batch of examples.

torch.compile, DistributedDataParallel, state_dict and torch.export take it as any other module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from micrograd._core.writing import write_file
from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.exports.export import Described, run_source
from micrograd.compiler.exports.plan import Plan
from micrograd.compiler.exports.rules import Rule
from micrograd.compiler.exports.source import Source
from micrograd.compiler.exports.writer import BatchWriter, Names, dialect_of
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import Table
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operations import Operation
from micrograd.compiler.matrices.spelling import ATOM, LONG, Dialect, Spelling

SAME = "asin acos atan atan2 asinh acosh atanh exp2 log2 log10 trunc".split()
FUNCTIONS = {
    **{name: f"torch.{name}" for name in SAME},
    "abs": "torch.abs",
    "mod": "torch.remainder",
    "floordiv": "torch.floor_divide",
    "softplus": "_softplus",
    "cbrt": "_cbrt",
    "log_ndtr": "torch.special.log_ndtr",
}
DIALECT = dialect_of(
    Names("torch.", FUNCTIONS),
    {
        "pow": Spelling(ATOM, "torch.pow({0}, {1})"),
        "detached": Spelling(ATOM, "{0:atom}.detach()"),
        "cross_entropy()": Spelling(ATOM, "cross_entropy({1}, {0})"),
        "pick()": Spelling(ATOM, "pick({1}, {0})"),
    },
)
TOGETHER = """def together(*xs):  # of one shape and type
    first = next(x for x in xs if torch.is_tensor(x))
    return torch.broadcast_tensors(*(torch.as_tensor(x, dtype=first.dtype, device=first.device) for x in xs))"""
PASS = """def passed(slope, d):  # exactly 0 where the slope is 0, whatever d is
    return torch.where(slope == 0, 0, slope * d)"""
PICK = """def pick(values, i):  # nan, with its derivatives, where there is no such value
    there = (i >= 0) & (i < values.shape[-1]) & (i == torch.floor(i))
    shape = torch.broadcast_shapes(i.shape, values.shape[:-1])
    k = torch.where(there, i, 0).long().expand(shape)[..., None]
    found = torch.gather(values.expand(*shape, values.shape[-1]), -1, k)[..., 0]
    return torch.where(there, 1.0, torch.nan).to(found) * found"""
SURPRISE = """def surprise(z, y):
    right = torch.abs(y[..., None] - torch.arange(z.shape[-1], device=z.device)) < 0.5
    largest = z.max(-1).values
    x = torch.where(right[..., 1:].any(-1), torch.where(right, z, 0).sum(-1), z[..., 0])
    weights = torch.where(right, 0, torch.exp(torch.where(z >= torch.inf, 0, z - largest[..., None])))
    rest = weights.sum(-1)
    own = torch.where(x >= torch.inf, torch.where(rest > 0, torch.nan, 0.0).to(x), x - largest)
    return own, rest, right, weights"""
CROSS_ENTROPY = """class CrossEntropy(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(z, y):
        own, rest, _, _ = surprise(z, y)
        return torch.log1p(rest + torch.expm1(own)) - own

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, d):  # softmax(z) - onehot(y)
        own, rest, right, weights = surprise(*ctx.saved_tensors)
        slope = torch.where(right, -rest[..., None], weights) / (rest + torch.exp(own))[..., None]
        return d[..., None] * slope, None


def cross_entropy(z, y):
    y = torch.as_tensor(y, device=z.device)
    shape = torch.broadcast_shapes(y.shape, z.shape[:-1])
    return CrossEntropy.apply(z.expand(*shape, z.shape[-1]), y.expand(shape))"""
LOGSUMEXP = """class LogSumExp(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(z):
        largest, rest = from_largest(z)
        return torch.where(torch.abs(largest) < torch.inf, largest + torch.log1p(rest), largest)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, d):
        (z,) = ctx.saved_tensors
        largest, rest = from_largest(z)
        weights = torch.exp(torch.where(z >= torch.inf, 0, z - largest[..., None]))
        return d[..., None] * weights / (1 + rest)[..., None]


def from_largest(z):  # the largest one, and the sum of the weights of the others
    place = z.argmax(-1, keepdim=True)
    largest = torch.gather(z, -1, place)
    own = torch.arange(z.shape[-1], device=z.device) == place
    return largest[..., 0], torch.where(own, 0, torch.exp(z - largest)).sum(-1)


def logsumexp(z):
    return LogSumExp.apply(z)"""
LARGEST = """def largest(x):  # the derivative belongs to the first one
    out = torch.gather(x, -1, x.argmax(-1, keepdim=True))[..., 0]
    return out * torch.where(out == out, 1.0, torch.nan).to(out)"""
NORM = """class Norm(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        scale = torch.abs(x).max(-1).values
        scale = torch.where((scale > 0) & (scale < torch.inf), scale, 1)
        return scale * torch.sqrt(((x / scale[..., None]) ** 2).sum(-1))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, d):
        (x,) = ctx.saved_tensors
        out = norm(x)[..., None]
        return d[..., None] * torch.where(out > 0, x / out, 0)


def norm(x):
    return Norm.apply(x)"""
WINDOWS = """def windows(x, sizes, axes):  # every window along these axes, as further axes
    for size, axis in zip(sizes, axes):
        x = x.unfold(axis, size, 1)
    return x"""
SOFTPLUS = """def _softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))"""
CBRT = """def _cbrt(x):
    root = torch.sign(x) * torch.abs(x) ** (1 / 3)
    return torch.where((root == 0) | torch.isinf(root), root, root - (root - x / root**2) / 3)"""


MODULE = """


class {0}(torch.nn.Module):
    def __init__(self, theta):
        super().__init__()
        self.theta = torch.nn.Parameter(torch.as_tensor(theta))

    def forward({1}):
        return {2}({3})
"""


def module_name(title: str) -> str:
    """What the class is called: TotalLoss for total_loss."""
    name = "".join(part[:1].upper() + part[1:] for part in title.split("_"))
    return name if name != title else f"{name}Module"


class TorchWriter(BatchWriter):
    def __init__(self, dialect: Dialect, free: Callable[[str], str], like: str):
        super().__init__(dialect, free)
        self.like = like

    def write_step(self, op: Operation) -> tuple[str, int]:
        return f"{self.text(op.operands[0], ATOM)}[{op.static}]", ATOM

    def write_expand(self, op: Operation) -> tuple[str, int]:
        if op.static is None:
            return super().write_expand(op)
        return f"{self.text(op.operands[0], ATOM)}.expand_as({op.static.name}[0])", ATOM

    def write_stacked(self, op: Operation) -> tuple[str, int]:
        """A list of the steps as one tensor."""
        return f"torch.stack({self.text(op.operands[0])}, {op.static})", ATOM

    def write_table(self, op: Operation) -> tuple[str, int]:
        table: Table = op.static
        if len(table.values) <= LONG and len(op.shape) == 1:
            return f"{self.like}.new_tensor([{', '.join(map(self.dialect.number, table.values))}])", ATOM
        return f"{self.constant('C', table.values, op.shape)}.to({self.like})", ATOM

    def write_choose(self, op: Operation) -> tuple[str, int]:
        if all(part.name == "number" for part in op.operands[1:]):
            op = op.of(op.operands[0], Operation("scalar", (), (), op.operands[1].static), op.operands[2])
        return super().write_choose(op)

    def write_scalar(self, op: Operation) -> tuple[str, int]:
        """A number as a tensor of the right type."""
        return f"{self.like}.new_tensor({self.dialect.number(op.static)})", ATOM

    def write_less(self, op: Operation) -> tuple[str, int]:
        return f"({self.condition(op)}).to({self.like})", ATOM

    def write_function(self, op: Operation) -> tuple[str, int]:
        if op.name == "place of largest()":
            return f"{self.text(op.operands[0], ATOM)}.argmax(-1).to({self.like})", ATOM
        if not op.name.endswith("()") and op.name != "div":  # a function of PyTorch takes no plain numbers
            op = op.of(*(self.tensor(part) for part in op.operands))
        return super().write_function(op)

    @staticmethod
    def tensor(op: Operation) -> Operation:
        return Operation("scalar", (), (), op.static) if op.name == "number" else op

    def write_pow(self, op: Operation) -> tuple[str, int]:
        return f"torch.pow({self.text(op.operands[0])}, {self.text(op.operands[1])})", ATOM

    def write_transpose(self, op: Operation) -> tuple[str, int]:
        inner = self.text(op.operands[0], ATOM)
        return f"{inner}.T" if op.static == (1, 0) else f"{inner}.permute{op.static}", ATOM

    def write_windows(self, op: Operation) -> tuple[str, int]:
        self.functions.add("windows")
        axes, spans = zip(*op.static, strict=True)
        return f"windows({self.text(op.operands[0])}, {spans}, {axes})", ATOM

    def joined(self, texts: list[str]) -> str:
        return f"torch.cat([{', '.join(texts)}], 1)"

    def expanded(self, text: str, count: str, shape: tuple[int, ...]) -> str:
        return f"{text}.expand({', '.join([count, *map(str, shape)])})"


class TorchSource(Source):
    engine = "PyTorch"
    batched = True
    imports = {"torch.": "import torch"}
    helpers = {
        "softplus": SOFTPLUS,
        "cbrt": CBRT,
        "together": TOGETHER,
        "passed": PASS,
        "pick()": PICK,
        "surprise": SURPRISE,
        "cross_entropy()": CROSS_ENTROPY,
        "logsumexp()": LOGSUMEXP,
        "largest()": LARGEST,
        "smallest()": LARGEST.replace("largest", "smallest").replace("argmax", "argmin"),
        "norm()": NORM,
        "windows": WINDOWS,
    }
    needs = {"cross_entropy()": ("surprise",)}

    source_of_draws = "generator"
    writer: TorchWriter

    def before_draws(self, arrays: int) -> Iterator[str]:
        if arrays:
            yield f"like = {{'dtype': {self.like}.dtype, 'device': {self.like}.device, 'generator': generator}}"

    def drawn(self, uniform: bool, array: Array, number: int) -> str:
        return f"torch.{'rand' if uniform else 'randn'}({self.shape(array)}, **like)"

    def __init__(self, plan: Plan):
        super().__init__(plan)
        assert self.batching is not None
        self.batching.listed = {line.array for line in plan.form.lines if line.loop and line.part is not None}

    def make_writer(self, names: Namespace) -> TorchWriter:
        return TorchWriter(DIALECT, names.free, self.like)

    @property
    def like(self) -> str:
        """A tensor of the type of all numbers."""
        numbers = [t for t in self.plan.taken if t.name not in self.plan.indices]
        return "theta" if self.plan.theta else self.plan.array_of(numbers[0]).name if numbers else "torch.ones(())"

    @property
    def after(self) -> str:
        """The module; its only parameter is theta."""
        title = self.plan.title
        parameters = [x for x in self.parameters() if x != "theta"]
        arguments = [*(["self.theta"] if self.plan.theta else []), *(x.split("=")[0] for x in parameters)]
        return MODULE.format(module_name(title), ", ".join(["self", *parameters]), title, ", ".join(arguments))

    def first_lines(self) -> Iterator[str]:
        yield from ()

    def taken(self, text: str, is_index: bool) -> str:
        of = "theta" if self.plan.theta else "torch.get_default_dtype()"
        return f"torch.as_tensor({text})" if is_index else f"torch.as_tensor({text}).to({of})"

    def part_of(self, index: str, reshaped: str) -> str:
        return f"theta{index}{reshaped}"

    def constant(self, name: str, values: tuple[float, ...], shape: tuple[int, ...]) -> str:
        whole = all(isinstance(x, int) for x in values)
        numbers = ", ".join(str(x) if whole else DIALECT.number(float(x)) for x in values)
        return f"{name} = torch.tensor([{numbers}]{'' if whole else ', dtype=torch.float64'}).reshape{shape}"

    def scalar(self, text: str) -> str:
        return f"{self.like}.new_tensor({text})"

    def check(self, condition: str, message: str) -> str:
        return f"assert ({condition}).all(), {message}"

    def begin(self, array: Array) -> Iterator[str]:
        assert self.batching is not None
        if array in self.batching.listed:
            first, *rest = array.shape
            inner = Array(tuple(rest))
            self.batching.varying |= {inner} if self.plan.taken else set()
            yield f"{array.name} = [{self.like}.new_zeros({self.shape(inner)})] * {first}"
        else:
            yield f"{array.name} = {self.like}.new_zeros({self.shape(array)})"

    def put(self, line: Line, text: str) -> Iterator[str]:
        array = line.array
        if self.batching is None or array not in self.batching.listed:
            yield f"{array.name}[{self.index_of(line)}] = {text}"
            return
        assert line.part is not None
        at, *others = line.part
        if line.is_flat or any(list(of) != [*range(size)] for of, size in zip(others, array.shape[1:], strict=True)):
            raise Unfit
        if len(at) == 1:
            yield f"{array.name}[{at[0]}] = {text}"
            return
        parts = self.writer.free("parts")
        yield f"{parts} = ({text}).unbind({1 if self.varies(array) else 0})"
        yield from (f"{array.name}[{place}] = {parts}[{k}]" for k, place in enumerate(at))

    def pushed(self, slope: Operation | None) -> str:
        if slope is None:
            return "None"
        if slope.name == "number":
            return f"{self.writer.text(slope)} * d"
        return f"passed({self.writer.text(slope)}, d)"

    def helper(self, name: str, rule: Rule) -> str:
        operands = rule.operands
        self.writer.like = operands[0]  # theta is not there
        title = "".join(part.capitalize() for part in name.split("_"))
        pushed = [self.pushed(op) for op in rule.partials]
        steps = [f"        {step} = {self.writer.text(op)}" for step, op in rule.steps]
        several = len(operands) > 1
        self.writer.functions |= {"passed", "together"} if several else {"passed"}
        return "\n".join(
            [
                f"class {title}(torch.autograd.Function):",
                "    generate_vmap_rule = True",
                "",
                "    @staticmethod",
                f"    def forward({', '.join(operands)}):",
                *steps,
                f"        return {self.writer.text(rule.out)}",
                "",
                "    @staticmethod",
                "    def setup_context(ctx, inputs, output):",
                "        ctx.save_for_backward(*inputs)",
                "",
                "    @staticmethod",
                "    def backward(ctx, d):",
                f"        {', '.join(operands)}{',' * (not several)} = ctx.saved_tensors",
                *steps,
                f"        return {', '.join(pushed)}",
                "",
                "",
                f"def {name}({'*operands' if several else operands[0]}):",
                f"    return {title}.apply({'*together(*operands)' if several else operands[0]})",
            ]
        )


def make_module(source: Source) -> Any:
    """An `nn.Module` in float64 with the numbers that the parameters have now."""
    torch = torch_or_error()
    numbers = torch.tensor([float(p.data) for p in source.plan.theta], dtype=torch.float64)
    return module_of(source.text, Described(source.plan, source))(numbers)


def module_of(source: str, about: Described) -> Any:
    """The class of the module in a source, with what an export has besides."""
    torch = torch_or_error()
    base: Any = run_source(source, about.title)[module_name(about.title)]

    class Exported(base):  # type: ignore[misc]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            if not torch.compiler.is_compiling():
                about.check([self.theta], args, kwargs)
            return super().__call__(*args, **kwargs)

        def save(self, path: str | os.PathLike[str]) -> Path:
            """Write the source to a file, and return its path: a module that needs PyTorch alone."""
            return write_file(path, source)

        def __repr__(self) -> str:
            return f"<{about}>"

        def __reduce__(self) -> Any:
            return rebuild, (source, about), self.__dict__.copy()

    Exported.__name__ = Exported.__qualname__ = base.__name__
    Exported.source = source
    Exported.about = about
    return Exported


def rebuild(source: str, about: Described) -> Any:
    """What pickle calls for a module: the numbers come after it."""
    return module_of(source, about)([])


def torch_or_error() -> Any:
    try:
        import torch
    except ImportError as error:
        raise ImportError("this needs PyTorch: pip install 'micrograd-lab[torch]'") from error
    return torch
