"""Compiled functions in a module of their own: what pools of processes import by name."""

import random
from functools import partial

import micrograd
from micrograd import Value
from micrograd.nn import MLP

w = Value(3.0, label="w")
v = Value(0.5, label="v")
model = MLP(2, [2, 1], rng=random.Random(0))


@micrograd.compile
def decorated(x):
    """w x²"""
    return w * x * x


@micrograd.compile(backend="python", strict=True)
def with_options(x):
    return (w * x).log()


def plain(x):
    return w * x + v


named = micrograd.compile(plain)
with_parameters = micrograd.compile(plain, parameters=[v, w])
of_lambda = micrograd.compile(lambda x: w * x)
of_partial = micrograd.compile(partial(plain))
of_model = micrograd.compile(model)


class Scaled:
    def __init__(self, w):
        self.w = Value(w)
        self.fast = micrograd.compile(self.scale)

    @micrograd.compile
    def loss(self, x):
        return self.w * x

    def scale(self, x):
        return self.w * x * x


def call(f, *arguments):
    """The number that a compiled function computes, how often it was traced, and which process called it."""
    import os

    return f(*arguments).data, f._traces, os.getpid()
