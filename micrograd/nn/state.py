"""The state of a module: its numbers as named tensors, under the names and in the shapes of PyTorch.

A module lists its `Tensor`s; `read` and `write` need nothing else of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from micrograd._core.printable import sanitise
from micrograd.engine import Value
from micrograd.nn.nested import Nested, assign, data_of, shape, to_lists, wrong_numbers, wrong_shape

LISTED = 20  # differences in a message, and LONGEST characters in each name
LONGEST = 200


class Tensor(NamedTuple):
    """A nested list of numbers inside a module, or a single number, under its name."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], None]


def read(tensors: Iterable[Tensor]) -> dict[str, Nested]:
    return {tensor.name: to_lists(tensor.read()) for tensor in tensors}


def shapes(tensors: Iterable[Tensor]) -> Iterator[tuple[int, ...]]:
    return (shape(tensor.read()) or () for tensor in tensors)


def write(tensors: Iterable[Tensor], state: Mapping[str, Any]) -> None:
    """Set all the tensors or none: `ValueError` lists those that are missing, unknown or of another shape.

    Shapes are compared before any number is looked at: a wrong state costs no more than a right one.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"a state is a dict of numbers by name, as state_dict() returns it, got {type(state).__name__}")
    wanted = {tensor.name: tensor for tensor in tensors}
    problems = [f"{brief(name)} is missing" for name in wanted if name not in state]
    problems += [f"{brief(name)} is unknown" for name in state if name not in wanted]
    before, given = read(wanted.values()), {}
    for name in [name for name in wanted if name in state]:
        if not (why := wrong_shape(state[name], shape(before[name]) or ())):
            given[name] = to_lists(state[name])
            why = wrong_numbers(given[name])
        if why:
            problems.append(f"{brief(name)}: {brief(why)}")
    if problems:
        listed = problems[:LISTED] + [f"and {len(problems) - LISTED:,} more"] * (len(problems) > LISTED)
        raise ValueError("\n  ".join(["the state does not fit the model, which is left as it was:", *listed]))
    try:
        for name, tensor in wanted.items():
            tensor.write(given[name])
    except BaseException:  # Ctrl-C too
        for name, tensor in wanted.items():
            tensor.write(before[name])
        raise


def brief(text: Any) -> str:
    """What stands in a file, or an error about it, as a part of a message: one line of bounded length."""
    line = sanitise(str(text)[: LONGEST + 1])
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


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
