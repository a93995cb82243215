"""Values inside NumPy object arrays."""

import fractions
import heapq
import json
import math
import operator
import statistics

import numpy as np
import pytest

import micrograd
from micrograd import Value

NEW = np.lib.NumpyVersion(np.__version__) >= "2.0.0"


def values(*numbers):
    return np.array([Value(x) for x in numbers], dtype=object)


def test_elementwise_functions():
    a = values(0.3, 0.8)
    for name in "exp log sqrt sin cos tan tanh arctan log1p expm1".split():
        out = getattr(np, name)(a)
        assert [v.data for v in out] == pytest.approx(getattr(np, name)([0.3, 0.8]), rel=1e-15)
    assert [v.data for v in abs(values(-1.0, 2.0))] == [1.0, 2.0]
    assert np.maximum(a, values(0.5, 0.5))[0].data == 0.5


def test_mean_sum_and_products_have_gradients():
    a, w = values(1.0, 2.0), np.array([values(1.0, -1.0), values(0.5, 3.0)])
    out = np.mean((w @ a) ** 2) + np.sum(a) + np.dot(a, a) + (a * 2.0).sum()
    out.backward()
    assert out.data == (1.0 + 42.25) / 2 + 3 + 5 + 6
    assert [v.grad for v in a] == pytest.approx([-1 + 0.5 * 6.5 + 1 + 2 + 2, 1 + 3 * 6.5 + 1 + 4 + 2])


def test_numpy_scalars_on_either_side():
    for scalar in (np.float64(3), np.float32(3), np.int64(3), np.bool_(True)):
        x = Value(2.0)
        for out in (x + scalar, scalar + x, x * scalar, scalar * x, x - scalar, scalar - x, x / scalar, scalar / x):
            assert type(out) is Value and type(out.data) is float
        assert (x**scalar).data == 2.0 ** float(scalar) and (scalar**x).data == float(scalar) ** 2


def test_comparisons_elementwise():
    assert list(values(1.0, 3.0) > 2.0) == [False, True]
    assert list(Value(2.0) < np.array([1.0, 3.0])) == [False, True]


# ---- every ufunc of NumPy's, on one Value and on an array of them

UFUNCS = sorted({getattr(np, name).__name__: None for name in dir(np) if isinstance(getattr(np, name), np.ufunc)})
DOMAIN = {"arccosh": (1.5, 2.5)}
CONNECTED = """
    absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil conjugate cos cosh deg2rad degrees
    divide exp exp2 expm1 fabs floor floor_divide fmax fmin fmod hypot log log10 log1p log2 maximum minimum multiply
    negative positive power rad2deg radians reciprocal remainder sin sinh sqrt square subtract tan tanh trunc
""".split()
ONE_ONLY = "sign divmod float_power logaddexp".split()  # NumPy has none for objects; of one Value, ours answers
PLAIN = "isnan isinf isfinite".split()
COMPARISONS = "equal not_equal greater greater_equal less less_equal logical_and logical_or logical_not".split()
REFUSED = """
    bitwise_and bitwise_count bitwise_or bitwise_xor copysign frexp heaviside invert isnat ldexp left_shift logaddexp2
    logical_xor modf nextafter right_shift rint signbit spacing
""".split()
OF_ARRAYS = "gcd lcm matmul matvec vecdot vecmat".split()  # of integers, or of more dimensions


def test_every_ufunc_stands_in_a_table():
    known = [*CONNECTED, *ONE_ONLY, *PLAIN, *COMPARISONS, *REFUSED, *OF_ARRAYS]
    assert len(known) == len(set(known)) and not set(UFUNCS) - set(known)


def numbers(out):
    return [x.data if isinstance(x, Value) else float(x) for x in np.ravel([out])]


def reaches(out, leaf):
    leaf.grad = 0.0
    for part in out if isinstance(out, tuple) else [out]:
        if isinstance(part, Value):
            part.backward()
    return out is leaf or any(
        isinstance(part, Value) and part.parents for part in (out if type(out) is tuple else [out])
    )


@pytest.mark.parametrize("name", [*CONNECTED, *ONE_ONLY])
def test_ufuncs_that_stay_in_the_graph(name):
    ufunc = getattr(np, name)
    point, other = DOMAIN.get(name, (0.75, 0.5))
    if name in ("minimum", "fmin"):
        other = 0.9
    rest = (other,) * (ufunc.nin - 1)
    expected = pytest.approx(np.ravel([ufunc(point, *rest)]), rel=1e-15)
    v = Value(point)
    out = ufunc(v, *rest)
    assert numbers(out) == expected and reaches(out, v)
    if rest:
        assert numbers(ufunc(point, Value(other))) == expected
    if name in CONNECTED:
        for others in (rest, map(Value, rest)):
            array = ufunc(values(point, point), *others)
            assert array.dtype == object and numbers(array[:1]) == numbers(array[1:]) == expected


@pytest.mark.parametrize("name", [*PLAIN, *COMPARISONS])
def test_ufuncs_that_answer_yes_or_no(name):
    ufunc = getattr(np, name)
    for x in (0.25, 0.5, 2.0, math.inf, *([math.nan] if name in PLAIN else [])):
        rest = (0.5,) * (ufunc.nin - 1)
        out = ufunc(Value(x), *rest)
        assert bool(out) == bool(ufunc(x, *rest))
        if name in PLAIN:
            assert type(out) is bool


@pytest.mark.parametrize("name", REFUSED)
def test_ufuncs_that_are_refused(name):
    ufunc = getattr(np, name, None)
    if ufunc is None:
        return  # of a newer NumPy
    with pytest.raises((TypeError, AttributeError), match=r"Value|isnat"):
        ufunc(*[Value(0.5)] * ufunc.nin)


def test_an_array_of_floats_times_a_value():
    v = Value(2.0)
    for array in (np.array([1.0, 3.0]), np.array([1, 3]), np.array([1, 3], dtype=np.longdouble)):
        for product in (v * array, array * v, np.multiply(v, array)):
            assert product.dtype == object and [p.data for p in product] == [2.0, 6.0]
        assert [*(array < v)] == [True, False] and [*(v < array)] == [False, True]
        assert [p.data for p in 2.0 ** (array - v)] == [0.5, 2.0]
        assert [[p.data for p in part] for part in divmod(array, v)] == [[0.0, 1.0], [1.0, 1.0]]
    with pytest.raises(TypeError, match="an array of floats cannot hold Values: make it with dtype=object"):
        array = np.array([1.0, 3.0])
        array += v


def test_a_value_in_an_array_of_no_dimension_stays_in_the_graph():
    v, held = Value(3.0), np.array(Value(2.0), dtype=object)
    for out in (v * held, held * v, v + held - v, v.max(held[()])):
        out.backward()
    assert held[()].grad == 3.0 + 3.0 + 1.0
    with pytest.raises(TypeError, match="real number, got ndarray"):
        Value(held)


# ---- functions


def test_moments_are_connected():
    numbers = [0.5, -1.0, 2.5]
    for of_numpy, ours, ddof in [(np.var, micrograd.var, 0), (np.std, micrograd.std, 0), (np.var, micrograd.var, 1)]:
        a = values(*numbers)
        out = of_numpy(a, ddof=ddof)
        out.backward()
        b = [Value(x) for x in numbers]
        expected = ours(b, ddof)
        expected.backward()
        assert out.data == pytest.approx(expected.data, rel=1e-15)
        assert [v.grad for v in a] == pytest.approx([v.grad for v in b], rel=1e-14)


def test_reductions_and_products_are_connected():
    a, b = [0.5, -1.0, 2.5], [2.0, 0.25, 1.0]
    m = np.array([values(2.0, 0.5), values(-1.0, 3.0)])
    for f in [
        np.sum,
        np.prod,
        np.mean,
        np.max,
        np.min,
        np.ptp,
        np.median,
        *([np.average, np.nansum, np.nanmean] if NEW else []),
        np.linalg.norm,
        np.add.reduce,
        lambda a: np.cumsum(a)[-1],
        lambda a: np.cumprod(a)[-1],
        lambda a: np.sort(a)[0],
        lambda a: np.clip(a, -2, 2)[2] + np.clip(a, -0.5, 0.5)[0],
        lambda a: np.where(a > 0, a, 0.0).sum(),
        lambda a: np.diff(a)[0],
        lambda a: np.abs(a).sum(),
        lambda a: np.dot(a, b),
        lambda a: np.inner(a, b),
        lambda a: np.outer(a, b)[1, 2],
        *([lambda a: np.einsum("i,i", a, b)] if NEW else []),
        lambda a: np.convolve(a, b)[0],
        lambda a: np.polyval(a, 2.0),
        lambda a: np.cross(a, b)[0],
        lambda a: np.concatenate([a, b]).sum(),
        lambda a: np.stack([a, a]).sum(),
        lambda a: np.vectorize(operator.neg)(a).sum(),
    ]:
        v = values(*a)
        out = f(v)
        assert float(f(np.array(a))) == pytest.approx(out.data, rel=1e-14)
        out.backward()
        assert any(x.grad for x in v)
    assert np.trace(m @ m).data == 2.0 * 2.0 - 0.5 - 0.5 + 3.0 * 3.0


def test_places_and_orders():
    a = values(0.5, -1.0, 2.5)
    assert (np.argmax(a), np.argmin(a), [*np.argsort(a)], np.count_nonzero(a)) == (2, 1, [1, 0, 2], 3)
    if NEW:
        assert [v.data for v in np.linspace(Value(0.0), Value(1.0), 3)] == [0.0, 0.5, 1.0]
        assert np.allclose(a, [0.5, -1.0, 2.5]) and not np.allclose(a, [0.5, -1.0, 2.0])
    assert np.searchsorted(np.sort(a), 0.6) == 2 and np.array_equal(a, a)
    assert np.full(2, Value(1.0)).dtype == object and np.real(Value(1.0)).data == 1.0 and np.imag(Value(1.0)) == 0.0
    v = Value(2.0)
    assert all(f(v).data == 2.0 for f in (np.sum, np.prod, np.mean, np.add.reduce, np.median, np.abs))
    assert np.isreal(Value(1.0)) and not np.iscomplex(Value(1.0)) and Value(2.0).conjugate().real.data == 2.0


@pytest.mark.parametrize(
    ("use", "sentence"),
    [
        (lambda a: np.round(a), r"round\(v\.data, 2\)"),
        (lambda a: np.round(a[0]), r"round\(v\.data, 2\)"),
        (lambda a: np.rint(a), r"round\(v\.data, 2\)"),
        (lambda a: np.histogram(a), r"\[v\.data for v in values\]"),
        *([(lambda a: np.percentile(a, 50), r"\[v\.data for v in values\]")] if NEW else []),
        *([(lambda a: np.quantile(a, 0.5), r"\[v\.data for v in values\]")] if NEW else []),
        (lambda a: np.copysign(a[0], 1.0), r"v\.data"),
        (lambda a: statistics.mean(a), r"micrograd\.mean"),
        (lambda a: statistics.variance(a), r"micrograd\.var"),
        (lambda a: statistics.stdev(a), r"micrograd\.std"),
        (lambda a: fractions.Fraction(0.5) + a[0].as_integer_ratio(), "fraction would lose the gradient"),
        (lambda a: round(a[0]), r"round\(v\.data, 2\)"),
        (lambda a: int(a[0]), r"int\(v\.data\)"),
        (lambda a: np.timedelta64(3, "ns") < a[0], "timedelta64"),
    ],
)
def test_what_is_refused_says_what_to_write(use, sentence):
    with pytest.raises((TypeError, AttributeError), match=sentence):
        use(values(0.5, -1.0, 2.5))


@pytest.mark.parametrize(
    "use",
    [
        lambda a: np.gradient(a),
        lambda a: a.astype(float),
        lambda a: np.array(list(a), dtype=float),
        lambda a: math.fsum(a),
        lambda a: statistics.fmean(a),
        lambda a: math.hypot(a[0], a[1]),
        lambda a: np.zeros(1).__setitem__(0, a[0]),
    ],
)
def test_what_leaves_the_graph_warns(use):
    with pytest.warns(micrograd.GradientLost):
        use(values(0.5, -1.0, 2.5))


def test_the_standard_library():
    a = list(values(0.5, -1.0, 2.5))
    for f in (sum, math.prod, statistics.median, min, max, lambda a: sorted(a)[0], lambda a: heapq.nsmallest(1, a)[0]):
        out = f(a)
        assert out.data == f([0.5, -1.0, 2.5])
        out.backward()
    assert f"{a[0]:.2f}" == "0.50" and str(a[0]) == repr(a[0])
    with pytest.raises(TypeError, match="Value is not JSON serializable"):
        json.dumps(a)


def test_series_of_values():
    pandas = pytest.importorskip("pandas")
    v = [Value(0.5), Value(-1.0), Value(2.5)]
    series = pandas.Series(v)
    for out in (series.sum(), series.max(), (series * 2.0).sum(), series.apply(lambda x: x * x).sum()):
        assert isinstance(out, Value)
    assert [x.data for x in Value(2.0) * pandas.Series([1.0, 2.0])] == [2.0, 4.0]
    assert [x.data for x in pandas.Series([1.0, 2.0]) ** Value(2.0)] == [1.0, 4.0]
    assert (pandas.DataFrame([[1.0, 2.0]]) * Value(2.0)).iloc[0, 1].data == 4.0
    assert not series.isna().any()
    with pytest.warns(micrograd.GradientLost):
        series.mean()


def test_pictures_of_numbers():
    """matplotlib takes the numbers of Values: plot, scatter, bar, hist and imshow want `v.data`, and say so."""
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("agg")
    a = values(0.5, -1.0, 2.5)
    figure, axes = plt.subplots()
    for use in (lambda: axes.plot(a), lambda: axes.scatter(a, a), lambda: axes.bar([0, 1, 2], a)):
        with pytest.warns(micrograd.GradientLost, match=r"v\.data"):
            use()
    with pytest.raises(TypeError, match=r"\[v\.data for v in values\]"):
        axes.hist(a)
    with pytest.raises(TypeError, match="float"):
        axes.imshow(np.array([a, a]))
    plt.close(figure)
