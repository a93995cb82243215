"""A training watched where people work: in a real kernel, in JupyterLab, as an exported page."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.slow, pytest.mark.once]
TRAINING = """
import random, time
from micrograd import datasets, fit, watch
from micrograd.losses import max_margin
from micrograd.nn import MLP
from micrograd.optim import SGD

points, labels = datasets.moons(30, noise=0.1, seed=1)
model = MLP(2, [4, 1], fused=True, rng=random.Random(1))
film = watch(fit(model, max_margin, (points, labels), SGD(model.parameters(), lr=0.5), epochs=40))
"""
WATCHED = "for record in film:\n    time.sleep(0.1)  # of a longer training\n"
INTERRUPTED = """
import os, signal
for record in film:
    if record["epoch"] == 3:
        os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """No settings but our own, and our package."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")


def notebook(*cells):
    nbformat = pytest.importorskip("nbformat")
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=metadata)


@pytest.mark.filterwarnings("default")
def test_a_kernel_updates_one_output_and_keeps_it_after_an_interrupt(environment, opened):
    client = pytest.importorskip("nbclient").NotebookClient
    exporter = pytest.importorskip("nbconvert").HTMLExporter
    said = []

    class Client(client):
        def process_message(self, message, *place):
            said.append(message["msg_type"])
            return super().process_message(message, *place)

    it = notebook(TRAINING + INTERRUPTED, "print(model.training, len(film.recording.shots.items))")
    Client(it, timeout=300, allow_errors=True, resources={"metadata": {"path": str(ROOT)}}).execute()
    film, error = it.cells[0].outputs
    assert said.count("display_data") == 1 and said.count("update_display_data") >= 1
    assert error.ename == "KeyboardInterrupt" and it.cells[1].outputs[0].text == "True 4\n"
    assert film.data["text/plain"].startswith("epoch 3 of 40  loss 0.") and "srcdoc" in film.data["text/html"]
    exported = exporter(template_name="basic").from_notebook_node(it)[0]
    tab = opened(f"<!DOCTYPE html><html lang=en><title>t</title>{exported}")
    inside = tab.frame_locator("iframe")
    inside.locator("#slider").press("Home")
    inside.locator("#next").click()
    assert inside.locator("#when").inner_text() == "epoch 1 of 40"


# What is in the output, each time that it changes: the text of the picture or of the frame.
OBSERVED = """() => {
  window.seen = [];
  const look = () => {
    const found = [...document.querySelectorAll('.jp-OutputArea-output')].map((output) => {
      const frame = output.querySelector('iframe'), image = output.querySelector('img');
      return frame ? 'film' : image ? image.alt : output.textContent;
    });
    if (JSON.stringify(found) !== JSON.stringify(window.seen.at(-1))) window.seen.push(found);
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
}"""


def test_jupyterlab_updates_the_output_in_place(environment, browser, tmp_path):
    pytest.importorskip("jupyterlab")
    nbformat = pytest.importorskip("nbformat")
    nbformat.write(notebook(TRAINING + WATCHED), tmp_path / "film.ipynb")
    with served(tmp_path) as address:
        context = browser.new_context(viewport={"width": 1200, "height": 1000})
        try:
            context.route("**", lambda route: route.abort() if address not in route.request.url else route.continue_())
            tab = context.new_page()
            tab.goto(f"{address}/lab/tree/film.ipynb?token=x")
            tab.locator(".jp-CodeCell .cm-content").click(timeout=120_000)
            tab.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=120_000)
            tab.evaluate(OBSERVED)
            tab.keyboard.press("Shift+Enter")
            inside = tab.frame_locator(".jp-OutputArea iframe")
            inside.locator("#controls").wait_for(timeout=120_000)
            seen = [states for states in tab.evaluate("window.seen") if states]
            inside.locator("#slider").press("Home")
            assert inside.locator("#when").inner_text() == "before the training"
        finally:
            context.close()
    assert all(len(states) == 1 for states in seen)  # one output at any time
    said = [state.split("  ")[0] for (state,) in seen]
    assert (
        said[-1] == "film"
        and len(set(said)) >= 3
        and set(said[1:-1]) <= {f"epoch {k} of 40" for k in range(41)} | {"before the training"}
    )


@contextmanager
def served(folder):
    """A server of JupyterLab for the notebooks of a folder: its address."""
    with socket.socket() as one:
        one.bind(("localhost", 0))
        port = one.getsockname()[1]
    address = f"http://localhost:{port}"
    command = "-m jupyterlab --no-browser --allow-root --LabApp.news_url= --LabApp.extension_manager=readonly".split()
    options = f"--ServerApp.port={port} --IdentityProvider.token=x --ServerApp.root_dir={folder}".split()
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen([sys.executable, *command, *options], stdout=log, stderr=log, env=os.environ.copy())
        try:
            for _ in range(600):
                assert server.poll() is None, (folder / "server.log").read_text(encoding="utf-8")
                try:
                    urllib.request.urlopen(f"{address}/api?token=x", timeout=5).close()
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.2)
            yield address
        finally:
            server.terminate()
            server.wait(60)
