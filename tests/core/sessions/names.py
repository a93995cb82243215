import inspect
import pydoc

import micrograd
from micrograd import Value
from micrograd.ops import PRIMITIVES

METHODS = sorted({name for op in PRIMITIVES.values() for name in op.methods})
METHODS += sorted(f"__r{name[2:]}" for name in METHODS if name.startswith("__") and len(name) > 6)
METHODS = [name for name in METHODS if hasattr(Value, name)]
METHODS += [
    "__pow__",
    "__rpow__",
    "backward",
    "zero_grad",
    "refresh",
    "detach",
    "__init__",
    "__float__",
    "__eq__",
    "__lt__",
]
METHODS += [
    "__divmod__",
    "__matmul__",
    "__round__",
    "__int__",
    "__reduce__",
    "__hash__",
    "__bool__",
    "__repr__",
    "__format__",
]
[(name, getattr(Value, name).__doc__) for name in METHODS]
NAMED = [name for name in PRIMITIVES if getattr(Value, name, None) is not None] + METHODS[-16:]
[(getattr(Value, name).__name__, getattr(Value, name).__qualname__) for name in NAMED]
[(getattr(Value(1.0), name).__name__, getattr(Value(1.0), name).__qualname__) for name in NAMED]
[(name, getattr(Value(1.0), name).__doc__) for name in METHODS]
[(name, list(inspect.signature(getattr(Value, name)).parameters)) for name in METHODS]
[(name, list(inspect.signature(getattr(Value(1.0), name)).parameters)) for name in METHODS]
[(p.name, p.kind, p.default) for p in inspect.signature(Value).parameters.values()]
[(p.name, p.default) for p in inspect.signature(Value.__init__).parameters.values()]
[(name, getattr(Value(1.0), name).__self__.data) for name in METHODS]
[(name, callable(getattr(Value, name))) for name in METHODS]
Value.__doc__
Value.__name__, Value.__qualname__, Value.__module__
Value.__annotations__
Value.__slots__
[kind.__slots__ for kind in Value.__mro__[1:] if "Node" not in kind.__name__ and "__slots__" in vars(kind)]
sorted(dir(Value))
sorted(dir(Value(1.0)))
sorted(name for name in vars(Value) if name not in ("__init__", "backward", "parents", "constants", "partials"))
Value.data.__doc__
Value.parents.__doc__
Value.partials.__doc__
Value.constants.__doc__
inspect.isdatadescriptor(Value.data)
inspect.isdatadescriptor(Value.parents)
[inspect.getdoc(getattr(Value, name)) for name in METHODS]
[name for name, kind in inspect.getmembers(Value, inspect.isroutine) if name in METHODS] == sorted(set(METHODS))
Value(1.0).tanh.__qualname__
Value.tanh.__qualname__
Value.backward.__qualname__
Value.backward.__doc__
Value.tanh.__doc__
"tanh" in pydoc.render_doc(Value, renderer=pydoc.plaintext)
"The hyperbolic tangent." in pydoc.render_doc(Value, renderer=pydoc.plaintext)
micrograd.tanh.__doc__
issubclass(Value, object), type(Value)
Value.__module__
Value.__weakrefoffset__
Value.__dictoffset__ != 0
Value.__flags__ & (1 << 10) != 0
Value.__text_signature__
inspect.isabstract(Value)
