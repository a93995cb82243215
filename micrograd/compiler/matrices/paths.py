"""Paths: the texts that reach inputs, such as `x[2][0]`, read as words and numbers, and put together in bundles."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
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
    """Inputs whose texts differ in their last number only: the path before it; for each input that number, as an index,
    and its place among all. An input that ends with no number is one of a bundle of its own."""

    path: Path
    ends: list[tuple[Index, int]]


class Bundles:
    """Bundles by their first inputs."""

    def __init__(self) -> None:
        self.found: dict[str, Bundle] = {}
        self.known: dict[str, Index] = {}

    @property
    def all(self) -> list[Bundle]:
        return [*self.found.values()]

    def numbered(self, before: str) -> Bundle:
        """The bundle of what is written like this before its number."""
        return self._bundle(f"{before}[", before)

    def _bundle(self, key: str, text: str) -> Bundle:
        bundle = self.found.get(key)
        if bundle is None:
            bundle = self.found[key] = Bundle(read_path(text), [])
        return bundle

    def add(self, text: str, k: int) -> None:
        """Input k is called like this."""
        before, _, last = text.rpartition("[")
        end = self.known.get(last)
        if end is None:
            end = self.known[last] = (int(last[:-1]),) if last[-1:] == "]" and last[:-1].isdecimal() else ()
        if end and before:
            self.numbered(before).ends.append((end, k))
        else:
            self._bundle(f"{text}]", text).ends.append(((), k))


def read_bundles(texts: Sequence[str]) -> list[Bundle]:
    bundles = Bundles()
    for k, text in enumerate(texts):
        bundles.add(text, k)
    return bundles.all


def without(bundles: Sequence[Bundle], left_out: Container[int]) -> list[Bundle]:
    """The bundles without some inputs."""
    kept = [Bundle(path, [(end, k) for end, k in ends if k not in left_out]) for path, ends in bundles]
    return sorted([bundle for bundle in kept if bundle.ends], key=lambda bundle: bundle.ends[0][1])
