"""The stages in C, an optional extension: from the tape to the blocks, the same arrays as from the stages in Python.

Where it was not built, or with MICROGRAD_STAGES=python in the environment, the stages in Python run: the ones to read.

graph             the stages with the signatures of those in Python
rolling           the same for the stage from rows to blocks
_stages.c         the module
_graph.h          nodes without repeats, found by hashing
_rules.h          the rules that make them simpler
_templates.h      what a primitive becomes, applied
_terms.h          sums of products while they are collected
_taken.h          which nodes depend on the targets of the derivatives that a tape takes
_adjoints.h       what these nodes receive
_sweeps.h         one way back over them
_gradients.h      the derivatives
_dissolve.h       a graph without the variables of these
_tape.h           the rows of a tape
_simplify.h       from these to nodes
_sums.h           from nodes to sums of products
_differentiate.h  their adjoints
_flatten.h        the rows that the outputs need, as arrays
_repeats.h        what repeats in them
_methods.h        the methods of a graph, as Python calls them
_objects.h        the classes that Python sees
_replace.h        a graph with other nodes in some places
_arena.h          memory that is given back all at once
_plan.h           the rows, as the stages to the blocks see them
_agenda.h         which rows are computed side by side
_fuse.h           which of them are tails, and in which order all this is done
_products.h       complete products
_views.h          how operands lie
_lanes.h          how a block is laid out
_writer.h         writes it all
_roll.h           from rows to blocks
_operands.h       rows that wait to be put together in matrices
_summands.h       which of them are equal summands
_together.h       what is done for many of them at once
_places.h         whether places follow from loops
_survey.h         what is known of them before that
_batches.h        in which order
"""

from __future__ import annotations

from micrograd._core.extensions import load

extension = load(f"{__name__}._stages", "MICROGRAD_STAGES", "the compiler's stages in C")
