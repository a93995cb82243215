"""Run every engine on one thread and at full speed. Call this before any of their libraries is loaded.

NumPy, JAX and PyTorch start a thread for each core, and steps as short as these only wait for them. OpenBLAS picks the
best kernels for the processor by itself, unless the environment names another one.
"""

from __future__ import annotations

import os

ONE = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NPROC": "1",  # XLA's threads for large arrays
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}
BRAKES = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]


def one_thread() -> None:
    os.environ.update(ONE)
    for name in BRAKES:
        os.environ.pop(name, None)
