from typing import Any, final

from typing_extensions import Buffer

KINDS: tuple[str, ...]

@final
class Kernel:
    inputs: int
    outputs: int
    terms: int
    together: int
    wide: bool
    def __new__(
        cls,
        inputs: int,
        constants: Buffer,
        kinds: Buffer,
        counts: Buffer,
        ends: Buffer,
        left: Buffer,
        right: Buffer,
        outputs: Buffer,
        wide: bool = True,
    ) -> Kernel: ...
    def run(self, out: Buffer, *inputs: Buffer) -> None: ...
    def run_with_gradient(self, end: int, out: Buffer, *inputs: Buffer) -> None: ...

def read(values: list[Any] | tuple[Any, ...], descriptor: Any, out: Buffer) -> None: ...
