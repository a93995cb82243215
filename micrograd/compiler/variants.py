"""The variants of a compiled function: found by its arguments, its surroundings and its decisions; made by tracing."""

from __future__ import annotations

import copyreg
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from micrograd._core.lending import data_of
from micrograd.compiler import causes
from micrograd.compiler.backends.names import function_name, input_names, titled
from micrograd.compiler.causes import Cause
from micrograd.compiler.decisions import Tree
from micrograd.compiler.moving import Moving
from micrograd.compiler.programs import Programs, add_time
from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.arguments import Arguments, containers
from micrograd.compiler.tracing.culprits import Follower
from micrograd.compiler.tracing.errors import Changed, InForwardMode, TraceError, Unsteady
from micrograd.compiler.tracing.identity import tells_apart
from micrograd.compiler.tracing.record import record
from micrograd.compiler.tracing.standins.rewinding import rewind
from micrograd.compiler.tracing.tape import Tape
from micrograd.compiler.tracing.trace import Raised, trace
from micrograd.compiler.variant import Variant
from micrograd.engine import Value

if TYPE_CHECKING:
    from micrograd.compiler.backends import _kernel

MOST = 64  # variants of one function; older ones are dropped


class Case:
    """One state of what a function reads beside its arguments: variants that differ only in their decisions."""

    __slots__ = ("watch", "pattern", "tree")

    def __init__(self, watch: Watch, arguments: Arguments):
        self.watch, self.pattern, self.tree = watch, arguments.reached(watch.values), Tree()

    def holds(self, arguments: Arguments) -> bool:
        """Whether everything is in this state, and the Values among the arguments are reached or not as they were."""
        if arguments.values and arguments.reached(self.watch.values) != self.pattern:
            return False
        return self.watch.holds()


class Variants:
    """All variants of a function.

    cases       for each key of arguments the states of the surroundings, the latest first
    parameters  the Values that f reads from elsewhere: those given, or else those of the latest trace
    latest      the latest variant
    count       how often f has been traced
    """

    def __init__(self, f: Callable[..., Any], title: str, given: list[Value] | None, backend: str | None):
        self.f, self.title, self.given, self.backend = f, title, given, backend
        self.cases: dict[Any, list[Case]] = {}
        self.parameters: list[Value] = given or []
        self.latest: Variant | None = None
        self.count = 0
        self.looks: frozenset[str] = frozenset()  # what of its arguments f looks at, besides numbers
        self.shared: dict[int, Any] = {}  # lists and the like that came as arguments, and that f reads elsewhere too
        self.shortcut: _kernel.Shortcut | None = None  # see `shortcut`
        self.searched: tuple[Any, ...] | None = None  # what it was looked for last: a variant and what else
        self.moving = Moving()
        self.changes = Counter[Any]()  # for each key of arguments, the latest traces in which f changed what it reads

    def arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        """The arguments of a call, as f is known to look at them."""
        return Arguments(args, kwargs, self.looks, self.shared)

    def cause(self, arguments: Arguments) -> Cause | None:
        """Why there is no variant for this call, as far as it is known."""
        if not (keys := list(self.cases)):
            return None
        if (cases := self.cases.get(arguments.key)) is None:
            return causes.of_arguments(self.f, keys[-1], arguments.key)
        if (case := next((case for case in cases if case.holds(arguments)), None)) is not None:
            variant, k = case.tree.left or (None, 0)
            return None if variant is None else causes.of_decisions(variant.tape.guards[k])
        changed = cases[0].watch.changed()
        return causes.of_surroundings(changed[0]) if changed else None

    def make(
        self, arguments: Arguments, args: tuple[Any, ...], kwargs: dict[str, Any], theta: Any, gradient: bool
    ) -> Variant:
        """A new variant, for these arguments, by tracing f.

        Raises `TraceError`, also if f changes what it reads and has done so in the trace before; `Changed` if it has
        not; `Raised` if f raises an error; `InForwardMode`, `Unsteady`.
        """
        self.shortcut = None
        times: dict[str, float] = {}
        cases = self.cases.get(arguments.key, [])
        case = next((case for case in cases if case.holds(arguments)), None)
        if cases and case is None:
            self.moving.count(cases[0].watch)
        parameters, data = self.parameters, None
        if theta is not None and self.given is None and not parameters:
            tape, _ = self._record(arguments, args, kwargs, (), None)
            self.parameters = parameters = list(tape.parameters)
            rewind(tape.undrawn)
        if theta is not None:
            data = [*map(float, theta), *map(data_of, parameters[len(theta) :])][: len(parameters)]
        with add_time(times, "trace"):
            tape, watch = self._record(arguments, args, kwargs, parameters, data)
        if found := self._shared_with(watch, args, kwargs):
            self.shared = {**self.shared, **found}
            rewind(tape.undrawn)
            return self.make(self.arguments(args, kwargs), args, kwargs, theta, gradient)
        if not tape.looks <= self.looks:  # to what was traced so far, arguments were the same that differ in these
            self.looks, case, cases, known = self.looks | tape.looks, None, [], len(arguments.statics)
            self.cases.clear()
            arguments = self.arguments(args, kwargs)
            if len(arguments.statics) > known:  # attributes of Values: what is inside them is to be watched too
                rewind(tape.undrawn)
                return self.make(arguments, args, kwargs, theta, gradient)
        programs = Programs(
            tape, input_names(self.f, args, kwargs, tape, self.shared), function_name(self.title), self.backend, times
        )
        variant = Variant(programs, None if self.given is None else len(self.given))
        variant.prepare(theta is not None, gradient)
        case = case or Case(watch, arguments)
        variant.watch = case.watch
        case.tree.add(variant)
        self.cases.pop(arguments.key, None)
        self.cases[arguments.key] = [case, *(other for other in cases if other is not case)]
        self.latest, self.count = variant, self.count + 1
        if self.given is None:
            self.parameters = variant.parameters
        self._forget()
        return variant

    def record(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Tape, Watch]:
        """A trace for these arguments of which no variant is made; what `make` raises."""
        arguments = self.arguments(args, kwargs)
        tape, watch = self._record(arguments, args, kwargs, self.parameters, None)
        rewind(tape.undrawn)
        if found := self._shared_with(watch, args, kwargs):
            self.shared = {**self.shared, **found}
            return self.record(args, kwargs)
        if not tape.looks <= self.looks:
            self.looks |= tape.looks
            return self.record(args, kwargs)
        return tape, watch

    def _record(
        self,
        arguments: Arguments,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        parameters: Sequence[Value],
        data: Any,
    ) -> tuple[Tape, Watch]:
        lent = self.moving.lent()
        roots = [self.f, *arguments.statics]
        for x in arguments.statics:
            if isinstance(x, type):  # of an argument, which a trace copies: Python would note the slots in it then
                copyreg._slotnames(x)  # type: ignore[attr-defined]
        follower = Follower(roots) if self.changes[arguments.key] else None

        def traced(watch: Watch) -> Tape:
            return trace(self.f, args, kwargs, parameters, data, watch, lent, follower, self.looks, self.shared)

        try:
            titles = {id(x): name for name, x in titled(self.f, args, kwargs)}
            names = [titles.get(id(x), "an argument") for x in arguments.statics]
            tape, watch = record(traced, roots, ["self", *names], lent)
            self.changes.pop(arguments.key, None)
            return tape, watch
        except Changed as changed:
            self.changes[arguments.key] += 1
            if self.given is None and not self.parameters:
                self.parameters = list(changed.tape.parameters)
            if follower is None:
                raise
            changed.place = follower.place
            raise changed.refusal(self.title) from None
        except TraceError:
            if not lent:
                raise
        except (InForwardMode, Unsteady):
            raise
        except Exception as error:
            raise Raised(error) from error
        self.moving.keep(lent)
        return self._record(arguments, args, kwargs, parameters, data)

    def _shared_with(self, watch: Watch, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[int, Any]:
        """Lists and the like among the arguments that f reads elsewhere too, where it may compare them by `is`."""
        found = {id(x): x for x in containers([*args, *kwargs.values()]) if id(x) not in self.shared}
        if not found or not tells_apart(watch.others, containers=True):
            return {}
        reached = set(map(id, watch.things))
        return {place: x for place, x in found.items() if place in reached}

    def _forget(self) -> None:
        """Keep a bounded number of variants, the latest ones."""
        while sum(len(case.tree) for cases in self.cases.values() for case in cases) > MOST:
            oldest = next(iter(self.cases))
            *others, last = self.cases[oldest]
            last.tree.remove_oldest()
            if last.tree:
                continue
            if others:
                self.cases[oldest] = others  # another list: threads may go through the old one
            else:
                del self.cases[oldest]
