"""Code as lectures write it: neurons of one's own, closures in `_backward`, walks over `_prev` with sets and lists."""

import math
import random

import pytest


def tanh(v):
    """An operation made by hand: a Value with a parent and a name, and the closure that pushes to the parent."""
    t = math.tanh(v.data)
    out = type(v)(t, (v,), "tanh")

    def _backward():
        v.grad += (1 - t**2) * out.grad

    out._backward = _backward
    return out


def exp(v):
    out = type(v)(math.exp(v.data), (v,), "exp")

    def _backward():
        v.grad += out.data * out.grad

    out._backward = _backward
    return out


def topological_order(root):
    order, visited = [], set()

    def visit(v):
        if v not in visited:
            visited.add(v)
            for parent in v._prev:
                visit(parent)
            order.append(v)

    visit(root)
    return order


def trace(root):
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for parent in v._prev:
                edges.add((parent, v))
                build(parent)

    build(root)
    return nodes, edges


def neuron_by_hand(Value, nn):
    """Two inputs, two weights, a bias and tanh; tanh made of exp gives the same grads."""
    results = []
    for activation in (tanh, lambda n: (exp(2 * n) - 1) / (exp(2 * n) + 1)):
        x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
        b = Value(6.8813735870195432)
        for v, name in ((x1, "x1"), (x2, "x2"), (w1, "w1"), (w2, "w2"), (b, "b")):
            v.label = name
        out = activation(x1 * w1 + x2 * w2 + b)
        out.backward()
        results += [out.data, x1.grad, x2.grad, w1.grad, w2.grad, b.grad]
        assert [v.label for v in (x1, x2, w1, w2, b)] == ["x1", "x2", "w1", "w2", "b"]
    assert results == pytest.approx(2 * [math.sqrt(0.5), -1.5, 0.5, 1.0, 0.0, 0.5])
    return results


def closures_by_hand(Value, nn):
    """`a * b + c` without an operator: every node and every closure is made by hand."""
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    product = Value(a.data * b.data, (a, b), "*")

    def multiply():
        a.grad += b.data * product.grad
        b.grad += a.data * product.grad

    product._backward = multiply
    total = Value(product.data + c.data, (product, c), "+")

    def add():
        product.grad += 1.0 * total.grad
        c.grad += 1.0 * total.grad

    total._backward = add
    total.backward()
    assert product._prev == {a, b} and total._prev == {product, c}
    return [total.data, a.grad, b.grad, c.grad, product.grad]


def backward_by_hand(Value, nn):
    a, b = Value(-2.0), Value(3.0)
    d, e = a * b, a + b
    f = d * e
    order = topological_order(f)
    f.grad = 1.0
    for v in reversed(order):
        v._backward()
    for v in order:
        assert all(order.index(parent) < order.index(v) for parent in v._prev)
    return [len(order), f.data, a.grad, b.grad, d.grad, e.grad]


def expression(Value):
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    return a, b, c, d, (c + c + 1) * d.relu() * d


def walk_with_sets(Value, nn):
    a, b, c, d, out = expression(Value)
    assert c._prev == {a, b} and {a, b} == c._prev and c._prev != {a} and a in c._prev
    assert c._prev | d._prev == {a, b} | d._prev and c._prev & {a} == {a} and c._prev - {a} == {b}
    assert c._prev.issubset({a, b, c}) and c._prev.isdisjoint({d}) and c._prev.union([d]) == {a, b, d}
    assert a._prev == set() and not a._prev and len(c._prev) == 2
    nodes, edges = trace(out)
    level, seen = {out}, set()
    while level:
        seen |= level
        level = set().union(*(v._prev for v in level)) - seen
    assert seen == nodes == set(topological_order(out))
    children = {v: {child for parent, child in edges if parent is v} for v in nodes}
    leaves = sorted(v.data for v in nodes if not v._prev)
    fan_out = sorted(len(children[v]) for v in nodes)
    return [len(nodes), len(edges), *leaves, *fan_out, *sorted(v.data for v in nodes), *map(ord, signs(nodes))]


def signs(nodes):
    return "".join(sorted(v._op for v in nodes))


def walk_with_a_stack(Value, nn):
    *_, out = expression(Value)
    stack, seen = [out], []
    while stack:
        v = stack.pop()
        if not any(v is other for other in seen):
            seen.append(v)
            stack += list(v._prev)
    return sorted(v.data for v in seen)


def lines_of_a_picture(Value, nn):
    """What `draw_dot` of the lectures hands to Graphviz: a box a Value, an oval an operation, under the node's id."""
    *_, out = expression(Value)
    out.backward()
    nodes, edges = trace(out)
    lines = [f"data {v.data:.4f} | grad {v.grad:.4f}" for v in nodes] + [v._op for v in nodes if v._op]
    names = {str(id(v)) for v in nodes} | {str(id(v)) + v._op for v in nodes if v._op}
    arrows = {(str(id(parent)), str(id(v)) + v._op) for parent, v in edges}
    assert len(names) == len(lines) and {name for arrow in arrows for name in arrow} <= names
    return list(map(ord, "".join(sorted(lines)))) + [len(arrows)]


def parents_and_names_assigned(Value, nn):
    """A walker that folds `a*b + c` into one node for its picture, and the pass by hand that still runs."""
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    product = a * b
    out = product + c
    out.backward()
    out._prev, out._op = {a, b, c}, "fma"
    assert out._prev == {a, b, c} and out._op == "fma"
    nodes, edges = trace(out)
    out._prev |= {product}
    assert out._prev == {a, b, c, product}
    return [len(nodes), len(edges), *sorted(v.data for v in out._prev), a.grad, b.grad, c.grad]


def own_network(Value, nn):
    """Neuron, Layer and MLP as a lecture writes them, without a base class, trained for a few steps."""

    class Neuron:
        def __init__(self, nin):
            self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
            self.b = Value(random.uniform(-1, 1))

        def __call__(self, x):
            return tanh(sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b))

        def parameters(self):
            return [*self.w, self.b]

    class Layer:
        def __init__(self, nin, nout):
            self.neurons = [Neuron(nin) for _ in range(nout)]

        def __call__(self, x):
            outs = [n(x) for n in self.neurons]
            return outs[0] if len(outs) == 1 else outs

        def parameters(self):
            return [p for n in self.neurons for p in n.parameters()]

    class MLP:
        def __init__(self, nin, nouts):
            sizes = [nin, *nouts]
            self.layers = [Layer(*pair) for pair in zip(sizes, nouts, strict=False)]

        def __call__(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

        def parameters(self):
            return [p for layer in self.layers for p in layer.parameters()]

    random.seed(11)
    return train(MLP(3, [4, 4, 1]))


def train(model, steps=6):
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    losses = []
    for _ in range(steps):
        loss = sum((out - y) ** 2 for y, out in zip(ys, map(model, xs), strict=True))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.05 * p.grad
        losses.append(loss.data)
    assert losses[-1] < losses[0]
    return losses + [p.data for p in model.parameters()]


def overridden_parameters(Value, nn):
    """`parameters()` decides what is trained: a frozen neuron, one with a gain, a last layer alone."""

    class Frozen(nn.Neuron):
        def parameters(self):
            return []

    class Scaled(nn.Neuron):
        def __init__(self, nin, **options):
            super().__init__(nin, **options)
            self.gain = Value(1.5)

        def __call__(self, x):
            return super().__call__(x) * self.gain

        def parameters(self):
            return [*super().parameters(), self.gain]

    class LastLayer(nn.MLP):
        def parameters(self):
            return self.layers[-1].parameters()

    random.seed(2)
    model = nn.MLP(3, [3, 1])
    model.layers[0].neurons[1:] = [Frozen(3), Scaled(3)]
    counts = [len(model.parameters()), len(model.layers[0].parameters())]
    numbers = train(model)
    last = LastLayer(3, [3, 1])
    before = [p.data for p in last.layers[0].parameters()]
    numbers += train(last)
    assert [p.data for p in last.layers[0].parameters()] == before
    return [*counts, len(last.parameters()), *numbers]


def own_modules(Value, nn):
    """Subclasses of `Module`, a leaky neuron inside an MLP of the library, parameters kept in a dictionary."""

    class Leaky(nn.Neuron):
        def __call__(self, x):
            out = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
            return out.relu() - 0.1 * (-out).relu()

    class Table(nn.Module):
        def __init__(self):
            self.entries = {name: Value(random.gauss(0, 1)) for name in "abc"}
            self.inner = nn.MLP(3, [3, 1])
            self.inner.layers[0].neurons = [Leaky(3) for _ in range(3)]

        def __call__(self, x):
            return self.inner([v * e for v, e in zip(x, self.entries.values(), strict=True)])

        def parameters(self):
            return [*self.entries.values(), *self.inner.parameters()]

    random.seed(4)
    model = Table()
    numbers = train(model)
    model.zero_grad()
    assert {p.grad for p in model.parameters()} == {0}
    assert nn.Module().parameters() == []
    return [len(model.parameters()), *numbers]


def own_operations_in_a_subclass(Value, nn):
    class Own(Value):
        def __init__(self, data, _children=(), _op="", label=""):
            super().__init__(data, _children, _op)
            self.label = label

        def tanh(self):
            return tanh(self)

    x = Own(0.5, label="x")
    y = x.tanh()
    (y * y + x).backward()
    assert repr(x) == str(x) and x.label == "x" and isinstance(y, Value)
    return [y.data, y.grad, x.grad]


def wrapped_closures(Value, nn):
    """A closure that looks at the grad, clips it or scales it, and then calls the one that was there."""
    seen, said = [], []

    def watch(v, push):
        return lambda: (seen.append(v.grad), push())

    def clip(v, push):
        def _backward():
            v.grad = max(-1.0, min(1.0, v.grad))
            push()

        return _backward

    for wrap in (watch, clip, lambda v, push: lambda: None):
        x, y = Value(2.0), Value(-3.0)
        for v in (x * y, x - y, x**2, (x + 1).relu(), tanh(x), tanh(x) * 1.0):
            v._backward = wrap(v, v._backward)
            (v * 3 + 1).backward()
            said += [v.data, v.grad, x.grad, y.grad]
    return said + seen


def frozen_by_an_empty_closure(Value, nn):
    x = Value(2.0)
    y = x * 3
    y._backward = lambda: None
    (y * 2).backward()
    seen = []
    x._backward = lambda: seen.append(x.grad)  # a leaf may have one too
    (x * 5).backward()
    return [x.grad, y.grad, *seen]


def parts_set_by_hand(Value, nn):
    """Subclasses that set the attributes of the original's classes alone, without `super().__init__`."""

    class Ones(nn.Neuron):
        def __init__(self, nin):
            self.w = [Value(1.0) for _ in range(nin)]
            self.b = Value(0.5)
            self.nonlin = False

    class Stack(nn.Layer):
        def __init__(self, nin, nout):
            self.neurons = [nn.Neuron(nin) for _ in range(nout)]

    class Two(nn.MLP):
        def __init__(self):
            self.layers = [nn.Layer(3, 2), Stack(2, 2), nn.Layer(2, 1, nonlin=False)]
            self.layers[0].neurons[1] = Ones(3)

    random.seed(3)
    assert repr(nn.Neuron(2)) == "ReLUNeuron(2)"
    ones, stack = Ones(2), Stack(2, 3)
    return [ones([1.0, 2.0]).data, *(v.data for v in stack([1.0, -2.0])), len(stack.parameters()), *train(Two())]


def numerical_gradient(Value, nn):
    """The lectures' first check: nudge a leaf by h, and compare (L2 - L1)/h with the grad."""

    def loss(nudge):
        a, b, c, f = Value(2.0 + nudge), Value(-3.0), Value(10.0), Value(-2.0)
        return a, (a * b + c) * f

    h = 1e-6
    a, before = loss(0.0)
    _, after = loss(h)
    before.backward()
    assert (after.data - before.data) / h == pytest.approx(a.grad, rel=1e-5)
    return [a.grad, before.data]


@pytest.mark.parametrize(
    "program",
    [
        neuron_by_hand,
        closures_by_hand,
        backward_by_hand,
        walk_with_sets,
        walk_with_a_stack,
        lines_of_a_picture,
        parents_and_names_assigned,
        own_network,
        overridden_parameters,
        own_modules,
        own_operations_in_a_subclass,
        wrapped_closures,
        frozen_by_an_empty_closure,
        parts_set_by_hand,
        numerical_gradient,
    ],
)
def test_a_lecture_says_the_same(same, program):
    same(program)
