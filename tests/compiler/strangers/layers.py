"""A model changes between two calls: a layer, a weight, a method, an activation, a parameter list."""

import random

from micrograd import Value, nn, tanh, total
from strangers.collection import after, call, calls, case, put, values


@case
def class_attribute_mutated():
    class Model:
        scale = 2.0

        def __init__(self):
            self.w = Value(3.0)

        def __call__(self, x):
            return self.w * x * self.scale

    m = Model()
    return m, [m.w], [call(1.0), after(put(Model, scale=10.0), 1.0)]


@case
def instance_attribute_mutated_closure():
    class Model:
        def __init__(self):
            self.w, self.temperature = Value(3.0), 1.0

        def __call__(self, x):
            return (self.w * x) / self.temperature

    m = Model()

    def f(x):
        return m(x) ** 2

    return f, [m.w], [call(1.0), after(put(m, temperature=4.0), 1.0)]


@case
def parameter_replaced_in_list():
    ps = values(1, 2)

    def f(x):
        return ps[0] * x + ps[1]

    return f, (lambda: list(ps)), [call(1.0), after(lambda: ps.__setitem__(0, Value(10.0)), 1.0)]


@case
def layer_replaced_in_model():
    random.seed(3)
    m, new = nn.MLP(2, [3, 1]), nn.Layer(2, 3)

    def f(x):
        return m(x)

    return f, (lambda: m.parameters()), [call([1.0, 2.0]), after(lambda: m.layers.__setitem__(0, new), [1.0, 2.0])]


@case
def activation_attribute_changed():
    class Model:
        def __init__(self):
            self.w, self.act = Value(2.0), "tanh"

        def __call__(self, x):
            z = self.w * x
            return z.tanh() if self.act == "tanh" else z.relu()

    m = Model()
    return m, [m.w], [call(1.0), after(put(m, act="relu"), 1.0)]


@case
def frozen_param_as_float():
    class Model:
        def __init__(self):
            self.w, self.b = values(2, 1)

        def __call__(self, x):
            return self.w * x + self.b

    m = Model()
    return m, [m.w, m.b], [call(3.0), after(lambda: put(m, b=m.b.data)(), 3.0)]


@case
def tied_weights():
    w, v = values(2, 1)
    ws = [w, w, v]

    def f(x):
        return sum(p * xi for p, xi in zip(ws, x, strict=True))

    return f, [w, v], calls([1.0, 2.0, 3.0], [2.0, 2.0, 3.0])


@case
def class_instance_with_call_in_closure_property():
    class Model:
        def __init__(self):
            self._t, self.w = 1.0, Value(2.0)

        @property
        def temperature(self):
            return self._t * 2

    m = Model()

    def f(x):
        return m.w * x / m.temperature

    return f, [m.w], [call(1.0), after(put(m, _t=5.0), 1.0)]


@case
def params_extended_later():
    ps = values(1, 2)

    def f(x):
        return sum(p * x**i for i, p in enumerate(ps))

    return f, (lambda: list(ps)), [call(2.0), after(lambda: ps.append(Value(3.0)), 2.0)]


@case
def batchnorm_momentum_eps_changed():
    m, X = nn.BatchNorm(1), [[1.0], [3.0], [0.5]]

    def f(X):
        return list(m(X))

    return f, m.parameters(), [call(X), after(put(m, eps=1.0), X)]


@case
def layer_weight_set_between():
    random.seed(0)
    m = nn.MLP(2, [2, 1])

    def assign():
        m.layers[0].weight = [[1.0, 2.0], [3.0, 4.0]]
        m.layers[0].bias = [0.5, 0.6]

    return m, m.parameters(), [call([1.0, 2.0]), after(assign, [1.0, 2.0])]


@case
def neuron_nonlin_toggled():
    random.seed(0)
    n = nn.Neuron(2)

    def toggle():
        for name, x in {"nonlin": False, "activation": lambda v: v * 100}.items():
            if hasattr(n, name):
                setattr(n, name, x)

    return n, n.parameters(), [call([1.0, 2.0]), after(toggle, [1.0, 2.0])]


@case
def reassigned_method_on_class():
    class Model:
        def __init__(self):
            self.w = Value(2.0)

        def act(self, v):
            return v.tanh()

        def __call__(self, x):
            return self.act(self.w * x)

    m = Model()
    return m, [m.w], [call(1.0), after(put(Model, act=lambda self, v: v * v), 1.0)]


@case
def submodule_method_global_changes():
    k = 1.0

    class Sub:
        def __call__(self, v):
            return v * k

    class Model:
        def __init__(self):
            self.w, self.sub = Value(2.0), Sub()

        def __call__(self, x):
            return self.sub(self.w * x)

    def rebind():
        nonlocal k
        k = 7.0

    m = Model()
    return m, [m.w], [call(1.0), after(rebind, 1.0)]


@case
def activation_user_function_global_changes():
    random.seed(0)
    k = 1.0

    def act(v):
        return v * k

    m = nn.Layer(1, 1, activation=act)

    def f(x):
        return m(x)

    def rebind():
        nonlocal k
        k = 7.0

    return f, m.parameters(), [call([1.0]), after(rebind, [1.0])]


@case
def set_requires_new_value_in_module_param_list():
    class Net(nn.Module):
        def __init__(self):
            self.ws = values(1, 2)

        def parameters(self):
            return self.ws

        def __call__(self, x):
            return self.ws[0] * x + self.ws[1]

    n = Net()
    return n, (lambda: n.parameters()), [call(1.0), after(put(n, ws=values(10, 20)), 1.0)]


@case
def layer_frozen_by_detaching():
    random.seed(2)
    first, second, frozen = nn.Layer(1, 2), nn.Layer(2, 1), []

    def f(x):
        h = first([x])
        if first in frozen:
            h = [v.detach() for v in h]
        return second(h)

    return f, first.parameters() + second.parameters(), [call(1.0), after(lambda: frozen.append(first), 1.0)]


@case
def head_replaced_for_transfer():
    random.seed(2)
    body, heads = nn.Layer(1, 2, activation="tanh"), {"old": nn.Layer(2, 1), "new": nn.Layer(2, 3)}
    net = nn.Sequential(body, heads["old"])

    def f(x):
        out = net([x])
        return total(out) if isinstance(out, list) else out

    def transfer():
        net.layers[1] = heads["new"]

    return f, (lambda: net.parameters()), [call(1.0), after(transfer, 1.0)]


@case
def weights_tied_later():
    class Tied:
        def __init__(self):
            self.embed, self.out = values(0.5, 0.7)

        def __call__(self, x):
            return self.out * tanh(self.embed * x)

    m = Tied()
    both = [m.embed, m.out]

    def tie():
        m.out = m.embed

    return m, both, [call(1.0), after(tie, 1.0)]


@case
def ensemble_grows():
    random.seed(5)
    models = [nn.Neuron(1)]
    more = nn.Neuron(1)

    def f(x):
        return sum(m([x]) for m in models) / len(models)

    return f, models[0].parameters() + more.parameters(), [call(1.0), after(lambda: models.append(more), 1.0)]
