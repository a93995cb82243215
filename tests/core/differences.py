"""Where the two engines differ on purpose: what a type in C says of itself, and of calls that it never takes.

Each row: what is evaluated, what the Python engine answers, what the native one does; of an error, its type. The rest
is the same: numbers, gradients, nodes, and the errors of everything that a Value can do.
"""

from __future__ import annotations

import inspect
import pickle

from observing import Observer

from micrograd import Value

NAMES = {"Value": Value, "inspect": inspect, "pickle": pickle}
DIFFERENCES = {
    # a grad is a slot of its own in Python, and a number in C, which is always there
    "delattr(Value(1.0), 'grad')": ("None", "raises AttributeError"),
    "Value.__new__(Value).data": ("raises AttributeError", "0.0"),
    # operators called by their names, with arguments that no operator has
    "Value(2.0).__add__(other=1)": ("v0", "raises TypeError"),
    "Value(2.0).__pow__(2, None)": ("raises TypeError", "v0"),
    "Value.tanh(2.0)": ("raises AttributeError", "raises TypeError"),
    # how methods show themselves
    "Value.__add__.__qualname__": ("'Value.add'", "'Value.__add__'"),
    "type(Value(1.0).backward).__name__": ("'method'", "'builtin_function_or_method'"),
    "inspect.signature(Value).parameters['label'].annotation": ("'str'", "type"),
    "pickle.loads(pickle.dumps(Value.tanh))(Value(0.0)).data": ("raises PicklingError", "0.0"),
}


def answers() -> list[str]:
    return [Observer().look(lambda code=code: eval(code, NAMES)).partition(":")[0] for code in DIFFERENCES]
