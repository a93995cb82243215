"""The first page of the site as a visitor meets it, and the folder that it is built into."""

import pytest

from docs import build

READY = "document.documentElement.dataset.python === 'ready'"
WARM = "async () => (await import(new URL('playground/python.js', document.baseURI))).status.warm"


def test_the_first_picture_is_there_before_any_script(browser, site):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(site)
    assert tab.locator("#expression svg .mg-box:visible").count() == 10
    context.close()


def test_python_starts_and_its_line_goes_away(visit):
    tab = visit()
    tab.wait_for_function(READY)
    assert tab.locator("#python").is_hidden()
    assert tab.evaluate(WARM)  # from the snapshot that the first visit has left


def test_a_tab_keeps_the_state_that_its_room_was_left_in(visit):
    tab = visit("#practice?level=3")
    tab.locator("nav.rooms a", has_text="Network").click()
    tab.locator("nav.rooms a[aria-current]", has_text="Network").wait_for()
    tab.locator("nav.rooms a", has_text="Practice").click()
    assert tab.evaluate("location.hash") == "#practice?level=3"


def test_a_room_that_is_left_changes_its_tab_and_not_the_address(visit):
    tab = visit()
    tab.wait_for_function(READY)
    row = tab.locator("#expression .value")
    tab.locator("[name=expression]").fill("a*b + 7")
    row.nth(2).wait_for(state="detached")  # shown; its address follows when the numbers rest
    tab.locator("nav.rooms a", has_text="Practice").click()
    tab.wait_for_timeout(500)
    assert tab.evaluate("location.hash").startswith("#practice")
    tab.locator("nav.rooms a", has_text="Expression").click()
    tab.wait_for_function("location.hash.startsWith('#expression?e=a*b')")
    assert tab.locator("[name=expression]").input_value() == "a*b + 7"


def test_a_room_that_does_not_arrive_is_told(browser, site):
    context = browser.new_context()
    tab = context.new_page()
    tab.route("**/rooms/bug.js", lambda route: route.abort())
    tab.goto(site + "#bug")
    tab.locator("#lost", has_text="This room could not be opened").wait_for()
    context.close()


def test_a_build_replaces_a_site_and_nothing_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="holds something other than a site"):
        build.clear(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
    for content in ("first", "second"):
        build.clear(tmp_path / "site")
        assert [path.name for path in (tmp_path / "site").iterdir()] == [".nojekyll"]
        (tmp_path / "site" / "index.html").write_text(content)


def test_the_folder_holds_nothing_else(site_folder):
    found = {path.name for path in site_folder.iterdir()}
    assert found == {".nojekyll", "index.html", "playground", "vendor", "docs"}


def test_the_skip_link_stays_in_its_room(visit):
    tab = visit("#practice?level=3")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("[document.activeElement.id, location.hash]") == ["main", "#practice?level=3"]
    assert tab.locator("#practice").is_visible()
