"""Arrays as arguments: masks, indices, dtypes, broadcasting, sorting."""

import numpy as np

from micrograd import Value, tanh
from strangers.collection import after, call, calls, case, values


@case
def mask_made_of_the_argument():
    w = Value(2.0)

    def f(X):
        return (w * X[X > 0]).sum()

    return f, [w], calls(np.array([1.0, -2.0]), np.array([3.0, 4.0]), np.array([1.0, -2.0]))


@case
def boolean_array_as_an_argument():
    w, X = Value(2.0), np.array([1.0, 2.0, 3.0])

    def f(mask):
        return sum(w * x for x in X[mask])

    return f, [w], calls(np.array([True, False, True]), np.array([False, False, True]))


@case
def boolean_array_multiplied():
    w = Value(2.0)

    def f(X, mask):
        return (w * X * mask).sum() / mask.sum()

    X = np.array([1.0, 2.0])
    return f, [w], [call(X, np.array([True, False])), call(X, np.array([True, True]))]


@case
def logical_operations_on_masks():
    w = Value(2.0)

    def f(X):
        inside = (X > 0) & (X < 2) | (X == 5)
        return (w * np.where(inside, X, 0.0)).sum()

    return f, [w], calls(np.array([1.0, 3.0]), np.array([5.0, 1.0]), np.array([-1.0, 3.0]))


@case
def index_array_as_an_argument():
    ws = np.array(values(1, 2, 3), dtype=object)

    def f(rows):
        return (ws[rows] ** 2).sum()

    return f, ws.tolist(), calls(np.array([0, 2]), np.array([1, 1]), np.array([0, 2]))


@case
def broadcasting_rows_against_columns():
    w = Value(0.5)

    def f(X, Y):
        return (w * (X[:, None] - Y[None, :]) ** 2).mean()

    return f, [w], [call(np.array([1.0, 2.0]), np.array([0.0, 1.0, 4.0])), call(np.array([1.0]), np.array([3.0]))]


@case
def same_numbers_in_another_dtype():
    w = Value(0.5)

    def f(X):
        return (w * X / 2).sum() if X.dtype == float else (w * (X // 2)).sum()

    return f, [w], calls(np.array([3.0, 5.0]), np.array([3, 5]), np.array([3.0, 5.0]))


@case
def integer_array_divided():
    w = Value(0.5)

    def f(n):
        return (w * (n // 2 + n % 2)).sum()

    return f, [w], calls(np.array([3, 4]), np.array([7, 0]))


@case(refused="integer or boolean arrays are valid indices")
def one_hot_rows_by_eye():
    ws = np.array(values(1, 2, 3))

    def f(labels):
        return sum(np.atleast_1d(np.eye(3)[labels] @ ws))

    return f, ws.tolist(), [call(0), call(2), call([0, 1])]


@case
def argmax_of_data_as_prediction():
    ws = values(1, 2)

    def f(X):
        scores = [[w * x for w, x in zip(ws, row, strict=True)] for row in X]
        guesses = np.array([[s.data for s in row] for row in scores]).argmax(axis=1)
        return sum(row[g] for row, g in zip(scores, guesses, strict=True))

    return f, ws, calls([[1.0, 2.0]], [[5.0, 1.0]])


@case
def cumulative_sums_and_differences():
    w = Value(0.5)

    def f(X):
        return (w * np.cumsum(X)).sum() + (w * np.diff(X)).sum()

    return f, [w], calls(np.array([1.0, 3.0, 2.0]), np.array([0.0, 1.0, 5.0]))


@case
def sorted_by_argsort():
    w = Value(0.5)

    def f(X, Y):
        return (w * Y[np.argsort(X)] * np.arange(len(X))).sum()

    X, Y = np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0])
    return f, [w], [call(X, Y), call(Y, X), call(-X, Y)]


@case
def window_over_a_signal():
    kernel = values(0.5, -0.5)

    def f(signal):
        return sum(
            tanh(sum(k * x for k, x in zip(kernel, window, strict=True)))
            for window in np.lib.stride_tricks.sliding_window_view(signal, 2)
        )

    return f, kernel, calls(np.array([1.0, 3.0, 2.0]), np.array([0.0, 1.0, 5.0]))


@case
def masked_by_nan():
    w = Value(0.5)

    def f(X):
        return (w * np.nan_to_num(X)).sum()

    return f, [w], calls(np.array([1.0, np.nan]), np.array([2.0, 3.0]))


@case(refused="no attribute .ndim")
def zero_sized_and_zero_dimensional():
    w = Value(0.5)

    def f(x):
        return w * x + x.ndim

    return f, [w], calls(np.array(2.0), np.array(3.0), np.float64(2.0))


@case
def dtype_of_the_argument_decides():
    w = Value(0.5)

    def f(X):
        return (w * X).sum() * (1 if X.dtype.kind == "f" else 10)

    return f, [w], calls(np.array([3.0, 5.0]), np.array([3, 5]), np.array([3.0, 5.0]))


@case
def numpy_array_argument_changed_inplace():
    w, X = Value(2.0), np.array([1.0, 2.0, 3.0])

    def f(X):
        return sum(w * x for x in X)

    return f, [w], [call(X), after(lambda: X.__setitem__(slice(None), 7.0), X)]


@case
def numpy_sum_mean_dot():
    w = Value(2.0)

    def f(X):
        Y = w * X
        return Y.sum() + Y.mean() + np.dot(Y, X)

    return f, [w], calls(np.array([1.0, 2.0]), np.array([3.0, 4.0]))


@case
def numpy_where_mask():
    w = Value(2.0)

    def f(X):
        return (w * np.where(X > 0, X, 0.0)).sum()

    return f, [w], calls(np.array([1.0, -2.0]), np.array([-5.0, 4.0]))


@case
def numpy_float32_int_arrays():
    w = Value(2.0)

    def f(X):
        return (w * X).sum()

    return f, [w], calls(np.array([1, 2]), np.array([0.1, 4], dtype=np.float32), np.array([True, False]))


@case
def numpy_linspace_of_input():
    w = Value(2.0)

    def f(a):
        return sum(w * t for t in np.linspace(0, a, 5))

    return f, [w], calls(1.0, 2.0)


@case
def numpy_empty_array():
    w = Value(2.0)

    def f(x):
        return w + x.sum()

    return f, [w], calls(np.array([]), np.array([1.0]))


@case
def numpy_dtype_bool_invert():
    w = Value(2.0)

    def f(m):
        return (w * (~m)).sum()

    return f, [w], calls(np.array([True, False]), np.array([False, False]))


@case
def numpy_exp_of_array_arg():
    w = Value(2.0)

    def f(x):
        return (w * np.exp(x)).sum()

    return f, [w], calls(np.array([0.0, 1.0]), np.array([2.0, 2.0]))


@case
def numpy_norm():
    w = Value(2.0)

    def f(x):
        return w * np.linalg.norm(x)

    return f, [w], calls(np.array([0.0, 1.0]), np.array([2.0, 5.0]))


@case
def numpy_round_clip():
    w = Value(2.0)

    def f(x):
        return (w * np.clip(x, 0.0, 1.0)).sum()

    return f, [w], calls(np.array([0.5, -1.0]), np.array([2.0, 0.1]))


@case
def numpy_maximum():
    w = Value(2.0)

    def f(x):
        return (w * np.maximum(x, 0.0)).sum()

    return f, [w], calls(np.array([0.5, -1.0]), np.array([-2.0, 0.1]))


@case(refused="changes its argument: a ndarray")
def array_argument_written_inside():
    w = Value(0.5)

    def f(X):
        X[0] = 7.0
        return (w * X).sum()

    def step(g):
        X = np.array([1.0, 2.0])
        return g(X), X.tolist()

    return f, [w], [step, step]
