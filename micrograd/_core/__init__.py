"""Below the engine, private: what `engine.Value` is built from.

nodes      how a node is made, and how a primitive of `ops` becomes a method
native/    the node in C, where it was built
extensions what was built in C, and whether the environment asks for it
scalars    one number from anywhere, as a float
methods    the methods that the table of primitives declares
operators  those that no table can declare: powers, and operators that say what to write instead
in_numpy   what NumPy asks of a number, and answers of one Value to its ufuncs
in_tensors what JAX and PyTorch ask of a number
misspelt   names of other libraries, each with what to write instead
elementary the functions that the table declares, on operands of any kinds
modes      what a context does with new nodes: `no_grad` forgets them, a tracer records them
adjoints   the derivatives that `backward` computes, kept beside the nodes
floats     what happens where a number leaves the graph: `GradientLost`
parents    the parents of a node as walkers of graphs see them
arrays     the type of an array, for annotations; a flat one, also where there is no NumPy
flat       a flat array as the parameters of an optimiser
columns    many parameters in one call, and columns of their numbers, which compute like one number
lending    access to nodes for compiler and optimisers: leaves at a position, notes on nodes, floats without a check
listing    operations as flat arrays: what a trace leaves behind
keeping    attributes that are changed for a while and given back, whatever interrupts it
printable  the characters that may leave the package
copying    a graph as a flat list, for `pickle` and `deepcopy`
writing    `write_file`: all files of the package, written whole or not at all
intact     whether the original was installed into the same folder; asked here, where every import comes by
"""

import sys

from micrograd._core.intact import check_intact

check_intact(sys.modules["micrograd"])
