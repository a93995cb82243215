"""Containers of every kind in the surroundings: what is in them, in which order, and what shares them."""

import array
import collections
import copy
import dataclasses
import types
from collections import ChainMap, OrderedDict

import numpy as np

from micrograd import (
    Value,
    total,
)
from strangers.collection import after, call, case, put, values


@case
def array_of_the_standard_library():
    w, xs = Value(0.5), array.array("d", [1.0, 2.0])

    def f():
        return sum(w * x for x in xs)

    return f, [w], [call(), after(lambda: xs.append(4.0)), after(lambda: xs.__setitem__(0, 7.0))]


@case
def memory_view_of_bytes():
    data, w = bytearray(b"\x01\x02"), Value(0.5)
    view = memoryview(data)

    def f():
        return sum(w * b for b in view)

    return f, [w], [call(), after(lambda: data.__setitem__(0, 9))]


@case
def missing_key_filled_in():
    w, table = Value(1.0), {}

    def f(name):
        try:
            k = table[name]
        except KeyError:
            k = 1.0
        return w * k

    return f, [w], [call("a"), after(lambda: table.update(a=5.0), "a"), after(lambda: table.pop("a"), "a")]


@case
def index_error_ends_a_loop():
    w, xs = Value(2.0), [1.0, 2.0]

    def f():
        out, k = 0.0, 0
        while True:
            try:
                out, k = out + w * xs[k], k + 1
            except IndexError:
                return out

    return f, [w], [call(), after(lambda: xs.append(5.0))]


@case
def chain_map_of_settings():
    base, mine, w = {"k": 1.0, "p": 2}, {}, Value(2.0)
    settings = ChainMap(mine, base)

    def f(x):
        return (w * x) ** settings["p"] * settings["k"]

    return f, [w], [call(1.0), after(lambda: mine.update(k=3.0), 1.0), after(lambda: base.update(p=3), 1.0)]


@case
def order_of_an_ordered_dictionary():
    w, steps = Value(2.0), OrderedDict(double=lambda v: v * 2, shift=lambda v: v + 1)

    def f(x):
        out = w * x
        for step in steps.values():
            out = step(out)
        return out

    return f, [w], [call(1.0), after(lambda: steps.move_to_end("double"), 1.0)]


@case
def keys_of_a_plain_dictionary_reordered():
    w, weights = Value(2.0), {"a": 1.0, "b": 2.0}

    def f(x):
        out = 0.0
        for k, name in enumerate(weights):
            out = out + w * x * weights[name] ** k
        return out

    def reorder():
        weights["a"] = weights.pop("a")

    return f, [w], [call(3.0), after(reorder, 3.0)]


@case
def set_of_chosen_features():
    ws, chosen = dict(zip("abc", values(1, 2, 3), strict=True)), {"a", "b"}

    def f(row):
        return total([ws[k] * x for k, x in row.items() if k in chosen])

    row = {"a": 1.0, "b": 2.0, "c": 3.0}
    return f, [*ws.values()], [call(row), after(lambda: chosen.add("c"), row), after(lambda: chosen.discard("a"), row)]


@case
def copies_of_configurations():
    w, base = Value(2.0), {"layers": [1.0, 2.0]}

    def f(x):
        config = copy.deepcopy(base)
        config["layers"].append(x)
        return sum(w * k for k in config["layers"])

    return f, [w], [call(1.0), after(lambda: base["layers"].append(7.0), 1.0)]


@case
def list_inside_of_a_tuple():
    pair, w = (1.0, [2.0]), Value(0.5)

    def f(x):
        return w * x * pair[0] + sum(pair[1])

    return f, [w], [call(1.0), after(lambda: pair[1].append(3.0), 1.0)]


@case
def list_inside_of_a_frozen_dataclass():
    @dataclasses.dataclass(frozen=True)
    class Config:
        sizes: list = dataclasses.field(default_factory=lambda: [1.0])

    w, config = Value(0.5), Config()

    def f(x):
        return w * x * sum(config.sizes)

    return f, [w], [call(1.0), after(lambda: config.sizes.append(3.0), 1.0)]


@case
def view_of_a_dictionary():
    named, w = {"a": 1.0}, Value(0.5)
    seen = named.values()

    def f(x):
        return w * x * sum(seen)

    return f, [w], [call(1.0), after(lambda: named.update(b=2.0), 1.0)]


@case
def mapping_proxy():
    named, w = {"a": 1.0}, Value(0.5)
    seen = types.MappingProxyType(named)

    def f(x):
        return w * x * seen["a"]

    return f, [w], [call(1.0), after(lambda: named.update(a=2.0), 1.0)]


@case
def own_mapping_with_missing_keys():
    class Weights(dict):
        def __missing__(self, key):
            return 0.25

    w, weights = Value(0.5), Weights(a=1.0)

    def f(x):
        return w * x * weights["a"] * weights["b"]

    return f, [w], [call(1.0), after(lambda: weights.update(b=2.0), 1.0)]


@case
def user_list_and_user_dict():
    xs, options, w = collections.UserList([1.0]), collections.UserDict(k=2.0), Value(0.5)

    def f(x):
        return w * x * sum(xs) * options["k"]

    return f, [w], [call(1.0), after(lambda: xs.append(3.0), 1.0), after(lambda: options.update(k=5.0), 1.0)]


@case
def list_with_an_attribute():
    class Rows(list):
        scale = 1.0

    rows, w = Rows([1.0, 2.0]), Value(0.5)

    def f(x):
        return w * x * sum(rows) * rows.scale

    return f, [w], [call(1.0), after(put(rows, scale=3.0), 1.0), after(lambda: rows.append(1.0), 1.0)]


@case
def parameters_sorted_in_place_inside():
    ws = values(3, 1, 2)

    def f(x):
        ws.sort(key=lambda w: w.data)
        return ws[0] * x + ws[-1]

    return f, (lambda: ws), [call(1.0), call(1.0), after(lambda: put(ws[0], data=9.0)(), 1.0)]


@case
def equal_list_in_its_place():
    rows, w = [1.0, 2.0], Value(0.5)
    box = types.SimpleNamespace(rows=rows)

    def f(x):
        return w * x * sum(box.rows)

    return (
        f,
        [w],
        [
            call(1.0),
            after(lambda: put(box, rows=list(rows))(), 1.0),
            after(lambda: rows.append(9.0), 1.0),
            after(lambda: box.rows.append(9.0), 1.0),
        ],
    )


@case
def one_list_in_two_places():
    shared, w = [1.0], Value(0.5)
    a, b = {"xs": shared}, {"xs": shared}

    def f(x):
        return w * x * (sum(a["xs"]) + sum(b["xs"]))

    return f, [w], [call(1.0), after(lambda: shared.append(2.0), 1.0), after(lambda: b.update(xs=[5.0]), 1.0)]


@case
def one_true_and_one():
    w, options = Value(0.5), {"k": 1}

    def f(x):
        return w * x * (10 if options["k"] is True else 1) / (2 if isinstance(options["k"], float) else 1)

    def to(k):
        return lambda: options.update(k=k)

    return f, [w], [call(1.0), after(to(True), 1.0), after(to(1.0), 1.0), after(to(1), 1.0), after(to(np.True_), 1.0)]


@case
def ranges_slices_and_complex_numbers():
    w, box = Value(0.5), types.SimpleNamespace(span=range(2), cut=slice(0, 1), z=1 + 2j)

    def f(xs):
        return sum(w * xs[k] for k in box.span) + sum(xs[box.cut]) + abs(box.z)

    xs = [1.0, 2.0, 4.0]
    return (
        f,
        [w],
        [call(xs), after(put(box, span=range(3)), xs), after(put(box, cut=slice(1, 3)), xs), after(put(box, z=5j), xs)],
    )


@case
def default_factory_of_a_dictionary():
    counts, w = collections.defaultdict(lambda: 1.0), Value(0.5)

    def f(name):
        return w * counts[name]

    return f, [w], [call("a"), call("a"), call("b"), after(lambda: counts.update(a=5.0), "a"), call("b")]


@case
def set_default_inside():
    table, w = {}, Value(0.5)

    def f(name, x):
        return w * x * table.setdefault(name, len(table) + 1)

    return f, [w], [call("a", 1.0), call("b", 1.0), call("a", 2.0), call("b", 2.0)]
