"""The module of an export to PyTorch: an `nn.Module` from the source, with the numbers of the parameters."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

from micrograd.compiler.exports import files
from micrograd.compiler.exports.described import Described
from micrograd.compiler.exports.export import run_source
from micrograd.compiler.exports.in_torch import module_name
from micrograd.compiler.exports.source import Source
from micrograd.compiler.exports.torch_files import onnx_file, pt2_file


def make_module(source: Source) -> Any:
    """An `nn.Module` in float64 with the numbers that the parameters have now."""
    torch = files.need("torch", "torch")
    numbers = torch.tensor([float(p.data) for p in source.plan.theta], dtype=torch.float64)
    kind = module_of(source.text, Described(source.plan, source))
    return kind(numbers) if source.plan.theta else kind()


def module_of(source: str, about: Described) -> Any:
    """The class of the module in a source, with what an export has besides."""
    torch = files.need("torch", "torch")
    base: Any = run_source(source, about.title)[module_name(about.title)]

    class Exported(base):  # type: ignore[misc]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            if not torch.compiler.is_compiling():
                about.check([self.theta] if about.theta else [], args, kwargs)
            return super().__call__(*args, **kwargs)

        def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
            """Write a file that runs without this package, and return its path. Its ending says what it holds.

            .py     the source
            .pt2    the module with its numbers, for `torch.export.load`
            .onnx   the same for ONNX: inputs by the names of the arguments. Needs the packages onnx and onnxscript.

            Both take batches of any size, in the type of theta: `module.float()` first for float32. They hold the
            forward pass; to train elsewhere, take the source.

            Raises `ValueError` for another ending, `TraceError` for what only the source can do.
            """
            plain = partial(base, self.theta.detach().clone())
            forms: dict[str, files.Form] = {
                files.SOURCE: lambda: source,
                files.TORCH: lambda: pt2_file(plain(), about.given),
                files.ONNX: lambda: onnx_file(plain(), about.given),
            }
            return files.save(path, forms, about.engine, options)

        def __repr__(self) -> str:
            return f"<{about}>"

        def __reduce__(self) -> Any:
            return rebuild, (source, about), self.__dict__.copy()

    Exported.__name__ = Exported.__qualname__ = base.__name__
    Exported.source = source
    Exported.about = about
    return Exported


def rebuild(source: str, about: Described) -> Any:
    """What pickle calls for a module: the numbers come after it."""
    kind = module_of(source, about)
    return kind([]) if about.theta else kind()
