"""Paths: the texts that reach inputs, such as `x[2][0]`, read as words and numbers, and put together in bundles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from micrograd.compiler.matrices.arrays import Index

TOKEN = re.compile(r"\[(-?\d+(?:, ?-?\d+)*)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]|\.?([^.\[\]]+)|(.)")


class Path(NamedTuple):
    """Words, and the whole numbers after each of them: `layers[0].w[1]` is (("layers", (0,)), ("w", (1,)))."""

    words: tuple[tuple[str, Index], ...]

    @property
    def tail(self) -> Index:
        return self.words[-1][1]

    def without(self) -> Path:
        """The same without the index at its end."""
        return Path((*self.words[:-1], (self.words[-1][0], ())))


def read_path(text: str) -> Path:
    words: list[tuple[str, Index]] = []
    for numbers, single, double, word, other in TOKEN.findall(text):
        if numbers and words:
            words[-1] = words[-1][0], words[-1][1] + tuple(int(k) for k in numbers.split(","))
        elif numbers:
            words.append(("x", tuple(int(k) for k in numbers.split(","))))
        elif single or double or word:
            words.append((single or double or word, ()))
        elif other:
            continue
    return Path(tuple(words) or (("x", ()),))


class Bundle(NamedTuple):
    """Inputs whose texts differ in their last number only: the path before it; of each that number, as an index, and
    the place among all inputs. An input that ends with no number is one of a bundle of its own."""

    path: Path
    ends: list[Index]
    members: list[int]

    @property
    def in_order(self) -> Bundle:
        """The same with the members in their order among all inputs."""
        if self.members == sorted(self.members):
            return self
        pairs = sorted(zip(self.members, self.ends, strict=True))
        return Bundle(self.path, [end for _, end in pairs], [k for k, _ in pairs])


class Bundles:
    """Bundles by their first inputs."""

    def __init__(self) -> None:
        self.found: dict[str, Bundle] = {}
        self.known: dict[str, Index] = {}

    @property
    def all(self) -> list[Bundle]:
        return by_their_first([bundle.in_order for bundle in self.found.values()])

    def numbered(self, before: str) -> Bundle:
        """The bundle of what is written like this before its number."""
        return self._bundle(f"{before}[", before)

    def _bundle(self, key: str, text: str) -> Bundle:
        bundle = self.found.get(key)
        if bundle is None:
            bundle = self.found[key] = Bundle(read_path(text), [], [])
        return bundle

    def add(self, text: str, k: int) -> None:
        """Input k is called like this."""
        before, _, last = text.rpartition("[")
        end = self.known.get(last)
        if end is None:
            end = self.known[last] = (int(last[:-1]),) if last[-1:] == "]" and last[:-1].isdecimal() else ()
        bundle = self.numbered(before) if end and before else self._bundle(f"{text}]", text)
        bundle.ends.append(end if before else ())
        bundle.members.append(k)


def read_bundles(texts: Sequence[str]) -> list[Bundle]:
    bundles = Bundles()
    for k, text in enumerate(texts):
        bundles.add(text, k)
    return bundles.all


def by_their_first(bundles: Iterable[Bundle]) -> list[Bundle]:
    return sorted(bundles, key=lambda bundle: bundle.members[0])


def without(bundles: Sequence[Bundle], left_out: Set[int]) -> list[Bundle]:
    """The bundles without some inputs."""
    found = []
    for bundle in bundles:
        if not left_out.isdisjoint(bundle.members):
            kept = [(end, k) for end, k in zip(bundle.ends, bundle.members, strict=True) if k not in left_out]
            bundle = Bundle(bundle.path, [end for end, _ in kept], [k for _, k in kept])
        if bundle.members:
            found.append(bundle)
    return by_their_first(found)
