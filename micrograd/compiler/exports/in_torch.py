"""Exports to PyTorch: a module with the parameter `theta` and a `forward` of a batch of examples.

torch.compile, DistributedDataParallel, state_dict and torch.export take it as any other module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.exports.gates import gate_of
from micrograd.compiler.exports.plan import Plan
from micrograd.compiler.exports.rules import Rule
from micrograd.compiler.exports.source import Source
from micrograd.compiler.exports.torch_functions import HELPERS
from micrograd.compiler.exports.words import class_name, words
from micrograd.compiler.exports.writer import BatchWriter, Names, dialect_of
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import Table
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operations import Operation, Span
from micrograd.compiler.matrices.spelling import ATOM, LONG, PRODUCT, Dialect, Spelling

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
        "detached": Spelling(ATOM, "{0:atom}.detach()"),
        "cross_entropy()": Spelling(ATOM, "cross_entropy({1}, {0})"),
        "pick()": Spelling(ATOM, "pick({1}, {0})"),
        "step": Spelling(ATOM, "torch.where({0} > 0, 1.0, torch.where({0} <= 0, 0.0, torch.nan)).to({0:atom})"),
        "relu gate": Spelling(ATOM, "torch.where({0} > 0, {1}, torch.where({0} <= 0, 0, torch.nan).to({0:atom}))"),
    },
)
MODULE = """


class {0}(torch.nn.Module):
    def __init__(self, theta):
        super().__init__()
        self.theta = torch.nn.Parameter(torch.as_tensor(theta))

    def forward({1}):
        return {2}({3})
"""
MODULE_ALONE = """


class {0}(torch.nn.Module):
    def forward({1}):
        return {2}({3})
"""


def module_name(title: str) -> str:
    """What the class is called: TotalLoss for total_loss."""
    name = class_name(title)
    return name if name.isidentifier() and name != title and name not in words(False) else f"{name}Module"


class TorchWriter(BatchWriter):
    def __init__(self, dialect: Dialect, free: Callable[[str], str], like: str):
        super().__init__(dialect, free, f"{like}.dtype")
        self.like = like
        self.in_rule = False

    def full(self, shape: tuple[int, ...], number: str) -> str:
        return f"{self.like}.new_full({shape}, {number})"

    def write_slice(self, op: Operation) -> tuple[str, int]:
        """PyTorch has no slices with a step below 0: what they take is turned around afterwards."""
        parts, turned = [*op.static], list[int]()
        for k, part in enumerate(op.static):
            if isinstance(part, Span) and part.start is not None and part.step < 0:
                places = range(part.start, -1 if part.stop is None else part.stop, part.step)
                parts[k] = Span(places[-1], places[0] + 1, -part.step)
                turned.append(sum(not isinstance(before, int) for before in op.static[:k]))
        text, level = super().write_slice(Operation("slice", op.operands, op.shape, tuple(parts)))
        return text + (f".flip({', '.join(map(str, turned))})" if turned else ""), level

    def write_item(self, op: Operation) -> tuple[str, int]:
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
        condition, a, b = op.operands
        if self.in_rule and (a.name == "number") != (b.name == "number"):  # all others have one shape
            of, number = (b, a) if a.name == "number" else (a, b)
            where = self.condition(condition) if of is b else f"~({self.condition(condition)})"
            return f"{self.text(of, ATOM)}.masked_fill({where}, {self.text(number)})", ATOM
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
        x, exponent = op.operands
        rooted = exponent.name == "number" and exponent.static % 1 == 0.5
        self.functions |= {"power"} if rooted else set()
        return f"{'power' if rooted else 'torch.pow'}({self.text(x)}, {self.text(exponent)})", ATOM

    def write_transpose(self, op: Operation) -> tuple[str, int]:
        inner = self.text(op.operands[0], ATOM)
        return f"{inner}.T" if op.static == (1, 0) else f"{inner}.permute{op.static}", ATOM

    def joined(self, texts: list[str]) -> str:
        return f"torch.cat([{', '.join(texts)}], 1)"

    def expanded(self, text: str, count: str, shape: tuple[int, ...]) -> str:
        return f"{text}.expand({', '.join([count, *map(str, shape)])})"


class TorchSource(Source):
    engine = "PyTorch"
    batched = True
    imports = {"torch.": "import torch"}
    helpers = HELPERS
    needs = {"cross_entropy()": ("surprise",)}

    source_of_draws = "generator"
    writer: TorchWriter

    def before_draws(self, arrays: int) -> Iterator[str]:
        if arrays:
            yield f"like = {{'dtype': {self.like}.dtype, 'device': {self.like}.device, 'generator': generator}}"

    def drawn(self, uniform: bool, array: Array, number: int) -> str:
        return f"torch.{'rand' if uniform else 'randn'}({self.shape(array)}, **like)"

    def __init__(self, plan: Plan, taken: Iterable[str] = ()):
        super().__init__(plan, taken)
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
    def typed(self) -> str:
        return f".to({self.like})"

    @property
    def after(self) -> str:
        """The module; its only parameter is theta."""
        title = self.plan.title
        parameters = [x for x in self.parameters() if x != "theta"]
        module = MODULE if self.plan.theta else MODULE_ALONE
        arguments = [*(["self.theta"] if self.plan.theta else []), *(x.split("=")[0] for x in parameters)]
        return module.format(module_name(title), ", ".join(["self", *parameters]), title, ", ".join(arguments))

    def first_lines(self) -> Iterator[str]:
        yield from ()

    def taken(self, text: str, is_index: bool) -> str:
        if is_index:
            return f"torch.as_tensor({text})"
        return f"torch.as_tensor({text}).to(theta)" if self.plan.theta else f"torch.as_tensor({text}) * 1.0"

    def part_of(self, index: str, reshaped: str) -> str:
        return f"theta{index.replace('np.array', 'torch.tensor')}{reshaped}"

    def constant(self, name: str, values: tuple[float, ...], shape: tuple[int, ...]) -> str:
        whole = all(isinstance(x, int) for x in values)
        numbers = ", ".join(str(x) if whole else DIALECT.number(float(x)) for x in values)
        return f"{name} = torch.tensor([{numbers}]{'' if whole else ', dtype=torch.float64'}).reshape{shape}"

    def scalar(self, text: str) -> str:
        return f"{self.like}.new_tensor({text})"

    def truth(self, text: str) -> str:
        return f"torch.as_tensor({text})"

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

    def pushed(self, slope: Operation | None, is_gate: bool) -> str:
        """What passes of a gradient."""
        if slope is None:
            return "None"
        if not is_gate:
            return f"{self.writer.text(slope, PRODUCT)} * d"
        gate = gate_of(slope)
        if gate is None:
            self.writer.functions.add("passed")
            return f"passed({self.writer.text(slope)}, d)"
        shut = f".masked_fill({self.writer.any_of(gate.shut)}, 0)" if gate.shut else ""
        undefined = f".masked_fill({self.writer.any_of(gate.undefined)}, torch.nan)" if gate.undefined else ""
        return f"d{shut}{undefined}"

    def helper(self, name: str, rule: Rule) -> str:
        operands = rule.operands
        several = len(operands) > 1
        self.writer.like, self.writer.in_rule = operands[0], True  # theta is not there
        title = class_name(name)
        pushed = [self.pushed(op, rule.gate) for op in rule.partials]
        forward = [f"        {step} = {self.writer.text(op)}" for step, op in rule.steps_for(rule.out)]
        backward = [f"        {step} = {self.writer.text(op)}" for step, op in rule.steps_for(*rule.partials)]
        unpacked = ", ".join(operands) if several else f"({operands[0]},)"
        self.writer.functions |= {"together"} if several else set()
        return "\n".join(
            [
                f"class {title}(torch.autograd.Function):",
                "    generate_vmap_rule = True",
                "",
                "    @staticmethod",
                f"    def forward({', '.join(operands)}):",
                *forward,
                f"        return {self.writer.text(rule.out)}",
                "",
                "    @staticmethod",
                "    def setup_context(ctx, inputs, output):",
                "        ctx.save_for_backward(*inputs)",
                "",
                "    @staticmethod",
                "    def backward(ctx, d):",
                f"        {unpacked} = ctx.saved_tensors",
                *backward,
                f"        return {', '.join(pushed)}",
                "",
                "",
                f"def {name}({'*operands' if several else operands[0]}):",
                f"    return {title}.apply({'*together(*operands)' if several else operands[0]})",
            ]
        )
