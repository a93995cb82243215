"""The numbers of a module by name, as PyTorch names and shapes them: reading them, and taking others over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from micrograd.engine import Value
from micrograd.nn.chain import Chain, unrolled
from micrograd.nn.dense import Layer
from micrograd.nn.module import Module
from micrograd.nn.nested import Numbers, assign, misfit, plain, shape
from micrograd.nn.normalisation import BatchNorm


class Tensor(NamedTuple):
    """A named nested list of numbers inside a module."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], None]


def read(module: Module) -> dict[str, Any]:
    return {tensor.name: plain(tensor.read()) for tensor in tensors(module)}


def write(module: Module, state: Mapping[str, Any]) -> None:
    """Set every tensor of the module, or none: `ValueError` lists what is missing, unknown or of another shape."""
    wanted = {tensor.name: tensor for tensor in tensors(module)}
    given = {name: plain(content) for name, content in state.items()}
    problems = [f"{name} is missing" for name in wanted if name not in given]
    problems += [f"{name} is unknown" for name in given if name not in wanted]
    for name, tensor in wanted.items():
        if name in given and (why := misfit(given[name], shape(plain(tensor.read())) or ())):
            problems.append(f"{name}: {why}")
    if problems:
        raise ValueError("\n  ".join(["the state does not fit the model, which is left as it was:", *problems]))
    for name, tensor in wanted.items():
        tensor.write(given[name])


def tensors(thing: Any, path: str = "") -> Iterator[Tensor]:
    """The tensors below a module, or below a list or dict of an attribute."""
    if isinstance(thing, Chain) or (isinstance(thing, Layer) and thing.activation != "linear"):
        for k, step in enumerate(unrolled(thing)):
            if isinstance(step, Layer):
                yield from _own(step, f"{_join(path, k)}", "weight", "bias")
            elif isinstance(step, Module):
                yield from tensors(step, _join(path, k))
    elif isinstance(thing, Layer):
        yield from _own(thing, path, "weight", "bias")
    elif isinstance(thing, BatchNorm):
        yield from _own(thing, path, "weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    else:
        if isinstance(thing, Module):
            thing = vars(thing)
        for name, part in thing.items() if isinstance(thing, dict) else enumerate(thing):
            inner = _join(path, name)
            if _parameters(part):
                yield Tensor(inner, partial(_numbers, part), partial(assign, part))
            elif isinstance(part, (Module, list, tuple, dict)):
                yield from tensors(part, inner)


def _own(module: Any, path: str, *names: str) -> Iterator[Tensor]:
    for name in names:
        if getattr(module, name) is not None:
            yield Tensor(_join(path, name), partial(getattr, module, name), partial(setattr, module, name))


def _join(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def _parameters(part: Any) -> bool:
    """Whether it is one parameter, or a nested list of parameters with rows of one length."""
    if isinstance(part, list):
        return bool(part) and all(map(_parameters, part)) and shape(part) is not None
    return isinstance(part, Value) and not part.parents


def _numbers(part: Any) -> Any:
    return Numbers(part) if isinstance(part, list) else part.data
