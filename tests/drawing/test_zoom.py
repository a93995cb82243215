"""A picture in its window, on every kind of page: it fits at first, and keys, wheel, fingers, buttons zoom it."""

import pytest
from samples import network, neuron

import micrograd
from micrograd import draw

PAGES = {
    "picture": lambda: draw(network(2, 4, 1)).html,
    "picture of layers": lambda: draw(network(2, 4, 4, 1), collapse="layer").html,
    "picture in a notebook": lambda: f"<body><p>above</p>{draw(network(2, 4, 1)).fragment}<p>below</p></body>",
    "stepper": lambda: micrograd.step(network(2, 4, 1)).html,
    "practice": lambda: micrograd.practice(level=8).html,
    "bug": lambda: micrograd.practice(level=6).bug("pushed before complete").html,
}
STATE = """svg => {
  const a = svg.getBoundingClientRect(), window = svg.parentNode, b = window.getBoundingClientRect();
  return { width: a.width, natural: svg.viewBox.baseVal.width, left: window.scrollLeft, top: window.scrollTop,
    fits: a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom && a.width > 50,
    x: b.left + b.width / 2, y: b.top + b.height / 2, page: document.documentElement.scrollWidth <= innerWidth };
}"""


def state(tab):
    return tab.locator("svg.micrograd").evaluate(STATE)


def large(opened, **options):
    """A stepper in whose window there is more than it shows, after one press of a button."""
    tab = opened(PAGES["stepper"](), **options)
    tab.get_by_role("button", name="100 %").click()
    assert not state(tab)["fits"]
    return tab


@pytest.mark.parametrize("width", [pytest.param(390, marks=pytest.mark.quick), 820, 1440])
def test_every_picture_fits_at_first(opened, width):
    """On a phone, a lesson's starts at a size that can be read instead."""
    for name, make in PAGES.items():
        shown = state(opened(make(), width, 800))
        readable = width == 390 and shown["width"] >= 0.69 * shown["natural"]
        assert (shown["fits"] or readable) and shown["page"], name


@pytest.mark.parametrize("name", PAGES)
def test_keys_and_buttons(opened, name):
    tab = opened(PAGES[name]())
    before = state(tab)
    scroller = tab.locator(".micrograd-scroller")
    scroller.focus()
    for key, larger in (("+", True), ("=", True), ("-", False), ("+", True)):
        width = state(tab)["width"]
        tab.keyboard.press(key)
        assert (state(tab)["width"] > width) == larger
    tab.keyboard.press("0")
    assert state(tab) == before
    tab.get_by_role("button", name="Zoom in").click()
    assert state(tab)["width"] > before["width"]
    tab.get_by_role("button", name="Zoom out").click()
    assert state(tab) == before
    for _ in range(6):
        tab.get_by_role("button", name="Zoom in").click()
    scroller.focus()
    moved = [(state(tab)["left"], state(tab)["top"])]
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        tab.keyboard.press(key)
        moved.append((state(tab)["left"], state(tab)["top"]))
    assert moved[1][0] > moved[0][0] and moved[2][1] > moved[1][1] and moved[4] <= moved[1]
    tab.get_by_role("button", name="Fit").click()
    assert state(tab) == before


def test_keys_are_heard_on_the_whole_page_but_not_in_a_field(opened):
    tab = opened(PAGES["picture"]())
    width = state(tab)["width"]
    tab.keyboard.press("+")
    assert state(tab)["width"] > width
    tab = opened(PAGES["practice"]())
    width = state(tab)["width"]
    tab.locator("[name=answer]").fill("1")
    for key in "+-0":
        tab.keyboard.press(key)
    assert tab.locator("[name=answer]").input_value() == "1+-0" and state(tab)["width"] == width


def test_in_a_notebook_keys_are_heard_in_the_picture_alone(opened):
    tab = opened(PAGES["picture in a notebook"]())
    tab.evaluate("window.heard = []; addEventListener('keydown', e => heard.push(e.key))")
    width = state(tab)["width"]
    tab.keyboard.press("+")
    assert state(tab)["width"] == width
    tab.locator(".micrograd-scroller").focus()
    tab.keyboard.press("+")
    tab.keyboard.press("0")
    assert tab.evaluate("heard") == ["+"]


def test_the_wheel_zooms_with_control_and_scrolls_without(opened):
    text = "<p style='height:600px'>text</p>"
    tab = opened(f"<body>{draw(network(2, 4, 1)).fragment}{text}{text}</body>")
    shown = state(tab)
    tab.mouse.move(shown["x"], shown["y"])
    tab.mouse.wheel(0, 100)
    tab.wait_for_function("scrollY > 0")
    assert state(tab)["width"] == shown["width"]
    tab.evaluate("scrollTo(0, 0)")
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -100)
    tab.keyboard.up("Control")
    tab.wait_for_function(f"document.querySelector('svg.micrograd').getBoundingClientRect().width > {shown['width']}")
    assert tab.evaluate("scrollY") == 0


def test_two_fingers_zoom_and_one_scrolls(opened):
    tab = opened(PAGES["stepper"](), 390, 800, has_touch=True)
    shown = state(tab)
    x, y = shown["x"], shown["y"]
    send = tab.context.new_cdp_session(tab).send

    def touch(kind, *points):
        fingers = [{"x": x + dx, "y": y + dy, "id": k} for k, (dx, dy) in enumerate(points)]
        send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (-20, 0))
    touch("touchStart", (-20, 0), (20, 0))
    for spread in range(25, 65, 5):
        touch("touchMove", (-spread, 0), (spread, 0))
    touch("touchEnd")
    wide = state(tab)
    assert 2 * shown["width"] < wide["width"] < 4 * shown["width"] and not wide["fits"]
    touch("touchStart", (40, 0))
    for way in range(0, 100, 10):
        touch("touchMove", (40 - way, 0))
    touch("touchEnd")
    tab.wait_for_function(f"document.querySelector('.micrograd-scroller').scrollLeft > {wide['left']}")
    assert state(tab)["width"] == wide["width"]


def test_dragging_moves_and_is_no_click(opened):
    tab = large(opened)
    before, count = state(tab), tab.locator("#count").inner_text()
    tab.mouse.move(before["x"], before["y"])
    tab.mouse.down()
    for way in (10, 40, 80):
        tab.mouse.move(before["x"] + way, before["y"])
    tab.mouse.up()
    assert state(tab)["left"] == before["left"] - 80 and tab.locator("#count").inner_text() == count
    tab.locator(".mg-output").click()
    tab.mouse.move(before["x"], before["y"])
    assert tab.locator("#count").inner_text() != count or count.startswith("0")


def test_a_step_stays_in_view(opened):
    tab = large(opened, width=500)
    inside = """() => { const a = document.querySelector('.mg-box.to').getBoundingClientRect(),
        b = document.querySelector('#scroller').getBoundingClientRect();
        return a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1 }"""
    for _ in range(12):
        tab.locator("#next").click()
        assert tab.evaluate(inside)
    tab.get_by_role("button", name="Fit").click()
    tab.get_by_role("button", name="100 %").click()
    assert tab.evaluate(inside)


def test_boxes_that_open_stay_in_the_window(opened):
    tab = opened(PAGES["picture of layers"](), 820, 600)
    for name in ("Layer 0", "Layer 1"):
        tab.get_by_role("button", name=name).click()
        assert state(tab)["fits"]
    tab.get_by_role("button", name="Zoom in").click()
    width = state(tab)["width"]
    tab.get_by_role("button", name="Layer 1").click()
    assert state(tab)["width"] != width  # as large as before, with less in it


def test_a_small_picture_is_not_blown_up(opened):
    shown = state(opened(draw(neuron()).html, 1440, 900))
    assert shown["width"] == pytest.approx(shown["natural"], abs=1)


def test_a_window_that_changes(opened):
    tab = opened(PAGES["picture"]())
    for width in (900, 390, 1300):
        tab.set_viewport_size({"width": width, "height": 700})
        tab.wait_for_function(f"({STATE})(document.querySelector('svg.micrograd')).fits")
