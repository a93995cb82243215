"""The page of a film in a browser: its slider, its keys, its clock; themes, widths, and where no script runs."""

import random

import pytest

from micrograd import datasets, fit, watch
from micrograd.drawing.page import build_frame
from micrograd.losses import max_margin
from micrograd.nn import MLP
from micrograd.optim import SGD


@pytest.fixture(scope="module")
def film():
    points, labels = datasets.moons(30, noise=0.1, seed=1)
    model = MLP(2, [3, 1], fused=True, rng=random.Random(1))
    optimiser = SGD(model.parameters(), lr=0.5)
    film = watch(fit(model, max_margin, (points, labels), optimiser, epochs=6, rng=1))
    list(film)
    return film


def moment(tab):
    """The name of the moment, and what is drawn there: the place in the curves, the field, a number of the network."""
    tab.wait_for_function("document.getElementById('slider').max === '6'")
    parts = (".film .now", "d"), (".film image", "href")
    found = [tab.locator(part).get_attribute(attribute) for part, attribute in parts]
    return tab.locator("#when").inner_text(), *found, tab.locator(".mg-value").all_text_contents()


def test_the_keys_the_buttons_and_the_slider_choose_a_moment(opened, film):
    tab = opened(film.html)
    last = moment(tab)
    assert last[0] == "epoch 6 of 6" and tab.locator("#next").is_disabled()
    tab.keyboard.press("Home")
    first = moment(tab)
    assert first[0] == "before the training" and all(a != b for a, b in zip(first, last, strict=True))
    assert tab.locator("#said").inner_text() == "before the training" and tab.locator("#back").is_disabled()
    tab.keyboard.press("ArrowRight")
    assert moment(tab)[0] == "epoch 1 of 6"
    tab.locator("#next").click()
    assert moment(tab)[0] == tab.locator("#slider").get_attribute("aria-valuetext") == "epoch 2 of 6"
    tab.locator("#slider").fill("4")
    assert moment(tab)[0] == "epoch 4 of 6"
    tab.locator("#slider").press("ArrowLeft")
    tab.locator("#back").click()
    assert moment(tab)[0] == "epoch 2 of 6"
    tab.keyboard.press("End")
    assert moment(tab) == last


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_it_plays_to_the_end_and_pauses(opened, film, motion):
    tab = opened(film.html, reduced_motion=motion)
    moment(tab)
    tab.clock.install(time=0)
    tab.clock.pause_at(1000)
    tab.keyboard.press("Space")
    assert tab.locator("#does").inner_text() == "Pause" and moment(tab)[0] == "before the training"
    tab.clock.run_for(250)
    assert moment(tab)[0] == "epoch 1 of 6"
    tab.clock.run_for(600)
    assert moment(tab)[0] == {"reduce": "epoch 1 of 6", "no-preference": "epoch 2 of 6"}[motion]
    tab.locator("#play").click()
    paused = moment(tab)
    tab.clock.run_for(5000)
    assert moment(tab) == paused and tab.locator("#does").inner_text() == "Play"
    tab.locator("#play").press("Space")
    tab.clock.run_for(9000)
    assert moment(tab)[0] == "epoch 6 of 6" and tab.locator("#does").inner_text() == "Play"


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_is_wider_than_the_page(opened, film, width):
    tab = opened(film.html, width)
    moment(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    tab.locator("summary").click()
    assert tab.locator("tbody tr").count() == 7 and tab.evaluate("document.documentElement.scrollWidth") == width


def test_without_a_script_the_last_moment_and_the_figures_are_there(opened, film):
    tab = opened(film.html, java_script_enabled=False)
    assert tab.locator("#when").text_content() == "epoch 6 of 6" and not tab.locator("#controls").is_visible()
    assert tab.locator(".film").count() == 3 and tab.locator(".film .border").get_attribute("d").startswith("M")


def test_it_runs_in_the_frame_of_a_notebook(opened, film):
    frame = build_frame(film.html, film.title, 700, film.svg)
    tab = opened(f"<!DOCTYPE html><html lang=en><title>t</title>{frame}")
    inside = tab.frame_locator("iframe")
    inside.locator("#slider").press("Home")
    assert inside.locator("#when").inner_text() == "before the training"
    dark = "getComputedStyle(document.body).backgroundColor"
    colours = [inside.locator("body").evaluate(dark)]
    tab.evaluate("document.querySelector('iframe').contentWindow.postMessage({micrograd: 'theme', theme: 'dark'}, '*')")
    inside.locator("html[data-theme=dark]").wait_for()
    assert colours + [inside.locator("body").evaluate(dark)] == ["rgb(255, 255, 255)", "rgb(20, 25, 31)"]
