"""Between two calls something that the function reads changes: a name, an entry, a helper, a module."""

import os
import sys
import types

import micrograd
from micrograd import Value
from strangers.collection import after, call, case, put

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
