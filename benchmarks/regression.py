"""Logistic regression on 569 × 30 numbers: value and gradient, and the Hessian, against NumPy by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.contest import Engines, agreeing, contest
from benchmarks.peers import PeerMissing
from benchmarks.runner import Row
from benchmarks.timing import Step
from benchmarks.workloads.regression import cancer, logistic, loss_of, weights
from micrograd import Value, compile, hessian

OURS, HAND = "native", "NumPy by hand"
KNOWN = "native, the data known numbers"  # equal ones are one number then, and so is what is computed from them


def rows() -> Iterator[Row]:
    try:
        both = {"gradient": (of_the_gradient(), "≥ 1"), "Hessian": (of_the_hessian(), "≥ 0.5")}
    except PeerMissing as error:
        yield Row(f"not measured: {error}", None)
        return
    for what, (engines, bar) in both.items():
        name = f"logistic regression 569 × 30, {what}"
        yield from contest(name, agreeing(name, engines), {(OURS, HAND): bar})


def of_the_gradient() -> Engines:
    from benchmarks.by_numpy_regression import value_and_gradient

    x, y = cancer()
    loss, w = logistic(x, y), weights()

    def ours() -> Step:
        parameters = [Value(number) for number in w.tolist()]
        return partial(compile(lambda: loss(parameters), parameters=parameters).value_and_grad, w)

    return {OURS: ours, HAND: lambda: value_and_gradient(w, x, y)}


def of_the_hessian() -> Engines:
    from benchmarks import by_numpy_regression

    x, y = cancer()
    w = weights()
    return {
        OURS: lambda: partial(compile(hessian(loss_of)), w, x, y),
        KNOWN: lambda: partial(compile(hessian(logistic(x, y))), w),
        HAND: lambda: by_numpy_regression.hessian(w, x, y),
    }
