"""`compiled.batch`: what a loop over the examples gives, whatever the function does."""

import math
import pickle
import random
import threading
from array import array

import numpy as np
import pytest

import micrograd
from micrograd import Value, nn
from micrograd._core import arrays, modes
from micrograd.compiler import TraceError
from micrograd.compiler.batches import gradients, results
from micrograd.losses import cross_entropy

BACKENDS = [
    "python",
    pytest.param("native", marks=pytest.mark.skipif(micrograd.compiler.backend() == "python", reason="no kernel")),
]


@pytest.fixture(params=BACKENDS)
def compile(request):
    return lambda f, **options: micrograd.compile(f, backend=request.param, **options)


@pytest.fixture
def w():
    return [Value(0.5), Value(-1.5), Value(0.25)]


def network():
    return nn.MLP(2, [4, 1], rng=random.Random(0))


def examples(n, seed=0):
    rng = random.Random(seed)
    return [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(n)], [rng.choice([-1, 1]) for _ in range(n)]


def loop(f, X, y, parameters):
    """The sum over the examples and its gradient, in a loop."""
    for p in parameters:
        p.grad = 0.0
    total = 0.0
    for example in zip(X, y, strict=True):
        out = f(*example)
        total += out.data
        out.backward()
    return total, [p.grad for p in parameters]


def near(a, b):
    return np.allclose(a, b, rtol=1e-12, atol=1e-12)


# ---- sums and means


@pytest.mark.parametrize("n", [1, 7, 33])
def test_it_is_a_loop_over_the_examples(compile, n):
    model = network()

    def loss(x, y):
        return (1 + -y * model(x)).relu()

    X, y = examples(n)
    parameters = model.parameters()
    total, gradient = loop(loss, X, y, parameters)
    fast = compile(loss, parameters=parameters)
    theta = [p.data for p in parameters]
    for xs, ys in ((X, y), (np.array(X), np.array(y)), (np.array(X, order="F"), tuple_of(y)), (X, array("d", y))):
        value, grads = fast.batch.value_and_grad(theta, xs, ys)
        assert near(value, total / n) and near(grads, np.array(gradient) / n)
        value, grads = fast.batch.value_and_grad(theta, xs, ys, reduce="sum")
        assert near(value, total) and near(grads, gradient)
        out = fast.batch(xs, ys)
        assert isinstance(out, Value) and near(out.data, total / n) and out.parents == tuple(parameters)
        model.zero_grad()
        out.backward()
        assert near([p.grad for p in parameters], np.array(gradient) / n)
    values, rows = fast.batch.value_and_grad(theta, X, y, reduce=None)
    assert values.shape == (n,) and rows.shape == (n, len(parameters))
    assert values.tolist() == [loss(*example).data for example in zip(X, y, strict=True)]
    assert near(rows.sum(0), gradient)


def tuple_of(y):
    return np.array([*y, 0])[:-1]  # a part of a larger array


def test_threads_add_up_parts_and_one_number_of_them_gives_one_result(compile, w):
    fast = compile(lambda x: (w[0] * x).exp() + w[1], parameters=w)
    X = np.linspace(-1, 1, 101)
    value, gradient = fast.batch.value_and_grad([0.5, -1.5, 0.0], X)
    for threads in (2, 3, 200):
        again, other = fast.batch.value_and_grad([0.5, -1.5, 0.0], X, threads=threads)
        assert near(again, value) and near(other, gradient)
        assert fast.batch.value_and_grad([0.5, -1.5, 0.0], X, threads=threads)[0] == again
    with pytest.raises(ValueError, match="threads must be a whole number"):
        fast.batch(X, threads=0)


def test_values_for_each_example_go_on_into_other_graphs(compile, w):
    fast = compile(lambda x: w[0] * x * x + w[1])
    X = np.array([1.0, 2.0, 3.0])
    values = fast.batch(X, reduce=None)
    X[:] = 0  # they keep what they were computed from
    sum(values, Value(0.0)).backward()
    assert [v.data for v in values] == [-1.0, 0.5, 3.0] and (w[0].grad, w[1].grad) == (14.0, 3.0)


def test_without_a_graph(compile, w):
    fast = compile(lambda x: w[0] * x)
    with micrograd.no_grad():
        out, each = fast.batch([1.0, 3.0]), fast.batch([1.0, 3.0], reduce=None)
    assert out.data == 1.0 and out.parents == () and [v.data for v in each] == [0.5, 1.5] and each[0].parents == ()


def test_second_derivatives(compile, w):
    X = np.array([1.0, 2.0])
    fast = compile(lambda x: w[0] ** 3 * x + w[1] * w[0])

    def total(u):
        w[0] = u
        return fast.batch(X)

    assert near(micrograd.grad(micrograd.grad(lambda u: total(u)))(0.5), 6 * 0.5 * 1.5)


# ---- what examples are


def test_what_has_an_entry_for_each_example_and_what_is_the_same_for_all(compile, w):
    def f(x, scale, pair, by_name, table):
        assert (type(x), type(scale), pair[1], by_name["k"], len(table)) == (float, float, "a", None, 3)
        return w[0] * x * scale + pair[0] * by_name["z"] + table[0]

    fast = compile(f)
    arguments = [1.0, 2.0], 3.0, ([0.0, 1.0], "a"), {"z": np.array([1.0, 5.0]), "k": None}, [7.0, 8.0, 9.0]
    assert fast.batch(*arguments, shared="table", reduce="sum").data == 1.5 + 7 + 3.0 + 5 + 7
    assert fast.batch(*arguments, shared=[4]).data == 23.5 / 2
    assert fast._traces == 1
    with pytest.raises(ValueError, match="shared names arguments of the call, x, scale"):
        fast.batch(*arguments, shared="weights")


def test_arrays_that_do_not_make_a_batch(w):
    fast = micrograd.compile(lambda x, y: w[0] * x * y)
    with pytest.raises(ValueError, match="as many entries in each array, got 2 in x, 3 in y"):
        fast.batch([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="at least one example"):
        fast.batch([], np.array([]))
    with pytest.raises(TypeError, match="arrays or lists with one entry for each example"):
        fast.batch(1.0, 2.0)
    with pytest.raises(TypeError, match="tuple .* which has no list or array in it"):
        fast.batch([1.0, 2.0], (1.0, 2.0))
    with pytest.raises(TypeError, match="arrays of numbers or Values, got one of dtype <U1"):
        fast.batch(np.array(["a", "b"]), 1.0)
    with pytest.raises(TypeError, match=r"got generator .* used up by one pass: write list\(y\)"):
        fast.batch([1.0], (y for y in [1.0]))
    with pytest.raises(ValueError, match="reduce must be"):
        fast.batch([1.0], 1.0, reduce="max")


@pytest.mark.parametrize("dtype", ["float32", "int8", "uint16", "bool", ">f8"])
def test_arrays_of_any_numbers(compile, w, dtype):
    X = np.array([[1, 0], [0, 1], [1, 1]], dtype=dtype)
    X.setflags(write=False)
    fast = compile(lambda row: w[0] * row[0] + w[1] * row[1])
    assert near(fast.batch(X[:, ::-1]).data, (-1.5 + 0.5 - 1.0) / 3)


def test_tensors_and_tables(compile, w):
    pd, torch = pytest.importorskip("pandas"), pytest.importorskip("torch")
    fast = compile(lambda x, y: w[0] * x[0] + w[1] * x[1] + y)
    rows = [[1.0, 2.0], [3.0, 4.0]]
    for x, y in (
        (pd.DataFrame(rows), pd.Series([1, 2])),
        (torch.tensor(rows), torch.tensor([1, 2])),
        (torch.tensor(rows), torch.tensor([1.0, 2.0])),
    ):
        assert fast.batch(x, y, reduce="sum").data == -2.5 - 4.5 + 3
    with pytest.raises(TypeError, match="would lose its derivatives"):
        fast.batch(torch.tensor(rows, requires_grad=True), rows)


def test_examples_of_different_lengths_and_kinds(compile, w):
    fast = compile(lambda row, y: sum(w[0] * x for x in row) + y)
    rows, y = [[1.0], [2.0, 3.0], [4.0], [5, 6.5]], [1, 2.5, 3, 4]
    each = [sum(0.5 * x for x in row) + t for row, t in zip(rows, y, strict=True)]
    assert near(fast.batch(rows, y).data, sum(each) / 4)
    assert [v.data for v in fast.batch(rows, y, reduce=None)] == each


def test_values_among_the_arguments(compile, w):
    xs, scale = [Value(1.0), Value(2.0), Value(3.0)], Value(10.0)
    fast = compile(lambda x, scale: w[0] * x * x * scale)
    out = fast.batch(xs, scale)
    out.backward()
    assert near(out.data, 70 / 3) and near([x.grad for x in xs], [10 / 3, 20 / 3, 10]) and near(scale.grad, 7 / 3)
    assert near(w[0].grad, 140 / 3)
    second = fast.batch(xs, scale, reduce=None)[1]
    second.backward()
    assert second.data == 20.0 and near(xs[1].grad, 20 / 3 + 20)


def test_many_values_among_the_arguments(compile, w):
    xs = [Value(float(k)) for k in range(20)]
    out = compile(lambda x, y: w[0] * x * x * y).batch(xs, np.arange(20.0), reduce="sum")
    out.backward()
    assert near([x.grad for x in xs], [x.data * k for k, x in enumerate(xs)])
    assert near(w[0].grad, sum(x.data**2 * k for k, x in enumerate(xs)))


def test_truths_tell_examples_apart(compile, w):
    fast = compile(lambda x, y, both: w[0] * x if y else w[1] * x if both[0] else w[2] * x)
    X, y = np.arange(12.0), np.arange(12) % 3 == 0
    both = np.stack([np.arange(12) % 2 == 0, y], axis=1)
    wanted = [(0.5 if a else -1.5 if b else 0.25) * x for x, a, (b, _) in zip(X, y, both, strict=True)]
    assert near([v.data for v in fast.batch(X, y, both, reduce=None)], wanted)
    assert near(fast.batch(X, y.tolist(), both, reduce="sum").data, sum(wanted))


def test_whole_numbers_select(compile):
    rows = [[Value(0.1 * (i + j)) for j in range(3)] for i in range(2)]
    fast = compile(lambda x, k: cross_entropy([micrograd.pick(column, x) for column in zip(*rows, strict=True)], k))
    xs, ks = [0, 1, 0, 1], [2, 1, 0, 0]
    total = sum(cross_entropy(rows[x], k).data for x, k in zip(xs, ks, strict=True))
    for some in ((xs, ks), (np.array(xs), np.array(ks))):
        assert near(fast.batch(*some, reduce="sum").data, total)
    assert fast._traces == 1
    with pytest.raises(ValueError, match=r"example 3 of the batch"):
        fast.batch(xs, [2, 1, 0, 3])


def test_an_index_out_of_range_names_its_example(compile, w):
    fast = compile(lambda k: micrograd.pick(w, k))
    assert fast.batch([0, 1, 2]).data == sum(v.data for v in w) / 3
    with pytest.raises(IndexError, match="example 1 of the batch"):
        fast.batch([0, 3, 1])


# ---- what is returned


def test_results_of_any_structure(compile):
    def price(s, k):
        up = s > k
        return {"price": s - k if up else k - s, "slopes": [s * k, 1.0], "in": 1 if up else 0, "name": "option"}

    fast = compile(price)
    s = np.array([1.0, 5.0, 3.0])
    found = fast.batch(s, 2.0, reduce=None)
    assert found["price"].tolist() == [1.0, 3.0, 1.0] and found["in"].tolist() == [0, 1, 1]
    assert found["slopes"].tolist() == [[2.0, 1.0], [10.0, 1.0], [6.0, 1.0]] and found["name"] == ["option"] * 3
    mean = fast.batch(s, 2.0)
    assert near([mean["price"], *mean["slopes"], mean["in"]], [5 / 3, 6, 1, 2 / 3]) and mean["name"] == "option"


def test_derivatives_of_each_example(compile):
    greeks = compile(micrograd.value_and_grad(lambda s, k: micrograd.log(s) * k))
    s = np.array([1.0, 2.0, 4.0])
    value, slope = greeks.batch(s, 3.0, reduce=None)
    assert near(value, 3 * np.log(s)) and near(slope, 3 / s)


def test_several_values(compile, w):
    fast = compile(lambda x: (w[0] * x, [w[1] * x * x, w[0]]))
    first, (second, third) = fast.batch([1.0, 2.0])
    second.backward()
    assert (first.data, second.data, third.data) == (0.75, -3.75, 0.5) and (w[0].grad, w[1].grad) == (0.0, 2.5)
    (third + first).backward()
    assert w[0].grad == 2.5
    firsts, rows = fast.batch([1.0, 2.0], reduce=None)
    assert [v.data for v in firsts] == [0.5, 1.0] and rows[1][0].data == -6.0 and rows[1][1] is w[0]
    with pytest.raises(TypeError, match="returns one Value"):
        fast.batch.value_and_grad([1.0, 2.0, 3.0][: len(fast.parameters)], [1.0, 2.0])


def test_what_cannot_be_added_up(w):
    fast = micrograd.compile(lambda x: ("up" if x > 0 else "down", w[0] * x))
    assert fast.batch([1.0, 2.0])[0] == "up"
    with pytest.raises(TypeError, match="reduce=None"):
        fast.batch([1.0, -1.0])
    assert fast.batch([1.0, -1.0], reduce=None)[0] == ["up", "down"]
    fast = micrograd.compile(lambda x: w[0] * x if x > 0 else [w[0], x])
    with pytest.raises(TypeError, match="different structures"):
        fast.batch([1.0, -1.0])
    assert fast.batch([-1.0, 1.0], reduce=None)[0][1] == -1.0


# ---- decisions


def branching(w):
    def f(x):
        if x > 1:
            return w[0] * x
        if x < -1:
            return w[1] * x * x
        return w[2] + max(w[0].data * x, 0.0)

    return f


def test_each_example_decides_for_itself(compile, w):
    f = branching(w)
    X = [0.5, 2.0, -3.0, -0.5, 4.0, 0.1, -2.0]
    total, gradient = loop(lambda x, _: f(x), X, X, w)
    fast = compile(f, parameters=w)
    for xs in (X, np.array(X)):
        value, grads = fast.batch.value_and_grad([v.data for v in w], xs, reduce="sum")
        assert near(value, total) and near(grads, gradient)
        out = fast.batch(xs, reduce="sum")
        for v in w:
            v.grad = 0.0
        out.backward()
        assert near(out.data, total) and near([v.grad for v in w], gradient)
        assert near([v.data for v in fast.batch(xs, reduce=None)], [f(x).data for x in X])
    assert fast._traces == 4


@pytest.mark.filterwarnings("ignore:f was traced")
def test_more_decisions_than_it_pays_to_trace(compile, w):
    def f(x):
        total = w[0] * x
        for k in range(100):
            if x < k:
                return total * k
        return total

    X = [k + 0.5 for k in range(100)]
    fast = compile(f)
    for _ in range(2):
        assert near(fast.batch(X, reduce="sum").data, sum(f(x).data for x in X))
        assert near(sum(v.data for v in fast.batch(X, reduce=None)), sum(f(x).data for x in X))
    assert fast._traces <= 64


def test_whole_numbers_that_index_lists_decide_too(compile, w):
    fast = compile(lambda x, k: w[k] * x)
    assert near(fast.batch([0.5, 2.5, 1.5, -1.0], [0, 2, 1, 0], reduce="sum").data, 0.25 + 0.625 - 2.25 - 0.5)
    assert fast._traces == 3


# ---- random numbers


@pytest.mark.parametrize("decides", [False, True])
def test_each_example_draws_as_in_a_loop(compile, w, decides):
    rng = random.Random()
    dropout = nn.Dropout(0.5, rng=rng)

    def f(x):
        first, second = dropout([w[0] * x, w[1] * x])
        return first * second + first if not decides or first.data > 0 else second

    fast = compile(f)
    X = np.linspace(0.5, 2, 9)
    rng.seed(3)
    wanted = [f(x).data for x in X]
    after = rng.random()
    for _ in range(3):
        rng.seed(3)
        out = fast.batch(X, reduce="sum")
        assert near(out.data, sum(wanted)) and rng.random() == after
    rng.seed(3)
    assert [v.data for v in fast.batch(X, reduce=None)] == wanted


# ---- what is refused, and what goes wrong


def test_what_a_batch_does_not_repeat(w):
    kept = []

    def keeping(x):
        modes.afterwards(kept.append, [x])
        return w[0] * x

    with pytest.raises(TraceError, match="keeping keeps numbers of each call"):
        micrograd.compile(keeping).batch([1.0, 2.0])
    norm = nn.BatchNorm(1)
    with pytest.raises(ValueError, match=r"needs a batch in training.*example 0"):
        micrograd.compile(lambda x: norm([x])).batch([1.0, 2.0])
    norm.eval()
    assert near(micrograd.compile(lambda x: norm([x])).batch([1.0, 2.0]).data, 1.5 / (1 + 1e-5) ** 0.5)

    def counting(x):
        kept.append(x)
        return w[0] * x

    fast = micrograd.compile(counting)
    with pytest.raises(TraceError, match="example 1 of the batch"):
        fast.batch([1.0, 2.0])


def test_a_lazy_cache_fills(w):
    cache = {}

    def f(x):
        if "scale" not in cache:
            cache["scale"] = 2.0
        return w[0] * x * cache["scale"]

    fast = micrograd.compile(f)
    for _ in range(2):
        assert fast.batch([1.0, 2.0, 3.0], reduce="sum").data == 6.0


def test_an_error_tells_its_example(compile, w):
    def f(x):
        if x > 5:
            raise ValueError("too large")
        return w[0] * x

    with pytest.raises(ValueError, match=r"too large \(example 2 of the batch\)"):
        compile(f).batch([1.0, 2.0, 6.0])


def test_what_is_not_finite(compile, w):
    fast = compile(lambda x: w[0] / x)
    value, gradient = fast.batch.value_and_grad([1.0], [1.0, 0.0])
    assert value == math.inf and gradient[0] == math.inf
    strict = compile(lambda x: w[0] / x, strict=True)
    assert strict.batch([1.0, 2.0]).data == 0.375
    for call in (strict.batch, lambda x: strict.batch.value_and_grad([1.0], x)):
        with pytest.raises(ZeroDivisionError, match="example 1 of the batch"):
            call([1.0, 0.0])


def test_the_first_examples_are_checked(w):
    class Model:
        scale = 1.0

        def __getattr__(self, name):
            return Model.scale

    model = Model()

    def f(x):
        return w[0] * x * model.hidden

    fast = micrograd.compile(f, check=100)
    assert fast.batch([1.0, 2.0, 3.0]).data == 1.0
    assert fast.batch.value_and_grad([0.5], [1.0, 2.0, 3.0])[0] == 1.0


def test_the_number_of_parameters(w):
    fast = micrograd.compile(lambda x: w[0] * x + w[1])
    with pytest.raises(ValueError, match="theta needs 2 numbers, one for each parameter, got 3"):
        fast.batch.value_and_grad([1.0, 2.0, 3.0], [1.0, 2.0])


# ---- in other surroundings


def test_inside_other_functions(compile, w):
    fast = compile(lambda x: w[0] * x + w[1])
    X = [1.0, 2.0]
    outer = compile(lambda: fast.batch(X) ** 2)
    assert outer().data == (0.75 - 1.5) ** 2
    assert compile(lambda X: fast.batch(X) ** 2)(np.array(X)).data == (0.75 - 1.5) ** 2
    w[0].data = 1.0
    assert outer().data == 0.0


def test_arrays_of_values(compile, w):
    fast = compile(lambda x: w[0] * x[0] * x[1])
    rows = np.array([[Value(1.0), Value(2.0)], [Value(3.0), 4.0]])
    fast.batch(rows).backward()
    assert [v.grad for v in (*rows[0], rows[1, 0], w[0])] == [0.5, 0.25, 1.0, 7.0]
    numbers = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert micrograd.grad(fast.batch)(numbers).tolist() == [[0.5, 0.25], [1.0, 0.75]]


def test_without_numpy(w, monkeypatch):
    for module in (arrays, gradients, results):
        monkeypatch.setattr(module, "numpy_or_none", lambda: None)
    fast = micrograd.compile(lambda x, y: (w[0] * x[0] + w[1] * x[1] - y) ** 2, parameters=w[:2])
    X, y = [[1.0, 2.0], [3.0, 4.0]], array("d", [0.5, -0.5])
    value, gradient = fast.batch.value_and_grad([0.5, -1.5], X, y)
    assert type(gradient) is array and near(value, (9 + 16) / 2)
    values, rows = fast.batch.value_and_grad([0.5, -1.5], X, y, reduce=None)
    assert values.tolist() == [9.0, 16.0] and rows[0].tolist() == [-6.0, -12.0]
    both = micrograd.compile(lambda x: [x[0].data if isinstance(x[0], Value) else x[0] * 2, x[1]])
    assert both.batch(X, reduce=None) == [[2.0, 2.0], [6.0, 4.0]]


def square(x):
    return Value(2.0) * x * x


compiled_square = micrograd.compile(square)


def test_it_is_pickled_and_used_by_threads():
    batch = pickle.loads(pickle.dumps(compiled_square.batch))
    found = []
    threads = [threading.Thread(target=lambda: found.append(batch(np.arange(50.0)).data)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and near(found[0], 2 * (np.arange(50.0) ** 2).mean())


class Model:
    def __init__(self):
        self.w = Value(3.0)

    @micrograd.compile
    def loss(self, x):
        return self.w * x


def test_of_a_method_the_object_is_an_argument():
    assert repr(Model.loss.batch) == "<batches of loss>"
    assert Model.loss.batch(Model(), [1.0, 3.0]).data == 6.0
