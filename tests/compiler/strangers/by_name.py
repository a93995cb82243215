"""Attributes and globals by names that stand in no code, and objects that are found by other ways than a name."""

import abc
import collections
import configparser
import dataclasses
import functools
import importlib
import inspect
import operator
import string
import sys
import types
import weakref

import numpy as np

from micrograd import Value, relu, tanh
from strangers.collection import after, call, case, put, values


@case
def path_of_attributes_by_reduce():
    w, root = Value(0.5), types.SimpleNamespace(optim=types.SimpleNamespace(rate=1.0))
    paths = ["optim.rate"]

    def f(x):
        return w * x * functools.reduce(getattr, paths[0].split("."), root)

    return f, [w], [call(1.0), after(put(root.optim, rate=3.0), 1.0)]


@case
def getattr_under_another_name():
    w, box, read, names = Value(0.5), types.SimpleNamespace(k=1.0, n=5.0), getattr, ["k"]

    def f(x):
        return w * x * read(box, names[0])

    return f, [w], [call(1.0), after(put(box, k=3.0), 1.0), after(lambda: names.__setitem__(0, "n"), 1.0)]


@case
def getattr_mapped_over_names():
    w, box, names = Value(0.5), types.SimpleNamespace(a=1.0, b=5.0), ["a", "b"]

    def f(x):
        return w * x * sum(map(functools.partial(getattr, box), names))

    return f, [w], [call(1.0), after(put(box, b=3.0), 1.0)]


@case
def attribute_in_a_format_string():
    w, box = Value(0.5), types.SimpleNamespace(k=1.0)

    def f(x):
        return w * x * float(f"{box.k}")

    return f, [w], [call(1.0), after(put(box, k=3.0), 1.0)]


@case
def attributes_listed_by_fields():
    @dataclasses.dataclass
    class Weights:
        a: float = 1.0
        b: float = 2.0

    w, it = Value(0.5), Weights()

    def f(x):
        return w * x * sum(getattr(it, field.name) for field in dataclasses.fields(it))

    return f, [w], [call(1.0), after(put(it, b=5.0), 1.0)]


@case
def attributes_by_dataclass_helpers():
    @dataclasses.dataclass
    class Weights:
        a: float = 1.0
        b: float = 2.0

    w, it = Value(0.5), Weights()

    def f(x):
        other = dataclasses.replace(it, a=4.0)
        return w * x * sum(dataclasses.astuple(other)) + (it == Weights())

    return f, [w], [call(1.0), after(put(it, b=5.0), 1.0), after(put(it, b=2.0), 2.0)]


@case
def attribute_found_statically():
    class Box:
        k = 1.0

    w, names = Value(0.5), ["k"]

    def f(x):
        return w * x * inspect.getattr_static(Box, names[0])

    return f, [w], [call(1.0), after(put(Box, k=3.0), 1.0)]


@case
def text_of_an_object_is_the_key():
    class Kind:
        def __init__(self, size):
            self.size = size

        def __str__(self):
            return f"kind-{self.size}"

    w, kind, table = Value(0.5), Kind(1), {"kind-1": 1.0, "kind-2": 7.0}

    def f(x):
        return w * x * table[str(kind)] * len(f"{kind}")

    return f, [w], [call(1.0), after(put(kind, size=2), 1.0)]


@case
def representation_of_a_dataclass_is_the_key():
    @dataclasses.dataclass
    class Kind:
        size: int

    w, kind, table = Value(0.5), Kind(1), collections.defaultdict(lambda: 1.0)
    table[repr(Kind(2))] = 7.0

    def f(x):
        return w * x * table.get(repr(kind), 1.0)

    return f, [w], [call(1.0), after(put(kind, size=2), 1.0)]


@case
def global_in_an_evaluated_text():
    w = Value(0.5)
    space = {"w": w, "volume": 1.0, "formulas": ["volume * 2"], "__name__": "a_notebook"}
    exec("def f(x):\n    return w * x * eval(formulas[0])", space)
    return space["f"], [w], [call(1.0), after(lambda: space.update(volume=4.0), 1.0)]


@case(refused="changes what it reads: space")
def function_defined_by_exec_inside():
    w, space = Value(0.5), {"k": 1.0}

    def f(x):
        exec("def h(v):\n    return v * k", space)
        return space["h"](w * x)

    return f, [w], [call(1.0), after(lambda: space.update(k=3.0), 1.0)]


def module_of_nobody(name):
    module = types.ModuleType(name)
    module.K = 1.0
    sys.modules[name] = module
    return module


@case
def module_imported_by_its_name():
    module, w = module_of_nobody("constants_of_nobody"), Value(0.5)

    def f(x):
        return w * x * importlib.import_module("constants_of_nobody").K

    return f, [w], [call(1.0), after(put(module, K=3.0), 1.0)]


@case
def module_taken_from_the_system():
    module, w = module_of_nobody("constants_of_somebody"), Value(0.5)

    def f(x):
        return w * x * sys.modules["constants_of_somebody"].K

    return f, [w], [call(1.0), after(put(module, K=3.0), 1.0)]


@case
def name_imported_inside():
    module, w = module_of_nobody("constants_of_anybody"), Value(0.5)

    def f(x):
        from constants_of_anybody import K

        return w * x * K

    return f, [w], [call(1.0), after(put(module, K=3.0), 1.0)]


@case
def plug_ins_are_the_subclasses():
    class Layer:
        pass

    class Double(Layer):
        def __call__(self, v):
            return v * 2

    w, kept = Value(0.5), []

    def f(x):
        return functools.reduce(lambda v, kind: kind()(v), Layer.__subclasses__(), w * x)

    def more():
        class Shift(Layer):
            def __call__(self, v):
                return v + 1

        kept.append(Shift)

    return f, [w], [call(1.0), after(more, 1.0)]


@case
def class_registered_with_an_abstract_one():
    class Smooth(abc.ABC):  # noqa: B024
        pass

    class Act:
        def __call__(self, v):
            return tanh(v)

    w, act = Value(0.5), Act()

    def f(x):
        return act(w * x) if isinstance(act, Smooth) else relu(w * x)

    return f, [w], [call(1.0), after(lambda: Smooth.register(Act), 1.0)]


@case
def class_that_decides_who_is_an_instance():
    class Meta(type):
        accepted = set()

        def __instancecheck__(cls, it):
            return type(it).__name__ in cls.accepted

    class Smooth(metaclass=Meta):
        pass

    w, act = Value(0.5), types.SimpleNamespace(k=2.0)

    def f(x):
        return w * x * (act.k if isinstance(act, Smooth) else 1.0)

    return f, [w], [call(1.0), after(lambda: Meta.accepted.add("SimpleNamespace"), 1.0)]


@case
def nested_class_of_settings():
    class Model:
        class Config:
            k = 1.0

        def __init__(self):
            self.w = Value(0.5)

        def __call__(self, x):
            return self.w * x * self.Config.k

    m = Model()
    return m, [m.w], [call(1.0), after(put(Model.Config, k=3.0), 1.0)]


@case
def weak_set_of_listeners():
    class Listener:
        def __init__(self, k):
            self.k = k

    first, second, w = Listener(1.0), Listener(2.0), Value(0.5)
    listeners = weakref.WeakSet([first])

    def f(x):
        return w * x * sum(sorted(listener.k for listener in listeners)) + 0 * (first.k + second.k)

    return f, [w], [call(1.0), after(lambda: listeners.add(second), 1.0), after(put(second, k=5.0), 1.0)]


@case
def weak_dictionary_of_models():
    class Model:
        def __init__(self, k):
            self.k = k

    models, w = [Model(1.0), Model(3.0)], Value(0.5)
    by_name = weakref.WeakValueDictionary(current=models[0])

    def f(x):
        return w * x * by_name["current"].k + 0 * len(models)

    return f, [w], [call(1.0), after(lambda: by_name.update(current=models[1]), 1.0)]


@case
def configuration_by_sections():
    config, w = configparser.ConfigParser(), Value(0.5)
    config["train"] = {"rate": "1.0"}

    def f(x):
        return w * x * float(config["train"]["rate"]) + config.getfloat("train", "rate")

    return f, [w], [call(1.0), after(lambda: config["train"].update(rate="3.0"), 1.0)]


@case
def template_of_text():
    template, w = string.Template("1$k"), Value(0.5)

    def f(x):
        return w * x * float(template.substitute(k=5))

    return f, [w], [call(1.0), after(put(template, template="2$k"), 1.0)]


@case
def function_vectorised_by_numpy():
    w, k = Value(0.5), 1.0

    def act(v):
        return v * k

    vectorised = np.vectorize(act, otypes=[object])

    def f(x):
        return vectorised(np.array([w * x, w])).sum()

    def rebind():
        nonlocal k
        k = 4.0

    return f, [w], [call(1.0), after(rebind, 1.0)]


@case
def polynomial_of_numpy():
    w, polynomial = Value(0.5), np.poly1d([1.0, 2.0])

    def f(x):
        return w * x * polynomial(2.0)

    return f, [w], [call(1.0), after(lambda: polynomial.__setitem__(0, 7.0), 1.0)]


@case
def stubbed_by_a_mock():
    from unittest import mock

    service, w = mock.Mock(return_value=2.0), Value(0.5)

    def f(x):
        return w * x * service()

    def step(g):
        return g(1.0)

    def changed(g):
        service.return_value = 5.0
        return g(1.0)

    return f, [w], [step, changed]


@case
def attributes_of_a_getter_chosen_later():
    w, box, getter = Value(0.5), types.SimpleNamespace(a=1.0, b=5.0), operator.attrgetter("a")

    def f(x):
        return w * x * getter(box)

    def choose():
        nonlocal getter
        getter = operator.attrgetter("b")

    return f, [w], [call(1.0), after(put(box, a=2.0), 1.0), after(choose, 1.0), after(put(box, b=3.0), 1.0)]


@case
def slots_read_by_computed_names():
    class Box:
        __slots__ = ("w1", "w2")

    box = Box()
    box.w1, box.w2 = values(1, 2)
    listed = [box.w1, box.w2, Value(9.0)]

    def f(x):
        return sum(getattr(box, name) * x for name in box.__slots__)

    return f, listed, [call(1.0), after(put(box, w2=listed[2]), 1.0)]
