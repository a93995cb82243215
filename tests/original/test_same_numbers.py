"""Programs for the original's Value and networks: the same numbers here, to the last digits."""

import random

import pytest
from budget import seeds


def grads(*leaves):
    return [v.grad for v in leaves]


def arithmetic(Value, nn):
    a, b = Value(-4.0), Value(2.0)
    c = (a + b * 3 - 2 / b) * (1 - a) / 7 + sum([a, b, a]) + (-b) ** 3 + a**2 + b**-1
    d = (c + a).relu() + (a - c).relu() * 2
    d += d + 1
    d *= c / 100
    d.backward()
    return [d.data, c.data, *grads(a, b)]


def whole_numbers(Value, nn):
    a, b = Value(3), Value(-2)
    c = a * 2 + b**2 - 1
    d = (c * a + 5) * b
    d.backward()
    return [d.data, c.data, *grads(a, b, c, d)]


def reuse(Value, nn):
    x = Value(0.7)
    y = x
    for k in range(20):
        y = y * x + (y - k * x).relu()
    y.backward()
    return [y.data, x.grad]


def several_roots(Value, nn):
    """Two losses over shared leaves, one pass each: the grads of the leaves add up."""
    x, y = Value(1.5), Value(-0.5)
    (x * y + x).backward()
    (x**3 - y).backward()
    return grads(x, y)


def grads_by_hand(Value, nn):
    """A pass without `backward`: seed the root and call `_backward` from there to the leaves."""
    x, y = Value(1.5), Value(-0.5)
    p = x * y
    q = p + x
    r = q.relu() ** 2
    r.grad = 1.0
    for v in (r, *r._prev, q, p):
        v._backward()
    return [r.data, *grads(x, y, p, q)]


def at_kinks(Value, nn):
    x, y = Value(0.0), Value(-1.0)
    (x.relu() * 3 + (x * y).relu() + y.relu()).backward()
    return grads(x, y)


def network(Value, nn):
    random.seed(3)
    model = nn.MLP(3, [4, 4, 1])
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    losses = []
    for _ in range(5):
        scores = [model(list(map(Value, x))) for x in xs]
        loss = sum((score - y) ** 2 for score, y in zip(scores, [1.0, -1.0, -1.0, 1.0], strict=True))
        model.zero_grad()
        loss.backward()
        losses.append(loss.data)
        for p in model.parameters():
            p.data -= 0.01 * p.grad
    return losses + grads(*model.parameters())


def pieces(Value, nn):
    random.seed(5)
    neuron, layer = nn.Neuron(2), nn.Layer(2, 3, nonlin=False)
    x = [Value(0.3), Value(-2.0)]
    out = sum(layer(x)) * neuron(x) + nn.Neuron(2, nonlin=False)(x)
    out.backward()
    return [out.data, *grads(*neuron.parameters(), *layer.parameters(), *x)]


def weights_set_by_hand(Value, nn):
    random.seed(1)
    neuron = nn.Neuron(2)
    neuron.w = [Value(-1.0), Value(-2.0)]
    neuron.b = Value(0.5)
    shut = neuron([1.0, 1.0])
    neuron.nonlin = False
    out = neuron([1.0, 1.0])
    (out * out).backward()
    return [shut.data, out.data, *grads(*neuron.parameters())]


@pytest.mark.parametrize(
    "program",
    [
        arithmetic,
        whole_numbers,
        reuse,
        several_roots,
        grads_by_hand,
        at_kinks,
        network,
        pieces,
        weights_set_by_hand,
    ],
)
def test_the_same_numbers(same, program):
    same(program)


def random_program(Value, draw):
    """Forty operations on whatever came before: Values, floats and whole numbers in either place, in place too."""
    leaves = [Value(draw.uniform(-2, 2)) for _ in range(4)]
    nodes = list(leaves)
    for _ in range(40):
        v, w = draw.choice(nodes), draw.choice([*nodes, draw.uniform(-2, 2), draw.randint(-3, 3)])
        k = draw.randrange(10)
        if k == 0:
            out = v + w
        elif k == 1:
            out = w + v
        elif k == 2:
            out = v - w
        elif k == 3:
            out = w - v
        elif k == 4:
            out = v * w * 0.5
        elif k == 5:
            out = w / (v**2 + 1)
        elif k == 6:
            out = v / (abs(w) + 1.5) if isinstance(w, int | float) else v / (w * w + 1.5)
        elif k == 7:
            out = (v - 0.1).relu() - (-v).relu() * 0.3
        elif k == 8:
            out = (v * 0.3) ** draw.choice([2, 3, 0.0, 1]) if v.data > 0 else -v
        else:
            out = v
            out += w
            out *= 0.7
            out -= v
        nodes.append(out / 4 if abs(out.data) > 4 else out)
    root = sum(nodes[-8:])
    root.backward()
    return [v.data for v in nodes] + grads(*leaves) + grads(root)


@pytest.mark.parametrize("seed", seeds(20, 400))
def test_the_same_numbers_in_random_programs(same, seed):
    same(lambda Value, nn: random_program(Value, random.Random(seed)))
