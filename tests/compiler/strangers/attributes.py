"""Attributes through inheritance, properties, descriptors, slots, metaclasses and fallbacks."""

import enum
import functools
import types

from micrograd import Value
from strangers.collection import after, call, case, put, values


@case
def attribute_error_as_a_test():
    class Model:
        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, x):
            try:
                return self.w * x + self.bias
            except AttributeError:
                return self.w * x

    m = Model()
    return m, [m.w], [call(1.0), after(put(m, bias=3.0), 1.0), after(lambda: delattr(m, "bias"), 1.0)]


@case
def method_overridden_in_a_subclass_later():
    class Base:
        def __init__(self):
            self.w = Value(2.0)

        def act(self, v):
            return v

        def __call__(self, x):
            return self.act(self.w * x)

    class Derived(Base):
        pass

    m = Derived()

    def override():
        Derived.act = lambda self, v: super(Derived, self).act(v).tanh()

    return m, [m.w], [call(1.0), after(override, 1.0)]


@case
def instance_attribute_shadows_the_class():
    class Model:
        gain = 2.0

        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, x):
            return self.w * x * self.gain

    m = Model()
    return m, [m.w], [call(1.0), after(put(m, gain=5.0), 1.0), after(lambda: delattr(m, "gain"), 1.0)]


@case
def attribute_through_getattr_fallback():
    class Model:
        def __init__(self):
            self.w, self.extra = Value(2.0), {"bias": 1.0}

        def __getattr__(self, name):
            return self.extra[name]

        def __call__(self, x):
            return self.w * x + self.bias

    m = Model()
    return m, [m.w], [call(1.0), after(lambda: m.extra.update(bias=4.0), 1.0), after(put(m, bias=7.0), 1.0)]


@case
def attribute_by_a_computed_name():
    class Model:
        def __init__(self):
            self.w1, self.w2, self.depth = Value(2.0), Value(3.0), 1

        def __call__(self, x):
            for k in range(self.depth):
                x = getattr(self, f"w{k + 1}") * x
            return x

    m = Model()
    both = [m.w1, m.w2]
    return m, both, [call(1.0), after(put(m, depth=2), 1.0), after(put(m, w2=Value(5.0)), 1.0)]


@case
def property_with_a_setter():
    class Model:
        def __init__(self):
            self.w, self._limit = Value(2.0), 1.0

        @property
        def limit(self):
            return self._limit

        @limit.setter
        def limit(self, x):
            self._limit = max(x, 0.5)

        def __call__(self, x):
            return self.w * x * self.limit

    m = Model()
    return m, [m.w], [call(1.0), after(put(m, limit=0.1), 1.0), after(put(m, limit=3.0), 1.0)]


@case
def descriptor_with_a_private_store():
    class Positive:
        def __set_name__(self, owner, name):
            self.store = "_" + name

        def __get__(self, it, owner=None):
            return self if it is None else vars(it)[self.store]

        def __set__(self, it, x):
            vars(it)[self.store] = abs(x)

    class Model:
        scale = Positive()

        def __init__(self):
            self.w, self.scale = Value(2.0), -3.0

        def __call__(self, x):
            return self.w * x * self.scale

    m = Model()
    return m, [m.w], [call(1.0), after(put(m, scale=-7.0), 1.0)]


@case
def methods_added_to_one_instance():
    class Model:
        def __init__(self):
            self.w = Value(2.0)

        def act(self, v):
            return v

    m = Model()

    def f(x):
        return m.act(m.w * x)

    def patch():
        m.act = types.MethodType(lambda self, v: v * self.w, m)

    return f, [m.w], [call(1.0), after(patch, 1.0), after(lambda: delattr(m, "act"), 1.0)]


@case
def class_level_switch_on_a_mixin():
    class Norm:
        centre = True

        def norm(self, xs):
            middle = sum(xs) / len(xs) if self.centre else 0.0
            return [x - middle for x in xs]

    class Net(Norm):
        def __init__(self):
            self.ws = values(1, 2)

        def __call__(self, xs):
            return sum(w * x * x for w, x in zip(self.ws, self.norm(xs), strict=True))

    m = Net()
    return m, m.ws, [call([1.0, 4.0]), after(lambda: put(Norm, centre=False)(), [1.0, 4.0])]


@case
def singleton_settings():
    class Settings:
        it = None

        def __new__(cls):
            if cls.it is None:
                cls.it = super().__new__(cls)
                cls.it.power = 2
            return cls.it

    w = Value(3.0)

    def f(x):
        return (w * x) ** Settings().power

    return f, [w], [call(1.0), call(2.0), after(lambda: put(Settings(), power=3)(), 1.0)]


@case
def borg_shares_a_dictionary():
    class Borg:
        shared = {}

        def __init__(self):
            self.__dict__ = self.shared

    w, one, two = Value(3.0), Borg(), Borg()
    one.k = 2.0

    def f(x):
        return w * x * two.k

    return f, [w], [call(1.0), after(lambda: put(one, k=5.0)(), 1.0)]


@case
def slots_with_defaults_in_a_base():
    class Base:
        __slots__ = ("w", "k")

    class Model(Base):
        __slots__ = ()

        def __call__(self, x):
            return self.w * x * self.k

    m = Model()
    m.w, m.k = Value(2.0), 1.0
    return m, [m.w], [call(1.0), after(put(m, k=4.0), 1.0), after(put(m, k=4), 1.0)]


@case
def attribute_of_a_metaclass():
    class Meta(type):
        gain = 2.0

    class Model(metaclass=Meta):
        w = Value(0.5)

        def __call__(self, x):
            return self.w * x * type(self).gain

    m = Model()
    return m, [Model.w], [call(1.0), after(put(Meta, gain=3.0), 1.0), after(put(Model, gain=4.0), 1.0)]


@case
def value_of_an_enum_member_changed():
    class Kind(enum.Enum):
        A = "a"

        def __init__(self, name):
            self.factor = 1.0

    w = Value(0.5)

    def f(x):
        return w * x * Kind.A.factor

    return f, [w], [call(1.0), after(put(Kind.A, factor=3.0), 1.0)]


@case
def attributes_through_vars_and_dict():
    box, w = types.SimpleNamespace(a=1.0, b=2.0), Value(0.5)

    def f(x):
        return w * x * sum(vars(box).values()) + box.__dict__["a"]

    return f, [w], [call(1.0), after(put(box, b=5.0), 1.0), after(put(box, c=1.0), 1.0)]


@case
def cached_property_that_is_stale():
    class Model:
        def __init__(self):
            self.w, self.k = Value(0.5), 2.0

        @functools.cached_property
        def table(self):
            return [self.k, self.k**2]

        def __call__(self, x):
            return self.w * x * sum(self.table)

    m = Model()
    return m, [m.w], [call(1.0), after(put(m, k=3.0), 1.0), after(lambda: vars(m).pop("table"), 1.0)]


@case
def partial_method_and_static_method():
    class Model:
        w = Value(0.5)

        @staticmethod
        def clip(v):
            return v if v.data < 1 else v * 0 + 1

        def scale(self, k, x):
            return self.clip(self.w * x * k)

        double = functools.partialmethod(scale, 2.0)

    m = Model()

    def change():
        Model.double = functools.partialmethod(Model.scale, 0.5)

    return (lambda x: m.double(x)), [m.w], [call(0.5), call(9.0), after(change, 0.5)]
