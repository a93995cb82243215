"""Several updates as a page: its data, and in a real browser, by mouse and by keyboard."""

import random
import re

import pytest
from test_stepper_page import Balanced, unpacked

import micrograd
from micrograd import losses
from micrograd.nn import MLP
from micrograd.optim import SGD


def line(**options):
    s = micrograd.step("(w*x + b - y)**2", w=-0.5, x=2, b=0.25, y=1)
    return s.update("w b", **{"rate": 0.05, "updates": 3} | options)


def small_network():
    model = MLP(2, [2, 1], rng=random.Random(1))
    return micrograd.step_update(
        model, losses.mse, ([[1.0, 2.0]], [1.0]), SGD(model.parameters(), lr=0.1, momentum=0.9)
    )


def test_the_data_of_each_update():
    data = unpacked(line().html)
    assert data["chapters"][0] is None and len(data["chapters"]) == 3
    first, second = data, data["chapters"][1]
    move = first["moves"][0]
    assert (move["name"], move["before"], move["after"], move["exact"]) == ("w", "−0.5", "−0.15", pytest.approx(-0.15))
    assert first["nodes"][move["box"]]["name"] == "w" and move["numbers"] == "−0.5 − 0.05·(−7)"
    assert [first["slips"][k] for x, k in move["wrong"] if x == pytest.approx(-0.85)] == [
        "“sign: + instead of −”: the grad points uphill, and the update goes downhill: subtract rate × grad."
    ]
    assert first["outcome"]["values"][first["root"]] == second["nodes"][second["root"]]["value"] == "0.7656"
    assert second["seed"]["why"].endswith("and w would go to 0.375 instead of 0.025.")


def test_boxes_stay_where_they_are():
    """All pictures leave room for the numbers of all updates."""
    data = unpacked(line().html)
    places = [re.findall(r'<rect[^>]*x="[^"]*"[^>]*>', one["svg"]) for one in (data, *data["chapters"][1:])]
    assert places[0] == places[1] == places[2]


def test_without_a_script_all_updates_can_be_read():
    content = line().html
    parser = Balanced()
    parser.feed(content)
    assert parser.open == []
    ledger = re.search(r'id="ledger".*?</section>', content, re.S)[0]
    assert ledger.count("<strong>Update ") == 3 and "L falls from 3.062 to 0.7656" in ledger


def story(tab):
    return re.sub(r"\s+", " ", tab.locator("#step").inner_text())


def values(tab):
    return dict(
        tab.locator(".mg-box").evaluate_all(
            "all => all.map(b => [b.querySelector('.mg-label').textContent, b.querySelector('.mg-value').textContent])"
        )
    )


@pytest.mark.quick
def test_through_two_updates(opened):
    tab = opened(line().html)
    following = tab.locator("#next")
    for _ in range(5):
        following.click()
    assert tab.locator("#count").inner_text() == "0 / 7" and "Seed" in story(tab)
    tab.locator("#last").click()
    assert following.inner_text() == "Update →"
    following.click()
    assert "each parameter moves by −rate × its grad" in story(tab)
    following.click()
    assert "−0.5 − 0.05·(−7) = = new value new w −0.15" in story(tab) and values(tab)["w"] == "−0.5 → −0.15"
    following.click()
    assert values(tab)["w"] == "−0.15" and tab.locator("#ledger .now b").inner_text() == "b"
    following.click()
    assert "L falls from 3.062 to 0.7656" in story(tab) and values(tab)["L"] == "0.7656"
    assert following.inner_text() == "Update 2 →"
    following.click()
    assert "Forward again, with the new numbers: w = −0.15, b = 0.425." in story(tab)
    assert values(tab)["L"] == "—" and tab.locator("#chapter").input_value() == "1"
    tab.locator("#back").click()
    assert "L falls from 3.062 to 0.7656" in story(tab) and tab.locator("#chapter").input_value() == "0"


def test_predictions_and_the_keyboard(opened):
    tab = opened(line().html)
    tab.locator("#update").click()
    tab.keyboard.press("p")
    tab.keyboard.press("ArrowRight")
    assert "w = −0.5 now. After this update?" in story(tab)
    for typed, said in (
        ("-0.85", "it is −0.15. That is the answer of a known mistake, “sign: + instead of −”"),
        ("0.425", "right"),
    ):
        tab.locator("#question input").fill(typed)
        tab.keyboard.press("Enter")
        assert said in story(tab)
        tab.keyboard.press("ArrowRight")
    assert "L falls" in story(tab)
    tab.keyboard.press("ArrowRight")
    tab.locator("#update").click()
    assert tab.locator("#predict").get_attribute("aria-pressed") == "true"
    tab.keyboard.press("ArrowRight")
    tab.locator("#question input").fill("0.375")
    tab.keyboard.press("Enter")
    assert "“zero_grad forgotten”" in story(tab)
    tab.keyboard.press("ArrowLeft")
    tab.locator("#chapter").select_option("2")
    assert "w = 0.025, b = 0.5125" in story(tab)
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("#others h2").all_text_contents() == [f"Update {k} of 3: the parameters move" for k in (1, 2)]
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("#others").count() == 0


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_played_to_the_end_without_overflow(opened, width):
    tab = opened(line(updates=2).html, width=width, height=800)
    tab.clock.install()
    tab.locator("#play").click()
    for _ in range(40):
        tab.clock.run_for(1300)
    assert tab.locator("#chapter").input_value() == "1" and "L falls from 0.7656" in story(tab)
    assert tab.locator("#play").inner_text() == "▶ Play"
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_slides_go_on_from_update_to_update(opened, tmp_path):
    path = line(updates=2).save(tmp_path / "slides.html", theme="dark")
    tab = opened(path.read_text(encoding="utf-8"))
    foot = tab.locator(".slide-foot span")
    assert foot.inner_text() == "Update 1 of 2 · 1 / 17"
    for _ in range(20):
        tab.keyboard.press("ArrowRight")
    assert foot.inner_text() == "Update 2 of 2 · 4 / 17"
    for _ in range(5):
        tab.keyboard.press("ArrowLeft")
    assert foot.inner_text() == "Update 1 of 2 · 16 / 17" and "b, parameter 2 of 2" in story(tab)
    tab.keyboard.press("Escape")
    assert tab.locator("header").is_visible()
    tab.locator("#last").click()
    tab.locator("#next").click()
    assert tab.locator("header").is_visible() and tab.locator("#chapter").input_value() == "1"


def test_a_network_with_momentum(opened):
    tab = opened(small_network().html, width=390, height=844, color_scheme="dark")
    tab.locator("#update").click()
    tab.locator("#next").click()
    assert "velocity ← " in story(tab) and tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.locator("#last").click()
    tab.locator("#ledger ol").last.locator("button").first.click()
    assert tab.locator("#count").inner_text() == "1 / 10"
