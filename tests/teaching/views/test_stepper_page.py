"""The page as text: what it weighs, what is in it, what is not; and the frame around it."""

import base64
import html
import json
import re
import zlib
from html.parser import HTMLParser

import pytest
from graphs import graphs, labelled, named, network, neuron, own, shared
from hypothesis import given

import micrograd
from micrograd import Value
from micrograd.engine import topological
from micrograd.teaching.record.record import record
from micrograd.teaching.views import page
from micrograd.teaching.views.document import HERE
from micrograd.teaching.views.page import Page, choose_predictions
from micrograd.teaching.views.scene import find_levels


def made(root, position=0):
    return Page(root, record(root), position)


def unpacked(content):
    text = re.search(r'\("([A-Za-z0-9+/=]{100,})"\)', content)[1]
    return json.loads(zlib.decompress(base64.b64decode(text)))["data"]


class Balanced(HTMLParser):
    """Every tag that is opened is closed, in order."""

    VOID = {"meta", "input", "img", "link", "br"}

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_holds_everything_and_loads_nothing():
    content = made(neuron()).html
    parser = Balanced()
    parser.feed(content)
    assert parser.open == []
    assert not re.search(r"(src|href)\s*=|@import|url\(|//", re.sub(r'"[A-Za-z0-9+/=]{200,}"', "", content))
    assert "innerHTML" not in content and "<!--" not in content


def test_the_ledger_stands_in_the_page_without_a_script():
    content = made(shared()).html
    ledger = re.search(r'id="ledger".*?</section>', content, re.S)[0]
    rows = [html.unescape(re.sub(r"<[^>]*>", "", row)) for row in re.findall(r"<li>(.*?)</li>", ledger, re.S)]
    assert rows[2] == "3 f → e 12 × 1 = +12 e.grad: 17 + 12 = 29, final" and len(rows) == 6
    lines = re.search(r'id="lines".*?</section>', content, re.S)[0]
    assert re.findall(r"<span>(.*?)</span> <b>(.*?)</b>", lines) == (
        [("e = a·b", "12"), ("f = e + c", "17"), ("L = e·f", "204")]
    )


def test_the_data_for_the_scripts():
    data = unpacked(made(shared(), 2).html)
    assert data["at"] == 2 and len(data["steps"]) == 6 and data["svg"].startswith("<svg")
    names = [node["name"] for node in data["nodes"]]
    assert [names[i] for i in data["order"]] == ["e", "f", "L"] and names[data["root"]] == "L"
    step = data["steps"][2]
    assert (names[step["node"]], names[step["parent"]], step["slot"]) == ("f", "e", 0)
    assert (step["product"], step["after"], step["mark"]) == ("upstream 12 × local 1 = 12", "29", "✓")
    assert "116" not in data["svg"] and ">grad</text>" in data["svg"] and data["svg"].count(">—</text>") == 6


def test_predictions_are_asked_at_first_uses_and_reuses():
    assert [step["ask"] for step in unpacked(made(shared()).html)["steps"]] == [1, 0, 1, 0, 0, 0]
    a, b = named(a=2.0, b=3.0)
    asked = choose_predictions(record((a * b + a * 2.0) - b))
    assert asked == [1, 1, 1, 0, 1, 0, 1, 1]  # copy; turn; +; ×: b again, a again …, not a constant
    assert choose_predictions(record(own(a) * own(b)))[2:] == [1, 0]


def test_a_grad_is_drawn_with_room_to_come():
    root = shared()
    nodes = topological(root)
    assert {v.grad for v in nodes} == {0.0}
    texts = made(root)._grads()
    assert texts[id(nodes[0])] == ["17 (1 of 2)", "29 ✓"]


@given(graphs())
def test_layers_let_no_contribution_overtake_another(root):
    steps = record(root)
    found = find_levels(root, steps)
    reached = {}
    for c, level in zip(steps, found, strict=True):
        assert level >= reached.get(id(c.node), 0) and level >= reached.get(id(c.parent), 0)
        reached[id(c.parent)] = level
    assert sorted(set(found)) == list(range(len(set(found))))


def test_the_layers_of_a_network():
    root = network(2, 3, 1)
    steps = record(root)
    found = find_levels(root, steps)
    assert max(found) == 3  # the square, the difference, two layers
    first = [c.names[c.parent] for c, level in zip(steps, found, strict=True) if level == 3]
    assert "w[0,2,1]" in first and "w[1,0,0]" not in first
    single = neuron()
    assert max(find_levels(single, record(single))) == 3


@given(graphs())
def test_a_page_of_any_graph(root):
    content = made(root).html
    assert content.count("<li>") == len(topological(root)) + len(record(root))


def test_labels_are_text():
    evil = Value(2.0, label="<script>alert(1)</script>\"&'<!--ledger-->")
    content = made(labelled(evil * evil, "</style><b>")).html
    assert "<script>alert" not in content and "</style><b>" not in content
    assert content.count("<script>") == content.count("</script>") == 2
    assert unpacked(content)["nodes"][0]["name"].startswith("<script>alert(1)")


def test_the_same_graph_makes_the_same_page():
    assert made(network(2, 3, 1)).html == made(network(2, 3, 1)).html


def test_sizes():
    root = network(2, 9, 1)
    assert len(made(root).scene.diagram.boxes) >= 100
    assert len(made(root).html.encode()) < 100_000


def test_too_many_steps_for_a_page(monkeypatch):
    monkeypatch.setattr(page, "MOST", 5)
    s = micrograd.step(shared())
    with pytest.raises(ValueError, match="a page shows at most 5 contributions, this pass makes 6"):
        s.html  # noqa: B018
    assert "Too many steps for a page" in s._repr_mimebundle_()["text/plain"]
    assert s._mime_()[0] == "text/plain"


def test_save(tmp_path):
    s = micrograd.step(neuron())
    s.position = 3
    path = s.save(tmp_path / "lesson.html")
    assert path == tmp_path / "lesson.html" and path.read_text(encoding="utf-8") == s.html
    assert s.save(str(path)) == path
    dark = s.save(path, slides=True, theme="dark").read_text(encoding="utf-8")
    assert '<html lang="en" data-theme="dark" data-slides="">' in dark
    assert "data-slides" in s.save(tmp_path / "my slides.html").read_text(encoding="utf-8")
    assert "data-slides" not in s.save(tmp_path / "slides.html", slides=False).read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="a stepper is saved as .html, .png, .gif or .mp4, got 'lesson.txt'"):
        s.save("lesson.txt")


def test_the_frame():
    s = micrograd.step(neuron())
    bundle = s._repr_mimebundle_()
    assert bundle["text/plain"] == "<Stepper at 0 of 9: next o → n>"
    frame = bundle["text/html"]
    assert s._mime_() == ("text/html", frame)
    form = (
        r'<div style="display:grid;[^"]*"><img src="data:image/svg\+xml;base64,([^"]*)" alt="([^"]*)" style="[^"]*">'
        r'<iframe srcdoc="([^"]*)" sandbox="allow-scripts" allow="fullscreen \*" width="100%" height="(\d+)" [^>]*>'
        r"</iframe></div>"
    )
    match = re.fullmatch(form, frame, re.S)
    assert base64.b64decode(match[1]).decode().startswith("<svg") and match[2] == html.escape(s._page().title)
    assert html.unescape(match[3]) == s.html and 600 <= int(match[4]) <= 780


def test_a_leaf_has_a_page_too():
    content = micrograd.step(Value(3.0, label="x")).html
    assert unpacked(content)["steps"] == [] and "Backpropagation of x" in content


def test_the_script_has_no_comments_that_end_with_the_line():
    for path in HERE.glob("*.js"):
        script = path.read_text(encoding="utf-8")
        assert "//" not in script and "</" not in script
