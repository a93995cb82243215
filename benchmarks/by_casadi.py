"""The peer in CasADi: the unchanged scalar code runs on SX symbols, and CasADi's virtual machine evaluates the result.

The network is the original's `nn`, with a symbol for each Value. The gradient is CasADi's own. Its function reads and
writes existing arrays through the buffer interface, which is the fastest way to call it. The options are CasADi's
defaults: `cse=True` makes both networks slower. Each function takes the parameters and the data as arrays, and returns
a step that computes the loss and the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np

from benchmarks import peers, workloads
from benchmarks.workloads import Engine

try:
    import casadi
except ImportError:
    raise peers.PeerMissing("CasADi is not installed: `make bench` does it") from None

Step = Callable[[], tuple[Any, Any]]
casadi.SX.relu = lambda x: casadi.fmax(x, 0)


def w1(theta: Any, points: Any, labels: Any) -> Step:
    workload = workloads.w1(engine())
    x, y = casadi.SX.sym("x", *points.T.shape), casadi.SX.sym("y", len(labels))
    loss = workload.function([casadi.vertsplit(point) for point in casadi.horzsplit(x)], casadi.vertsplit(y))
    return step(loss, [casadi.vertcat(*workload.parameters), x, y], [theta, points, labels])


def w2(theta: Any) -> Step:
    workload = workloads.w2(engine())
    return step(workload.build(), [casadi.vertcat(*workload.parameters)], [theta])


def rosenbrock(theta: Any) -> Step:
    x = casadi.SX.sym("x", len(theta))
    return step(workloads.rosenbrock(casadi.vertsplit(x)), [x], [theta])


def engine() -> Engine:
    nn = peers.original().nn
    nn.Value = leaf
    return Engine(leaf, nn.MLP, largest=lambda values: reduce(casadi.fmax, values))


def leaf(x: Any) -> Any:
    """A symbol for a new parameter; an input is a symbol already."""
    return x if isinstance(x, casadi.SX) else casadi.SX.sym("parameter")


def step(loss: Any, symbols: list[Any], arrays: list[Any]) -> Step:
    """A step that evaluates `loss` and its gradient by the first symbol, with the arrays as the symbols' values.

    CasADi only borrows the memory of the arrays and of the function: the step keeps all of them.
    """
    function = casadi.Function("step", symbols, [loss, casadi.gradient(loss, symbols[0])])
    buffer, trigger = function.buffer()
    arrays, results = [np.ascontiguousarray(array) for array in arrays], (np.zeros(1), np.zeros(len(arrays[0])))
    for i, array in enumerate(arrays):
        buffer.set_arg(i, memoryview(array.reshape(-1)))
    for i, array in enumerate(results):
        buffer.set_res(i, memoryview(array))
    return partial(run, trigger, results, (function, buffer, arrays))


def run(trigger: Callable[[], None], results: tuple[Any, Any], _kept: Any) -> tuple[Any, Any]:
    trigger()
    return results
