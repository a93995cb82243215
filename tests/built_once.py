"""What takes long is built, or found out, once for all workers: the first of them does it, the others wait."""

import os
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], Any]) -> Path:
    """The path of that name in the folder that all workers of the run share, after `build` has written it."""
    base = factory.getbasetemp()
    path = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    done = path.with_suffix(".done")
    try:
        os.close(os.open(path.with_suffix(".claim"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        while not done.exists():
            time.sleep(0.2)
        said = done.read_text(encoding="utf-8")
        assert said == "", f"the build failed in another worker: {said}"
        return path
    said = "it was interrupted"
    try:
        build(path)
        said = ""
    except Exception:
        said = traceback.format_exc()
        raise
    finally:
        part = path.with_suffix(".part")
        part.write_text(said, encoding="utf-8")
        part.replace(done)  # whole, or not there
    return path
