"""The kernel against broken programs, built with the sanitizers that end a process at the first wrong access."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "micrograd" / "compiler" / "backends" / "_kernel.c"
GCC = shutil.which("gcc")
PARTS = 2  # side by side
COUNT = 1_000_000 // PARTS
SANITIZERS = "-fsanitize=address,undefined -fno-sanitize-recover=all".split()

pytestmark = [
    pytest.mark.no_cover,
    pytest.mark.once,
    pytest.mark.slow,
    pytest.mark.skipif(GCC is None or sys.platform != "linux", reason="needs gcc and its sanitizers on Linux"),
]


@pytest.mark.parametrize("part", range(PARTS))
def test_a_broken_program_is_refused_or_harmless(part, tmp_path):
    built = tmp_path / "_kernel.so"
    include = f"-I{sysconfig.get_paths()['include']}"
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wno-missing-field-initializers"]
    flags += ["-Wno-cast-function-type", "-g", "-O1", "-ffp-contract=off", "-shared", "-fPIC"]
    subprocess.run([GCC, *SANITIZERS, *flags, include, SOURCE, "-o", built, "-lm"], check=True)
    asan = subprocess.run([GCC, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True).stdout
    environment = os.environ | {
        "LD_PRELOAD": asan.strip(),
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "PYTHONPATH": str(ROOT),
        "PYTHONMALLOC": "malloc",
    }
    script = Path(__file__).with_name("broken_programs.py")
    done = subprocess.run(
        [sys.executable, script, built, str(COUNT), str(part)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    refused, ran, held = map(int, done.stdout.split())
    assert refused > COUNT / 2 and ran > COUNT / 20 and held > COUNT / 1000
    assert done.stderr == ""
