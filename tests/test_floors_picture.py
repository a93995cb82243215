"""The picture of the house in the documentation is what its imports are today."""

import pytest

from docs import floors


@pytest.mark.once
@pytest.mark.parametrize(("name", "theme"), floors.PICTURES)
def test_the_picture_is_up_to_date(name, theme):
    stored = (floors.DOCS / name).read_text(encoding="utf-8")
    assert stored == floors.picture(theme), "the rooms have changed: run `python -m docs.floors`, and look at it"


def test_every_room_is_in_it():
    rooms = {path.stem for path in floors.PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms == set(floors.imports()) == set(floors.PURPOSE)


def test_only_direct_imports_are_drawn():
    imported = {"roof": {"room", "ground"}, "room": {"ground"}, "ground": set()}
    assert floors.direct(imported) == [("roof", "room"), ("room", "ground")]
