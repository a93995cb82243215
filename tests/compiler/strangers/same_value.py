"""Who is who: identity of Values, types, labels; a parameter as an argument; the same Value twice."""

from micrograd import Value, tanh
from strangers.collection import With, after, call, calls, case, put, values


@case
def same_value_twice():
    a, b = values(3, 2)

    def f(p, q):
        return p * q + p

    return f, [a, b], [call(a, b), call(a, a)]


@case
def id_keyed_dict():
    a, b = values(1, 2)

    def f(x):
        table = {id(a): 3.0, id(b): 5.0}
        return a * table[id(a)] * x + b * table[id(b)]

    return f, [a, b], calls(1.0, 2.0)


@case
def arg_is_parameter():
    w = Value(3.0)

    def f(v):
        return w * v

    return f, [w], calls(w, Value(2.0), w)


@case
def value_inputs_share_parameters():
    a, b = values(2, 3)

    def f(u, v):
        return u * v + a

    def step(g):
        u = a * b
        return g(u, u + a)

    return f, [a, b], [step, step]


@case
def label_reading():
    w = Value(2.0, label="w")

    def f(v):
        return w * v if v.label == "a" else w * v * 10

    return f, [w], calls(Value(1.0, label="a"), Value(1.0, label="b"))


@case(refused="_prev")
def prev_reading():
    w, a = values(2, 1)

    def f(v):
        return w * v * (1 + len(v._prev))

    return f, [w, a], [lambda g: g(a), lambda g: g(a * 2)]


@case
def value_subclass_param():
    class Parameter(Value):
        pass

    w = Parameter(2.0)

    def f(x):
        return (w * x).tanh()

    return f, [w], calls(1.0, 2.0)


@case
def isinstance_value_dispatch():
    w = Value(2.0)

    def f(x):
        if isinstance(x, Value):
            return w * x * 1000
        return w * x

    return f, [w], calls(1.0, 2.0, Value(2.0))


@case
def hasattr_data_dispatch():
    w = Value(2.0)

    def f(x):
        data = x.data if hasattr(x, "data") else x
        return w * data + (5 if hasattr(x, "grad") else 0)

    return f, [w], calls(1.0, 2.0)


@case
def parameter_as_its_own_argument():
    ws = values(1, 2)

    def f(theta, x):
        return sum(t * x for t in theta) * ws[0]

    return f, ws, [call(ws, 1.0), call(values(3, 4), 1.0), call(ws, 2.0), call([5.0, 6.0], 1.0)]


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


@case
def attribute_that_someone_hangs_on_a_value():
    w = Value(2.0)
    w.scale = 3.0

    def f(x):
        return w * x * w.scale

    return f, [w], [call(1.0), after(put(w, scale=5.0), 1.0)]


@case
def label_of_a_parameter():
    w = Value(2.0, label="slope")

    def f(x):
        return w * x if w.label == "slope" else w + x

    return f, [w], [call(3.0), after(put(w, label="shift"), 3.0)]


@case(refused="_op")
def operation_of_an_argument():
    w, a = values(2, 1)

    def f(v):
        return w * v if v._op == "" else w * v * 10

    return f, [w, a], [lambda g: g(a), lambda g: g(a * 2)]


@case
def set_of_values_as_an_argument():
    a, b = values(1, 2)

    def f(vs):
        return sum(sorted(vs, key=lambda v: v.data))

    return f, [a, b], calls({a, b}, {b})


@case
def one_list_passed_twice():
    w = Value(0.5)

    def f(xs, ys):
        return sum(w * x * y for x, y in zip(xs, ys, strict=True)) * (10 if xs is ys else 1)

    xs, ys = [1.0, 2.0], [1.0, 2.0]
    return f, [w], [call(xs, xs), call(xs, ys), call(ys, ys)]


@case
def values_among_numbers_in_one_list():
    w = Value(0.5)

    def f(xs):
        return sum(tanh(w * x) for x in xs) + sum(isinstance(x, Value) for x in xs)

    def step(xs):
        return lambda g: With(g(xs), [x for x in xs if isinstance(x, Value)])

    return f, [w], [step([1.0, Value(2.0)]), step([Value(1.0), 2.0]), step([Value(3.0), Value(1.0)])]
