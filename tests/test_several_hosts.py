"""The programs of "Beyond one machine" for several hosts, run by two processes of one machine."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAMS = re.findall(r"```py\n(.*?)```", (ROOT / "docs" / "beyond.md").read_text(encoding="utf-8"), flags=re.DOTALL)
pytestmark = [pytest.mark.slow, pytest.mark.once]


def program(package, folder):
    """The file with the program that uses it."""
    pytest.importorskip(package, reason=f"{package} runs it: pip install '.[bench,torch]'")
    (text,) = [text for text in PROGRAMS if f"import {package}\n" in text]
    path = folder / "train.py"
    path.write_text(text, encoding="utf-8")
    return path


def run(*commands):
    """Run the commands side by side; what they printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    environment.pop("XLA_FLAGS", None)
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment}
    running = [subprocess.Popen([sys.executable, *command], **options) for command in commands]
    printed = [process.communicate(timeout=300) for process in running]
    assert all(process.returncode == 0 for process in running), printed
    return [out for out, _ in printed]


def losses(texts):
    return [float(loss) for text in texts for loss in re.findall(r"loss ([\d.]+)", text)]


def free_port():
    with socket.socket() as one:
        one.bind(("localhost", 0))
        return one.getsockname()[1]


def test_jax_distributed(tmp_path):
    path, address = program("jax", tmp_path), f"localhost:{free_port()}"
    first, second = losses(run([path, address, "2", "0"], [path, address, "2", "1"]))
    assert first == second < 0.3


def test_torchrun(tmp_path):
    own_files = ["--log-dir", tmp_path / "logs", "--redirects", "1"]  # on one terminal, lines may run into each other
    command = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(free_port()), *own_files]
    run([*command, program("torch", tmp_path)])
    first, second = losses(log.read_text("utf-8") for log in tmp_path.rglob("stdout.log"))
    assert first == second < 0.3
