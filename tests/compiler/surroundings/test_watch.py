"""`Watch` sees each change of what a function reads, no other change, and puts everything back."""

import pytest
from compiler.surroundings.cases import CASES

from micrograd.compiler.surroundings.watch import Watch


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
    assert watch.holds() and watch.changed() == []
    case.other()
    assert watch.holds()
