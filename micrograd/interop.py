"""To other engines and back, in one place.

to_jax        a function of one example as array code for JAX: vmap, jit, grad, sharding, a GPU
to_torch      a model as a `torch.nn.Module`, layer by layer; or a function of one example, as array code for PyTorch
to_numpy      the same array code for NumPy, of many examples
from_torch    a `torch.nn.Module` as a model with the same numbers

The array code is that of compiled functions, which have the first three as methods, and `load` for the way back. Here
they also take a function that is not compiled, or a model, whose parameters are then in its own order. `nn/pytorch`
says what has a counterpart in PyTorch, layer by layer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from micrograd.calculus.structures import describe
from micrograd.compiler.compiled import Compiled, compile
from micrograd.compiler.exports.export import Export
from micrograd.nn import pytorch
from micrograd.nn.feedforward import Feedforward
from micrograd.nn.module import Module
from micrograd.nn.pytorch import from_torch

if TYPE_CHECKING:
    from torch.nn import Module as TorchModule

__all__ = ["from_torch", "to_jax", "to_numpy", "to_torch"]


def to_jax(f: Callable[..., Any], *example: Any, **options: Any) -> Export:
    """f for JAX, by an example of its arguments: see `Compiled.to_jax`, which has the options."""
    return compiled(f).to_jax(*example, **options)


def to_numpy(f: Callable[..., Any], *example: Any, **options: Any) -> Export:
    """f for NumPy, for batches of examples like this one: see `Compiled.to_numpy`."""
    return compiled(f).to_numpy(*example, **options)


def to_torch(f: Feedforward | Callable[..., Any], *example: Any, **options: Any) -> TorchModule:
    """A model as a `torch.nn.Module`, layer by layer; with an example, any function, as a module of array code.

    Without an example: in float64 with the numbers, and in the mode, of the model; a copy that shares nothing. What the
    model uses in several places is one parameter there too, and a tensor that its `parameters()` leaves out needs no
    gradient there. Raises `TypeError` for a layer without a counterpart in PyTorch, such as an activation that is a
    function you wrote.

    With one, see `Compiled.to_torch`: all parameters are one, `theta`, in the order of `parameters`.
    """
    if isinstance(f, Module) and not example and not options:
        return pytorch.to_torch(f)
    return compiled(f).to_torch(*example, **options)


def compiled(f: Callable[..., Any]) -> Compiled[..., Any]:
    """f, compiled if it is not; the parameters of a model are in its own order."""
    if isinstance(f, Compiled):
        return f
    if not callable(f):
        raise TypeError(f"an export takes a function or a model, got {describe(f)}")
    return compile(f, parameters=f.parameters() if isinstance(f, Module) else None)
