"""Exports to PyTorch: a module whose values and gradients are those of eager mode, also at kinks and at infinity."""

import copy
import io
import pickle

import numpy as np
import pytest
from budget import examples
from export_cases import CASES, LINES, agree, all_primitives, columns, numbers_in, of_example, reference, sides
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import POINTS, STEPS, expression

import micrograd
from micrograd import Value

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograd-lab[torch]'")


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients(name):
    f, parameters, cases = CASES[name]()
    module = micrograd.compile(f, parameters=parameters).to_torch(*cases[0])
    values, gradients = reference(f, parameters, cases)
    out = module(*map(torch.tensor, columns(cases)))
    out.sum().backward()
    assert agree(np.atleast_1d(out.detach()), values).all()
    assert agree(module.theta.grad, gradients.sum(0)).all()


@pytest.mark.parametrize("name", LINES)
def test_one_line(name):
    f, cases = LINES[name]
    out = micrograd.compile(f).to_torch(*cases[0])(*map(torch.tensor, columns(cases)))
    for k, example in enumerate(cases):
        assert agree(numbers_in(of_example(out, k)), numbers_in(f(*example))).all()


def test_every_primitive_at_its_edges():
    f, parameters, results, partials = all_primitives()
    module = micrograd.compile(f, parameters=parameters).to_torch()
    out = torch.cat(list(module().values()))
    out.backward(torch.ones_like(out))
    assert agree(out.detach(), results).all()
    assert agree(module.theta.grad, partials).all()


@examples(10, 100)
@given(steps=st.lists(STEPS, min_size=1, max_size=8), xs=POINTS)
def test_random_expressions(steps, xs):
    f, leaves = expression(steps), list(map(Value, xs))
    compiled = micrograd.compile(lambda: f(leaves), parameters=leaves)
    module = compiled.to_torch()
    value, gradient = compiled.value_and_grad(np.array(xs))
    out = module()
    out.backward()
    assert agree(out.detach(), value).all()
    assert agree(module.theta.grad, gradient).all()


def test_a_module_trains_travels_and_comes_back():
    a, b = Value(0.5), Value(0.0)
    loss = micrograd.compile(lambda x, y: (a * x + b - y) ** 2)
    module = loss.to_torch(1.0, 2.0)
    assert [name for name, _ in module.named_parameters()] == ["theta"]
    x = torch.linspace(-1, 1, 20, dtype=torch.float64)
    optimiser = torch.optim.LBFGS(module.parameters())

    def step():
        optimiser.zero_grad()
        out = module(x, 3 * x - 1).mean()
        out.backward()
        return out

    for _ in range(5):
        optimiser.step(step)
    for same in (pickle.loads(pickle.dumps(module)), copy.deepcopy(module)):
        assert torch.equal(same.theta, module.theta)
        assert torch.equal(same(x, x), module(x, x))
    stream = io.BytesIO()
    torch.save(module.state_dict(), stream)
    loss.load(module.theta)
    assert (a.data, b.data) == pytest.approx((3.0, -1.0), abs=1e-4)
    assert module.float()(x, x).dtype == torch.float32


def test_second_derivatives():
    a = Value(0.7)
    module = micrograd.compile(lambda x: micrograd.relu(a * x) ** 3 + micrograd.logsumexp([a, x])).to_torch(2.0)
    (slope,) = torch.autograd.grad(module(torch.tensor([2.0])).sum(), module.theta, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), module.theta)
    expected = micrograd.hessian(lambda u: micrograd.relu(u[0] * 2.0) ** 3 + micrograd.logsumexp([u[0], 2.0]))([0.7])
    assert second.item() == pytest.approx(np.ravel(expected)[0], rel=1e-12)

    def of(theta):
        return torch.func.functional_call(module, {"theta": theta}, torch.tensor([2.0])).sum()

    assert torch.func.jacrev(torch.func.jacrev(of))(module.theta.detach()).item() == pytest.approx(second.item())


def test_both_sides_of_a_decision():
    f, parameters, (one, other) = sides()
    module = micrograd.compile(f, parameters=parameters).to_torch(*one, also=(other,))
    x = np.array([1.0, -1.0, 9.0, -0.25])
    values, gradients = reference(f, parameters, [(v,) for v in x])
    out = module(torch.tensor(x))
    out.sum().backward()
    assert agree(out.detach(), values).all()
    assert agree(module.theta.grad, gradients.sum(0)).all()


def test_both_sides_of_a_dict():
    f = micrograd.compile(lambda given: given["a"] * given["b"][1] if given["a"] > 0 else -given["a"], parameters=[])
    one, other = ({"a": x, "b": [1.0, 2.0]} for x in (1.0, -1.0))
    module = f.to_torch(one, also=[(other,)])
    assert module({"a": [3.0, -3.0], "b": [[1.0, 2.0], [3.0, 4.0]]}).tolist() == [6.0, 3.0]


def test_a_side_that_nobody_traced():
    b = Value(2.0)
    f = micrograd.compile(lambda x: b * x if x > 1 else b / x if x < -1 else b)
    module = f.to_torch(2.0, also=(-2.0,))
    out = module(torch.tensor([2.0, -2.0, 0.0]))
    assert agree(out.detach(), [4.0, -1.0, float("nan")]).all()
    out.sum().backward()
    assert torch.isnan(module.theta.grad).all()


def test_a_shut_gate_lets_nothing_pass():
    a = Value(-1.0)
    module = micrograd.compile(lambda: micrograd.sqrt(micrograd.relu(a)), parameters=[a]).to_torch()
    module().backward()
    assert module.theta.grad.item() == 0.0


def test_the_type_is_that_of_theta():
    a = Value(1.5)
    f = micrograd.compile(
        lambda x: (a * x).tanh() + micrograd.max(a, 0.3) * (a > 0) + micrograd.grad(micrograd.relu)(a)
    )
    module = f.to_torch(0.5, guards="nan")
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        assert module.to(dtype)(torch.tensor([0.5])).dtype == dtype


def test_guards():
    b = Value(2.0)
    f = micrograd.compile(lambda x: b * x if x > 0 else -b * b * x)
    x = torch.tensor([1.0, -1.0])
    out = f.to_torch(1.0, guards="nan")(x)
    assert out[0] == 2.0
    assert torch.isnan(out[1])
    with pytest.raises(AssertionError, match="decides otherwise than for its example"):
        f.to_torch(1.0, guards="check")(x)
