"""Words that mean something in a source: what a user calls so has another name there.

An argument `theta` is `theta_2` in an export, and so with one called `torch` or `relu`.
"""

from __future__ import annotations

from micrograd.ops import PRIMITIVES

IMPORTED = "np math jax jnp torch partial checkify".split()
FUNCTIONS = "matmul einsum windows together passed pick surprise largest smallest from_largest root each".split()
CLASSES = ["LogSumExp"]
INSIDE = "theta self dtype before now".split()
BUILT_IN = "dict float int isinstance len next range reversed tuple zip".split()
OF_DRAWS = "key keys rng generator like".split()


def words(draws: bool) -> set[str]:
    """All words of a source for any engine, which draws random numbers or does not."""
    found = {*IMPORTED, *FUNCTIONS, *CLASSES, *INSIDE, *BUILT_IN, *(OF_DRAWS if draws else ())}
    for op in PRIMITIVES.values():  # one that stays whole is a function, and in PyTorch a class
        found |= {op.name, op.numpy, class_name(op.numpy)}
    return found


def class_name(function: str) -> str:
    """What a class for a function is called: TotalLoss for total_loss."""
    return "".join(part[:1].upper() + part[1:] for part in function.split("_"))
