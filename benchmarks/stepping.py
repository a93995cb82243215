"""The cost of a stepper: the page's size, the time to make it, and the time of a click (if a browser is installed)."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import micrograd
from benchmarks.runner import Row
from micrograd import Value
from micrograd._core.writing import write_file
from micrograd.engine import topological
from micrograd.nn import MLP

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --no-first-run"
)
CLICKS = """async () => {
  const took = [];
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    document.getElementById("next").click();
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    took.push(performance.now() - start);
  }
  return took;
}"""


def network(*widths: int) -> Value:
    model = MLP(widths[0], widths[1:], activation="tanh", rng=random.Random(1))
    return (model([0.5 - 0.25 * k for k in range(widths[0])]) - 1.0) ** 2


def size(root: Value) -> int:
    """The number of nodes of a graph, including leaves."""
    return len({id(v) for u in topological(root) for v in (u, *u.parents)})


def rows() -> Iterator[Row]:
    small, large = network(2, 9, 1), network(2, 30, 18, 1)
    page = micrograd.step(small).html
    yield Row(f"stepper page of {size(small)} nodes", len(page.encode()) / 1000, "kB", "≤ 100")
    started = perf_counter()
    content = micrograd.step(large).html
    took = perf_counter() - started
    yield Row(f"stepper page of {size(large):,} nodes, made", took, "s", "≤ 1")
    yield Row(
        f"a click on it ({len(micrograd.step(large)):,} steps), to the next frame", clicked(content), "ms", "≤ 100"
    )


def clicked(content: str) -> float | None:
    """Milliseconds from a click on Next to the end of the frame that shows it; None without a browser."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        return None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        write_file(path, content)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        tab = browser.new_page(viewport={"width": 1200, "height": 700})
        tab.goto(path.as_uri())
        tab.wait_for_selector(".mg-box", state="attached")
        took = tab.evaluate(CLICKS)
        browser.close()
    return median(took)
