"""Files of PyTorch's, `.pt2` for torch.export and `.onnx` for ONNX: the module with its numbers, for any batch.

    loss = torch.export.load("loss.pt2").module()               # loss(x, y), loss.theta
    session = onnxruntime.InferenceSession("loss.onnx")
    session.run(None, {"x": x, "y": y})                         # NumPy arrays

They give values: theta is inside, and the arrays are of its type, indices int64. What is read from a `.pt2` can be
differentiated, by the rules of PyTorch: those of ours, for kinks and ties, are in the source alone.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from micrograd.compiler.exports.files import Given, need
from micrograd.compiler.tracing.errors import TraceError

LOGGER = "torch.onnx._internal.exporter._registration"  # speaks of packages that are not used here


def pt2_file(module: Any, given: Given) -> bytes:
    """The content of a `.pt2`, which runs where the module is, on a CPU or a GPU."""
    torch = need("torch", "torch", "torch.export")
    stream = io.BytesIO()
    with quiet():
        torch.export.save(program_of(module, *examples_of(module, given)), stream)
    return stream.getvalue()


def onnx_file(module: Any, given: Given) -> bytes:
    """The content of an `.onnx`: inputs have the names of the arguments, the first axis is `n`."""
    torch = need("onnx", "torch", "onnx", "onnxscript")
    with quiet():
        examples, axes = examples_of(module.cpu(), given)
        program = program_of(module, examples, axes, exact(torch))
        try:
            made = torch.onnx.export(program, examples, dynamo=True, verbose=False, dynamic_shapes=axes)
        except torch.onnx.OnnxExporterError as error:
            why = str(error.__cause__ or error).strip().split("\n")[0]
            raise TraceError(f"PyTorch cannot write {given.title} as ONNX: {why}") from error
        name = "output"
        while name in given.names:
            name += "_"
        outputs = made.model.graph.outputs
        for k, output in enumerate(outputs):
            output.name = name if len(outputs) == 1 else f"{name}_{k}"
        content: bytes = made.model_proto.SerializeToString()
    return content


def examples_of(module: Any, given: Given) -> tuple[Any, Any]:
    """Two examples, and what says for each array that the first axis may have any length."""
    given.check()
    torch = need("torch", "torch", "torch.export")
    theta = module.theta
    kind = theta.dtype if given.theta else torch.get_default_dtype()
    n = torch.export.Dim("n")

    def like(shape: tuple[int, ...], is_index: bool) -> Any:
        return torch.zeros((2, *shape), dtype=torch.int64 if is_index else kind, device=theta.device)

    return tuple(given.arrays(like)), tuple(given.arrays(lambda shape, is_index: {0: n}))


def program_of(module: Any, examples: Any, axes: Any, within: Any = None) -> Any:
    """The module as a program of torch.export."""
    with within or nullcontext():
        return need("torch", "torch.export").export(module.eval(), examples, dynamic_shapes=axes)


def exact(torch: Any) -> Any:
    """While it is on, numbers that float32 lacks are tensors, which the exporter does not round.

    The floor of an integer is itself: ONNX has none.
    """

    class Exact(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            def of(x: Any) -> Any:
                if type(x) is not float or torch.tensor(x, dtype=torch.float32).item() == x or x != x:
                    return x
                return torch.tensor(x, dtype=torch.float64)

            if function.__name__ == "floor" and not args[0].is_floating_point():
                return args[0]
            if function.__name__ in ("tensor", "new_tensor"):
                return function(*args, **(kwargs or {}))
            return function(*map(of, args), **(kwargs or {}))

    return Exact()


@contextmanager
def quiet() -> Iterator[None]:
    """Without the exporter's warnings, which are about itself."""
    logger = logging.getLogger(LOGGER)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
