"""Two sums for one derivative, equal; the paths counted where they cannot be listed."""

import math
import re

import pytest
from graphs import four_nodes, graphs, labelled, named, network, neuron, nodes, own, shared
from hypothesis import given

import micrograd
from micrograd import Value
from micrograd.teaching.record.paths import Paths, format_count
from micrograd.teaching.record.record import record

FOUR = """\
∂e/∂b = 54

As a sum over 2 paths from e to b:
    e → c → b:   ∂e/∂c · ∂c/∂b = d · a = 9 · 2 = 18
    e → d → b:   ∂e/∂d · ∂d/∂b = c · 2·b = 6 · 6 = 36
    ∂e/∂b = 18 + 36 = 54

As backpropagation computes it, each derivative once: 4 edges:
    ∂e/∂c = ∂e/∂e · ∂e/∂c = ∂e/∂e · d = 1 · 9 = 9
    ∂e/∂d = ∂e/∂e · ∂e/∂d = ∂e/∂e · c = 1 · 6 = 6
    ∂e/∂b = ∂e/∂d · ∂d/∂b + ∂e/∂c · ∂c/∂b = ∂e/∂d · 2·b + ∂e/∂c · a = 6 · 6 + 9 · 2 = 54"""


def test_the_four_node_graph():
    """N1: ∂e/∂a along one path, ∂e/∂b along two; ∂e/∂c is worked out once."""
    root = four_nodes()
    known = nodes(root)
    assert str(micrograd.explain(root, wrt=known["b"])) == FOUR
    assert str(micrograd.explain(root, wrt=known["a"])).splitlines()[2:4] == [
        "The chain rule along the one path:",
        "    e → c → a:   ∂e/∂c · ∂c/∂a = d · b = 9 · 3 = 27",
    ]


def test_the_forms_agree():
    root = four_nodes()
    found = micrograd.explain(root, wrt=nodes(root)["b"])
    assert found.text == str(found) == repr(found) and found._repr_markdown_() == found.markdown
    assert found._mime_() == ("text/markdown", found.markdown)
    assert r"\frac{\partial e}{\partial b} &= 18 + 36 = 54" in found.latex
    assert (
        r"\frac{\partial e}{\partial c} \cdot \frac{\partial c}{\partial b} &= d \cdot a = 9 \cdot 2 = 18"
        in found.latex
    )
    assert found.latex.startswith("\\begin{aligned}\n") and found.latex.endswith("\n\\end{aligned}")
    assert r"&\text{As a sum over 2 paths from e to b:}" in found.latex
    assert found.markdown.count("$$") == 6 and "**As a sum over 2 paths from e to b:**" in found.markdown
    for form in (found.latex, found.markdown):
        assert form.count("{") == form.count("}") and form.count(r"\begin") == form.count(r"\end")


def test_one_local_step():
    a, b = named(a=2.0, b=-3.0)
    assert str(micrograd.explain(labelled(a * b, "e"))) == "e = a·b = 2·(−3) = −6\n∂e/∂a = b = −3\n∂e/∂b = a = 2"
    assert str(micrograd.explain(labelled(a.tanh(), "t"))).splitlines()[1] == "∂t/∂a = 1 − t² = 1 − 0.964² = 0.07065"
    assert str(micrograd.explain(own(a))).splitlines() == ["L = cube(a) = cube(2) = 8", "∂L/∂a = 12"]
    assert str(micrograd.explain(a)) == "a = 2 is a leaf: no operation computed it."
    assert (
        micrograd.explain(Value(1.0, label="<b>*")).markdown == r"&lt;b&gt;\* = 1 is a leaf: no operation computed it."
    )
    assert micrograd.explain(Value(1.0)).latex == "1 = 1"
    many = str(micrograd.explain(micrograd.total([a] * 50)))
    assert many.splitlines()[0] == "L = a + a + a + a + … + a = 2 + 2 + 2 + 2 + … + 2 = 100"
    assert many.splitlines()[-1] == "… and 30 more operands, left out." and len(many.splitlines()) == 22


@given(graphs())
def test_both_sums_are_the_gradient(root):
    everything = nodes(root)
    before = {key: v.grad for key, v in everything.items()}
    steps = record(root)
    root.backward()
    for key, v in everything.items():
        paths = Paths(root, v, steps)
        along = [math.prod((c.local for c in path), start=1.0) for path in paths]
        assert len(along) == paths.count
        gradient = v.grad - (0.0 if v.parents else before[key])
        assert len(paths.edges) <= len(steps)
        if all(map(math.isfinite, along)) and abs(gradient) < 1e6:
            assert sum(along) == pytest.approx(gradient, rel=1e-6, abs=1e-6 * max(map(abs, along), default=1.0))
        assert micrograd.explain(root, wrt=v).text


def test_paths_are_counted_not_listed():
    (x,) = named(x=1.0)
    y = x
    for _ in range(2_000):
        y = y + y
        y.data = 1.0
    found = micrograd.explain(labelled(y, "y"), wrt=x)
    assert (
        "As a sum over about 10^602 paths from y to x" in found.text
        and "… and about 10^602 more paths, left out." in found.text
    )
    assert "each derivative once: 4,000 edges" in found.text and "more nodes, left out" in found.text
    assert len(found.text) < 20_000
    assert [format_count(n) for n in (2, 1024, 10**12, 2**3000)] == ["2", "1,024", "about 10^12", "about 10^903"]


def test_long_paths_and_sums_are_cut():
    (x,) = named(x=1.0)
    y = x
    for _ in range(40):
        y = y * x
    text = str(micrograd.explain(y, wrt=x))
    assert "… (37 more) …" in text or "… (32 more) …" in text
    assert (
        "… and 33 more paths, left out." in text and "… (33 more)" in text and "… and 20 more nodes, left out." in text
    )
    assert max(map(len, text.splitlines())) < 400


def test_what_does_not_depend():
    a, b = named(a=1.0, b=2.0)
    assert str(micrograd.explain(labelled(a * 2, "L"), wrt=b)) == "∂L/∂b = 0\nL does not depend on b."
    root = shared()
    assert str(micrograd.explain(root, wrt=root)) == "∂L/∂L = 1"
    assert str(micrograd.explain(b, wrt=b)) == "∂b/∂b = 1"


def test_a_leaf_that_holds_a_grad_already():
    root = shared()
    leaf = nodes(root)["a"]
    leaf.grad = 1000.0
    assert str(micrograd.explain(root, wrt=leaf)).startswith("∂L/∂a = 116\n") and leaf.grad == 1000.0


def test_a_weight_of_the_first_layer():
    root = network(2, 2, 2, 1)
    weight = next(v for v in nodes(root).values() if record(root)[0].names[v] == "w[0,0,0]")
    text = str(micrograd.explain(root, wrt=weight))
    assert "As a sum over 2 paths from loss to w[0,0,0]:" in text
    assert re.search(r"∂loss/∂w\[0,0,0\] = \S+ · \S+ = ", text)
    assert r"\frac{\partial \mathrm{loss}}{\partial w_{0,0,0}}" in micrograd.explain(root, wrt=weight).latex


def test_names_are_shown_as_themselves():
    a = Value(2.0, label="<script>$x_1$&|")
    found = micrograd.explain(labelled(a * neuron(), "a_b"), wrt=a)
    assert "<script>" not in found.markdown and "<script>" not in found.latex
    assert r"\mathrm{\lt script\gt \$x\_1\$\&\vert }" in found.latex


def test_what_cannot_be_explained():
    a = Value(1.0)
    for wrong, said in (
        ((1.0, None), "explain needs a Value, the output to go back from, got float 1.0"),
        ((None, None), "got None, which is what backward"),
        ((a, 2.0), "wrt is a Value or the name of one, got float 2.0"),
    ):
        with pytest.raises(TypeError, match=said):
            micrograd.explain(*wrong)


def test_a_kink_on_the_way_is_said():
    (x,) = named(x=0.0)
    kink = "|x| has a kink at x = 0: the slope is −1 below and 1 above; here it counts as 0, by convention."
    assert (
        kink in micrograd.explain(abs(x) * 2, x).text.splitlines()[4]
        and micrograd.explain(abs(x)).text.splitlines()[-1] == kink
    )
    both = micrograd.explain(abs(x) + x.floor(), x)
    assert kink in both.text and "⌊x⌋ jumps at x = 0: nudge x by −1e−06 and v2 moves by −1" in both.text
    assert r"|x| has a kink at x = 0: the slope is \(-\)1 below" in both.latex
    assert (
        r"\(\lfloor\)x\(\rfloor\) jumps" in both.latex
        and r"\left\lfloor{x}\right\rfloor" in micrograd.explain(x.floor()).latex
    )
    smooth = named(x=2.0)[0]
    assert "kink" not in micrograd.explain(abs(smooth) * 2, smooth).text
