"""Between two calls something that the function reads changes: a name, an entry, an attribute, a layer, a method."""

import os
import random
import sys
import types

import micrograd
from micrograd import Value, nn
from strangers.collection import after, call, calls, case, put, values

exponent = 1.0


@case
def closure_float_changes():
    w, rate = Value(2.0), 0.5

    def f(x):
        return w * x * rate

    def rebind(x):
        def change():
            nonlocal rate
            rate = x

        return change

    return f, [w], [call(3.0), after(rebind(0.25), 3.0), after(rebind(7.0), 3.0)]


@case
def global_int_to_float_same():
    global exponent
    exponent = 2
    w = Value(2.0)

    def f(x):
        return w**exponent

    def rebind(x):
        def change():
            global exponent
            exponent = x

        return change

    return f, [w], [call(3.0), after(rebind(2.0), 3.0), after(rebind(3), 3.0)]


@case
def closure_dict_mutated():
    w, config = Value(2.0), {"lr": 0.1}

    def f(x):
        return w * x * config["lr"]

    return f, [w], [call(3.0), after(lambda: config.update(lr=0.2), 3.0)]


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
def default_arg_float():
    w = Value(2.0)

    def f(x, a=2.0):
        return w * x * a

    return f, [w], [call(1.0), call(1.0, 3.0), call(1.0, a=5.0), call(x=2.0)]


@case
def kwdefault_value_param():
    w = Value(2.0)

    def f(x, *, p=w):
        return p * x

    return f, [w], [call(1.0), after(put(w, data=5.0), 1.0)]


@case
def data_closure_batch_rebound():
    w, rows = Value(2.0), [1.0, 2.0, 3.0, 4.0]
    batch = rows[:2]

    def f():
        return sum((w * x - 1) ** 2 for x in batch)

    def next_batch():
        nonlocal batch
        batch = rows[2:]

    return f, [w], [call(), after(next_batch)]


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
def deep_helper_closure():
    w, k = Value(2.0), 1.0

    def lowest(v):
        return v * k

    def middle(v):
        return lowest(v)

    def f(x):
        return middle(w * x)

    def rebind():
        nonlocal k
        k = 5.0

    return f, [w], [call(1.0), after(rebind, 1.0)]


@case
def lambda_arg_with_closure_change():
    w, k = Value(2.0), 1.0

    def f(x, act):
        return act(w * x)

    def act(v):
        return v * k

    def rebind():
        nonlocal k
        k = 5.0

    return f, [w], [call(1.0, act), after(rebind, 1.0, act)]


@case
def helper_in_dict_registry():
    w, k = Value(2.0), 1.0
    registry = {"a": lambda v: v * k}

    def f(x):
        return registry["a"](w * x)

    def rebind():
        nonlocal k
        k = 5.0

    return f, [w], [call(1.0), after(rebind, 1.0)]


@case
def module_attribute_changed():
    config = types.ModuleType("config")
    config.K = 2.0
    w = Value(2.0)

    def f(x):
        return w * x * config.K

    return f, [w], [call(1.0), after(put(config, K=5.0), 1.0)]


@case
def environ_var():
    w, name = Value(2.0), "A_SETTING_OF_NOBODY"
    os.environ[name] = "1"

    def f(x):
        return w * x * float(os.environ[name])

    return f, [w], [call(1.0), after(lambda: os.environ.update({name: "5"}), 1.0)]


@case
def eval_inside():
    w, space = Value(2.0), {"k": 2.0}

    def f(x):
        return w * x * eval("k", space)

    return f, [w], [call(1.0), after(lambda: space.update(k=5.0), 1.0)]


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
def closure_nan_constant():
    w, k = Value(2.0), float("nan")

    def f(x):
        return w * x * k

    def rebind():
        nonlocal k
        k = float("nan")

    return f, [w], [call(1.0), after(rebind, 1.0), call(2.0)]


@case
def closure_tuple_equal():
    w, config = Value(2.0), (1.0, 2.0)

    def f(x):
        return w * x * config[0] + config[1]

    def rebind():
        nonlocal config
        config = (5.0, 2.0)

    return f, [w], [call(1.0), after(rebind, 1.0)]


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
def returned_closure_helper():
    w, k = Value(2.0), 1.0

    def make():
        def helper(v):
            return v * k

        return helper

    def f(x):
        return make()(w * x)

    def rebind():
        nonlocal k
        k = 7.0

    return f, [w], [call(1.0), after(rebind, 1.0)]


@case
def imported_user_module_attr_call():
    module = types.ModuleType("a_module_of_the_user")
    exec("K = 1.0\ndef h(v):\n    return v * K", module.__dict__)
    sys.modules[module.__name__] = module
    w = Value(2.0)

    def f(x):
        return module.h(w * x)

    return f, [w], [call(1.0), after(put(module, K=7.0), 1.0)]


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
def shuffle_index_list_closure():
    w, rows, order = Value(1.0), [1.0, 2.0, 3.0, 4.0], [0, 1]

    def f():
        return sum((w * rows[i]) ** 2 for i in order)

    return f, [w], [call(), after(lambda: order.__setitem__(slice(None), [2, 3]))]


@case
def returned_const_changed_after():
    w, state = Value(2.0), {"n": 1.0}

    def f(x):
        return w * x, state["n"]

    return f, [w], [call(1.0), after(lambda: state.update(n=2.0), 1.0)]


@case
def compiled_inner_changes_surroundings():
    w, k = Value(2.0), 1.0
    inner = micrograd.compile(lambda x: (w * x).tanh() * k)

    def f(x):
        return inner(x) + w

    def rebind():
        nonlocal k
        k = 5.0

    return f, [w], [call(1.0), after(rebind, 1.0)]
