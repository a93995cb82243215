"""Derivatives at the same time: those of other threads and tasks never mix, and a thread inside one stays connected."""

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import loops
import pytest

from micrograd import sin
from micrograd._core.modes import entered
from micrograd.calculus import grad, hessian, jvp, taylor, value_and_grad


def second(f):
    return grad(grad(f))


def by_forward(f):
    return lambda x: jvp(f, (x,), (1.0,))[1]


def by_series(f):
    return lambda x: taylor(f, x, 1)[1]


@pytest.mark.parametrize("derivative", [grad, second, hessian, by_forward, by_series])
def test_two_threads_inside_their_functions_at_once(derivative):
    together = Barrier(2)

    def cube(x):
        together.wait(timeout=30)
        return x**3

    with ThreadPoolExecutor(2) as pool:
        pairs = [pool.submit(derivative(cube), x) for x in (2.0, 5.0)]
        results = [pair.result() for pair in pairs]
    factor, power = (6.0, 1) if derivative in (second, hessian) else (3.0, 2)
    assert results == [factor * 2.0**power, factor * 5.0**power]
    assert all(type(result) is float for result in results)


def test_a_derivative_beside_another_one_gives_floats():
    """While one thread is inside its function, another one takes a derivative from beginning to end."""
    inside, done = Barrier(2), Barrier(2)

    def slow(x):
        inside.wait(timeout=30)
        done.wait(timeout=30)
        return x * x

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(value_and_grad(slow), 3.0)
        inside.wait(timeout=30)
        mine = grad(lambda v: v[0] * sin(v[1]))([2.0, 0.5])
        done.wait(timeout=30)
        assert other.result() == (9.0, 6.0)
    assert mine == [math.sin(0.5), 2 * math.cos(0.5)] and all(type(x) is float for x in mine)


def test_tasks():
    async def slopes(start):
        found = []
        for k in range(3):
            found.append(second(lambda x: x**3)(start + k))
            await asyncio.sleep(0)
            found.append(await asyncio.to_thread(grad(lambda x: x**2), start + k))
        return found

    async def both():
        return await asyncio.gather(slopes(0.0), slopes(10.0))

    assert loops.run(both()) == [[0.0, 0.0, 6.0, 2.0, 12.0, 4.0], [60.0, 20.0, 66.0, 22.0, 72.0, 24.0]]


@pytest.mark.parametrize("derivative", [grad, by_forward, by_series])
def test_a_derivative_that_a_function_leaves_to_a_thread_stays_connected(derivative):
    """d/dx (d/dy x·y² at y = 3) = d/dx 6x = 6, also when another thread takes the inner one."""
    with ThreadPoolExecutor(1) as pool:
        assert derivative(lambda x: pool.submit(grad(lambda y: x * y * y), 3.0).result())(2.0) == 6.0


def test_nothing_is_left_behind():
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: x / 0.0)(1.0)
    assert not entered
