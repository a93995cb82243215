import numpy as np

from micrograd import Value

v, w = Value(1.5, label="v"), Value(-0.5, label="w")
values = np.array([v, w])
matrix = np.array([[v, w], [w, v]])
floats = np.array([1.0, 2.0])


def attempt(compute, *operands):
    try:
        return compute(*operands)
    except Exception as error:
        return error


UFUNCS = sorted(name for name in dir(np) if isinstance(getattr(np, name), np.ufunc))
SCALARS = [
    np.float64(2),
    np.float32(0.1),
    np.float16(0.5),
    np.int64(3),
    np.int8(-2),
    np.uint8(2),
    np.bool_(True),
    np.array(2.0),
    np.longdouble(2),
]
SCALARS += [np.complex128(1), np.str_("x"), np.datetime64("2020-01-01"), np.timedelta64(1, "D")]
OPERATORS = [lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / y, lambda x, y: x**y]
OPERATORS += [
    lambda x, y: x % y,
    lambda x, y: x // y,
    lambda x, y: x < y,
    lambda x, y: x >= y,
    lambda x, y: x == y,
    lambda x, y: x @ y,
]
OPERATORS += [divmod]
[[(str(x.dtype), attempt(op, x, v)) for x in SCALARS] for op in OPERATORS]
[[(str(x.dtype), attempt(op, v, x)) for x in SCALARS] for op in OPERATORS]
[(name, attempt(getattr(np, name), v)) for name in UFUNCS if getattr(np, name).nin == 1]
[(name, attempt(getattr(np, name), values)) for name in UFUNCS if getattr(np, name).nin == 1]
[(name, attempt(getattr(np, name), v, w)) for name in UFUNCS if getattr(np, name).nin == 2]
[(name, attempt(getattr(np, name), v, 2.0)) for name in UFUNCS if getattr(np, name).nin == 2]
[(name, attempt(getattr(np, name), np.float64(2), v)) for name in UFUNCS if getattr(np, name).nin == 2]
[(name, attempt(getattr(np, name), values, floats)) for name in UFUNCS if getattr(np, name).nin == 2]
[attempt(op, values, v) for op in OPERATORS]
[attempt(op, v, values) for op in OPERATORS]
[attempt(op, floats, v) for op in OPERATORS]
[attempt(op, v, floats) for op in OPERATORS]
[attempt(op, matrix, matrix) for op in OPERATORS]
[attempt(op, matrix, floats) for op in OPERATORS]
values.sum(), values.mean(), values.prod(), values.max(), values.min()
values.cumsum(), values.argmax(), values.argsort()
np.sum(values), np.mean(values), np.var(values), np.std(values), np.median(values)
np.sum([v, w]), np.mean([v, w])
np.dot(values, values), np.dot(values, floats), np.dot(floats, values)
np.inner(values, values), np.outer(values, values)
np.vdot(values, floats)
np.matmul(matrix, values)
np.einsum("ij,j->i", matrix, values)
np.tensordot(matrix, values, 1)
np.linalg.norm(values)
np.linalg.inv(matrix)
np.where(values > 0, values, 0.0)
np.where([True, False], v, w)
np.clip(values, 0, 1)
np.clip(v, 0, 1)
np.sort(values)
np.unique(values)
np.isclose(values, values)
np.allclose(values, values)
np.array_equal(values, values)
np.concatenate([values, values])
np.stack([values, values]).T
np.diff(values)
np.round(values)
np.round(v)
np.float64(v)
np.array(v)
np.array(v).shape
np.array(v, dtype=float)
np.asarray([v, w], dtype=float)
np.array([v, 1.0]).dtype
np.full(2, v)
np.zeros(2) + v
np.linspace(v, w, 3)
np.vectorize(lambda x: x * 2)(values)
np.isscalar(v), np.ndim(v), np.shape(v), np.size(v)
np.iscomplexobj(v), np.isrealobj(v)
np.abs(v), np.sign(v), np.square(v), np.sqrt(v)
values.astype(float)
values.astype(str)
values.tolist()
values.copy()
floats[0] * v, v * floats[0]
floats += v
values += 1
values
values -= floats
values
values[0].backward()
v.grad
values[0].item
(np.array([v, w]) ** 2).sum().backward()
v, w
np.add.reduce(values), np.multiply.accumulate(values)
np.maximum(v, np.array([1.0, 2.0]))
np.hypot(values, 1.0)
np.float64(2).__add__(v)
np.float64(2).__mul__(v)
np.array(2.0) * v
np.ma.array([1.0, 2.0]) * v
np.matrix([[1.0, 2.0]]) * v
np.random.default_rng(0).normal(v)
singular = np.array([Value(0.0)])
[attempt(getattr(np, name), singular) for name in "sqrt log log1p cbrt reciprocal abs sign arcsin arccosh".split()]
singular**0.5, singular**-1
singular ** np.array([Value(2.0)]), singular ** Value(0.0)
attempt(np.divide, singular, singular)
attempt(np.arccos, singular + 1)
np.exp(np.array([Value(-800.0)]))
np.array([Value(1e308)]) + np.array([Value(-1e308)])
np.array([Value(1e308)]) % 3.0
np.array([Value(1e308)]) / np.array([Value(-1e308)])
np.array([Value(1e308)]) ** np.array([Value(1.0)])
