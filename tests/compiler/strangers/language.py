"""What Python offers: closures, defaults, decorators, context managers, generators, globals, copies, code as text."""

import contextlib
import contextvars
import copy
import functools
import itertools
import operator
import pickle
import types
from collections import ChainMap, OrderedDict

from micrograd import Value, relu, tanh, total
from strangers.collection import after, call, calls, case, put, values

level = 1.0
switch = False


@case
def closures_made_in_a_loop():
    ws = values(1, 2, 3)
    scaled = [lambda x, w=w: w * x for w in ws]

    def f(x):
        return sum(h(x) * k for k, h in enumerate(scaled))

    return f, ws, [call(1.0), after(scaled.reverse, 1.0), after(lambda: scaled.pop(), 1.0)]


@case
def closures_that_share_the_last_variable():
    ws, made = values(1, 2, 3), []
    for w in ws:
        made.append(lambda x: w * x)  # noqa: B023

    def f(x):
        return sum(h(x) for h in made)

    return f, ws, [call(1.0), after(lambda: made.pop(), 1.0)]


@case
def default_list_grows():
    w = Value(2.0)

    def f(x, seen=[]):  # noqa: B006
        seen.append(1)
        return w * x / len(seen)

    return f, [w], calls(1.0, 1.0, 1.0)


@case
def default_dictionary_read_only():
    w, defaults = Value(2.0), {"k": 1.0}

    def f(x, options=defaults):
        return w * x * options["k"]

    return f, [w], [call(1.0), after(lambda: defaults.update(k=5.0), 1.0), call(1.0, {"k": 2.0})]


@case
def defaults_replaced_on_the_function():
    w = Value(2.0)

    def h(x, k=1.0):
        return x * k

    def f(x):
        return h(w * x)

    return f, [w], [call(1.0), after(put(h, __defaults__=(4.0,)), 1.0)]


@case
def code_replaced_on_the_function():
    w = Value(2.0)

    def h(x):
        return x * 2

    def other(x):
        return x * 5

    def f(x):
        return h(w * x)

    return f, [w], [call(1.0), after(lambda: put(h, __code__=other.__code__)(), 1.0)]


@case
def helper_monkey_patched():
    tools = types.SimpleNamespace(act=tanh)
    w = Value(2.0)

    def f(x):
        return tools.act(w * x)

    return f, [w], [call(1.0), after(put(tools, act=relu), 1.0), after(put(tools, act=lambda v: v * v), 1.0)]


@case
def global_number_and_flag():
    global level, switch
    level, switch = 1.0, False
    w = Value(2.0)

    def f(x):
        return w * x * level if switch else w * x + level

    def set_to(a, b):
        def change():
            global level, switch
            level, switch = a, b

        return change

    return (
        f,
        [w],
        [call(1.0), after(set_to(3.0, False), 1.0), after(set_to(3.0, True), 1.0), after(set_to(1.0, False), 2.0)],
    )


@case
def global_set_inside():
    global level
    level = 1.0
    w = Value(2.0)

    def f(x):
        global level
        level = level + 1
        return w * x * level

    return f, [w], calls(1.0, 1.0, 1.0)


@case
def global_set_to_the_same_inside():
    global level
    level = 1.0
    w = Value(2.0)

    def f(x):
        global level
        level = 3.0
        return w * x * level

    return f, [w], calls(1.0, 2.0, 3.0)


@case
def nonlocal_counter():
    w, count = Value(2.0), 0

    def f(x):
        nonlocal count
        count += 1
        return w * x**count

    return f, [w], calls(2.0, 2.0, 2.0)


@case
def nonlocal_flag_that_settles():
    w, first = Value(2.0), True

    def f(x):
        nonlocal first
        if first:
            first = False
            return w * x * 100
        return w * x

    return f, [w], calls(2.0, 2.0, 3.0)


@case
def decorator_with_options():
    def scaled(options):
        def wrap(g):
            @functools.wraps(g)
            def inner(*args, **kwargs):
                return g(*args, **kwargs) * options["k"]

            return inner

        return wrap

    w, options = Value(2.0), {"k": 2.0}

    @scaled(options)
    def f(x):
        return w * x

    return f, [w], [call(1.0), after(lambda: options.update(k=3.0), 1.0)]


@case
def decorator_as_a_class_that_counts():
    class Counted:
        def __init__(self, g):
            self.g, self.calls = g, 0

        def __call__(self, x):
            self.calls += 1
            return self.g(x)

    w = Value(2.0)

    @Counted
    def f(x):
        return w * x

    def step(g):
        return g(1.0), f.calls >= 0

    return f, [w], [step] * 3


@case
def context_manager_switches_a_mode():
    mode, w = {"training": True}, Value(2.0)

    @contextlib.contextmanager
    def evaluating():
        mode["training"] = False
        try:
            yield
        finally:
            mode["training"] = True

    def f(x):
        return w * x if mode["training"] else w * x * 10

    def evaluated(g):
        with evaluating():
            return g(1.0)

    return f, [w], [call(1.0), evaluated, call(1.0), evaluated]


@case
def context_manager_entered_inside():
    class Scope:
        depth = 0

        def __enter__(self):
            self.depth += 1
            return self

        def __exit__(self, *error):
            self.depth -= 1

    scope, w = Scope(), Value(2.0)

    def f(x):
        with scope, scope:
            return w * x * scope.depth

    return f, [w], [call(1.0), call(2.0), after(put(scope, depth=1), 1.0)]


@case
def context_variable_set_outside():
    scale = contextvars.ContextVar("scale", default=1.0)
    w = Value(2.0)

    def f(x):
        return w * x * scale.get()

    return f, [w], [call(1.0), after(lambda: scale.set(4.0), 1.0)]


@case
def generator_pipeline():
    w, drop = Value(2.0), {"below": 0.0}

    def scaled(xs):
        for x in xs:
            yield w * x

    def large(vs):
        yield from (v for v in vs if v.data > drop["below"])

    def f(xs):
        return sum(large(scaled(xs)), 0.0)

    xs = [1.0, -1.0, 2.0]
    return f, [w], [call(xs), after(lambda: drop.update(below=3.0), xs), call([5.0, 1.0, 1.0])]


@case
def generator_that_is_sent_numbers():
    w = Value(2.0)

    def averager():
        total_, n, mean = 0.0, 0, 0.0
        while True:
            x = yield mean
            total_, n = total_ + x, n + 1
            mean = total_ / n

    def f(xs):
        running = averager()
        next(running)
        return [running.send(w * x) for x in xs]

    return f, [w], calls([1.0, 2.0], [3.0], [1.0, 2.0])


@case
def itertools_in_all_variety():
    w = Value(2.0)

    def f(xs):
        pairs = itertools.combinations(xs, 2)
        sums = itertools.accumulate((w * a * b for a, b in pairs), operator.add)
        return list(itertools.islice(sums, 2)), sum(a * b for a, b in itertools.product(xs, repeat=2)) * w

    return f, [w], calls([1.0, 2.0, 3.0], [0.5, 0.0, 1.0])


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
def formula_evaluated_from_text():
    w, formulas = Value(2.0), ["w * x + 1"]

    def f(x):
        return eval(formulas[0], {"w": w, "x": x})

    return f, [w], [call(3.0), after(lambda: formulas.__setitem__(0, "w * w * x"), 3.0)]


@case
def function_made_by_exec():
    w, space = Value(2.0), {"k": 2.0}
    exec("def h(v):\n    return v * k", space)

    def f(x):
        return space["h"](w * x)

    return f, [w], [call(1.0), after(lambda: space.update(k=5.0), 1.0)]


@case
def class_made_by_type():
    w = Value(2.0)
    Model = type("Model", (), {"k": 2.0, "__call__": lambda self, x: w * x * self.k})
    m = Model()

    def f(x):
        return m(x)

    return f, [w], [call(1.0), after(put(Model, k=7.0), 1.0)]


@case
def methods_by_operator_and_partial():
    class Box:
        def __init__(self):
            self.w, self.k = Value(2.0), 1.0

        def scale(self, power, x):
            return self.w * x**power * self.k

    box = Box()
    square = functools.partial(box.scale, 2)
    k_of = operator.attrgetter("k")

    def f(x):
        return square(x) + k_of(box)

    return f, [box.w], [call(3.0), after(put(box, k=4.0), 3.0)]


@case
def call_by_method_name():
    w, how = Value(0.5), {"name": "tanh"}
    apply = operator.methodcaller("sigmoid")

    def f(x):
        return getattr(w * x, how["name"])() + apply(w * x)

    return f, [w], [call(1.0), after(lambda: how.update(name="relu"), 1.0)]


@case
def cached_table_of_helpers():
    w = Value(2.0)

    @functools.cache
    def table(n):
        return [1 / (k + 1) for k in range(n)]

    def f(x, n):
        return sum(c * (w * x) ** k for k, c in enumerate(table(n)))

    return f, [w], [call(1.0, 2), call(1.0, 3), call(2.0, 3)]


@case
def cached_helper_of_a_changing_setting():
    w, setting = Value(2.0), {"k": 1.0}

    @functools.cache
    def scale():
        return setting["k"]

    def f(x):
        return w * x * scale()

    def change():
        setting["k"] = 5.0

    def change_and_clear():
        setting["k"] = 9.0
        scale.cache_clear()

    return f, [w], [call(1.0), after(change, 1.0), after(change_and_clear, 1.0)]


@case
def copies_of_configurations():
    w, base = Value(2.0), {"layers": [1.0, 2.0]}

    def f(x):
        config = copy.deepcopy(base)
        config["layers"].append(x)
        return sum(w * k for k in config["layers"])

    return f, [w], [call(1.0), after(lambda: base["layers"].append(7.0), 1.0)]


@case
def pickled_and_loaded_settings():
    w, stored = Value(2.0), pickle.dumps({"k": 3.0})

    def f(x):
        return w * x * pickle.loads(stored)["k"]

    def store():
        nonlocal stored
        stored = pickle.dumps({"k": 4.0})

    return f, [w], [call(1.0), after(store, 1.0)]


@case
def star_arguments_pass_through_layers():
    w = Value(2.0)

    def inner(*args, scale=1.0, **options):
        return sum(w * x for x in args) * scale + len(options)

    def f(*args, **options):
        return inner(*args, **options)

    return f, [w], [call(1.0, 2.0), call(1.0, scale=3.0), call(1.0, note="x"), call(1.0, 2.0, scale=0.5)]


@case
def match_on_structures():
    w = Value(2.0)

    def f(command):
        match command:
            case ("scale", x):
                return w * x
            case {"kind": "shift", "by": x}:
                return w + x
            case [x, y, *_]:
                return w * x + y
            case _:
                return w * 0

    return f, [w], calls(("scale", 3.0), {"kind": "shift", "by": 2.0}, [1.0, 2.0, 3.0], None, ("scale", 5.0))


@case
def match_on_classes():
    class Add:
        __match_args__ = ("left", "right")

        def __init__(self, left, right):
            self.left, self.right = left, right

    w, tree = Value(2.0), None
    tree = Add(1.0, Add(2.0, "w"))

    def value(node):
        match node:
            case Add(left, right):
                return value(left) + value(right)
            case str():
                return w
            case float() | int():
                return node

    def f(x):
        return value(tree) * x

    return f, [w], [call(1.0), after(lambda: put(tree, left=5)(), 1.0), after(lambda: put(tree, right="w")(), 2.0)]


@case
def isinstance_of_numbers_and_values():
    w = Value(2.0)

    def lift(x):
        if isinstance(x, Value):
            return x
        if isinstance(x, bool):
            return Value(100.0)
        if isinstance(x, (int, float)):
            return Value(x) * 1
        raise TypeError(f"no number: {x!r}")

    def f(x):
        return w * lift(x) + (10 if isinstance(x, float) else 0) + (20 if type(x) is float else 0)

    return f, [w], calls(1.0, 2, True, Value(3.0), 4.0)


@case
def types_as_keys():
    w, by_type = Value(2.0), {float: 1.0, Value: 10.0, int: 100.0}

    def f(x):
        return w * x * by_type[type(x)]

    return f, [w], calls(1.0, Value(1.0), 3, 2.0)


@case
def identity_against_a_default():
    missing = object()
    w = Value(2.0)

    def f(x, k=missing, b=None):
        out = w * x if k is missing else w * x * k
        return out if b is None else out + b

    return f, [w], [call(1.0), call(1.0, 2.0), call(1.0, b=3.0), call(1.0, 0.0, 0.0)]


@case
def identity_of_values():
    a, b = values(1, 2)

    def f(u, v):
        return u * v * (10 if u is v else 1) * (100 if u is a else 1)

    return f, [a, b], [call(a, b), call(b, b), call(b, a), call(a, a), call(a, b)]


@case
def values_as_keys_and_members():
    a, b = values(1, 2)
    names = {a: 3.0, b: 5.0}

    def f(v):
        return v * names.get(v, 7.0) + (v in [a]) * 11

    return f, [a, b], [call(a), call(b), call(Value(1.0)), after(lambda: names.update({b: 6.0}), b)]
