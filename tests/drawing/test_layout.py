"""The geometry of pictures: nothing overlaps, nothing runs through a box, few edges cross, the same every time."""

import pytest
from hypothesis import example, given
from samples import crossings, layered, network, neuron, overlapping, pierced

from micrograd import Value, total
from micrograd.drawing import draw
from micrograd.drawing.layout import ranking
from micrograd.drawing.layout.ordering import crossings as count_crossings
from micrograd.drawing.layout.ordering import walk
from micrograd.drawing.layout.ranking import rank_boxes
from micrograd.drawing.layout.routing import arrange

# How many pairs of edges cross in Graphviz's drawing (dot 2.43.0) of the same boxes and edges, counted on its splines.
REFERENCES = {
    "neuron": (neuron, None, 0),
    "MLP 2-4-1": (lambda: network(2, 4, 1, activation="tanh"), None, 6),
    "moons 2-16-16-1": (lambda: network(2, 16, 16, 1), None, 4577),
    "moons 2-16-16-1, neurons": (lambda: network(2, 16, 16, 1), "neuron", 15556),
}


def sizes_of(picture):
    return [(face.width, face.height) for face in picture.faces]


@pytest.mark.parametrize("make, collapse, dot", REFERENCES.values(), ids=REFERENCES)
def test_reference_pictures(make, collapse, dot):
    picture = draw(make(), collapse=collapse)
    edges, layout = picture.diagram.pairs, picture.layout
    assert overlapping(layout, sizes_of(picture)) == []
    assert crossings(layout, edges) <= dot
    if len(edges) < 1000:
        assert pierced(layout, sizes_of(picture), edges) == []


@given(layered())
@example(([], []))
@example(([(50, 30)], []))
@example(([(50, 30)] * 2, [(0, 1)] * 3))
def test_any_graph(graph):
    sizes, edges = graph
    layout = arrange(sizes, edges)
    assert overlapping(layout, sizes) == []
    assert pierced(layout, sizes, edges) == []
    for (source, target), route in zip(edges, layout.routes, strict=True):
        (x0, y0), (x1, y1) = layout.centers[source], layout.centers[target]
        assert route[0] == pytest.approx((x0 + sizes[source][0] / 2, y0))
        assert route[-1][0] == pytest.approx(x1 - sizes[target][0] / 2)
        assert abs(route[-1][1] - y1) < sizes[target][1] / 2
        assert all(a[0] <= b[0] + 1e-9 for a, b in zip(route, route[1:], strict=False))
    for (x, y), (w, h) in zip(layout.centers, sizes, strict=True):
        assert -1e-6 <= x - w / 2 and x + w / 2 <= layout.width + 1e-6
        assert -1e-6 <= y - h / 2 and y + h / 2 <= layout.height + 1e-6
    assert arrange(sizes, edges) == layout


@given(layered())
def test_down_is_right_transposed(graph):
    sizes, edges = graph
    right = arrange([(h, w) for w, h in sizes], edges)
    down = arrange(sizes, edges, down=True)
    assert down.centers == [(y, x) for x, y in right.centers]
    assert down.routes == [[(y, x) for x, y in route] for route in right.routes]
    assert (down.width, down.height) == (right.height, right.width)


@given(layered())
def test_crossings_are_counted_correctly(graph):
    sizes, edges = graph
    items = rank_boxes(len(sizes), edges)
    columns = walk(items)
    slow = 0
    for first, second in zip(columns, columns[1:], strict=False):
        place = {i: p for p, i in enumerate(second)}
        ends = [(p, place[n]) for p, i in enumerate(first) for n, count in items.after[i].items() for _ in range(count)]
        slow += sum(a[0] < b[0] and a[1] > b[1] for a in ends for b in ends)
    assert count_crossings(items, columns) == slow


def test_a_tree_has_no_crossings():
    leaves = [Value(float(i)) for i in range(32)]
    while len(leaves) > 1:
        leaves = [a * b for a, b in zip(leaves[::2], leaves[1::2], strict=True)]
    picture = draw(leaves[0])
    assert crossings(picture.layout, picture.diagram.pairs) == 0


def test_operands_stand_in_order():
    a, b, c = Value(1.0, label="a"), Value(2.0, label="b"), Value(3.0, label="c")
    picture = draw(total([a, b, c]))
    heights = [picture.layout.centers[picture.diagram.box_of[id(v)]][1] for v in (a, b, c)]
    assert heights == sorted(heights)


def test_neurons_of_a_layer_stand_side_by_side():
    picture = draw(network(2, 8, 8, 1), collapse=None)
    columns = {
        i: round(picture.layout.centers[i][0])
        for i, box in enumerate(picture.diagram.boxes)
        if box.value is not None and box.value._op == "ReLU"
    }
    last_layer = list(columns.values())[-8:]
    assert len(set(last_layer)) <= 2


def test_repeated_operands_arrive_side_by_side():
    layout = arrange([(60, 40), (60, 40)], [(0, 1), (0, 1)])
    assert layout.routes[0][0] == layout.routes[1][0]
    assert layout.routes[0][-1][1] < layout.routes[1][-1][1]


def test_very_long_edges_make_a_detour():
    """Results of many steps, all needed at the end: a place in every column for each of them would be quadratic."""
    steps = 300
    edges = [(i, i + 1) for i in range(steps - 1)] + [(i, steps) for i in range(steps)]
    sizes = [(40, 30)] * (steps + 1)
    layout = arrange(sizes, edges)
    assert layout.ranking.detours
    assert layout.ranking.size < 6 * steps
    assert sum(map(len, layout.routes)) < 20 * steps
    assert overlapping(layout, sizes) == []
    assert max(y for route in layout.routes for _, y in route) <= layout.height


def test_a_detour_runs_around_all_boxes(monkeypatch):
    monkeypatch.setattr(ranking, "FREE", 0)
    monkeypatch.setattr(ranking, "PER_ITEM", 0.5)
    edges = [(i, i + 1) for i in range(19)] + [(i, 20) for i in range(20)]
    sizes = [(40, 30)] * 21
    layout = arrange(sizes, edges)
    assert len(layout.ranking.detours) > 3
    assert pierced(layout, sizes, edges) == [] == overlapping(layout, sizes)


def test_a_shared_leaf_holds_one_place_in_a_column():
    boxes = 300
    edges = [(0, i) for i in range(1, boxes)] + [(i, i + 1) for i in range(1, boxes - 1)]
    assert rank_boxes(boxes, edges).size < 2 * boxes


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="form a cycle"):
        arrange([(10, 10)] * 2, [(0, 1), (1, 0)])


def test_depth_beyond_the_recursion_limit():
    x = Value(1.0)
    for _ in range(3000):
        x = x + 1.0
    picture = draw(x, collapse=None)
    assert len(picture.layout.centers) == 6001
    assert picture.svg.count("<title>") == 6001
