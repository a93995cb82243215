"""The NumPy source of the matrix form gives what the program gives: on random expressions and on strangers' code."""

import warnings
from importlib import import_module
from pkgutil import iter_modules

import strangers
from budget import budget, examples
from hypothesis import given
from hypothesis import strategies as st
from matrix_form import disagreement
from random_expressions import POINTS, STEPS, expression
from strangers.collection import CASES

import micrograd
from micrograd import Value, total
from micrograd.compiler.variant import Variant
from micrograd.nn import MLP

for module in iter_modules(strangers.__path__, "strangers."):
    import_module(module.name)

EDGES = st.sampled_from([0.0, -0.0, 1.0, 700.0, -800.0, float("inf"), float("nan")])


@examples(30, 100)
@given(steps=st.lists(STEPS, min_size=1, max_size=8), xs=POINTS, edge=EDGES)
def test_random_expressions(steps, xs, edge):
    f, leaves = expression(steps), list(map(Value, xs))
    compiled = micrograd.compile(lambda: f(leaves), parameters=leaves)
    compiled()
    assert disagreement(compiled._latest, xs) == ""
    assert disagreement(compiled._latest, [edge, *xs[1:]]) == ""


@examples(10, 50)
@given(
    widths=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    points=st.integers(1, 4),
    activation=st.sampled_from(["relu", "tanh", "sigmoid", "silu", "linear"]),
    bias=st.booleans(),
    seed=st.integers(0, 9),
)
def test_random_networks(widths, points, activation, bias, seed):
    model = MLP(2, widths, activation=activation, bias=bias, rng=seed)

    def loss(X):
        outs = [model(x) for x in X]
        return total([v * v for out in outs for v in (out if isinstance(out, list) else [out])]) / len(X)

    compiled = micrograd.compile(loss, parameters=model.parameters())
    X = [[0.5 * p - 0.2, 0.3 - p] for p in range(points)]
    compiled(X)
    numbers = [x for point in X for x in point] + [p.data for p in model.parameters()]
    assert disagreement(compiled._latest, numbers) == ""


def test_code_of_strangers(monkeypatch):
    """In the quick run that of some of them."""
    found = {}
    call, busy = Variant.call, [False]

    def checked(self, arguments, gradient):
        if not busy[0] and not self.tape.fresh:
            busy[0] = True
            inputs = [float(x) for part in self.buffers(arguments, None) for x in part]
            found[name] = found.get(name) or disagreement(self, inputs)
            busy[0] = False
        return call(self, arguments, gradient)

    monkeypatch.setattr(Variant, "call", checked)
    for name in list(CASES)[:: budget(40, 4)]:  # noqa: B007 - `checked` reads it
        make, *_ = CASES[name]
        f, _, steps = make()
        f = micrograd.compile(f, backend="python")
        for step in steps:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    step(f)
                except NotImplementedError as error:
                    assert "operation of your own" in str(error)
                except Exception:
                    assert not busy[0], f"{name}: the matrix form failed"
    assert {name: words for name, words in found.items() if words} == {}
    assert len(found) > budget(10, 100)
