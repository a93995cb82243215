import math

import micrograd
from micrograd import Value, calculus, grad, hessian, jacobian, no_grad, value_and_grad


def attempt(act, *arguments):
    try:
        return act(*arguments)
    except Exception as error:
        return error


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def deep(x):
    for _ in range(50):
        x = (x * 1.01).sin() + x.tanh() * 0.5
    return x


grad(lambda x: x**3)(2.0)
grad(grad(lambda x: x**3))(2.0)
grad(grad(grad(lambda x: x**3)))(2.0)
grad(lambda x: x * grad(lambda y: x * y * y)(3.0))(2.0)
grad(rosenbrock)([1.5, -0.5])
value_and_grad(rosenbrock)([1.5, -0.5])
hessian(rosenbrock)([1.5, -0.5])
jacobian(lambda x: [x[0] * x[1], x[0].sin()])([1.0, 2.0])
grad(deep)(0.3)
grad(grad(deep))(0.3)
grad(lambda x: x)(2)
grad(lambda x: 3.0)(2)
grad(lambda x: None)(2)
grad(lambda x: [x])(2)
grad(lambda x: float(x) * x)(2.0)
grad(lambda x: math.sin(x))(2.0)
grad(lambda x: x.data * x)(2.0)
grad(lambda x: x if x else -x)(0.0)
grad(lambda x: x * x if x == 2.0 else x)(2.0)
grad(lambda x: x.relu())(0.0)
grad(lambda x: x.relu() * math.inf)(-1.0)
grad(lambda x: abs(x))(0.0)
grad(lambda x: x.sqrt())(0.0)
grad(lambda x: x.log())(0.0)
grad(lambda x: x**0.5)(0.0)
grad(lambda x: x**0)(0.0)
grad(lambda x: micrograd.max(x, 0))(0.0)
grad(lambda x: x / 0)(1.0)
grad(lambda x: micrograd.where(x > 0, x.log(), 0.0))(-1.0)
grad(lambda x: {"a": x["b"] * 2}["a"])({"b": 3.0})
grad(lambda a, b: a * b, argnums=(0, 1))(2.0, 3.0)
grad(lambda x: x * 2)("x")
grad(lambda x: x * 2)(Value(2.0))
grad(lambda x: x * 2)(True)
leaf = Value(4.0, label="leaf")
grad(lambda x: x * leaf)(2.0)
leaf
shared = leaf * leaf
shared.grad = 5.0
grad(lambda x: x * shared)(2.0)
shared, leaf
value_and_grad(lambda x: x * shared)(leaf)
shared, leaf
own = Value(3.0, (leaf,), "own")
grad(lambda x: x * own)(2.0)
grad(lambda x: own * 1)(leaf)
calculus.derivatives(lambda x: x.exp() * x, 0.5, 4)
calculus.taylor(lambda x: x.sin(), 0.5, 4)
calculus.jvp(rosenbrock, [1.5, -0.5], [1.0, 0.5])
calculus.hvp(rosenbrock, [1.5, -0.5], [1.0, 0.5])
attempt(calculus.gradcheck, rosenbrock, [1.5, -0.5])
attempt(calculus.gradcheck, lambda v: abs(v[0]), [0.0, 5e-324])
with no_grad():
    quiet = leaf * 2
    inside = grad(lambda x: x * x)(3.0)
quiet, inside
quiet.backward()
quiet


@no_grad()
def forgetful(x):
    return x * x


forgetful(leaf)
forgetful(leaf).parents


def generator():
    with no_grad():
        yield leaf * 1
        yield leaf * 2


steps = generator()
next(steps), leaf * 3, next(steps), leaf * 4
with no_grad():
    float(leaf)
    total = micrograd.total([leaf, leaf])
    fused = micrograd.dot([leaf], [leaf])
    power = leaf**2
    constant = leaf + 1
total, fused, power, constant
[v.parents for v in (total, fused, power, constant)]
