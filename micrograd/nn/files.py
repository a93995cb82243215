"""Model files: a state in the safetensors format, which holds numbers and nothing that could be executed."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

from micrograd._core.writing import write_file
from micrograd.nn.state import brief

PER_NUMBER, PER_TENSOR, SPARE = 16, 1000, 1_000_000  # bytes that a file may have, for its names and notes too


def save(state: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Write the file whole or not at all: an older one of that name stays until then."""
    safetensors = _safetensors()
    import numpy as np

    arrays = {}
    for name, content in state.items():
        whole = isinstance(content, int) and content.bit_length() < 64
        arrays[name] = np.asarray(content, dtype=np.int64 if whole else np.float64)
    write_file(path, safetensors.numpy.save(arrays))


def load(path: str | os.PathLike[str], shapes: Iterable[tuple[int, ...]]) -> dict[str, Any]:
    """The arrays of a file by name; `ValueError` says what is wrong with the file.

    `shapes` are those of the model's tensors: a file that is far larger than they need is not read.
    """
    safetensors, name = _safetensors(), brief(os.fsdecode(path))
    most = SPARE + sum(PER_TENSOR + PER_NUMBER * math.prod(shape) for shape in shapes)
    with open(path, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{name} has more than {most:,} bytes, too many for a file of this model")
    try:
        arrays: dict[str, Any] = safetensors.numpy.load(content)
        json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")], object_pairs_hook=_once_each)
    except (safetensors.SafetensorError, ValueError, TypeError, KeyError) as error:
        why = f"NumPy has no numbers of the kind {error}" if isinstance(error, KeyError) else error
        raise ValueError(f"{name} is not a whole safetensors file of numbers: {brief(why)}") from None
    return arrays


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for name, entry in pairs:
        if name in entries:
            raise ValueError(f"it has two entries of the name {name}")
        entries[name] = entry
    return entries


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError("model files need safetensors and NumPy: pip install 'micrograd-lab[files]'") from error
    return safetensors
