"""The room of expressions in a real browser, as a visitor uses it."""

import json
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=30_000)  # a busy machine takes its time
READY = "document.documentElement.dataset.python === 'ready'"
RULES = "Object.fromEntries(axe.getRules().map(rule => [rule.ruleId, { enabled: !rule.tags.includes('wcag2aaa') }]))"
FOUND = (
    f"axe.run(document, {{ rules: {RULES}, resultTypes: ['violations'], iframes: false }}).then(it => it.violations)"
)
SNAPSHOTS = """async (act) => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) await act(cache, key);
  }
}"""
DAMAGE = f"() => ({SNAPSHOTS})((cache, key) => cache.put(key, new Response('no snapshot')))"
SIZES = f"""async () => {{
  const sizes = [];
  await ({SNAPSHOTS})(async (cache, key) => sizes.push((await (await cache.match(key)).blob()).size));
  return sizes.length === 1 && sizes[0] > 1e6;
}}"""


def row(tab, name):
    return tab.locator(f"#expression .value[data-name={name}]")


def number(tab, name):
    return row(tab, name).locator("input.code")


def grad(tab, name):
    return row(tab, name).locator("output")


def drag(tab, locator, by):
    box = locator.bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + by, y, steps=6)
    tab.mouse.up()


def address(tab, holds):
    tab.wait_for_function("holds => decodeURIComponent(location.hash).includes(holds)", arg=holds)


def test_what_is_typed_is_drawn_and_what_cannot_be_read_is_pointed_at(visit):
    tab = visit()
    field = tab.locator("[name=expression]")
    expect(grad(tab, "w1")).to_have_text("∂L/∂w1 = 1")
    field.fill("log(a) + (c")
    expect(tab.locator("#problem")).to_contain_text("never closed. The graph still shows tanh(w1*x1 + w2*x2 + b).")
    above, below = tab.locator("#problem pre").text_content().split("\n")
    assert above[below.index("▲")] == "("
    field.fill("log(a) + c")
    expect(grad(tab, "a")).to_have_text("∂L/∂a = 0.5")
    expect(tab.locator("#problem")).to_be_hidden()
    number(tab, "a").fill("-1")
    expect(tab.locator("#expression .fault")).to_contain_text("not defined")
    number(tab, "a").fill("1/8")
    expect(grad(tab, "a")).to_have_text("∂L/∂a = 8")
    address(tab, "e=log(a) + c&a=1/8&c=3")


def test_numbers_are_dragged_in_their_field_on_the_slider_and_in_the_graph(visit):
    tab = visit("#expression?e=a*b&a=2&b=3")
    expect(grad(tab, "a")).to_have_text("∂L/∂a = 3")
    drag(tab, number(tab, "b"), 40)
    expect(number(tab, "b")).to_have_value("4.2")
    expect(grad(tab, "a")).to_have_text("∂L/∂a = 4.2")
    drag(tab, row(tab, "b").locator("[type=range]"), 30)
    expect(grad(tab, "a")).not_to_have_text("∂L/∂a = 4.2")
    box = tab.locator("#expression svg .mg-box", has_text="a").first
    drag(tab, box, -40)
    expect(grad(tab, "b")).to_have_text("∂L/∂b = 1")
    expect(tab.locator("#expression .meaning")).to_contain_text("a = 1. Its grad, ∂L/∂a, is")
    expect(tab.locator("#expression .meaning")).to_contain_text("Nudge a by 0.01 and L moves by about")


def test_a_step_downhill_is_taken_back(visit):
    tab = visit("#expression?e=" + quote("a*b + c") + "&a=2&b=-3&c=10")
    expect(grad(tab, "a")).to_have_text("∂L/∂a = −3")
    tab.get_by_text("Step downhill").click()
    expect(tab.locator("#expression .downhill span")).to_have_text("L: 4 → 2.54")
    expect(number(tab, "a")).to_have_value("2.3")
    tab.locator("[name=reset]").click()
    expect(number(tab, "a")).to_have_value("2")
    tab.go_back()
    expect(number(tab, "a")).to_have_value("2.3")


def test_the_views_show_their_lessons_and_back_comes_back(visit):
    tab = visit("#expression?e=" + quote("a*b + a") + "&a=2&b=4&view=step")
    lesson, view = tab.frame_locator("#expression iframe"), tab.locator("#expression .views")
    expect(lesson.locator("h1")).to_have_text("Backpropagation of L = a·b + a")
    view.get_by_text("Predict").click()
    expect(lesson.locator("#predict")).to_have_attribute("aria-pressed", "true")
    lesson.locator("#next").click()
    expect(lesson.locator("#question")).to_contain_text("Its sign?")
    view.get_by_text("Update").click()
    expect(lesson.locator("h1")).to_have_text("3 updates of L = a·b + a")
    lesson.locator("#update").click()
    lesson.locator("#next").click()
    expect(lesson.locator("#step")).to_contain_text("a − rate·a.grad")
    view.get_by_text("Break it").click()
    tab.locator("#expression [name=choice]").select_option("overwritten: = instead of +=")
    expect(tab.locator("#expression .compared")).to_contain_text("∂L/∂a54 ✗")
    expect(lesson.locator("#step")).to_contain_text("In the end: a.grad 4 instead of 5")
    view.get_by_text("Explain").click()
    expect(tab.locator("#expression .formulas .katex").first).to_be_visible()
    expect(tab.locator("#expression .formulas")).to_contain_text("As a sum over 2 paths from L to a")
    view.get_by_text("Code").click()
    expect(tab.locator("#expression pre")).to_contain_text('a = Value(2.0, label="a")')
    for past in ("explain", "break"):
        tab.go_back()
        expect(tab.locator("#expression .bench")).to_have_attribute("data-view", past)
    assert "practice?e=a*b%20+%20a&a=2&b=4" in tab.locator("#expression .practise").get_attribute("href")


def test_a_link_restores_everything_and_nonsense_is_a_sentence(visit):
    tab = visit("#expression?e=view*e+%2B+of&view=3&e=2&of=-1&view=explain&of=of")
    expect(number(tab, "view")).to_have_value("3")
    expect(number(tab, "e")).to_have_value("2")
    expect(tab.locator("#expression [name=choice]")).to_have_value("of")
    tab = visit("#expression?e=((&w=%E0%A4%A&view=7&x")
    expect(tab.locator("#problem")).to_contain_text("needed. The graph shows an example.")
    tab.locator("[name=example]").select_option("a*b + a")
    expect(grad(tab, "a")).to_have_text("∂L/∂a = 4")
    expect(tab.locator("#problem")).to_be_hidden()
    expect(tab.locator("#lost")).to_be_hidden()
    expect(visit("#cellar?e=a").locator("#lost")).to_contain_text("“cellar”, which is not here")


def test_the_keyboard_is_enough(visit):
    tab = visit("#expression?e=a*b&a=2&b=3")
    expect(grad(tab, "a")).to_have_text("∂L/∂a = 3")
    tab.locator("[name=expression]").focus()
    reached = []
    for _ in range(24):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("document.activeElement.textContent.trim() || document.activeElement.ariaLabel"))
        if tab.evaluate("document.activeElement === document.querySelector('[data-name=b] input')"):
            tab.keyboard.press("ArrowUp")
        if tab.evaluate("document.activeElement === document.querySelector('[data-name=b] [type=range]')"):
            tab.keyboard.press("ArrowRight")
        if reached[-1] == "Every number in words":
            tab.keyboard.press("Enter")
            break
    assert {"Copy link", "Graph", "Step", "Practise it", "Every number in words"} <= set(reached)
    expect(grad(tab, "a")).to_have_text("∂L/∂a = 3.2")
    expect(tab.locator("#expression .words li").first).to_contain_text("a = 2. Its grad, ∂L/∂a, is 3.2.")


@pytest.mark.parametrize("width, scheme", [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing(visit, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    tab = visit("#expression?e=" + quote("relu(w*x + b") + "&w=2", width, 800, scheme)
    expect(tab.locator("#problem")).not_to_be_empty()
    tab.evaluate(axe)
    for view in ("Graph", "Break it", "Explain", "Code"):
        if view != "Graph":
            tab.locator("[name=expression]").fill("relu(w*x + b)")
            tab.locator("#expression .views").get_by_text(view).click()
            expect(tab.locator("#expression .lesson .hint")).to_be_visible()
            expect(tab.locator("#expression .lesson > :not([hidden])").nth(1)).to_be_visible()
        found = [
            (it["id"], it["nodes"][0]["html"][:120], it["nodes"][0]["failureSummary"])
            for it in tab.evaluate(FOUND)
            if it["impact"] != "minor"
        ]
        assert found == [], (view, json.dumps(found, indent=1))
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_webassembly_what_is_stored_still_works(browser, site):
    context = browser.new_context()
    tab = context.new_page()
    tab.add_init_script("delete globalThis.WebAssembly")
    tab.goto(site)
    expect(tab.locator("#python")).to_contain_text("does not run WebAssembly")
    tab.locator("[name=example]").select_option("a*b + a")
    expect(grad(tab, "a")).to_have_text("∂L/∂a = 4")
    tab.locator("#expression .views").get_by_text("Step").click()
    expect(tab.frame_locator("#expression iframe").locator("h1")).to_have_text("Backpropagation of L = a·b + a")
    tab.locator("#expression .views").get_by_text("Graph").click()
    number(tab, "a").fill("7")
    expect(tab.locator("#expression .fault")).to_contain_text("Without Python only the examples work")
    context.close()


def test_a_damaged_snapshot_is_made_again(visit, until_kept):
    tab = visit()
    tab.wait_for_function(READY)
    tab.evaluate(DAMAGE)
    assert not tab.evaluate(SIZES)
    tab.reload()
    number(tab, "b").fill("-6")
    tab.wait_for_function(READY, timeout=60_000)
    expect(grad(tab, "b")).to_have_text("∂L/∂b = 1.51e−10")
    until_kept(tab)
    assert tab.evaluate(SIZES)
