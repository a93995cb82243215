"""`step`, `draw`, `practice` and `explain` take a text as the command line does, and say what to pass instead."""

import numpy as np
import pytest
from graphs import named, product

import micrograd
from micrograd import Value, nn
from micrograd.text.notation import count

TEXT, NUMBERS = "tanh(w*x + b)", {"w": 2, "x": 3, "b": -5}
DOORS = {
    "step": micrograd.step,
    "draw": micrograd.draw,
    "practice": micrograd.practice,
    "explain": micrograd.explain,
}
doors = pytest.mark.parametrize("door", list(DOORS))


def test_a_text_with_its_numbers():
    s = micrograd.step(TEXT, **NUMBERS)
    s.run()
    assert [(c.parent.label, round(c.after, 4)) for c in s.record if c.parent.label] == (
        [("b", 0.42), ("w", 1.2599), ("x", 0.8399)]
    )
    assert "grad" in micrograd.draw(TEXT, **NUMBERS).svg and "1.26" in micrograd.draw(TEXT, **NUMBERS, color="grad").svg
    assert "0.7616" in str(micrograd.practice(TEXT, **NUMBERS, blanks=1))
    assert micrograd.explain("a*b + a", wrt="a", a=2, b=3).text.startswith("∂L/∂a = 4")
    assert micrograd.explain("θ²·2", θ=3).text.splitlines()[0] == "L = v1·2 = 9·2 = 18"


@doors
def test_a_text_says_what_is_missing(door):
    for values, said in (
        ({}, "no value is given for 'a' and 'b': add a=… and b=…"),
        ({"a": 2}, "no value is given for 'b': add b=…"),
        ({"a": 2, "b": 3, "c": 4}, "the expression has no c; its names are a, b"),
    ):
        with pytest.raises(ValueError, match=said):
            DOORS[door]("a*b", **values)
    with pytest.raises(TypeError, match="a Value holds a real number, got str 'x'"):
        DOORS[door]("a*b", a=2, b="x")
    with pytest.raises(ValueError, match="the expression ends where"):
        DOORS[door]("a*", a=2)


@doors
def test_everything_else_says_what_to_pass(door):
    model = nn.MLP(2, [3, 1])
    for wrong, said in (
        (model, rf"got the MLP itself: call it first, as in {door}\(model\(\[1.0, 2.0\]\)\)"),
        (3.0, rf'got float 3.0: compute with Values, or pass a text, {door}\("a\*b \+ c", a=2, b=3, c=4\)'),
        ([Value(1.0)], rf"got a list of several: pass one of them, or their sum, as in {door}\(sum\(outs\)\)"),
        (np.array(3.0), r"got ndarray array\(3.\): compute with Values"),
        (abs, "got the builtin_function_or_method itself: call it first"),
    ):
        with pytest.raises(TypeError, match=f"{door} needs a Value.*{said}"):
            DOORS[door](wrong)
    with pytest.raises(TypeError, match=rf"{door} has no option 'colour'; numbers by name go with a text"):
        DOORS[door](product(), colour="grad")


@pytest.mark.parametrize(
    ("door", "option"), [("step", "accumulate"), ("draw", "data"), ("practice", "level"), ("explain", "wrt")]
)
def test_an_option_is_no_name(door, option):
    with pytest.raises(TypeError, match=f"{option} in a text is an option of {door}: give it another name"):
        DOORS[door](f"x*{option}", **{"x": 2, option: 3})


def test_an_unknown_option_of_a_level():
    with pytest.raises(TypeError, match="practice has no option 'lvl'; numbers by name go with a text"):
        micrograd.practice(lvl=2)


def test_backward_returns_nothing():
    with pytest.raises(TypeError, match=r"got None, which is what backward\(\) returns: pass the Value itself"):
        micrograd.step(product().backward())


def test_a_name_to_explain():
    root = product()
    assert micrograd.explain(root, "a").text == micrograd.explain(root, root.parents[0].parents[0]).text
    with pytest.raises(ValueError, match="no node below L is called 'z'; there are L, d, f, a, b"):
        micrograd.explain(root, "z")


def test_a_picture_before_backward_is_not_one_of_a_dead_graph():
    root = product()
    before = micrograd.draw(root, color="grad")
    assert before.classes == {} and "Call backward() on the result before drawing." in before.svg
    root.backward()
    after = micrograd.draw(root, color="grad")
    assert after.classes and "Call backward()" not in after.svg
    (x,) = named(x=-1.0)
    dead = x.relu()
    dead.backward()
    assert set(micrograd.draw(dead, color="grad").classes.values()) == {"mg-dead", "mg-shade8"}
    assert "Call backward()" in micrograd.draw(Value(1.0), color="grad").svg


def test_counts():
    assert [count(k, "step") for k in (0, 1, 2, 1024)] == ["0 steps", "1 step", "2 steps", "1,024 steps"]
