"""`compile`: a function as a program that computes its value and its gradient at once."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar, overload

from micrograd._core.floats import as_float
from micrograd._core.lending import data_of
from micrograd._core.modes import paused, tracer
from micrograd.calculus.calls import name_of
from micrograd.calculus.structures import leaves
from micrograd.compiler import copies
from micrograd.compiler.backends import running as backends
from micrograd.compiler.backends.names import function_name, input_names
from micrograd.compiler.decisions import Tree
from micrograd.compiler.programs import FORWARD, GRADIENT, Programs, add_time, report
from micrograd.compiler.stages.program import Program
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.tracing.errors import InForwardMode, users_frame
from micrograd.compiler.tracing.exclusive import CollectorWaits, exclusively
from micrograd.compiler.tracing.surroundings import Surroundings
from micrograd.compiler.tracing.trace import trace
from micrograd.compiler.tracing.watching import Lent
from micrograd.compiler.variant import Variant
from micrograd.engine import Value
from micrograd.text.notation import count
from micrograd.text.terminal import fitted

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")

MOST_TRACES = 64  # of one function; older ones are dropped
NOTHING = Arguments((), {})
WARN_AT = 16  # traces: then warn that the function is traced too often


@overload
def compile(
    f: Callable[P, R], *, parameters: Iterable[Value] | None = None, backend: str | None = None, strict: bool = False
) -> Compiled[P, R]: ...


@overload
def compile(
    f: None = None, *, parameters: Iterable[Value] | None = None, backend: str | None = None, strict: bool = False
) -> Callable[[Callable[P, R]], Compiled[P, R]]: ...


def compile(
    f: Callable[..., Any] | None = None,
    *,
    parameters: Iterable[Value] | None = None,
    backend: str | None = None,
    strict: bool = False,
) -> Any:
    """Compile f: run it once to record it, then replay it as a program, with the same results.

        loss = micrograd.compile(loss)
        total = loss(X, y)                          # a Value, as before
        total.backward()                            # the parameters get their grads, as before

        fast = micrograd.compile(loss, parameters=model.parameters())
        value, gradient = fast.value_and_grad(theta, X, y)      # flat arrays, a fresh gradient each time

    Also a decorator. f may be any callable made of our operations; it returns a Value, or lists, tuples, dicts and
    arrays with Values and numbers in them.

    **Arguments.** Floats and Values are inputs, and so is every number (an integer too) inside lists, tuples, dicts and
    arrays: they may change from call to call. A bare int, bool, str or None is static, and so are shapes and other
    objects: a new one leads to a new trace. `index(i)` marks an integer as an input, for `pick(values, i)`.

    **Parameters** are the Values that f reads from elsewhere. They are found automatically, and their data is read at
    each call; `parameters` fixes their order for `value_and_grad`. One that is listed twice counts once.

    **Never silently wrong.** A call gives what f gives, or leads to a new trace, or raises a `TraceError` that says
    what to do. `help(micrograd.compiler.tracing)` lists what is checked at each call, and what is refused.

    **Edges.** Where an operation has no result, eager mode raises an error, and a compiled function returns inf or nan,
    as IEEE arithmetic does. With `strict=True`, a result that is not finite raises the error of eager mode, if there is
    one.

    **Elsewhere.** `grad`, `hessian` and their kin take a compiled function as any other. It is pickled and copied like
    a function, by its name where it has one in a module, so that process pools, joblib and Dask take it. Threads may
    share it.

    backend   "native", the C kernel; "python", a program as Python source, which `source` shows; None for the faster
              one of those installed

    Raises `TypeError` for parameters that are not Values, `ValueError` for an unknown backend, `ImportError` if
    "native" is asked for and the kernel was not built.
    """
    parameters = None if parameters is None else list(parameters)  # an iterator ends, a decorator may be used again
    if f is None:
        return functools.partial(compile, parameters=parameters, backend=backend, strict=strict)
    compiled = Compiled(f, parameters, backend, strict)
    compiled._home = sys._getframe(1).f_globals.get("__name__", "")
    return compiled


class Case(NamedTuple):
    """One state of the surroundings, with the variants for it."""

    surroundings: Surroundings
    tree: Tree


class Compiled(Generic[P, R]):
    """A compiled function; see `compile`. Several threads may call it."""

    def __init__(self, f: Callable[P, R], parameters: Iterable[Value] | None, backend_: str | None, strict: bool):
        if not callable(f):
            raise TypeError(f"compile takes a function, got {type(f).__name__} {f!r}")
        self._f, self._strict, self._asked, self._home = f, strict, backend_, ""
        self._backend = backends.backend(backend_)
        # the backend of every program; None: for each program the faster one
        self._each = None if backend_ is None and self._backend == backends.NATIVE else self._backend
        self._given = None if parameters is None else list({id(p): p for p in parameters}.values())
        for p in self._given or ():
            if not isinstance(p, Value):
                raise TypeError(f"parameters must be Values, got {type(p).__name__} {p!r}")
        self._variants: dict[Any, list[Case]] = {}
        self._latest: Variant | None = None
        self._calls = self._traces = 0
        self._kinds = False  # whether it looks at the classes of numbers
        self._title = name_of(f)
        functools.update_wrapper(self, f, updated=())

    @overload
    def __get__(self, instance: None, owner: Any = None) -> Compiled[P, R]: ...

    @overload
    def __get__(self: Compiled[Concatenate[S, Q], R], instance: S, owner: Any = None) -> Callable[Q, R]: ...

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return copies.reduce(protocol, self, self._f, self._home, self._given, self._asked, self._strict)

    def __deepcopy__(self, memo: dict[int, Any]) -> Compiled[P, R]:
        if isinstance(self._f, FunctionType) and copies.place_of(self, self._home):
            return self  # as functions are
        f, given = copies.deep_copy((self._f, self._given), memo)
        return type(self)(f, given, self._asked, self._strict)

    # ---- calls

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of f: Values whose parents are the parameters, numbers, or a structure of both."""
        if tracer() is not None:
            return self._f(*args, **kwargs)
        result: R = self._run(args, kwargs, not paused())
        if self._strict and not all(map(_finite, leaves(result))):
            self._f(*args, **kwargs)
        return result

    def value_and_grad(
        self, theta: Sequence[float] | NDArray[Any], /, *args: P.args, **kwargs: P.kwargs
    ) -> tuple[float, NDArray[float64]]:
        """f with the numbers `theta` in the parameters, and its gradient with respect to them, as a new array.

        Neither the data nor the grad of a parameter changes. `scipy.optimize.minimize(..., jac=True)` takes it.
        Raises `ValueError` if there are more or fewer numbers than parameters, `TypeError` if f does not return one
        Value.
        """
        arguments = Arguments(args, kwargs, self._kinds) if args or kwargs else NOTHING
        self._calls += 1
        for case in self._variants.get(arguments.key, ()):
            if not case.surroundings.changed() and (result := case.tree.value_and_grad(arguments, theta)) is not None:
                break
        else:
            variant = self._trace(arguments, args, kwargs, theta, True)
            result = variant.value_and_grad(arguments, theta) or self._undecided()
        if self._strict and not _finite(result[0]):
            exclusively(Lent(self.parameters[: len(theta)], theta), lambda: self._f(*args, **kwargs))
        return result

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any], gradient: bool) -> Any:
        arguments = Arguments(args, kwargs, self._kinds) if args or kwargs else NOTHING
        if arguments.in_forward_mode:
            return self._f(*args, **kwargs)
        self._calls += 1
        for case in self._variants.get(arguments.key, ()):
            if not case.surroundings.changed() and (result := case.tree.call(arguments, gradient)) is not None:
                return result[0]
        try:
            variant = self._trace(arguments, args, kwargs, None, gradient)
        except InForwardMode:
            return self._f(*args, **kwargs)
        return (variant.call(arguments, gradient) or self._undecided())[0]

    def _undecided(self) -> Any:
        raise RuntimeError(f"{self._title} decides differently each time it runs on the same numbers")

    def _trace(
        self, arguments: Arguments, args: tuple[Any, ...], kwargs: dict[str, Any], theta: Any, gradient: bool
    ) -> Variant:
        def traced() -> Variant:
            surroundings = Surroundings(self._f, *args, *kwargs.values())
            reached = functools.partial(surroundings.things, self._f, *args, *kwargs.values())
            times: dict[str, float] = {}
            parameters = self._given
            if parameters is None:
                parameters = self._latest.parameters if self._latest is not None else []
                if theta is not None and not parameters:
                    parameters = list(trace(self._f, args, kwargs, (), None, reached).parameters)
            data = None
            if theta is not None:
                data = [*map(float, theta), *map(data_of, parameters[len(theta) :])][: len(parameters)]
            with add_time(times, "trace"):
                tape = trace(self._f, args, kwargs, parameters, data, reached)
            names = input_names(self._f, args, kwargs, tape)
            programs = Programs(tape, names, function_name(self._title), self._each, times)
            variant = Variant(programs, None if self._given is None else len(self._given))
            variant.prepare(theta is not None, gradient)
            if tape.kinds and not self._kinds:  # what was traced so far stays right for no other kinds
                self._kinds = True
                self._variants.clear()
                arguments.key = Arguments(args, kwargs, True).key
            cases = self._variants.pop(arguments.key, [])
            case = next((case for case in cases if not case.surroundings.changed()), None) or Case(surroundings, Tree())
            case.tree.add(variant)
            self._variants[arguments.key] = [case, *(other for other in cases if other is not case)]
            self._latest = variant
            self._traces += 1
            self._forget()
            return variant

        variant = exclusively(CollectorWaits(), traced)
        if self._traces == WARN_AT and self._traces > self._calls / 2:
            self._complain()
        return variant

    def _forget(self) -> None:
        """Keep a bounded number of traces, the latest ones."""
        while sum(len(case.tree) for cases in self._variants.values() for case in cases) > MOST_TRACES:
            oldest = next(iter(self._variants))
            tree = self._variants[oldest][-1].tree
            tree.remove_oldest()
            if not tree:
                self._variants[oldest].pop()
            if not self._variants[oldest]:
                del self._variants[oldest]

    def _complain(self) -> None:
        places = dict.fromkeys(
            guard.place
            for cases in self._variants.values()
            for case in cases
            for variant in case.tree
            for guard in variant.tape.guards
        )
        where = "; ".join(list(places)[:3])
        why = f"decisions that changed: {where}" if places else "static arguments or arguments of new shapes"
        warnings.warn(
            f"{self._title} was traced {self._traces} times in {self._calls} calls, because of {why}. Choose by "
            "micrograd.max, micrograd.relu, micrograd.pick and the like instead of Python's if and max "
            "(micrograd.softmax and micrograd.logsumexp do), and pass what changes as floats or micrograd.index.",
            RuntimeWarning,
            stacklevel=1 + users_frame()[1],
        )

    # ---- to look at

    @property
    def parameters(self) -> list[Value]:
        """The Values whose numbers `theta` holds, in the order given, or else of first use."""
        if self._given is not None:
            return list(self._given)
        if self._latest is None:
            raise AttributeError(f"{self._title} has not been called yet: its parameters are not known")
        return list(self._latest.parameters)

    @property
    def source(self) -> str:
        """The latest program as Python."""
        latest = self._latest_programs()
        return latest.emit(latest.rows(GRADIENT if len(latest.values) == 1 else FORWARD))

    @property
    def program(self) -> Program:
        """The latest program as slots and sums of products, as the kernel runs it."""
        latest = self._latest_programs()
        return latest.lower(latest.rows(GRADIENT if len(latest.values) == 1 else FORWARD))

    def _latest_programs(self) -> Programs:
        if self._latest is None:
            raise AttributeError(f"{self._title} has not been called yet: there is no program to see")
        return self._latest.programs

    @fitted
    def __repr__(self) -> str:
        if self._latest is None:
            return f"<compiled {self._title}: not called yet>"
        title = f"compiled {self._title}: {count(self._traces, 'trace')}, {self._backend} backend"
        return f"<{title}\n{report(self._latest.programs)}>"


def _finite(x: Any) -> bool:
    return not isinstance(x, (Value, float)) or abs(as_float(x)) < float("inf")
