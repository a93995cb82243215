"""Optional extensions in C: each takes the place of Python code that does the same, where it was built."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any


def load(name: str, choice: str, what: str) -> Any:
    """The extension module of that name, or None for Python, as the environment says and what is installed allows.

    The variable `choice` is 'native' or 'python', or not set; `what` the extension is, for messages. Raises
    `ImportError` if it is asked for and missing, or if nothing is called so.
    """
    wanted = os.environ.get(choice, "")
    if wanted not in ("", "native", "python"):
        raise ImportError(f"{choice} must be 'native' or 'python', or not be set, got {wanted!r}")
    if wanted == "python":
        return None
    try:
        return import_module(name)
    except ImportError as error:
        if wanted:
            raise ImportError(
                f"{what} cannot be loaded ({error}): install micrograd-lab where there is a C compiler, "
                f"or leave {choice} unset to take what there is"
            ) from None
        return None
