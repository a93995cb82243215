"""The wheel that the site serves: our package, no extension in C, nothing that a browser would have to fetch."""

from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

import micrograd
from tools import pure_wheel

PACKAGE = Path(micrograd.__file__).parent
BROWSER = {"sys_platform": "emscripten", "extra": ""}


def test_extensions_are_left_out_of_the_sources(tmp_path):
    pure_wheel.copy_sources(tmp_path)
    assert "ext-modules" not in (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    assert "[tool.setuptools]" in (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".c", ".h", ".so", ".pyd", ".pyc")]


@pytest.mark.slow
def test_the_wheel(site_folder, tmp_path):
    """It holds every module and page, asks for no package in a browser, and comes out the same again."""
    (wheel,) = site_folder.glob("vendor/*.whl")
    assert wheel.name == f"micrograd_lab-{micrograd.__version__}-py3-none-any.whl"
    with ZipFile(wheel) as archive:
        held = set(archive.namelist())
        metadata = Parser().parsestr(archive.read(next(n for n in held if n.endswith("/METADATA"))).decode("utf-8"))
    wanted = [path for ending in ("py", "js", "css", "html") for path in PACKAGE.rglob(f"*.{ending}")]
    assert {path.relative_to(PACKAGE.parent).as_posix() for path in wanted} <= held
    assert not [name for name in held if name.endswith((".c", ".h", ".so", ".pyd", ".pyc"))]
    needed = map(Requirement, metadata.get_all("Requires-Dist"))
    assert [it.name for it in needed if it.marker is None or it.marker.evaluate(BROWSER)] == []
    status = sorted(path.name for path in PACKAGE.parent.iterdir())
    assert pure_wheel.build(tmp_path).read_bytes() == wheel.read_bytes()
    assert sorted(path.name for path in PACKAGE.parent.iterdir()) == status, "it left something behind"
