"""`Watch` sees each change of what a function reads, no other change, and puts everything back."""

import builtins
import datetime
import sys

import pytest
from compiler.surroundings.cases import CASES

from micrograd import Value, nn
from micrograd.compiler.surroundings.watch import Watch


@pytest.fixture(autouse=True)
def tables_as_before():
    before = dict(nn.activations.ACTIVATIONS)
    yield
    nn.activations.ACTIVATIONS.clear()
    nn.activations.ACTIVATIONS.update(before)


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_seen_and_put_back(name):
    case = CASES[name]()
    watch = Watch([case.f])
    assert watch.refused == []
    assert watch.holds() and watch.changed() == []
    case.other()
    assert watch.holds() and watch.changed() == []
    case.change()
    assert not watch.holds()
    changed = watch.changed()
    assert case.title in [member.title for member in changed]
    watch.restore(changed)
    assert watch.holds() == case.back and watch.changed() == ([] if case.back else changed)
    case.other()
    assert watch.holds() == case.back


def test_a_module_that_is_imported_meanwhile_stays(tmp_path, monkeypatch):
    (tmp_path / "not_there_yet.py").write_text("K = 1.0")
    monkeypatch.syspath_prepend(tmp_path)

    def f(x):
        import not_there_yet

        return x * not_there_yet.K

    watch = Watch([f])
    assert watch.holds()
    assert f(2.0) == 2.0
    (member,) = watch.changed()
    assert not watch.holds() and member.title == "the module not_there_yet"
    watch.restore([member])
    assert "not_there_yet" in sys.modules
    again = Watch([f])
    assert again.holds()
    monkeypatch.setattr(sys.modules["not_there_yet"], "K", 2.0)
    assert [member.title for member in again.changed()] == ["not_there_yet.K"]
    monkeypatch.delitem(sys.modules, "not_there_yet")


def test_what_others_keep_among_the_built_ins_is_not_looked_at():
    """As extensions made by pybind11 keep a capsule there."""
    space = {"w": Value(2.0)}
    builtins.kept_by_an_extension = datetime.datetime_CAPI
    try:
        exec("def f(x):\n    return eval('abs(w)') * x", space)
        watch = Watch([space["f"]])
        assert watch.refused == [] and watch.holds()
    finally:
        del builtins.kept_by_an_extension
