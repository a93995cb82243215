"""The peer in C, written by hand for one network (`by_hand.c`), and compiled when it is first needed.

It takes the parameters and the data as arrays; its step computes the loss and writes the gradient to the same array
each time. It is called through `ctypes`.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.peers import PeerMissing

SOURCE = Path(__file__).parent / "by_hand.c"
FLAGS = ["-O3", "-march=x86-64-v3", "-ffp-contract=off", "-shared", "-fPIC"]


def w1(theta: Any, points: Any, labels: Any) -> Callable[[], tuple[Any, Any]]:
    function = library().w1_step
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_void_p] * 4
    gradient = np.empty_like(theta)
    arrays = [np.ascontiguousarray(array) for array in (theta, points, labels)]
    places = [array.ctypes.data for array in (*arrays, gradient)]

    def step() -> tuple[Any, Any]:
        assert arrays  # C only borrows their memory
        return function(*places), gradient

    return step


def library() -> ctypes.CDLL:
    """The compiled source; raises `PeerMissing` if no C compiler here makes code for AVX2."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "by_hand.so"
        for compiler in compilers():
            done = subprocess.run([compiler, *FLAGS, str(SOURCE), "-o", str(target)], capture_output=True, text=True)
            if done.returncode == 0:
                return ctypes.CDLL(str(target))
    raise PeerMissing("C by hand needs a C compiler for x86-64 with AVX2")


def compilers() -> Iterator[str]:
    """The C compilers on this machine, first the one that Python was built with."""
    own, *_ = (sysconfig.get_config_var("CC") or "cc").split()
    for name in dict.fromkeys([own, "cc", "gcc", "clang"]):
        if found := shutil.which(name):
            yield found
