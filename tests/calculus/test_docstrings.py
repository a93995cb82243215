"""What the docstrings of the calculus show is what happens."""

import doctest
from importlib import import_module

import pytest

import micrograd
from micrograd import calculus

FILES = ["check", "forward", "numeric_kinds", "levels", "report", "reverse", "series", "structures"]


@pytest.mark.parametrize("name", ["micrograd.calculus", *(f"micrograd.calculus.{name}" for name in FILES)])
def test_examples(name):
    module = import_module(name)
    names = {**vars(micrograd), **vars(calculus), **vars(module)}
    assert doctest.testmod(module, extraglobs=names).failed == 0
