"""From rows to blocks: rows that look the same are put together as matrix products, maps and reductions.

agenda      which rows are computed side by side
fuse        which of them are done at once with the results of others
levels      in which order all this is done
lanes       in which order they stand, and in which pieces their terms
products    complete products, which give that order
views       how the operands lie
writer      writes it all

Slots are numbered in the order of the lanes, so that what is read later is strided as well. No term changes its place
in its sum, so that the floats stay those of the rows.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

from micrograd.compiler.stages.agenda import Graph, Unit, find_units
from micrograd.compiler.stages.blocks import Blocks
from micrograd.compiler.stages.fuse import fuse
from micrograd.compiler.stages.levels import order
from micrograd.compiler.stages.native import extension, rolling
from micrograd.compiler.stages.rows import Rows
from micrograd.compiler.stages.writer import Writer

LEAST = 8
LISTED = sys.maxsize


def roll(rows: Rows, varying: Collection[int] = (), least: int = LEAST, apart: Sequence[int] = ()) -> Blocks:
    """The rows as blocks; where there would be fewer products than `least` in a block, rows are listed in groups.

    With `LISTED`, all are. With 0, only those without terms are. The rows of a step either all depend on the inputs
    `varying`, which are counted from 0, or none does. `apart` is a number from 1 on for each input: no view is on
    inputs of different numbers.
    """
    return (roll_in_python if extension is None else rolling.roll)(rows, varying, least, apart)


def roll_in_python(rows: Rows, varying: Collection[int], least: int, apart: Sequence[int] = ()) -> Blocks:
    """The same arrays, where it runs without the extension."""
    graph = Graph(rows, varying, apart)
    all_listed = len(rows) > 0 and least == LISTED
    units = [Unit([*range(graph.first, graph.count)], True)] if all_listed else find_units(graph, least)
    chains = fuse(graph, units)
    return Writer(graph, least).write(order(graph, chains))
