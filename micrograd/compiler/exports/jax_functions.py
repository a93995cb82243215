"""Functions that a source for JAX may need, with our derivatives where JAX has none or others."""

from __future__ import annotations

PRODUCTS = """matmul = partial(jnp.matmul, precision="highest")"""
EINSUM = """einsum = partial(jnp.einsum, precision="highest")"""
TOGETHER = """def together(*xs):  # of one shape and type
    return jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(*xs)) for x in xs))"""
PASS = """def passed(slope, d):  # exactly 0 where the slope is 0, whatever d is
    return jnp.where(slope == 0, 0, slope * d)"""
PICK = """def pick(values, i):  # nan, with its derivatives, where there is no such value
    there = (0 <= i) & (i < values.shape[-1]) & (i == jnp.floor(i))
    shape = jnp.broadcast_shapes(i.shape, values.shape[:-1])
    k = jnp.broadcast_to(jnp.where(there, i, 0).astype(int), shape)[..., None]
    values = jnp.broadcast_to(values, (*shape, values.shape[-1]))
    return jnp.where(there, 1, jnp.nan) * jnp.take_along_axis(values, k, -1)[..., 0]"""
SURPRISE = """def surprise(z, y):
    right = jnp.abs(jnp.asarray(y)[..., None] - jnp.arange(z.shape[-1])) < 0.5
    largest = z.max(-1)
    x = jnp.where(right[..., 1:].any(-1), jnp.where(right, z, 0).sum(-1), z[..., 0])
    weights = jnp.where(right, 0, jnp.exp(jnp.where(z >= jnp.inf, 0, z - largest[..., None])))
    rest = weights.sum(-1)
    own = jnp.where(x >= jnp.inf, jnp.where(rest > 0, jnp.nan, 0), x - largest)
    return own, rest, right, weights"""
CROSS_ENTROPY = """@jax.custom_jvp
def cross_entropy(z, y):
    own, rest, _, _ = surprise(z, y)
    return jnp.log1p(rest + jnp.expm1(own)) - own


@cross_entropy.defjvp
def _(at, along):  # softmax(z) - onehot(y)
    own, rest, right, weights = surprise(*at)
    slope = jnp.where(right, -rest[..., None], weights) / (rest + jnp.exp(own))[..., None]
    return cross_entropy(*at), (slope * along[0]).sum(-1)"""
LOGSUMEXP = """def from_largest(z):  # the largest one, and the sum of the weights of the others
    place = jnp.argmax(z, -1, keepdims=True)
    largest = jnp.take_along_axis(z, place, -1)
    own = jnp.arange(z.shape[-1]) == place
    return largest[..., 0], jnp.where(own, 0, jnp.exp(z - largest)).sum(-1)


@jax.custom_jvp
def logsumexp(z):
    largest, rest = from_largest(z)
    return jnp.where(jnp.abs(largest) < jnp.inf, largest + jnp.log1p(rest), largest)


@logsumexp.defjvp
def _(at, along):
    largest, rest = from_largest(*at)
    weights = jnp.exp(jnp.where(at[0] >= jnp.inf, 0, at[0] - largest[..., None]))
    return logsumexp(*at), (weights / (1 + rest)[..., None] * along[0]).sum(-1)"""
LARGEST = """def largest(x):  # the derivative belongs to the first one
    out = jnp.take_along_axis(x, jnp.argmax(x, -1, keepdims=True), -1)[..., 0]
    return out * jnp.where(out == out, 1, jnp.nan)"""
NORM = """@jax.custom_jvp
def norm(x):
    scale = jnp.abs(x).max(-1)
    scale = jnp.where((scale > 0) & (scale < jnp.inf), scale, 1)
    return scale * jnp.sqrt(((x / scale[..., None]) ** 2).sum(-1))


@norm.defjvp
def _(at, along):
    out = norm(*at)
    slope = jnp.where(out[..., None] > 0, at[0] / out[..., None], 0)
    return out, (slope * along[0]).sum(-1)"""
WINDOWS = """def windows(x, sizes, axes):  # every window along these axes, as further axes
    for size, axis in zip(sizes, axes):
        starts = jnp.arange(x.shape[axis] - size + 1)
        x = jnp.moveaxis(jnp.take(x, starts[:, None] + jnp.arange(size), axis), axis + 1, -1)
    return x"""

HELPERS = {
    "matmul": PRODUCTS,
    "einsum": EINSUM,
    "together": TOGETHER,
    "passed": PASS,
    "pick()": PICK,
    "surprise": SURPRISE,
    "cross_entropy()": CROSS_ENTROPY,
    "logsumexp()": LOGSUMEXP,
    "largest()": LARGEST,
    "smallest()": LARGEST.replace("largest", "smallest").replace("argmax", "argmin"),
    "norm()": NORM,
    "windows": WINDOWS,
}
