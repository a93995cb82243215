"""The comparison in Python: many rows at once say what the rows say one by one, and keep nothing alive for it."""

import types
import weakref

import pytest
from compiler.surroundings.cases import CASES

from micrograd import Value, nn
from micrograd.compiler.surroundings.native import in_python
from micrograd.compiler.surroundings.sweep import Sweep
from micrograd.compiler.surroundings.watch import Watch


def one_by_one(watch):
    return all(row.same() for row in watch.rows)


@pytest.mark.parametrize("name", CASES)
def test_all_at_once_is_one_by_one(name):
    case = CASES[name]()
    watch = Watch([case.f])
    holds = in_python(watch.rows)
    case.other()
    assert holds() and one_by_one(watch)
    case.change()
    assert not holds() and not one_by_one(watch)
    watch.restore(watch.changed())
    assert holds() == one_by_one(watch)


def model():
    it = nn.MLP(2, [3, 1])
    return it, Watch([lambda x: it(x)])


def test_the_rows_of_a_network_are_swept_and_one_equal_number_is_enough_to_look_closer():
    it, watch = model()
    sweep, holds = Sweep(watch.rows), in_python(watch.rows)
    assert len(sweep.rows) > 0.8 * len(watch.rows) and sweep.comparison()()
    it.layers[0].scale = 1.0
    assert holds() == one_by_one(watch)
    neuron = it.layers[0].neurons[0]
    neuron.name = "".join(["a", "b", "c"])
    again = in_python(Watch([lambda x: (it(x), neuron.name)]).rows)
    neuron.name = "".join(["ab", "c"])
    assert again()
    w = neuron.w[0]
    neuron.w[0] = Value(w.data)
    assert not again() and not holds()
    neuron.w[0] = w
    assert again()


@pytest.mark.parametrize(
    "change",
    [
        lambda o: setattr(o, "a", 2.0),
        lambda o: delattr(o, "a"),
        lambda o: setattr(o, "b", 1.0),
        lambda o: setattr(o, "__class__", Other),
        lambda o: setattr(o, "__dict__", dict(vars(o))),
        lambda o: setattr(type(o), "c", 5.0),
        lambda o: o.items.append(1),
        lambda o: o.items.__setitem__(0, 1),
        lambda o: setattr(o, "z", o.__dict__.pop("a")),
    ],
)
def test_each_change_of_an_object(change):
    class Some:
        c = 3.0

        def __init__(self):
            self.items, self.a = [1.0, 2.0], 1.0

    o = Some()
    watch = Watch([lambda: (o.a, getattr(o, "b", 0.0), o.c, o.items, o.z if hasattr(o, "z") else 0)])
    holds = in_python(watch.rows)
    assert holds() and one_by_one(watch)
    change(o)
    assert holds() == one_by_one(watch) == (not watch.changed())


class Other:
    pass


def test_a_global_that_is_missing_may_come():
    module = types.ModuleType("somewhere")
    exec("def f(): return later + there\nthere = 1.0", vars(module))
    watch = Watch([module.f])
    holds = in_python(watch.rows)
    assert holds()
    module.later = 2.0
    assert not holds() and not one_by_one(watch)
    del module.later
    assert holds()
    del module.there
    assert not holds()


def test_what_is_not_watched_may_change_and_is_not_kept_alive():
    class Trainer:
        def __init__(self):
            self.w = Value(1.0)

        def loss(self, x):
            return self.w * x

    it = Trainer()
    it.report = Other()
    holds, report = in_python(Watch([it.loss]).rows), weakref.ref(it.report)
    it.report = None
    assert holds() and report() is None
