"""Value classes of a learner's: right ones in several styles, and one for each mistake."""

import math


class Right:
    """Local derivatives are stored beside the parents; a subclass plants its mistake in one of the small methods."""

    def __init__(self, data, parents=(), locals_=(), op=""):
        self.data, self.grad = data, 0.0
        self._prev, self._locals, self._op = parents, locals_, op

    @classmethod
    def of(cls, x):
        return x if isinstance(x, Right) else cls(x)

    def node(self, data, parents, locals_, op):
        return type(self)(data, parents, locals_, op)

    def __add__(self, other):
        other = self.of(other)
        return self.node(self.data + other.data, (self, other), (1.0, 1.0), "+")

    def __mul__(self, other):
        other = self.of(other)
        return self.node(self.data * other.data, (self, other), self.mul(self.data, other.data), "*")

    def __sub__(self, other):
        other = self.of(other)
        return self.node(self.data - other.data, (self, other), self.sub(), "-")

    def __truediv__(self, other):
        other = self.of(other)
        return self.node(self.data / other.data, (self, other), self.div(self.data, other.data), "/")

    def __pow__(self, k):
        assert isinstance(k, (int, float))
        return self.node(self.data**k, (self,), (self.power(self.data, k),), "**")

    def __neg__(self):
        return self.node(-self.data, (self,), (self.neg(),), "neg")

    def __radd__(self, other):
        return self.of(other) + self

    def __rmul__(self, other):
        return self.of(other) * self

    def __rsub__(self, other):
        return self.of(other) - self

    def __rtruediv__(self, other):
        return self.of(other) / self

    def relu(self):
        return self.node(max(0.0, self.data), (self,), (self.gate(self.data),), "relu")

    def tanh(self):
        t = math.tanh(self.data)
        return self.node(t, (self,), (self.slope(self.data, t),), "tanh")

    def exp(self):
        return self.node(math.exp(self.data), (self,), (self.growth(self.data),), "exp")

    # ---- where the mistakes go

    def mul(self, a, b):
        return b, a

    def sub(self):
        return 1.0, -1.0

    def neg(self):
        return -1.0

    def div(self, a, b):
        return 1 / b, -a / b**2

    def power(self, x, k):
        return k * x ** (k - 1)

    def gate(self, x):
        return 1.0 if x > 0 else 0.0

    def slope(self, x, t):
        return 1 - t * t

    def growth(self, x):
        return math.exp(x)

    def seed(self):
        return 1.0

    def amount(self, local, upstream):
        return local * upstream

    def receive(self, amount):
        self.grad += amount

    def push(self):
        for parent, local in zip(self._prev, self._locals, strict=True):
            parent.receive(self.amount(local, self.grad))

    def topological(self):
        order, seen = [], set()

        def visit(v):
            if v not in seen:
                seen.add(v)
                for p in v._prev:
                    visit(p)
                order.append(v)

        visit(self)
        return order

    def prepare(self, order):
        for v in order:
            if v._prev:
                v.grad = 0.0

    def backward(self):
        order = self.topological()
        self.prepare(order)
        self.grad = self.seed()
        for v in reversed(order):
            v.push()


def planted(**methods):
    return type("Value", (Right,), methods)


class FirstOnly(Right):
    arrived = False

    def receive(self, amount):
        if not self.arrived:
            self.grad += amount
        self.arrived = True

    def prepare(self, order):
        for v in order:
            v.arrived = False
        super().prepare(order)


class Multiplied(FirstOnly):
    def receive(self, amount):
        self.grad = self.grad * amount if self.arrived else self.grad + amount
        self.arrived = True


class Missing(Right):
    """Of three contributions or more, one is not counted."""

    which = 0

    def receive(self, amount):
        if self.expected < 3 or self.arrived != self.which % self.expected:
            self.grad += amount
        self.arrived += 1

    def prepare(self, order):
        for v in order:
            v.arrived = v.expected = 0
        for v in order:
            for p in v._prev:
                p.expected += 1
        super().prepare(order)


def recursion(self, start=True):
    if start:
        self.grad = 1.0
    self.push()
    for p in self._prev:
        recursion(p, False)


def recursion_over_a_set(self, start=True):
    if start:
        self.grad = 1.0
    self.push()
    for p in dict.fromkeys(self._prev):
        recursion_over_a_set(p, False)


def recursion_within(self, start=True):
    if start:
        self.grad = 1.0
    for parent, local in zip(self._prev, self._locals, strict=True):
        parent.grad += local * self.grad
        recursion_within(parent, False)


def first_come(self, seen=None):
    if seen is None:
        seen, self.grad = set(), 1.0
    if self not in seen:
        seen.add(self)
        self.push()
        for p in self._prev:
            first_come(p, seen)


def by_level(self):
    self.grad, queue = 1.0, [self]
    for v in queue:
        v.push()
        queue.extend(p for p in dict.fromkeys(v._prev) if p not in queue)


def unmarked(self):
    order = []

    def visit(v):
        for p in v._prev:
            visit(p)
        order.append(v)

    visit(self)
    self.grad = 1.0
    for v in reversed(order):
        v.push()


def not_reversed(self):
    self.grad = 1.0
    for v in self.topological():
        v.push()


def set_to(self, amount):
    self.grad = amount


def left_only(self):
    for parent, local in list(zip(self._prev, self._locals, strict=True))[:1]:
        parent.receive(local * self.grad)


PLANTED = {
    "upstream forgotten": [planted(amount=lambda self, local, u: local)],
    "local derivative forgotten": [planted(amount=lambda self, local, u: u)],
    "added instead of multiplied": [planted(amount=lambda self, local, u: local + u)],
    "overwritten: = instead of +=": [planted(receive=set_to)],
    "only the first path": [FirstOnly],
    "the first path missed": [Missing],
    "the second path missed": [type("Value", (Missing,), {"which": 1})],
    "the last path missed": [type("Value", (Missing,), {"which": -1})],
    "paths multiplied": [Multiplied],
    "× gives an operand its own value": [planted(mul=lambda self, a, b: (a, b))],
    "minus lost": [planted(sub=lambda self: (1.0, 1.0), neg=lambda self: 1.0), planted(sub=lambda self: (1.0, 1.0))],
    "÷: minus lost in the divisor": [planted(div=lambda self, a, b: (1 / b, a / b**2))],
    "÷: divisor not squared": [planted(div=lambda self, a, b: (1 / b, -a / b))],
    "÷: the numerator's rule for the divisor": [planted(div=lambda self, a, b: (1 / b, 1 / b))],
    "power: exponent not lowered": [planted(power=lambda self, x, k: k * x**k)],
    "power: exponent not in front": [planted(power=lambda self, x, k: x ** (k - 1))],
    "tanh: 1 − x² instead of 1 − tanh²": [planted(slope=lambda self, x, t: 1 - x * x)],
    "tanh: 1 − tanh, not squared": [planted(slope=lambda self, x, t: 1 - t)],
    "exp: upstream · x": [planted(growth=lambda self, x: x)],
    "relu: gate ignored": [planted(gate=lambda self, x: 1.0)],
    "relu: its value instead of its slope": [planted(gate=lambda self, x: max(0.0, x))],
    "seed is the output": [planted(seed=lambda self: self.data)],
    "pushed before complete": [planted(backward=first_come), planted(backward=by_level)],
    "recursion without order": [planted(backward=b) for b in (recursion, recursion_over_a_set, recursion_within)],
    "second backward, grads not zeroed": [planted(prepare=lambda self, order: None)],
    "sign of descent": [planted(seed=lambda self: -1.0)],
    "seed forgotten": [planted(seed=lambda self: 0.0)],
    "the right operand forgotten": [planted(push=left_only)],
    "derivatives of the operands exchanged": [planted(div=lambda self, a, b: (-a / b**2, 1 / b))],
    "nodes visited more than once": [planted(backward=unmarked)],
    "order not reversed": [planted(backward=not_reversed)],
}


# ---- other styles


class Lectures(Right):
    """Differences and quotients out of sums, products and powers, and the operands in a set."""

    def __init__(self, data, parents=(), locals_=(), op=""):
        super().__init__(data, parents, locals_, op)
        self._operands, self._prev = parents, set(parents)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -self.of(other)

    def __truediv__(self, other):
        return self * self.of(other) ** -1

    def push(self):
        for parent, local in zip(self._operands, self._locals, strict=True):
            parent.receive(self.amount(local, self.grad))


def recursion_over_operands(self, start=True):
    if start:
        self.grad = 1.0
    self.push()
    for p in self._operands:
        recursion_over_operands(p, False)


def again_for_the_parents(self):
    self.grad = 1.0
    self.push()
    for p in self._prev:
        p.backward()


class OnlyInTimes(Lectures):
    """`=` instead of `+=`, where a product pushes."""

    def push(self):
        for parent, local in zip(self._operands, self._locals, strict=True):
            parent.grad = (0.0 if self._op == "*" else parent.grad) + local * self.grad


class OnlyInTanh(Lectures):
    def push(self):
        for parent, local in zip(self._operands, self._locals, strict=True):
            parent.grad += local if self._op == "tanh" else local * self.grad


def lectures(**methods):
    return type("Value", (Lectures,), methods)


IN_OTHER_STYLE = {
    "upstream forgotten": [lectures(amount=lambda self, local, u: local)],
    "local derivative forgotten": [lectures(amount=lambda self, local, u: u)],
    "added instead of multiplied": [lectures(amount=lambda self, local, u: local + u)],
    "overwritten: = instead of +=": [lectures(receive=set_to)],
    "× gives an operand its own value": [lectures(mul=lambda self, a, b: (a, b))],
    "power: exponent not lowered": [lectures(power=lambda self, x, k: k * x**k)],
    "power: exponent not in front": [lectures(power=lambda self, x, k: x ** (k - 1))],
    "tanh: 1 − x² instead of 1 − tanh²": [lectures(slope=lambda self, x, t: 1 - x * x)],
    "exp: upstream · x": [lectures(growth=lambda self, x: x)],
    "relu: gate ignored": [lectures(gate=lambda self, x: 1.0)],
    "seed is the output": [lectures(seed=lambda self: self.data)],
    "recursion without order": [lectures(backward=recursion_over_operands)],
    "second backward, grads not zeroed": [lectures(prepare=lambda self, order: None)],
    "sign of descent": [lectures(seed=lambda self: -1.0)],
    "order not reversed": [lectures(backward=not_reversed)],
    "backward called on the parents": [lectures(backward=again_for_the_parents)],
}


class Deep(Right):
    """No recursion."""

    def topological(self):
        order, seen, stack = [], set(), [(self, iter(self._prev))]
        while stack:
            v, parents = stack[-1]
            for p in parents:
                if p not in seen:
                    seen.add(p)
                    stack.append((p, iter(p._prev)))
                    break
            else:
                order.append(v)
                stack.pop()
        return order


class Taped:
    """Every operation is written on one tape, with the contributions to be made; backward reads it from the end."""

    tape = []

    def __init__(self, data):
        self.data, self.grad, self.made = float(data), 0.0, False

    def record(self, data, *contributions):
        out = Taped(data)
        out.made = True
        Taped.tape.append((out, contributions))
        return out

    def __add__(self, other):
        return self.record(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        return self.record(self.data * other.data, (self, other.data), (other, self.data))

    def backward(self):
        for out, _ in Taped.tape:
            out.grad = 0.0
        self.grad = 1.0 if self.made else self.grad + 1.0
        for out, contributions in reversed(Taped.tape):
            for parent, local in contributions:
                parent.grad += local * out.grad
