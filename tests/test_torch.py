"""PyTorch as a second reference, if it is installed: every primitive, edges where both promise the same, an MLP."""

import math
import random

import pytest
from points import cases

from micrograd import Value, losses
from micrograd.nn import MLP
from micrograd.ops import PRIMITIVES, evaluate

torch = pytest.importorskip("torch", reason="PyTorch is the reference: pip install 'micrograd-lab[torch]'")

SAME_NAME = """
    exp log log1p expm1 sqrt sin cos tan atan tanh sigmoid erf relu abs exp2 log2 log10 asin acos sinh cosh asinh acosh
    atanh erfc logaddexp hypot sign floor ceil trunc clip atan2
""".split()
REFERENCE = {name: getattr(torch, name) for name in SAME_NAME} | {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "div": torch.div,
    "neg": torch.neg,
    "power": torch.pow,
    "power_value": torch.pow,
    "mod": torch.remainder,
    "floordiv": lambda x, y: torch.floor(x / y),
    "cbrt": lambda x: torch.sign(x) * torch.abs(x) ** (1 / 3),
    "log_ndtr": torch.special.log_ndtr,
    "where": lambda condition, x, y: torch.where(condition > 0.5, x, y) + 0 * condition,
    "softplus": torch.nn.functional.softplus,
    "softsign": torch.nn.functional.softsign,
    "silu": torch.nn.functional.silu,
    "gelu": torch.nn.functional.gelu,
    "mish": torch.nn.functional.mish,
    "logsumexp": lambda *values: torch.logsumexp(torch.stack(values), 0),
    "cross_entropy": lambda t, *v: torch.nn.functional.cross_entropy(torch.stack(v)[None], t[None].long()) + 0 * t,
    "norm": lambda *values: torch.linalg.vector_norm(torch.stack(values)),
    "hardtanh": torch.nn.functional.hardtanh,
    "relu6": torch.nn.functional.relu6,
    "max": torch.maximum,
    "min": torch.minimum,
    "total": lambda *values: torch.stack(values).sum(),
    "dot": lambda *v: v[-1] + torch.dot(torch.stack(v[: len(v) // 2]), torch.stack(v[len(v) // 2 : -1])),
}
EDGES = [
    ("sqrt", (0.0,), ()),
    ("power", (0.0,), (0.5,)),
    ("power", (0.0,), (0,)),
    ("power_value", (-2.0, -3.0), ()),
    ("power_value", (0.0, 1.0), ()),
    ("power_value", (0.0, 0.0), ()),
    ("power_value", (2.0, 0.0), ()),
    ("relu", (0.0,), ()),
    ("relu6", (0.0,), ()),
    ("relu6", (6.0,), ()),
    ("hardtanh", (1.0,), ()),
    ("hardtanh", (-1.0,), ()),
    ("clip", (1.0, -1.0, 1.0), ()),
    ("asin", (1.0,), ()),
    ("log_ndtr", (-5.0,), ()),
    ("abs", (0.0,), ()),
    ("tanh", (400.0,), ()),
    ("sigmoid", (-1000.0,), ()),
    ("exp", (-1000.0,), ()),
    ("mul", (math.inf, 2.0), ()),
]


@pytest.mark.parametrize(
    ("name", "operands", "constants"), [*(case for case in cases() if case[0] in REFERENCE), *EDGES]
)
def test_primitives(name, operands, constants):
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in operands]
    out = REFERENCE[name](*leaves, *constants)
    out.backward()
    got = evaluate(PRIMITIVES[name], list(operands), constants, [""] * len(operands))
    assert got == pytest.approx((out.item(), *(leaf.grad.item() for leaf in leaves)), rel=1e-12, abs=1e-12, nan_ok=True)


def test_a_network():
    model = MLP(4, [5, 3], activation="tanh", rng=random.Random(1))
    xs, targets = [[0.1, -0.4, 1.0, 0.3], [2.0, 0.2, -0.7, 0.5]], [2, 0]
    loss = losses.cross_entropy(model(xs), targets)
    loss.backward()

    x = torch.tensor(xs, dtype=torch.float64)
    grads = []
    for k, layer in enumerate(model.layers):
        w = torch.tensor([[v.data for v in n.w] for n in layer.neurons], dtype=torch.float64, requires_grad=True)
        b = torch.tensor([n.b.data for n in layer.neurons], dtype=torch.float64, requires_grad=True)
        x = torch.nn.functional.linear(x, w, b)
        x = torch.tanh(x) if k == 0 else x
        grads.append((w, b))
    reference = torch.nn.functional.cross_entropy(x, torch.tensor(targets))
    reference.backward()
    assert loss.data == pytest.approx(reference.item(), rel=1e-14)
    for layer, (w, b) in zip(model.layers, grads, strict=True):
        for neuron, row, bias in zip(layer.neurons, w.grad.tolist(), b.grad.tolist(), strict=True):
            assert [v.grad for v in neuron.w] == pytest.approx(row, rel=1e-12, abs=1e-15)
            assert neuron.b.grad == pytest.approx(bias, rel=1e-12)


def test_reuse_and_repeated_passes():
    x, reference = Value(3.0), torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    for _ in range(2):
        (x * x * x + x.exp() / x).backward()
        (reference * reference * reference + reference.exp() / reference).backward()
        assert x.grad == pytest.approx(reference.grad.item(), rel=1e-14)
