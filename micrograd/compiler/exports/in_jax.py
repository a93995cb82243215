"""Exports to JAX: a pure function of theta and of one example, for `vmap`, `jit`, `grad` and sharding.

Products of matrices ask for the highest precision, which on a GPU would be TF32 otherwise. What JAX differentiates
otherwise than we do has a rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import indent

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.exports.described import KEY
from micrograd.compiler.exports.gates import gate_of
from micrograd.compiler.exports.jax_functions import HELPERS
from micrograd.compiler.exports.layout import in_lines
from micrograd.compiler.exports.rules import Rule
from micrograd.compiler.exports.source import Source
from micrograd.compiler.exports.steps import Carried, Read, Steps, places
from micrograd.compiler.exports.writer import ArrayWriter, Names, dialect_of, gates
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import Gather, Loop, Table
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operations import Operation
from micrograd.compiler.matrices.spelling import ATOM, LONG, PRODUCT, Spelling
from micrograd.compiler.matrices.text import lower_line

FUNCTIONS = {
    "sigmoid": "jax.nn.sigmoid",
    "softplus": "jax.nn.softplus",
    "erf": "jax.scipy.special.erf",
    "erfc": "jax.scipy.special.erfc",
    "log_ndtr": "jax.scipy.special.log_ndtr",
}
DIALECT = dialect_of(
    Names("jnp.", FUNCTIONS),
    {
        "detached": Spelling(ATOM, "jax.lax.stop_gradient({0})"),
        "cross_entropy()": Spelling(ATOM, "cross_entropy({1}, {0})"),
        "pick()": Spelling(ATOM, "pick({1}, {0})"),
        "place of largest()": Spelling(PRODUCT, "1.0 * jnp.argmax({0}, -1)"),
    },
)


class JaxWriter(ArrayWriter):
    def write_matmul(self, op: Operation) -> tuple[str, int]:
        self.functions.add("matmul")
        return f"matmul({self.text(op.operands[0])}, {self.text(op.operands[1])})", ATOM

    def write_einsum(self, op: Operation) -> tuple[str, int]:
        self.functions.add("einsum")
        return f"einsum('{op.static}', {', '.join(map(self.text, op.operands))})", ATOM

    def listed(self, part: tuple[int, ...]) -> str:
        return f"np.array({list(part)})" if len(part) <= LONG else self.constant("I", part, (len(part),))

    def write_gather(self, op: Operation) -> tuple[str, int]:
        gather: Gather = op.static
        flat = [a.name if len(a.shape) == 1 else f"{a.name}.reshape(-1)" for a in gather.arrays]
        source = flat[0] if len(flat) == 1 else f"jnp.concatenate([{', '.join(flat)}])"
        if len(op.shape) == 1:
            return f"{source}[{self.listed(gather.places)}]", ATOM
        return f"{source}[{self.constant('I', gather.places, op.shape)}]", ATOM

    def write_table(self, op: Operation) -> tuple[str, int]:
        table: Table = op.static
        if len(table.values) <= LONG and len(op.shape) == 1:
            return f"jnp.array([{', '.join(map(self.dialect.number, table.values))}], {self.dtype})", ATOM
        return f"jnp.array({self.constant('C', table.values, op.shape)}, {self.dtype})", ATOM


def tupled(texts: Sequence[str]) -> str:
    return f"({', '.join(texts)}{',' * (len(texts) == 1)})"


class JaxSource(Source):
    engine = "JAX"
    batched = False
    imports = {
        "partial(": "from functools import partial\n",
        "jax.": "import jax",
        "jnp.": "import jax.numpy as jnp",
        "np.array": "import numpy as np",
        "checkify.": "from jax.experimental import checkify",
    }
    helpers = {**gates("jnp.", ".astype(x.dtype)"), **HELPERS}
    needs = {"cross_entropy()": ("surprise",)}

    source_of_draws = KEY
    default_of_draws = ""

    def before_draws(self, arrays: int) -> Iterator[str]:
        if arrays > 1:
            yield f"keys = jax.random.split(key, {arrays})"

    def drawn(self, uniform: bool, array: Array, number: int) -> str:
        key = "key" if number < 0 else f"keys[{number}]"
        return f"jax.random.{'uniform' if uniform else 'normal'}({key}, {array.shape}, {self.dtype})"

    def make_writer(self, names: Namespace) -> JaxWriter:
        self.free = names.free
        return JaxWriter(DIALECT, names.free, self.dtype)

    @property
    def dtype(self) -> str:
        return "theta.dtype" if self.plan.theta else "dtype"

    def first_lines(self) -> Iterator[str]:
        if self.plan.theta:
            yield "theta = jnp.asarray(theta) * 1.0"
        else:
            numbers = [t.access for t in self.plan.taken if t.name not in self.plan.indices]
            yield f"dtype = jnp.result_type({', '.join(['float', *numbers])})"

    def taken(self, text: str, is_index: bool) -> str:
        return f"jnp.asarray({text})" if is_index else f"jnp.asarray({text}, {self.dtype})"

    def part_of(self, index: str, reshaped: str) -> str:
        listed = re.sub(r"(\[|, )(\[[^\[\]]*\])\]$", r"\1np.array(\2)]", index)  # JAX takes no lists as an index
        return f"theta{listed}{reshaped}"

    def constant(self, name: str, values: tuple[float, ...], shape: tuple[int, ...]) -> str:
        whole = all(isinstance(x, int) for x in values)
        numbers = ", ".join(str(x) if whole else repr(float(x)) for x in values)
        numbers = numbers.replace("nan", "np.nan").replace("inf", "np.inf")
        return f"{name} = np.array([{numbers}]).reshape{shape}"

    def scalar(self, text: str) -> str:
        return f"jnp.asarray({text}, {self.dtype})"

    def truth(self, text: str) -> str:
        return f"jnp.asarray({text})"

    def check(self, condition: str, message: str) -> str:
        return f"checkify.check({condition}, {message})"

    def begin(self, array: Array) -> Iterator[str]:
        yield f"{array.name} = jnp.zeros({array.shape}, {self.dtype})"

    def put(self, line: Line, text: str) -> Iterator[str]:
        yield f"{line.array.name} = {line.array.name}.at[{self.index_of(line)}].set({text})"

    def loop(self, loop: Loop, lines: Sequence[Line]) -> Iterator[str]:
        """A `scan`: its time to compile does not grow with the steps."""
        steps = Steps(loop, lines, self.free)
        body = []
        for line in lines:
            name = line.array.name if line.part is None else steps.own[line.array]
            body.append(in_lines(f"{name} = {self.writer.text(steps.of(lower_line(line)))}"))
        before, now = list(steps.carried.values()), list(steps.read.values())
        after = [steps.own[c.array] if c.ago == 1 else steps.carried[c._replace(ago=c.ago - 1)] for c in steps.carried]
        kept = [array for array in steps.own if self.is_read_after(lines, array)]
        own = [steps.own[array] for array in kept]
        first = [f"{c.array.name}[{self.at(steps, c)}]" for c in steps.carried]
        moving = [self.moving(read, loop) for read in steps.read]
        name = self.free("one_step")
        unpacked = [f"{tupled(names)} = {of}" for names, of in ((before, "before"), (now, "now")) if names]
        yield f"\ndef {name}(before, now):"
        yield indent("\n".join([*unpacked, *body, f"return {tupled(after)}, {tupled(own)}"]), "    ") + "\n"
        over = tupled(moving) if moving else f"None, {loop.time.size}"
        found = [self.free(f"{x}s") for x in own]
        yield f"_, {tupled(found) if found else '_'} = jax.lax.scan({name}, {tupled(first)}, {over})"
        for array, text in zip(kept, found, strict=True):
            index = places(steps.written[array], loop, array.shape[0])
            yield f"{array.name} = {array.name}.at[{index}].set({text})"

    @staticmethod
    def at(steps: Steps, carried: Carried) -> int:
        """The place of a state before the first step."""
        there = steps.written[carried.array]
        place = there.base + there.step * (steps.loop.first - carried.ago)
        if not 0 <= place < carried.array.shape[0] or steps.loop.by != 1 or there.step != 1:
            raise Unfit
        return place

    @staticmethod
    def moving(read: Read, loop: Loop) -> str:
        name = read.array.name if not read.axis else f"jnp.moveaxis({read.array.name}, {read.axis}, 0)"
        return f"{name}[{places(read.at, loop, read.array.shape[read.axis])}]"

    def pushed(self, slope: Operation, d: str, is_gate: bool) -> str:
        """What passes of a tangent."""
        if not is_gate:
            return f"{self.writer.text(slope, PRODUCT)} * {d}"
        gate = gate_of(slope)
        if gate is None:
            self.writer.functions.add("passed")
            return f"passed({self.writer.text(slope)}, {d})"
        if gate.undefined:
            d = f"{d} * jnp.where({self.writer.any_of(gate.undefined)}, jnp.nan, 1)"
        return f"jnp.where({self.writer.any_of(gate.shut)}, 0, {d})" if gate.shut else d

    def steps(self, steps: Sequence[tuple[str, Operation]]) -> list[str]:
        return [f"    {title} = {self.writer.text(op)}" for title, op in steps]

    def helper(self, name: str, rule: Rule) -> str:
        operands = rule.operands
        several = len(operands) > 1
        own = f"_{name}" if several else name
        tangents = [f"d{x}" for x in operands]
        slopes = zip(rule.partials, tangents, strict=True)
        pushed = [self.pushed(op, d, rule.gate) for op, d in slopes if op is not None]
        lines = [
            "@jax.custom_jvp",
            f"def {own}({', '.join(operands)}):",
            *self.steps(rule.steps_for(rule.out)),
            f"    return {self.writer.text(rule.out)}",
            "",
            "",
            f"@{own}.defjvp",
            "def _(at, along):",
            f"    {tupled(operands)}, {tupled(tangents)} = at, along",
            *self.steps(rule.steps_for(*rule.partials)),
            f"    return {own}(*at), {' + '.join(pushed) or f'jnp.zeros_like({operands[0]})'}",
        ]
        if several:
            lines += ["", "", f"def {name}(*operands):", f"    return {own}(*together(*operands))"]
        self.writer.functions |= {"together"} if several else set()
        return "\n".join(lines)
