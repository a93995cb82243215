"""The rooms Practice and Find the bug: levels, numbers of one's own, progress from visit to visit."""

import micrograd
from micrograd.text.notation import format_number

READY = "document.documentElement.dataset.python === 'ready'"


def framed(tab, room):
    frame = tab.frame_locator(f"#{room} iframe")
    frame.locator("svg .mg-page").wait_for()
    frame.locator("#count", has_text="/").wait_for()  # the scripts of the page have run
    return frame


def level(tab, room, number):
    return tab.locator(f"#{room} .levels a").nth(number - 1)


def solve(frame, exercise):
    """Answer a whole round rightly."""
    for question in exercise.session.asked:
        if question.kind != "formula":
            frame.locator("[name=answer]").fill(repr(question.right.value))
            frame.locator("[name=answer]").press("Enter")


def test_practice_keeps_its_progress_and_offers_the_next_level(visit):
    tab = visit("#practice?level=2")
    frame = framed(tab, "practice")
    exercise = micrograd.practice(level=2, formulas=False)
    assert level(tab, "practice", 2).get_attribute("aria-label") == "Level 2, a sum inside a product"
    rounds = exercise.round.ladder()
    for k, round in enumerate(rounds, start=1):
        solve(frame, round)
        tab.wait_for_function(
            f"document.querySelector('#practice .levels li:nth-child(2) .dots').textContent.startsWith('{'●' * k}')"
        )
        if k == 2:
            tab.reload()
            frame = framed(tab, "practice")
            assert frame.locator("#round").inner_text().startswith("Round 3 of 4")
        elif k < len(rounds):
            frame.get_by_role("button", name="Next:").click()
    assert tab.locator("#practice .said").inner_text().startswith("Level 2 is done. Score:")
    assert "4 of 32 rounds" in tab.locator("#practice .summary").inner_text()
    assert "100 % right at once" in tab.locator("#practice .summary").inner_text()
    tab.locator("#practice .next.main").click()
    tab.wait_for_url("**#practice?level=3")
    framed(tab, "practice").get_by_role("heading", name="Level 3: d*(a - b)/c").wait_for()
    tab.goto("about:blank")
    tab.go_back()
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.locator("#practice [name=forget]").click()
    assert tab.locator("#practice .summary").is_hidden()
    assert level(tab, "practice", 2).locator(".dots").inner_text() == "○○○○"


def test_a_link_gives_everybody_the_same_numbers(visit):
    tab = visit("#practice?level=3&seed=7")
    frame = framed(tab, "practice")
    leaves = [v for v in micrograd.practice(level=3, seed=7).record[0].names.order if not v.parents]
    graph = " ".join(frame.locator("#scroller text").all_text_contents())
    for leaf in leaves:
        assert format_number(leaf.data) in graph
    assert tab.locator("#practice .seed").inner_text() == "numbers 7"
    tab.locator("#practice [name=fresh]").click()
    tab.wait_for_function("!location.hash.endsWith('seed=7') && location.hash.includes('level=3&seed=')")
    tab.locator("#practice [data-to=bug]").click()
    framed(tab, "bug").get_by_role("heading", name="Find the bug. Level 3").wait_for()


def test_an_expression_of_ones_own(visit):
    tab = visit("#practice?e=tanh(e*x) + e&e=2&x=0.5")
    framed(tab, "practice").get_by_role("heading", name="tanh(e·x) + e").wait_for()
    assert tab.locator("#practice .task").inner_text() == "Your own expression"
    assert tab.locator("#practice [name=fresh]").is_hidden()
    tab.goto(tab.url.split("#")[0] + "#practice?e=a*/b&a=1&b=2")
    tab.wait_for_function("document.querySelector('#practice .said.error')")
    assert "^" in tab.locator("#practice .said").inner_text() and tab.locator("#practice iframe").is_hidden()


def test_a_hunt_is_kept(visit):
    tab = visit("#bug?level=5")
    frame = framed(tab, "bug")
    hunt = micrograd.practice(level=5).bug().hunt
    for k in (hunt.first, hunt.choices.index(hunt.mistake.name)):
        frame.locator("#bug select").select_option(index=k)
        frame.get_by_role("button", name="Submit").click()
    tab.wait_for_function("document.querySelector('#bug .said.good')")
    assert tab.locator("#bug .said").inner_text().startswith("Found after 2 attempts.")
    tab.reload()
    framed(tab, "bug")
    assert level(tab, "bug", 5).get_attribute("aria-label").endswith("found once, at best in 2 attempts")


def test_the_levels_work_without_webassembly(browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    context.add_init_script("delete window.WebAssembly")
    tab = context.new_page()
    tab.goto(site + "#practice?level=4")
    framed(tab, "practice")
    tab.locator("#practice [name=fresh]").click()
    tab.wait_for_function("document.querySelector('#practice .said.error')")
    assert "work all the same" in tab.locator("#practice .said").inner_text()
    tab.locator("#practice [name=plain]").click()
    framed(tab, "practice")
    tab.wait_for_function("document.querySelector('#practice .said').textContent === ''")
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


def test_what_another_room_stops_is_asked_again(visit):
    tab = visit("#practice")
    framed(tab, "practice")
    tab.locator("nav.rooms [data-room=check]").click()
    tab.locator("#check .cm-content").fill("while True: pass")
    tab.locator("#check [name=run]").click()
    tab.locator("nav.rooms [data-room=practice]").click()
    tab.locator("#practice [name=fresh]").click()  # the check, left behind, is stopped, and Python answers again
    tab.wait_for_function("document.querySelector('#practice .said').textContent.endsWith(' …')")
    tab.wait_for_function("document.querySelector('#practice .said').textContent === ''")
    tab.locator("nav.rooms [data-room=check]").click()
    assert tab.locator("#check .state").inner_text().startswith("Stopped, because you left the room")


def test_an_expression_that_makes_no_exercise_says_what_to_do(visit):
    tab = visit("#bug?e=x&x=2")
    tab.wait_for_function("document.querySelector('#bug .said.error')")
    assert "at least one operation" in tab.locator("#bug .said").inner_text()
    tab.goto(tab.url.split("#")[0] + "#practice?e=a*b")
    framed(tab, "practice").get_by_role("heading", name="a·b").wait_for()
    tab.goto(tab.url.split("#")[0] + "#practice?e=")
    tab.wait_for_function("document.querySelector('#practice .task').textContent === 'Your own expression'")


def test_an_exercise_that_comes_while_another_room_is_open_does_not_take_itself_for_one_on_a_phone(visit):
    tab = visit("#practice")
    tab.wait_for_function(READY)
    framed(tab, "practice")
    tab.evaluate("location.hash = '#practice?level=3&seed=9'; setTimeout(() => { location.hash = '#bug'; }, 5)")
    framed(tab, "bug")
    tab.wait_for_timeout(500)
    tab.locator("nav.rooms a", has_text="Practice").click()
    frame = framed(tab, "practice")
    frame.locator("h1", has_text="Level 3").wait_for()
    assert frame.locator("#rules").get_attribute("open") is not None
