"""The way out and back: models to PyTorch and from it."""

from micrograd.nn.pytorch import from_torch, to_torch

__all__ = ["from_torch", "to_torch"]
