"""The page as text: its content, and no answer that could be read in it."""

import base64
import html
import json
import re
import zlib

import micrograd
from micrograd import Value
from micrograd.teaching.practice.sentences import RULES, SENTENCES


def unpacked(content):
    text = re.search(r'\("([A-Za-z0-9+/=]{100,})"\)', content)[1]
    return json.loads(zlib.decompress(base64.b64decode(text)))["data"]


def rows(content):
    ledger = re.search(r'id="ledger".*?</section>', content, re.S)[0]
    return [html.unescape(re.sub(r"<[^>]*>", "", row)) for row in re.findall(r"<li>(.*?)</li>", ledger, re.S)]


def test_it_holds_everything_and_loads_nothing():
    content = micrograd.practice(level=8).html
    bare = re.sub(r'"[A-Za-z0-9+/=]{200,}"', "", content)
    assert not re.search(r"(src|href)\s*=|@import|url\(|//", bare) and "<!--" not in content
    assert "innerHTML" not in content and "eval(" not in content and len(content) < 150_000


def test_without_a_script_the_blanks_are_blank():
    shown = rows(micrograd.practice(level=2).html)
    assert shown[4] == "5 p → a 2 × (b = 3) = +6 a.grad: — + 6 = 6, final" and shown[5] == "6 p → b ____"
    assert all(row.endswith("____") for row in rows(micrograd.practice(level=8, blanks=4).html))
    plain = re.sub(r'"[A-Za-z0-9+/=]{200,}"', "", micrograd.practice(level=6, blanks=3).html)
    assert "116" not in plain and ">87<" not in plain


def test_rounds_leave_more_and_more_blank_with_other_numbers():
    data = unpacked(micrograd.practice(level=2).html)
    rounds = [data, *data["rounds"]]
    assert [len(known["questions"]) for known in rounds] == [1, 4, 6, 7]
    assert [known["round"] for known in rounds][::3] == [
        "Round 1 of 4: one blank",
        "Round 4 of 4: all is blank, and the seed",
    ]
    assert len({known["svg"] for known in rounds}) == 4 and not any("key" in known for known in rounds[1:])
    single = unpacked(micrograd.practice(level=2, blanks=4).html)
    assert single["rounds"] == [] and single["round"] == "all is blank, and the seed"
    assert data["said"].items() <= SENTENCES.items() and data["rules"] == RULES and data["key"] != single["key"]


def test_no_formula_is_asked_in_the_page():
    assert {question["kind"] for question in unpacked(micrograd.practice(level=8, blanks=4).html)["questions"]} == {
        "seed",
        "amount",
        "grad",
    }


def test_numbers_that_json_does_not_know():
    x = Value(800.0, label="x")
    data = unpacked(micrograd.practice(x.tanh() * 1e-3).html)
    assert "Infinity" not in json.dumps(data) and "NaN" not in json.dumps(data)


def test_labels_are_text():
    evil = Value(2.0, label="<script>alert(1)</script>\"&'<!--ledger-->")
    for exercise in (micrograd.practice(evil * evil), micrograd.practice(evil * evil).bug()):
        content = exercise.html
        assert "<script>alert" not in content and content.count("<script>") == content.count("</script>") == 2
