"""Pictures of computation graphs, with nothing but pip: in any notebook, as SVG, PNG, PDF, HTML or DOT.

    >>> from micrograd.drawing import draw, label
    >>> x, y = Value(2.0), Value(-3.0)
    >>> label(locals())                 # x and y are called so
    >>> draw(x * y)                     # the last line of a notebook's cell shows it
    >>> draw(x * y).save("product.png")

The way of a picture: `calls` finds the modules a Value was born in, `graph` turns Values into boxes and edges, `faces`
says what a box shows, `layout` (`ranking`, `ordering`, `placing`) where it stands, `svg` and `theme` how it looks,
`page` how it opens, `dot` and `export` what else it may become.
"""

from micrograd.drawing.graphviz_digraph import draw_dot
from micrograd.drawing.labels import label, with_names
from micrograd.drawing.picture import Picture, draw

__all__ = ["Picture", "draw", "draw_dot", "label", "with_names"]
