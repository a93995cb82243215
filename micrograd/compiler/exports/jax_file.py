"""A file of JAX's, `.jaxexport`: the export for any number of examples, lowered for several platforms.

    loss = jax.export.deserialize(bytearray(open("loss.jaxexport", "rb").read()))
    loss.call(theta, x, y)                                      # n examples: n results
    jax.grad(lambda theta: loss.call(theta, x, y).mean())(theta)

It needs JAX and nothing else, not even the source. `theta` and the arrays are of the type of the file, indices are
integers of its width. JAX keeps what it has written readable for six months at least.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from micrograd.compiler.exports.files import Given, need

PLATFORMS = ("cpu", "cuda")
KNOWN = frozenset(["cpu", "cuda", "rocm", "tpu"])
ORDER = 1  # how often what is read from the file can be differentiated


def jax_file(
    function: Callable[..., Any], given: Given, dtype: Any = None, platforms: Sequence[str] = PLATFORMS
) -> bytes:
    """The content of the file: float64 if `jax_enable_x64` is set or `dtype` says so, otherwise float32."""
    given.check()
    jax = need("jax", "jax", "jax.export", "flatbuffers")
    kind = jax.numpy.dtype(dtype or ("float64" if jax.config.jax_enable_x64 else "float32"))
    if not jax.numpy.issubdtype(kind, jax.numpy.floating):
        raise ValueError(f"dtype must be a type of floating-point numbers, such as 'float32', got {dtype!r}")
    if isinstance(platforms, str):
        platforms = [platforms]
    if not platforms or not KNOWN.issuperset(platforms):
        raise ValueError(f"platforms are some of {', '.join(sorted(KNOWN))}, got {list(platforms)}")
    wide = kind.itemsize > 4
    within = jax.enable_x64 if hasattr(jax, "enable_x64") else need("jax", "jax.experimental").enable_x64
    with within(wide):  # for this file alone
        (n,) = jax.export.symbolic_shape("n")

        def like(shape: tuple[int, ...], is_index: bool) -> Any:
            return jax.ShapeDtypeStruct((n, *shape), ("int64" if wide else "int32") if is_index else kind)

        theta = [jax.ShapeDtypeStruct((given.theta,), kind)] if given.theta else []
        arrays = given.arrays(like)
        whole = jax.vmap(function, (*(None for _ in theta), *(0 for _ in arrays))) if arrays else function
        exported = jax.export.export(jax.jit(whole), platforms=tuple(platforms))(*theta, *arrays)
        return bytes(exported.serialize(vjp_order=ORDER))
