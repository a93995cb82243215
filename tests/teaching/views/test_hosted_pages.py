"""Pages in a frame: the page around it sets their colours, and hears score, progress and the height they want."""

import html
from uuid import uuid4

import pytest

import micrograd
from micrograd import Value

HOST = """<!DOCTYPE html><body><button id="before">before</button>
<iframe srcdoc="{page}" sandbox="allow-scripts" style="width:100%;height:760px"></iframe>
<button id="behind">behind</button>
<script>
const heard = [], frame = document.querySelector("iframe");
addEventListener("message", (event) => heard.push(event.data));
const tell = (message) => frame.contentWindow.postMessage(message, "*");
</script>"""
COLOURS = """() => ({
  page: getComputedStyle(document.body).backgroundColor,
  picture: getComputedStyle(document.querySelector(".mg-page")).fill,
  scheme: getComputedStyle(document.documentElement).colorScheme,
})"""
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 25, 31)"


@pytest.fixture
def hosted(opened):
    """Open a page in a sandboxed frame; returns the tab and the frame, ready."""

    def host(page, **options):
        tab = opened(HOST.format(page=html.escape(page)), **options)
        frame = tab.frames[1]
        frame.wait_for_selector("svg .mg-page")
        frame.wait_for_function("document.body.className !== 'waiting'")
        return tab, frame

    return host


def wait_for_theme(frame, theme):
    frame.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")


def is_dark(frame):
    colours = frame.evaluate(COLOURS)
    assert colours["page"] == colours["picture"], colours
    return {LIGHT: False, DARK: True}[colours["page"]]


def heard(tab, what, many):
    """The messages of a kind, once there are so many, and whatever else the page has sent until then.

    Messages arrive some time after the act that they tell of, in the order in which they are sent.
    """
    tab.wait_for_function(
        "([what, many]) => heard.filter((it) => it.micrograd === what).length >= many", arg=[what, many]
    )
    mark = str(uuid4())
    tab.frames[1].evaluate("mark => parent.postMessage({ mark }, '*')", mark)
    tab.wait_for_function("mark => heard.some((it) => it.mark === mark)", arg=mark)
    return [message for message in tab.evaluate("heard") if message.get("micrograd") == what]


def answer(frame, typed):
    frame.locator("[name=answer]").fill(typed)
    frame.locator("[name=answer]").press("Enter")


def picture():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    return micrograd.draw(a * b).html


PAGES = {
    "step": lambda: micrograd.step("a*b", a=2, b=3).html,
    "practice": lambda: micrograd.practice(level=1).html,
    "bug": lambda: micrograd.practice(level=2).bug(seed=1).html,
    "draw": picture,
}


@pytest.mark.parametrize(("name", "system"), [(name, "light") for name in PAGES] + [("step", "dark"), ("draw", "dark")])
def test_the_host_chooses_the_colours_at_any_time(hosted, name, system):
    tab, frame = hosted(PAGES[name](), color_scheme=system)
    assert heard(tab, "ready", 1) == [{"micrograd": "ready"}]
    assert is_dark(frame) == (system == "dark")
    for theme, dark in {"dark": True, "light": False, "auto": system == "dark"}.items():
        tab.evaluate("theme => tell({micrograd: 'theme', theme})", theme)
        wait_for_theme(frame, theme)
        frame.wait_for_timeout(50)
        assert is_dark(frame) == dark, theme
        assert frame.evaluate(COLOURS)["scheme"] == (
            theme if theme != "auto" else "normal" if name != "draw" else "light dark"
        )


@pytest.mark.parametrize("name", ["practice", "draw"])
def test_the_host_may_write_the_theme_into_the_page(hosted, name):
    page = PAGES[name]().replace("<html", '<html data-theme="dark"', 1)
    assert is_dark(hosted(page)[1])


def test_the_next_round_keeps_the_colours_and_the_colours_keep_what_is_typed(hosted):
    tab, frame = hosted(micrograd.practice(level=2).html)
    frame.locator("[name=answer]").fill("-8")
    tab.evaluate("tell({micrograd: 'theme', theme: 'dark'})")
    wait_for_theme(frame, "dark")
    assert is_dark(frame) and frame.locator("[name=answer]").input_value() == "-8"
    frame.locator("[name=answer]").press("Enter")
    frame.get_by_role("button", name="Next:").click()
    assert "Round 2" in frame.locator("#round").inner_text() and is_dark(frame)


def test_only_the_page_around_the_frame_is_heard(hosted):
    page = micrograd.step("a*b", a=2, b=3).html
    tab, frame = hosted(page)
    tab.evaluate(
        """page => new Promise((done) => {
      const other = document.body.appendChild(document.createElement("iframe"));
      other.srcdoc = "<script>parent[0].postMessage({micrograd: 'theme', theme: 'dark'}, '*');"
        + "parent.postMessage({micrograd: 'sent'}, '*')</" + "script>";
      addEventListener("message", (event) => event.data.micrograd === "sent" && setTimeout(done, 100));
    })""",
        page,
    )
    frame.evaluate("window.postMessage({micrograd: 'theme', theme: 'dark'}, '*')")
    tab.evaluate("for (const odd of [null, 'dark', 7, {micrograd: 'theme'}]) tell(odd)")
    wait_for_theme(frame, "auto")
    assert not is_dark(frame)


def test_practice_tells_each_answer_and_each_score(hosted):
    tab, frame = hosted(micrograd.practice(level=2, seed=7, blanks=3).html)
    exercise = micrograd.practice(level=2, seed=7, blanks=3, formulas=False)
    right = [question.right.value for question in exercise.session.asked]
    answer(frame, "1000")
    assert heard(tab, "progress", 0) == []
    for value in right:
        answer(frame, str(value))
    title = exercise.round.title
    about = {"title": title, "level": 2, "seed": 7, "turn": 0, "round": 1, "rounds": 2}
    many = len(right)
    told = heard(tab, "progress", many)
    assert told[0] == {
        "micrograd": "progress", **about, "question": 1, "questions": many, "credit": "later", "tries": 2, "hints": 0
    }  # fmt: skip
    assert [message["question"] for message in told] == list(range(1, many + 1))
    assert {message["credit"] for message in told[1:]} == {"at once"}
    (score,) = heard(tab, "score", 1)
    text = frame.locator("#story .score").inner_text()
    assert score == {
        "micrograd": "score", **about, "left": 1, "points": many - 0.5, "most": many, "text": text,
        "answers": {"at once": many - 1, "followed": 0, "later": 1, "left": 0, "open": 0},
    }  # fmt: skip
    frame.locator("#slider").fill("0")
    frame.locator("#slider").fill("6")
    frame.get_by_role("button", name="Once more").click()
    assert len(heard(tab, "score", 1)) == 1


def test_the_host_may_begin_with_a_later_round(hosted):
    page = micrograd.practice(level=1).html
    for written, shown in {"3": "Round 3 of 4", "9": "Round 4 of 4", "x": "Round 1 of 4"}.items():
        frame = hosted(page.replace("<html", f'<html data-round="{written}"', 1))[1]
        assert frame.locator("#round").inner_text().startswith(shown)


def test_a_hunt_tells_its_progress_and_its_score(hosted):
    bug = micrograd.practice(level=5).bug(seed=3)
    tab, frame = hosted(bug.html)

    def submit(k):
        frame.locator("#bug select").select_option(index=k)
        frame.get_by_role("button", name="Submit").click()

    wrong = 0 if bug.hunt.first else 1
    submit(wrong)
    assert frame.locator("#bug select").input_value() == str(wrong)
    submit(bug.hunt.first)
    submit(bug.hunt.choices.index(bug.hunt.mistake.name))
    about = {"title": "Level 5: x*y + x**2"}
    steps = [(False, False, 1), (True, False, 2), (True, True, 3)]
    assert heard(tab, "progress", len(steps)) == [
        {"micrograd": "progress", **about, "found": found, "named": named, "tries": tries}
        for found, named, tries in steps
    ]
    assert heard(tab, "score", 1) == [{"micrograd": "score", **about, "tries": 3, "text": "Found after 3 attempts."}]


def test_the_height_that_the_page_wants(hosted):
    page = micrograd.practice(level=2).html
    tab, _ = hosted(page, width=1280)
    (size,) = heard(tab, "size", 1)
    assert 700 <= size["height"] <= 860
    tab, frame = hosted(page, width=390)
    tab.evaluate("""() => {
      const follow = ({micrograd, height}) => { if (micrograd === "size") frame.style.height = `${height}px`; };
      addEventListener("message", ({data}) => follow(data));
      heard.forEach(follow);
    }""")
    whole = "(() => { const page = document.querySelector('#page'); return page.scrollHeight <= page.clientHeight; })()"
    frame.wait_for_function(whole)
    before = heard(tab, "size", 1)[-1]["height"]
    answer(frame, "1000")
    tab.wait_for_function(f"parseInt(frame.style.height) > {before}")
    frame.wait_for_function(whole)


@pytest.mark.parametrize("width", [820, 1280])
def test_a_reply_does_not_move_the_picture(hosted, width):
    _, frame = hosted(micrograd.practice(level=5, blanks=3).html, width=width)
    place = "JSON.stringify(document.querySelector('#scroller svg').getBoundingClientRect())"
    before = frame.evaluate(place)
    for typed in ("2", "17.5"):
        answer(frame, typed)
        assert frame.evaluate(place) == before
    for _ in range(4):
        frame.get_by_role("button", name="Hint").click()
        assert frame.evaluate(place) == before
        field = frame.locator("[name=answer]").bounding_box()
        panel = frame.locator("#step").bounding_box()
        assert panel["y"] <= field["y"] and field["y"] + field["height"] <= panel["y"] + panel["height"]


def test_tab_leaves_the_frame_both_ways(hosted):
    tab, _ = hosted(micrograd.practice(level=1).html)
    for key, first, last in (("Tab", "before", "behind"), ("Shift+Tab", "behind", "before")):
        tab.locator(f"#{first}").focus()
        for _ in range(60):
            tab.keyboard.press(key)
            if tab.evaluate("document.activeElement.id") == last:
                break
        else:
            raise AssertionError(f"{key} does not leave the frame")
