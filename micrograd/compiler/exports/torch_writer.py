"""Operations on many examples as text for PyTorch."""

from __future__ import annotations

from collections.abc import Callable

from micrograd.compiler.exports.writer import BatchWriter, Names, dialect_of
from micrograd.compiler.matrices.expressions import Table
from micrograd.compiler.matrices.operations import Operation, Span
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
        "detached": Spelling(ATOM, "{0:atom}.detach()"),
        "cross_entropy()": Spelling(ATOM, "cross_entropy({1}, {0})"),
        "pick()": Spelling(ATOM, "pick({1}, {0})"),
    },
)


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
