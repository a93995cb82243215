"""Functions and what they read, one for each kind of thing: a change that must be seen, and one that must not.

A case gives f; `change()`, which changes what f reads; the title of the changed member; `other()`, which changes
something beside it; and whether the change can be undone.
"""

import argparse
import array
import collections
import contextvars
import dataclasses
import decimal
import enum
import functools
import importlib
import os
import sys
import threading
import types
import weakref
from typing import Any, NamedTuple

import numpy as np

import micrograd
from micrograd import Value, nn

CASES = {}


class Case(NamedTuple):
    f: Any
    change: Any
    title: str
    other: Any = lambda: None
    back: bool = True  # whether the change can be undone


def case(make):
    CASES[make.__name__] = make
    return make


def nothing():
    """Changes nothing."""


class Model:
    scale = 2.0
    kinds = ["a"]

    def __init__(self):
        self.w, self.step, self.history = Value(3.0), 0, []

    def __call__(self, x):
        return self.w * x * self.scale + self.step

    def helper(self, x):
        return x * self.step


RATE = 1.0
TABLE = {"rate": 1.0, "rows": [1.0, 2.0]}


@case
def a_global():
    def change():
        global RATE
        RATE = RATE + 1

    return Case(lambda x: x * RATE, change, "the global RATE")


@case
def a_global_that_hides_what_python_has():
    def change():
        globals()["abs"] = lambda x: x

    return Case(lambda x: abs(x), change, "the global abs")


@case
def a_cell():
    rate = 1.0

    def change():
        nonlocal rate
        rate = 2.0

    return Case(lambda x: x * rate, change, "rate")


@case
def an_entry_of_a_dict():
    cfg = {"lr": 0.1, "other": 1}
    return Case(lambda x: x * cfg["lr"], lambda: cfg.update(lr=0.2), "cfg['lr']")


@case
def a_new_entry_of_a_dict():
    cfg = {"lr": 0.1}
    return Case(lambda x: x * len(cfg), lambda: cfg.update(more=1), "cfg")


@case
def the_order_of_a_dict():
    cfg = {"a": 1, "b": 2}
    return Case(lambda x: list(cfg), lambda: cfg.update(a=cfg.pop("a")), "cfg")


@case
def a_nested_item():
    cfg = {"layers": [{"width": 3}]}

    def change():
        cfg["layers"][0]["width"] = 4

    return Case(lambda x: cfg["layers"][0]["width"], change, "cfg['layers'][0]['width']")


@case
def an_item_of_a_list():
    ws = [Value(1.0), Value(2.0)]

    def change():
        ws[1] = Value(2.0)

    return Case(lambda x: ws[1] * x, change, "ws[1]")


@case
def the_length_of_a_list():
    hist = []
    return Case(lambda x: x * len(hist), lambda: hist.append(1), "hist")


@case
def a_set():
    seen = {1, 2}
    return Case(lambda x: len(seen), lambda: seen.add(3), "seen")


@case
def a_deque():
    state = collections.deque([0.0], maxlen=1)
    return Case(lambda x: state[-1] + x, lambda: state.append(1.0), "state")


@case
def an_ordered_dict():
    d = collections.OrderedDict(a=1, b=2)
    return Case(lambda x: list(d), lambda: d.move_to_end("a"), "d")


@case
def a_default_dict():
    d = collections.defaultdict(float, a=1.0)

    def change():
        d.default_factory = lambda: 7.0

    return Case(lambda x: d["b"], change, "d.default_factory")


@case
def a_chain_of_dicts():
    d = collections.ChainMap({}, {"a": 1.0})

    def change():
        d["a"] = 2.0

    return Case(lambda x: d["a"], change, "d.maps[0]")


@case
def a_user_dict():
    d = collections.UserDict(a=1.0)

    def change():
        d["a"] = 2.0

    return Case(lambda x: d["a"], change, "d.data['a']")


@case
def a_bytearray():
    d = bytearray([1, 2])

    def change():
        d[0] = 9

    return Case(lambda x: d[0], change, "d")


@case
def an_array():
    d = array.array("d", [1.0, 2.0])

    def change():
        d[0] = 9.0

    return Case(lambda x: d[0], change, "d")


@case
def an_array_of_numpy():
    d = np.arange(4.0)

    def change():
        d[0] = 9.0

    return Case(lambda x: d[0], change, "d")


@case
def a_part_of_an_array():
    whole = np.arange(12.0).reshape(3, 4)
    d = whole[:, ::2]

    def change():
        d[0, 0] = 9.0

    def other():
        whole[0, 1] = 7.0

    return Case(lambda x: d[0], change, "d", other)


@case
def an_array_of_objects():
    d = np.array([Value(1.0), None], dtype=object)

    def change():
        d[0] = Value(1.0)

    return Case(lambda x: d[0], change, "d")


@case
def an_array_of_dates():
    d = np.array(["2020-01-01"], dtype="datetime64[D]")

    def change():
        d[0] += np.timedelta64(1, "D")

    return Case(lambda x: d[0], change, "d")


@case
def an_attribute_of_an_object():
    m = Model()

    def change():
        m.step = 1

    return Case(lambda x: m(x), change, "m.step", lambda: m.history.append(1))


@case
def the_object_of_a_method():
    m = Model()

    def change():
        m.step += 1

    def other():
        m.history, m.new = [1], 1

    return Case(m.helper, change, "self.step", other)


@case
def an_object_that_is_called():
    m = Model()

    def change():
        m.w = Value(1.0)

    return Case(m, change, "self.w")


@case
def an_attribute_that_is_deleted():
    m = Model()

    def change():
        del m.step

    return Case(lambda x: m(x), change, "m.step")


@case
def an_attribute_that_hides_one_of_the_class():
    m = Model()

    def change():
        m.scale = 3.0

    return Case(lambda x: m(x), change, "m.scale")


@case
def a_method_that_an_object_has_itself():
    m = Model()

    def change():
        m.helper = lambda x: x

    return Case(lambda x: m.helper(x), change, "m.helper")


@case
def an_attribute_of_a_class():
    class Mine(Model):
        scale = 1.0

    m = Mine()

    def change():
        Mine.scale = 5.0

    def other():
        Mine.unread = 5.0

    return Case(lambda x: m(x), change, "Mine.scale", other)


@case
def a_method_of_a_class():
    class Mine:
        def act(self, x):
            return x

    m = Mine()

    def change():
        Mine.act = lambda self, x: -x

    return Case(lambda x: m.act(x), change, "Mine.act")


@case
def what_a_method_of_a_class_calls():
    rate = 1.0

    class Mine:
        def __call__(self, x):
            return x * rate

    m = Mine()

    def change():
        nonlocal rate
        rate = 2.0

    return Case(lambda x: m(x), change, "rate")


@case
def the_class_of_an_object():
    class Other(Model):
        pass

    m = Model()

    def change():
        m.__class__ = Other

    return Case(lambda x: m(x), change, "m.__class__")


@case
def the_dict_of_an_object():
    m = Model()

    def change():
        m.__dict__ = dict(m.__dict__)

    return Case(lambda x: m(x), change, "m.__dict__")


@case
def a_slot():
    class Mine:
        __slots__ = ("h", "unread")

    m = Mine()
    m.h = 1.0

    def change():
        m.h = 2.0

    def other():
        m.unread = 1

    return Case(lambda x: m.h, change, "m.h", other)


@case
def a_slot_that_is_empty():
    class Mine:
        __slots__ = ("h",)

    m = Mine()

    def change():
        m.h = 2.0

    return Case(lambda x: getattr(m, "h", 1.0), change, "m.h")


@case
def a_property():
    class Mine:
        def __init__(self):
            self._t = 1.0

        @property
        def t(self):
            return self._t * 2

    m = Mine()

    def change():
        m._t = 2.0

    return Case(lambda x: x * m.t, change, "m._t")


@case
def a_cached_property():
    class Mine:
        n = 1

        @functools.cached_property
        def t(self):
            return self.n * 2

    m = Mine()
    return Case(lambda x: x * m.t, lambda: m.t, "m.t")


@case
def a_static_method():
    rate = 1.0

    class Mine:
        @staticmethod
        def act(x):
            return x * rate

    def change():
        nonlocal rate
        rate = 2.0

    return Case(lambda x: Mine.act(x), change, "rate")


@case
def an_attribute_of_a_metaclass():
    class Meta(type):
        rate = 1.0

    class Mine(metaclass=Meta):
        pass

    def change():
        Meta.rate = 2.0

    return Case(lambda x: Mine.rate * x, change, "Meta.rate")


@case
def a_data_class():
    @dataclasses.dataclass
    class Mine:
        x: float

    m = Mine(1.0)

    def change():
        m.x = 2.0

    return Case(lambda x: m.x, change, "m.x")


@case
def an_attribute_of_an_enum():
    class Color(enum.Enum):
        RED = 1

    Color.RED.rate = 1.0

    def change():
        Color.RED.rate = 2.0

    return Case(lambda x: x * Color.RED.rate, change, "Color.RED.rate")


@case
def a_named_tuple_with_a_list():
    Point = collections.namedtuple("Point", "xs y")
    p = Point([1.0], 2.0)
    return Case(lambda x: p.xs[0], lambda: p.xs.append(1), "p[0]")


@case
def a_namespace():
    args = types.SimpleNamespace(reg=0.1)

    def change():
        args.reg = 5.0

    def other():
        args.unread = 1

    return Case(lambda x: x * args.reg, change, "args.reg", other)


@case
def options_of_a_command():
    args = argparse.Namespace(reg=0.1)

    def change():
        args.reg = 5.0

    return Case(lambda x: x * args.reg, change, "args.reg")


@case
def a_list_with_attributes():
    class Mine(list):
        rate = 1.0

    m = Mine([1.0])

    def change():
        m.rate = 2.0

    return Case(lambda x: m[0] * m.rate, change, "m.rate")


@case
def an_item_of_a_list_of_a_class():
    class Mine(list):
        pass

    m = Mine([1.0])
    return Case(lambda x: m[0], lambda: m.append(2.0), "m")


@case
def names_that_are_computed():
    m = Model()
    m.k1 = 1.0

    def change():
        m.k1 = 2.0

    return Case(lambda i: getattr(m, f"k{i}"), change, "m.k1")


@case
def all_attributes_at_once():
    m = Model()

    def change():
        m.late = 2.0

    return Case(lambda i: sum(vars(m).values()), change, "m.late")


@case
def a_module():
    cfg = types.ModuleType("cfg")
    cfg.K = 2.0

    def change():
        cfg.K = 5.0

    def other():
        cfg.unread = 1

    return Case(lambda x: x * cfg.K, change, "cfg.K", other)


@case
def a_global_of_another_module():
    module = types.ModuleType("helpers")
    exec("K = 1.0\ndef h(v):\n    return v * K", module.__dict__)

    def change():
        module.K = 7.0

    return Case(lambda x: module.h(x), change, "the global K")


@case
def a_module_of_a_library():
    before = np.pi

    def change():
        np.pi = before + 1

    return Case(lambda x: x * np.pi, change, "numpy.pi")


@case
def an_environment_variable():
    os.environ["A_TEMPERATURE"] = "1"

    def change():
        os.environ["A_TEMPERATURE"] = "2"

    return Case(lambda x: x * float(os.environ["A_TEMPERATURE"]), change, "os.environ[b'A_TEMPERATURE']")


@case
def a_default():
    def f(x, k=1.0):
        return x * k

    def change():
        f.__defaults__ = (2.0,)

    return Case(f, change, "f.__defaults__")


@case
def a_keyword_default():
    def f(x, *, k=1.0):
        return x * k

    def change():
        f.__kwdefaults__["k"] = 2.0

    return Case(f, change, "f.__kwdefaults__['k']")


@case
def the_code_of_a_function():
    def h(x):
        return x

    def change():
        h.__code__ = (lambda x: -x).__code__

    return Case(lambda x: h(x), change, "h.__code__")


@case
def an_attribute_of_a_function():
    def h(x):
        return x + h.state

    h.state = 0.0

    def change():
        h.state = 1.0

    return Case(lambda x: h(x), change, "h.state")


@case
def a_partial():
    options = {"k": 1.0}

    def h(x, options):
        return x * options["k"]

    return Case(functools.partial(h, options=options), lambda: options.update(k=2.0), "options['k']")


@case
def a_cached_function():
    rate = 1.0

    @functools.lru_cache
    def h(x):
        return x * rate

    def change():
        nonlocal rate
        rate = 2.0

    return Case(lambda x: h(2), change, "rate")


@case
def a_wrapped_function():
    rate = 1.0

    def loud(g):
        @functools.wraps(g)
        def wrapper(*args):
            return g(*args)

        return wrapper

    @loud
    def h(x):
        return x * rate

    def change():
        nonlocal rate
        rate = 2.0

    return Case(lambda x: h(2), change, "rate")


@case
def a_single_dispatch():
    rate = 1.0

    @functools.singledispatch
    def h(x):
        return x

    @h.register
    def of_a_text(x: str):
        return rate

    def change():
        nonlocal rate
        rate = 2.0

    return Case(lambda x: h("a"), change, "rate")


@case
def a_bound_method_of_a_list():
    xs = [1.0, 2.0]
    last = xs.__getitem__

    def change():
        xs[0] = 3.0

    return Case(lambda x: last(0), change, "last[0]")


@case
def a_context_variable():
    var = contextvars.ContextVar("var", default=1.0)
    return Case(lambda x: x * var.get(), lambda: var.set(2.0), "var")


@case
def a_thread_local():
    loc = threading.local()
    loc.h = 1.0

    def change():
        loc.h = 2.0

    return Case(lambda x: x * loc.h, change, "loc")


@case
def a_weak_reference():
    m = Model()
    r = weakref.ref(m)

    def change():
        m.step = 7

    return Case(lambda x: r()(x), change, "r.step")


@case
def a_gradient():
    ys = [1.0, 2.0]

    def change():
        ys[0] = 5.0

    return Case(micrograd.grad(lambda w: sum((w - y) ** 2 for y in ys)), change, "ys[0]")


@case
def a_value_and_gradient_of_a_method():
    m = Model()

    def change():
        m.step = 5.0

    return Case(micrograd.value_and_grad(m), change, "self.step")


@case
def a_compiled_function():
    rate = 1.0

    def change():
        nonlocal rate
        rate = 2.0

    inner = micrograd.compile(lambda x: x * rate)
    return Case(lambda x: inner(x), change, "rate")


@case
def an_attribute_of_a_value():
    w = Value(1.0)
    w.scale = 2.0

    def change():
        w.scale = 3.0

    return Case(lambda x: w * w.scale, change, "w.scale", lambda: setattr(w, "data", 5.0))


@case
def a_layer_of_a_network():
    model = nn.MLP(2, [2, 1])

    def change():
        model.layers[0] = nn.Layer(2, 2)

    return Case(
        lambda x: model(x), change, "model.layers[0]", lambda: setattr(model.layers[0].neurons[0].w[0], "data", 1)
    )


@case
def a_weight_of_a_network():
    model = nn.MLP(2, [2, 1])

    def change():
        model.layers[0].neurons[1].b = 3.0

    return Case(lambda x: model(x), change, "model.layers[0].neurons[1].b")


@case
def an_activation():
    neuron = nn.Neuron(2)

    def change():
        neuron.activation = "tanh"

    return Case(neuron, change, "self.activation")


@case
def what_an_activation_reads():
    rate = 1.0
    layer = nn.Layer(1, 1, activation=lambda v: v * rate)

    def change():
        nonlocal rate
        rate = 2.0

    return Case(lambda x: layer(x), change, "rate")


@case
def a_probability():
    drop = nn.Dropout(0.5)

    def change():
        drop.p = 0.1

    return Case(lambda x: drop(x), change, "drop.p")


@case
def evaluation():
    model = nn.Sequential(nn.Layer(2, 2), nn.Dropout(0.5))
    return Case(lambda x: model(x), model.eval, "model._training")


@case
def a_method_of_all_values():
    w = Value(1.0)
    usual = Value.tanh

    def change():
        Value.tanh = lambda self: usual(self) * 2

    return Case(lambda x: (w * x).tanh(), change, "Value.tanh")


@case
def an_operator_of_all_values():
    w = Value(1.0)
    usual = Value.__add__

    def change():
        Value.__add__ = lambda self, other: usual(self, other)

    return Case(lambda x: w + x, change, "Value.__add__")


@case
def an_attribute_that_is_hung_on_a_value_later():
    ws = [Value(1.0), Value(2.0)]

    def change():
        ws[1].frozen = True

    def other():
        ws[0].unread = True

    return Case(lambda x: sum(w * x for w in ws if not getattr(w, "frozen", False)), change, "ws[1].frozen", other)


@case
def a_module_that_is_imported_inside():
    module = types.ModuleType("a_module_of_settings")
    module.K = 1.0
    sys.modules["a_module_of_settings"] = module

    def f(x):
        import a_module_of_settings
        from a_module_of_settings import K

        return x * K * a_module_of_settings.K

    def change():
        module.K = 2.0

    return Case(f, change, "a_module_of_settings.K")


@case
def a_module_by_its_name():
    module = types.ModuleType("some_settings")
    module.K = 1.0
    sys.modules["some_settings"] = module

    def change():
        module.K = 2.0

    return Case(lambda x: importlib.import_module("some_settings").K, change, "some_settings.K")


@case
def what_a_module_computes_for_a_name():
    module = types.ModuleType("computing")
    exec("TABLE = {'rate': 1.0}\ndef __getattr__(name):\n    return TABLE[name]", module.__dict__)
    return Case(lambda x: x * module.rate, lambda: module.TABLE.update(rate=2.0), "module.TABLE['rate']")


@case
def a_global_by_its_name():
    def change():
        global RATE
        RATE = RATE + 1

    return Case(lambda x: x * globals()["RATE"], change, "the global RATE")


@case
def a_global_in_a_text():
    def change():
        global RATE
        RATE = RATE + 1

    return Case(lambda x: eval("x * RATE"), change, "the global RATE")


@case
def a_cache_that_is_cleared():
    @functools.lru_cache
    def h(x):
        return x

    h(1)
    return Case(lambda x: h(1), h.cache_clear, "h", back=False)


@case
def the_precision_of_decimal_numbers():
    before = decimal.getcontext().prec

    def change():
        decimal.getcontext().prec = 6 if before != 6 else 7

    return Case(lambda x: float(decimal.Decimal(1) / 3), change, "decimal")


@case
def an_argument_that_is_missing():
    w = Value(1.0)

    def f(x, acc=[]):  # noqa: B006
        return w * x * len(acc)

    return Case(f, lambda: f.__defaults__[0].append(1), "acc")


@case
def the_bases_of_a_class():
    class Other:
        def act(self, x):
            return -x

    class Usual:
        def act(self, x):
            return x

    class Mine(Usual):
        pass

    m = Mine()

    def change():
        Mine.__bases__ = (Other,)

    return Case(lambda x: m.act(x), change, "Mine.__bases__")


@case
def an_environment_variable_by_a_function():
    os.environ["ANOTHER_TEMPERATURE"] = "1"

    def change():
        os.environ["ANOTHER_TEMPERATURE"] = "2"

    return Case(lambda x: x * float(os.getenv("ANOTHER_TEMPERATURE", "1")), change, "os.getenv[b'ANOTHER_TEMPERATURE']")


@case
def an_attribute_in_a_format():
    m = Model()

    def f(x):
        return x * float(str.format("{model.step:.1f}", model=m))

    def change():
        m.step = 5

    return Case(f, change, "m.step", lambda: m.history.append(1))


@case
def what_a_new_activation_reads():
    rate = 1.0
    nn.activations.ACTIVATIONS["scaled"] = lambda v: v * rate
    layer = nn.Layer(1, 1, activation="scaled")

    def change():
        nonlocal rate
        rate = 2.0

    return Case(lambda x: layer(x), change, "rate")


@case
def another_activation_of_that_name():
    nn.activations.ACTIVATIONS["mine"] = lambda v: v
    layer = nn.Layer(1, 1, activation="mine")

    def change():
        nn.activations.ACTIVATIONS["mine"] = lambda v: v * 2

    return Case(lambda x: layer(x), change, "ACTIVATIONS['mine']")


@case
def an_attribute_of_a_value_that_is_missed():
    w = Value(1.0)

    def f(x):
        try:
            return w * w.scale * x
        except AttributeError:
            return w * x

    def change():
        w.scale = 2.0

    return Case(f, change, "w.scale")
