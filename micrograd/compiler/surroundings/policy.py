"""The policy: for each kind of thing that a compiled function can read, how a call stays right, or why it is refused.

The walk dispatches by this table, and the documentation prints it. A class counts for its subclasses too; of classes in
packages that need not be installed stands the full name, in which `*` is anything.
"""

from __future__ import annotations

import array
import datetime
import decimal
import fractions
import functools
import io
import pathlib
import random
import re
import types
import uuid
import weakref
from collections import OrderedDict, deque
from contextvars import ContextVar
from threading import Lock, RLock, local
from typing import Any, NamedTuple

from micrograd.compiler.surroundings import code, contents, objects
from micrograd.compiler.surroundings.looks import (
    Look,
    leave,
    look_at_atom,
    look_at_builtin,
    look_at_environment,
    look_at_file,
    look_at_getter,
    look_at_method,
    look_at_partial,
    look_at_reference,
    parts,
    refusing,
)
from micrograd.engine import Value


class Rule(NamedTuple):
    """What is read, how it is checked, and for things that are reached by a name: their classes, and how to look.

    Without words it belongs to the rule before it.
    """

    what: str
    how: str
    kinds: tuple[Any, ...] = ()
    look: Look | None = None


POLICY = (
    Rule(
        "floats and Values among the arguments; numbers inside lists, tuples, dicts and arrays",
        "inputs: read at each call; whole numbers stay whole, and exact up to 2⁵³, beyond that they are constants",
    ),
    Rule(
        "bare int, str, None; True and False, and arrays of them; shapes; any other object among the arguments",
        "the key of a trace: another one leads to another trace; what is inside such an object is watched",
    ),
    Rule(
        "a decision by a number: `if x > 0`, `max`; inside a `try`, whether an operation has a result",
        "computed at each call; if it changes, another trace",
    ),
    Rule(
        "the text of a number, of a Value or of an array; a whole number as an index, a key or a length; floor, isnan",
        "a decision: made again at each call. A text that is only printed or logged decides nothing",
    ),
    Rule(
        "what else f asks of its arguments: the class of a number, which Value it is (`v is w`), its label",
        "looked at, it belongs to the key of the trace",
    ),
    Rule(
        "a float turned into an int, into a key, or into a float of another library; arithmetic of float32; the "
        "parents of an argument",
        "refused: a program would use this one number forever, or compute with other digits",
    ),
    Rule(
        "a Value, wherever it is found, the function's own too",
        "its data is read at each call; `.data` is a constant of the derivative; another Value in its place is a "
        "change, and so is another attribute that a user hung on it, or another method of all Values",
        (Value,),
        contents.look_at_value,
    ),
    Rule(
        "names of the closure and of the globals; what Python has built in; defaults of arguments; code",
        "compared at each call, absent ones too; in a text that is evaluated or looked up as well",
        (types.FunctionType,),
        code.look_at_function,
    ),
    Rule(
        "bound methods, partials, wrapped and cached functions, properties, static and class methods",
        "what they come to is watched",
        (types.MethodType,),
        look_at_method,
    ),
    Rule("", "", (types.CellType,), code.look_at_cell),
    Rule("", "", (functools.partial, functools.partialmethod), look_at_partial),
    Rule(
        "",
        "",
        (
            staticmethod,
            classmethod,
            property,
            functools.cached_property,
            functools.singledispatchmethod,
            types.DynamicClassAttribute,
            types.MethodWrapperType,
            "*._kernel.Method",
        ),
        parts("__wrapped__", "__func__", "__self__", "fget", "fset", "func", "dispatcher"),
    ),
    Rule("", "", (types.BuiltinFunctionType,), look_at_builtin),
    Rule("", "", (type(functools.lru_cache(len)),), contents.look_at_cached),
    Rule("", "", ("operator.attrgetter", "operator.methodcaller"), look_at_getter),
    Rule("a compiled function", "the function that was compiled is watched", ("*.compiled.Compiled",), parts("_f")),
    Rule(
        "attributes of objects, in dicts and slots",
        "those whose names occur in code that the function reaches, all where code computes names; a new one that "
        "hides one of the class is a change",
        (types.SimpleNamespace, BaseException),
        objects.look_at_object,
    ),
    Rule("methods and attributes of classes", "in the same way", (type,), code.look_at_class),
    Rule(
        "attributes of modules, of those too that are imported inside",
        "in the same way",
        (types.ModuleType,),
        code.look_at_module,
    ),
    Rule("lists and dicts", "every item, and the order", (list,), contents.look_at_list),
    Rule("", "", (OrderedDict,), contents.look_at_ordered),
    Rule("", "", (dict,), contents.look_at_dict),
    Rule("tuples and frozen sets", "what is in them is watched", (tuple, frozenset), contents.look_at_parts),
    Rule("sets and deques", "every item, and the order", (set,), contents.look_at_set),
    Rule("", "", (deque,), contents.look_at_deque),
    Rule("", "", (types.MappingProxyType,), contents.look_at_mapping),
    Rule("", "", (type({}.keys()), type({}.values()), type({}.items())), contents.look_at_view),
    Rule(
        "arrays: of NumPy, `array`, bytearrays, memory views, ctypes; tables of pandas",
        "shape and content, byte by byte; of arrays of objects every item",
        (bytearray, array.array, memoryview, "_ctypes._CData"),
        contents.look_at_bytes,
    ),
    Rule("", "", ("numpy.ndarray",), contents.look_at_array),
    Rule("", "", ("pandas.*DataFrame", "pandas.*Series", "pandas.*Index"), contents.look_at_table),
    Rule(
        "context variables, thread locals, weak references",
        "what they come to now",
        (ContextVar,),
        contents.look_at_variable,
    ),
    Rule("", "", (local,), contents.look_at_local),
    Rule("", "", (weakref.ref,), look_at_reference),
    Rule(
        "weak proxies",
        "refused: what they stand for cannot be seen; use a weak reference, or the object",
        weakref.ProxyTypes,
        refusing("a weak proxy ({})", "Use a weak reference, or the object itself."),
    ),
    Rule(
        "the context of decimal numbers",
        "precision and rounding are compared at each call",
        (decimal.Decimal, decimal.Context),
        contents.look_at_decimals,
    ),
    Rule("environment variables", "compared at each call", ("os._Environ",), look_at_environment),
    Rule(
        "random numbers and others of `micrograd.fresh`; running statistics of a module",
        "drawn, or kept, at each call; a class lists the attributes for them in `_each_call`",
    ),
    Rule(
        "other random numbers",
        "refused: pass them in as arguments, or draw them with micrograd.fresh",
        (random.Random, "numpy.random.*"),
        leave,
    ),
    Rule("", "", ("logging.Logger", "logging.RootLogger"), contents.look_at_logger),
    Rule(
        "loggers, progress bars, pools of threads and processes",
        "not looked into: what they show and run is no part of the result",
        ("logging.*", "tqdm.*", "concurrent.futures.*", "multiprocessing.pool.*", "asyncio.*", "warnings.*"),
        leave,
    ),
    Rule(
        "numbers, texts, dates, patterns, paths, locks and others that cannot change",
        "their names are compared",
        (int, float, complex, str, bytes),
        look_at_atom,
    ),
    Rule(
        "",
        "",
        (
            range,
            slice,
            fractions.Fraction,
            datetime.date,
            datetime.time,
            datetime.timedelta,
            datetime.tzinfo,
            re.Pattern,
            re.Match,
            pathlib.PurePath,
            uuid.UUID,
            type(Lock()),
            type(RLock()),
            types.CodeType,
            types.GetSetDescriptorType,
            types.MemberDescriptorType,
            types.WrapperDescriptorType,
            types.MethodDescriptorType,
            types.ClassMethodDescriptorType,
            types.GenericAlias,
            type(int | str),
            "numpy.generic",
            "numpy.dtype",
            "numpy.ufunc",
            "numpy.*Function*",
            "jaxlib.*",
            "torch.dtype",
            "torch.device",
            "jax.*",
            "_struct.Struct",
            "*ctypes.CField",
            "operator.itemgetter",
            "typing._*",
            "typing.T*",
            "typing.Param*",
            "*collections._tuplegetter",
        ),
        leave,
    ),
    Rule(
        "files",
        "refused if they are read from: read them outside, and pass in what they hold",
        (io.IOBase.__base__,),
        look_at_file,
    ),
    Rule(
        "tensors of PyTorch and TensorFlow",
        "refused: their gradients are not ours; pass their numbers in as a list or as an array",
        ("torch.Tensor", "tensorflow.*Tensor*", "tensorflow.*Variable*"),
        refusing("a tensor of another library ({})", "Pass its numbers in, as a list or as an array.", always=True),
    ),
    Rule(
        "iterators, generators, coroutines",
        "refused: each call would take other items; call next() outside, and pass the item in",
    ),
    Rule(
        "any other object of a class written in C: sockets, hashes, compressors",
        "refused: its state cannot be seen; pass in what is needed of it",
    ),
)


def table() -> list[tuple[str, str]]:
    """What is read, and how it is checked or why it is refused, for readers."""
    return [(rule.what, rule.how) for rule in POLICY if rule.what]
