"""The reference pictures, and measures of a good layout."""

import random
from itertools import combinations

from hypothesis import strategies as st

from micrograd import Value, draw
from micrograd.engine import topological
from micrograd.nn import MLP


def neuron() -> Value:
    """The neuron of the lectures, two inputs, a bias and a tanh."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2, b = Value(-3.0, label="w1"), Value(1.0, label="w2"), Value(6.8813735870195432, label="b")
    o = (x1 * w1 + x2 * w2 + b).tanh()
    o.label = "o"
    o.backward()
    return o


def readme():
    """The picture of the README: that neuron, with its parameters told apart."""
    o = neuron()
    return draw(o, parameters=[v for v in topological_leaves(o) if v.label in ("w1", "w2", "b")])


def topological_leaves(root):
    return [p for v in topological(root) for p in v.parents if not p.parents]


def network(*widths: int, activation: str = "relu", fused: bool = False) -> Value:
    """The loss of a network at one example."""
    rng = random.Random(1)
    model = MLP(widths[0], widths[1:], activation=activation, fused=fused, rng=rng)
    inputs = [Value(rng.uniform(-1, 1), label=f"x{i}") for i in range(widths[0])]
    loss = (model(inputs) - 1.0) ** 2
    loss.label = "loss"
    loss.backward()
    return loss


@st.composite
def layered(draw):
    """Sizes and edges for `arrange`: any graph without cycles, with repeated edges and unconnected boxes."""
    boxes = draw(st.integers(0, 14))
    sizes = draw(st.lists(st.tuples(st.integers(14, 200), st.integers(14, 90)), min_size=boxes, max_size=boxes))
    if boxes < 2:
        return sizes, []
    pairs = st.tuples(st.integers(0, boxes - 1), st.integers(0, boxes - 1)).filter(lambda p: p[0] != p[1])
    return sizes, [(min(p), max(p)) for p in draw(st.lists(pairs, max_size=40))]


def rectangles(layout, sizes):
    return [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in zip(layout.centers, sizes, strict=True)]


def polyline(points, steps=16):
    """A route as short straight pieces, its curves as they are drawn (a cubic with level ends)."""
    line = [points[0]]
    for k, (a, b) in enumerate(zip(points, points[1:], strict=False)):
        if k % 2:
            for i in range(1, steps):
                t = i / steps
                along = a[0] + (b[0] - a[0]) * (1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t**3)
                line.append((along, a[1] + (b[1] - a[1]) * (3 * t * t - 2 * t**3)))
        line.append(b)
    return line


def overlapping(layout, sizes):
    """Pairs of boxes that share more than their border."""
    found = combinations(enumerate(rectangles(layout, sizes)), 2)
    return [
        (i, j)
        for (i, a), (j, b) in found
        if min(a[2], b[2]) - max(a[0], b[0]) > 0.01 and min(a[3], b[3]) - max(a[1], b[1]) > 0.01
    ]


def pierced(layout, sizes, edges):
    """Pairs of an edge and a box that it runs through, other than its own two. For pictures that run to the right."""
    boxes = rectangles(layout, sizes)
    found = []
    for k, ends in enumerate(edges):
        for (x0, y0), (x1, y1) in zip(line := polyline(layout.routes[k]), line[1:], strict=False):
            for i, (left, top, right, bottom) in enumerate(boxes):
                across = min(y0, y1) < bottom - 0.01 and max(y0, y1) > top + 0.01
                if i not in ends and across and min(x0, x1) < right - 0.01 and max(x0, x1) > left + 0.01:
                    found.append((k, i))
    return found


def crossings(layout, edges):
    """How many pairs of edges cross, as drawn, of those that share no box."""
    import numpy as np

    lines = [np.array(polyline(route)) for route in layout.routes]
    a, b = np.concatenate([line[:-1] for line in lines]), np.concatenate([line[1:] for line in lines])
    owner = np.repeat(np.arange(len(lines)), [len(line) - 1 for line in lines])
    by_left = np.argsort(a[:, 0], kind="stable")
    a, b, owner = a[by_left], b[by_left], owner[by_left]
    until = np.searchsorted(a[:, 0], b[:, 0])
    sources, targets = np.array(edges).T

    def side(p, q, r):
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    found = set()
    for i in range(len(a)):
        j = slice(i + 1, until[i])
        meet = (side(a[i], b[i], a[j]) * side(a[i], b[i], b[j]) < 0) & (
            side(a[j], b[j], a[i]) * side(a[j], b[j], b[i]) < 0
        )
        for k in owner[j][meet]:
            m = owner[i]
            if not {sources[k], targets[k]} & {sources[m], targets[m]}:
                found.add((min(k, m), max(k, m)))
    return len(found)
