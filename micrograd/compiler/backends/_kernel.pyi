from collections.abc import Callable
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
        slots: int,
        constants: Buffer,
        steps: Buffer,
        pieces: Buffer,
        tails: Buffer,
        index: Buffer,
        ends: Buffer,
        left: Buffer,
        right: Buffer,
        left_moves: Buffer,
        right_moves: Buffer,
        outputs: Buffer,
        wide: bool = True,
    ) -> Kernel: ...
    def run(self, out: Buffer, *inputs: Buffer) -> None: ...
    def run_batch(
        self, lanes: int, first: int, count: int, sums: Buffer, each: Buffer, given: Buffer, *columns: Buffer
    ) -> None: ...
    def run_with_gradient(self, end: int, out: Buffer, *inputs: Buffer) -> None: ...

@final
class Shortcut:
    taken: int
    def __new__(
        cls,
        kernel: Kernel,
        holds: Callable[[], bool],
        arrays: tuple[Any, ...],
        empty: Callable[[int], Any],
        grads: int,
        flipped: int,
        table: Any = None,
        /,
    ) -> Shortcut: ...
    def __call__(self, theta: Any, /, *others: Any) -> tuple[float, Any] | None: ...

@final
class Method:
    def __new__(cls, function: Callable[..., Any], owner: str, name: str, /) -> Method: ...
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any: ...

def read(values: list[Any] | tuple[Any, ...], descriptor: Any, out: Buffer) -> None: ...
