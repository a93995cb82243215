"""Names of the inputs, and how they stand in arrays: from the text that reaches each one, such as `x[2][0]`.

The numbers at the end of such a text are an index. So is that of a neuron in its layer: `layers[0].neurons[3].w[1]` is
`W1[3, 1]`, and `layers[0].neurons[3].b` is `b1[3]`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

from micrograd.compiler.backends.namespace import Namespace, identifier
from micrograd.compiler.matrices.arrays import Index
from micrograd.compiler.matrices.paths import TOKEN, Bundle, Bundles, Path
from micrograd.compiler.surroundings.watch import Watch
from micrograd.engine import Value
from micrograd.nn.module import Module
from micrograd.ops import PRIMITIVES
from micrograd.text.escape import sanitise

SHORT = {"weight": "W", "bias": "b", "gain": "gain"}
APART = 8  # lists of different length become arrays of their own up to this number of them

# Names that mean something else in what is written.
RESERVED = frozenset(
    "np math float root theta gradient gate relu_gate step pick windows where surprise softmax onehot".split()
    + [*PRIMITIVES, *(op.numpy for op in PRIMITIVES.values())]
)


def bundles_of(parameters: Sequence[Value], watch: Watch) -> list[Bundle]:
    """The parameters by their labels, or else by the way to each that says most of where it stands."""
    labels = [p.label for p in parameters]
    bundles, numbers = Bundles(), {id(p): k for k, p in enumerate(parameters)}
    alone = [numbers.pop(id(p)) for p, label in zip(parameters, labels, strict=True) if label]
    ways = ways_to(numbers, watch)
    alone += [numbers.pop(place) for place in ways]
    for owner, places, members in watch.take_held(numbers):
        bundle = bundles.numbered(watch.path_of_holder(owner))
        bundle.ends.extend(zip(places, strict=True))  # as indices of one number
        bundle.members.extend(members)
    for k in sorted([*alone, *numbers.values()]):
        p, label = parameters[k], labels[k]
        way = sanitise(label) if label else most_telling(ways.get(id(p), ())) or watch.path(p)
        bundles.add(way or f"theta[{k}]", k)
    return bundles.all


def ways_to(parameters: Container[int], watch: Watch) -> dict[int, list[str]]:
    """The ways to those parameters that several things hold, all by identity."""
    paths: dict[int, str] = {}
    ways: dict[int, list[str]] = {}
    for thing in watch.of_kinds(*HOLDERS):
        if not watch.leads_first(thing):
            held = [(key, part) for key, part in parts_of(thing) if id(part) in parameters]
            path = watch.path(thing) if held else ""
            for key, part in held:
                paths[id(part)] = paths.get(id(part)) or watch.path(part)
                way = f"{path}.{key}" if isinstance(thing, Module) else f"{path}[{key!r}]"
                if way != paths[id(part)]:
                    ways.setdefault(id(part), [paths[id(part)]]).append(way)
    return ways


def most_telling(ways: Sequence[str]) -> str:
    """The first of those that say most; the one way if there is no other."""
    if len(ways) < 2:
        return ways[0] if ways else ""
    return max(filter(None, ways), key=lambda way: len(TOKEN.findall(way)))


HOLDERS = list, tuple, dict, Module


def parts_of(thing: Any) -> Iterable[tuple[Any, Any]]:
    """What a container or an object holds, each part with its key, its place or its name."""
    if isinstance(thing, (list, tuple)):
        return enumerate(thing)
    found: Mapping[Any, Any] = thing if isinstance(thing, dict) else vars(thing)
    return found.items()


class Group(NamedTuple):
    """Inputs of one array, by their places among all, in the order of its indices; `shape` has no axis of one step."""

    name: str
    given: tuple[int, ...]
    members: list[int]

    @property
    def shape(self) -> tuple[int, ...]:
        return squeezed(self.given)


def squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size > 1)


def group(bundles: Sequence[Bundle], names: Namespace, modules: bool) -> list[Group]:
    """The arrays that inputs form; with `modules`, the neurons of a layer are one axis."""
    if modules:
        bundles = stack_neurons(bundles)
    found: dict[Path, list[Bundle]] = defaultdict(list)
    for bundle in bundles:
        found[bundle.path.without()].append(bundle)
    boxes: list[tuple[Path, tuple[int, ...], list[int]]] = []
    for stem, own in found.items():
        boxes += ((stem, *box) for box in boxed(own))
    titles = title([(stem, shape) for stem, shape, _ in boxes], modules)
    return [Group(names.give(name), shape, members) for name, (_, shape, members) in zip(titles, boxes, strict=True)]


def boxed(bundles: Sequence[Bundle]) -> list[tuple[tuple[int, ...], list[int]]]:
    """Inputs as boxes: nearly always one that they fill in order, else see `sorted_out`."""
    ends = bundles[0].ends
    if all(bundle.ends == ends for bundle in bundles):
        outer, inner = filled_in_order([bundle.path.tail for bundle in bundles]), filled_in_order(ends)
        if outer is not None and inner is not None:
            return [((*outer, *inner), [k for bundle in bundles for k in bundle.members])]
    pairs = [(bundle.path.tail, zip(bundle.ends, bundle.members, strict=True)) for bundle in bundles]
    return sorted_out([((*tail, *end), k) for tail, members in pairs for end, k in members])


def sorted_out(members: list[tuple[Index, int]]) -> list[tuple[tuple[int, ...], list[int]]]:
    """Inputs with indices as boxes: one if they fill it, else one for each first number, or a plain list."""
    indices = [index for index, _ in members]
    if (shape := filled_in_order(indices)) is not None:
        return [(shape, [k for _, k in members])]
    members = sorted(members)
    indices = [index for index, _ in members]
    found = [k for _, k in members]
    if len({len(index) for index in indices}) == 1:
        sides = [sorted(set(column)) for column in zip(*indices, strict=True)]
        if prod(map(len, sides)) == len(members) == len(set(indices)):
            return [(tuple(map(len, sides)), found)]
    rows: dict[int, list[tuple[Index, int]]] = defaultdict(list)
    for index, k in members:
        rows[index[0] if index else -1].append((index[1:], k))
    if 1 < len(rows) <= APART and -1 not in rows:
        return [box for part in rows.values() for box in sorted_out(part)]
    return [((len(found),), found)]


def filled_in_order(indices: Sequence[Index]) -> tuple[int, ...] | None:
    """The shape of the box that these indices are, if they are all of it in order, as nearly always."""
    shape = tuple(k + 1 for k in indices[-1])
    if min(shape, default=1) > 0 and prod(shape) == len(indices) and [*product(*map(range, shape))] == indices:
        return shape
    return None


def stack_neurons(bundles: Sequence[Bundle]) -> list[Bundle]:
    """The same with the number of a neuron in its layer moved to the end.

    A neuron is one of a list of things that hold a vector each, and single numbers besides, as `w` and `b`.
    """
    ranks: dict[tuple[tuple[str, Index], ...], dict[str, int]] = defaultdict(dict)
    for path, ends, _ in bundles:
        if len(path.words) > 1 and path.words[-2][1]:
            holder, (name, index) = path.words[:-1], path.words[-1]
            ranks[holder][name] = max(len(index) + len(ends[0]), ranks[holder].get(name, 0))
    neurons = {
        holder
        for holder, of in ranks.items()
        if max(of.values()) == 1 and (len(of) == 1 or min(of.values()) == 0) and len(of) <= 2
    }

    def stack(bundle: Bundle) -> Bundle:
        path = bundle.path
        if path.words[:-1] not in neurons:
            return bundle
        *before, (holder, numbers) = path.words[:-1]
        name, index = path.words[-1]
        return bundle._replace(path=Path((*before, (holder, numbers[:-1]), (name, (numbers[-1], *index)))))

    return [stack(bundle) for bundle in bundles]


def title(boxes: Sequence[tuple[Path, tuple[int, ...]]], modules: bool) -> list[str]:
    """A name for each: its last word, with a number where several have the same, or with the words before it."""
    base = []
    for stem, shape in boxes:
        word = SHORT.get(stem.words[-1][0], stem.words[-1][0]) if modules else "_".join(w for w, _ in stem.words)
        if modules and len(stem.words) > 1 and word in ("w", "W"):
            word = "W" if len(squeezed(shape)) > 1 else "w"  # one neuron is no layer
        base.append(identifier(word))
    titles = list(base)
    kin = defaultdict(list)
    for k, name in enumerate(base):
        kin[name.lower() if modules else name].append(k)
    for same in kin.values():
        if len(same) > 1:
            words = told_apart([boxes[k][0] for k in same]) if modules else []
            for place, k in enumerate(same):
                titles[k] = f"{base[k]}_{words[place]}" if words else f"{base[k]}{place + 1}"
    return titles


def told_apart(stems: Sequence[Path]) -> list[str]:
    """For each the word that tells it from the others, the nearest to its own name; [] if numbers have to do it."""
    for depth in range(2, 2 + max(len(stem.words) for stem in stems)):
        words = [stem.words[-depth] if len(stem.words) >= depth else ("", ()) for stem in stems]
        if any(numbers for _, numbers in words):
            return []
        if len({word for word, _ in words}) == len(words) and all(word for word, _ in words):
            return [word for word, _ in words]
    return []
