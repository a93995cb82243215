"""What the docstrings of the calculus show is what happens."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import micrograd
from micrograd import calculus

FILES = [f"micrograd.calculus.{file.name}" for file in pkgutil.iter_modules(calculus.__path__)]


@pytest.mark.parametrize("name", ["micrograd.calculus", *FILES])
def test_examples(name):
    module = import_module(name)
    names = {**vars(micrograd), **vars(calculus), **vars(module)}
    assert doctest.testmod(module, extraglobs=names).failed == 0
