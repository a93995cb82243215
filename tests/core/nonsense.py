"""Random programs over the whole surface of a node, with operands and assignments that nobody should make.

    python tests/core/nonsense.py SEED COUNT                 # what each step gives, the same with both engines
    python tests/core/nonsense.py SEED COUNT chaos [MODULE]  # private slots too, and destructors that change the graph

The first prints one line for each step; the second, for a native node in MODULE that was built with a sanitizer,
prints how many steps there were: all that it has to do is to survive.
"""

import copy
import gc
import importlib.util
import pickle
import random
import re
import sys
import warnings


def load(path):
    """Put the extension module at `path` where the package looks for its native node."""
    spec = importlib.util.spec_from_file_location("micrograd._core.native._node", path)
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


if len(sys.argv) > 4:
    load(sys.argv[4])

import micrograd  # noqa: E402
from micrograd import Value, engine, no_grad  # noqa: E402
from micrograd._core import lending  # noqa: E402
from micrograd.nn import MLP  # noqa: E402

warnings.simplefilter("ignore")
sys.setrecursionlimit(500)


class Sub(Value):
    pass


class Slotted(Value):
    __slots__ = ("own",)


class Plain(Value):
    __slots__ = ()


class Loud(Value):
    """A Value that counts what is written to it."""

    writes = 0

    def __setattr__(self, name, x):
        Loud.writes += 1
        super().__setattr__(name, x)


class Watched(Value):
    """A Value with a gradient of its own."""

    @property
    def grad(self):
        return self.__dict__.get("own_grad", 0.0)

    @grad.setter
    def grad(self, x):
        self.__dict__["own_grad"] = self._grad = x


class Number(float):
    pass


CLASSES = (Value, Sub, Slotted, Plain, Loud, Watched)
NUMBERS = (0.0, -0.0, 1.0, 2, -3, True, 0.5, 1e308, -1e308, 1e-320, float("inf"), float("nan"), 10**400, Number(1.5))
THINGS = ("3", "x", None, ..., (), [], {}, object, 1j, b"", range(3), micrograd.ops.SHUT)
UNARY = ("tanh", "exp", "log", "relu", "sigmoid", "sqrt", "sin", "abs", "floor", "softplus", "erf", "gelu", "log1p")
BINARY = "__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __pow__ __rpow__ __mod__ __rmod__"
BINARY = (*BINARY.split(), "__floordiv__", "__eq__", "__lt__", "__ge__", "maximum", "minimum", "hypot", "atan2")
OPERATORS = (
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / y,
    lambda x, y: x**y,
    lambda x, y: x % y,
    lambda x, y: x // y,
    lambda x, y: -x + abs(y),
    lambda x, y: divmod(x, y)[1],
)
PRIVATE = ("_a", "_b", "_da", "_db", "_data", "_grad", "_seen", "primitive", "_calls")


class Program:
    def __init__(self, rng, chaos):
        self.rng, self.chaos, self.depth, self.left = rng, chaos, 0, 300
        self.values = [kind(rng.choice((0.5, -1.5, 2.0, 3.0)), label=f"v{k}") for k, kind in enumerate(CLASSES)]
        self.models = [MLP(2, [2, 1], rng=rng, fused=fused) for fused in (False, True)]

    def one(self):
        return self.rng.choice(self.values)

    def any(self):
        draw = self.rng.random()
        return self.one() if draw < 0.7 else self.rng.choice(NUMBERS if draw < 0.95 else THINGS)

    def several(self, least=0, draw=None):
        return [(draw or self.any)() for _ in range(self.rng.randrange(least, 5))]

    # ---- what a step may do

    def operate(self):
        operands = [self.one(), self.any()]
        self.rng.shuffle(operands)
        return self.rng.choice(OPERATORS)(*operands)

    def call_unary(self):
        return getattr(self.one(), self.rng.choice(UNARY))()

    def call_binary(self):
        return getattr(self.one(), self.rng.choice(BINARY))(self.any())

    def apply(self):
        return getattr(micrograd, self.rng.choice(UNARY))(self.any())

    def make(self):
        args = [self.any()]
        if self.rng.random() < 0.3:
            args += [tuple(self.several()), self.rng.choice(("op", "", 3))]
        return self.rng.choice(CLASSES)(*args)

    def make_again(self):
        return self.one().__init__(self.any(), *([tuple(self.several())] if self.rng.random() < 0.3 else []))

    def sum(self):
        return micrograd.total(self.several())

    def dot(self):
        n = self.rng.randrange(4)
        x, y = ([self.any() for _ in range(n)] for _ in "xy")
        return micrograd.dot(x, y, *([self.any()] if self.rng.random() < 0.5 else []))

    def layer(self):
        return self.rng.choice(self.models)([self.any(), self.any()])

    def backward(self):
        return self.one().backward()

    def push(self):
        return self.one()._backward()

    def zero(self):
        return self.one().zero_grad()

    def refresh(self):
        return self.one().refresh()

    def derive(self):
        return micrograd.derivatives(self.one(), self.several(1, self.one))

    def differentiate(self):
        w = self.one()
        return micrograd.grad(lambda x: (x * w + self.any()) * x)(0.5)

    def differentiate_twice(self):
        return micrograd.hessian(lambda p: p[0] * p[1] + self.one())([0.5, 2.0])

    def sort(self):
        return [self.name(v) for v in engine.topological(self.one())]

    def copy(self):
        return self.rng.choice((copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))))(self.one())

    def forget(self):
        with no_grad():
            return self.operate()

    def assign(self):
        v, x = self.one(), self.any()
        setattr(v, self.rng.choice(("data", "grad", "label", "_op", "own", "out", "x")), x)

    def assign_parents(self):
        self.one()._prev = self.rng.choice((tuple, list, dict.fromkeys))(self.several(0, self.one))

    def assign_backward(self):
        v, p = self.one(), self.one()

        def push():
            p.grad += 2.0 * v.grad

        v._backward = self.rng.choice((push, push, lambda: p.zero_grad(), lambda: 1 / 0, self.attempt, 3))

    def change_class(self):
        self.one().__class__ = self.rng.choice((Value, Plain, Sub, Loud, Slotted))

    def give_dict(self):
        v = self.one()
        v.__dict__ = self.rng.choice(({}, {"x": v}, v.__dict__, 3))

    def fill_dict(self):
        self.one().__dict__[self.rng.choice("xyz")] = self.any()

    def delete(self):
        v = self.one()
        delattr(v, self.rng.choice(["label", "own", "x"] + (["data", "grad", *PRIVATE] if self.chaos else [])))

    def look(self):
        v = self.one()
        return v.parents, v.partials, v.constants, v._op, v._prev == set(v.parents), repr(v), f"{v:.3g}"

    def compare(self):
        return self.one() == self.any(), self.one() < self.any(), bool(self.one()), hash(self.one()) is None

    def lend(self):
        some = self.several(0, self.one)
        numbers = (
            self.several(0, lambda: self.rng.choice(NUMBERS + THINGS))
            if self.chaos
            else [0.5 * k for k, _ in enumerate(some)]
        )
        lending.write_floats(some, numbers)
        return lending.read_floats(some), self.chaos and lending.copy_floats(some)

    def let_go(self):
        if len(self.values) > 6:
            del self.values[self.rng.randrange(len(self.values))]

    def collect(self):
        gc.collect(self.rng.randrange(3))

    # ---- and only where everything may happen

    def assign_nonsense(self):
        x = self.rng.choice((self.any(), tuple(self.several()), self.several(), self.push, self.attempt, self.one()))
        v, name = self.one(), self.rng.choice(PRIVATE)
        if name == "_data" and isinstance(x, Value):
            x = 0.5  # or float() recurses, which ends some Pythons
        setattr(v, name, x)

    def read_private(self):
        return [getattr(self.one(), name, None) for name in PRIVATE]

    def call_private(self):
        native = sys.modules.get("micrograd._core.native._node")
        if native is None:
            return
        name = self.rng.choice(
            ("node", "sort", "between", "adjoints", "total", "dot", "layer", "read_floats", "write_floats")
        )
        args = [
            self.rng.choice((self.any(), self.several(), tuple(self.several()), {self.one(): 0.0}, Sub))
            for _ in range(7)
        ]
        if name == "node":
            args[0], args[2] = self.rng.choice(CLASSES), 0.5
        if name == "write_floats":
            args[1] = [0.5] * len(args[0]) if isinstance(args[0], (list, tuple)) else THINGS
        count = {"node": 7, "sort": 1, "total": 1, "read_floats": 1, "write_floats": 2}.get(name, 3)
        return getattr(native, name)(*args[:count])

    def bomb(self):
        """A cycle whose destructor takes the next steps, whatever is being done at that time."""

        class Bomb:
            def __del__(bomb):
                self.attempt()
                self.let_go()

        it = Bomb()
        it.me = it
        if self.rng.random() < 0.3:
            setattr(self.one(), self.rng.choice(("grad", "x", "_da", "_data", "primitive")), it)

    def watch(self):
        """A class whose gradient is another object's business, and goes when its last node goes."""

        class Watching(self.rng.choice((Value, Plain, Slotted))):
            @property
            def grad(v):
                self.attempt()
                return 0.5

            @grad.setter
            def grad(v, x):
                self.attempt()

            __del__ = self.rng.choice((lambda v: self.attempt(), lambda v: self.values.append(v)))

        v = Watching(0.5, self.rng.choice(((), (self.one(),))))
        v.me = v
        return v * self.one()

    def number_with_a_will(self):
        class Willing(float):
            def __mul__(x, y):
                self.attempt()
                return 0.25

            __rmul__ = __add__ = __radd__ = __iadd__ = __mul__

            def __call__(x):
                self.attempt()

            def __iter__(x):
                self.attempt()
                return iter((x, 0.5))

        setattr(self.one(), self.rng.choice(("_da", "_db", "_grad", "_data", "_a", "_b")), Willing(0.5))

    def make_many(self):
        x = self.one()
        for _ in range(self.rng.randrange(100)):
            x = x + self.one()
        return x

    def call_collecting(self):
        native = sys.modules.get("micrograd._core.native._node")
        if native is not None:
            native.collecting(self.any(), self.any())
            native.collecting(self.rng.choice(("start", "stop")), {"generation": self.rng.randrange(-1, 4)})

    # ---- what it gave

    def name(self, v):
        return next((k for k, w in enumerate(self.values) if w is v), "new")

    def tell(self, x, depth=0):
        if isinstance(x, Value):
            parents = [self.name(p) for p in x.parents]
            return f"{type(x).__name__}({x.data!r}, {x.grad!r}, {x._op!r}, {parents}, {x.partials})"
        if isinstance(x, (list, tuple)) and depth < 2:
            return f"{type(x).__name__}({', '.join(self.tell(y, depth + 1) for y in x)})"
        return repr(x)

    def attempt(self):
        """One step; what it was, and what it gave."""
        if self.depth > 2 or not self.left:
            return "nothing"
        self.depth += 1
        self.left -= 1
        act = self.rng.choice(SANE + CHAOTIC if self.chaos else SANE)
        try:
            out = act(self)
            told = self.tell(out)
        except Exception as error:
            out, told = None, f"{type(error).__name__}: {'' if isinstance(error, RecursionError) else error}"
        self.depth -= 1
        new = [x for x in (out if isinstance(out, list) else [out]) if isinstance(x, Value)]
        self.values += new if len(self.values) < 40 else []
        return f"{act.__name__} {re.sub('0x[0-9a-f]+', '…', told)}"

    def state(self):
        told = []
        for v in self.values:
            try:
                told.append(self.tell(v))
            except Exception as error:
                told.append(f"{type(error).__name__}: {error}")
        return re.sub("0x[0-9a-f]+", "…", "; ".join(told))


P = Program
MAKING = [P.operate, P.call_unary, P.call_binary, P.apply, P.make, P.sum, P.dot, P.layer, P.forget, P.copy]
SANE = MAKING * 2 + [P.backward] * 6 + [
    *(P.push, P.zero, P.refresh, P.derive, P.differentiate, P.differentiate_twice, P.sort, P.assign, P.assign_parents),
    *(P.assign_backward, P.change_class, P.give_dict, P.fill_dict, P.delete, P.look, P.compare, P.lend, P.let_go),
    *(P.collect, P.make_again),
]  # fmt: skip
CHAOTIC = [P.assign_nonsense] * 6 + [P.read_private, P.call_private, P.bomb, P.bomb, P.watch]
CHAOTIC += [P.number_with_a_will, P.number_with_a_will, P.make_many, P.call_collecting]


def run(seed, steps, chaos):
    program = P(random.Random(seed), chaos)
    lines = [program.attempt() for _ in range(steps)]
    lines.append(program.state())
    program.values.clear()
    return lines


if __name__ == "__main__":
    first, count, chaos = int(sys.argv[1]), int(sys.argv[2]), "chaos" in sys.argv
    if chaos:
        gc.set_threshold(7, 5, 5)
        sys.unraisablehook = lambda error: None
        done = sum(len(run(seed, 60, True)) for seed in range(first, first + count))
        gc.collect()
        print(engine.backend(), done)
    else:
        for seed in range(first, first + count):
            print(f"seed {seed}", *run(seed, 40, False), sep="\n")
