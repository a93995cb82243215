"""The eight levels: the gradients of their own numbers, and what holds for fresh ones."""

import math

import pytest
from budget import seeds

from micrograd.teaching.practice.diagnosis import find_collisions
from micrograd.teaching.practice.levels import DEAD, LEVELS, is_pleasant
from micrograd.teaching.record.record import record

GRADIENTS = {
    1: {"a": 2, "b": -3},
    2: {"a": 6, "b": -8, "c": 2, "f": -7},
    3: {"a": 1.5, "b": -1.5, "c": -2.25, "d": 1.5},
    4: {"a": 24, "b": -36, "c": 12},
    5: {"x": 10, "y": 3},
    6: {"a": 116, "b": 87, "c": 12},
    7: {"w1": 9.6, "w2": 12.8, "x1": 6.4, "x2": -9.6, "b": 3.2},
    8: {"w": -60, "b": -18},
}
DEAD_GRADIENTS = {"w": 12, "b": 4}
ALL = [*LEVELS.values(), DEAD]
IDS = [*map(str, LEVELS), "8, dead"]


def gradients(root):
    return {c.parent.label: c.after for c in record(root) if c.parent.label and not c.parent.parents}


@pytest.mark.parametrize(
    ("level", "wanted"), list(zip(ALL, [*GRADIENTS.values(), DEAD_GRADIENTS], strict=True)), ids=IDS
)
def test_the_gradients_tell_mistakes_apart(level, wanted):
    root = level.build(level.numbers)
    assert gradients(root) == pytest.approx(wanted)
    assert all(level.alike.issuperset(pair) for pair in find_collisions(record(root)))
    assert root.label == "L" and level.write(level.numbers)


@pytest.mark.no_cover
@pytest.mark.parametrize("level", ALL, ids=IDS)
def test_fresh_numbers(level):
    for seed in seeds(50, 200):
        numbers = level.draw(seed)
        whole = [abs(float(str(x).partition(" ")[0])) for x in numbers.values()]
        assert len(set(whole)) == len(whole) and min(whole) >= 2
        steps = record(level.build(numbers))
        assert all(level.alike.issuperset(pair) for pair in find_collisions(steps))
        assert all(is_pleasant(c.after) for c in steps)
        for c in steps:
            if c.node.primitive.name == "relu":
                assert abs(c.parent.data) >= 1
            if c.node.primitive.name in ("tanh", "exp"):
                assert min(abs(c.parent.data - math.log(k)) for k in (2, 3)) < 1e-9
        dead = [c for c in steps if c.node.primitive.name == "relu" and c.local == 0]
        assert len(dead) == (level is DEAD)


def test_only_mistakes_about_paths_are_alike_on_a_dead_path():
    assert all(level.alike == frozenset() for level in LEVELS.values())
    pairs = {frozenset(pair) for pair in find_collisions(record(DEAD.build(DEAD.numbers)))}
    assert pairs == {frozenset({"paths multiplied", "only the first path"})}


def test_the_same_seed_draws_the_same_numbers():
    assert LEVELS[3].draw(7) == LEVELS[3].draw(7) == {"a": 9.0, "b": -5.0, "c": 4.0, "d": -6.0}
    assert LEVELS[3].draw(7) != LEVELS[3].draw(8)


def test_pleasant():
    assert is_pleasant(-2.25) and is_pleasant(0.125) and not is_pleasant(1 / 3) and not is_pleasant(301)
