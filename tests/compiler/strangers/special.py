"""A class changes: methods that Python calls by itself; results that a function keeps; a module replaced by a stub."""

import ctypes
import functools
import sys
import types
import weakref

from micrograd import Value
from strangers.collection import after, call, case, values


@case
def call_of_a_class_replaced():
    class Model:
        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, x):
            return self.w * x

    m = Model()

    def replace():
        Model.__call__ = lambda self, x: self.w * x * 5

    return lambda x: m(x), [m.w], [call(1.0), after(replace, 1.0)]


@case
def operators_of_a_class_replaced():
    class Vector:
        def __init__(self, part):
            self.part = part

        def __add__(self, other):
            return Vector(self.part + other.part)

        def __len__(self):
            return 2

        def __iter__(self):
            return iter([self.part])

    (w,) = values(2.0)
    one = Vector(1.0)

    def f(x):
        for part in Vector(w * x) + one:
            return part * len(one)

    def add():
        Vector.__add__ = lambda self, other: Vector(self.part * 3 + other.part)

    def length():
        Vector.__len__ = lambda self: 7

    def iterate():
        Vector.__iter__ = lambda self: iter([self.part * self.part])

    return f, [w], [call(1.0), after(add, 1.0), after(length, 1.0), after(iterate, 1.0)]


@case
def truth_and_equality_added_to_a_class():
    class Switch:
        pass

    one, other = Switch(), Switch()
    (w,) = values(2.0)

    def f(x):
        return w * x * (3.0 if one else 5.0) * (2.0 if one == other else 1.0)

    def truth():
        Switch.__bool__ = lambda self: False

    def equality():
        Switch.__eq__ = lambda self, other: True

    return f, [w], [call(1.0), after(truth, 1.0), after(equality, 1.0)]


@case
def fallback_for_attributes_added_to_a_class():
    class Settings:
        gain = 1.0

    settings = Settings()
    (w,) = values(2.0)

    def f(x):
        return w * x * getattr(settings, "scale", 1.0)

    def fallback():
        Settings.__getattr__ = lambda self, name: 9.0

    def every():
        Settings.__getattribute__ = lambda self, name: 4.0

    return f, [w], [call(1.0), after(fallback, 1.0), after(every, 1.0)]


@case
def context_of_a_class_replaced():
    class Scope:
        def __enter__(self):
            return 2.0

        def __exit__(self, *error):
            return False

    scope = Scope()
    (w,) = values(2.0)

    def f(x):
        with scope as gain:
            return w * x * gain

    def replace():
        Scope.__enter__ = lambda self: 11.0

    return f, [w], [call(1.0), after(replace, 1.0)]


@case
def missing_keys_of_a_dictionary_class_replaced():
    class Table(dict):
        def __missing__(self, key):
            return 3.0

    table = Table()
    (w,) = values(2.0)

    def replace():
        Table.__missing__ = lambda self, key: 100.0

    return lambda x: w * x * table["k"], [w], [call(1.0), after(replace, 1.0)]


@case
def items_of_a_class():
    class Registry:
        gains = {"a": 2.0}

        def __class_getitem__(cls, key):
            return cls.gains[key]

    (w,) = values(2.0)
    return lambda x: w * x * Registry["a"], [w], [call(1.0), after(lambda: Registry.gains.update(a=5.0), 1.0)]


@case
def keywords_of_a_partial_function():
    def scale(v, *, gain):
        return v * gain

    double = functools.partial(scale, gain=2.0)
    (w,) = values(2.0)
    return lambda x: double(w * x), [w], [call(1.0), after(lambda: double.keywords.update(gain=5.0), 1.0)]


@case(refused="a weak proxy")
def object_behind_a_weak_proxy():
    class Settings:
        def __init__(self):
            self.gain = 2.0

    settings = Settings()
    proxy = weakref.proxy(settings)
    (w,) = values(2.0)
    return lambda x: w * x * proxy.gain, [w], [call(1.0), after(lambda: setattr(settings, "gain", 5.0), 1.0)]


@case
def cached_coefficients_cleared():
    scale = {"k": 2.0}

    @functools.lru_cache(None)
    def coefficient(n):
        return scale["k"] * n

    (w,) = values(2.0)

    def f(x):
        return w * x * coefficient(3)

    def fill_again():
        coefficient.cache_clear()
        coefficient(3)

    changed = after(lambda: scale.update(k=5.0), 1.0)
    return f, [w], [call(1.0), call(1.0), changed, after(coefficient.cache_clear, 1.0), changed, after(fill_again, 1.0)]


@case
def latest_coefficients_cached():
    scale = {"k": 2.0}

    @functools.lru_cache(2)
    def coefficient(n):
        return scale["k"] * n

    (w,) = values(2.0)

    def push_out():
        coefficient(1)
        coefficient(2)

    changed = after(lambda: scale.update(k=7.0), 1.0)
    return lambda x: w * x * coefficient(3), [w], [call(1.0), call(1.0), changed, after(push_out, 1.0), call(2.0)]


@case
def cached_parameters():
    @functools.lru_cache(None)
    def weight(k):
        return Value(float(k))

    def f(x, n):
        return sum((weight(k) * x for k in range(1, n)), Value(0.0))

    def weights():
        return [weight(1), weight(2), weight(3)]

    return f, weights, [call(1.0, 2), call(1.0, 3), call(1.0, 3), call(1.0, 4), call(1.0, 4)]


@case
def cached_lists_edited():
    @functools.lru_cache(None)
    def table(k):
        return [float(k)]

    (w,) = values(2.0)

    def edit():
        table(2)[0] = 9.0

    return lambda x: w * x * table(2)[0], [w], [call(1.0), call(1.0), after(edit, 1.0)]


@case
def imported_module_replaced_by_a_stub():
    def enter(gain):
        sys.modules["gains_of_nobody"] = types.SimpleNamespace(gain=gain)

    (w,) = values(2.0)
    enter(2.0)

    def f(x):
        import gains_of_nobody

        return w * x * gains_of_nobody.gain

    return f, [w], [after(lambda: enter(2.0), 1.0), after(lambda: enter(5.0), 1.0)]


@case
def view_of_memory_released_and_made_again():
    memory = bytearray(b"\1\2\3")
    views = [memoryview(memory)[1:]]
    (w,) = values(2.0)

    def renew():
        views[0].release()
        views[0] = memoryview(memory)

    return lambda x: w * x * float(views[0][0]), [w], [call(1.0), after(renew, 1.0)]


@case
def structure_of_ctypes():
    class Point(ctypes.Structure):
        _fields_ = [("x", ctypes.c_double), ("n", ctypes.c_int)]

    point = Point(1.5, 2)
    (w,) = values(2.0)
    return lambda x: w * x * point.x * point.n, [w], [call(1.0), after(lambda: setattr(point, "n", 5), 1.0)]
