"""Compiled functions beside other threads, which are idle, or change what the function reads; and interrupts."""

import collections
import sys
import threading
import warnings
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

import micrograd
from micrograd import TraceError, Value
from micrograd._core.lending import data_slot
from micrograd.compiler import eagerly
from micrograd.compiler.surroundings.watch import Watch


@contextmanager
def another_thread():
    """One that waits, as a notebook has several."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def asked(*actions):
    """Another thread does these one by one, each when it is asked, and then nothing. Yields the function that asks."""
    begin, end = threading.Lock(), threading.Lock()  # nobody looks into a lock
    begin.acquire()
    end.acquire()
    stopped, left = [], list(actions)

    def work():
        while True:
            begin.acquire()
            if stopped:
                return
            if left:
                left.pop(0)()
            end.release()

    def ask():
        begin.release()
        end.acquire()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield ask
    finally:
        stopped.append(True)
        begin.release()
        thread.join()
    assert not left


def test_what_a_function_does_once_is_its_own():
    w, state = Value(2.0), {"scale": 3.0}

    def f(x):
        return w * x * state.pop("scale", 1.0)

    with another_thread():
        fast = micrograd.compile(f)
        assert [fast(1.0).data, fast(1.0).data] == [6.0, 2.0]
    assert state == {}


def test_a_list_that_a_function_makes_once_is_filled_once():
    w, history = Value(2.0), collections.defaultdict(list)

    def f(x):
        history["x"].append(x)
        return w * x

    with another_thread():
        fast = micrograd.compile(f)
        assert fast(1.5).data == 3.0
        assert history == {"x": [1.5]} and type(history["x"][0]) is float
        with pytest.raises(TraceError, match="changes what it reads: history"):
            fast(1.5)
    assert history == {"x": [1.5]}


@pytest.mark.unchecked
@pytest.mark.parametrize("count", [1, 2])
def test_what_another_thread_appends_stays(count):
    w, history = Value(2.0), [1.0]
    with asked(*[lambda k=k: history.append(10.0 + k) for k in range(count)]) as ask:

        def f(x):
            ask()
            return w * x * len(history)

        fast = micrograd.compile(f)
        fast(1.0)
        assert history == [1.0, *[10.0 + k for k in range(count)]]
        assert fast(1.0).data == 2.0 * len(history)


def test_what_another_thread_enters_stays():
    w, table, box = Value(2.0), {"a": 1.0, "b": 2.0}, SimpleNamespace(k=1.0)

    def change():
        table.pop("a")
        box.k = 2.0

    with asked(lambda: table.update(c=3.0), change) as ask:

        def f(x):
            ask()
            return w * x * box.k * sum(table.values())

        fast = micrograd.compile(f)
        fast(1.0)
        assert table == {"b": 2.0, "c": 3.0} and box.k == 2.0
        assert fast(1.0).data == 20.0


@pytest.mark.unchecked
def test_a_lent_number_that_another_thread_sets_is_no_constant():
    w, state = Value(2.0), {"rate": 1.0, "mode": 1}
    nothing = [lambda: None] * 3
    with asked(*nothing, lambda: state.update(rate=7.0)) as ask:

        def f(x):
            ask()
            return w * x * state["rate"] * state["mode"]

        fast = micrograd.compile(f)
        for rate in (1.0, 0.5, 0.25):
            state["rate"] = rate
            fast(1.0)
        state["mode"] = 2
        fast(1.0)
        assert state["rate"] == 7.0
        for rate in (0.125, 3.0):
            state["rate"] = rate
            assert fast(1.0).data == 4.0 * rate


def test_while_another_thread_never_stops_a_call_runs_the_function_as_it_is():
    w, history = Value(2.0), []
    with asked(*[lambda k=k: history.append(k) for k in range(11)]) as ask:

        def f(x):
            ask()
            return w * x

        def seen(x):
            return f(x) + 0.0 * len(history)

        fast = micrograd.compile(seen)
        assert fast(1.5).data == 3.0
        assert history == list(range(11)) and fast._traces == 0
        assert fast(1.5).data == 3.0 and fast._traces == 1


def test_an_interrupt_while_things_are_put_back_does_not_stop_that(monkeypatch):
    w, memo = Value(2.0), {}
    usual, interrupts = Watch.restore, [KeyboardInterrupt]

    def restore(watch, members):
        if interrupts:
            raise interrupts.pop()
        usual(watch, members)

    def f(x):
        memo["x"] = x
        return w * x

    monkeypatch.setattr(Watch, "restore", restore)
    with pytest.raises(KeyboardInterrupt):
        micrograd.compile(f)(1.5)
    assert memo == {} and not interrupts


def test_theta_that_two_threads_lend_at_once_is_given_back():
    a, b = Value(1.0), Value(2.0)
    slot = data_slot(Value)
    inside, go = threading.Event(), threading.Event()

    def slow():
        inside.set()
        go.wait(10.0)
        return a * 2.0

    first = threading.Thread(target=eagerly.value_and_grad, args=(slow, (), {}, [a], [9.0]))
    second = threading.Thread(target=eagerly.value_and_grad, args=(lambda: b * 3.0, (), {}, [b], [4.0]))
    first.start()
    inside.wait(10.0)
    second.start()
    while second.is_alive() and not go.is_set():
        second.join(0.05)  # it waits for the first
        go.set()
    first.join()
    second.join()
    assert data_slot(Value) is slot and (a.data, b.data) == (1.0, 2.0)


def test_threads_with_new_arguments_at_each_call_count_them_together():
    class Scale:
        k = 2.0

    w, errors = Value(3.0), []
    f = micrograd.compile(lambda scale: w * scale.k)

    def work():
        try:
            for _ in range(200):
                assert f(Scale()).data == 6.0
        except Exception as error:
            errors.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            threads = [threading.Thread(target=work) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(before)
    assert errors == []
