"""What the room of expressions asks Python, without a browser."""

import json
import math

import pytest

from docs.playground.bridge import as_python, calls
from docs.playground.bridge import expression as room
from docs.playground.bridge.examples import EXAMPLES, first_calls
from micrograd.text.expression import build, names


@pytest.mark.parametrize("call", first_calls(), ids=lambda call: f"{call[1]} {call[0]}")
def test_every_first_call_has_a_small_answer(call):
    answer = calls.answer(*call)
    assert "problem" not in answer
    assert len(json.dumps(answer)) <= 100_000


def test_a_picture_keeps_its_shape_while_a_number_changes():
    def sizes(x):
        drawn = room.picture("tanh(w*x)", ["w=2", f"x={x}"])["svg"]
        return [line.partition("<rect")[2].partition("/>")[0] for line in drawn.split("mg-box")]

    assert sizes("1") == sizes("-0.123456") == sizes("0")


@pytest.mark.parametrize(
    "text, words, said",
    [
        ("a*(b", [], "never closed"),
        ("a", ["a=x"], "a needs a number"),
        ("a", ["a="], "has none"),
        ("log(a)", ["a=-1"], "not defined"),
        ("a/0", [], "divides by zero"),
        ("+".join(["a"] * 400), [], "operations"),
        ("", [], "ends where"),
    ],
)
@pytest.mark.parametrize("name", room.__all__)
def test_a_problem_is_an_answer(name, text, words, said):
    assert said in getattr(room, name)(text, words)["problem"]


def test_the_functions_that_there_are_come_apart_from_the_sentence():
    told = room.picture("softmax(a)", [])
    assert told["problem"] == "No function is called 'softmax' (for a product write *)"
    assert "tanh" in told["known"].split(", ")


def test_a_number_may_be_an_expression_and_a_new_name_gets_one():
    leaves = room.picture("a*b", ["a=1/4", "unused=7"])["leaves"]
    assert [(leaf["name"], leaf["value"]) for leaf in leaves] == [("a", 0.25), ("b", 3.0)]
    assert leaves[0]["grad"] == "3"


def test_an_infinite_number_is_an_answer_in_json():
    told = json.loads(calls.call("expression.picture", json.dumps(["a*b", ["a=inf", "b=0"]])))["result"]
    assert told["leaves"][0]["value"] is None and told["leaves"][1]["slope"] is None
    json.dumps(told, allow_nan=False)


def test_meanings_are_in_the_order_of_the_boxes():
    told = room.meanings("a*b + c", ["a=2", "b=-3", "c=10"])
    said = dict(zip(told["names"], told["sentences"], strict=True))
    assert said["a"] == ("a = 2. Its grad, ∂L/∂a, is −3. Nudge a by 0.01 and L moves by about −0.03 (measured: −0.03).")
    assert said["v1"].startswith("v1 = a·b = 2·(−3) = −6. Its grad, ∂L/∂v1, is 1.")
    assert "is the output" in said["L"]


def test_the_gradients_of_a_mistake_stand_beside_the_right_ones():
    told = room.broken("a*b + a", ["a=2", "b=3"], "overwritten: = instead of +=")
    assert told["chosen"] == "overwritten: = instead of +="
    assert told["rows"][0] == {"name": "a", "right": "4", "wrong": "3"}
    assert room.broken("a*b", ["a=2", "b=3"], "no such mistake")["chosen"] in told["mistakes"]
    assert room.broken("a", ["a=2"])["mistakes"] == []


@pytest.mark.parametrize(
    "text",
    [
        *(example.text for example in EXAMPLES),
        "a - (b - c) - -a",
        "2a**-b**2",
        "-(a + b)**2",
        "(a/b)/(c/(a*b))",
        "max(a, b, c)*|a - √b|²",
        "a % b // c",
        "2*3",
        "inf*a",
    ],
)
def test_the_code_computes_the_same(text):
    numbers = {name: 1.5 + k for k, name in enumerate(names(text))}
    found = {}
    exec(as_python.write(text, numbers).partition("print")[0], found)
    wanted = build(text, numbers)
    assert found["L"].data == wanted.data or math.isnan(wanted.data)


def test_names_that_python_does_not_allow_stay_in_the_text():
    assert "micrograd.draw('lambda*exp(print)'" in as_python.write("lambda*exp(print)", {"lambda": 1.0, "print": 2.0})


def test_updates_of_every_number():
    told = room.update("(w*x - y)**2", ["w=2", "x=1", "y=1"])
    assert told["html"].startswith("<!DOCTYPE html>") and told["height"] >= 650
    assert room.update("2*3", [])["refused"].startswith("No leaf has a name")
    assert "take a smaller rate" in room.update("exp(x)**2", ["x=300"], 1e300)["refused"]
