"""To other libraries and back, in one place.

to_torch      a model as a `torch.nn.Module` with the same numbers
from_torch    a `torch.nn.Module` as a model with the same numbers

Both live in `nn/pytorch`, which says what has a counterpart on the other side.
"""

from micrograd.nn.pytorch import from_torch, to_torch

__all__ = ["from_torch", "to_torch"]
