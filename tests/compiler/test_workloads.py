"""The table of workloads: each can be made again, is differentiable in every parameter, and its gradient is right."""

import math

import pytest
from workloads import WORKLOADS

SMALL = [name for name in WORKLOADS if not name.startswith(("moons", "small_gpt"))]


def stepped(workload):
    """The loss and the gradient in one list."""
    loss = workload.loss(*workload.args)
    for p in workload.parameters:
        p.grad = 0.0
    loss.backward()
    return [loss.data, *(p.grad for p in workload.parameters)]


@pytest.mark.parametrize("name", WORKLOADS)
def test_made_anew_it_is_the_same(name):
    first = stepped(WORKLOADS[name]())
    assert first == stepped(WORKLOADS[name]())
    assert all(map(math.isfinite, first)) and any(first[1:])


@pytest.mark.parametrize("name", SMALL)
def test_the_gradient_is_that_of_differences(name):
    """Along the gradient itself, which is one difference for all parameters."""
    workload = WORKLOADS[name]()
    _, *gradient = stepped(workload)
    norm = math.hypot(*gradient)
    start = [p.data for p in workload.parameters]

    def along(t):
        for p, x, g in zip(workload.parameters, start, gradient, strict=True):
            p.data = x + t * g / norm
        return workload.loss(*workload.args).data

    h = 1e-5
    slope = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
    assert slope == pytest.approx(norm, rel=1e-6, abs=1e-10)
