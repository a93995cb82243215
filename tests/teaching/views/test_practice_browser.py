"""The page in a real browser: mistakes typed in, hints, slips, reload, keyboard; judged as in Python."""

import random
import re

import pytest

import micrograd
from micrograd import Value
from micrograd.teaching.practice.reading import Unread, is_close, read
from micrograd.teaching.record.mistakes import MISTAKES


def said(tab):
    return tab.locator("#said").text_content()


def panel(tab):
    return re.sub(r"\s+", " ", tab.locator("#step").inner_text())


def answer(tab, typed):
    tab.locator("[name=answer]").fill(typed)
    tab.locator("[name=answer]").press("Enter")


def feedback(tab):
    return [re.sub("^[✓✗] ", "", text) for text in tab.locator("#story .feedback").all_inner_texts()]


def grads(tab):
    return dict(
        tab.locator(".mg-box").evaluate_all(
            "all => all.map(b => [b.querySelector('.mg-label') ? b.querySelector('.mg-label').textContent : '',"
            " b.querySelector('.mg-grad').textContent])"
        )
    )


def numbers_only(level, **arguments):
    return micrograd.practice(level=level, formulas=False, **arguments)


@pytest.mark.quick
def test_a_round_from_the_first_question_to_the_score(opened):
    tab = opened(micrograd.practice(level=2).html)
    assert tab.locator("#round").inner_text() == "Round 1 of 4: one blank"
    assert tab.locator("#progress").inner_text() == "question 1 of 1" and tab.locator("#count").inner_text() == "5 / 6"
    shown = grads(tab)
    assert shown["b"] == "—" and shown["a"] == "6 ✓" and shown["L"] == "1 ✓"
    assert tab.locator("text.amount").text_content() == "?"
    assert tab.locator("#ledger li").nth(5).inner_text().strip() == "6 p → b" or "p → b" in panel(tab)
    assert "copy" in panel(tab) and "swap" in panel(tab) and "gate" in panel(tab) and "sum" in panel(tab)
    tab.keyboard.type("−8")  # the field has the focus
    tab.keyboard.press("Enter")
    assert "Done" in panel(tab) and "Score: 1 of 1. 1 right at once." in panel(tab)
    assert feedback(tab) == ["Right: upstream 2 × local (a = −4) = −8. Why: × hands each operand the other's value."]
    assert grads(tab)["b"] == "−8 ✓" and "Score: 1 of 1" in said(tab)
    tab.keyboard.press("Enter")  # the button to the next round has the focus
    assert tab.locator("#round").inner_text() == "Round 2 of 4: the leaves are blank"
    assert tab.locator("#progress").inner_text() == "question 1 of 4" and "not" not in feedback(tab)
    assert tab.locator(".mg-box").count() == 7 and "Round 1" not in panel(tab)


def test_nothing_shows_before_its_time(opened):
    tab = opened(micrograd.practice(level=6, blanks=4).html)
    assert set(grads(tab).values()) == {"—", "?"}
    for key in ("End", "ArrowRight"):
        tab.locator("#stepper").focus()
        tab.keyboard.press(key)
        assert tab.locator("#count").inner_text() == "0 / 6" and "question 1" in tab.locator("#progress").inner_text()
    tab.locator("#last").click()
    tab.locator("#ledger li").nth(5).locator("button").click()
    tab.locator("#slider").fill("6")
    assert tab.locator("#count").inner_text() == "0 / 6"
    for typed in ("1", "17", "12"):
        answer(tab, typed)
    assert grads(tab)["e"] == "? (1 of 2)"
    answer(tab, "12")
    assert "Both contributions to e have arrived. e.grad = ?" in panel(tab)
    assert "29" not in panel(tab) and "29" not in tab.locator("#ledger").inner_text()
    tab.locator("#stepper").focus()
    tab.keyboard.press("ArrowLeft")
    assert tab.locator("#edge").inner_text() == "L → e, left operand of ×" and "29" not in panel(tab)
    tab.keyboard.press("h")
    assert "e.grad = ?" in panel(tab)


def test_a_slip_stands_and_what_follows_counts(opened):
    tab = opened(micrograd.practice(level=2, blanks=4).html)
    answer(tab, "1")
    answer(tab, "5")
    assert "Not yet. First things first: what is the upstream here, ∂L/∂L?" in panel(tab)
    assert tab.evaluate("document.activeElement.name") == "upstream"
    tab.keyboard.type("1")
    tab.keyboard.press("Enter")
    assert feedback(tab) == ["Yes, the upstream is 1. The contribution is the upstream times the local derivative."]
    tab.locator("#next").click()
    assert feedback(tab) == ["Your 5 stands, and what follows from it counts."]
    assert grads(tab)["s"] == "5 (yours)"
    assert (
        "✗ 5" in tab.locator("#ledger li").first.inner_text() and "(f = 2)" not in tab.locator("#ledger").inner_text()
    )
    answer(tab, "-7")
    answer(tab, "5")
    assert feedback(tab) == ["It follows from your 5 for L → s, so it counts, although that one was not right."]
    tab.locator("#ledger li").first.locator("button").click()
    assert tab.locator("#edge").inner_text() == "L → s, left operand of ×" and "= 2" not in panel(tab)
    assert tab.locator("#story").inner_text() == "✗ 5"
    tab.locator("#stepper").press("h")
    for typed in ("5", "15", "-20"):
        answer(tab, typed)
    assert "Score: 6 of 7. 2 right at once, 4 following from a slip, 1 not right." in panel(tab)
    assert grads(tab)["s"] == "2 ✓" and "✗ 5" in tab.locator("#ledger li").first.inner_text()


def test_hints_by_button_and_by_key(opened):
    tab = opened(micrograd.practice(level=2).html)
    tab.get_by_role("button", name="Hint").click()
    assert feedback(tab) == ["A hint comes after an attempt: a guess will do."]
    answer(tab, "5")
    for _ in range(3):
        tab.keyboard.press("h")  # in the field itself
    hints = feedback(tab)
    assert len(hints) == 3 and hints[0].startswith("The edge is p → b.") and hints[2] == "2 × (a = −4) = ?"
    assert tab.locator("[name=answer]").input_value() == ""
    tab.keyboard.press("Escape")
    tab.locator("#stepper").press("h")
    assert feedback(tab)[-1] == "2 × (a = −4) = −8" and "Now a similar one, without help: v = p·q" in panel(tab)
    answer(tab, "1234")
    assert feedback(tab)[0].startswith("Not yet. The rule is swap")
    twin = numbers_only(2).session.words[0].twin
    answer(tab, repr(twin.answer))
    assert feedback(tab) == [f"Right: {twin.worked}."] and "Score: 0 of 1" in panel(tab)


TYPED = "6| −1.5 |-1.50|3/4|− 9 / 4|1e-3|1.25E2|5.|.5|+2||1,5|−0,25|seven|1 1/2|3/0|1/2/3|0x10|inf|1 000|--2|2-|½"


def test_numbers_are_read_as_in_python(opened):
    tab = opened(micrograd.practice(level=1).html)
    for typed in TYPED.split("|"):
        answer(tab, typed)
        problem = tab.locator("#question .problem")
        try:
            read(typed)
        except Unread as error:
            assert problem.inner_text() == str(error), typed
            assert tab.locator("[name=answer]").input_value() == typed
        else:
            assert problem.count() == 0, typed
            if "Done" in panel(tab):
                tab.get_by_role("button", name="Start again").click()


@pytest.mark.parametrize("level", range(1, 9))
def test_every_mistake_typed_in_gets_its_own_diagnosis(opened, level):
    exercise = numbers_only(level, blanks=4)
    tab = opened(exercise.html)
    asked = exercise.session.asked
    for mistake in MISTAKES:
        if all(is_close(q.whole[mistake.name], q.right.value) for q in asked):
            continue
        named = set()
        for k, question in enumerate(asked):
            answer(tab, repr(question.whole[mistake.name]))
            named.update(re.findall(r"well-known mistake \((.*?)\)\. Remember", " ".join(feedback(tab))))
            if tab.locator("#progress").inner_text() == f"question {k + 1} of {len(asked)}":
                tab.locator("#next").click()
        assert named == {mistake.name}
        assert mistake.advice in panel(tab)  # in the summary
        tab.get_by_role("button", name="Start again").click()


@pytest.mark.parametrize("seed", range(6))
def test_the_page_judges_as_python_does(opened, seed):
    """Right answers, slips, mistakes, hints and twins at random: the same sentences."""
    rng = random.Random(seed)
    exercise = numbers_only(rng.choice([2, 3, 5, 6, 8]), seed=seed, blanks=4)
    tab, it = opened(exercise.html), exercise.session
    while not it.done:
        question = it.asked[it.at]
        act = rng.choice(["right", "follow", "mistake", "wrong", "hint", "skip"])
        if act in ("hint", "skip"):
            if act == "hint":
                lines = it.hint()
                tab.get_by_role("button", name="Hint").click()
            else:
                lines = it.skip()
                tab.locator("#next").click()
            assert feedback(tab)[-len(lines) :] == lines
            continue
        if it.twin:
            number = rng.choice([it.words[it.at].twin.answer, 77.0])
        else:
            number = {
                "right": question.right.value,
                "follow": it.expected,
                "mistake": rng.choice([guess.value for guess in question.alone.values()] or [5.0]),
                "wrong": rng.choice([rng.randint(-9, 9), 123456.0, 1.5e-5]),
            }[act]
        lines = it.answer(repr(number))
        answer(tab, repr(number))
        assert feedback(tab) == lines
        if not it.done:
            assert tab.locator("#story .prompt").inner_text() == it.prompt
    assert all(line in panel(tab) for line in it.score.lines)


def test_a_reload_keeps_the_session(opened):
    tab = opened(micrograd.practice(level=2, blanks=3).html)
    answer(tab, "2")
    answer(tab, "99")
    tab.get_by_role("button", name="Hint").click()
    tab.reload()
    tab.wait_for_function("document.body.className !== 'waiting'")
    assert tab.locator("#progress").inner_text() == "question 2 of 6" and grads(tab)["s"] == "2 ✓"
    tab.get_by_role("button", name="Hint").click()
    assert feedback(tab)[-1].startswith("The rule is swap")
    for typed in ("-7", "2", "2", "6", "-8"):
        answer(tab, typed)
    tab.get_by_role("button", name="Next: Round 2 of 2").click()
    answer(tab, "1")
    tab.reload()
    tab.wait_for_function("document.body.className !== 'waiting'")
    assert tab.locator("#round").inner_text().startswith("Round 2 of 2")
    assert tab.locator("#progress").inner_text() == "question 2 of 7"
    tab.get_by_role("button", name="Start again").click()
    assert tab.locator("#progress").inner_text() == "question 1 of 7"
    tab.reload()
    tab.wait_for_function("document.body.className !== 'waiting'")
    assert tab.locator("#progress").inner_text() == "question 1 of 7"


def test_in_a_notebook_where_nothing_can_be_kept(opened):
    tab = opened(f"<p>above</p>{micrograd.practice(level=2)._repr_html_()}")
    frame = tab.frame_locator("iframe")
    frame.locator("[name=answer]").wait_for()
    assert tab.evaluate("document.activeElement === document.body")  # the focus stays where it was
    frame.locator("[name=answer]").fill("-8")
    frame.locator("[name=answer]").press("Enter")
    assert "Score: 1 of 1" in frame.locator("#step").inner_text()


def test_by_keyboard_and_for_a_screen_reader(opened):
    tab = opened(micrograd.practice(level=2).html)
    assert tab.locator("#said").get_attribute("aria-live") == "polite"
    assert said(tab) == "p → b, right operand of ×, with upstream ∂L/∂p. Which contribution arrives at b.grad?"
    assert tab.evaluate("document.activeElement.name") == "answer"
    assert tab.get_by_label("Your answer").count() == 1
    tab.keyboard.type("x")
    tab.keyboard.press("Enter")
    assert said(tab).startswith("“x” is not a number") and tab.evaluate("document.activeElement.name") == "answer"
    tab.keyboard.press("Control+a")
    tab.keyboard.type("5")
    tab.keyboard.press("Enter")
    assert said(tab).startswith("Not yet.") or said(tab).startswith("This is what")
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement !== document.querySelector('[name=answer]')")
    tab.locator("#stepper").press("?")
    assert tab.locator("#keys").is_visible() and "hint, after an attempt" in tab.locator("#keys").inner_text()


def test_keys_do_not_reach_the_notebook(opened):
    tab = opened(micrograd.practice(level=2).html)
    tab.evaluate("window.heard = []; document.addEventListener('keydown', e => window.heard.push(e.key))")
    for key in ("h", "5", "ArrowLeft"):
        tab.locator("[name=answer]").press(key)
    assert tab.evaluate("window.heard") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (800, 600), (390, 800)])
def test_every_size_and_both_schemes(opened, scheme, width, height):
    tab = opened(micrograd.practice(level=8, blanks=4).html, width, height, color_scheme=scheme)
    answer(tab, "1")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.locator("[name=answer]").scroll_into_view_if_needed()
    assert tab.locator("[name=answer]").is_visible() and tab.get_by_role("button", name="Submit").is_visible()


def test_nothing_is_told_on_paper(opened):
    tab = opened(micrograd.practice(level=6, blanks=3).html)
    answer(tab, "17")
    tab.emulate_media(media="print")
    printed = tab.locator("#ledger").inner_text()
    assert "e.grad: — + 17 = 17, 1 of 2" in printed and "12" not in printed and "116" not in printed


def test_without_a_script(opened):
    tab = opened(micrograd.practice(level=6, blanks=3).html, java_script_enabled=False)
    assert tab.locator("#ledger li").count() == 6 and tab.locator("#ledger").inner_text().count("____") == 6
    assert tab.locator("#lines").is_visible() and tab.locator("header").is_hidden()


def test_find_the_bug(opened):
    bug = micrograd.practice(level=6).bug("pushed before complete")
    tab = opened(bug.html)
    assert grads(tab)["a"] == "68" and grads(tab)["L"] == "1" and tab.locator("#count").inner_text() == "6 / 6"
    assert "In this pass 51 arrives, and b.grad goes from — to 51." in panel(tab)
    tab.locator("#stepper").press("h")
    assert "A hint comes after an attempt" in panel(tab)
    tab.locator("#ledger li").nth(1).locator("button").click()
    assert tab.locator("#bug select").input_value() == "2"  # the line one looks at
    tab.get_by_role("button", name="Submit").click()
    assert "✗ " + bug.hunt.judge_line(2)[1] in panel(tab)
    tab.get_by_role("button", name="Hint").click()
    assert "Look at what leaves e." in panel(tab)
    tab.locator("#bug select").select_option("line 5: e → a")
    tab.get_by_role("button", name="Submit").click()
    assert "✓ " + bug.hunt.judge_line(5)[1] in panel(tab) and "Which mistake is it?" in panel(tab)
    tab.locator("#bug select").select_option("recursion without order")
    tab.get_by_role("button", name="Submit").click()
    assert "would be: 184 arrives" in panel(tab) and "would be: 184 arrives" in said(tab)
    tab.locator("#bug select").select_option("pushed before complete")
    tab.get_by_role("button", name="Submit").click()
    assert "Found after 4 attempts." in panel(tab) and tab.locator("#bug select").count() == 0
    seeded = opened(micrograd.practice(level=2).bug("seed is the output").html)
    seeded.locator("#first").click()
    assert "Seed: ∂L/∂L = −14" in panel(seeded) and seeded.locator("#bug select").input_value() == "0"


def test_a_leaf_without_a_name_is_asked_for_by_its_number(opened):
    tab = opened(micrograd.practice(Value(2.0) * Value(3.0)).html)
    for typed in ("1", "3", "2"):
        answer(tab, typed)
    assert "Score: 3 of 3" in panel(tab)


def test_keys_in_the_field(opened):
    """In an empty field the keys of the page work; what would do nothing says what to do."""
    tab = opened(micrograd.practice(level=2).html)
    for key, said in (("Enter", "Type a number first."), ("ArrowRight", "An answer first, or “Show it →”.")):
        tab.keyboard.press(key)
        assert tab.locator("#question .problem").inner_text() == said
        assert tab.evaluate("document.activeElement.name") == "answer"
    tab.keyboard.press("ArrowLeft")
    assert tab.locator("#count").inner_text() == "4 / 6" and tab.locator("[name=answer]").is_hidden()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.name") == "answer"
    tab.keyboard.press("?")
    assert tab.locator("#keys").is_visible() and "play" not in tab.locator("#keys").inner_text()
    tab.keyboard.type("-8")
    tab.keyboard.press("Home")  # in a field with something in it a key is the field's
    assert tab.locator("#count").inner_text() == "5 / 6"
    tab.keyboard.press("Enter")
    assert "Score: 1 of 1" in panel(tab)


def test_no_two_controls_have_one_name(opened):
    tab = opened(micrograd.practice(level=2).html)

    def names():
        shown = tab.locator("button:visible, select:visible, summary:visible, input:visible")
        return [text for text in shown.evaluate_all("all => all.map(e => e.ariaLabel || e.innerText.trim())") if text]

    assert tab.locator("#next").inner_text() == "Show it →"
    for act in (lambda: answer(tab, "5"), lambda: tab.locator("#outline summary").click(), lambda: answer(tab, "-8")):
        assert len(set(names())) == len(names())
        act()
        assert tab.locator("#next").inner_text() in ("Go on →", "Next →")
    assert len(set(names())) == len(names())
