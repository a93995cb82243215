"""Hypothesis draws the same examples in every run; in the full test (FULL_TEST=1) a skipped test is a failed one.

Pages are opened in a real browser, cut off from the network; one browser serves the whole run.
"""

import os
import shutil

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


def unskipped(report):
    if report.skipped and os.environ.get("FULL_TEST") and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped in the full test: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return unskipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return unskipped((yield))


CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("no chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Open HTML in a tab without a network; whatever the console says or the page asks for fails the test."""
    complaints, contexts = [], []

    def tab(content, width=1280, height=720, **options):
        options.setdefault("viewport", {"width": width, "height": height})
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        it = context.new_page()
        it.on("console", lambda message: complaints.append(message.text))
        it.on("pageerror", lambda error: complaints.append(str(error)))
        it.on("request", lambda request: request.url[:5] in ("file:", "data:") or complaints.append(request.url))
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(content, encoding="utf-8")
        it.goto(path.as_uri())
        if options.get("java_script_enabled", True):
            it.wait_for_function("document.body.className !== 'waiting'")
        return it

    yield tab
    for context in contexts:
        context.close()
    assert complaints == []
