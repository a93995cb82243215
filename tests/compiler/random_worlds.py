"""Random functions in random surroundings, as source text that Hypothesis draws and shrinks.

A world is a handful of names: numbers, flags, texts, Values, lists, dictionaries, objects, functions. A program is a
function that reads some of them, and the calls to try, with changes of the world in between.
"""

from typing import NamedTuple

from hypothesis import strategies as st

IMPORTS = """\
from collections import deque
from types import SimpleNamespace
import numpy as np
from micrograd import Value, exp, relu, sin, tanh, total
"""

WORLD = """\
rate, count, flag, mode = 0.5, 2, True, "tanh"
w, v = Value(0.5), Value(-0.75)
ws = [Value(0.25), Value(-0.5)]
numbers = [0.5, 1.0, 2.0]
named = {"a": 0.5, "n": 1, "w": Value(0.875), "mode": "tanh"}
recent = deque([0.5, 0.25], maxlen=3)
pair = (0.5, 1.5)
chosen = {"a", "b"}
array = np.array([0.5, 1.5])

def helper(z):
    return z * helper.k * rate
helper.k = 0.5

def other(z):
    return tanh(z) + numbers[0]

space = SimpleNamespace(k=0.5, act=relu)
helpers = {"first": tanh, "second": lambda z: z * named["a"]}

class Part:
    __slots__ = ("w", "k")
    def __init__(self, w, k):
        self.w, self.k = w, k

class Base:
    gain = 0.5
    def act(self, z):
        return z * self.gain

class Box(Base):
    mode = "tanh"
    def __init__(self):
        self.w, self.k, self.n, self.on, self.part = Value(0.75), 0.5, 1, True, Part(Value(0.375), 0.25)
    @property
    def scale(self):
        return self.k * 2
    def __call__(self, z):
        return self.act(self.w * z) if self.on else z * self.scale

box = Box()
"""

NAMES = "rate, count, flag, mode, w, v, ws, numbers, named, recent, pair, chosen, array, helper, space, helpers, box"
EVERYTHING = "[w, v, *ws, *named.values(), box.w, box.part.w]"


class Program(NamedTuple):
    """The lines of a function; calls, each with the changes before it and the arguments; names as globals or cells."""

    lines: list[str]
    result: str
    calls: list[tuple[list[str], str]]
    closure: bool

    def source(self) -> str:
        declare = "nonlocal" if self.closure else "global"
        text = [
            *WORLD.splitlines(),
            "",
            "def f(x, y, rows=(0.5, 1.0)):",
            *indent([f"{declare} count, rate", "out = w * x"]),
        ]
        text += [*indent(self.lines), f"    return {self.result}", ""]
        for k, (changes, arguments) in enumerate(self.calls):
            text += [f"def call_{k}(g):", f"    {declare} {NAMES}", *indent(changes), f"    return g({arguments})", ""]
        calls = ", ".join(f"call_{k}" for k in range(len(self.calls)))
        made = f"f, (lambda: {EVERYTHING}), [{calls}]"
        if self.closure:
            return "\n".join([IMPORTS, "def world():", *indent(text), f"    return {made}", "", "made = world()", ""])
        return "\n".join([IMPORTS, *text, f"made = {made}", ""])


def indent(lines: list[str]) -> list[str]:
    return ["    " + line for text in lines for line in text.splitlines()]


def filled(*templates: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One of the templates, with its fields drawn anew: {a} from `a`, {a2} too."""
    return fill(templates, parts)


@st.composite
def fill(draw: st.DrawFn, templates: tuple[str, ...], parts: dict[str, st.SearchStrategy[str]]) -> str:
    template = draw(st.sampled_from(templates))
    for name, part in parts.items():
        for field in (f"{{{name}}}", f"{{{name}2}}"):
            if field in template:
                template = template.replace(field, draw(part))
    return template


CONSTANTS = st.sampled_from(["0.5", "1.0", "-1.5", "0.25", "2.0", "0.0", "1", "3", "-0.0"])
TEXTS = st.sampled_from(['"tanh"', '"relu"', '"a"'])

PLACES = st.sampled_from(
    "rate count numbers[0] numbers[-1] named['a'] named['n'] recent[-1] pair[0] array[1] space.k helper.k box.k box.n "
    "box.gain box.scale box.part.k x y rows[0] rows[-1]".split()
)
VALUES = st.sampled_from("w v ws[0] ws[-1] named['w'] box.w box.part.w".split())

plain = st.one_of(PLACES, CONSTANTS)
number = st.one_of(
    plain,
    filled("({n} * {p})", "({n} + {p})", "({n} - {p})", "-{n}", "abs({n})", "max({n}, {p})", n=plain, p=PLACES),
    st.sampled_from(
        [
            "len(numbers)",
            "len(ws)",
            "sum(numbers)",
            "sum(recent)",
            "array.sum()",
            "w.data",
            "box.w.data",
            "sum(rows)",
            "len(rows)",
        ]
    ),
    filled('float(f"{{p}:.1f}")', "float(str({p}))", p=PLACES),
)
condition = st.one_of(
    st.sampled_from(["flag", "box.on", "mode == 'tanh'", "box.mode == 'tanh'", "named['mode'] == 'tanh'"]),
    filled(
        "{p} < {n}", "{p} >= {n}", "{n} < {p} <= {n2}", "out.data > {n}", "{w}.data < {n}", p=PLACES, n=plain, w=VALUES
    ),
    filled("isinstance({p}, float)", "type({p}) is int", 'f"{{p}:.1f}" == "0.5"', "{p} in numbers", p=PLACES),
    st.sampled_from(
        [
            "'a' in chosen",
            "w is v",
            "ws[0] is w",
            "x is w",
            "isinstance(x, Value)",
            "hasattr(box, 'more')",
            "rows is numbers",
        ]
    ),
)
value = st.one_of(
    VALUES,
    filled("{w} * {n}", "{w} + {n}", "{n} - {w}", "{w} / (1.5 + {w2} * {w2})", "tanh({w})", w=VALUES, n=number),
    filled("helper({w})", "other({w})", "space.act({w})", "helpers['first']({w})", "helpers['second']({w})", w=VALUES),
    filled("box({n})", "box.act({w})", "getattr(box, 'w') * {n}", "getattr(tanh({w}), mode)()", w=VALUES, n=number),
    filled("({w} if {c} else {w2})", c=condition, w=VALUES),
    st.sampled_from(["sum(ws)", "total(ws)", "sum(z * n for z, n in zip(ws, numbers))", "(array * w).sum()"]),
)

step = filled(
    "out = out + {v}", "out = out * {n} + {v}", "out = tanh(out - {v})", "out = sin(out) * {n}", v=value, n=number
)
line = st.one_of(
    step,
    filled("if {c}:\n    {s}\nelse:\n    {s2}", "if {c}:\n    {s}", c=condition, s=step),
    filled(
        "for n in numbers:\n    out = out + {v} * n", "for z in ws:\n    out = tanh(out * z + {n})", v=value, n=number
    ),
    filled(
        "for _ in range(count):\n    {s}", "for _ in range(box.n):\n    {s}", "for n in [*recent]:\n    {s}", s=step
    ),
    filled("try:\n    out = out / {n}\nexcept ZeroDivisionError:\n    {s}", n=number, s=step),
    filled("n = 0\nwhile abs(out.data) < {n} and n < 4:\n    out, n = out * 1.5 + {w}, n + 1", n=plain, w=VALUES),
    filled("out = out * (box.more if hasattr(box, 'more') else {n})", n=number),
    filled("out = out + {v} if {c} else out", v=value, c=condition),
)
effect = st.one_of(
    st.sampled_from(
        ["count += 1", "box.n += 1", "recent.append(0.5)", "named['n'] = 2", "box.seen = True", "rate *= 0.5"]
    ),
    filled("box.k = {n}", "named['kept'] = {n}", "numbers.append({n})", "box.last = {v}", n=number, v=value),
)

# What may change between two calls, and the texts of a function that may read it.
CHANGES = {
    "rate helper(": ["rate = {c}", "rate *= 0.75"],
    "count": ["count = 3", "count += 1", "count = 2.0"],
    "flag": ["flag = not flag", "flag = 1"],
    "mode": ["mode = {t}", "box.mode = {t}", "named['mode'] = {t}", "vars(box).pop('mode', None)"],
    "chosen": ["chosen = {{t}}", "chosen.discard({t})", "chosen.add({t})"],
    "numbers other(": [
        "numbers[0] = {c}",
        "numbers[0] *= 0.75",
        "numbers.append({c})",
        "numbers.pop()",
        "numbers.reverse()",
    ],
    "len(numbers) sum(numbers)": ["numbers.clear()", "numbers = [{c}]", "numbers = (0.5, 1.0, 2.0)"],
    "named 'second'": ["named['a'] = {c}", "named['a'] *= 0.75", "named['n'] = {c}", "named['w'] = Value({c})"],
    "recent": ["recent.append({c})", "recent.clear()", "recent.rotate()"],
    "pair array": ["pair = ({c}, 1.5)", "array[1] = {c}", "array = np.array([1.0, 2.0])", "array = [1.0, {c}]"],
    "space": ["space.k = {c}", "space.act = tanh", "space.act = helper"],
    "helper": ["helper.k = {c}", "helper = other", "helper.__code__ = other.__code__"],
    "helpers": ["helpers['first'] = relu", "helpers['second'] = helper", "helpers = {'first': sin, 'second': sin}"],
    "ws": ["ws[0] = Value({c})", "ws.append(Value({c}))", "ws.pop()", "ws.reverse()", "ws[0] = w", "ws[-1].data = {c}"],
    "w v": ["w = Value({c})", "w.data = {c}", "v = w", "w, v = v, w", "v = {c}"],
    "box": [
        "box.k = {c}",
        "box.k *= 0.75",
        "box.n = 2",
        "box.n = 0",
        "box.on = not box.on",
        "box.more = {c}",
        "box = Box()",
    ],
    "box.w box(": ["box.w = Value({c})", "box.w = w", "box.w = box.w.data", "box.w.data = {c}"],
    "box.part": ["box.part.k = {c}", "box.part = Part(v, 1.0)", "box.part.w = w"],
    "box( box.act": ["box.act = tanh", "vars(box).pop('act', None)", "type(box).act = lambda self, z: z"],
    "box( box.gain box.act": ["box.gain = {c}", "type(box).gain = {c}", "vars(box).pop('gain', None)"],
    "box.scale": ["type(box).scale = property(lambda self: self.n)", "type(box).scale = {c}"],
    "": ["box.unread = {c}", "named['unread'] = {c}", "unread = {c}", "box.n = box.n", "ws = [*ws]"],
}
arguments = st.one_of(
    filled("{c}, {c2}", "{c}, 0.5", "Value({c}), 0.5", "w, {c}", "{c}, y={c2}", c=CONSTANTS),
    filled(
        "1.5, 0.5, [{c}, {c2}]",
        "1.5, {c}, numbers",
        "1.5, 0.5, ({c}, v)",
        "1.5, 0.5, array",
        "1.5, {c}, ws",
        c=CONSTANTS,
    ),
)
result = st.one_of(
    st.just("out"),
    filled(
        "out, {n}",
        "{'loss': out, 'seen': {n}}",
        "[out, {w}]",
        "{n}",
        "out, f'{x:.2f}'",
        "out, {c}",
        n=number,
        w=VALUES,
        c=condition,
    ),
)


@st.composite
def programs(draw: st.DrawFn, closure: bool) -> Program:
    """A function of a few lines, and calls with changes between them, most of them of what the function reads.

    The names of the world are its globals, or cells of its closure.
    """
    lines = draw(st.lists(line, min_size=2, max_size=5))
    if draw(st.integers(0, 7)) == 7:
        lines.insert(1, draw(effect))
    text = "\n".join(lines)
    read = [t for names, found in CHANGES.items() if any(name in text for name in names.split()) for t in found]
    templates = st.one_of(
        st.sampled_from(read or ["pass"]), st.sampled_from([t for ts in CHANGES.values() for t in ts])
    )
    change = templates.flatmap(lambda template: filled(template, c=CONSTANTS, t=TEXTS))
    calls = [([], draw(arguments))]
    for _ in range(draw(st.integers(2, 5))):
        calls.append((draw(st.lists(change, min_size=1, max_size=3)), draw(st.one_of(st.just(calls[0][1]), arguments))))
    if draw(st.booleans()):  # the same changes again and again: a rate decays, a flag flips
        calls += calls[1:] * 3
    return Program(lines, draw(result), calls[:9], closure)
