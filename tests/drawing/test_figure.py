"""Plots show themselves in a notebook, without `%matplotlib inline` and without pyplot."""

import pickle
import subprocess
import sys

import nbformat
import pytest
from IPython.core.formatters import DisplayFormatter
from nbclient import NotebookClient

from micrograd.cli.demos import pictures
from micrograd.training import confusion, decision_boundary, images, plot

PNG = b"\x89PNG\r\n\x1a\n"
HISTORY = [{"epoch": k, "steps": k, "loss": 1 / k, "accuracy": 1 - 1 / k} for k in (1, 2, 3)]


def test_a_plot_has_a_rich_form():
    figure = plot(HISTORY)
    forms, _ = DisplayFormatter().format(figure)
    assert forms["image/png"].startswith(PNG) and forms["text/plain"] == "<Figure size 920x340 with 2 Axes>"
    assert figure._repr_png_() == forms["image/png"]
    again = pickle.loads(pickle.dumps(figure))
    assert again._repr_png_().startswith(PNG) and len(again.axes) == 2


def test_it_shows_what_was_drawn_since():
    figure = plot(HISTORY)
    before = figure._repr_png_()
    figure.axes[0].set_title("mine")
    assert figure._repr_png_() != before


def test_every_plot_of_the_demos_has_one():
    blank = [[0.5] * 64] * 3
    for figure in (
        decision_boundary(lambda x: x[0] - 0.5, [[0.0, 0.0], [1.0, 1.0]], [1, -1]),
        pictures.curves({"loss": [1.0, 0.5]}, "step"),
        images(blank, [1, 2, 3], [3, 2, 1]),
        confusion([1, 2], [2, 1]),
    ):
        assert figure._repr_png_().startswith(PNG)


@pytest.mark.once
@pytest.mark.slow
def test_without_pyplot():
    code = (
        "import sys; from micrograd.training import plot; plot([{'epoch': 1, 'steps': 1, 'loss': 1.0}])._repr_png_();"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


CELLS = {
    "plot": """
        from micrograd.training import plot
        plot([{"epoch": k, "steps": k, "loss": 1 / k} for k in (1, 2, 3)])""",
    "boundary": """
        from micrograd.training import decision_boundary
        from micrograd.nn import MLP
        decision_boundary(MLP(2, [2, 1]), [[0.0, 0.0], [1.0, 1.0]], [1, -1])""",
    "inline": """
        %matplotlib inline
        plot([{"epoch": 1, "steps": 1, "loss": 1.0}])""",
    "history": """
        from micrograd import train
        from micrograd.losses import max_margin
        from micrograd.optim import SGD
        model = MLP(2, [2, 1])
        history = train(model, max_margin, ([[0.0, 0.0], [1.0, 1.0]], [1, -1]), SGD(model.parameters()), epochs=2)
        history.plot()""",
}


@pytest.mark.once
@pytest.mark.slow
def test_in_a_fresh_kernel():
    notebook = nbformat.v4.new_notebook()
    cells = ["\n".join(line.strip() for line in cell.strip().splitlines()) for cell in CELLS.values()]
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    for name, cell in zip(CELLS, notebook.cells, strict=True):
        shown = [output for output in cell.outputs if output.output_type in ("execute_result", "display_data")]
        assert len(shown) == 1 and "image/png" in shown[0].data and "text/plain" in shown[0].data, name
