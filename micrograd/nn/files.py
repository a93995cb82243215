"""Model files: a state in the safetensors format, which holds numbers and nothing that could be executed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def save(state: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Write to a temporary file in the same folder first, then rename it: a crash leaves an older file whole."""
    import numpy as np

    arrays = {
        name: np.asarray(content, dtype=np.int64 if isinstance(content, int) else np.float64)
        for name, content in state.items()
    }
    content = _safetensors().numpy.save(arrays)
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def load(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The arrays of a file by name; `ValueError` says what is wrong with the file."""
    content = Path(path).read_bytes()
    safetensors = _safetensors()
    try:
        arrays: dict[str, Any] = safetensors.numpy.load(content)
    except (safetensors.SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{os.fspath(path)} is not a whole safetensors file of numbers: {error}") from None
    return arrays


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError("model files need safetensors: pip install 'micrograd-lab[files]'") from error
    return safetensors
