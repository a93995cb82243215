"""Pictures of computation graphs, with nothing but pip: in any notebook, as SVG, PNG, PDF, HTML or DOT.

    >>> from micrograd.drawing import draw, label
    >>> x, y = Value(2.0), Value(-3.0)
    >>> label(locals())                 # gives x and y their names as labels
    >>> draw(x * y)                     # the last line of a notebook cell shows it
    >>> draw(x * y).save("product.png")

From a graph to a picture, a file for each step:

view, diagram     Values become boxes and edges; a Module's call can be one box
selection         how much of a large graph is drawn
faces             what a box shows
layout            where the boxes stand
svg, theme, heat  what it looks like
page, geometry    how it opens in a browser
picture           `draw` and its result, with everything above
dot, export       the other forms: DOT, PNG and PDF
moving            several pictures as a GIF or a film
figure            plots that notebooks show: figures of matplotlib
graphviz_digraph  `draw_dot`, for code that calls it
labels            labels from the names of variables
"""

import micrograd._core  # noqa: F401 first of all: it says if the original has overwritten our files
from micrograd.drawing.labels import label, with_names
from micrograd.drawing.picture import Picture, draw

__all__ = ["Picture", "draw", "label", "with_names"]
