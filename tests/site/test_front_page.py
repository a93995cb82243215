"""The first page of the site as a visitor meets it, and the folder that it is built into."""

import pytest

from docs import build

READY = "document.documentElement.dataset.python === 'ready'"


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


def test_a_tab_keeps_the_state_that_its_room_was_left_in(visit):
    tab = visit("#practice?level=3")
    tab.locator("nav.rooms a", has_text="Network").click()
    tab.locator("nav.rooms a", has_text="Practice").click()
    assert tab.evaluate("location.hash") == "#practice?level=3"


def test_a_build_replaces_a_site_and_nothing_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="holds something other than a site"):
        build.clear(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
    for content in ("first", "second"):
        build.clear(tmp_path / "site")
        assert [path.name for path in (tmp_path / "site").iterdir()] == [".nojekyll"]
        (tmp_path / "site" / "index.html").write_text(content)
