"""Functions as people write them: compiled, they give what they give eagerly, or say that they cannot.

The quick run tries each case on one backend, the full one on both.
"""

from importlib import import_module
from pkgutil import iter_modules

import pytest
import strangers
from strangers.collection import CASES, complaint, judge

from micrograd.compiler.backends import kernel

for module in iter_modules(strangers.__path__, "strangers."):
    import_module(module.name)


def trials():
    """The names of the cases, each with both backends; one of the two is for the full run."""
    for k, name in enumerate(CASES):
        for backend in ("python", "native"):
            slow = kernel.available() and (backend == "python") == bool(k % 2)
            missing = pytest.mark.skipif(backend == "native" and not kernel.available(), reason="no kernel")
            yield pytest.param(name, backend, marks=[missing, *[pytest.mark.slow] * slow], id=f"{name}-{backend}")


@pytest.mark.parametrize("name, backend", [*trials()])
def test_as_eagerly_or_refused(name, backend):
    assert complaint(CASES[name], backend) == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, it in CASES.items() if not it.edge])
def test_checked_calls_give_no_false_alarm(name):
    """With `check`, calls run both ways: a case does what it does without."""
    it = CASES[name]
    assert judge(it, "python", check=99).words == judge(it, "python").words
