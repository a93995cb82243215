"""What an engine says: how a source for it is spelt. `Source` puts it together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.exports.rules import Rule
from micrograd.compiler.exports.writer import ArrayWriter
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.lines import Line


class Engine(ABC):
    """The names, functions and statements of an engine."""

    engine: ClassVar[str]  # what it is called
    batched: ClassVar[bool]
    imports: ClassVar[dict[str, str]]  # by the text that needs them
    helpers: ClassVar[dict[str, str]]  # functions by the kind that needs them, in an order in which they can stand
    needs: ClassVar[dict[str, tuple[str, ...]]] = {}  # other helpers that one needs
    source_of_draws: ClassVar[str]  # the argument that random numbers are drawn from
    default_of_draws: ClassVar[str] = "=None"
    own: ClassVar[frozenset[str]] = frozenset()  # primitives whose function needs no rule beside it
    before: ClassVar[str] = ""  # what stands before the function

    @property
    def typed(self) -> str:
        """What comes after numbers that are 1 or nan, for the type of all numbers."""
        return ""

    @property
    def after(self) -> str:
        """What stands after the function."""
        return ""

    @abstractmethod
    def make_writer(self, names: Namespace) -> ArrayWriter: ...

    @abstractmethod
    def taken(self, text: str, is_index: bool) -> str:
        """An argument as an array, of the type of theta unless it is an index."""

    @abstractmethod
    def first_lines(self) -> Iterator[str]:
        """What comes before the arguments: `dtype`, the type of all numbers."""

    @abstractmethod
    def helper(self, name: str, rule: Rule) -> str:
        """The function for a primitive that stays whole."""

    @abstractmethod
    def part_of(self, index: str, reshaped: str) -> str:
        """A part of theta."""

    @abstractmethod
    def constant(self, name: str, values: tuple[float, ...], shape: tuple[int, ...]) -> str:
        """The statement for a table of known numbers; whole numbers are places."""

    @abstractmethod
    def scalar(self, text: str) -> str:
        """A number as an array."""

    @abstractmethod
    def truth(self, text: str) -> str:
        """A condition as an array."""

    @abstractmethod
    def check(self, condition: str, message: str) -> str:
        """The statement that raises an error unless the condition holds, everywhere."""

    @abstractmethod
    def begin(self, array: Array) -> Iterator[str]:
        """The statement before the parts of an array are written."""

    @abstractmethod
    def put(self, line: Line, text: str) -> Iterator[str]:
        """The statement that writes the part of an array."""

    @abstractmethod
    def before_draws(self, arrays: int) -> Iterator[str]:
        """What comes before so many arrays are drawn."""

    @abstractmethod
    def drawn(self, uniform: bool, array: Array, number: int) -> str:
        """Numbers of a standard distribution in the shape of the array, the one of that number if there are several."""
