"""Unchanged scalar code as a program: run it once to record it, then replay the recording.

Each stage is a plain function from one data structure to the next:

tracing    a function → a `Tape`, everything that it computed, as one flat list
stages     a tape → expressions without repeats → sums of products, with their adjoints → `Blocks`
backends   a program as straight-line Python, or in the native kernel where it was built

programs   the stages in their order
matrices   the same computation as operations on whole arrays, to be read
exports    the same computation as array code for NumPy, JAX and PyTorch
variants   the specialisations of a compiled function, and how a call finds its own
variant    one specialisation of a compiled function
results    which of its numbers are returned side by side
batches    a function of one example, run over many
decisions  a tree of those that differ only in what Python decided
lazily     derivatives computed when they are first needed
shortcut   the way of a call on arrays of floats alone
moving     floats in the surroundings that keep changing
eagerly    a compiled function run as it is
economy    whether tracing pays
causes     why a call finds no variant, and the way out
copies     compiled functions pickled and copied
compiled   `compile`, and the compiled function
"""

from micrograd.compiler.backends.running import backend
from micrograd.compiler.batches.batch import Batch
from micrograd.compiler.compiled import Compiled, compile
from micrograd.compiler.exports.export import Export
from micrograd.compiler.matrices.matrices import Matrices
from micrograd.compiler.tracing.errors import TraceError

__all__ = ["Batch", "Compiled", "Export", "Matrices", "TraceError", "backend", "compile"]
