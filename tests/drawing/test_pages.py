"""Pictures in a real browser, cut off from the network: what shows, what opens and closes, in light and in dark."""

import base64
import json
import random
import re
import zlib
from html.parser import HTMLParser

import nbformat
import pytest
from samples import network, neuron

from micrograd import Value, draw
from micrograd.drawing import geometry, page


def boxes(tab):
    """The rectangles of all boxes on the screen, by their numbers."""
    return tab.locator("svg > .mg-level > .mg-box").evaluate_all(
        "all => all.map(box => { const r = box.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] })"
    )


def fits(tab):
    """Whether the whole picture is in its window, and the window on the page."""
    inside = """svg => { const a = svg.getBoundingClientRect(), b = svg.parentNode.getBoundingClientRect();
        return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom && a.width > 50
            && b.left >= 0 && b.right <= innerWidth }"""
    return tab.locator("svg.micrograd").evaluate(inside)


def label(tab, text):
    """The labels that are, or begin with, `text`."""
    return tab.locator(".mg-label").filter(has_text=re.compile(f"^{text}"))


def until_boxes_open(tab):
    """The insides of the boxes are unpacked some time after the picture is there."""
    tab.locator(".mg-opens").first.wait_for()


def overlaps(rectangles):
    pairs = [(a, b) for i, a in enumerate(rectangles) for b in rectangles[i + 1 :]]
    return [(a, b) for a, b in pairs if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]


@pytest.mark.parametrize("direction", [pytest.param("right", marks=pytest.mark.quick), "down"])
def test_a_layer_opens_and_closes(opened, direction):
    tab = opened(draw(network(2, 4, 3, 1), collapse="layer", direction=direction).html)
    until_boxes_open(tab)
    closed = tab.locator("svg").evaluate("svg => svg.outerHTML")
    layer = tab.get_by_role("button", name="Layer 1")
    assert tab.locator(".mg-opens").count() == 3 and label(tab, "Neuron").count() == 0
    layer.click()
    assert label(tab, "Neuron").count() == 3 and layer.get_attribute("aria-expanded") == "true"
    assert overlaps(boxes(tab)) == []
    size = tab.locator("svg").evaluate("svg => [svg.getBBox().width, svg.viewBox.baseVal.width]")
    assert size[0] <= size[1] + 1 and fits(tab)
    tab.get_by_role("button", name="Neuron 2").press("Enter")
    assert label(tab, r"w\[3\]").count() == 1
    assert overlaps(boxes(tab)) == []
    label(tab, "Neuron 2").click()
    assert label(tab, r"w\[3\]").count() == 0 and label(tab, "Neuron").count() == 3
    label(tab, "Layer 1").click()
    assert label(tab, "Neuron").count() == 0
    again = tab.locator("svg").evaluate("svg => svg.outerHTML")
    assert numbers(again) == pytest.approx(numbers(closed), abs=0.2)


def numbers(text):
    return [float(x) for x in re.findall(r"-?\d+\.?\d*", re.sub(r'<path[^>]*d="[^"]*"', "", text))]


def test_the_keyboard_opens_and_closes(opened):
    tab = opened(draw(network(2, 4, 1), collapse="layer").html)
    tab.get_by_role("button", name="Layer 0").focus()
    tab.keyboard.press(" ")
    assert label(tab, "Neuron").count() == 4
    tab.keyboard.press("Enter")
    assert label(tab, "Neuron").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(opened, scheme):
    tab = opened(draw(neuron()).html, color_scheme=scheme)
    fill = tab.locator(".mg-page").evaluate("rect => getComputedStyle(rect).fill")
    assert fill == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 25, 31)"}[scheme]


def test_a_dark_page_on_a_light_system(opened):
    content = page.page(f'<div style="color:#eee">{draw(neuron()).fragment}</div>', "dark")
    tab = opened(content, color_scheme="light")
    assert tab.locator(".mg-page").evaluate("rect => getComputedStyle(rect).fill") == "rgb(20, 25, 31)"


def test_texts_stay_inside_their_boxes(opened):
    rng = random.Random(7)
    x = Value(rng.random(), label="a label of some length, with WIDE letters: MMMM")
    for k in range(12):
        x = (x * rng.uniform(-1e5, 1e5) + rng.random()).tanh()
        x.label = "".join(rng.choice("abcXYZW_[](){}*+-/ 0123456789αβ∂") for _ in range(3 * k))
    x.backward()
    tab = opened(draw(x, digits=12).html)
    outside = tab.locator(".mg-box").evaluate_all(
        """all => all.flatMap(box => {
            const r = box.querySelector('rect').getBoundingClientRect();
            return [...box.querySelectorAll('text')].filter(text => {
                const t = text.getBoundingClientRect();
                return t.left < r.left || t.right > r.right || t.top < r.top || t.bottom > r.bottom;
            }).map(text => text.textContent);
        })"""
    )
    assert outside == []


def test_pictures_on_one_page_keep_their_own_look(opened):
    hot, plain = draw(neuron(), color="grad"), draw(neuron())
    tab = opened(page.page(hot.fragment + plain.fragment, "two"), color_scheme="dark")
    fill = "all => all.map(box => getComputedStyle(box.querySelector('rect:not(.mg-page)')).fill)"
    fills = tab.locator("svg").evaluate_all(fill)
    assert fills[0] != fills[1]
    alone = opened(hot.html, color_scheme="dark")
    assert alone.locator("svg").evaluate_all(fill) == fills[:1]


def test_a_label_is_text_in_the_page(opened):
    tab = opened(draw(Value(1.0, label="<img src=x onerror=alert(1)>") * 2.0).html)
    assert label(tab, "<img").count() == 1 and tab.locator("img").count() == 0


# ---- notebooks


def notebook(picture):
    """What a kernel stores when the picture is the last line of a cell."""
    output = nbformat.v4.new_output("execute_result", picture._repr_mimebundle_(), execution_count=1)
    cell = nbformat.v4.new_code_cell("draw(loss)", execution_count=1, outputs=[output])
    return nbformat.v4.new_notebook(cells=[cell])


def exported(picture, **options):
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(**options)
    exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = exporter.mermaid_js_url = ""
    text = exporter.from_notebook_node(notebook(picture))[0]
    return re.sub(r'<script type="module">.*?</script>|<script src=[^>]*></script>', "", text, flags=re.DOTALL)


def test_an_exported_notebook_shows_it(opened):
    wide = opened(exported(draw(network(2, 4, 1))), viewport={"width": 800, "height": 600})
    size = wide.locator("svg.micrograd").evaluate("svg => [svg.clientWidth, svg.viewBox.baseVal.width]")
    assert size[0] < 800 < 1000 < size[1] and fits(wide)
    wide.get_by_role("button", name="100 %").click()
    size = wide.locator("svg.micrograd").evaluate("svg => [svg.clientWidth, svg.viewBox.baseVal.width]")
    assert size[0] == size[1]
    tab = opened(exported(draw(network(2, 4, 1), collapse="layer")))
    assert tab.locator(".jp-OutputArea-output svg.micrograd").count() == 1
    until_boxes_open(tab)
    label(tab, "Layer 0").click()
    assert label(tab, "Neuron").count() == 4


def test_without_scripts_the_image_shows(opened):
    tab = opened(exported(draw(neuron())), java_script_enabled=False)
    image = tab.locator(".jp-OutputArea-output img")
    assert image.count() == 1 and image.bounding_box()["width"] > 600


class Sanitizer(HTMLParser):
    """What an untrusted notebook leaves of HTML: harmless tags, an image's source, and no script with its text."""

    def __init__(self, text):
        super().__init__()
        self.kept, self.dropping = [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.dropping += tag in ("script", "style")
        if tag in ("div", "img"):
            shown = "".join(f' {k}="{v}"' for k, v in attributes if k in ("src", "alt"))
            self.kept.append(f"<{tag}{shown}>")

    def handle_endtag(self, tag):
        self.dropping -= tag in ("script", "style")
        self.kept += ["</div>"] if tag == "div" else []

    def handle_data(self, data):
        if not self.dropping:
            self.kept.append(data)


def test_an_untrusted_notebook_shows_the_image(opened):
    picture = draw(network(2, 4, 1), collapse="layer")
    left = "".join(Sanitizer(picture.fragment).kept)
    tab = opened(page.page(left, "untrusted"))
    assert tab.locator("main").inner_text().strip() == "untrusted"  # the title of the page around it
    width = tab.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert width == int(re.search(r'width="(\d+)"', picture.svg)[1])
    assert tab.locator("img").get_attribute("alt") == "Computation graph of loss: 7 boxes"


def test_marimo_shows_a_frame_of_its_own(opened):
    kind, content = draw(network(2, 4, 1), collapse="layer")._mime_()
    assert kind == "text/html"
    frame = opened(page.page(content, "marimo")).frame_locator("iframe")
    until_boxes_open(frame)
    label(frame, "Layer 0").click()
    assert label(frame, "Neuron").count() == 4


# ---- without a browser


def test_the_bundle():
    picture = draw(neuron())
    bundle = picture._repr_mimebundle_()
    assert list(bundle) == ["text/html", "text/plain"] and bundle["text/plain"] == repr(picture)
    assert picture._repr_mimebundle_(include={"image/svg+xml"}) == {"image/svg+xml": picture.svg}
    assert picture._repr_mimebundle_(include={"image/png"}) == {}
    assert list(picture._repr_mimebundle_(include={"text/plain"})) == ["text/plain"]
    assert "text/html" not in picture._repr_mimebundle_(exclude=["text/html"])
    image = re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', bundle["text/html"])[1]
    assert base64.b64decode(image).decode() == picture.svg


def test_nothing_is_loaded_from_anywhere():
    assert set(re.findall(r"https?://[^\s\"'<\\]*", draw(network(2, 4, 1), collapse="layer").html)) == {
        "http://www.w3.org/2000/svg"
    }


@pytest.mark.parametrize("path", [page.SCRIPT, page.ZOOM], ids=lambda path: path.name)
def test_the_scripts_are_plain(path):
    script = path.read_text(encoding="utf-8")
    assert "innerHTML" not in script and not re.search(r"(?<!:)//", script) and "</script" not in script


def test_large_networks_open_only_so_far(monkeypatch):
    monkeypatch.setattr(geometry, "MOST", 20)
    picture = draw(network(2, 8, 8, 1), collapse="layer")
    packed = re.search(r'document\.currentScript,"([^"]*)"', picture.fragment)[1]
    data = json.loads(zlib.decompress(base64.b64decode(packed)))
    assert len(data["levels"]) == len(data["insides"]) < 8
