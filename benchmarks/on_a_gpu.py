"""What exports do on a GPU: `python -m benchmarks.on_a_gpu [agreement throughput …]`.

A machine with a GPU is rarely at hand, so this is no part of `make bench`. Where JAX finds no GPU, everything runs on
the CPU with fewer examples, and says so: then it shows that the check itself works, and nothing about a GPU.

agreement    value and gradient in float32, against float64 by our kernel; by hand as JAX multiplies by default, which
             is TF32 on many GPUs, and exported, which asks for all digits
throughput   the mean loss of 10⁷ examples and its gradient, against JAX written by hand
models       a thousand small models side by side: `vmap` over their parameters
file         the export as a file of `jax.export`, for CPUs and CUDA, run in a process that cannot import this package
torch        the export to PyTorch under `torch.compile`, against itself as it is
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import micrograd
from benchmarks import runner
from benchmarks.contest import agree, agreeing, compared, contest, flat
from benchmarks.exports import HAND, ONE, OURS, TOLERANCE, by_hand, exported, of_export
from benchmarks.runner import Row
from benchmarks.timing import each
from benchmarks.workloads.one_example import of_a_point, points
from micrograd._core.writing import write_file

MANY, FEW = 10_000_000, 20_000  # examples, on a GPU and without one


def examples(n: int, kind: str = "float32") -> list[Any]:
    """The parameters, points and labels as arrays."""
    import numpy as np

    _, parameters = of_a_point()
    return [np.array([p.data for p in parameters], kind), *(array.astype(kind) for array in points(n))]


def size() -> int:
    import jax

    return MANY if jax.default_backend() == "gpu" else FEW


# ---- what is checked


def agreement() -> Iterator[Row]:
    import numpy as np

    theta, *data = examples(10_000, "float64")
    function, parameters = of_a_point()
    exact = flat(micrograd.compile(function, parameters=parameters).batch.value_and_grad(theta, *data))
    bars = {OURS: "≤ 0.00001", HAND: None}
    for engine, prepare in {OURS: of_export, HAND: by_hand}.items():
        off = np.abs(flat(prepare(*examples(10_000))()) - exact).max() / np.abs(exact).max()
        yield Row(f"float32, {engine}, farthest off", float(off), "of the largest", bars[engine])


def throughput() -> Iterator[Row]:
    name, arrays = f"{size():,} examples, float32", examples(size())
    engines = {HAND: lambda: by_hand(*arrays), OURS: lambda: of_export(*arrays)}
    yield from contest(name, agreeing(name, engines, TOLERANCE["float32"]), {(OURS, HAND): "≥ 0.95"})


def models() -> Iterator[Row]:
    import jax
    import numpy as np

    from benchmarks.by_jax_batches import classifiers
    from benchmarks.sweeps import RATE, data, starts

    thetas, steps = starts().astype("float32")[: None if size() == MANY else 50], 20
    arrays = [array.astype("float32") for array in data()]
    ways = {
        HAND: classifiers(thetas, *arrays, steps, RATE),
        OURS: classifiers(thetas, *arrays, steps, RATE, exported(ONE)),
    }
    name = f"{len(thetas):,} models, {steps} steps on {jax.default_backend()}"
    agree(name, *(np.asarray(step()).sum(0) for step in ways.values()), 1e-3)
    times = each(ways)
    yield Row(f"{name}, {OURS}", 1e3 * times[OURS], "ms")
    yield compared(f"{name}, {OURS}", times[OURS], times[HAND], HAND, "≥ 0.95")


ELSEWHERE = """
import sys
sys.modules["micrograd"] = None  # no import finds it
import jax
import numpy as np
path, arrays = sys.argv[1], np.load(sys.argv[2])
with open(path, "rb") as file:
    found = jax.export.deserialize(bytearray(file.read())).call(*arrays.values())
np.savez(sys.argv[3], *jax.tree.leaves(found))
"""


def file() -> Iterator[Row]:
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("moons.jax", "arrays.npz", "found.npz")]
        content = in_a_file(exported(ONE))
        write_file(paths[0], content)
        np.savez(paths[1], *examples(1_000))
        subprocess.run([sys.executable, "-c", ELSEWHERE, *map(str, paths)], check=True)
        found = flat([*np.load(paths[2]).values()])
    agree("the file", found, flat(of_export(*examples(1_000))()), TOLERANCE["float32"])
    yield Row("value and gradient in a file, for cpu and cuda", len(content) / 1024, "KB")


def in_a_file(g: Any) -> bytes:
    """The mean loss of any number of examples and its gradient, as `jax.export` writes it."""
    import jax
    from jax import export

    from benchmarks.by_jax_batches import mean_of

    (n,) = export.symbolic_shape("n")
    theta, data, labels = (array.shape for array in examples(2))
    shapes = [jax.ShapeDtypeStruct(shape, "float32") for shape in (theta, (n, *data[1:]), (n, *labels[1:]))]
    whole = export.export(jax.jit(jax.value_and_grad(mean_of(g))), platforms=("cpu", "cuda"))(*shapes)
    return bytes(whole.serialize())


def torch() -> Iterator[Row]:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    n = MANY if device == "cuda" else FEW
    function, parameters = of_a_point()
    module = micrograd.compile(function, parameters=parameters).to_torch([0.5, -0.3], 1.0).float().to(device)
    data = [torch.tensor(array, device=device) for array in examples(n)[1:]]

    def of(module: Any) -> Callable[[], Any]:
        def step() -> Any:
            module.zero_grad()
            value = module(*data).mean()
            value.backward()
            found = value.item(), next(module.parameters()).grad.cpu().numpy()
            return found

        return step

    plain, compiled = "PyTorch", "PyTorch, torch.compile"
    engines = {plain: lambda: of(module), compiled: lambda: of(torch.compile(module))}
    name = f"{n:,} examples on {device}, float32"
    yield from contest(name, agreeing(name, engines, TOLERANCE["float32"]), {(compiled, plain): None})


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "agreement": agreement,
    "throughput": throughput,
    "models": models,
    "file": file,
    "torch": torch,
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.on_a_gpu", description="What exports do on a GPU.")
    parser.add_argument("names", nargs="*", metavar="part", help=f"{', '.join(PARTS)} (everything, if left out)")
    chosen = parser.parse_args(arguments).names or [*PARTS]
    if unknown := set(chosen) - {*PARTS}:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    import jax

    devices = ", ".join(sorted({device.device_kind for device in jax.devices()}))
    none = "" if jax.default_backend() == "gpu" else ": NO GPU, so this says nothing about one; fewer examples"
    print(f"JAX {jax.__version__} on {len(jax.devices())} × {devices}{none}\n", flush=True)
    print(runner.line("claim", "measured", "bar", ""), "|---|---|---|---|", sep="\n", flush=True)
    for name in chosen:
        for row in PARTS[name]():
            print(row, flush=True)


if __name__ == "__main__":
    main()
