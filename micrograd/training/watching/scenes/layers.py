"""The parameters of a model by tensor: how large they are, and how large their gradients."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from micrograd.engine import Value
from micrograd.text.escape import escape_xml
from micrograd.text.notation import format_number
from micrograd.training.watching.recording import Shot
from micrograd.training.watching.scenes.sheet import Values, n, text

MOST = 12
TENSOR = re.compile(r"(.*?)\.?(?:neurons\.\d+\.)?(\w*[a-zA-Z_]\w*)(?:\.\d+)*$")  # layers.0.neurons.3.w.1
DECADES, LENGTH = 4.0, 110.0  # of a bar


class Layers:
    """A row for each tensor: the root of the mean square of its numbers, and that of its last gradient."""

    name, title, width = "layers", "Parameters and gradients", 400.0
    note = "The root of the mean square, on a logarithmic scale; the gradient is that of the last mini-batch."

    def __init__(self, model: Any, parameters: Sequence[Value]):
        self.groups = _groups(model, parameters)[:MOST]
        self.tops: dict[str, float] = {}
        parts = [
            text(130, 16, "parameters", 'class="tick"'),
            text(270, 16, "gradients", 'class="tick"'),
        ]
        each = 34.0
        self.height = 36.0 + each * len(self.groups)
        for k, (name, _) in enumerate(self.groups):
            y = 30 + k * each
            shown = name if len(name) <= 17 else f"…{name[-16:]}"
            parts.append(f'<text x="0" y="{n(y + 13)}">{escape_xml(shown)}</text>')
            for what, x in (("data", 130.0), ("grad", 270.0)):
                key = f"layers.{what}{k}"
                parts.append(f'<rect class="track" x="{n(x)}" y="{n(y + 16)}" width="{n(LENGTH)}" height="5" rx="2"/>')
                parts.append(
                    f'<rect class="bar {what}" x="{n(x)}" y="{n(y + 16)}" height="5" rx="2" data-film="width={key}"/>'
                )
                parts.append(f'<text class="figure" x="{n(x)}" y="{n(y + 12)}" data-film="={key}.text"></text>')
        self.body = "".join(parts)

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values:
        found = {}
        for what, numbers in (("data", shot.data), ("grad", shot.grads)):
            sizes = [math.sqrt(sum(numbers[i] ** 2 for i in places) / len(places)) for _, places in self.groups]
            largest = max((x for x in sizes if math.isfinite(x)), default=0.0)
            for k, size in enumerate(sizes):
                t = 1 + math.log10(size / largest) / DECADES if 0 < size <= largest else float(size > 0)
                found[f"layers.{what}{k}"] = n(LENGTH * max(0.0, t))
                found[f"layers.{what}{k}.text"] = format_number(size, 3)
        return found


def _groups(model: Any, parameters: Sequence[Value]) -> list[tuple[str, list[int]]]:
    """The tensors of a module by name, each as the places of its numbers among the parameters."""
    place = {id(p): i for i, p in enumerate(parameters)}
    groups: dict[str, list[int]] = {}
    for path, p in model.named_parameters() if hasattr(model, "named_parameters") else ():
        if id(p) in place and (found := TENSOR.match(path)):
            groups.setdefault(f"{found[1].replace('layers.', 'layer ')} {found[2]}".strip(), []).append(place[id(p)])
    return list(groups.items()) or ([("all", list(place.values()))] if place else [])
