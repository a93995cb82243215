"""From a compiled function and an example to an export: a trace of its own, a plan, the source for an engine."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from micrograd.calculus.structures import describe, transform
from micrograd.compiler.exports.export import Export, export
from micrograd.compiler.exports.in_jax import JaxSource
from micrograd.compiler.exports.in_numpy import NumpySource
from micrograd.compiler.exports.in_torch import TorchSource
from micrograd.compiler.exports.module import make_module
from micrograd.compiler.exports.plan import NAN, REFUSE, SIDE, Plan, check_guards, make_plan
from micrograd.compiler.exports.sides import together
from micrograd.compiler.exports.source import Source
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.tracing.errors import Changed, InForwardMode, TraceError, Unsteady
from micrograd.compiler.tracing.exclusive import CollectorWaits, exclusively
from micrograd.compiler.tracing.trace import Raised
from micrograd.compiler.variants import Variants
from micrograd.engine import Value

Example: TypeAlias = "tuple[Any, ...]"
Named: TypeAlias = "dict[str, Any]"
EXAMPLE = (
    "an export of {0} is made from an example of its arguments ({1}), besides the options also= and guards=. "
    "In {2}: {3}"
)
FURTHER = "also must be a list of further examples, each a tuple of arguments, got {0}"
OTHERWISE = (
    "an example in also= must be a tuple of arguments of the same shapes as those of {0}, with the same for what is "
    "built in, and lead to a result of the same structure"
)


class Exporter(NamedTuple):
    """What an export needs of a compiled function: the function, its title, the parameters given, its variants."""

    f: Callable[..., Any]
    title: str
    given: list[Value] | None
    variants: Variants

    def to_jax(self, example: Example, named: Named, guards: str, also: Sequence[Example]) -> Export:
        return export(self.source(JaxSource, example, named, guards, also))

    def to_numpy(self, example: Example, named: Named, guards: str, also: Sequence[Example]) -> Export:
        return export(self.source(NumpySource, example, named, guards, also))

    def to_torch(self, example: Example, named: Named, guards: str, also: Sequence[Example]) -> Any:
        return make_module(self.source(TorchSource, example, named, guards, also))

    def source(
        self, engine: type[Source], example: Example, named: Named, guards: str, also: Sequence[Example]
    ) -> Source:
        """The source; where the steps of a loop fit into none for this engine, they stand one by one."""
        check_guards(guards)
        if not isinstance(also, (list, tuple)):
            raise TypeError(FURTHER.format(describe(also)))
        check_example(self.f, self.title, example, named, "the example")
        for k, one in enumerate(also):
            check_example(self.f, self.title, as_example(one), named, f"also[{k}]")

        def write() -> Source:
            try:
                return self.sides(engine, example, named, guards, also, True)
            except Unfit:
                return self.sides(engine, example, named, guards, also, False)

        return exclusively(CollectorWaits(), write)

    def sides(
        self, engine: type[Source], example: Example, named: Named, guards: str, also: Sequence[Example], steps: bool
    ) -> Source:
        """The source for one trace, or for several with different decisions."""
        if not also:
            source = engine(self.plan(example, named, guards, steps))
            source.text  # noqa: B018 - it is written here
            return source
        examples = [example, *map(as_example, also)]
        for one in examples:  # so that all of them know all parameters
            self.plan(one, named, SIDE, False)
        plans: list[Plan] = []
        for one in examples:
            plan = self.plan(one, named, SIDE, steps)
            if all(plan.path != other.path for other in plans):
                plans.append(plan)
        check_alike(self.title, plans)
        if len(plans) == 1:
            return self.sides(engine, example, named, guards, (), steps)
        whole = replace(plans[0], guards=NAN if guards == REFUSE else guards, sides=len(plans))
        sources: list[Source] = []
        taken: list[str] = []
        for k, plan in enumerate(plans, 1):
            sources.append(engine(replace(plan, title=f"{plan.title}_{k}"), taken))
            taken += sources[-1].parts.names
        return together(sources, whole)

    def plan(self, example: Example, named: Named, guards: str, steps: bool) -> Plan:
        """What is computed, by a trace that leaves no variant behind."""
        known = self.variants
        variants = Variants(self.f, self.title, self.given, None)
        variants.parameters = known.parameters
        try:
            tape, watch = exclusively(CollectorWaits(), lambda: record_twice(variants, example, named))
        except Raised as raised:
            raise raised.error from None
        except Changed as changed:
            raise changed.refusal(self.title) from None
        except (InForwardMode, Unsteady) as error:
            raise TraceError(f"{self.title} cannot be traced now: {error}") from None
        if self.given is None and len(tape.parameters) > len(known.parameters):
            known.parameters = list(tape.parameters)
        theta = list(tape.parameters) if self.given is None else self.given
        return make_plan(self.f, self.title, tape, watch, theta, example, named, variants.shared, guards, steps)


def record_twice(variants: Variants, example: Example, named: Named) -> Any:
    """A trace; a second one if the function has changed what it reads, as a lazy cache does."""
    try:
        return variants.record(example, named)
    except Changed:
        return variants.record(example, named)


def as_example(x: Any) -> Example:
    """An example of also=: a tuple of arguments, or the only argument."""
    return x if isinstance(x, tuple) else (x,)


def check_example(f: Callable[..., Any], title: str, example: Example, named: Named, what: str) -> None:
    """Raise `TypeError` if f takes other arguments, and no option is called so."""
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):  # of what is written in C, say
        return
    try:
        signature.bind(*example, **named)
    except TypeError as error:
        raise TypeError(EXAMPLE.format(title, ", ".join(signature.parameters), what, error)) from None


def check_alike(title: str, plans: Sequence[Plan]) -> None:
    """Raise `TypeError` unless all plans take and return the same."""
    first = plans[0]
    for plan in plans[1:]:
        same = plan.signature.alike == first.signature.alike
        if not same or skeleton(plan.result) != skeleton(first.result) or bool(plan.draws) != bool(first.draws):
            raise TypeError(OTHERWISE.format(title))


def skeleton(x: Any) -> Any:
    """The structure of a result, without its numbers."""
    return transform(lambda leaf: None, x)
