"""Modules in a row, each feeding the next: any modules (`Sequential`), or layers of given widths (`MLP`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, cast

from micrograd._core.native import extension
from micrograd.engine import Value
from micrograd.nn.arguments import NeuronOptions, check_options
from micrograd.nn.dense import Layer
from micrograd.nn.feedforward import Feedforward, flow, flow_batch, summarise
from micrograd.nn.initialisation import find_rng
from micrograd.nn.module import Module
from micrograd.nn.state import Tensor, join
from micrograd.nn.summary import Row
from micrograd.text.notation import count

if TYPE_CHECKING:
    from typing_extensions import TypeVar, Unpack

    F = TypeVar("F", bound=Feedforward, default=Feedforward)
else:
    from typing import TypeVar

    F = TypeVar("F", bound=Feedforward)


class Chain(Feedforward, Generic[F]):
    """Feeds the results of each of its `layers` to the next."""

    layers: list[F]

    @property
    def nout(self) -> int | None:
        widths = (getattr(layer, "nout", None) for layer in reversed(self.layers))
        return next((width for width in widths if width is not None), None)

    @property
    def batchwise(self) -> bool:
        return any(getattr(layer, "batchwise", False) for layer in self.layers)

    def forward(self, x: list[Value]) -> list[Value]:
        if extension is not None and (outs := extension.layers(self.layers, x)) is not None:
            return outs  # type: ignore[no-any-return]
        for layer in self.layers:
            x = flow(layer, x)
        return x

    def forward_batch(self, rows: list[list[Value]]) -> list[list[Value]]:
        for layer in self.layers:
            rows = flow_batch(layer, rows)
        return rows

    def tensors(self, path: str = "") -> Iterator[Tensor]:
        """Numbered as in PyTorch's `Sequential`, where a layer's activation is a step of its own."""
        for k, step in enumerate(unroll(self)):
            if isinstance(step, Layer):
                yield from step.tensors_of_step(join(path, k))
            elif isinstance(step, Module):
                yield from step.tensors(join(path, k))
        yield from self.other_tensors(path, "layers")

    def summary_rows(self, width: int, name: str = "") -> list[Row]:
        rows: list[Row] = []
        for k, layer in enumerate(self.layers):
            rows += summarise(layer, rows[-1].nout if rows else width, join(name, str(k)))
        return rows

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, index: int) -> F:
        return self.layers[index]

    def __iter__(self) -> Iterator[F]:
        return iter(self.layers)


class Sequential(Chain[F]):
    """The given modules, each feeding the next. Raises `ValueError` if the widths of two neighbours do not fit."""

    def __init__(self, *layers: F | Iterable[F]):
        first = layers[0] if len(layers) == 1 else None
        if isinstance(first, Iterable) and not isinstance(first, Feedforward):
            self.layers = [*first]
        else:
            self.layers = [*cast("tuple[F, ...]", layers)]
        if not self.layers:
            raise ValueError("a Sequential needs at least one module, got none")
        self.nin, width = None, None
        for k, layer in enumerate(self.layers):
            if not (isinstance(layer, Module) and callable(layer)):
                raise TypeError(f"a Sequential is made of modules, got {layer!r} at {k}{_instead(layer)}")
            nin, nout = getattr(layer, "nin", None), getattr(layer, "nout", None)
            if nin is not None and width is not None and nin != width:
                raise ValueError(
                    f"layer {k}, {layer!r}, takes {count(nin, 'input')}, but the one before it gives {width}"
                )
            self.nin = nin if self.nin is None else self.nin
            width = nout if nout is not None else width

    def __repr__(self) -> str:
        return f"Sequential of [{', '.join(map(str, self.layers))}]"


class MLP(Chain[Layer]):
    """A multilayer perceptron: layers of the widths `nouts`, each feeding the next, the last one linear.

    Further arguments (`activation`, `fused`, `init`, `bias`, `rng`) go to each `Neuron`.
    """

    def __init__(self, nin: int, nouts: Iterable[int] = (), *more: int, **options: Unpack[NeuronOptions]):
        if isinstance(nin, Iterable) or more or not isinstance(nouts, Iterable):
            sizes = [*nin, nouts, *more] if isinstance(nin, Iterable) else [nin, nouts, *more]
            raise TypeError(f"an MLP takes its inputs and a list of widths: write {_written(sizes)}")
        widths = [nin, *nouts]
        if len(widths) < 2:
            raise ValueError(f"an MLP needs at least one layer, got nouts=[]: for one output, write MLP({nin}, [1])")
        if "rng" in options:
            options["rng"] = find_rng(options["rng"])
        if "nonlin" in options:
            check_options(options)
        last = len(widths) - 2
        self.nin = nin
        self.layers = [Layer(widths[i], widths[i + 1], nonlin=i != last, **options) for i in range(last + 1)]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


def _instead(layer: Any) -> str:
    """What to write for something that is no module of a Sequential."""
    if isinstance(layer, type):
        return f"; a class makes one: {layer.__name__}(…)"
    if isinstance(layer, str):
        return f"; a name goes into Activation({layer!r})"
    if isinstance(layer, Module):
        return "; it needs a __call__, or to subclass Feedforward and define forward(x)"
    return "; a function goes into Activation(function)" if callable(layer) else ""


def _written(sizes: list[Any]) -> str:
    """The call that makes an MLP of these sizes, however they were given."""
    first, *rest = [size for size in sizes if size != ()] or ["nin"]
    flat = [n for size in rest for n in (size if isinstance(size, (list, tuple)) else [size])]
    hint = next((f", activation={size!r}" for size in flat if isinstance(size, str)), "")
    return f"MLP({first}, [{', '.join(str(n) for n in flat if not isinstance(n, str)) or '…'}]{hint})"


def unroll(model: Feedforward) -> list[Any]:
    """The steps of PyTorch's `Sequential` for the same network: a layer's activation, its name or function, apart."""
    steps: list[Any] = []
    for layer in model.layers if isinstance(model, Chain) else [model]:
        steps.append(layer)
        if isinstance(layer, Layer) and layer.activation != "linear":
            steps.append(layer.activation)
    return steps
