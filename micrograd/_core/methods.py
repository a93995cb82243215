"""The methods and operators of a Value that the table of primitives declares; editors read them in methods.pyi."""

from micrograd._core.nodes import Node, add_methods, method
from micrograd.ops import PRIMITIVES


class Methods(Node):
    """One method for each name in `Primitive.methods`."""

    __slots__ = ()


for _op in PRIMITIVES.values():
    add_methods(Methods, _op, method(_op))
