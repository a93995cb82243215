"""From a compiled function and an example to an export: a trace of its own, a plan, the source for an engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from micrograd.compiler.exports.export import Export, export
from micrograd.compiler.exports.in_jax import JaxSource
from micrograd.compiler.exports.in_numpy import NumpySource
from micrograd.compiler.exports.in_torch import TorchSource, make_module
from micrograd.compiler.exports.plan import Plan, check_guards, make_plan
from micrograd.compiler.exports.source import Source
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.tracing.errors import Changed, InForwardMode, TraceError, Unsteady
from micrograd.compiler.tracing.exclusive import CollectorWaits, exclusively
from micrograd.compiler.tracing.trace import Raised
from micrograd.compiler.variants import Variants
from micrograd.engine import Value


class Exporter(NamedTuple):
    """What an export needs of a compiled function: the function, its title, the parameters given, its variants."""

    f: Callable[..., Any]
    title: str
    given: list[Value] | None
    variants: Variants

    def to_jax(self, example: tuple[Any, ...], named: dict[str, Any], guards: str) -> Export:
        return export(self.source(JaxSource, example, named, guards))

    def to_numpy(self, example: tuple[Any, ...], named: dict[str, Any], guards: str) -> Export:
        return export(self.source(NumpySource, example, named, guards))

    def to_torch(self, example: tuple[Any, ...], named: dict[str, Any], guards: str) -> Any:
        return make_module(self.source(TorchSource, example, named, guards))

    def source(self, engine: type[Source], example: tuple[Any, ...], named: dict[str, Any], guards: str) -> Source:
        """The source; where the steps of a loop fit into none for this engine, they stand one by one."""
        check_guards(guards)
        source = engine(self.plan(example, named, guards, True))
        try:
            source.text  # noqa: B018 - it is written here
        except Unfit:
            source = engine(self.plan(example, named, guards, False))
        return source

    def plan(self, example: tuple[Any, ...], named: dict[str, Any], guards: str, steps: bool) -> Plan:
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
        if not known.parameters:
            known.parameters = list(tape.parameters)
        theta = list(tape.parameters) if self.given is None else self.given
        return make_plan(self.f, self.title, tape, watch, theta, example, named, variants.shared, guards, steps)


def record_twice(variants: Variants, example: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """A trace; a second one if the function has changed what it reads, as a lazy cache does."""
    try:
        return variants.record(example, named)
    except Changed:
        return variants.record(example, named)
