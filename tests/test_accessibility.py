"""Pages as axe-core judges them: no serious or moderate finding, in light and in dark, on a phone and on a wide screen.

All of axe's rules run, its experimental ones too, and on every page in the states that it passes through.
"""

import json
import random

import pytest
from budget import budget

import micrograd
from micrograd import Value, draw
from micrograd.losses import max_margin
from micrograd.nn import MLP
from micrograd.optim import SGD

WIDTHS, SCHEMES = budget([390], [390, 820, 1440]), budget(["dark"], ["light", "dark"])
RULES = "Object.fromEntries(axe.getRules().map(rule => [rule.ruleId, { enabled: !rule.tags.includes('wcag2aaa') }]))"
FOUND = f"axe.run(document, {{ rules: {RULES}, resultTypes: ['violations'] }}).then(it => it.violations)"


def neuron():
    x, w, b = Value(2.0, label="x"), Value(-3.0, label="w"), Value(6.5, label="b")
    o = (x * w + b).tanh()
    o.label = "o"
    return o


def network():
    loss = (MLP(2, [3, 1], rng=random.Random(1))([0.5, 0.25]) - 1.0) ** 2
    loss.label = "loss"
    return loss


def sheet(folder):
    path = folder / "sheet.html"
    micrograd.practice(level=5).export(path, solutions=True)
    return path.read_text(encoding="utf-8")


def film(folder):
    model = MLP(2, [3, 1], fused=True, rng=random.Random(1))
    points, labels = micrograd.datasets.moons(20, noise=0.1, seed=1)
    optimiser = SGD(model.parameters(), lr=0.5)
    training = micrograd.watch(micrograd.fit(model, max_margin, (points, labels), optimiser, epochs=3))
    assert len(list(training)) == 3
    return training.html


PAGES = {
    "picture": lambda folder: draw(neuron(), color="data").html,
    "network": lambda folder: draw(network()).html,
    "layers": lambda folder: draw(network(), collapse="layer").html,
    "frame": lambda folder: (
        f"<!DOCTYPE html><html lang=en><title>t</title><main><h1>t</h1>{draw(neuron())._mime_()[1]}"
    ),
    "stepper": lambda folder: micrograd.step(neuron()).html,
    "network stepper": lambda folder: micrograd.step(network()).html,
    "practice": lambda folder: micrograd.practice(level=2).html,
    "bug": lambda folder: micrograd.practice(level=6).bug("pushed before complete").html,
    "updates": lambda folder: micrograd.step(neuron()).update("w b").html,
    "sheet": sheet,
    "film": film,
}


def walk_practice(tab):
    tab.keyboard.press("Enter")  # nothing typed
    yield
    tab.locator("[name=answer]").fill("5")
    tab.locator("[name=answer]").press("Enter")
    yield
    tab.locator("#next").click()
    yield


def walk_stepper(tab):
    tab.locator("#predict").click()
    tab.locator("#next").click()
    yield
    tab.keyboard.press("+")
    yield
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("?")
    tab.locator("#outline summary").click()
    tab.locator("#outline > ul").wait_for()
    tab.locator(".micrograd-zoom button").nth(1).click()
    yield
    tab.locator("#forward").click()
    tab.locator("#next").click()
    yield
    tab.locator("#present").click()
    tab.keyboard.press("PageDown")
    yield


def walk_updates(tab):
    tab.locator("#update").click()
    yield
    tab.locator("#predict").click()
    tab.locator("#next").click()
    tab.locator("#next").click()
    yield
    tab.locator("#last").click()
    yield
    tab.locator("#next").click()
    yield


def walk_bug(tab):
    tab.get_by_role("button", name="Submit").click()
    yield


def walk_layers(tab):
    tab.get_by_role("button", name="Layer 0").press("Enter")
    yield
    tab.get_by_role("button", name="Neuron 1").press("Enter")
    yield


def walk_film(tab):
    tab.locator("#back").click()
    tab.locator("summary").click()
    yield


WALKS = {
    "film": walk_film,
    "practice": walk_practice,
    "stepper": walk_stepper,
    "updates": walk_updates,
    "bug": walk_bug,
    "layers": walk_layers,
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.quick] if name == "layers" else []) for name in PAGES]
)
def test_axe_finds_nothing(opened, tmp_path, name):
    axe = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    content = PAGES[name](tmp_path)
    for width in WIDTHS:
        for scheme in SCHEMES:
            tab = opened(content, width, 800, color_scheme=scheme)
            tab.evaluate(axe)
            tab.add_style_tag(content="li{content-visibility:visible!important}")  # rows in their true size
            for _ in (None, *WALKS.get(name, lambda tab: ())(tab)):
                found = [
                    (it["id"], it["nodes"][0]["html"][:120], it["nodes"][0]["failureSummary"])
                    for it in tab.evaluate(FOUND)
                    if it["impact"] != "minor"
                ]
                assert found == [], (width, scheme, json.dumps(found, indent=1))
