"""Extensions built with the sanitizers that end a process at the first wrong access, and where they run."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

GCC = shutil.which("gcc")
FLAGS = (
    "-fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra -Werror -Wno-unused-parameter "
    "-Wno-missing-field-initializers -g -O1 -ffp-contract=off -shared -fPIC"
)
needs_sanitizers = pytest.mark.skipif(
    GCC is None or sys.platform != "linux", reason="needs gcc and its sanitizers on Linux"
)


def build(source: Path, built: Path, *flags: str) -> Path:
    include = f"-I{sysconfig.get_paths()['include']}"
    subprocess.run([GCC, *FLAGS.split(), *flags, include, source, "-o", built, "-lm"], check=True)
    return built


def surroundings(*paths: Path) -> dict[str, str]:
    """The environment of a process that loads such an extension, and imports from these folders."""
    asan = subprocess.run([GCC, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True).stdout
    return os.environ | {
        "LD_PRELOAD": asan.strip(),
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "PYTHONMALLOC": "malloc",
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
    }
