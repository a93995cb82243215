"""Values inside NumPy object arrays."""

import numpy as np
import pytest

from micrograd import Value


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
