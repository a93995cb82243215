"""The state of a module: its numbers as named tensors, under the names and in the shapes of PyTorch.

A module lists its `Tensor`s; `read` and `write` need nothing else of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from micrograd.engine import Value
from micrograd.nn.nested import Nested, assign, data_of, misfit, shape, to_lists


class Tensor(NamedTuple):
    """A nested list of numbers inside a module, or a single number, under its name."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], None]


def read(tensors: Iterable[Tensor]) -> dict[str, Nested]:
    return {tensor.name: to_lists(tensor.read()) for tensor in tensors}


def write(tensors: Iterable[Tensor], state: Mapping[str, Any]) -> None:
    """Set all the tensors or none: `ValueError` lists those that are missing, unknown or of another shape."""
    wanted = {tensor.name: tensor for tensor in tensors}
    given = {name: to_lists(content) for name, content in state.items()}
    problems = [f"{name} is missing" for name in wanted if name not in given]
    problems += [f"{name} is unknown" for name in given if name not in wanted]
    for name, tensor in wanted.items():
        if name in given and (why := misfit(given[name], shape(to_lists(tensor.read())) or ())):
            problems.append(f"{name}: {why}")
    if problems:
        raise ValueError("\n  ".join(["the state does not fit the model, which is left as it was:", *problems]))
    for name, tensor in wanted.items():
        tensor.write(given[name])


def attribute_tensors(owner: Any, path: str, *names: str) -> Iterator[Tensor]:
    """A tensor for each of these attributes of `owner`, which are numbers or lists of numbers; None is left out."""
    for name in names:
        if getattr(owner, name) is not None:
            yield Tensor(join(path, name), partial(getattr, owner, name), partial(setattr, owner, name))


def parameter_tensor(values: Any, path: str) -> Tensor:
    """A parameter, or a nested list of parameters, as a tensor."""
    return Tensor(path, partial(data_of, values), partial(assign, values))


def are_parameters(part: Any) -> bool:
    """Whether `part` is a parameter, or a nested list of parameters whose rows are of equal length."""
    if isinstance(part, list):
        return bool(part) and all(map(are_parameters, part)) and shape(part) is not None
    return isinstance(part, Value) and not part.parents


def join(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)
