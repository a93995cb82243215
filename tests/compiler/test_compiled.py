"""A compiled function as a user has it: what may change, what is found, what comes back, what it tells of itself."""

import copy
import functools
import gc
import math
import pickle
import random
import threading
import warnings
from fractions import Fraction

import numpy as np
import pytest
from graphs import gradient

import micrograd
from micrograd import TraceError, Value, nn
from micrograd._core.lending import living
from micrograd.compiler import Compiled, economy
from micrograd.compiler.variants import MOST


def traces(compiled):
    return compiled._traces


@pytest.fixture
def w():
    return Value(3.0, label="w")


# ---- arguments


def test_floats_and_values_are_inputs(w):
    f = micrograd.compile(lambda x, y: x * y + w)
    x, y = Value(2.0), Value(5.0)
    assert f(2.0, 5.0).data == f(np.float64(2.0), Fraction(5)).data == 13.0
    assert f(4.0, 5.0).data == 23.0
    assert traces(f) == 1
    assert gradient(f(x, y), x, y, w) == [5.0, 2.0, 1.0]
    assert gradient(f(x, x), x, w) == [4.0, 1.0]
    assert traces(f) == 2


def test_numbers_inside_of_structures_are_inputs(w):
    f = micrograd.compile(lambda batch: sum(w * x for x in batch["xs"]) + batch["pair"][0] * batch["array"][1, 0])
    for k in range(4):
        batch = {"xs": [k, 1.5, True], "pair": (k, Value(1.0)), "array": np.arange(4).reshape(2, 2) + k}
        assert f(batch).data == 3.0 * (k + 2.5) + k * (2 + k)
    assert traces(f) == 1
    f({"xs": [1, 2, 3, 4], "pair": (1, Value(1.0)), "array": np.ones((2, 2))})
    assert traces(f) == 2


def test_a_bare_int_bool_str_or_none_is_static(w):
    f = micrograd.compile(lambda n, flag=True, name="", more=None: sum([w] * n) * (1 if flag else -1))
    assert [f(2).data, f(3).data, f(2, flag=False).data, f(2).data] == [6.0, 9.0, -6.0, 6.0]
    assert traces(f) == 3
    f(2, name="a")
    f(2, more=None)
    assert traces(f) == 5
    assert f(1).data == 3.0 and f(True).data == 3.0 and traces(f) == 7


def test_other_objects_are_static_by_identity():
    models = [nn.MLP(2, [2, 1]), nn.MLP(2, [2, 1])]
    f = micrograd.compile(lambda model, x: model(x))
    for model in (*models, *models):
        assert f(model, [0.5, 1.0]).data == model([0.5, 1.0]).data
    assert traces(f) == 2


def test_arguments_may_be_named(w):
    f = micrograd.compile(lambda x, y: x * w - y)
    assert f(2.0, y=1.0).data == f(y=1.0, x=2.0).data == 5.0


def test_names_of_arguments_keep_their_order(w):
    f = micrograd.compile(lambda **factors: [w * x for x in factors.values()])
    assert [v.data for v in f(b=1.0, a=2.0)] == [3.0, 6.0]
    assert [v.data for v in f(a=2.0, b=1.0)] == [6.0, 3.0]


def test_functions_take_inputs_and_values_in_any_order(w):
    functions = [getattr(micrograd, name) for name in ("max", "min", "atan2", "hypot", "logaddexp")]
    for function in functions:
        for f in (lambda x, of=function: of(x * 2.0, w), lambda x, of=function: of(w, x)):
            fast = micrograd.compile(f)
            assert fast(1.5).data == f(1.5).data and fast(2.5).data == f(2.5).data
            assert gradient(fast(2.5), w) == pytest.approx(gradient(f(2.5), w))


def test_an_index_chooses_without_a_new_trace():
    table = [[Value(10.0 * row + column) for column in range(3)] for row in range(4)]
    f = micrograd.compile(
        lambda tokens, last: sum(sum(micrograd.pick(table, t)) for t in tokens) + micrograd.pick(table, last)[0]
    )
    for tokens, last in (([0, 1], 2), ([3, 3], 0), ([1, 0], 3)):
        expected = sum(30.0 * t + 3.0 for t in tokens) + 10.0 * last
        assert f(tokens, micrograd.index(last)).data == expected
    assert traces(f) == 1
    leaves = [v for row in table for v in row]
    assert gradient(f([3, 3], micrograd.index(1)), *leaves) == [0.0] * 3 + [1.0, 0.0, 0.0] + [0.0] * 3 + [2.0] * 3
    for wrong in ([0, 4], [0, -1]):
        with pytest.raises(IndexError, match="pick takes an index from 0 to 3, got"):
            f(wrong, micrograd.index(0))
    with pytest.raises(TypeError, match="'float' object cannot be interpreted as an integer"):
        f([0, 0.5], micrograd.index(0))


def test_an_index_counts_among_the_values_of_its_branch(w):
    f = micrograd.compile(lambda x, i: micrograd.pick([w, w * 2] if x > 0 else [w, w * 2, w * 3], i))
    assert [f(x, micrograd.index(i)).data for x, i in ((1.0, 1), (-1.0, 2), (1.0, 0), (-1.0, 1))] == [
        6.0,
        9.0,
        3.0,
        6.0,
    ]
    with pytest.raises(IndexError, match="an index from 0 to 1, got 2"):
        f(1.0, micrograd.index(2))
    by_number = micrograd.compile(lambda i: micrograd.pick({0: w * 5, 1: w * 7}, i))
    assert [by_number(micrograd.index(i)).data for i in (1, 0)] == [21.0, 15.0]


def test_pick_and_index_without_a_trace():
    assert micrograd.pick([5.0, 6.0], micrograd.index(1)) == micrograd.pick([5.0, 6.0], 1) == 6.0
    for wrong in (2, -1):
        with pytest.raises(IndexError, match=f"an index from 0 to 1, got {wrong}"):
            micrograd.pick([5.0, 6.0], wrong)
    with pytest.raises(TypeError, match="float"):
        micrograd.index(0.5)


def test_traces_are_kept_within_bounds(w, monkeypatch):
    monkeypatch.setattr(economy, "FREE", math.inf)
    f = micrograd.compile(lambda n: w * n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for n in range(2 * MOST):
            assert f(n).data == 3.0 * n
    assert sum(len(case.tree) for cases in f._variants.cases.values() for case in cases) == MOST


# ---- parameters


def test_parameters_are_found_and_read_at_each_call(w):
    f = micrograd.compile(lambda x: w * x)
    assert f(2.0).data == 6.0
    w.data = 5
    assert f(2.0).data == 10.0
    assert f.parameters == [w]


def test_interior_nodes_from_outside_stay_connected(w):
    shared = w * w
    f = micrograd.compile(lambda: shared * 2.0)
    assert gradient(f(), w) == [12.0]


def test_their_order_is_that_of_first_use_or_as_given():
    a, b, unused = Value(1.0), Value(2.0), Value(7.0)

    def f(x):
        return b * x + a

    found, given = micrograd.compile(f), micrograd.compile(f, parameters=[a, unused, b])
    with pytest.raises(AttributeError, match="f has not been called yet"):
        _ = found.parameters
    found(1.0)
    assert found.parameters == [b, a] and given.parameters == [a, unused, b]
    value, gradient = given.value_and_grad(np.array([10.0, 0.0, 20.0]), 3.0)
    assert value == 70.0 and gradient.tolist() == [1.0, 0.0, 3.0]
    assert (a.data, b.data, a.grad, b.grad) == (1.0, 2.0, 0.0, 0.0)


def test_a_parameter_listed_twice_counts_once():
    """Two layers that share a weight list it twice: it has one number, and one gradient, the sum of both."""
    a, b = Value(2.0), Value(3.0)
    f = micrograd.compile(lambda: a * b + a, parameters=[b, a, b, a])
    assert f.parameters == [b, a]
    value, gradient = f.value_and_grad([3.0, 2.0])
    assert value == 8.0 and gradient.tolist() == [2.0, 4.0]
    with pytest.raises(ValueError, match="2 numbers, one for each parameter, got 4"):
        f.value_and_grad([3.0, 2.0, 3.0, 2.0])


def test_tied_weights_are_one_parameter():
    model = nn.MLP(2, [2, 2, 1])
    model.layers[1] = model.layers[0]
    f = micrograd.compile(
        lambda x: model(x) * 1.0, parameters=(p for layer in model.layers for p in layer.parameters())
    )
    out = model([0.5, -1.0])
    out.backward()
    theta = [p.data for p in model.parameters()]
    value, gradient = f.value_and_grad(theta, [0.5, -1.0])
    assert value == out.data and gradient.tolist() == [p.grad for p in model.parameters()]


def test_an_iterator_of_parameters_serves_a_decorator_twice():
    w, v = Value(2.0), Value(3.0)
    compiled = micrograd.compile(parameters=iter([v, w]))
    first, second = compiled(lambda: w * v), compiled(lambda: w - v)
    assert first.value_and_grad([3.0, 2.0])[1].tolist() == [2.0, 3.0]
    assert second.value_and_grad([3.0, 2.0])[1].tolist() == [-1.0, 1.0]


def test_value_and_grad_takes_flat_arrays_and_returns_fresh_ones(w):
    f = micrograd.compile(lambda xs: sum((w * x) ** 2 for x in xs))
    theta = np.array([2.0])
    first, second = f.value_and_grad(theta, [1.0, 2.0]), f.value_and_grad([3], np.array([1.0, 2.0]))
    assert first[0] == 20.0 and first[1].tolist() == [20.0] and second[1].tolist() == [30.0]
    assert isinstance(first[0], float) and first[1].dtype == np.float64 and first[1] is not second[1]
    assert theta.tolist() == [2.0]
    for wrong in ([], [1.0, 2.0]):
        with pytest.raises(ValueError, match=f"needs 1 number, one for each parameter, got {len(wrong)}"):
            f.value_and_grad(wrong, [1.0, 2.0])
    with pytest.raises(TypeError, match=r"returns one Value, not a list of 2: micrograd\.jacobian takes"):
        micrograd.compile(lambda: [w, w]).value_and_grad([1.0])


def test_the_first_decision_is_taken_for_theta_not_for_the_data(w):
    f = micrograd.compile(lambda: w * 2 if w.data > 0 else w * 5)
    assert f.value_and_grad([-1.0])[0] == -5.0
    assert traces(f) == 1 and w.data == 3.0
    assert f.value_and_grad([1.0])[0] == 2.0 and f().data == 6.0


def test_scipy_can_minimise_it():
    optimize = pytest.importorskip("scipy.optimize")
    xs = [Value(-1.2), Value(1.0)]
    f = micrograd.compile(lambda: (1 - xs[0]) ** 2 + 100 * (xs[1] - xs[0] ** 2) ** 2, parameters=xs)
    found = optimize.minimize(f.value_and_grad, [-1.2, 1.0], jac=True)
    assert np.allclose(found.x, [1.0, 1.0], atol=1e-5)


def test_wrong_uses(w):
    with pytest.raises(TypeError, match="takes a function, got Value"):
        micrograd.compile(w)
    with pytest.raises(TypeError, match="parameters must be Values.*got float 1.0"):
        micrograd.compile(lambda: w, parameters=[1.0])
    with pytest.raises(TypeError, match=r"as model\.parameters\(\) returns them, got method"):
        micrograd.compile(lambda: w, parameters=nn.MLP(2, [1]).parameters)
    for wrong in (-1, "1"):
        with pytest.raises(ValueError, match="check must be a whole number of 0 or more"):
            micrograd.compile(lambda: w, check=wrong)
    with pytest.raises(ValueError, match="'python' or 'native', got 'gpu'"):
        micrograd.compile(lambda: w, backend="gpu")
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        micrograd.compile(lambda x: w * x)()


# ---- results


def test_the_result_is_a_node_whose_parents_are_the_parameters(w):
    @micrograd.compile
    def loss(x):
        return (w * x).tanh()

    out = loss(0.1)
    assert out.parents == (w,) and out._op == "loss"
    out.backward()
    once = w.grad
    out.backward()
    assert w.grad == 2 * once and out.grad == 1.0
    w.grad = 0.0
    (out * 3 + w).backward()
    assert w.grad == pytest.approx(3 * once + 1)
    with pytest.raises(TypeError, match="'loss'.*no function to run again"):
        out.refresh()


def test_structures_of_values_and_numbers(w):
    def f(xs):
        scores = [w * x for x in xs]
        return {
            "loss": sum(s * s for s in scores),
            "scores": scores,
            "mean": w.data * 2,
            "name": "f",
            "pair": (w, None),
        }

    out, expected = micrograd.compile(f)([1.0, 2.0]), f([1.0, 2.0])
    assert out["loss"].data == expected["loss"].data and out["mean"] == 6.0 and type(out["mean"]) is float
    assert out["name"] == "f" and out["pair"][1] is None and isinstance(out["pair"], tuple)
    assert gradient(out["loss"] + 10 * out["scores"][1] + out["pair"][0], w) == [2 * 3 * 5 + 20 + 1]
    assert gradient(out["scores"][0], w) == [1.0]


def test_rows_belong_to_the_numbers_of_their_call(w):
    f = micrograd.compile(lambda x: (w * w * x, w * x))
    xs = np.array(2.0)
    first, _ = f(xs)
    w.data, xs[...] = 100.0, 50.0
    assert gradient(first, w) == [12.0]


def test_arrays_of_values(w):
    out = micrograd.compile(lambda xs: xs * w)(np.array([[1.0, 2.0]]))
    assert out.shape == (1, 2) and gradient(out[0, 1], w) == [2.0]


def test_a_constant_result(w):
    assert micrograd.compile(lambda: 3)() == 3
    out = micrograd.compile(lambda: Value(3.0))()
    assert out.data == 3.0 and out.parents == ()


def test_no_grad_leaves_no_parents(w):
    f = micrograd.compile(lambda x: (w * x, x))
    with micrograd.no_grad():
        out, x = f(2.0)
    assert out.data == 6.0 and out.parents == () and x == 2.0

    def half(x):
        with micrograd.no_grad():
            fixed = w * x
        return fixed * w

    g = micrograd.compile(half)
    assert gradient(g(2.0), w) == gradient(half(2.0), w) == [6.0]


def test_what_is_read_from_data_is_a_constant_of_the_derivative(w):
    def f(x):
        return w * (w.data * x) + w.detach()

    g = micrograd.compile(f)
    for x in (2.0, 5.0):
        assert g(x).data == f(x).data and gradient(g(x), w) == gradient(f(x), w) == [3.0 * x]
    w.data = -1.0
    assert gradient(g(2.0), w) == [-2.0] and traces(g) == 1


def test_nothing_is_left_when_a_result_is_dropped(w):
    f = micrograd.compile(lambda x: (w * x, w + x))
    f(1.0)
    gc.collect()
    gc.disable()
    try:
        before = len(living())
        out = f(1.0)
        out[0].backward()
        assert len(living()) == before + 2
        del out
        assert len(living()) == before
    finally:
        gc.enable()


def test_results_are_copied_and_pickled(w):
    out = micrograd.compile(lambda x: w * x)(2.0)
    for twin in (copy.deepcopy(out), pickle.loads(pickle.dumps(out))):
        twin.backward()
        assert twin.parents[0].grad == 2.0 and w.grad == 0.0


def test_one_of_several_results_is_copied_and_pickled(w):
    first, second = micrograd.compile(lambda x: (w * w * x, w * x))(2.0)
    for twin in (copy.deepcopy(first * second), pickle.loads(pickle.dumps(first * second))):
        assert twin.data == 108.0 and twin.parents[0].partials == (12.0,)
        twin.backward()
    first.backward()
    assert w.grad == 12.0


def test_it_is_drawn_stepped_and_explained(w):
    out = micrograd.compile(lambda x: w * x)(2.0)
    assert "<svg" in micrograd.draw(out).svg
    (contribution,) = micrograd.step(out).record
    assert (contribution.upstream, contribution.local, contribution.after) == (1.0, 2.0, 2.0)


# ---- decisions


def test_a_decision_is_checked_at_each_call(w):
    @micrograd.compile
    def f(x):
        if x > 0 and w.data < 10:
            return w * x
        return -w

    assert [f(x).data for x in (1.0, -1.0, 2.0, -2.0)] == [3.0, -3.0, 6.0, -3.0]
    assert traces(f) == 2
    w.data = 20.0
    assert f(1.0).data == -20.0 and traces(f) == 3


def test_conditions_may_be_combined(w):
    f = micrograd.compile(lambda x, y: w if (x > 0) & (y > 0) | (x < -5) else -w)
    assert [f(*p).data for p in ((1.0, 1.0), (1.0, -1.0), (-6.0, 0.0), (2.0, 3.0))] == [3.0, -3.0, 3.0, 3.0]


def test_surroundings_may_be_bound_to_other_things(w):
    rate, model = 0.5, nn.MLP(1, [1])

    def f(x):
        return model([x]) * rate

    g = micrograd.compile(f)
    assert g(2.0).data == f(2.0).data
    rate = 2.0
    assert g(2.0).data == f(2.0).data and traces(g) == 2
    model = nn.MLP(1, [1])
    assert g(2.0).data == f(2.0).data and traces(g) == 3
    rate = 2.0
    g(3.0)
    assert traces(g) == 3


scale = 2.0


class Scaled(nn.Module):
    def __init__(self):
        self.w = Value(3.0)

    def factor(self):
        return scale

    def __call__(self, x):
        return self.w * x * self.factor()


def test_surroundings_of_methods_partials_and_classes(w, monkeypatch):
    model = Scaled()
    functions = [model, model.__call__, functools.partial(Scaled.__call__, model), lambda x: model(x)]
    compiled = [micrograd.compile(f) for f in functions]
    assert [f(1.0).data for f in compiled] == [6.0] * 4
    monkeypatch.setitem(globals(), "scale", 5.0)
    assert [f(1.0).data for f in compiled] == [15.0] * 4


def test_surroundings_of_arguments(monkeypatch):
    f = micrograd.compile(lambda model, x: model(x))
    model = Scaled()
    assert f(model, 1.0).data == 6.0
    monkeypatch.setitem(globals(), "scale", 5.0)
    assert f(model, 1.0).data == 15.0


def test_surroundings_may_be_classes_modules_and_hide_what_is_pythons_own(w, monkeypatch):
    activation, library = nn.ReLU, math
    f = micrograd.compile(lambda x: activation()(-w * x) + library.pi + max(w, 2 * w))
    assert f(1.0).data == math.pi + 6.0
    activation, library = nn.Tanh, micrograd
    monkeypatch.setattr(micrograd, "pi", 3.0, raising=False)
    assert f(1.0).data == pytest.approx(math.tanh(-3.0) + 3.0 + 6.0, rel=1e-15)
    monkeypatch.setitem(globals(), "max", lambda a, b: a)
    assert f(1.0).data == pytest.approx(math.tanh(-3.0) + 3.0 + 3.0, rel=1e-15)


def test_a_value_equals_numbers_and_among_values_itself_only(w):
    other = Value(w.data)

    def f(x):
        return w * 2 if w == x else w * 5 if w != other else w

    fast = micrograd.compile(f)
    for x in (w.data, 7.0, w.data):
        assert fast(x).data == f(x).data
    assert fast(w.data).data == 2 * w.data and fast(7.0).data == 5 * w.data


def test_a_function_that_retraces_says_so_once(w):
    f = micrograd.compile(lambda x, n: w * x if x.data > n else w)
    with pytest.warns(
        RuntimeWarning,
        match=r"was traced 8 times, and ran as it is 7 times, in 16 calls, because of n \(int.*as a float",
    ) as caught:
        for n in range(30):
            f(Value(n + 0.5), n)
    assert len(caught) == 1 and caught[0].filename == __file__


def test_a_python_max_flips_and_softmax_does_not():
    def naive(logits):
        largest = max(v.data for v in logits)
        powers = [(v - largest).exp() for v in logits]
        return powers[0] / sum(powers)

    rng = random.Random(0)
    first, second = micrograd.compile(naive), micrograd.compile(lambda logits: micrograd.softmax(logits)[0])
    with pytest.warns(RuntimeWarning, match="Python's if and max"):
        for _ in range(60):
            logits = [Value(rng.gauss(0, 1)) for _ in range(10)]
            assert first(logits).data == pytest.approx(second(logits).data, abs=1e-15)
    assert traces(first) >= 8 and traces(second) == 1


# ---- modules


def test_dropout_is_drawn_anew():
    model = nn.Sequential(nn.Dropout(0.3, rng=random.Random(1)))
    twin = nn.Sequential(nn.Dropout(0.3, rng=random.Random(1)))
    f = micrograd.compile(lambda xs: sum(model(xs)))
    xs = [1.0] * 20
    results = [f(xs).data for _ in range(10)]
    assert len(set(results)) > 1
    assert results == [sum(twin(xs)).data for _ in range(10)]
    model.eval()
    assert f(xs).data == 20.0
    model.train()
    assert f(xs).data != 20.0 and traces(f) == 2


def test_dropout_of_everything_has_no_gradient(w):
    model = nn.Dropout(1.0, rng=random.Random(1))
    assert gradient(micrograd.compile(lambda x: model([w * x, w])[0])(2.0), w) == [0.0]


def test_batch_normalisation_keeps_its_statistics():
    rng = random.Random(2)
    model, twin = (nn.Sequential(nn.Layer(2, 3, rng=random.Random(3)), nn.BatchNorm(3)) for _ in range(2))
    f = micrograd.compile(lambda rows: sum(sum(out) for out in model(rows)))
    for _ in range(3):
        rows = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(5)]
        f(rows)
        twin(rows)
    assert model[1].running_mean == twin[1].running_mean and model[1].running_var == twin[1].running_var
    assert model[1].num_batches_tracked == 3
    model.eval(), twin.eval()
    assert f(rows).data == pytest.approx(sum(sum(out) for out in twin(rows)).data, rel=1e-14)
    model[1].running_mean = [1.0, 2.0, 3.0]
    twin[1].running_mean = [1.0, 2.0, 3.0]
    assert f(rows).data == pytest.approx(sum(sum(out) for out in twin(rows)).data, rel=1e-14)
    assert traces(f) == 2


# ---- what it is


def test_it_keeps_name_docstring_and_place(w):
    @micrograd.compile(strict=True)
    def loss(x):
        """How wrong it is."""
        return w * x

    assert isinstance(loss, Compiled) and loss.__name__ == "loss" and loss.__doc__ == "How wrong it is."
    assert loss.__wrapped__(2.0).data == 6.0


def test_it_may_be_any_callable(w):
    class Scaled:
        def __call__(self, x):
            return w * x

    for f in (functools.partial(lambda x, y: w * x * y, 2.0), Scaled(), Scaled().__call__):
        compiled = micrograd.compile(f)
        assert compiled(2.0).data == f(2.0).data
        assert "compiled" in repr(compiled) and "def " in compiled.source


def test_it_may_be_a_method(w):
    class Model:
        def __init__(self):
            self.w = w

        @micrograd.compile
        def loss(self, x):
            return self.w * x

    assert Model().loss(2.0).data == 6.0 and isinstance(Model.loss, Compiled)


def test_what_draws_random_numbers_is_not_checked_whatever_was_traced_last(w):
    def f(x):
        return w * x * micrograd.fresh(random.random) if x > 0 else w * x

    f = micrograd.compile(f, check=5)
    for x in (1.0, -1.0, 1.0):
        assert f(x).data < 3.0


@pytest.mark.unchecked
def test_it_may_print_while_it_is_traced(w, capsys):
    def f(x):
        print(w * x, f"{w * x}", x)
        return w * x

    compiled = micrograd.compile(f)
    compiled(2.0), compiled(3.0)
    assert capsys.readouterr().out == "Value(data=6.0) Value(data=6.0) 2.0\n"


def test_it_may_be_used_in_another_one_and_inside_derivatives(w):
    inner = micrograd.compile(lambda x: w * x * x)
    outer = micrograd.compile(lambda x: inner(x) + inner(2 * x))
    assert outer(1.0).data == 15.0 and gradient(outer(1.0), w) == [5.0]
    assert micrograd.grad(inner)(2.0) == 12.0
    assert micrograd.jvp(inner, 2.0, 1.0)[1] == 12.0
    assert micrograd.grad(micrograd.grad(inner))(2.0) == 6.0
    assert micrograd.compile(micrograd.grad(micrograd.grad(inner)))(2.0) == 6.0


def test_source_program_and_repr(w):
    @micrograd.compile(backend="python")
    def loss(x, name=""):
        return (w * x).exp() - w

    assert repr(loss) == "<compiled loss: not called yet>"
    with pytest.raises(AttributeError, match="loss has not been called yet"):
        _ = loss.source
    loss(2.0)
    assert loss.source == (
        "def loss(inputs):\n    (x, w) = inputs\n    v1 = w * x\n    v2 = exp(v1)\n    v3 = v2 - w\n"
        "    d_w = v2 * x - 1.0\n    return [v3, d_w]\n"
    )
    assert [(group.kind, len(group.rows)) for group in loss.program] == [("sum", 1), ("exp", 1), ("sum", 2)]
    text = repr(loss)
    assert "5 operations recorded" in text
    assert "1 trace" in text and "python" in text and "trace " in text and "simplify" in text


def test_names_in_the_source_never_collide(w):
    other = Value(1.0, label="w")
    odd = [Value(1.0, label=label) for label in ("lambda", "v1", "exp", "d_w", "x", "a b", "1", "inputs", "é")]
    f = micrograd.compile(lambda x: (w * other * x).exp() + sum(v * v for v in odd), backend="python")
    assert f(2.0).data == f.__wrapped__(2.0).data


def test_two_threads_may_call_it(w):
    xs = [Value(1.0 + k) for k in range(20)]
    f = micrograd.compile(lambda n, x: sum(v * x for v in xs) if x > 0 else w * n)
    wrong = []

    def work(seed):
        rng = random.Random(seed)
        for _ in range(300):
            x, n = rng.uniform(-1, 1), rng.choice((1, 2))
            expected = sum(v.data * x for v in xs) if x > 0 else 3.0 * n
            if abs(f(n, x).data - expected) > 1e-12:
                wrong.append((n, x))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# ---- theta


@pytest.mark.parametrize(
    "theta, message",
    [
        (None, "sequence of numbers, one for each parameter"),
        ([None], "real number"),
        (np.array([1j]), "complex"),
        (1.0, "flat sequence of numbers, .*: flatten it; the arguments of a call come after it"),
        ([[1.0]], "flat sequence of numbers"),
        (np.ones((1, 1)), "flat sequence of numbers"),
    ],
)
def test_theta_holds_numbers(w, theta, message):
    f = micrograd.compile(lambda x: w * x)
    for _ in range(2):
        with pytest.raises(TypeError, match=message):
            f.value_and_grad(theta, 1.0)
        f.value_and_grad([2.0], 1.0)


def test_the_first_flat_call_raises_what_the_function_raises(w):
    def f(x):
        raise LookupError(f"nothing for {x * w}")

    with pytest.raises(LookupError, match="nothing for"):
        micrograd.compile(f).value_and_grad([2.0], 1.0)


def test_the_first_flat_call_runs_a_function_that_changes_its_argument(w):
    def f(xs):
        xs.append(1.0)
        return w * len(xs)

    f = micrograd.compile(f)
    value, partials = f.value_and_grad([2.0], [1.0])
    assert (value, partials.tolist()) == (4.0, [2.0])
    with pytest.raises(micrograd.TraceError, match="changes its argument: a list, of length 1, has 2 now"):
        f.value_and_grad([2.0], [1.0])


def test_a_float_has_no_gradient_with_respect_to_theta(w):
    f = micrograd.compile(lambda x: x * 2.0, parameters=[w])
    with pytest.raises(TypeError, match=r"not a float: it depends on no parameter.*micrograd\.value_and_grad"):
        f.value_and_grad([1.0], 1.0)


def test_a_parameter_as_an_argument_beside_theta_is_refused(w):
    f = micrograd.compile(lambda v: w * v, parameters=[w])
    assert gradient(f(w), w) == [6.0] and f.value_and_grad([2.0], 5.0)[1].tolist() == [5.0]
    for v, what in ((w, "is one of its parameters"), (w * 2, "was computed from its parameters")):
        with pytest.raises(TraceError, match=what):
            f.value_and_grad([2.0], v)


def test_what_was_computed_from_theta_before_would_not_follow(w):
    before = w * w
    f = micrograd.compile(lambda: before * w)
    assert gradient(f(), w) == [27.0]
    with pytest.raises(TraceError, match="computed from its parameters before.*Compute it inside"):
        micrograd.compile(lambda: before * w).value_and_grad([9.0, 3.0])


def test_a_memo_may_fill_in_a_flat_call(w):
    memo = {}

    def f(n, x):
        if n not in memo:
            memo[n] = 1 / (n + 1)
        return w * x * memo[n]

    f = micrograd.compile(f)
    assert [f.value_and_grad([3.0], n, 1.0)[0] for n in (2, 2, 0, 2)] == [1.0, 1.0, 3.0, 1.0]


def test_theta_has_a_number_for_each_parameter_where_the_function_runs_as_it_is_too():
    a, b = Value(1.0), Value(2.0)
    lazy = {}

    def f():
        lazy.setdefault("k", 3.0)
        return a * b * lazy["k"]

    for theta in ([1.0], [1.0, 2.0, 3.0]):
        lazy.clear()
        with pytest.raises(ValueError, match="2 numbers, one for each parameter"):
            micrograd.compile(f, parameters=[a, b]).value_and_grad(theta)


@pytest.mark.parametrize("backend", ["python", None])
def test_theta_has_one_dimension(w, backend):
    with pytest.raises(TypeError, match="flat sequence of numbers"):
        micrograd.compile(lambda: w * w, backend=backend).value_and_grad(np.array([[1.0]]))


def test_value_and_grad_in_a_trace_is_refused_where_it_reads_more_than_its_arguments():
    a, b, x = Value(1.0), Value(2.0), Value(3.0)
    inner = micrograd.compile(lambda x: a * b * x, parameters=[a])
    with pytest.raises(TraceError, match="value_and_grad"):
        micrograd.compile(lambda: a * inner.value_and_grad([1.0], 1.0)[0])()
    only = micrograd.compile(lambda x: a * x, parameters=[a])
    with pytest.raises(TraceError, match="value_and_grad"):
        micrograd.compile(lambda x: a * only.value_and_grad([1.0], x)[0])(x)


def test_a_trace_that_lends_numbers_gives_random_ones_back():
    class Noisy:
        def __init__(self):
            self.rate, self.rng = 0.5, random.Random(0)

        def f(self, x):
            noise = micrograd.fresh(self.rng.random)
            hash(self.rate)  # no input
            return x * noise * self.rate

    found, wanted = Noisy(), Noisy()
    f, x = micrograd.compile(found.f), Value(1.0)
    for _ in range(6):
        assert f(x).data == wanted.f(x).data
        found.rate = wanted.rate = found.rate * 0.9
