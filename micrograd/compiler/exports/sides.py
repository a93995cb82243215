"""Sides: the sources of several traces as one, in which each example takes the side whose decisions hold.

A side that does not hold may divide by zero: its result is not taken, and its gradient, which 0 · inf would make nan,
is exactly 0. Where no side holds, the result is nan, or there is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from micrograd.calculus.structures import transform
from micrograd.compiler.exports.arguments import Taken
from micrograd.compiler.exports.layout import module_text
from micrograd.compiler.exports.plan import CHECK, Plan
from micrograd.compiler.exports.source import Source, otherwise

ONE_EXAMPLE = """given = jax.tree.map(jnp.asarray, {given})
sides = ({sides})
taken = [side({call})[1] for side in sides]
found = jnp.array(taken).any()
{check}
poison = jnp.where(found, 1, jnp.nan)  # for the gradient too
given = jax.tree.map(lambda a: a * poison if jnp.issubdtype(a.dtype, jnp.inexact) else a, given)
out = None
for side, holds in zip(sides[::-1], taken[::-1]):
    given_here = jax.tree.map(lambda a: jnp.where(holds, a, jax.lax.stop_gradient(a)), given)
    there = side({call_here})[0]
    out = there if out is None else jax.tree.map(lambda a, b: jnp.where(holds, a, b), there, out)
return jax.tree.map(lambda a: a * poison, out)"""
EACH = """def each(f, *trees):  # of the arrays in tuples and dicts
    first = trees[0]
    if isinstance(first, dict):
        return {key: each(f, *(tree[key] for tree in trees)) for key in first}
    if isinstance(first, tuple):
        return tuple(each(f, *parts) for parts in zip(*trees))
    return f(*trees)"""
IN_PYTORCH = """given = each(torch.as_tensor, {given})
left = torch.ones(len({first}), dtype=torch.bool, device={like}.device)
out = None
for side in ({sides}):
    rows = left.nonzero()[:, 0]
    given_here = each(lambda a: a[rows], given)
    with torch.no_grad():
        holds = side({call_here})[1].expand(len(rows))
    rows = rows[holds]
    left[rows] = False
    given_here = each(lambda a: a[rows], given)
    there = side({call_here})[0]
    if out is None:
        out = each(lambda a: a.new_full((len(left), *a.shape[1:]), torch.nan), there)
    out = each(lambda a, b: a.index_copy(0, rows, b), out, there)
{check}
if left.any():  # nan for the gradient too
    poison = torch.zeros(len(left)).to({like}).masked_fill(left, torch.nan)
    out = each(lambda a: a + (poison * {like}.sum()).reshape(-1, *[1] * (a.dim() - 1)), out)
return out"""
IN_NUMPY = """{seeded}
given = each(np.asarray, {given})
left = np.ones(len({first}), dtype=bool)
out = None
for side in ({sides}):
    rows = np.flatnonzero(left)
    given_here = each(lambda a: a[rows], given)
    rows = rows[np.broadcast_to(side({call_here})[1], len(rows))]
    left[rows] = False
    given_here = each(lambda a: a[rows], given)
    there = side({call_here})[0]
    if out is None:
        out = each(lambda a: np.full((len(left), *a.shape[1:]), np.nan), there)
    each(lambda a, b: a.__setitem__(rows, b), out, there)
{check}
return out"""
BODIES = {"JAX": ONE_EXAMPLE, "PyTorch": IN_PYTORCH, "NumPy": IN_NUMPY}
ALL_FOUND = {"JAX": "found", "PyTorch": "~left", "NumPy": "~left"}


def together(sources: Sequence[Source], plan: Plan) -> Source:
    """The source for all sides; each has a function of its own. The `plan` has the title of all."""
    first = sources[0]
    whole = type(first)(plan)
    theta = ["theta"] if plan.theta else []
    draws = [first.source_of_draws] if plan.draws else []
    names = plan.signature.names
    here = first.engine == "JAX"
    given = [*(theta if here else []), *names]
    before = [] if here else theta
    check = whole.check(ALL_FOUND[first.engine], repr(otherwise(plan))) if plan.guards == CHECK else ""
    arrays = given_arrays(plan)
    body = BODIES[first.engine].format(
        given=f"({', '.join(given)},)",
        sides=", ".join(source.plan.title for source in sources),
        call=", ".join([*before, "*given", *draws]),
        call_here=", ".join([*before, "*given_here", *draws]),
        first=next(iter(arrays.values()), ""),
        like="theta" if theta else next((text for name, text in arrays.items() if name not in plan.indices), ""),
        check=check,
        seeded="rng = np.random.default_rng(rng)  # one for all sides" if plan.draws else "",
    )
    body = "\n".join(line for line in body.split("\n") if line)
    parts = [source.parts for source in sources]
    constants = [text for part in parts for text in part.constants]
    functions = list(dict.fromkeys([*(text for part in parts for text in part.functions), *([] if here else [EACH])]))
    functions += [part.function for part in parts]
    function = f"{whole.before}def {plan.title}({', '.join(whole.parameters())}):\n" + indent(body, "    ")
    whole.text = module_text(whole.docstring(), whole.imports, constants, [*functions, function + whole.after])
    return whole


def given_arrays(plan: Plan) -> dict[str, str]:
    """The arrays of the arguments by their names, as what is given to all sides has them: given[0]["a"]."""
    found: dict[str, str] = {}
    for k, (name, structure) in enumerate(zip(plan.signature.names, plan.signature.structures, strict=True)):
        own: list[Taken] = []
        transform(own.append, structure)
        found |= {taken.name: f"given[{k}]{taken.access.removeprefix(name)}" for taken in own}
    return found
