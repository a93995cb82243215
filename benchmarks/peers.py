"""The engines that ours is compared with, each installed separately, so that none gets in its way."""

from __future__ import annotations

import importlib.util
import math
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
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
    peer.engine = load("engine", folder, {})  # type: ignore[attr-defined]
    aliases = {"micrograd": peer, "micrograd.engine": peer.engine}
    peer.nn = load("nn", folder, aliases)  # type: ignore[attr-defined]
    add_exp_and_log(peer.engine.Value)
    return peer


def load(name: str, folder: Path, aliases: dict[str, ModuleType]) -> ModuleType:
    """Run one file of the original; while it runs, it imports the modules `aliases` under their names."""
    spec = importlib.util.spec_from_file_location(f"original_micrograd.{name}", folder / "micrograd" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    ours = {alias: sys.modules[alias] for alias in aliases}
    sys.modules.update(aliases)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.modules.update(ours)
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


def deep(function: Callable[[], Any]) -> Any:
    """Call `function()` on a stack deep enough for 20,000 nested calls: the original sorts a graph recursively."""
    limit, size = sys.getrecursionlimit(), threading.stack_size(256 << 20)
    sys.setrecursionlimit(20_000)
    try:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(function).result()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
