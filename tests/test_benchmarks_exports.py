"""The benchmarks of exports and sweeps: what is timed agrees, and the check for a GPU runs without one."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import sweeps

ROOT = Path(__file__).parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.once]


def test_models_trained_one_by_one_and_side_by_side(monkeypatch):
    jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'micrograd-lab[bench]'")
    monkeypatch.setattr(sweeps, "MODELS", 3)
    monkeypatch.setattr(sweeps, "ONE", {})
    before = jax.config.jax_enable_x64
    try:
        wanted = sweeps.vmapped()()
    finally:
        jax.config.update("jax_enable_x64", before)
    found = sweeps.descend(sweeps.starts(), *sweeps.data())
    assert sweeps.summed(found) == pytest.approx(wanted, rel=1e-9)
    assert not np.array_equal(found, sweeps.starts())


def test_the_check_for_a_gpu_runs_without_one():
    pytest.importorskip("jax", reason="JAX is not installed: pip install 'micrograd-lab[bench]'")
    pytest.importorskip("flatbuffers", reason="a file of JAX's needs it: pip install 'micrograd-lab[bench]'")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "benchmarks.on_a_gpu", "agreement", "file"],
        env={**os.environ, "JAX_PLATFORMS": "cpu"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    assert "NO GPU, so this says nothing about one" in ran.stdout and "| value and gradient in a file" in ran.stdout
    assert "✗" not in ran.stdout
