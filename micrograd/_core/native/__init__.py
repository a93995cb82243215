"""The native node: an optional extension type, written in C, that takes the place of the Python node (PEP 399).

`_node.Node` has the attributes and the operators of `nodes.Node`, and some methods of `engine.Value`. Where it was not
built, or with MICROGRAD_ENGINE=python in the environment, the Python engine runs: the one to read and to learn from.
Numbers, gradients, errors and the order of the nodes are the same, bit for bit.

_node.c        the type and the module
_arrays.h      arrays that grow, and how Python gives and gets them
_cells.h       what a node holds
_slabs.h       where its memory comes from
_death.h       how it is taken apart
_collector.h   what the cyclic collector sees of it
_recording.h   what a trace records of new nodes
_making.h      from operands to a new node
_rules.h       what each primitive computes: generated from the declarations in `ops`
_elementary.h  functions of numbers that C does not have
_attributes.h  the slots as attributes
_listing.h     what a trace has recorded, as flat arrays
_passes.h      the topological sort and `backward`
_adjoints.h    the derivatives that are kept beside the nodes
_sums.h        sums of many operands
_layers.h      whole layers of neurons
_steps.h       the data of many nodes in one call
_columns.h     numbers of many parameters as one operand, for the optimisers
"""

from __future__ import annotations

import gc
import os
from typing import Any

from micrograd._core.extensions import load

extension = load(f"{__name__}._node", "MICROGRAD_ENGINE", "the native node")
if extension is not None:
    gc.callbacks.append(extension.collecting)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=extension.forked)


def give_way(kind: type, *names: str) -> list[Any]:
    """Take those methods from a class whose base, the native node, has them too; returns what they were.

    Those of the node get their docstrings and signatures.
    """
    methods = [vars(kind)[name] for name in names]
    for name, method in zip(names, methods, strict=True):
        delattr(kind, name)
        if isinstance(method, property):
            continue
        code, defaults = method.__code__, method.__defaults__ or ()
        parameters = ["$self", "/", *code.co_varnames[1 : code.co_argcount]]
        for i, default in enumerate(defaults, len(parameters) - len(defaults)):
            parameters[i] += f"={default!r}"
        extension.document(name, f"{name}({', '.join(parameters)})\n--\n\n{method.__doc__ or ''}")
    return methods
