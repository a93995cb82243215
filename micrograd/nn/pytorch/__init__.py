"""To PyTorch and back: the same layers with the same numbers, so outputs and gradients are the same.

    >>> module = to_torch(model)            # a torch.nn.Sequential in float64, which PyTorch can move to a GPU
    >>> model = from_torch(module)

Both sides have fully connected layers, activations, batch normalisation, dropout, and sequences of them, with the same
names in `state_dict()`. Batch normalisation differs twice: PyTorch's `momentum` is one minus ours, and in training
PyTorch keeps an unbiased running variance.

activations   which function is which module there
there         a model as a PyTorch module
back          a PyTorch module as a model
"""

from micrograd.nn.pytorch.back import from_torch
from micrograd.nn.pytorch.there import to_torch

__all__ = ["from_torch", "to_torch"]
