"""The engines that ours is compared with, each installed separately, so that none gets in its way."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

FOLDER = Path(__file__).parent.parent / ".venv" / "peers"


class PeerMissing(ImportError):
    """A peer is not installed; the message says how to install it."""


def original(folder: Path = FOLDER / "original") -> ModuleType:
    """micrograd 0.1.0 as the module `original_micrograd`, with `engine` and `nn`; our `micrograd` stays as it is.

    Its Value has neither `exp` nor `log`; they are added here in its style, with a closure for each node.
    """
    if not (folder / "micrograd-0.1.0.dist-info").is_dir():
        raise PeerMissing("micrograd 0.1.0 is not installed apart: `make bench` does it")
    peer = ModuleType("original_micrograd")
    files = folder / "micrograd"
    peer.engine = load("original_micrograd.engine", files / "engine.py")  # type: ignore[attr-defined]
    aliases = {"micrograd": peer, "micrograd.engine": peer.engine}
    peer.nn = load("original_micrograd.nn", files / "nn.py", aliases)  # type: ignore[attr-defined]
    add_exp_and_log(peer.engine.Value)
    return peer


def load(name: str, path: Path, aliases: Mapping[str, ModuleType] = MappingProxyType({})) -> ModuleType:
    """Run one file as a module; while it runs, it imports the modules `aliases` under their names."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    before = {alias: sys.modules.get(alias) for alias in aliases}
    sys.modules.update(aliases)
    try:
        spec.loader.exec_module(module)
    finally:
        for alias, ours in before.items():
            if ours is None:
                del sys.modules[alias]
            else:
                sys.modules[alias] = ours
    return module


def add_exp_and_log(value: Any) -> None:
    def exp(self: Any) -> Any:
        out = value(math.exp(self.data), (self,), "exp")

        def push() -> None:
            self.grad += out.data * out.grad

        out._backward = push
        return out

    def log(self: Any) -> Any:
        out = value(math.log(self.data), (self,), "log")

        def push() -> None:
            self.grad += out.grad / self.data

        out._backward = push
        return out

    value.exp, value.log = exp, log
