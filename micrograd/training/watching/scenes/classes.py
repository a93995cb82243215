"""Examples of classes: a few images with their guesses, and how often each class is taken for another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.training.samples import confused
from micrograd.training.watching.recording import Shot
from micrograd.training.watching.scenes.raster import png
from micrograd.training.watching.scenes.sheet import Values, n, text
from micrograd.training.watching.subject import Subject, flat

COLUMNS, SHOWN = 5, 10
PAPER = [(255 - k, 255 - k, 255 - k, 255) for k in range(256)]


class Images:
    """A few of the images, those of different classes first, each with its class and what the model takes it for."""

    name, title, note, width = "images", "Samples and guesses", "A frame of dashes: a mistake.", 400.0

    def __init__(self, subject: Subject):
        self.subject = subject
        self.chosen = sorted(_different(subject.targets)[:SHOWN])
        every = [x for i in self.chosen for x in flat(subject.inputs[i])]
        low, span = min(every), (max(every) - min(every)) or 1.0
        each, parts = self.width / COLUMNS, list[str]()
        size = each - 12
        self.height = -(-len(self.chosen) // COLUMNS) * (size + 36) + 4
        for k, i in enumerate(self.chosen):
            x, y = (k % COLUMNS) * each + 6, k // COLUMNS * (size + 36) + 4
            pixels = bytes(round(255 * (v - low) / span) for v in flat(subject.inputs[i]))
            href = png(pixels, subject.side, PAPER)
            parts += [
                f'<image class="pixels" x="{n(x)}" y="{n(y)}" width="{n(size)}" height="{n(size)}" href="{href}"/>',
                f'<rect x="{n(x)}" y="{n(y)}" width="{n(size)}" height="{n(size)}" data-film="class=images.frame{k}"/>',
                f'<text x="{n(x)}" y="{n(y + size + 17)}" data-film="=images.guess{k}"></text>',
            ]
        self.body = "".join(parts)

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values:
        found = {}
        for k, i in enumerate(self.chosen):
            truth, guess = self.subject.targets[i], self.subject.guess(outs[i])
            found[f"images.guess{k}"] = f"{truth} ✓" if guess == truth else f"{truth}, not {guess}"
            found[f"images.frame{k}"] = "right" if guess == truth else "wrong"
        return found


class ConfusionTable:
    """How often each class, a row, is taken for each class, a column: right answers are on the diagonal."""

    name, title, width = "confusion", "Taken for", 400.0
    note = "A row for each class, a column for what it is taken for: right on the diagonal."

    def __init__(self, subject: Subject):
        self.subject = subject
        count = len(subject.classes)
        self.each = min(60.0, 310.0 / count)
        self.height = 28 + self.each * count
        left, parts = (self.width - self.each * count) / 2 + 8, list[str]()
        for i, name in enumerate(subject.classes):
            middle = (i + 0.5) * self.each
            parts.append(text(left - 8, 24 + middle + 4, str(name), 'class="tick" text-anchor="end"'))
            parts.append(text(left + middle, 16, str(name), 'class="tick" text-anchor="middle"'))
            for j in range(count):
                x, y = left + j * self.each, 24 + i * self.each
                place = f'x="{n(x)}" y="{n(y)}" width="{n(self.each - 1)}" height="{n(self.each - 1)}"'
                kind = "hit" if i == j else "miss"
                parts.append(f'<rect class="cell" {place}/>')
                parts.append(f'<rect class="{kind}" {place} data-film="fill-opacity=confusion.o{i}.{j}"/>')
                if self.each >= 18:
                    at = f'x="{n(x + self.each / 2 - 0.5)}" y="{n(y + self.each / 2 + 4)}"'
                    parts.append(
                        f'<text class="count" {at} text-anchor="middle" data-film="=confusion.c{i}.{j}"></text>'
                    )
        self.body = "".join(parts)

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values:
        classes = self.subject.classes
        counts = confused(self.subject.targets, [*map(self.subject.guess, outs)], classes).counts
        found = {}
        for i, row in enumerate(counts):
            for j, times in enumerate(row):
                found[f"confusion.o{i}.{j}"] = n(0.6 * times / (sum(row) or 1))
                found[f"confusion.c{i}.{j}"] = str(times or "")
        return found


def _different(targets: Sequence[Any]) -> list[int]:
    """The places of the targets: first one of each class, then a second one of each, and so on."""
    seen: dict[Any, int] = {}
    turns = []
    for i, y in enumerate(targets):
        seen[y] = seen.get(y, 0) + 1
        turns.append((seen[y], i))
    return [i for _, i in sorted(turns)]
