"""What all tests share: the quick run and the full test, and a browser.

The quick run leaves out what is marked `slow` and draws fewer Hypothesis examples; in the full test (FULL_TEST=1)
everything runs with either engine, but what is marked `once` with the Python engine only, and a skipped test is a
failed one. Hypothesis draws the same examples in every run.

Pages are opened in a real browser, cut off from the network; each worker starts one browser, at its first page.
"""

import asyncio
import gc
import os
import shutil
import sys

import pytest
from budget import ENGINE, FULL, budget
from hypothesis import settings

import micrograd
from micrograd._core.methods import Methods
from micrograd.ops import PRIMITIVES

settings.register_profile("quick", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("full", derandomize=True, deadline=None, max_examples=100)
settings.load_profile(budget("quick", "full"))
os.environ.pop("COLUMNS", None)  # what is printed would be wrapped at it
sys.modules.setdefault("rfc3987_syntax", None)  # Jupyter's way to check addresses: it reads grammars for two seconds


def pytest_report_header():
    return f"engine: {ENGINE}"


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What the tests import stays until the end: the collector looks at none of it, now and in the tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_collection_modifyitems(config, items):
    """The quick run leaves out slow tests; the full test with MICROGRAD_ENGINE=native those that say the same with
    either engine, and with MICROGRAD_ENGINE=python those about the native node. Whoever asks for them gets them: one by
    its name, all with `-m slow` or `-m once`.

    A test in a browser, or of the site, says the same; in a browser it is slow unless it is marked `quick`. The longest
    tests, marked `no_cover`, come first, then the slow ones, so that no worker is left alone with them; the coverage of
    both is not measured.
    """
    for item in items:
        if {"browser", "site_folder"} & set(item.fixturenames):
            item.add_marker("once")
        if "browser" in item.fixturenames and not item.get_closest_marker("quick"):
            item.add_marker("slow")
        if item.get_closest_marker("native") and ENGINE == "python" and not FULL:
            item.add_marker(pytest.mark.skip(reason="about the native node, which is not what runs"))
    elsewhere = {"native": "once", "python": "native"}.get(os.environ.get("MICROGRAD_ENGINE", ""))
    left_out = elsewhere if FULL else "slow"
    if left_out and not config.getoption("-m") and not any("::" in argument for argument in config.args):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker(left_out)])
        items[:] = [item for item in items if not item.get_closest_marker(left_out)]
    items.sort(key=lambda item: [item.get_closest_marker(name) is None for name in ("no_cover", "slow")])
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker("no_cover")


@pytest.fixture(autouse=True)
def both_ways(request, monkeypatch):
    """The first calls of every compiled function run both ways, unless a test looks at how often it runs."""
    checked = 0 if request.node.get_closest_marker("unchecked") else 2
    monkeypatch.setattr("micrograd.compiler.compiled.CHECKED", checked)


@pytest.fixture(autouse=True)
def no_other_loop(request):
    """While a browser is open, Playwright's event loop counts as running: not in a test without pages."""
    loop = None if "browser" in request.fixturenames else asyncio._get_running_loop()
    if loop is not None:
        asyncio._set_running_loop(None)
    yield
    if loop is not None:
        asyncio._set_running_loop(loop)


def unskipped(report):
    if report.skipped and FULL and not hasattr(report, "wasxfail"):
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


@pytest.fixture
def declare():
    """`micrograd.primitive`; afterwards the table and the methods of a Value are as before."""
    before = set(PRIMITIVES)
    yield micrograd.primitive
    for name in PRIMITIVES.keys() - before:
        del PRIMITIVES[name]
        delattr(Methods, name)
