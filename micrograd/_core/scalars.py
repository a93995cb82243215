"""One number from anywhere: scalars of NumPy, PyTorch, JAX and pandas, fractions and decimals become floats.

A number is whatever has one real value: Python's own kinds, or an object with `item()` or `__float__`. Whatever is
iterable is a sequence of numbers, and text is text. No library is imported for this: the objects are asked.
"""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Callable
from typing import Any

TEXT = (str, bytes, bytearray, memoryview)
PLAIN = (type(None), str, bytes, bytearray, list, tuple, dict, set, frozenset, complex)
WAY_OUT = (
    "to compute there, write g = micrograd.compile(f).to_jax(*example), or .to_torch(*example), or for a model "
    "micrograd.interop.to_torch(model)"
)

ONE_BY_ONE = "x.tolist() makes it a list; write [{each} for x in xs] to take the numbers one by one"


def is_several(x: Any) -> bool:
    """Whether x is a sequence of numbers, as opposed to one number: iterable, and neither text nor of dimension 0."""
    dimensions = getattr(x, "ndim", None)
    if type(dimensions) is int:
        return dimensions > 0
    return not isinstance(x, (*TEXT, type)) and (hasattr(x, "__iter__") or hasattr(x, "__getitem__"))


def as_list(x: Any) -> list[Any]:
    """The numbers, or the rows, of a sequence: of an array, a tensor, a table, a list, a generator.

    Raises `TypeError` for text, and for arrays and tensors whose derivatives another library follows.
    """
    if isinstance(x, (list, tuple)):
        return list(x)
    if isinstance(x, TEXT):
        raise TypeError(f"a sequence of numbers is needed, {got(x)}")
    check_untracked(x)
    if hasattr(x, "tolist"):  # a row of numpy.matrix is a matrix again, without end
        return list(x.tolist())
    return list(x.to_numpy().tolist() if hasattr(x, "to_numpy") else x)


def real_of(x: Any) -> float | None:
    """The real number that x is, as a Python float; None if it is none.

    Raises `TypeError` if another library follows its derivatives, `OverflowError` if it is too large for a float.
    """
    if getattr(getattr(x, "dtype", None), "kind", "") in ("m", "M"):  # NumPy's dates and spans of time
        return None
    if not isinstance(x, numbers.Real):
        if not (hasattr(type(x), "__float__") or hasattr(type(x), "__index__") or hasattr(x, "item")):
            return None
        if isinstance(x, TEXT) or is_several(x) or of_our_own(x):
            return None
        check_untracked(x)
        if (x := _item(x)) is None:
            return None
    try:
        out = float(x)
    except (TypeError, ValueError, RuntimeError):
        return None
    if math.isinf(out) and x != out:
        raise OverflowError(f"{type(x).__name__} too large to convert to float")
    return out


def _item(x: Any) -> Any:
    """The number inside x, from its `item()` if it has one; None for complex numbers and the like."""
    try:
        item = x.item() if callable(getattr(x, "item", None)) else x
    except (TypeError, ValueError, RuntimeError):
        return None
    return None if isinstance(item, TEXT) or of_our_own(item) or _is_complex(item) else item


def of_our_own(x: Any) -> bool:
    """Whether x is a number of this package, such as a Value or a dual number, whose history a float would lose."""
    return hasattr(type(x), "_apply") or hasattr(type(x), "_prev")


# ---- derivatives that others follow


def is_tracked(x: Any) -> bool:
    """Whether another library follows the derivatives of x: a JAX tracer, a tensor that needs a gradient."""
    if any(kind.__name__ == "Tracer" and kind.__module__.startswith("jax") for kind in type(x).__mro__):
        return True
    if getattr(x, "requires_grad", None) is True:
        return True
    torch: Any = sys.modules.get("torch")
    return isinstance(x, getattr(torch, "Tensor", ())) and torch.autograd.forward_ad.unpack_dual(x).tangent is not None


def check_untracked(x: Any) -> None:
    torch: Any = sys.modules.get("torch")
    if isinstance(x, getattr(torch, "Tensor", ())) and torch._C._functorch.is_batchedtensor(x):
        raise TypeError(f"a tensor of torch.vmap is many numbers at once, got {describe(x)}: {WAY_OUT}")
    if is_tracked(x):
        tensor = hasattr(x, "requires_grad")
        what = "a tensor that needs a gradient" if tensor else "a JAX tracer"
        write = "x.detach() passes its numbers alone" if tensor else "call the function outside of jax.jit and jax.grad"
        raise TypeError(f"{what} would lose its derivatives here, got {describe(x)}: {write}; {WAY_OUT}")


# ---- messages


def describe(x: Any) -> str:
    """The type of x and its beginning."""
    try:
        shown = " ".join(repr(x).split())
    except Exception:  # what cannot be shown has a type still
        return type(x).__name__
    return f"{type(x).__name__} {shown if len(shown) <= 60 else shown[:57] + '…'}"


def got(x: Any, each: str = "Value(x)") -> str:
    """The end of a message about x, which is no real number: what came, and what to write instead."""
    check_untracked(x)
    return f"got {describe(x)}{advice(x, each)}"


def advice(x: Any, each: str = "Value(x)") -> str:
    """What to write instead of x, after a colon; `each` is what is computed for one number."""
    return next((f": {text.format(each=each)}" for fits, text in ADVICE if fits(x)), "")


def _is_number_as_text(x: Any) -> bool:
    try:
        return isinstance(x, str) and float(x) is not None
    except ValueError:
        return False


def _is_complex(x: Any) -> bool:
    return isinstance(x, numbers.Complex) and not isinstance(x, numbers.Real)


def _is_complex_array(x: Any) -> bool:
    return "complex" in str(getattr(x, "dtype", ""))


ADVICE: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (lambda x: hasattr(type(x), "_prev"), "use its .data, or the Value itself"),
    (of_our_own, "it carries derivatives along, so compute with it as it is"),
    (_is_number_as_text, "float() reads a number from a text"),
    (lambda x: isinstance(x, str), "a name is a label, as in Value(0.0, label='x')"),
    (_is_complex, "take two Values, for the real and the imaginary part"),
    (_is_complex_array, "take two Values, for the real and the imaginary part"),
    (lambda x: isinstance(x, dict), "take its numbers one by one"),
    (
        lambda x: is_several(x) and type(x).__module__.split(".")[0] in ("torch", "jax", "jaxlib"),
        f"{ONE_BY_ONE}; {WAY_OUT}",
    ),
    (lambda x: is_several(x) and hasattr(x, "tolist"), ONE_BY_ONE),
    (is_several, "write [{each} for x in xs] to take the numbers one by one"),
)
