"""Errors that a compiled function catches: which of its ways a call takes is decided as in eager mode."""

import contextlib
import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

import micrograd
from micrograd import Value, ops
from micrograd.compiler import TraceError
from micrograd.ops import PRIMITIVES
from tests.budget import examples

BACKENDS = ["python", None]
SOME = (-750.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 750.0, 1e300, math.inf, -math.inf, math.nan)


@pytest.fixture
def w():
    return Value(3.0, label="w")


def outcome(f, *args):
    """The numbers and gradients of a result, up to their last digits, or its error."""
    values = [x for x in args if isinstance(x, Value)]
    try:
        out = f(*args)
    except (ArithmeticError, ValueError) as error:
        return type(error), str(error)
    found = []
    for x in out if isinstance(out, (list, tuple)) else [out]:
        for v in values:
            v.grad = 0.0
        if isinstance(x, Value):
            x.backward()
        number = x if isinstance(x, str) else f"{float(x.data if isinstance(x, Value) else x):.9g}"
        found.append((number, [f"{v.grad:.9g}" for v in values]))
    return repr(found)


def check(f, calls, traces=None, backend=None):
    """In each call the compiled function does what f does; the same ways need no new trace."""
    fast = micrograd.compile(f, backend=backend)
    for args in [*calls, *calls]:
        assert outcome(fast, *args) == outcome(f, *args), args
    if traces is not None:
        assert fast._traces == traces


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("first", [0, 1])
def test_a_division_by_zero_that_is_caught(w, first, backend):
    def f(x):
        try:
            return w / x
        except ZeroDivisionError:
            return w * 7.0

    check(f, [(Value(2.0),), (Value(0.0),), (Value(-4.0),), (Value(-0.0),)][first:], 2, backend)
    check(f, [(2.0,), (0.0,), (5.0,)][first:], 2, backend)


def test_the_message_of_an_error_is_a_decision_where_it_is_read(w):
    def unread(x):
        try:
            return micrograd.log(x)
        except ValueError as error:
            return [x * 2.0, type(error).__name__]

    def read(x):
        try:
            return [micrograd.log(x), w]
        except ValueError as error:
            return [w, str(error), f"{error}", repr(error), type(str(error)).__name__]

    calls = [(kind(x),) for kind in (Value, float) for x in (2.0, 0.0, -1.0, -2.0, 3.0)]

    def by_its_argument(x):
        try:
            return [micrograd.log(x), w]
        except ValueError as error:
            return [w, "ValueError", error.args[0], error.args[0].upper()[:12], "-2.0" in error.args[0]]

    check(unread, calls, 4)
    check(read, calls, 8)
    check(by_its_argument, calls, 8)

    def among_floats(x):
        try:
            return 1.0 / x
        except ZeroDivisionError as error:
            return str(error)

    check(among_floats, [(2.0,), (0.0,), (-0.0,), (-2.0,)], 2)


def helper(x):
    return micrograd.log(x) if not isinstance(x, list) else [helper(part) for part in x][0]


class Swallowing:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, where):
        return kind is not None and issubclass(kind, ArithmeticError)


def by_suppress(x):
    out = x * 2.0
    with contextlib.suppress(ValueError):
        out = helper(x)
    return out


def far_below(x):
    try:
        return helper([[[x]]])
    except Exception:
        return x


def by_a_bare_except(x):
    try:
        return 1.0 / (1.0 / x)
    except:  # noqa: E722
        return x + 1.0


def by_a_context_manager(x):
    out = x
    with Swallowing():
        out = micrograd.exp(x * 1000.0)
    return out


def by_finally(x):
    try:
        out = 1.0 / x
    finally:
        out = x * 3.0
        return out  # noqa: B012


def in_a_comprehension(x):
    try:
        a, b = [micrograd.sqrt(x - k) for k in range(2)]
        return a + b
    except ValueError:
        return x * 5.0


def in_a_generator(x):
    try:
        a, b = (micrograd.sqrt(x - k) for k in range(2))
        return a + b
    except ValueError:
        return x * 5.0


def one_inside_the_other(x):
    try:
        try:
            return micrograd.log(x)
        except ZeroDivisionError:
            return x
    except ValueError:
        try:
            return micrograd.log(-x)
        except ValueError:
            return x * 9.0


def in_a_handler(x):
    try:
        try:
            return micrograd.log(x)
        except ValueError as error:
            assert str(error)
            return 1.0 / x
    except ZeroDivisionError:
        return x * 9.0


def trying(*ways):
    def f(x):
        for way in ways:
            try:
                return way(x)
            except (ArithmeticError, ValueError):
                continue
        return x

    return f


CAUGHT = [
    by_suppress,
    far_below,
    by_a_bare_except,
    by_a_context_manager,
    by_finally,
    in_a_comprehension,
    in_a_generator,
    one_inside_the_other,
    in_a_handler,
    trying(lambda x: x**-0.5, lambda x: (x + 1) ** -2, lambda x: (x * 1e9) ** 40),
]


@pytest.mark.parametrize("f", CAUGHT, ids=lambda f: f.__name__)
@pytest.mark.parametrize("backend", BACKENDS)
def test_ways_to_catch_an_error(f, backend):
    numbers = (2.5, 0.0, -1.0, 1.5, 0.5, -3.0)
    check(f, [(Value(x),) for x in numbers], backend=backend)
    if f is not CAUGHT[-1]:  # the square root of a negative float is complex
        check(f, [(x,) for x in numbers], backend=backend)


PARTIAL = [op for op in PRIMITIVES.values() if op.partial and op.run.__module__ == ops.__name__]


@pytest.mark.parametrize("op", PARTIAL, ids=lambda op: op.name)
def test_every_partial_operation(op):
    def apply(*operands):
        if op is ops.power:
            return operands[0] ** -1.5
        if op is ops.power_value:
            return operands[0] ** operands[1]
        name = op.methods[0]
        return getattr(operands[0], name)(*operands[1:])

    def f(*operands):
        try:
            return apply(*operands)
        except ZeroDivisionError:
            return operands[0] * 3.0
        except (OverflowError, ValueError) as error:
            return [operands[0] * 5.0, type(error).__name__]

    calls = (
        list(itertools.product(SOME, repeat=len(op.operands) - (op is ops.power)))[::7]
        if len(op.operands) > 1
        else [(x,) for x in SOME]
    )
    check(f, [tuple(map(Value, numbers)) for numbers in calls])
    assert {outcome(apply, *map(Value, numbers))[0] for numbers in calls} & {
        ValueError,
        OverflowError,
        ZeroDivisionError,
    }


def test_an_infinite_result_is_no_error(w):
    def f(x, y):
        try:
            return w * (x / y)
        except ZeroDivisionError:
            return w

    calls = [(1e308, 1e-10), (1.0, 0.0), (math.inf, math.inf), (math.inf, 2.0), (math.inf, 0.0), (1.0, 4.0)]
    for order in (calls, calls[::-1]):
        check(f, order)
        check(f, [tuple(map(Value, numbers)) for numbers in order])


def test_a_complex_number_is_refused():
    def f(x):
        try:
            return x**0.5
        except ValueError:
            return 0.0

    fast = micrograd.compile(f)
    assert fast(4.0) == 2.0
    with pytest.raises(micrograd.compiler.TraceError, match="complex"):
        fast(-4.0)


def test_what_nobody_catches_goes_on_with_inf(w):
    def f(x):
        return sum([w / (x - k) for k in range(2)]) + sum(w / (x - k) for k in range(2))

    fast = micrograd.compile(f)
    try:  # not the function's own
        assert fast(3.0).data == f(3.0).data
        assert fast(0.0).data == math.inf and fast(1.0).data == math.inf
    except ZeroDivisionError:
        pytest.fail("the error is not raised by a program")
    assert fast._traces == 1


def test_the_error_that_is_not_caught_is_the_one_of_eager_mode(w):
    def f(x):
        try:
            return w / x
        except ValueError:
            return w

    fast = micrograd.compile(f)
    assert fast(Value(2.0)).data == 1.5
    for g in (f, fast):
        with pytest.raises(ZeroDivisionError, match="div"):
            g(Value(0.0))
    assert fast(Value(4.0)).data == 0.75


def test_operations_that_always_have_a_result_are_no_decisions(w):
    def f(x):
        try:
            return (w * x + x - w).tanh().relu()
        except ArithmeticError:
            return w

    fast = micrograd.compile(f)
    fast(2.0)
    assert len(fast._latest.tape.guards) == 0


def test_whole_numbers_and_those_of_numpy():
    def f(numbers):
        try:
            return [numbers[0] // numbers[1], numbers[0] % numbers[1]]
        except ZeroDivisionError as error:
            return [str(error)]

    check(f, [([7, 2],), ([7, 0],), ([9, 4],), ([5, 0],)], 2)
    check(f, [([7, 0],), ([7, 2],), ([True, False],), ([5, 0],)])

    def quotient(xs):
        try:
            return [xs[0] / xs[1]]
        except ZeroDivisionError:
            return [0.0]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of NumPy, which goes on with inf
        check(quotient, [(np.array([1.0, x]),) for x in (2.0, 0.0, 4.0)])
    check(quotient, [([1, 2],), ([1, 0],), ([3, 4],)], 2)


def test_handlers_of_the_package_do_not_count():
    gradient = micrograd.grad(lambda xs: micrograd.atan2(xs[0], xs[1]))
    fast = micrograd.compile(gradient)
    for xs in ([1.0, 2.0], [0.0, 0.0], [3.0, 0.0]):
        assert repr(fast(xs)) == repr(gradient(xs))


STEPS = {
    "1 / x": lambda x, y: 1.0 / x,
    "y / x": lambda x, y: y / x,
    "log": lambda x, y: micrograd.log(x),
    "sqrt": lambda x, y: micrograd.sqrt(y),
    "exp": lambda x, y: micrograd.exp(x * 300.0),
    "power": lambda x, y: x**-2,
    "atanh": lambda x, y: micrograd.atanh(y),
    "x − 1": lambda x, y: x - 1.0,
    "x y": lambda x, y: x * y,
    "0 x": lambda x, y: x * 0.0,
    "tanh": lambda x, y: micrograd.tanh(y),
}
ERRORS = {error.__name__: error for error in (ZeroDivisionError, ValueError, OverflowError, ArithmeticError, Exception)}
LEAF = st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=3)
PROGRAMS = st.recursive(
    LEAF,
    lambda inner: st.lists(
        st.one_of(
            st.sampled_from(sorted(STEPS)),
            st.tuples(st.just("try"), inner, st.sampled_from(sorted(ERRORS)), inner),
            st.tuples(st.just("with"), inner, st.sampled_from(sorted(ERRORS))),
            st.tuples(st.just("finally"), inner, LEAF),
            st.tuples(st.just("if"), inner, inner),
        ),
        min_size=1,
        max_size=4,
    ),
    max_leaves=6,
)


WITHOUT_TRACING = [phase for phase in Phase if phase is not Phase.explain]  # which follows the lines that run


def run(program, x, y):
    for step in program:
        if isinstance(step, str):
            x, y = STEPS[step](x, y), x
        elif step[0] == "try":
            try:
                x, y = run(step[1], x, y)
            except ERRORS[step[2]]:
                x, y = run(step[3], x, y)
        elif step[0] == "with":
            with contextlib.suppress(ERRORS[step[2]]):
                x, y = run(step[1], x, y)
        elif step[0] == "finally":
            try:
                x, y = run(step[1], x, y)
            finally:
                x, y = run(step[2], x, y)
        else:
            x, y = run(step[1] if x < y else step[2], x, y)
    return x, y


@pytest.mark.no_cover
@examples(40, 500, phases=WITHOUT_TRACING)
@given(PROGRAMS, st.lists(st.sampled_from(SOME[:10]), min_size=1, max_size=8), st.sampled_from([None, "python"]))
@pytest.mark.filterwarnings("ignore:.*was traced")
def test_random_programs_that_catch_errors(program, numbers, backend):
    """Everything stands in a `try`, so that compiled functions raise what eager mode raises."""

    def f(x, y):
        try:
            return list(run(program, x, y))
        finally:
            x = y

    for kind in (Value, float):
        calls = [(kind(x), kind(y)) for x, y in zip(numbers, reversed(numbers), strict=True)]
        fast = micrograd.compile(f, backend=backend)
        for args in [*calls, *calls]:
            try:
                found = outcome(fast, *args)
            except TraceError as error:
                assert "complex" in str(error) or "plain" in str(error)
            else:
                assert found == outcome(f, *args), args
