"""`compile`: a function as a program that computes its value and its gradient at once."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from micrograd._core.modes import paused, tracer
from micrograd._core.scalars import describe
from micrograd.calculus.calls import name_of
from micrograd.calculus.structures import leaves
from micrograd.compiler import copies
from micrograd.compiler.backends import running as backends
from micrograd.compiler.batches.batch import Batch
from micrograd.compiler.eagerly import (
    as_floats,
    check_gradient,
    check_length,
    check_result,
    check_untraced,
    finite,
    value_and_grad,
)
from micrograd.compiler.economy import Economy
from micrograd.compiler.exports.export import Export
from micrograd.compiler.exports.exporting import Exporter
from micrograd.compiler.exports.plan import REFUSE
from micrograd.compiler.matrices.matrices import Matrices, in_matrices
from micrograd.compiler.programs import report
from micrograd.compiler.shortcut import shortcut, with_shortcut
from micrograd.compiler.stages.blocks import Blocks
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.tracing.errors import (
    Changed,
    InForwardMode,
    TraceError,
    Unsteady,
    place_of,
    users_frame,
)
from micrograd.compiler.tracing.exclusive import CollectorWaits, exclusively
from micrograd.compiler.tracing.standins.rewinding import rewind
from micrograd.compiler.tracing.trace import Raised
from micrograd.compiler.tracing.watching import Lent
from micrograd.compiler.variant import Variant
from micrograd.compiler.variants import Case, Variants
from micrograd.engine import Value
from micrograd.text.notation import count
from micrograd.text.terminal import fitted

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray
    from torch.nn import Module as TorchModule

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")

NOTHING = Arguments((), {})
NEW_LINE = "\n"
SHOWN = 3_000  # terms of a program whose matrix form is found at once
CHECKED = 0  # calls of every compiled function that run both ways (`check=`); the tests raise it

PARAMETERS = "parameters must be Values in a list, as model.parameters() returns them, got {0}"
ONLY_TRACED = (
    "{0} in the trace of {1}, which runs without it as it is: {2} ({3}). What stands for a number in a trace is not "
    "one to all code: leave that call out of the compiled function."
)


@overload
def compile(
    f: Callable[P, R],
    *,
    parameters: Iterable[Value] | None = None,
    backend: str | None = None,
    strict: bool = False,
    check: int = 0,
) -> Compiled[P, R]: ...


@overload
def compile(
    f: None = None,
    *,
    parameters: Iterable[Value] | None = None,
    backend: str | None = None,
    strict: bool = False,
    check: int = 0,
) -> Callable[[Callable[P, R]], Compiled[P, R]]: ...


def compile(
    f: Callable[..., Any] | None = None,
    *,
    parameters: Iterable[Value] | None = None,
    backend: str | None = None,
    strict: bool = False,
    check: int = 0,
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
    what to do. Whatever f can name is watched: an entry of a dict, an attribute, a layer, a global. Where such a thing
    changes, f is traced again; a float that keeps changing becomes an input. If f itself changes what it reads, as a
    lazy cache does, the first call runs f as it is; if it does so again, that is a `TraceError`.
    `help(micrograd.compiler.surroundings)` lists what is checked at each call, and what is refused.

    **Worth it.** While tracing has cost more time than it has saved, calls that no trace covers run f as it is; a
    warning says once what keeps changing. With `check=n`, the first n calls run both ways, and a result or a gradient
    that differs is a `TraceError`: f runs twice in them. Where a program has effects of its own, or draws random
    numbers, it is not checked.

    **Edges.** Where an operation has no result, eager mode raises an error, and a compiled function returns inf or nan,
    as IEEE arithmetic does. With `strict=True`, a result that is not finite raises the error of eager mode, if there is
    one.

    **Derivatives.** f may take some itself: compile `grad(loss)`, `value_and_grad(loss)`, `hessian(loss)`, or a loss
    that takes a step of learning inside. The trace is as long as the function that is differentiated, and no longer.

    **Elsewhere.** `grad`, `hessian` and their kin take a compiled function as any other. It is pickled and copied like
    a function, by its name where it has one in a module, so that process pools, joblib and Dask take it. Threads may
    share it.

    backend   "native", the C kernel; "python", a program as Python source, which `source` shows; None for the faster
              one of those installed

    Raises `TypeError` for parameters that are not Values, `ValueError` for an unknown backend or a `check` below 0,
    `ImportError` if "native" is asked for and the kernel was not built.
    """
    if parameters is not None:
        if not isinstance(parameters, Iterable):
            raise TypeError(PARAMETERS.format(describe(parameters)))
        parameters = list(parameters)  # an iterator ends, a decorator may be used again
    if f is None:
        return functools.partial(compile, parameters=parameters, backend=backend, strict=strict, check=check)
    compiled = Compiled(f, parameters, backend, strict, check)
    compiled._home = sys._getframe(1).f_globals.get("__name__", "")
    return compiled


class AsItIs(tuple[Any, ...]):
    """What a function has returned that ran as it is, instead of a program."""

    __slots__ = ()


class Compiled(Generic[P, R]):
    """A compiled function; see `compile`. Several threads may call it."""

    def __init__(
        self,
        f: Callable[P, R],
        parameters: Iterable[Value] | None,
        backend_: str | None,
        strict: bool,
        check: int = 0,
    ):
        if not callable(f):
            raise TypeError(f"compile takes a function, got {type(f).__name__} {f!r}")
        if not isinstance(check, int) or check < 0:
            raise ValueError(f"check must be a whole number of 0 or more, got {check!r}")
        self._f, self._strict, self._asked, self._home = f, strict, backend_, ""
        self._check = max(check, CHECKED)
        self._backend = backends.backend(backend_)
        self._given = None if parameters is None else list({id(p): p for p in parameters}.values())
        for p in self._given or ():
            if not isinstance(p, Value):
                raise TypeError(PARAMETERS.format(describe(p)))
        self._title = name_of(f)
        # the backend of every program; None: for each program the faster one
        each = None if backend_ is None and self._backend == backends.NATIVE else self._backend
        self._variants = Variants(f, self._title, self._given, each)
        self._economy = Economy()
        self._calls = 0
        self._matrices: tuple[Any, Matrices] | None = None
        try:
            functools.update_wrapper(self, f, updated=())
        except Exception:  # an object with a __getattr__ of its own
            self.__wrapped__ = f

    @overload
    def __get__(self, instance: None, owner: Any = None) -> Compiled[P, R]: ...

    @overload
    def __get__(self: Compiled[Concatenate[S, Q], R], instance: S, owner: Any = None) -> Callable[Q, R]: ...

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return copies.reduce(protocol, self, self._f, self._home, self._given, self._asked, self._strict, self._check)

    def __copy__(self) -> Compiled[P, R]:
        if copies.place_of(self, self._home):
            return self  # as functions are
        return type(self)(self._f, self._given, self._asked, self._strict, self._check)

    def __deepcopy__(self, memo: dict[int, Any]) -> Compiled[P, R]:
        if isinstance(self._f, FunctionType) and copies.place_of(self, self._home):
            return self  # as functions are
        f, given = copies.deep_copy((self._f, self._given), memo)
        return type(self)(f, given, self._asked, self._strict, self._check)

    # ---- calls

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of f: Values whose parents are the parameters, numbers, or a structure of both."""
        if tracer() is not None:
            return self._f(*args, **kwargs)
        result: R = self._run(args, kwargs, not paused())
        if self._strict and not all(map(finite, leaves(result))):
            self._f(*args, **kwargs)
        return result

    @with_shortcut("_variants", "shortcut")
    def value_and_grad(
        self, theta: Sequence[float] | NDArray[Any], /, *args: P.args, **kwargs: P.kwargs
    ) -> tuple[float, NDArray[float64]]:
        """f with the numbers `theta` in the parameters, and its gradient with respect to them, as a new array.

        Without NumPy, the array is an `array.array` of the same numbers. Neither the data nor the grad of a parameter
        changes. `scipy.optimize.minimize(..., jac=True)` takes it.

        Raises `ValueError` if there are more or fewer numbers than parameters, `TypeError` if theta holds anything else
        than numbers, or f does not return one Value.
        """
        theta = as_floats(theta)
        arguments = self._variants.arguments(args, kwargs) if args or kwargs else NOTHING
        self._count_call()
        result = None
        for case in self._variants.cases.get(arguments.key, ()):
            if case.holds(arguments):
                result = case.tree.value_and_grad(arguments, theta)
                if not kwargs and not self._strict and self._calls > self._check:
                    self._look_for_shortcut(arguments, args, theta, case)
                break
        if result is None:
            result = self._first(arguments, args, kwargs, theta, True)
        if self._calls <= self._check and self._repeatable(arguments, result):
            check_gradient(self._title, result, self._eagerly(args, kwargs, theta))
        if self._strict and not finite(result[0]):
            exclusively(Lent(self.parameters[: len(theta)], theta), lambda: self._f(*args, **kwargs))
        return result

    def _count_call(self) -> None:
        """Count this call, and those that took the shortcut before it."""
        self._calls += 1
        if (way := self._variants.shortcut) is not None:
            self._calls, way.taken = self._calls + way.taken, 0

    def _look_for_shortcut(self, arguments: Arguments, args: tuple[Any, ...], theta: Any, case: Case) -> None:
        variants, searched = self._variants, (case.tree.latest, type(theta), case.watch.holds)
        if searched != variants.searched:
            variants.searched = searched
            variants.shortcut = shortcut(arguments, args, theta, case)

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any], gradient: bool) -> Any:
        arguments = self._variants.arguments(args, kwargs) if args or kwargs else NOTHING
        if arguments.in_forward_mode:
            return self._f(*args, **kwargs)
        self._count_call()
        result = None
        for case in self._variants.cases.get(arguments.key, ()):
            if case.holds(arguments):
                result = case.tree.call(arguments, gradient)
                break
        if result is None:
            result = self._first(arguments, args, kwargs, None, gradient)
        if self._calls <= self._check and self._repeatable(arguments, result):
            check_result(self._title, result[0], lambda: self._f(*args, **kwargs))
        return result[0]

    def _first(
        self, arguments: Arguments, args: tuple[Any, ...], kwargs: dict[str, Any], theta: Any, gradient: bool
    ) -> Any:
        """The result of a call that no variant covers: by a new one, or of f as it is."""
        if not self._pays(arguments):
            with self._economy.running():
                return self._eagerly(args, kwargs, theta)
        if (variant := self._trace(arguments, args, kwargs, theta, gradient)) is None:
            return self._eagerly(args, kwargs, theta)
        if arguments.looks != self._variants.looks or arguments.shared is not self._variants.shared:
            arguments = self._variants.arguments(args, kwargs)  # the trace looked at more of them than before
        run = variant.call(arguments, gradient) if theta is None else variant.value_and_grad(arguments, theta)
        if run is None:  # in the last digit, a decision may come out otherwise
            rewind(variant.tape.undrawn)
            return self._eagerly(args, kwargs, theta)
        return run

    def _pays(self, arguments: Arguments) -> bool:
        """Whether to trace f for a call that no variant covers; a warning says once why many calls have none."""
        self._economy.note(self._calls, self._variants.cause(arguments))
        if (complaint := self._economy.complaint(self._title, self._calls)) is not None:
            warnings.warn(complaint, RuntimeWarning, stacklevel=1 + users_frame()[1])
        return self._economy.pays(self._calls, None if arguments.key in self._variants.cases else arguments.key)

    def _trace(
        self, arguments: Arguments, args: tuple[Any, ...], kwargs: dict[str, Any], theta: Any, gradient: bool
    ) -> Variant | None:
        """A new variant for a call; None if it has to run as it is."""
        make = functools.partial(self._variants.make, arguments, args, kwargs, theta, gradient)
        try:
            with self._economy.tracing():
                return exclusively(CollectorWaits(), make)
        except (InForwardMode, Unsteady, Changed):
            return None
        except Raised as raised:
            error = raised.error
            known = self._given is not None or self._variants.parameters
            self._eagerly(args, kwargs, theta if known else None)  # raises the same, as a rule
            raise TraceError(ONLY_TRACED.format(type(error).__name__, self._title, error, place_of(error))) from error

    def _eagerly(self, args: tuple[Any, ...], kwargs: dict[str, Any], theta: Any) -> Any:
        """The result of f as it is: in a tuple, or with its gradient."""
        if theta is None:
            return AsItIs((self._f(*args, **kwargs),))
        check_untraced(self._title)
        # those found so far may be more than the parameters of these arguments
        parameters = self._given or self.parameters[: len(theta)]
        return AsItIs(value_and_grad(self._f, args, kwargs, parameters, theta))

    def _repeatable(self, arguments: Arguments, result: Any) -> bool:
        """Whether f may run once beside its program: not where it has run, draws random numbers, or has effects.

        Nor in a trace, which would record it.
        """
        if isinstance(result, AsItIs) or tracer() is not None:
            return False
        cases = self._variants.cases.get(arguments.key, ())
        ran = next((case.tree.latest for case in cases if case.holds(arguments)), self._variants.latest)
        return ran is not None and not (ran.tape.fresh or ran.tape.effects)

    @property
    def _traces(self) -> int:
        return self._variants.count

    @functools.cached_property
    def batch(self) -> Batch:
        """The function over a batch of examples: `compiled.batch(X, y)`, see `Batch`."""
        return Batch(self)

    # ---- elsewhere

    def load(self, theta: Any) -> None:
        """Put trained numbers, in the order of `parameters`, back into the Values: an array, a tensor or a sequence.

        Raises `ValueError` if there are more or fewer numbers than parameters, `TypeError` if theta holds anything else
        than numbers.
        """
        if hasattr(theta, "state_dict") or isinstance(theta, Mapping):
            raise TypeError(f"load takes the numbers themselves, such as module.theta, got {describe(theta)}")
        if hasattr(theta, "detach"):  # a tensor
            theta = theta.detach().cpu().double().tolist()
        numbers, parameters = as_floats(theta), self.parameters
        check_length(numbers, len(parameters))
        for p, x in zip(parameters, numbers, strict=True):
            p.data = x

    def to_jax(self, *example: Any, also: Sequence[Any] = (), guards: str = REFUSE, **named: Any) -> Export:
        """The function as a pure one of JAX, `g(theta, *example)`, made from a trace of ONE example.

            g = loss.to_jax([0.5, -0.3], 1.0)
            jax.jit(jax.vmap(g, (None, 0, 0)))(theta, X, y)     # vmap, jit, grad, hessian, sharding: all of JAX
            print(g.source); g.save("loss.py")                  # a module that needs JAX and NumPy alone

        `theta` holds the numbers of `parameters`, in their order, and all numbers have its type. A list of numbers is
        an array, a dict a dict; other arguments, such as a bare int, are built in. Its `repr` says what is. What draws
        random numbers, such as dropout in training, takes another argument, `key`. `g.save("loss.jaxexport")` writes
        the function of a batch for `jax.export`, on CPUs and CUDA, which needs no source.

        A function that decides by a number is refused, with the line and the way out: `also=(other_example, …)` has
        a trace for each side. Where none decides so, or with `guards="nan"`, the result and its gradient are nan; with
        `guards="check"` that is an error (`jax.experimental.checkify`).

        Raises `TraceError` for what array code cannot do.
        """
        return self._exporter.to_jax(example, named, guards, also)

    def to_torch(self, *example: Any, also: Sequence[Any] = (), guards: str = REFUSE, **named: Any) -> TorchModule:
        """The function as an `nn.Module` for a batch of examples, with `theta` as its parameter, in float64.

            module = loss.to_torch([0.5, -0.3], 1.0)            # traced on ONE example
            module(X, y).mean().backward()                      # one result for each example
            loss.load(module.theta)                             # the trained numbers back into the Values

        torch.compile, torch.export, DistributedDataParallel and state_dict take it as any other; `source` is that of
        `to_jax`. `save` writes the source (.py) or the module with its numbers (.pt2, .onnx), which need no source.
        Dropout takes a `generator`. With `guards="check"` there is an `assert`, which `python -O` skips.
        """
        module: TorchModule = self._exporter.to_torch(example, named, guards, also)
        return module

    def to_numpy(self, *example: Any, also: Sequence[Any] = (), guards: str = REFUSE, **named: Any) -> Export:
        """The results of a batch of examples, `g(theta, X, y)`, in NumPy alone. Dropout takes `rng`."""
        return self._exporter.to_numpy(example, named, guards, also)

    @property
    def _exporter(self) -> Exporter:
        return Exporter(self._f, self._title, self._given, self._variants)

    # ---- to look at

    @property
    def parameters(self) -> list[Value]:
        """The Values whose numbers `theta` holds, in the order given, or else of first use."""
        if self._given is None and self._variants.latest is None and not self._variants.parameters:
            raise AttributeError(f"{self._title} has not been called yet: its parameters are not known")
        return list(self._variants.parameters)

    @property
    def source(self) -> str:
        """The latest program as Python."""
        latest = self._latest
        return latest.programs.emit(latest.programs.rows(latest.mode(True)))

    @property
    def matrices(self) -> Matrices:
        """The latest program in matrix form: what its loops compute, as operations on whole arrays, to be printed."""
        latest = self._latest
        key = latest, tuple([p.label for p in latest.parameters])
        if self._matrices is None or self._matrices[0] != key:
            assert latest.watch is not None  # a variant has one as soon as it is the latest
            self._matrices = key, in_matrices(latest.programs, latest.parameters, latest.watch)
        return self._matrices[1]

    @property
    def program(self) -> Blocks:
        """The latest program as blocks of slots, as the kernel runs it."""
        latest = self._latest
        return latest.programs.roll(latest.programs.rows(latest.mode(True)))

    @property
    def _latest(self) -> Variant:
        if self._variants.latest is None:
            raise AttributeError(f"{self._title} has not been called yet: there is no program to see")
        return self._variants.latest

    @fitted
    def __repr__(self) -> str:
        if self._variants.latest is None:
            return f"<compiled {self._title}: not called yet>"
        title = f"compiled {self._title}: {count(self._traces, 'trace')}, {self._backend} backend"
        programs = self._latest.programs
        lines = [title, report(programs)]
        if max((terms for _, terms in programs.sizes.values()), default=SHOWN + 1) <= SHOWN:
            lines.append(f"  in matrices: {self.matrices.beginning}")
        return f"<{NEW_LINE.join(lines)}>"
