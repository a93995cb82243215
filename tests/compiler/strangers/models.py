"""Models as classes: inheritance, properties, descriptors, registries, masks, state on the instance or the class."""

import abc
import copy
import enum
import functools
import random
import types
import weakref
from typing import NamedTuple

from micrograd import Value, exp, nn, relu, tanh, total
from strangers.collection import after, call, calls, case, put, values


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
def registry_filled_by_a_decorator():
    registry = {}

    def register(f):
        registry[f.__name__] = f
        return f

    @register
    def double(v):
        return v * 2

    w, names = Value(1.5), ["double"]

    def f(x):
        out = w * x
        for name in names:
            out = registry[name](out)
        return out

    def again():
        @register
        def double(v):
            return v * 3

    return f, [w], [call(1.0), after(again, 1.0), after(lambda: names.append("double"), 1.0)]


@case
def abstract_base_with_hooks():
    class Block(abc.ABC):
        def __init__(self, w):
            self.w = w

        @abc.abstractmethod
        def inside(self, x): ...

        def __call__(self, x):
            return self.inside(self.w * x) + x

    class Tanh(Block):
        def inside(self, x):
            return x.tanh()

    class Relu(Block):
        def inside(self, x):
            return x.relu()

    ws = values(0.5, 0.6)
    blocks = [Tanh(ws[0]), Relu(ws[1])]

    def f(x):
        for block in blocks:
            x = block(x)
        return x

    return f, ws, [call(1.0), after(blocks.reverse, 1.0), after(lambda: put(blocks[0], __class__=Tanh)(), -1.0)]


@case
def class_counter_names_the_instances():
    class Node:
        made = 0

        def __init__(self, w):
            Node.made += 1
            self.w, self.number = w, Node.made

        def __call__(self, x):
            return self.w * x * self.number

    ws = values(2, 3)
    Node(ws[0])

    def f(x):
        return Node(ws[1])(x)

    return f, ws, calls(1.0, 1.0, 1.0)


@case
def residual_switch_by_flags():
    class Use(enum.Flag):
        NONE = 0
        SKIP = 1
        SCALE = 2

    class Block:
        def __init__(self):
            self.w, self.use = Value(0.5), Use.SKIP

        def __call__(self, x):
            out = tanh(self.w * x)
            if Use.SKIP in self.use:
                out = out + x
            if Use.SCALE in self.use:
                out = out * 0.5
            return out

    m = Block()
    return m, [m.w], [call(1.0), after(put(m, use=Use.SKIP | Use.SCALE), 1.0), after(put(m, use=Use.NONE), 1.0)]


@case
def causal_mask_rebuilt():
    ws = values(0.1, 0.2, 0.3)
    mask = [[1, 0, 0], [1, 1, 0], [1, 1, 1]]

    def attend(row, keep):
        scores = [exp(w * x) for w, x, k in zip(ws, row, keep, strict=True) if k]
        return sum(scores) / len(scores)

    def f(row):
        return total([attend(row, keep) for keep in mask])

    def open_up():
        mask[0] = [1, 1, 1]

    return f, ws, [call([1.0, 2.0, 3.0]), after(open_up, [1.0, 2.0, 3.0])]


@case
def number_of_heads_changes():
    class Attention:
        def __init__(self):
            self.w, self.heads = values(0.1, 0.2, 0.3, 0.4), 2

        def __call__(self, xs):
            size = len(xs) // self.heads
            parts = [xs[k : k + size] for k in range(0, len(xs), size)]
            return [sum(w * x for w, x in zip(self.w, part)) for part in parts]  # noqa: B905

    m = Attention()
    xs = [1.0, 2.0, 3.0, 4.0]
    return m, m.w, [call(xs), after(put(m, heads=4), xs), after(put(m, heads=1), xs)]


@case
def lazily_made_weights():
    class Lazy:
        def __init__(self):
            self.ws = None

        def __call__(self, xs):
            if self.ws is None:
                self.ws = [Value(0.1 * (k + 1)) for k in range(len(xs))]
            return sum(w * x for w, x in zip(self.ws, xs, strict=True))

    m = Lazy()
    return m, (lambda: m.ws or []), calls([1.0, 2.0], [3.0, 4.0], [5.0, 6.0])


@case
def module_list_by_index_attribute():
    random.seed(8)

    class Net(nn.Module):
        def __init__(self):
            self.layers = [nn.Layer(2, 2), nn.Layer(2, 2), nn.Layer(2, 1)]
            self.skip = -1

        def __call__(self, x):
            for k, layer in enumerate(self.layers):
                if k != self.skip:
                    x = layer(x)
            return x

    m = Net()
    return m, m.parameters(), [call([1.0, 2.0]), after(put(m, skip=1), [1.0, 2.0])]


@case
def forward_hooks_on_a_module():
    class Net(nn.Module):
        def __init__(self):
            self.w, self.hooks = Value(0.5), []

        def __call__(self, x):
            out = self.w * x
            for hook in self.hooks:
                out = hook(self, out)
            return out

    m = Net()
    return m, [m.w], [call(1.0), after(lambda: m.hooks.append(lambda net, v: v * net.w), 1.0)]


@case
def model_copied_and_perturbed():
    random.seed(8)
    model = nn.Neuron(1)
    other = copy.deepcopy(model)
    other.b.data = 3.0
    current = model

    def f(x):
        return current([x])

    def switch():
        nonlocal current
        current = other

    return f, model.parameters() + other.parameters(), [call(1.0), after(switch, 1.0)]


@case
def weak_reference_to_the_model():
    class Model:
        def __init__(self, w):
            self.w, self.gain = w, 1.0

    ws = values(2, 3)
    models = [Model(w) for w in ws]
    current = weakref.ref(models[0])

    def f(x):
        m = current()
        return m.w * x * m.gain

    def switch():
        nonlocal current
        current = weakref.ref(models[1])

    return f, ws, [call(1.0), after(lambda: put(models[0], gain=4.0)(), 1.0), after(switch, 1.0)]


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
def parameters_in_a_named_tuple():
    class Weights(NamedTuple):
        w: Value
        b: Value

    params = Weights(*values(2, 1))
    new = Value(10.0)

    def f(x):
        return params.w * x + params.b

    def replace():
        nonlocal params
        params = params._replace(b=new)

    return f, [*params, new], [call(1.0), after(replace, 1.0)]


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
def single_dispatch_on_layers():
    class Linear:
        def __init__(self, w):
            self.w = w

    class Relu:
        pass

    @functools.singledispatch
    def run(layer, v):
        raise TypeError(layer)

    @run.register(Linear)
    def _(layer, v):
        return layer.w * v

    @run.register(Relu)
    def _(layer, v):
        return relu(v)

    w, net = Value(-2.0), []
    net.append(Linear(w))

    def f(x):
        for layer in net:
            x = run(layer, x)
        return x

    return f, [w], [call(1.0), after(lambda: net.append(Relu()), 1.0), call(-1.0)]


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
