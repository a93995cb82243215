"""The room of checks: code is typed, run, stopped, kept and shared."""

from pathlib import Path

import pytest

from docs.playground.bridge import check

READY = "document.documentElement.dataset.python === 'ready'"
STARTS = Path(check.__file__).parents[1] / "rooms" / "check"
EXPECTED = {
    "skeleton": "seed forgotten",
    "tanh": "tanh: 1 − x² instead of 1 − tanh²",
    "overwritten": "overwritten: = instead of +=",
    "original": "second backward, grads not zeroed",
    "slope": "power: exponent not in front",
}


def test_every_start_says_what_it_promises():
    assert sorted(EXPECTED) == sorted(path.stem for path in STARTS.glob("*.py"))
    for name, mistake in EXPECTED.items():
        (diagnosis,) = check.run((STARTS / f"{name}.py").read_text(encoding="utf-8"))["diagnoses"]
        assert not diagnosis["good"] and mistake in diagnosis["findings"][0]["suspicion"], name


@pytest.mark.parametrize(
    ("code", "kind", "line", "message"),
    [
        ("x = 1\ny = z\n", "NameError", 2, "name 'z' is not defined"),
        ("def f(:\n", "SyntaxError", 1, "invalid syntax"),
        ("raise SystemExit(3)", "SystemExit", 1, "3"),
        ("x = 1", "LookupError", None, "There is nothing to check: write a class Value"),
        ("check(3)", "TypeError", 1, "check takes a Value class"),
        ("x = input('x? ')", "RuntimeError", 1, "input() cannot ask anybody here"),
        ("import no_such_package", "ModuleNotFoundError", 1, "No module named 'no_such_package'; this page has"),
    ],
)
def test_code_that_fails_says_where(code, kind, line, message):
    problem = check.run(code)["problem"]
    assert (problem["kind"], problem["line"]) == (kind, line) and problem["message"].startswith(message)


def test_what_is_called_is_checked_and_what_is_printed_is_told():
    told = check.run("print('hello')\ncheck(lambda x: x**2, lambda x: 2 * x)\ncheck(lambda x: x, lambda x: 2)\n")
    assert told["printed"] == "hello\n" and [found["good"] for found in told["diagnoses"]] == [True, False]
    assert "no difference found in" in told["diagnoses"][0]["heading"]
    told = check.run(
        "class Value:\n    pass\ndef backward(root):\n    pass\nfrom micrograd import check\ncheck(backward)"
    )
    assert [found["good"] for found in told["diagnoses"]] == [False]


def state(tab, text):
    tab.wait_for_function(f"document.querySelector('#check .state').textContent.includes({text!r})")


def until_held(tab, text):
    """The editor and what stands in it at first come one by one."""
    tab.wait_for_function("text => document.querySelector('#check .cm-content')?.textContent.includes(text)", arg=text)


def write(tab, text):
    tab.locator("#check .cm-content").fill(text)


def test_code_is_checked_stopped_kept_and_shared(visit):
    tab = visit("#check?start=tanh")
    editor = tab.locator("#check .cm-content")
    until_held(tab, "tanh")
    editor.focus()
    tab.keyboard.press("Control+Enter")
    state(tab, "There is a difference.")
    found = tab.locator("#check .found").inner_text()
    assert "It looks like this mistake: tanh: 1 − x²" in found and "a = Value(2.0); L = a.tanh()" in found
    assert "correct" not in found

    write(tab, "a = 1\nb = undefined_name\n")
    tab.keyboard.press("Control+Enter")
    state(tab, "NameError in line 2: name 'undefined_name' is not defined")
    assert tab.locator("#check .cm-wrong").inner_text() == "b = undefined_name"

    write(tab, "while True:\n    pass\n")
    tab.locator("#check [name=run]").click()
    state(tab, "Checking")
    tab.locator("#check [name=stop]").click()
    state(tab, "Stopped.")

    write(tab, "check(lambda x: x * x, lambda x: 2 * x)")
    tab.locator("#check [name=run]").click()
    state(tab, "no difference found in")
    tab.reload()
    assert editor.inner_text() == "check(lambda x: x * x, lambda x: 2 * x)"

    tab.locator("#check [name=copy]").click()
    tab.wait_for_function("location.hash.startsWith('#check?code=')")
    link = tab.url.split("#")[1]
    other = visit("#check?start=skeleton")
    until_held(other, "your turn")
    other.evaluate("link => { location.hash = link; }", link)
    other.wait_for_function("document.querySelector('#check .cm-content').textContent.startsWith('check(')")
    other.locator("#check [name=earlier]").click()
    assert "your turn" in other.locator("#check .cm-content").inner_text()


def test_the_keyboard_can_leave_the_editor(visit):
    tab = visit("#check?start=skeleton", width=390)
    editor = tab.locator("#check .cm-content")
    until_held(tab, "your turn")
    editor.focus()
    before = editor.inner_text()
    tab.keyboard.press("Escape")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.name") == "run" and editor.inner_text() == before
    assert editor.get_attribute("aria-label") == "Your code, in Python"
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
