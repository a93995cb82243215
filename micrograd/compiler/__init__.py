"""Unchanged scalar code as a program: run once to be recorded, then replayed at the speed of what was recorded.

Each stage is a plain function from one data structure to the next:

trace          a function → a `Tape`, everything that it computed, as one flat list
simplify       → a `Graph`, in which equal expressions are one node and what is known is a constant
sums           → `Sums`, in which chains of additions and their products are rows
differentiate  adds the adjoints, more rows of the same kind
source         → straight-line Python
lower          → a `Program`, slots in groups of one kind
kernel         runs it, native, where it was built

tracer, number, randomness    what user code sees while it is traced
arguments, surroundings       what makes another trace necessary
programs, variant, compiled   the stages in their order, and what a user holds in hands
"""

from micrograd.compiler.backends import backend
from micrograd.compiler.compiled import Compiled, compile
from micrograd.compiler.errors import TraceError

__all__ = ["Compiled", "TraceError", "backend", "compile"]
