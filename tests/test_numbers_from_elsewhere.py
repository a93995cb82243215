"""Numbers of other kinds and libraries, in every place that takes a number: each works, or is told what to write."""

import array
import datetime
import decimal
import fractions
import inspect
import math
import operator

import numpy as np
import pytest

import micrograd
from micrograd import Value, losses, nn


class OnlyFloat:
    def __float__(self):
        return 3.0


class OnlyItem:
    def item(self):
        return 3


class OnlyIndex:
    def __index__(self):
        return 3


def from_torch(make):
    return lambda: make(pytest.importorskip("torch"))


def from_jax(make):
    return lambda: make(pytest.importorskip("jax.numpy"))


def from_pandas(make):
    return lambda: make(pytest.importorskip("pandas"))


NUMBERS = {
    "float": lambda: 3.0,
    "int": lambda: 3,
    "bool": lambda: True,
    "Fraction": lambda: fractions.Fraction(3),
    "Decimal": lambda: decimal.Decimal(3),
    **{
        f"numpy {name}": lambda name=name: getattr(np, name)(3)
        for name in "bool_ int8 uint8 int32 int64 uint64 float16 float32 float64 longdouble".split()
    },
    "0-d array": lambda: np.array(3.0),
    "0-d array of ints": lambda: np.array(3),
    "0-d array of objects": lambda: np.array(fractions.Fraction(3), dtype=object),
    "element of array.array": lambda: array.array("f", [3.0])[0],
    "torch": from_torch(lambda torch: torch.tensor(3.0)),
    "torch int": from_torch(lambda torch: torch.tensor(3)),
    "torch bool": from_torch(lambda torch: torch.tensor(True)),
    "torch bfloat16": from_torch(lambda torch: torch.tensor(3.0, dtype=torch.bfloat16)),
    "torch element": from_torch(lambda torch: torch.tensor([3.0, 4.0])[0]),
    "jax": from_jax(lambda jnp: jnp.float32(3.0)),
    "jax int": from_jax(lambda jnp: jnp.array(3)),
    "jax bfloat16": from_jax(lambda jnp: jnp.bfloat16(3.0)),
    "pandas": from_pandas(lambda pandas: pandas.Series([3.0])[0]),
    "pandas nullable": from_pandas(lambda pandas: pandas.Series([3], dtype="Int64")[0]),
    "__float__": OnlyFloat,
    "item()": OnlyItem,
    "__index__": OnlyIndex,
}
QUICK = [
    "Decimal",
    "numpy bool_",
    "numpy int64",
    "numpy float32",
    "0-d array",
    "torch",
    "torch bfloat16",
    "jax",
    "item()",
]
BARE = ["__float__", "item()", "__index__"]  # objects that know nothing about arithmetic
ARITHMETIC = {
    name: getattr(operator, name) for name in "add sub mul truediv mod floordiv pow iadd imul lt le gt ge eq ne".split()
} | {"divmod": divmod}
neuron, fused, network = nn.Neuron(1), nn.Neuron(1, fused=True), nn.MLP(1, [2, 1])
two_classes = nn.Layer(1, 2)
OPERANDS = {
    **{f"v {name} x": lambda x, f=f: f(Value(2.0), x) for name, f in ARITHMETIC.items()},
    **{f"x {name} v": lambda x, f=f: f(x, Value(2.0)) for name, f in ARITHMETIC.items() if name[0] != "i"},
}
PLACES = {
    "Value": Value,
    "v.max": lambda x: Value(2.0).max(x),
    "v.hypot": lambda x: Value(2.0).hypot(x),
    "v.clip": lambda x: Value(9.0).clip(0, x),
    "tanh": micrograd.tanh,
    "exp": micrograd.exp,
    "relu": micrograd.relu,
    "max": lambda x: micrograd.max(x, Value(2.0)),
    "logaddexp": lambda x: micrograd.logaddexp(x, 2.0),
    "where": lambda x: micrograd.where(x, x, Value(2.0)),
    "isnan": micrograd.isnan,
    "total": lambda x: micrograd.total([x, Value(2.0), x]),
    "total of numbers": lambda x: micrograd.total([x, x]),
    "dot": lambda x: micrograd.dot([Value(2.0)], [x], x),
    "mean": lambda x: micrograd.mean([x, Value(2.0)]),
    "softmax": lambda x: micrograd.softmax([x, Value(2.0)]),
    "logsumexp": lambda x: micrograd.logsumexp([x, 2.0]),
    **{name: getattr(micrograd, name) for name in "gelu silu mish elu selu leaky_relu swish".split()},
    "prod": lambda x: micrograd.prod([x, 1.5]),
    "var": lambda x: micrograd.var([x, 1.5]),
    "std": lambda x: micrograd.std([x, Value(1.5)]),
    "log_softmax": lambda x: micrograd.log_softmax([x, 1.5]),
    "neuron": neuron,
    "neuron of a list": lambda x: neuron([x]),
    "fused neuron": lambda x: fused([x]),
    "network": lambda x: network([x]),
    "network of a batch": lambda x: network([[x], [2.0]]),
    "predict": lambda x: two_classes.predict([x]),
    "mse": lambda x: losses.mse([Value(2.0)], [x]),
    "mse of one": lambda x: losses.mse(Value(2.0), x),
    "mse of a number": lambda x: losses.mse(x, Value(2.0)),
    "quadratic": lambda x: losses.quadratic([Value(2.0), x], [x, 1.0]),
    "cross_entropy": lambda x: losses.cross_entropy([Value(2.0), x], 0),
    "grad": lambda x: micrograd.grad(lambda y: y * y)(x),
    "grad in a list": lambda x: micrograd.grad(lambda y: y[0] * y[1])([x, 2.0]),
    "hessian": lambda x: micrograd.hessian(lambda y: y**3)(x),
    "jvp": lambda x: micrograd.jvp(lambda y: y * x, 2.0, x),
    "power under jvp": lambda x: micrograd.jvp(lambda y: y**x, 2.0, 1.0),
    "taylor": lambda x: micrograd.taylor(lambda y: y * y, x, 2),
    **{
        f"compiled, {backend}": lambda x, backend=backend: compiled(backend, lambda y: y * Value(2.0) + [y][0], x)
        for backend in ("python", "native")
    },
    **{
        f"compiled, in a list, {backend}": lambda x, backend=backend: compiled(backend, lambda y: network(y), [x])
        for backend in ("python", "native")
    },
}


# an object that is a float at best has no comparison with a float, and no difference
COMPARISONS = [place for place in OPERANDS if place.split()[1] in ("lt", "le", "gt", "ge")]


def compiled(backend, f, x):
    return compiled_function(backend, f)(x)


def compiled_function(backend, f):
    try:
        return micrograd.compile(f, backend=backend)
    except ImportError:
        pytest.skip("the kernel is not built")


def plain(x):
    """Results as floats, so that they can be compared; a number's own kind does not count, but a Value must be one."""
    if isinstance(x, (list, tuple)):
        return [plain(part) for part in x]
    if isinstance(x, Value):
        assert type(x.data) is float
        return "Value", x.data
    return float(x)


CASES = [
    pytest.param(kind, place, marks=[] if kind in QUICK else pytest.mark.slow)
    for kind in NUMBERS
    for place in [*OPERANDS, *PLACES]
    if not (kind in BARE and place in COMPARISONS)
]


@pytest.mark.parametrize(("kind", "place"), CASES)
def test_works_like_a_float(kind, place):
    x, use = NUMBERS[kind](), (OPERANDS | PLACES)[place]
    assert plain(use(x)) == plain(use(float(x) if kind != "item()" else 3.0))


def test_a_numpy_scalar_on_the_left():
    for x in (np.float64(3.0), np.float32(3.0), np.int64(3), np.array(3.0), np.array(3)):
        for f in (*(f for name, f in ARITHMETIC.items() if name[0] != "i"), divmod):
            assert plain(f(x, Value(2.0))) == plain(f(3.0, Value(2.0)))


def test_gradients_flow_on_either_side():
    for make in NUMBERS.values():
        v = Value(2.0)
        x = make() if make is not OnlyItem else 3.0
        (x * v + v * x).backward()
        assert v.grad == 2 * float(x)


STRANGERS = {
    "text": (lambda: "3", "float"),
    "name": (lambda: "x", "label"),
    "None": (lambda: None, "NoneType None"),
    "bytes": (lambda: b"3", "bytes b'3'"),
    "complex": (lambda: 1j, "two Values"),
    "numpy complex": (lambda: np.complex64(1j), "two Values"),
    "list": (lambda: [1.0, 2.0], r"for x in xs"),
    "tuple": (lambda: (1.0,), r"for x in xs"),
    "dict": (lambda: {"a": 1.0}, "one by one"),
    "date": (lambda: datetime.date(2020, 1, 1), "date"),
    "numpy date": (lambda: np.datetime64("2020"), "date"),
    "numpy nanoseconds": (lambda: np.timedelta64(3, "ns"), "timedelta64"),
    "array.array": (lambda: array.array("d", [1.0]), r"for x in xs"),
    "tensor": (from_torch(lambda torch: torch.tensor([1.0, 2.0])), r"for x in xs"),
    "complex tensor": (from_torch(lambda torch: torch.tensor(1j)), "two Values"),
    "jax array": (from_jax(lambda jnp: jnp.array([1.0, 2.0])), r"for x in xs"),
    "tensor that needs a gradient": (
        from_torch(lambda torch: torch.tensor(3.0, requires_grad=True)),
        r"detach\(\).*micrograd\.interop\.to_torch",
    ),
}


@pytest.mark.parametrize("kind", STRANGERS)
def test_what_is_no_number_is_told_what_to_write(kind):
    make, advice = STRANGERS[kind]
    x = make()
    for use in (
        Value,
        lambda x: Value(2.0).max(x),
        lambda x: Value(2.0).clip(0, x),
        lambda x: micrograd.logaddexp(x, 1),
    ):
        with pytest.raises(TypeError, match=advice):
            use(x)
    for f in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow):
        for a, b in ((Value(2.0), x), (x, Value(2.0))):
            with pytest.raises(TypeError, match=advice if kind != "numpy date" else "date|M8"):
                f(a, b)


def test_an_array_of_several_is_not_one_number():
    for several in (np.array([1.0]), np.array([1.0, 2.0])):
        with pytest.raises(TypeError, match=r"ndarray array.*for x in xs"):
            Value(several)
        with pytest.raises(TypeError, match=r"max takes a Value or a real number, got ndarray"):
            Value(2.0).max(several)


def test_another_value_is_not_a_number():
    with pytest.raises(TypeError, match=r"use its \.data, or the Value itself"):
        Value(Value(1.0))
    with pytest.raises(TypeError, match="compute with it as it is"):
        micrograd.jvp(Value, 1.0, 1.0)


def test_too_large_for_a_float():
    for x in (10**400, -(10**5000), fractions.Fraction(10**400), decimal.Decimal("1e400"), decimal.Decimal("-1e999")):
        for use in (Value, lambda x: Value(1.0) + x, lambda x: x * Value(1.0), micrograd.tanh, neuron):
            with pytest.raises(OverflowError, match="too large"):
                use(x)


def test_infinities_and_nan_of_every_kind():
    torch = pytest.importorskip("torch")
    for x in (
        decimal.Decimal("inf"),
        np.float16("inf"),
        np.longdouble("inf"),
        torch.tensor(math.inf),
        np.array(math.inf),
    ):
        assert Value(x).data == math.inf and (x + Value(1.0)).data == math.inf
    for x in (decimal.Decimal("nan"), np.float32("nan"), torch.tensor(math.nan, dtype=torch.bfloat16)):
        assert math.isnan(Value(x).data)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's forward mode uses its own old compiler
def test_derivatives_that_others_follow_are_never_dropped():
    torch = pytest.importorskip("torch")
    model = nn.MLP(2, [2, 1])
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    uses = [
        lambda: model(x),
        lambda: model([x[0], x[1]]),
        lambda: model(x[None]),
        lambda: Value(x),
        lambda: x * Value(2.0),
        lambda: Value(2.0).max(x),
        lambda: micrograd.tanh(x),
        lambda: losses.mse([Value(1.0), Value(2.0)], x),
        lambda: losses.cross_entropy(x, 0),
        lambda: micrograd.total([Value(1.0), x[0]]),
        lambda: micrograd.dot(x, [Value(1.0), Value(2.0)]),
        lambda: micrograd.compile(model)(x),
        lambda: micrograd.compile(model)([x[0], x[1]]),
        lambda: micrograd.grad(lambda y: y * y)(x[0]),
        lambda: torch.func.grad(lambda y: y * Value(2.0).data + Value(y).data)(torch.tensor(1.0)),
        lambda: torch.func.jvp(lambda y: y + Value(y).data, (torch.tensor(1.0),), (torch.tensor(1.0),)),
    ]
    for use in uses:
        with pytest.raises(TypeError, match=r"a tensor that needs a gradient .*detach\(\)"):
            use()
    for f in (lambda y: y * Value(2.0), lambda y: Value(y), nn.Neuron(1)):
        with pytest.raises(TypeError, match=r"a tensor of torch\.vmap is many numbers .*to_torch\("):
            torch.func.vmap(f)(torch.ones(3, 1) if isinstance(f, nn.Neuron) else torch.ones(3))
    with pytest.raises(TypeError, match=r"v \* x for x in xs.*to_torch\("):
        Value(2.0) * torch.ones(2)


def test_a_jax_tracer_is_refused():
    jax = pytest.importorskip("jax")
    model = nn.Neuron(1)
    for f in (lambda x: Value(x).data, lambda x: (x * Value(2.0)).data, lambda x: (Value(2.0) - x).data, model):
        for transform in (jax.jit, jax.grad):
            with pytest.raises(TypeError, match=r"a JAX tracer .*outside of jax\.jit and jax\.grad.*to_jax"):
                transform(f)(3.0)


def test_jax_takes_no_values():
    jax, jnp = pytest.importorskip("jax"), pytest.importorskip("jax.numpy")
    v = Value(2.0)
    uses = [
        lambda: jnp.sin(v),
        lambda: jnp.asarray(v),
        lambda: jnp.array([v, v]),
        lambda: jnp.add(1.0, v),
        lambda: jnp.where(v > 1, v, 0.0),
        lambda: jnp.dot(jnp.array([1.0, 2.0]), [v, v]),
        lambda: jnp.zeros(2).at[0].set(v),
        lambda: jax.jit(lambda x: x)(v),
        lambda: jax.grad(lambda x: x)(v),
        lambda: jax.jit(lambda x: v)(1.0),
        lambda: jax.device_put(v),
    ]
    for use in uses:
        with pytest.raises(ValueError, match=r"JAX takes no Values.*v\.data.*to_jax\(.*to_torch\("):
            use()
    assert not hasattr(Value, "__jax_array__") and "__jax_array__" not in dir(v)
    assert dict(inspect.getmembers(v))["data"] == 2.0 and inspect.getmembers(Value)


# ---- sequences of inputs


SEQUENCES = {
    "tuple": lambda: (1.0, 2.0),
    "range": lambda: range(1, 3),
    "array.array": lambda: array.array("d", [1.0, 2.0]),
    "array": lambda: np.array([1.0, 2.0], dtype=np.float32),
    "array of ints": lambda: np.array([1, 2]),
    "array of objects": lambda: np.array([decimal.Decimal(1), 2], dtype=object),
    "list of 0-d arrays": lambda: [np.array(1.0), np.array(2)],
    "tensor": from_torch(lambda torch: torch.tensor([1.0, 2.0])),
    "bfloat16 tensor": from_torch(lambda torch: torch.tensor([1.0, 2.0], dtype=torch.bfloat16)),
    "list of tensors": from_torch(lambda torch: [torch.tensor(1.0), torch.tensor(2)]),
    "jax array": from_jax(lambda jnp: jnp.array([1.0, 2.0])),
    "Series": from_pandas(lambda pandas: pandas.Series([1.0, 2.0], index=["a", "b"])),
    "row of a table": from_pandas(lambda pandas: pandas.DataFrame([[1, 2], [3, 4]]).iloc[0]),
}


@pytest.mark.parametrize("kind", SEQUENCES)
def test_a_sequence_of_inputs(kind):
    xs = SEQUENCES[kind]()
    model = nn.MLP(2, [3, 2])
    expected = plain(model([1.0, 2.0]))
    assert plain(model(xs)) == plain(model(x for x in xs)) == expected
    assert plain(model([xs, xs])) == [expected, expected]
    assert model.predict(xs) == model.predict([1.0, 2.0])
    outputs = [Value(0.5), Value(-0.5)]
    for loss in (losses.mse, losses.quadratic):
        assert plain(loss(outputs, xs)) == plain(loss(xs, outputs)) == plain(loss(outputs, [1.0, 2.0]))
    assert plain(losses.cross_entropy(xs, 1)) == plain(losses.cross_entropy([1.0, 2.0], 1))
    for backend in ("python", "native"):
        assert plain(compiled(backend, model, xs)) == expected


def test_tables_of_examples():
    pandas, torch = pytest.importorskip("pandas"), pytest.importorskip("torch")
    rows = [[1.0, 2.0], [3.0, 4.0]]
    model = nn.MLP(2, [3, 1])
    expected = plain(model(rows))
    for table in (np.array(rows), torch.tensor(rows, dtype=torch.float64), pandas.DataFrame(rows, columns=["a", "b"])):
        assert plain(model(table)) == expected
        assert plain(losses.mse(model(rows), table.sum(axis=1))) == plain(losses.mse(model(rows), [3.0, 7.0]))
    outputs = [[Value(1.0), Value(0.0)], [Value(0.0), Value(1.0)]]
    for classes in (np.array([0, 1]), torch.tensor([0, 1]), pandas.Series([0, 1]), array.array("i", [0, 1])):
        assert plain(losses.cross_entropy(outputs, classes)) == plain(losses.cross_entropy(outputs, [0, 1]))


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_a_matrix_is_a_batch():
    model = nn.MLP(2, [3, 1])
    matrix = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    assert plain(model(matrix)) == plain(model([[1.0, 2.0], [3.0, 4.0]]))
    assert plain(model(matrix[0])) == plain(model([[1.0, 2.0]]))
    for backend in ("python", "native"):
        assert plain(compiled(backend, lambda x: (x * x.T)[0, 0] * Value(2.0), matrix[0])) == ("Value", 10.0)


def test_text_is_not_a_sequence_of_inputs():
    for text in ("ab", b"ab"):
        for use in (nn.MLP(2, [1]), nn.Neuron(2), lambda x: nn.Neuron(2)([x, x])):
            with pytest.raises(TypeError, match=f"number.*, got {type(text).__name__}"):
                use(text)


# ---- compiled functions read the numbers of each call


@pytest.mark.parametrize("backend", ["python", "native"])
@pytest.mark.parametrize("kind", ["tensor", "0-d tensor", "Series", "DataFrame", "array.array", "0-d array", "matrix"])
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_a_change_in_place_is_seen(kind, backend):
    x = {
        "tensor": from_torch(lambda torch: torch.tensor([1.0, 2.0])),
        "0-d tensor": from_torch(lambda torch: torch.tensor(1.0)),
        "Series": from_pandas(lambda pandas: pandas.Series([1.0, 2.0], index=["a", "b"])),
        "DataFrame": from_pandas(lambda pandas: pandas.DataFrame([[1.0, 2.0]], columns=["a", "b"])),
        "array.array": lambda: array.array("d", [1.0, 2.0]),
        "0-d array": lambda: np.array(1.0),
        "matrix": lambda: np.matrix([1.0, 2.0]),
    }[kind]()
    w = Value(3.0)

    def f(x):
        if kind == "Series":
            return w * x["a"] + x["b"]
        if kind == "DataFrame":
            return w * x["a"][0] + x["b"][0]
        return w * x if kind.startswith("0-d") else w * x[0, 0] if kind == "matrix" else w * x[0] + x[1]

    fast = compiled_function(backend, f)
    assert plain(fast(x)) == plain(f(x))
    if kind.startswith("0-d"):
        x[...] = 5.0
    elif kind == "Series":
        x["a"] = 5.0
    elif kind == "DataFrame":
        x.loc[0, "a"] = 5.0
    else:
        x[(0, 0) if kind == "matrix" else 0] = 5.0
    assert plain(fast(x)) == plain(f(x)) and fast._traces == 1


def test_other_labels_are_another_trace():
    pandas = pytest.importorskip("pandas")
    w = Value(3.0)
    fast = micrograd.compile(lambda x: w * x["a"])
    assert fast(pandas.Series([1.0, 2.0], index=["a", "b"])).data == 3.0
    assert fast(pandas.Series([1.0, 2.0], index=["b", "a"])).data == 6.0


def test_a_masked_array_is_refused():
    with pytest.raises(TypeError, match=r"x\.filled"):
        micrograd.compile(lambda x: Value(1.0) * x[0])(np.ma.masked_array([1.0, 2.0], [True, False]))


# ---- results


@pytest.mark.parametrize("backend", ["python", "native"])
def test_a_result_in_an_array_of_no_dimension_is_a_number(backend):
    w = Value(3.0)
    fast = compiled_function(backend, lambda x: [np.array(w * x), {"a": np.asarray(x)}])
    for x in (2.0, 5.0):
        out, others = fast(x)
        assert (out.data, others) == (3.0 * x, {"a": x})
        w.grad = 0.0
        out.backward()
        assert w.grad == x


def test_derivatives_of_a_result_in_an_array_of_no_dimension():
    def square(x):
        return np.array(x * x)

    assert micrograd.grad(square)(2.0) == 4.0 and micrograd.jvp(square, 2.0, 1.0) == (4.0, 4.0)
    assert micrograd.taylor(square, 2.0, 2) == [4.0, 4.0, 1.0]
    assert micrograd.jacobian(lambda x: [square(x), x])(np.array(2.0)) == [4.0, 1.0]
