"""The page in a real browser: by mouse, by keyboard, light and dark, wide and narrow, live and exported."""

import re

import pytest
from graphs import labelled, named, network, neuron, shared

import micrograd
from micrograd import Value


def open_outline(tab):
    """The list is made some time after the click."""
    tab.locator("#outline summary").click()
    tab.locator("#outline > ul").wait_for()


def count(tab):
    return tab.locator("#count").inner_text()


def grads(tab):
    """What the boxes say now: label and grad."""
    return dict(
        tab.locator(".mg-box").evaluate_all(
            "all => all.map(b => [b.querySelector('.mg-label') ? b.querySelector('.mg-label').textContent : '',"
            " b.querySelector('.mg-grad').textContent])"
        )
    )


def story(tab):
    return re.sub(r"\s+", " ", tab.locator("#step").inner_text())


@pytest.mark.quick
def test_click_through_a_neuron(opened):
    tab = opened(micrograd.step(neuron()).html)
    following = tab.get_by_role("button", name="Next →")
    assert count(tab) == "0 / 9" and set(grads(tab).values()) == {"—", "1 ✓"}
    assert tab.get_by_role("button", name="First").is_disabled() and "Seed: ∂o/∂o = 1" in story(tab)
    following.click()
    assert count(tab) == "1 / 9" and grads(tab)["n"] == "0.64 ✓"
    assert "o → n, operand of tanh" in story(tab) and "Check: nudge n by 0.01" in story(tab)
    assert "∂o/∂o 1 × × local ∂o/∂n 1 − o² 1 − 0.6² = 0.64 = = contribution to n.grad 0.64" in story(tab)
    assert tab.locator("path.flow").count() == 1 and tab.locator("text.amount").text_content() == "+0.64"
    assert tab.locator(".mg-box.from .mg-label").text_content() == "o"
    assert tab.locator(".mg-box.to .mg-label").text_content() == "n"
    assert tab.locator("#ledger .now").locator("b").inner_text() == "o → n"
    assert tab.locator("#lines .now").inner_text().split("\n")[0] == "o = tanh(n) 0.6"
    assert tab.locator("#lines .soon i").inner_text() == "next"
    for _ in range(8):
        following.click()
    assert following.is_disabled() and count(tab) == "9 / 9"
    shown = grads(tab)
    assert [shown[name] for name in ("w1", "w2", "x1", "x2", "b")] == (
        ["1.92 ✓", "2.56 ✓", "1.28 ✓", "−1.92 ✓", "0.64 ✓"]
    )
    tab.get_by_role("button", name="← Back").click()
    assert count(tab) == "8 / 9"
    tab.get_by_role("button", name="First").click()
    assert count(tab) == "0 / 9" and grads(tab)["n"] == "—"


def test_a_shared_node_waits_for_all_its_contributions(opened):
    tab = opened(micrograd.step(shared()).html)
    for expected in ("17 (1 of 2)", "17 (1 of 2)", "29 ✓"):
        tab.locator("#next").click()
        assert grads(tab)["e"] == expected
    assert "e.grad: 17 + 12 = 29, final." in story(tab)
    tab.locator("#back").click()
    assert grads(tab)["e"] == "17 (1 of 2)" and grads(tab)["f"] == "12 ✓"


def test_jumps(opened):
    tab = opened(micrograd.step(shared()).html)
    tab.locator(".mg-box", has=tab.locator(".mg-label", has_text=re.compile("^e$"))).click()
    assert count(tab) == "3 / 6"
    tab.locator("#ledger li").nth(4).click()
    assert count(tab) == "5 / 6" and grads(tab)["a"] == "116 ✓"
    tab.locator("#lines li").nth(1).click()
    assert count(tab) == "2 / 6"
    tab.locator("#slider").fill("6")
    assert count(tab) == "6 / 6" and grads(tab)["b"] == "87 ✓"
    assert tab.locator("#slider").get_attribute("aria-valuetext") == "6 of 6 contributions"


def test_steps_of_a_node_and_of_a_layer(opened):
    tab = opened(micrograd.step(network(2, 3, 1)).html)
    tab.locator("#size").select_option("node")
    tab.locator("#next").click()
    tab.locator("#next").click()
    assert count(tab) == "3 / 42" and "2 contributions" in story(tab)
    tab.locator("#size").select_option("layer")
    assert count(tab) == "2 / 4"
    tab.locator("#next").click()
    shown = grads(tab)
    assert shown["w[1,0,0]"].endswith("✓") and shown["w[0,0,0]"] == "—" and "Layer 3 of 4" in story(tab)
    tab.locator("#next").click()
    assert count(tab) == "4 / 4" and set(grads(tab).values()) & {"—"} == set()
    tab.locator("#size").select_option("1")
    assert count(tab) == "42 / 42"


def test_the_forward_pass(opened):
    tab = opened(micrograd.step(shared()).html)
    tab.get_by_role("button", name="Forward").click()
    values = "all => all.map(b => b.querySelector('.mg-value').textContent)"
    assert tab.locator(".mg-op").evaluate_all(values) == ["—", "—", "—"]
    tab.locator("#next").click()
    assert tab.locator(".mg-op").evaluate_all(values) == ["12", "—", "—"] and "3·4 = 12" in story(tab)
    assert set(grads(tab).values()) == {"—"}
    for _ in range(2):
        tab.locator("#next").click()
    assert "All values are known." in story(tab)
    tab.get_by_role("button", name="Backward →").click()
    assert count(tab) == "0 / 6" and grads(tab)["L"] == "1 ✓"


def test_by_keyboard_alone(opened):
    tab = opened(micrograd.step(neuron()).html)
    press = tab.keyboard.press
    for key, expected in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("Shift+ArrowRight", 3)):
        press(key)
        assert count(tab) == f"{expected} / 9"
    for key, expected in (("End", 9), ("Shift+ArrowLeft", 7), ("Home", 0)):
        press(key)
        assert count(tab) == f"{expected} / 9"
    press("ArrowRight")
    press("e")
    assert "1 − 0.6²" not in story(tab) and "1 − o²" in story(tab)
    press("e")
    assert "1 − o²" not in tab.locator("#formula").inner_text() and "0.64" in tab.locator("#formula").inner_text()
    press("?")
    assert tab.locator("#keys").is_visible()
    press("Escape")
    assert tab.locator("#keys").is_hidden()
    press("Escape")
    assert tab.evaluate("document.activeElement === document.body")
    reached = set()
    for _ in range(40):
        press("Tab")
        reached.add(tab.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert {"forward", "backward", "size", "predict", "detail", "help", "back", "play", "next", "slider"} <= reached


def test_keys_stay_inside(opened):
    """A page around the stepper hears the keys that the stepper does not use, and no others."""
    tab = opened(f"<body tabindex=0>{micrograd.step(neuron())._repr_mimebundle_()['text/html']}</body>")
    tab.evaluate("window.heard = []; addEventListener('keydown', e => heard.push(e.key))")
    inner = tab.frame_locator("iframe")
    inner.locator("#edge").click()
    tab.keyboard.press("ArrowRight")
    assert inner.locator("#count").inner_text() == "1 / 9" and tab.evaluate("heard") == []
    tab.evaluate("document.body.focus()")
    tab.keyboard.press("ArrowRight")
    assert inner.locator("#count").inner_text() == "1 / 9" and tab.evaluate("heard") == ["ArrowRight"]


def test_play_and_pause(opened):
    tab = opened(micrograd.step(shared()).html)
    tab.clock.install()
    tab.locator("#play").click()
    assert count(tab) == "1 / 6" and tab.locator("#play").inner_text() == "❚❚ Pause"
    tab.clock.run_for(2700)
    assert count(tab) == "3 / 6"
    tab.locator("#play").click()
    tab.clock.run_for(5000)
    assert count(tab) == "3 / 6" and tab.locator("#play").inner_text() == "▶ Play"
    tab.locator("#picture").click(position={"x": 4, "y": 4})
    tab.keyboard.press(" ")
    tab.clock.run_for(20_000)
    assert count(tab) == "6 / 6" and tab.locator("#play").inner_text() == "▶ Play"


def predicting(tab):
    tab.locator("#predict").click()
    return tab


def test_nothing_is_asked_until_the_learner_wants_it(opened):
    tab = opened(micrograd.step(shared()).html)
    assert tab.locator("#predict").get_attribute("aria-pressed") == "false"
    tab.keyboard.press("ArrowRight")
    assert count(tab) == "1 / 6"
    tab.keyboard.press("p")
    assert tab.locator("#predict").get_attribute("aria-pressed") == "true"
    tab.reload()
    tab.wait_for_function("document.body.className !== 'waiting'")
    assert tab.locator("#predict").get_attribute("aria-pressed") == "true"  # remembered
    tab.keyboard.press("ArrowRight")
    assert count(tab) == "0 / 6" and "Its sign?" in story(tab)


def test_predict_then_reveal(opened):
    tab = predicting(opened(micrograd.step(shared()).html))
    tab.locator("#next").click()
    assert count(tab) == "0 / 6" and "Predict:" in story(tab) and "Its sign?" in story(tab)
    assert "17" not in tab.locator("#step").inner_text() and tab.locator("text.amount").text_content() == "?"
    tab.get_by_role("button", name="positive").click()
    assert "✓ Yes, positive. And the number?" in story(tab)
    tab.keyboard.type("17")
    tab.keyboard.press("Enter")
    assert count(tab) == "1 / 6" and "You predicted 17: right." in story(tab)
    tab.keyboard.press("ArrowRight")
    assert count(tab) == "2 / 6"  # the same rule again: nothing is asked
    tab.keyboard.press("ArrowRight")
    assert "f → e" in story(tab) and "Its sign?" in story(tab)  # a second contribution to e
    tab.get_by_role("button", name="negative").click()
    assert "✗ No, it is positive. And the number?" in story(tab)
    for typed, said in (
        ("5,5", "Is 5,5 meant as 5.5? Please write"),
        ("five", "“five” is not a number"),
        ("", "Type a number"),
    ):
        tab.get_by_role("textbox").fill(typed)
        tab.get_by_role("button", name="Submit").click()
        assert said in story(tab) and tab.locator(".problem").count() == 1
    tab.get_by_role("textbox").fill("11/2")
    tab.get_by_role("button", name="Submit").click()
    assert "You predicted 11/2; it is 12. The sign was positive." in story(tab)
    tab.locator("#back").click()
    tab.locator("#next").click()
    assert "You predicted 11/2" in story(tab)  # the prediction stays beside the answer


def test_a_prediction_by_keyboard_alone(opened):
    tab = opened(micrograd.step(shared()).html)
    for key in ("p", "ArrowRight", "+"):
        tab.keyboard.press(key)
    assert "✓ Yes, positive. And the number?" in story(tab)
    tab.keyboard.press("Enter")
    assert "Type a number first." in story(tab) and count(tab) == "0 / 6"
    tab.keyboard.type("1 7")
    tab.keyboard.press("ArrowLeft")  # in a field with something in it, an arrow is the field's
    tab.keyboard.press("Backspace")
    tab.keyboard.press("Enter")
    assert "You predicted 17: right." in story(tab)
    for key in ("ArrowRight", "ArrowRight", "-"):
        tab.keyboard.press(key)
    assert "✗ No, it is positive." in story(tab)
    tab.keyboard.press("?")  # in an empty field the keys of the page work
    assert tab.locator("#keys").is_visible()
    tab.keyboard.press("ArrowRight")
    assert count(tab) == "3 / 6" and "You predicted" not in story(tab)


def test_predictions_can_be_passed_over(opened):
    tab = predicting(opened(micrograd.step(neuron()).html))
    tab.locator("#next").click()
    tab.get_by_role("button", name="Show it").click()
    assert count(tab) == "1 / 9" and "You predicted" not in story(tab)
    tab.locator("#next").click()
    tab.keyboard.press("Escape")
    assert "Its sign?" not in story(tab) and count(tab) == "1 / 9"
    tab.locator("#next").click()
    tab.keyboard.press("p")
    assert "Its sign?" not in story(tab)


def test_one_key_walks_to_the_end_past_every_prediction(opened):
    tab = predicting(opened(micrograd.step(neuron()).html))
    for _ in range(2 * 9):
        tab.keyboard.press("ArrowRight")
    assert count(tab) == "9 / 9"


def test_predicting_nothing(opened):
    a, b = named(a=0.0, b=2.0)
    tab = predicting(opened(micrograd.step(labelled(b * a, "L")).html))
    tab.locator("#next").click()
    tab.get_by_role("button", name="positive").click()
    assert "You said positive; it is 0." in story(tab) and "a is 0, and nothing that is multiplied by 0" in story(tab)


def test_break_it(opened):
    tab = opened(micrograd.step(shared()).html)
    tab.keyboard.press("b")
    assert tab.evaluate("document.activeElement.id") == "broken"
    tab.locator("#broken").select_option(label="overwritten: = instead of +=")
    tab.locator("#next").click()
    assert "this step comes out right all the same" in story(tab)
    tab.locator("#ledger li button").nth(2).click()
    assert "overwritten: = instead of +=: +12 would arrive, and e.grad would be 12." in story(tab)
    assert "e.grad: 17 + 12 = 29, final." in story(tab)  # beside the correct pass
    assert tab.locator("#ledger .wrong").all_inner_texts() == ["instead +12, grad 12"]
    tab.keyboard.press("End")
    assert "In the end: a.grad 48 instead of 116, b.grad 36 instead of 87." in story(tab)
    tab.locator("#broken").select_option(label="no mistake")
    assert tab.locator(".wrong").count() == 0


def test_what_a_screen_reader_hears(opened):
    tab = opened(micrograd.step(neuron()).html)
    said = tab.locator("#said")
    tab.locator("#next").click()
    assert said.inner_text().startswith("o → n, operand of tanh. upstream 1 × local (1 − o² = 0.64) = 0.64.")
    assert said.get_attribute("role") == "status"
    unnamed = tab.evaluate(
        "[...document.querySelectorAll('button,select,input,[role=group],section')]"
        ".filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length))).length"
    )
    assert unnamed == 0
    assert tab.locator("svg[role=group]").get_attribute("aria-label").startswith("Computation graph of o: 10 nodes")
    open_outline(tab)
    assert tab.locator("#outline > ul > li").count() == 1 and tab.locator("#outline li").count() == 10
    tab.get_by_role("button", name="x2 = 4").click()
    assert count(tab) == "7 / 9" and grads(tab)["x2"] == "−1.92 ✓"


def test_the_title_shows_the_whole_expression(opened):
    for make in (neuron, lambda: network(2, 3, 1)):
        tab = opened(micrograd.step(make()).html, width=390)
        title = tab.locator("h1")
        assert title.inner_text() == tab.title() and "tanh(" in tab.title()
        assert title.evaluate("e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]") == [0, 0]


def test_every_box_has_a_name_and_its_own(opened):
    tab = opened(micrograd.step(neuron()).html)
    assert tab.get_by_role("button", name="tanh o data").count() == 1
    tab.locator("#next").click()
    tab.get_by_role("button", name=re.compile("n data .* grad 0.64 ✓")).click()
    assert count(tab) == "1 / 9"


def test_the_list_names_all_consumers_of_a_shared_node(opened):
    tab = opened(micrograd.step(shared()).html)
    open_outline(tab)
    said = tab.locator("#outline").inner_text()
    assert "e = a·b = 12 used by f, L" in said and "e = a·b = 12 used by f, L, see above" in said


CONTRAST = """() => {
  const rgb = c => (c.match(/[\\d.]+/g) || [0, 0, 0]).map(Number);
  const light = c => { const [r, g, b] = rgb(c).map(x => x / 255).map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > .9) return getComputedStyle(e).backgroundColor } };
  return [...document.querySelectorAll('button,span,small,b,em,h2,p,i,output,label,summary')]
    .filter(e => e.checkVisibility() && e.textContent.trim() && !e.disabled)
    .map(e => { const [a, b] = [light(getComputedStyle(e).color), light(behind(e))]; return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.outerHTML.slice(0, 80)] })
    .filter(([ratio]) => ratio < 4.5)
}"""  # noqa: E501


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(opened, scheme):
    tab = opened(micrograd.step(neuron()).html, color_scheme=scheme)
    for _ in range(3):
        tab.locator("#next").click()
    assert tab.evaluate(CONTRAST) == []
    page = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 25, 31)"}[scheme]
    assert tab.evaluate("getComputedStyle(document.querySelector('.mg-page')).fill") == page


@pytest.mark.parametrize(("width", "height"), [(1280, 640), (900, 640), (640, 320), (450, 310), (360, 640)])
def test_every_size_shows_everything(opened, width, height):
    """At 200 % zoom a page has half the width and half the height."""
    tab = opened(micrograd.step(neuron()).html, width=width, height=height)
    tab.locator("#next").click()
    box = "e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] }"
    for name in ("next", "back", "play", "first", "last", "slider", "forward", "size"):
        left, top, right, bottom = tab.locator(f"#{name}").evaluate(box)
        assert 0 <= left < right <= width and 0 <= top < bottom <= height, name
    overflow = "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
    assert tab.locator("html").evaluate(overflow) == [0, 0]
    assert tab.locator("#grid").evaluate(overflow)[0] == 0
    for name in ("picture", "step", "ledger", "lines"):
        tab.locator(f"#{name}").scroll_into_view_if_needed()
        assert tab.locator(f"#{name}").bounding_box()["height"] > 40


@pytest.mark.parametrize("make", [neuron, shared, lambda: network(2, 3, 1)])
def test_the_frame_fits(opened, make):
    tab = opened(f"<body style='margin:0'>{micrograd.step(make())._repr_mimebundle_()['text/html']}</body>", width=1000)
    inner = tab.frame_locator("iframe")
    inner.locator("#next").click()
    inner.locator("#next").click()
    room = inner.locator("html").evaluate("e => [e.scrollHeight, e.clientHeight, e.scrollWidth - e.clientWidth]")
    assert room[0] == room[1] == tab.locator("iframe").evaluate("e => +e.height") and room[2] == 0
    step = inner.locator("#step").evaluate("e => [e.scrollHeight, e.clientHeight]")
    assert step[0] <= step[1] + 1
    svg, scroller = (inner.locator(name).bounding_box() for name in ("#scroller svg", "#scroller"))
    assert svg["height"] <= scroller["height"] + 1 or scroller["height"] > 250


def test_without_a_script(opened):
    tab = opened(micrograd.step(shared()).html, java_script_enabled=False)
    assert tab.locator("#ledger").is_visible() and tab.locator("#next").is_hidden()
    assert tab.locator("#ledger li").count() == 6
    assert "e.grad: 17 + 12 = 29, final" in tab.locator("#ledger").inner_text()


def test_in_print(opened):
    tab = opened(micrograd.step(shared()).html)
    tab.emulate_media(media="print")
    assert tab.locator("#next").is_hidden() and tab.locator("svg").is_visible()
    assert "e.grad: 17 + 12 = 29, final" in tab.locator("#ledger").inner_text()


def test_reduced_motion(opened):
    running = "getComputedStyle(document.querySelector('path.flow')).animationName"
    for reduce, name in (("reduce", "none"), ("no-preference", "flow")):
        tab = opened(micrograd.step(shared()).html, reduced_motion=reduce)
        tab.locator("#next").click()
        assert tab.evaluate(running) == name


def test_labels_are_text_in_the_page(opened):
    evil = Value(2.0, label="<script>document.title='caught'</script><img src=x onerror=alert(1)>")
    tab = opened(micrograd.step(labelled(evil * evil, "<b>L</b>")).html)
    tab.locator("#next").click()
    open_outline(tab)
    assert tab.title() == tab.locator("h1").inner_text() and tab.title().startswith("Backpropagation of <b>L</b> = <sc")
    assert "<script>document.title='caught'</script>" in story(tab)
    assert tab.locator("#stepper img, #stepper script").count() == 0


def test_a_page_opens_where_the_stepper_stands(opened):
    s = micrograd.step(shared())
    s.position = 4
    assert count(opened(s.html)) == "4 / 6"
    assert count(opened(micrograd.step(Value(3.0, label="x")).html)) == "0 / 0"


def test_a_leaf_with_a_grad_from_before(opened):
    root = shared()
    next(v for v in root.parents[0].parents if v.label == "a").grad = 5.0
    tab = opened(micrograd.step(root, accumulate=True).html)
    assert grads(tab)["a"] == "5 (0 of 1)"
    tab = opened(micrograd.step(root).html)
    assert grads(tab)["a"] == "—" and "An earlier pass has left a.grad = 5; in this one every grad" in story(tab)


def test_an_exported_notebook(opened):
    import nbformat
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    source = (
        "import micrograd\nfrom micrograd import Value\na, b = Value(2.0, label='a'), Value(-3.0, label='b')\n"
        "L = a * b + a\nL.label = 'L'\nmicrograd.step(L)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    output = notebook.cells[0].outputs[0].data
    tab = opened(f"<body>{output['text/html']}</body>")
    frame = tab.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#count").inner_text() == "1 / 4"
    exported, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    tab = opened(f"<!DOCTYPE html><meta charset=utf-8><body>{exported}</body>")
    frame = tab.frame_locator("iframe")
    for _ in range(3):
        frame.locator("#next").click()
    assert frame.locator("#count").inner_text() == "3 / 4"


def test_the_frame_covers_the_picture(opened):
    """In a host that removes frames, the picture is what is left."""
    shown = micrograd.step(neuron())._repr_mimebundle_()["text/html"]
    tab = opened(f"<body>{shown}</body>", viewport={"width": 500, "height": 900})
    frame, image = (tab.locator(tag).bounding_box() for tag in ("iframe", "img"))
    assert image["y"] >= frame["y"] and image["y"] + image["height"] <= frame["y"] + frame["height"]
    assert image["x"] + image["width"] <= 500 and frame["width"] == tab.locator("div").first.bounding_box()["width"]
    centre = {k: image[k] + image[size] / 2 for k, size in (("x", "width"), ("y", "height"))}
    assert tab.evaluate("({x, y}) => document.elementFromPoint(x, y).tagName", centre) == "IFRAME"
    assert (
        tab.frame_locator("iframe").locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )
    left = re.sub(r"<iframe.*?</iframe>| style=\"[^\"]*\"", "", shown, flags=re.DOTALL)
    tab = opened(f"<body>{left}</body>")
    assert tab.locator("img").evaluate("e => e.complete && e.naturalWidth") > 300
    assert tab.locator("body").inner_text() == ""


def test_a_large_graph_is_quick_enough_to_click(opened):
    """Some two thousand nodes: no bar on time here, only that it works and where it scrolls."""
    tab = opened(micrograd.step(network(2, 24, 18, 1)).html)
    tab.keyboard.press("End")
    tab.keyboard.press("ArrowLeft")
    row = "document.querySelector('#ledger .now').getBoundingClientRect()"
    tab.wait_for_function(f"{row}.top >= 0 && {row}.top < 680")
    assert count(tab) == "2036 / 2037" and grads(tab)["b[0,1]"].endswith("✓")


def test_predictions_in_a_sandboxed_frame(opened):
    tab = opened(micrograd.step(shared())._repr_mimebundle_()["text/html"])
    frame = tab.frame_locator("iframe")
    frame.locator("#predict").click()
    frame.locator("#next").click()
    frame.get_by_role("button", name="positive").click()
    frame.get_by_role("textbox").fill("17")
    frame.get_by_role("textbox").press("Enter")
    assert "You predicted 17: right." in frame.locator("#step").inner_text()


def test_no_two_controls_have_one_name(opened):
    tab = opened(micrograd.step(network(2, 3, 1)).html)
    open_outline(tab)
    tab.locator("#predict").click()
    tab.locator("#next").click()
    controls = "[...document.querySelectorAll('button, select, summary, input, [role=button]')]"
    name = "e => e.ariaLabel || (e.labels && e.labels[0] || e).textContent.trim()"
    names = tab.evaluate(f"{controls}.filter(e => e.checkVisibility()).map({name})")
    assert len(names) > 150 and "" not in names and [it for it in names if names.count(it) > 1] == []
