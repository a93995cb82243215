"""Attributes and methods of numbers, texts and containers of a user's own class, and defaults that a class hides."""

import dataclasses
import datetime
import fractions
import functools
import random

import numpy as np
import pytest

import micrograd
from micrograd import Value

w = Value(2.0)


class Tagged(float):
    scale = 1.0


class Name(str):
    scale = 1.0


class Rows(list):
    scale = 1.0


class Table(dict):
    scale = 1.0


class Settings(dict):
    def __init__(self, **entries):
        super().__init__(**entries)
        self.__dict__ = self


class Base:
    bias = None
    rate = 2.0


class Derived(Base):
    bias = [1.0]
    rate = [3.0]


def tagged(x, scale):
    x.scale = scale
    return x


def agree(f, *calls):
    compiled = micrograd.compile(f)
    for arguments in calls:
        assert compiled(*arguments).data == f(*arguments).data
    return compiled


@pytest.mark.parametrize("make", [lambda: Tagged(2.0), lambda: Name("a"), lambda: Rows([1.0]), lambda: Table(a=1.0)])
def test_what_hangs_on_an_argument_is_told_apart(make):
    x = tagged(make(), 3.0)
    compiled = agree(lambda x: w * x.scale, (x,), (tagged(make(), 5.0),), (x,), (make(),))
    x.scale = 7.0
    assert compiled(x).data == 14.0


def test_what_hangs_on_a_number_of_the_surroundings_is_watched():
    x = tagged(Tagged(2.0), 3.0)
    f = micrograd.compile(lambda: w * x * x.scale)
    assert f().data == 12.0
    x.scale = 4.0
    assert f().data == 16.0


def test_a_dict_whose_entries_are_its_attributes_is_an_input():
    cfg = Settings(rate=1.0, other=2.0)
    f = agree(lambda cfg: w * cfg.rate * cfg["other"], (cfg,))
    for k in range(5):
        cfg.rate = 0.5**k
        assert f(cfg).data == 4.0 * 0.5**k
    assert f._traces == 1


class Day(datetime.date): ...


class Half(fractions.Fraction): ...


class Dice(random.Random): ...


@pytest.mark.parametrize("x", [Day(2020, 1, 1), Half(1, 2), Dice(3)], ids=lambda x: type(x).__name__)
def test_what_hangs_on_a_thing_that_is_left_alone_is_watched(x):
    x.scale = 1.0
    f = micrograd.compile(lambda: w * x.scale)
    assert f().data == 2.0
    x.scale = 3.0
    assert f().data == 6.0


def test_a_generator_of_a_users_own_class_may_be_drawn_from():
    dice = Dice(3)
    f = micrograd.compile(lambda: w * micrograd.fresh(lambda: dice.gauss(0.0, 1.0)))
    again = Dice(3)
    assert [f().data for _ in range(6)] == [2.0 * again.gauss(0.0, 1.0) for _ in range(6)]
    assert f._traces == 1


@pytest.mark.parametrize("name, x", [("bias", None), ("rate", 2.0)])
def test_an_attribute_that_equals_the_default_of_a_base_counts_where_the_class_has_another(name, x):
    it = Derived()
    f = micrograd.compile(lambda: w * (1.0 if isinstance(getattr(it, name), list) else 5.0))
    assert f().data == 2.0
    setattr(it, name, x)
    assert f().data == 10.0


def test_the_first_attribute_of_a_partial_is_seen():
    p = functools.partial(abs)
    f = micrograd.compile(lambda: w * getattr(p, "scale", 1.0))
    assert f().data == 2.0
    p.scale = 3.0
    assert f().data == 6.0


factor = [1.0]


class Scaled:
    """What a class of the user's may add to a number or a container."""

    def scaled(self):
        return factor[0] * 3.0


class OfFloat(Scaled, float): ...


class OfList(Scaled, list): ...


class OfDict(Scaled, dict): ...


class OfArray(Scaled, np.ndarray): ...


class OfValue(Scaled, Value): ...


@pytest.mark.parametrize(
    "x",
    [OfFloat(2.0), OfList([1.0]), OfDict(a=1.0), np.ones(2).view(OfArray), OfValue(1.0)],
    ids=lambda x: type(x).__name__,
)
def test_what_the_methods_of_an_argument_read_is_watched(x, monkeypatch):
    f, in_a_list = micrograd.compile(lambda x: w * x.scaled()), micrograd.compile(lambda xs: w * xs[0].scaled())
    assert f(x).data == in_a_list([x]).data == 6.0
    monkeypatch.setitem(globals(), "factor", [2.0])
    assert f(x).data == in_a_list([x]).data == 12.0


@dataclasses.dataclass(frozen=True)
class Key:
    name: str
    scale: float = dataclasses.field(compare=False, repr=False, default=1.0)


def test_what_a_key_of_a_dict_carries_belongs_to_the_key_of_the_trace():
    def f(table):
        return sum((w * x * key.scale for key, x in table.items()), Value(0.0))

    agree(f, ({Key("a", 2.0): 1.0},), ({Key("a", 3.0): 1.0},))
    compiled = micrograd.compile(f)
    for k in range(4):
        compiled({Key("a", 2.0): float(k)})
    assert compiled._traces == 1


class Thing:
    scale = 1.0


def test_an_object_that_is_a_key_is_watched():
    thing = Thing()
    f = micrograd.compile(lambda table: sum((w * x * key.scale for key, x in table.items()), Value(0.0)))
    assert f({thing: 1.0}).data == 2.0
    thing.scale = 3.0
    assert f({thing: 1.0}).data == 6.0
