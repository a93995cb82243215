"""The original's own two tests, written again: PyTorch says the same about expressions of all its operations."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the reference: pip install 'micrograd-lab[torch]'")


def bend(v):
    return torch.relu(v) if isinstance(v, torch.Tensor) else v.relu()


def one_input(number):
    """Each operand of `z` is the input in another place."""
    x = number(-4.0)
    z = 2 * x + 2 + x
    q = bend(z) + z * x
    h = bend(z * z)
    y = h + q + q * x
    return y, [x]


def two_inputs(number):
    """Every operation, with numbers on either side, in place, with names bound again, divided and raised."""
    a, b = number(-4.0), number(2.0)
    c, d = a + b, a * b + b**3
    c += c + 1
    c += 1 + c - a
    d += d * 2 + bend(b + a)
    d += 3 * d + bend(b - a)
    e = c - d
    f = e**2
    g = f / 2.0 + 10.0 / f
    return g, [a, b]


def below_and_above(number):
    x, y, z = number(0.3), number(-1.7), number(2.5)
    out = bend(x * y) + bend(-x * y) * z - bend(z - 3) / (x + 1) ** 2 + (-z) ** -3
    return out * out - 1 / z, [x, y, z]


@pytest.mark.parametrize("program", [one_input, two_inputs, below_and_above])
def test_pytorch_and_the_original_say_the_same(program, ours, same):
    def numbers(Value, nn=None):
        out, leaves = program(Value)
        out.backward()
        return [out.data, *(v.grad for v in leaves)]

    out, leaves = program(lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True))
    out.backward()
    assert numbers(ours.engine.Value) == pytest.approx([out.item(), *(v.grad.item() for v in leaves)], rel=1e-12)
    same(numbers)
