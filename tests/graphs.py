"""The expressions that the tests step through, and graphs at random."""

import math
import random

from hypothesis import strategies as st
from points import TABLE

from micrograd import Value, nn
from micrograd._core.elementary import apply
from micrograd.engine import topological
from micrograd.ops import PRIMITIVES


def named(**values):
    """Values labelled with their names, in order."""
    return [Value(x, label=name) for name, x in values.items()]


def labelled(v, label):
    v.label = label
    return v


def gradient(out, *leaves):
    """The grads of the leaves after one pass from `out`."""
    for leaf in leaves:
        leaf.grad = 0.0
    out.backward()
    return [leaf.grad for leaf in leaves]


def product():
    """d = a·b, L = d·f: the numbers of a worked solution."""
    a, b, f = named(a=2.0, b=10.0, f=-2.0)
    return labelled(labelled(a * b, "d") * f, "L")


def shared():
    """e = a·b used twice: L = e·(e + c), with ∂L/∂a = 116, ∂L/∂b = 87, ∂L/∂c = 12."""
    a, b, c = named(a=3.0, b=4.0, c=5.0)
    e = labelled(a * b, "e")
    return labelled(e * labelled(e + c, "f"), "L")


def neuron():
    """o = tanh(w1·x1 + w2·x2 + b) = 0.6, with gradients 0.64 times the inputs and the weights."""
    w1, w2, x1, x2, b = named(w1=2.0, w2=-3.0, x1=3.0, x2=4.0, b=6.0 + math.log(2))
    n = labelled(labelled(w1 * x1, "p") + labelled(w2 * x2, "q") + b, "n")
    return labelled(n.tanh(), "o")


def four_nodes():
    """N1: c = f(a, b), d = g(b), e = h(c, d)."""
    a, b = named(a=2.0, b=3.0)
    return labelled(labelled(a * b, "c") * labelled(b**2, "d"), "e")


def network(*widths, fused=False):
    model = nn.MLP(widths[0], list(widths[1:]), activation="tanh", fused=fused, rng=random.Random(1))
    inputs = [Value(0.5 - 0.25 * k, label=f"x{k + 1}") for k in range(widths[0])]
    return labelled((model(inputs) - 1.0) ** 2, "loss")


def own(v, name="cube"):
    """A learner's own operation."""
    out = Value(v.data**3, (v,), name)

    def push():
        v.grad += 3 * v.data**2 * out.grad

    out._backward = push
    return out


def nodes(root):
    """Every node below `root` by its label, and the unlabelled ones by their place."""
    found = {id(v): v for u in topological(root) for v in (*u.parents, u)} or {id(root): root}
    return {v.label or k: v for k, v in enumerate(found.values())}


@st.composite
def graphs(draw):
    """Any graph: all primitives, reuse, repeated operands, learners' own operations, leaves that hold a grad."""
    known = [Value(draw(st.integers(-3, 3)) + 0.5, label=f"x{k}") for k in range(3)]
    for v in known:
        v.grad = draw(st.sampled_from([0.0, 0.0, 2.5]))
    pick = st.integers(0, 10**6).map(lambda k: known[k % len(known)])
    for _ in range(draw(st.integers(1, 14))):
        name = draw(st.sampled_from([*TABLE, "own", "bad"]))
        try:
            known.append(_made(name, draw, pick))
        except (ArithmeticError, ValueError):
            continue
    return known[-1]


def _made(name, draw, pick):
    if name == "own":
        return own(draw(pick))
    if name == "bad":  # pushes to only one of its parents, and to that twice
        a, b = draw(pick), draw(pick)
        out = Value(a.data, (b, a, a), "odd")
        out._backward = lambda a=a, out=out: [setattr(a, "grad", a.grad + 0.1 * out.grad) for _ in range(2)]
        return out
    op = PRIMITIVES[name]
    if name == "power":
        return draw(pick) ** draw(st.sampled_from([-1, 0, 2, 0.5]))
    if name in ("total", "dot"):
        from micrograd import dot, total

        if name == "total":
            return total([draw(pick) for _ in range(draw(st.integers(1, 4)))])
        n = draw(st.integers(1, 3))
        return dot([draw(pick) for _ in range(n)], [draw(pick) for _ in range(n)], draw(pick))
    return apply(op, [draw(pick) for _ in op.operands or range(draw(st.integers(2, 4)))])
