"""The stages in C, an optional extension: from the tape to the rows, the same arrays as from the stages in Python.

Where it was not built, or with MICROGRAD_STAGES=python in the environment, the stages in Python run: the ones to read.

_stages.c      the module
_arrays.h      arrays that grow, and how Python gets them
"""

from __future__ import annotations

from micrograd._core.extensions import load

extension = load(f"{__name__}._stages", "MICROGRAD_STAGES", "the compiler's stages in C")
