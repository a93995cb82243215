"""`Module`: what all modules share. It finds its parameters, has two modes, and lists, saves and loads its state."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count, repeat
from typing import Any, TypeAlias, TypeVar

from micrograd._core.columns import zero_grads
from micrograd.engine import Value, no_grad
from micrograd.nn import files, state
from micrograd.nn.declared import Declared
from micrograd.nn.nested import Nested
from micrograd.nn.state import Tensor, are_parameters, join, parameter_tensor

M = TypeVar("M", bound="Module")
T = TypeVar("T")


class Module(Declared):
    """Something with parameters: the leaf Values among its attributes, in the order in which they were set.

    `declared` says which attributes count. A subclass may define `parameters()` itself: everything obeys it.
    `training` is True until `eval()`: batch normalisation and dropout differ between training and evaluation.
    """

    _training = True

    @property
    def training(self) -> bool:
        return self._training

    @training.setter
    def training(self, mode: bool) -> None:
        vars(self)["_training"] = mode

    def _walk(self, enter_all: bool = True) -> Iterator[tuple[Path, Any]]:
        """This module, and every leaf Value and module below it, with their paths; leaves in one list as that list.

        Without `enter_all`, a module below it that defines its own `parameters()` is not entered. A leaf may come more
        than once, but then in several lists.
        """
        seen: set[int] = set()
        stack: list[tuple[Path, Any]] = [((), self)]
        while stack:
            path, thing = stack.pop()
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            parts: Iterable[tuple[Any, Any]]
            if type(thing) is list:
                if {*map(type, thing)} == {Value} and all([v.primitive is None for v in thing]):  # as weights
                    yield path, thing
                    continue
                parts = enumerate(thing)
            elif isinstance(thing, Value):
                if thing.primitive is None:
                    yield path, thing
                continue
            elif isinstance(thing, Module):
                yield path, thing
                if not enter_all and thing is not self and _asks_itself(thing):
                    continue
                parts = thing.attributes().items()
            else:
                parts = thing.items() if isinstance(thing, dict) else enumerate(thing)
            stack += reversed([((path, name), part) for name, part in parts if isinstance(part, HOLDERS)])

    def _groups(self, enter_all: bool = False) -> Iterator[tuple[Iterable[Path], list[Value]]]:
        """The parameters as `_walk` finds them, with their paths; see `named_parameters`."""
        for path, part in self._walk(enter_all):
            if type(part) is list:
                yield zip(repeat(path), count()), part
            elif isinstance(part, Value):
                yield [path], [part]
            elif part is not self and not enter_all and _asks_itself(part):
                named = [*part.named_parameters()]
                yield [(path, name) for name, _ in named], [p for _, p in named]

    def parameters(self) -> list[Value]:
        """Every parameter once; a module within it that defines its own `parameters()` is asked."""
        found: dict[int, Value] = {}
        for _, group in self._groups():
            found.update(zip(map(id, group), group, strict=True))
        return [*found.values()]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter once, with its path, such as `layers.0.neurons.3.w.1`."""
        own = _asks_itself(self)
        paths: dict[int, tuple[Path, Value]] = {}
        for names, group in self._groups(enter_all=own):
            for path, p in zip(names, group, strict=False):
                paths.setdefault(id(p), (path, p))
        if not own:
            return ((_written(path), p) for path, p in paths.values())
        found = {key: _written(path) for key, (path, _) in paths.items()}
        return ((found.get(id(p), f"parameters.{k}"), p) for k, p in enumerate(_each_once(self.parameters())))

    def modules(self) -> list[Module]:
        """This module and all modules within it, each before its parts."""
        return [part for _, part in self._walk() if isinstance(part, Module)]

    def zero_grad(self) -> None:
        """Set the grad of every parameter to 0."""
        zero_grads(self.parameters())

    # ---- modes

    def train(self: M, mode: bool = True) -> M:
        """Put this module and all within it into training mode, or with `mode=False` into evaluation mode."""
        set_modes([(module, bool(mode)) for module in self.modules()])
        return self

    def eval(self: M) -> M:
        """Evaluation mode: running statistics instead of the batch's own, nothing dropped."""
        return self.train(False)

    # ---- state

    def tensors(self, path: str = "") -> Iterator[Tensor]:
        """The numbers that make up the module, as tensors whose names begin with `path`.

        By default these are its parameters and the tensors of the modules within it. A module that keeps other numbers
        too, such as running statistics, lists them here, with `attribute_tensors` for example.
        """
        return self.other_tensors(path)

    def other_tensors(self, path: str, *without: str) -> Iterator[Tensor]:
        """The tensors of all attributes but those, and of parameters that `parameters()` alone knows."""
        yield from tensors_of(self.attributes(), path, without)
        if _asks_itself(self):
            known = {id(p) for _, group in self._groups(enter_all=True) for p in group}
            for name, parameter in self.named_parameters():
                if id(parameter) not in known:
                    yield parameter_tensor(parameter, join(path, name))

    def state_dict(self) -> dict[str, Nested]:
        """All numbers that make up the module, as nested lists, under the names that PyTorch gives them.

        `0.weight` is the weight matrix, of shape (out, in), of the first step of a `Sequential` or `MLP`. As in
        PyTorch's `Sequential`, a layer's activation is a step of its own, so the next layer is `2`. In a module that
        you define, names are paths of attributes. Batch normalisation adds its running statistics.
        """
        return state.read(self.tensors())

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Copy the numbers of `state_dict` into the module, in place: nested lists or arrays by name.

        Raises `ValueError`, listing every difference, unless names and shapes are those of `self.state_dict()`; then
        nothing was changed.
        """
        state.write(self.tensors(), state_dict)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write `state_dict()` to a safetensors file, in float64. An older file of that name stays whole until then."""
        files.save(self.state_dict(), path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Copy the numbers of a safetensors file into the module, in place; see `load_state_dict`.

        Raises `ValueError` also for a file that is cut off or of another kind; then nothing was changed.
        """
        arrays = files.load(path, state.shapes(self.tensors()))
        try:
            self.load_state_dict(arrays)
        except ValueError as error:
            raise ValueError(f"{state.brief(os.fsdecode(path))}: {error}") from None

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def tensors_of(parts: Any, path: str = "", without: Collection[str] = ()) -> Iterator[Tensor]:
    """The tensors below the items of a dict, a list or a tuple, except below those named in `without`."""
    for name, part in parts.items() if isinstance(parts, dict) else enumerate(parts):
        if name in without:
            continue
        if isinstance(part, Module):
            yield from part.tensors(join(path, name))
        elif are_parameters(part):
            yield parameter_tensor(part, join(path, name))
        elif isinstance(part, (list, tuple, dict)):
            yield from tensors_of(part, join(path, name))


HOLDERS = (Value, Module, list, tuple, dict)
Path: TypeAlias = tuple[Any, ...]  # of the holder, then the name in it; empty for the module itself
PARAMETERS = Module.parameters


def _written(path: Path) -> str:
    """The names on the way, with dots between them: few ask for them, many for the parameters alone."""
    names = []
    while path:
        path, name = path
        names.append(str(name))
    return ".".join(reversed(names))


def _asks_itself(module: Module) -> bool:
    """Whether the module defines `parameters()` itself."""
    return type(module).parameters is not PARAMETERS or "parameters" in vars(module)


def _each_once(values: Iterable[Value]) -> list[Value]:
    return list({id(v): v for v in values}.values())


def set_modes(modes: Iterable[tuple[Module, bool]]) -> None:
    """Give each module its mode: all of them, or none if something interrupts it."""
    before: list[tuple[Module, bool]] = []
    try:
        for module, mode in modes:
            before.append((module, module.training))
            module.training = mode
    except BaseException:
        for module, mode in before:
            module.training = mode
        raise


def in_evaluation(model: Any, act: Callable[[], T]) -> T:
    """`act()` in evaluation mode and without a graph; each module then gets back its own mode, after Ctrl-C too."""
    before = [(module, module.training) for module in model.modules()] if isinstance(model, Module) else []
    try:
        set_modes([(module, False) for module, _ in before])
        with no_grad():
            return act()
    finally:
        try:
            set_modes(before)
        finally:  # Ctrl-C may have cut that short
            set_modes(before)


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Inside this context the model is in evaluation mode; on leaving, each of its modules gets back its own mode."""
    modules = model.modules() if isinstance(model, Module) else []
    before = [(module, module.training) for module in modules]
    try:
        set_modes([(module, False) for module in modules])
        yield
    finally:
        try:
            set_modes(before)
        finally:  # Ctrl-C may have cut that short
            set_modes(before)
