"""Models as classes: registries, hooks, masks, flags, copies, state on the instance or the class."""

import abc
import copy
import enum
import functools
import random
import weakref
from typing import NamedTuple

from micrograd import Value, exp, nn, relu, tanh, total
from strangers.collection import after, call, calls, case, put, values

switch = False


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


@case(refused="changes what it reads: Node.made")
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
