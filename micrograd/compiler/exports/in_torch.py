"""Exports to PyTorch: a module with the parameter `theta` and a `forward` of a batch of examples.

torch.compile, DistributedDataParallel, state_dict and torch.export take it as any other module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.exports.gates import gate_of
from micrograd.compiler.exports.plan import Plan
from micrograd.compiler.exports.rules import Rule
from micrograd.compiler.exports.source import Source
from micrograd.compiler.exports.torch_functions import HELPERS
from micrograd.compiler.exports.torch_writer import DIALECT, TorchWriter
from micrograd.compiler.exports.words import class_name, words
from micrograd.compiler.exports.writer import gates
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operations import Operation
from micrograd.compiler.matrices.spelling import PRODUCT

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


class TorchSource(Source):
    engine = "PyTorch"
    batched = True
    imports = {"torch.": "import torch"}
    helpers = {**gates("torch.", ".to(x)"), **HELPERS}
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
