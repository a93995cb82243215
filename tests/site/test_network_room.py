"""The room of networks, in a real browser: the training, updates by hand, the reader's own points, the link."""

import re

import pytest

SMALL = "#network?data=moons&n=30&noise=0.1&hidden=3&act=tanh&seed=3&rate=0.5&batch=all&decay=0"
PRESS = "document.getElementById('net-said').textContent.startsWith('Press')"
READY = f"document.documentElement.dataset.python === 'ready' && {PRESS}"
PLANE = "document.getElementById('net-plane').toDataURL()"
NUMBER = r"(−?\d+(?:\.\d+)?)"


def number(text):
    return float(text.replace("−", "-"))


def loss(tab):
    return float(tab.locator("#net-loss").inner_text())


def updates(tab):
    return int(tab.locator("#net-step").inner_text().replace(",", ""))


def said(tab, word):
    tab.locator("#net-said", has_text=re.compile(word)).wait_for()
    return tab.locator("#net-said").inner_text()


def check_page(tab):
    """Nothing that axe finds, nothing wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab, ".net").response["violations"]
    assert [(it["id"], [node["target"] for node in it["nodes"]]) for it in found] == []
    assert tab.evaluate("document.documentElement.scrollWidth") == tab.viewport_size["width"]


@pytest.fixture
def entered(visit):
    def enter(address=SMALL, **options):
        tab = visit(address, **options)
        tab.wait_for_function(READY, timeout=60_000)
        return tab

    return enter


def test_the_first_picture_needs_no_python(browser, site):
    context = browser.new_context()
    tab = context.new_page()
    tab.route(re.compile("pyodide"), lambda route: route.abort())
    tab.goto(site + "#network")
    tab.locator("#net-detail b", has_text="w[0,0,0]").wait_for()
    assert 0.5 < loss(tab) < 0.7
    context.close()


def test_it_trains_and_pauses_here_and_when_one_leaves(entered):
    tab = entered(width=1440)
    before, plane = loss(tab), tab.evaluate(PLANE)
    tab.click("#net-train")
    tab.wait_for_function("Number(document.getElementById('net-step').textContent) > 20")
    tab.click("#net-train")
    said(tab, "Paused")
    assert loss(tab) < before
    assert tab.evaluate(PLANE) != plane
    stopped = updates(tab)
    tab.wait_for_timeout(100)
    assert updates(tab) == stopped
    check_page(tab)
    tab.click("#net-train")
    tab.locator("nav.rooms a", has_text="Practice").click()
    tab.locator("nav.rooms a", has_text="Network").click()
    said(tab, "Paused")


def test_one_update_by_hand_is_weight_minus_rate_times_gradient(entered):
    tab = entered(width=390, scheme="dark")
    tab.focus("#net-part")
    tab.keyboard.press("Enter")
    assert "max(0, 1 − label × score) over 30 points" in said(tab, "^Forward")
    tab.keyboard.press("Enter")
    said(tab, "^Backward")
    check_page(tab)
    told = tab.locator("#net-detail").inner_text()
    found = re.search(rf"= {NUMBER}, next: {NUMBER} − 0.5 × \(?{NUMBER}\)? = {NUMBER}", told)
    grad, weight, again, moved = map(number, found.groups())
    assert grad == again and moved == pytest.approx(weight - 0.5 * grad, abs=1e-4)
    tab.keyboard.press("Enter")
    said(tab, "^Update")
    assert f"w[0,0,0] = {found[4]}" in tab.locator("#net-detail").inner_text()
    assert updates(tab) == 1


def test_one_example_at_a_time_and_step_by_step(entered):
    tab = entered(SMALL.replace("batch=all", "batch=1"))
    plane = tab.evaluate(PLANE)
    tab.click("text=Next example")
    told = said(tab, "Example")
    margin, hinge = re.search(rf"max\(0, 1 − (.*)\) = {NUMBER}", told).groups()
    label, score = (number(part.strip("()")) for part in margin.split(" × "))
    assert number(hinge) == pytest.approx(max(0.0, 1.0 - label * score), abs=1e-4)
    assert tab.evaluate(PLANE) != plane  # the example is marked
    tab.click("#net-part")
    tab.locator("#net-detail", has_text="Gradient at the sum of h[0,0] times x1").wait_for()
    tab.click("#net-step-through")
    tab.frame_locator("#net-lesson").locator("text=w[0,0,0]").first.wait_for(state="attached")


def test_points_by_mouse_and_keyboard_stand_in_the_address_which_restores_them(entered):
    tab = entered("#network?data=points&hidden=2&seed=1")
    assert tab.locator("#net-train").is_disabled()
    tab.click("#net-plane", position={"x": 100, "y": 80})
    tab.click("#net-plane", position={"x": 250, "y": 200}, modifiers=["Shift"])
    tab.focus("#net-plane")
    for key in ("ArrowUp", "Shift+ArrowRight", "Enter"):
        tab.keyboard.press(key)
    code = tab.evaluate("location.hash").split("points=")[1]
    assert len(code) == 9
    tab.mouse.move(0, 0)
    box = tab.locator("#net-plane").bounding_box()
    tab.mouse.move(box["x"] + 100, box["y"] + 80)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 130, box["y"] + 90)
    tab.mouse.up()
    moved = tab.evaluate("location.hash").split("points=")[1]
    assert moved[3:] == code[3:] and moved[:3] != code[:3]
    tab.click("[data-tool=remove]")
    tab.click("#net-plane", position={"x": 250, "y": 200})
    assert tab.evaluate("location.hash").split("points=")[1] == moved[:3] + moved[6:]
    tab.click("#net-train")
    tab.wait_for_function("Number(document.getElementById('net-step').textContent) > 2")
    tab.click("#net-train")
    said(tab, "Paused")
    link = tab.evaluate("location.hash")
    tab.evaluate("location.hash = '#network?data=xor&rate=0.25&hidden=3,2'")
    tab.wait_for_function("document.querySelector('[name=data]').value === 'xor'")
    tab.wait_for_function(PRESS)
    for name, expected in (("rate", "0.25"), ("layers", "2"), ("second", "2")):
        assert tab.locator(f"[name={name}]").input_value() == expected
    tab.go_back()
    tab.wait_for_function("document.querySelector('[name=data]').value === 'points'")
    assert tab.evaluate("location.hash") == link


def test_a_rate_that_is_too_large_is_said_in_a_sentence(entered):
    tab = entered(SMALL.replace("rate=0.5", "rate=100").replace("decay=0", "decay=0.1"))
    tab.click("#net-train")
    assert "Take a smaller rate" in said(tab, "beyond all bounds")
    tab.click("#net-reset")
    tab.wait_for_function(PRESS)
    assert updates(tab) == 0


def test_what_a_link_cannot_mean_is_said(visit):
    tab = visit("#network?hidden=0,99&act=foo&rate=0.50&batch=all&seed=7")
    assert "hidden=0,99 and act=foo, which cannot be" in said(tab, "cannot be")
    assert "hidden=8,8&act=tanh&seed=7" in tab.evaluate("location.hash")


def test_a_reset_begins_again_whatever_python_was_doing(entered):
    tab = entered("#network")  # the build has stored how this training begins
    tab.wait_for_function(PRESS)
    tab.click("#net-train")
    tab.wait_for_function("Number(document.getElementById('net-step').textContent) > 2")
    tab.click("#net-reset")  # while the next picture is on its way
    tab.wait_for_function(PRESS)
    assert updates(tab) == 0
    tab.click("#net-part")
    assert f"L = {loss(tab):.4f}" in said(tab, "^Forward")
    assert loss(tab) > 0.5


def test_what_waited_behind_code_that_was_stopped_is_asked_again(visit):
    tab = visit("#check")
    tab.wait_for_function(READY.split(" && ")[0])
    tab.locator("#check .cm-content").fill("while True:\n    pass")
    tab.click("[name=run]")
    tab.evaluate(f"location.hash = '{SMALL}'")
    tab.locator("#net-said", has_text="first picture").wait_for()
    tab.evaluate("location.hash = '#practice?level=1&seed=7'")
    tab.locator("#practice .said", has_text="One moment").wait_for()
    tab.evaluate("location.hash = '#check'")
    tab.click("[name=stop]")
    tab.evaluate("location.hash = '#practice?level=1&seed=7'")
    tab.frame_locator("#practice iframe").locator("svg .mg-page").wait_for()
    tab.evaluate(f"location.hash = '{SMALL}'")
    tab.wait_for_function(PRESS)
    tab.click("#net-part")
    said(tab, "^Forward")
