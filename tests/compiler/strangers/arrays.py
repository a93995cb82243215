"""NumPy arrays in the surroundings: masks, views, dtypes, arrays of objects, structured arrays."""

import numpy as np

from micrograd import Value, tanh
from strangers.collection import after, call, calls, case, put, values


@case
def mask_of_an_array_in_the_closure():
    X, mask, w = np.array([1.0, 2.0, 3.0]), np.array([True, False, True]), Value(2.0)

    def f():
        return sum(w * x for x in X[mask])

    return f, [w], [call(), after(lambda: mask.__setitem__(1, True)), after(lambda: X.__setitem__(0, 9.0))]


@case
def index_array_in_the_closure():
    X, rows, w = np.arange(6.0).reshape(3, 2), np.array([0, 2]), Value(2.0)

    def f():
        return (w * X[rows, 1]).sum()

    return f, [w], [call(), after(lambda: rows.__setitem__(0, 1)), after(lambda: X.__setitem__((1, 1), 7.0))]


@case
def view_of_an_array_that_changes():
    base, w = np.arange(4.0), Value(2.0)
    view = base[1:3]

    def f():
        return (w * view).sum()

    return f, [w], [call(), after(lambda: base.__setitem__(2, 9.0)), after(lambda: base.__imul__(2))]


@case
def weights_as_an_array_of_objects():
    ws = np.array([values(1, 2), values(3, 4)])
    listed = ws.ravel().tolist()
    new = Value(9.0)

    def f(x):
        return (ws @ np.array([x, 1.0])).sum()

    return f, [*listed, new], [call(1.0), after(lambda: ws.__setitem__((0, 1), new), 1.0), call(2.0)]


@case
def dtype_of_a_closure_array_changes():
    X, w = np.array([3, 5]), Value(0.5)

    def f():
        return (w * (X / 2)).sum() + (X.dtype.kind == "f")

    def to_floats():
        nonlocal X
        X = X.astype(float)

    return f, [w], [call(), after(to_floats)]


@case
def closure_array_reshaped_in_place():
    X, w = np.arange(6.0), Value(0.5)

    def f():
        return w * X.shape[0] + (w * X).sum()

    def reshape():
        nonlocal X
        X = X.reshape(3, 2)

    return f, [w], [call(), after(reshape)]


@case
def standardised_with_statistics_of_training():
    class Scaler:
        def fit(self, X):
            self.mean, self.std = X.mean(axis=0), X.std(axis=0)

        def transform(self, X):
            return (X - self.mean) / self.std

    scaler, ws = Scaler(), values(1, 2)
    scaler.fit(np.array([[1.0, 2.0], [3.0, 6.0]]))

    def f(X):
        return (scaler.transform(X) @ np.array(ws)).sum()

    X = np.array([[1.0, 1.0]])
    return f, ws, [call(X), after(lambda: scaler.fit(np.array([[0.0, 2.0], [4.0, 3.0]])), X)]


@case
def structured_rows():
    rows = np.array([(1.0, 2), (3.0, 4)], dtype=[("x", float), ("n", int)])
    w = Value(0.5)

    def f():
        return sum(w * row["x"] * int(row["n"]) for row in rows)

    return f, [w], [call(), after(lambda: rows["n"].__setitem__(0, 5))]


@case
def strings_in_an_array():
    names, w = np.array(["cat", "dog"]), Value(0.5)

    def f(x):
        return w * x * (names == "cat").sum()

    return f, [w], [call(1.0), after(lambda: names.__setitem__(1, "cat"), 1.0)]


@case
def closure_order_from_argsort():
    w, X = Value(0.5), np.array([3.0, 1.0, 2.0])

    def f():
        return (w * X[np.argsort(X)] * np.arange(3)).sum()

    return f, [w], [call(), after(lambda: X.__setitem__(0, 0.0))]


@case
def einsum_with_constants():
    w, A = Value(0.5), np.array([[1.0, 2.0], [3.0, 4.0]])

    def f(x):
        return w * np.einsum("ij,j->i", A, np.ones(2)).sum() * x

    return f, [w], [call(1.0), after(lambda: A.__setitem__((0, 0), 10.0), 1.0)]


@case
def rows_until_nan():
    w, X = Value(0.5), np.array([1.0, np.nan, 2.0])

    def f():
        return sum(w * x for x in X if not np.isnan(x))

    return f, [w], [call(), after(lambda: X.__setitem__(1, 5.0)), after(lambda: X.__setitem__(0, np.nan))]


@case
def scalars_of_numpy():
    w, config = Value(0.5), {"k": np.float32(0.1)}

    def f(x):
        return w * x * config["k"]

    return f, [w], [call(np.float64(1.0)), call(np.int64(2)), after(lambda: config.update(k=np.float64(0.1)), 1.0)]


@case
def batch_index_kept_on_an_object():
    class Loader:
        def __init__(self):
            self.X, self.k = np.arange(8.0).reshape(4, 2), 0

        def batch(self):
            return self.X[self.k : self.k + 2]

    loader, ws = Loader(), values(1, 2)

    def f():
        return sum(tanh(sum(w * x for w, x in zip(ws, row, strict=True))) for row in loader.batch())

    return f, ws, [call(), after(put(loader, k=2)), after(put(loader, k=0))]


@case
def permutation_applied_in_place():
    X, w, rng = np.arange(4.0), Value(0.5), np.random.default_rng(1)

    def f():
        return (w * X[:2]).sum()

    return f, [w], [call(), after(lambda: rng.shuffle(X)), after(lambda: rng.shuffle(X))]


@case
def read_only_flag_and_copy():
    X, w = np.arange(3.0), Value(0.5)

    def f():
        Y = X.copy()
        Y[0] = 5.0
        return (w * Y).sum()

    return f, [w], [call(), after(lambda: X.__setitem__(1, 7.0))]


@case(refused="changes what it reads: buffer")
def array_in_the_closure_written_inside():
    buffer, w = np.zeros(3), Value(0.5)

    def f(x):
        buffer[1] = 4.0
        buffer[2] += 1.0
        return (w * buffer).sum() * x

    return f, [w], calls(1.0, 1.0, 1.0)
