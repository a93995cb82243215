"""What watching costs is measured with a film of the moons, and with trainings that show themselves to nobody."""

import pytest

from benchmarks import films

pytestmark = [pytest.mark.slow, pytest.mark.once]


def test_rows(monkeypatch, capsys):
    monkeypatch.setattr(films, "LONG", 0.01)
    monkeypatch.setattr(films, "FEW", 2)
    rows = list(films.rows())
    assert [row.bar for row in rows] == ["≤ 50", None, "≤ 2", "≤ 1.2", "≤ 1.2"]
    assert rows[2].reached() and all(row.measured > 0 for row in rows)
