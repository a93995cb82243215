"""The stepper's page as slides in a real browser: by keys, clicker and click, full screen, in a frame, on paper."""

import re

import pytest
from graphs import network, neuron, shared

import micrograd


def slides(opened, root):
    tab = opened(micrograd.step(root)._page({"data-slides": ""}).html)
    tab.locator(".slide-foot span").filter(has_text="/").wait_for()
    return tab


def number(tab):
    return tab.locator("#page > .slide-foot").inner_text()


def story(tab):
    return re.sub(r"\s+", " ", tab.locator("#step").inner_text())


def test_every_step_of_both_passes_is_a_slide(opened):
    tab = slides(opened, shared())
    assert number(tab) == "1 / 12" and "the leaves have their numbers" in story(tab)
    seen = [story(tab)]
    for key in ("PageDown", "ArrowRight", " ", "Enter", "ArrowDown", "PageDown", *["PageDown"] * 5):
        tab.keyboard.press(key)
        seen.append(story(tab))
    assert len(set(seen)) == 12 and "Seed: ∂L/∂L = 1" in seen[4] and "a.grad = 116, b.grad = 87" in seen[11]
    tab.keyboard.press("PageDown")
    assert number(tab) == "12 / 12"
    for expected in reversed(seen[:11]):
        tab.keyboard.press("PageUp")
        assert story(tab) == expected
    tab.keyboard.press("End")
    assert story(tab) == seen[11]
    tab.reload()
    tab.wait_for_function("document.body.className !== 'waiting'")
    assert story(tab) == seen[11]  # the address says where
    tab.keyboard.press("Home")
    assert number(tab) == "1 / 12" and tab.url.endswith("#slides=1")
    tab.locator("#picture").click(position={"x": 900, "y": 300})
    assert number(tab) == "2 / 12"
    tab.locator("#picture").click(position={"x": 100, "y": 300})
    assert number(tab) == "1 / 12"


def test_into_the_slides_and_out_again(opened):
    tab = opened(micrograd.step(neuron()).html)
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("f")
    tab.wait_for_function("document.fullscreenElement")
    assert number(tab) == "8 / 17" and tab.locator("#ledger").is_hidden() and tab.locator("#next").is_hidden()
    tab.keyboard.press("b")
    assert tab.locator("#page").is_hidden()
    tab.keyboard.press("ArrowRight")
    assert tab.locator("#page").is_visible() and number(tab) == "8 / 17"
    tab.keyboard.press("End")
    tab.keyboard.press("Escape")
    assert tab.locator("#count").inner_text() == "9 / 9" and tab.locator("#ledger").is_visible()
    assert "#" not in tab.url and tab.evaluate("document.activeElement.id") == "present"
    tab.get_by_role("button", name="Present").click()
    tab.locator("#leave").click()
    assert tab.locator("#next").is_visible()


def test_a_question_is_a_slide_of_its_own(opened):
    tab = opened(micrograd.step(shared()).html)
    for key in ("p", "ArrowRight", "f"):
        tab.keyboard.press(key)
    assert "Predict:" in story(tab) and number(tab) == "5 / 12"
    tab.keyboard.press("PageDown")
    assert "Predict:" not in story(tab) and number(tab) == "6 / 12"


@pytest.mark.parametrize("make", [neuron, lambda: network(2, 3, 1)])
def test_a_slide_shows_everything_large(opened, make):
    tab = slides(opened, make())
    tab.keyboard.press("End")
    tab.keyboard.press("PageUp")
    overflow = "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight].map(x => Math.max(0, x - 1))"
    for width, height in ((1280, 720), (1920, 1080), (390, 844)):
        tab.set_viewport_size({"width": width, "height": height})
        tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        for name in ("html", "#page", "#step"):
            assert tab.locator(name).evaluate(overflow) == [0, 0]
        type_size = tab.locator("#story p").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        assert type_size >= (15 if width == 390 else 0.03 * height)
        window = tab.locator("#scroller").bounding_box()
        for name in (".mg-box.from", ".mg-box.to"):
            box = tab.locator(name).bounding_box()
            assert window["y"] - 1 <= box["y"] and box["y"] + box["height"] <= window["y"] + window["height"] + 1


def test_a_large_graph_is_whole_at_the_beginning_and_at_the_end(opened):
    tab = slides(opened, network(2, 3, 1))
    for key in ("Home", "End"):
        tab.keyboard.press(key)
        svg, window = (tab.locator(name).bounding_box() for name in ("#scroller svg", "#scroller"))
        assert svg["width"] <= window["width"] and svg["height"] <= window["height"]


def test_a_slide_a_page_on_paper(opened):
    tab = slides(opened, shared())
    paper = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", paper)) == 12 and b"/MediaBox [0 0 960 540]" in paper
    assert number(tab) == "1 / 12" and tab.locator(".paper").count() == 0
    tab.keyboard.press("Escape")
    assert len(re.findall(rb"/Type /Page\b", tab.pdf())) < 4  # the ledger, as before


def test_from_a_notebook_they_fill_the_screen_too(opened):
    tab = opened(f"<body style='margin:0'>{micrograd.step(shared())._repr_mimebundle_()['text/html']}</body>")
    inner = tab.frame_locator("iframe")
    inner.get_by_role("button", name="Present").click()
    inner.locator("#page > .slide-foot").get_by_text("1 / 12").wait_for()
    tab.keyboard.press("PageDown")
    assert inner.locator("#page > .slide-foot").inner_text() == "2 / 12"
    assert tab.evaluate("document.fullscreenElement.tagName") == "IFRAME"


def test_updates_follow_each_other(opened, tmp_path):
    lesson = micrograd.step("(w*x - y)**2", w=0.5, x=2, y=3).update("w", rate=0.05, updates=2)
    tab = opened(lesson.save(tmp_path / "slides.html").read_text(encoding="utf-8"))
    tab.keyboard.press("Home")
    seen = [(number(tab), story(tab))]
    for _ in range(100):
        tab.keyboard.press("PageDown")
        if (number(tab), story(tab)) == seen[-1]:
            break
        seen.append((number(tab), story(tab)))
    count = len(seen) // 2
    assert [where for where, _ in seen] == [
        f"Update {update} of 2 · {k} / {count}" for update in (1, 2) for k in range(1, count + 1)
    ]
    assert "the leaves have their numbers" in seen[0][1] and "the leaves have their numbers" in seen[count][1]
    for expected in reversed(seen[:-1]):
        tab.keyboard.press("PageUp")
        assert (number(tab), story(tab)) == expected
    tab.keyboard.press("Escape")
    assert tab.locator("#ledger").is_visible() and tab.locator("#chapter").is_visible()
