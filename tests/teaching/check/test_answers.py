"""What else can happen to a learner's class: it is part of the answer, and never an error of `check`."""

import math

import pytest
from planted import Lectures, Right, planted

import micrograd
from micrograd import Value, check
from micrograd.engine import topological


class Sums:
    """Only +, and no numbers beside it."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other))


def finding(kind):
    found = check(kind)
    assert not found and len(found.findings) == 1
    assert str(found.finding) in str(found)
    return found.finding


def test_only_what_is_there_is_checked_and_the_rest_is_listed():
    found = check(Sums)
    assert found and found.checked == ("a + b",)
    assert found.missing[:4] == ("backward()", "a * b", "a - b", "-a")
    assert "a + 2 (AttributeError: 'int' object has no attribute 'data')" in found.missing and "2 + a" in found.missing
    assert "a * 2" not in found.missing  # there is no × at all
    assert "no difference found in 203 expressions, in their values alone." in str(found)


def test_a_stub_is_missing():
    def later(self):
        raise NotImplementedError

    found = check(planted(tanh=later))
    assert found and found.missing == ("a.tanh()",) and "a.exp()" in found.checked


def test_nothing_but_leaves():
    class Bare:
        def __init__(self, data):
            self.data, self.grad = data, 0.0

        def backward(self):
            self.grad += 1.0

    found = check(Bare)
    assert found and found.expressions == 1 and found.checked == ()


def test_a_wrong_value():
    found = finding(planted(tanh=lambda self: Right(math.sinh(self.data), (self,), (1.0,))))
    assert (found.sort, found.expression) == ("value", "L = a.tanh()    (a = 2)")
    assert found.what == "`L.data` is 3.626860407847019, and 0.964028 is right."
    assert (found.got, found.right) == (math.sinh(2.0), math.tanh(2.0))
    assert found.line == "a = Value(2.0); L = a.tanh(); print(L.data)"


def test_operands_exchanged():
    found = finding(planted(__rsub__=lambda self, other: self - other))
    assert found.expression.startswith("L = 2 - a") and "operands exchanged" in found.advice
    found = finding(planted(__sub__=lambda self, other: self.of(other) + self * -1))
    assert found.expression.startswith("L = a - b") and "operands exchanged" in found.advice


def test_nan():
    found = finding(planted(seed=lambda self: math.nan))
    assert (found.sort, found.what) == ("grad", "a.grad is nan, and 1 is right.")


def test_an_exception_says_what_where_and_on_which_expression():
    def typo(self):
        return self.node(math.exp(self.dta), (self,), (1.0,), "exp")

    found = finding(planted(exp=typo))
    assert (found.sort, found.expression) == ("error", "L = a.exp()    (a = 3)")
    assert found.what.startswith(
        "`L = a.exp()` raises AttributeError: 'Value' object has no attribute 'dta' (in typo, "
    )
    assert '`return self.node(math.exp(self.dta), (self,), (1.0,), "exp")`' in found.what

    found = finding(planted(push=lambda self: 1 / 0))
    assert found.what.startswith("`a.backward()` raises ZeroDivisionError: division by zero")
    assert found.line == "a = Value(3.0); a.backward()"


def test_a_class_that_cannot_be_made():
    class Wants:
        def __init__(self, data, grad):
            pass

    found = finding(Wants)
    assert found.what.startswith("`Wants(3.0)` raises TypeError: ") and "grad" in found.what


def test_code_without_an_end():
    def around(self):
        while True:
            self.grad = 1.0

    found = finding(planted(backward=around))
    assert (found.sort, found.what) == ("endless", "`a.backward()` had not ended after 100,000 lines of Python.")

    def its_own_parent(self, other):
        return self + self.of(other)

    found = finding(planted(__add__=its_own_parent))
    assert found.sort == "error" and "RecursionError" in found.what and "calls itself" in found.advice

    def circle(self):
        order = [self]
        for v in order:
            order.extend([*v._prev, v])

    assert finding(planted(backward=circle)).sort == "endless"


def test_the_trace_function_is_given_back():
    import sys

    before = sys.gettrace()
    check(planted(backward=lambda self: [self for _ in iter(int, 1)]))
    assert sys.gettrace() is before


def test_no_value_comes_back():
    found = finding(planted(__mul__=lambda self, other: None))
    assert found.what == "`L = a * b` gives None, which is not a Value: is a `return` missing?"
    found = finding(planted(__mul__=lambda self, other: 12.0))
    assert found.what == "`L = a * b` gives 12.0, which is not a Value."


@pytest.mark.parametrize("grad", [None, "1.0", [1.0], 1j])
def test_a_grad_that_is_no_number(grad):
    found = finding(planted(seed=lambda self: grad, push=lambda self: None))
    assert found.what == f"After `a.backward()`, `a.grad` is {grad!r}, which is not a number."


def test_numbers_of_other_kinds_are_numbers():
    import numpy as np

    assert check(planted(seed=lambda self: np.float64(1.0)))


def test_an_operand_that_changes():
    def in_place(self, other):
        other = self.of(other)
        self.data += other.data
        return self.node(self.data, (self, other), (1.0, 1.0), "+")

    found = finding(planted(__add__=in_place))
    assert found.sort == "operand"
    assert found.what == "`a.data` was 3.0, and after `L = a + b` it is -1.0."
    found = finding(planted(push=lambda self: setattr(self, "data", 0.0)))
    assert found.what == "`a.data` was 3.0, and after `a.backward()` it is 0.0."


def test_something_kept_between_runs():
    kept = []

    def once(self):
        self.grad = float(len(kept))
        kept.append(self)

    found = finding(planted(backward=once))
    assert "kept between runs" in found.advice and found.mistake is None


# ---- two passes, and deep graphs


def test_leaves_that_start_anew():
    def prepare(self, order):
        for v in order:
            v.grad = 0.0

    found = finding(planted(prepare=prepare))
    assert found.sort == "passes" and "losses can be summed" in found.advice
    assert found.what == "After two backward passes a.grad is 1, and 2 is right; b.grad is 1, and 2 is right."


def test_marks_that_stay():
    def receive(self, amount):
        if not hasattr(self, "done"):
            self.grad += amount

    def backward(self):
        Right.backward(self)
        for v in self.topological():
            v.done = True

    found = finding(planted(receive=receive, backward=backward))
    assert found.sort == "passes" and "left over" in found.advice and "a.grad = b.grad = 0.0" in found.line


def test_an_exception_in_the_second_pass():
    def backward(self):
        Right.backward(self)
        self.__dict__.pop("_locals")

    found = finding(planted(backward=backward))
    assert found.sort == "passes" and "_locals" in found.what and found.line.count("L.backward()") == 2


def test_once_for_each_path():
    def along_paths(self, amount=1.0):
        if self._prev:
            self.grad = 0.0
        self.grad += amount
        for p, local in zip(self._prev, self._locals, strict=True):
            along_paths(p, amount * local)

    found = finding(planted(backward=along_paths))
    assert found.sort == "depth" and "paths double" in found.advice and found.expression == "L = L + L, 40 times"


def test_products_climb_where_there_are_no_sums():
    class Products(Right):
        __add__ = __radd__ = __sub__ = __rsub__ = None

    found = check(Products)
    assert found.checked[0] == "a * b" and [note.expression for note in found.notes] == ["L = L * a, 2,000 times"]


# ---- backward functions


def backward(root):
    order = topological(root)
    for v in order:
        v.grad = 0.0
    root.grad += 1.0
    for v in reversed(order):
        for parent, local in zip(v.parents, v.partials, strict=True):
            parent.grad += local * v.grad


def test_a_right_backward_function():
    found = check(backward)
    assert found and found.title == "backward" and found.checked == () and found.missing == ()


def test_backward_functions_with_a_mistake():
    def recursive(root, start=True):
        root.grad = 1.0 if start else root.grad
        root._backward()
        for p in root._prev:
            recursive(p, False)

    found = check(recursive).finding
    assert found.mistake == "recursion without order"
    assert found.line == ("a, b = Value(3.0), Value(-4.0); c = a + b; L = c + c; recursive(L); print(a.grad, b.grad)")
    found = check(lambda root: None).finding
    assert found.mistake == "seed forgotten" and found.line == "a = Value(3.0); backward(a); print(a.grad)"


def test_our_values_are_left_alone():
    a = Value(2.0)
    loss = a * a
    loss.backward()
    check(backward)
    assert (a.grad, loss.grad) == (4.0, 1.0)


@pytest.mark.parametrize("wrong", [3, Value(3.0), "Value", None])
def test_what_cannot_be_checked(wrong):
    with pytest.raises(TypeError, match="check takes a Value class, a backward function, or a function and its deriv"):
        check(wrong)


def test_a_function_without_its_derivative():
    with pytest.raises(TypeError, match=r"check\(fn, derivative\)"):
        check(math.tanh)


def test_the_front_door():
    assert "check" in micrograd.__all__ and micrograd.check is check


def test_a_tighter_or_looser_tolerance():
    rough = planted(slope=lambda self, x, t: (1 - t * t) * (1 + 1e-4))
    assert not check(rough) and check(rough, tolerance=1e-2)


def test_the_answer_is_the_same_each_time():
    assert str(check(Lectures)) == str(check(Lectures))
