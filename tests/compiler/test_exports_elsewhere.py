"""Exports on their way out: through compilers, and over eight devices, where this package is not."""

import json
import subprocess
import sys

import numpy as np
import pytest
from export_cases import CASES, agree, columns, reference

import micrograd

pytestmark = [pytest.mark.slow, pytest.mark.once]

# Runs what is in the folder, without this package.
RUN = """
import json, sys
sys.modules["micrograd"] = None
import numpy as np
theta, x, y = (np.load(f"{name}.npy") for name in ("theta", "x", "y"))
"""


@pytest.fixture
def loss(tmp_path):
    """The moons loss, examples, what it gives for them, and a folder with all numbers."""
    f, parameters, cases = CASES["moons"]()
    x, y = columns(cases)
    for name, numbers in (("theta", [p.data for p in parameters]), ("x", x), ("y", y)):
        np.save(tmp_path / f"{name}.npy", numbers)
    return micrograd.compile(f, parameters=parameters), cases, reference(f, parameters, cases)[0], tmp_path


def run(code, folder):
    """What the code prints, run in the folder."""
    out = subprocess.run([sys.executable, "-c", RUN + code], cwd=folder, capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return json.loads(out.stdout.splitlines()[-1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # those of its own
def test_a_compiler_of_torch(loss):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograd-lab[torch]'")
    f, cases, expected, _ = loss
    module = torch.compile(f.to_torch(*cases[0]), backend="aot_eager", fullgraph=True)
    out = module(*map(torch.tensor, columns(cases)))
    out.sum().backward()
    assert agree(out.detach(), expected).all()


DEVICES = """
import jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
from jax.sharding import NamedSharding, PartitionSpec
from loss import loss
rng = np.random.default_rng(0)
x, y = rng.normal(size=(4096, 2)), rng.choice([-1.0, 1.0], 4096)
def mean(theta, x, y):
    return jax.vmap(loss, (None, 0, 0))(theta, x, y).mean()
step = jax.jit(jax.value_and_grad(mean))
mesh = jax.make_mesh((8,), ("data",))
here = step(theta, x, y)
put = lambda a: jax.device_put(a, NamedSharding(mesh, PartitionSpec("data")))
there = step(jax.device_put(theta, NamedSharding(mesh, PartitionSpec())), put(x), put(y))
assert len(there[1].sharding.device_set) == len(jax.devices()) == 8
a, b = np.array(there[1]), np.array(here[1])
print(json.dumps([float(abs(there[0] - here[0])), float(abs(a - b).max())]))
"""


def test_eight_devices(loss, monkeypatch):
    pytest.importorskip("jax", reason="JAX is not installed: pip install 'micrograd-lab[jax]'")
    f, cases, _, folder = loss
    f.to_jax(*cases[0]).save(folder / "loss.py")
    monkeypatch.setenv("XLA_FLAGS", "--xla_force_host_platform_device_count=8")
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    assert max(run(DEVICES, folder)) < 1e-15
