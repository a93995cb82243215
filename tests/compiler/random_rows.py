"""Random rows: layers of every shape, one on top of the other, and rows that follow no pattern; and what rows mean."""

from array import array
from itertools import accumulate

from program_reference import BINARY, NUMBERS, result

from micrograd.compiler.stages.program import KINDS, ONE
from micrograd.compiler.stages.rows import Rows

TABLE = tuple(KINDS)
MAPS = ["relu", "step", "tanh", "exp", "gate", "relu gate", "div", "less", "choose", "sum", "pick"]


def run_rows(rows, inputs):
    """The outputs, for these inputs: what the rows mean."""
    u = [1.0, *inputs, *rows.constants]
    for _, kind, terms in rows:
        pairs = zip(terms[::2], terms[1::2], strict=True)
        u.append(result(kind, [(u[a], u[b]) for a, b in pairs]))
    return [u[i] for i in rows.outputs]


class RandomRows:
    """Collects rows; each layer is a list of them, and may read all before."""

    def __init__(self, random, inputs, constants):
        self.random, self.inputs = random, inputs
        self.constants = [random.choice(NUMBERS) for _ in range(constants)]
        self.kinds, self.terms, self.layers = [], [], [list(range(1, 1 + inputs))]
        if constants:
            self.layers.append(list(range(1 + inputs, 1 + inputs + constants)))

    def row(self, kind, pairs):
        pairs = list(pairs)
        if kind != "sum" and kind not in BINARY:
            pairs = [(a, b if kind == "choose" and t == 0 else ONE) for t, (a, b) in enumerate(pairs)]
        self.kinds.append(kind)
        self.terms.append(pairs)
        return self.inputs + len(self.constants) + len(self.kinds)

    def some(self, count):
        """Rows of a layer, so many: side by side, or a stride apart, or any."""
        layer = self.random.choice(self.layers[-4:] if self.random.random() < 0.7 else self.layers)
        stride = self.random.choice([1, 1, 1, 2, -1])
        if count * abs(stride) <= len(layer):
            begin = self.random.randrange(len(layer) - count * abs(stride) + 1)
            return layer[begin : begin + count * abs(stride)][::stride]
        return [self.random.choice(layer) for _ in range(count)]

    def add_product(self):
        """A matrix product, of a batch perhaps, with or without a bias, perhaps ragged."""
        random = self.random
        batch, p, q, c = random.randrange(1, 4), random.randrange(1, 7), random.randrange(1, 7), random.randrange(1, 5)
        left = [[self.some(c) for _ in range(p)] for _ in range(batch)]
        right = [[self.some(c) for _ in range(q)] for _ in range(batch)]
        bias, first, causal = self.some(q), random.random() < 0.5, random.random() < 0.2
        kind, flip = random.random() < 0.6, random.random() < 0.1
        layer = []
        for k in range(batch):
            for i in range(p):
                for j in range(q):
                    if causal and j > i:
                        continue
                    pairs = [*zip(left[k][i], right[k][j], strict=True)]
                    if flip and random.random() < 0.5:
                        pairs = [(b, a) for a, b in pairs]
                    if kind:
                        pairs.insert(0 if first else len(pairs), (bias[j], ONE))
                    layer.append(self.row("sum", pairs))
        self.layers.append(layer)

    def add_map(self):
        """A function of the rows of a layer, and perhaps of a second one."""
        kind = self.random.choice(MAPS)
        count = 3 if kind == "pick" else KINDS[kind] or self.random.randrange(1, 3)
        layer = self.random.choice(self.layers)
        others = [self.some(len(layer)) for _ in range(2 * count - 1)]
        if self.random.random() < 0.3:
            others[0] = [others[0][0]] * len(layer)
        self.layers.append(
            [self.row(kind, zip(row[::2], row[1::2], strict=True)) for row in zip(layer, *others, strict=True)]
        )

    def add_sums(self):
        """Sums over a layer, row by row or column by column; sometimes the row times itself."""
        layer = self.random.choice(self.layers)
        n = self.random.randrange(1, len(layer) + 1)
        rows = (
            [layer[k::n] for k in range(n)]
            if self.random.random() < 0.5
            else [layer[k : k + n] for k in range(0, len(layer), n)]
        )
        square = self.random.random() < 0.4
        self.layers.append([self.row("sum", [(a, a if square else ONE) for a in row]) for row in rows])

    def add_mess(self):
        """Rows that follow no pattern."""
        layer = []
        before = self.inputs + len(self.constants) + len(self.kinds) + 1
        for _ in range(self.random.randrange(1, 12)):
            kind = self.random.choice(TABLE)
            count = self.random.randrange(5) if KINDS[kind] is None else KINDS[kind]
            pairs = [
                (self.random.randrange(before), self.random.randrange(before)) for _ in range(count + (kind == "pick"))
            ]
            layer.append(self.row(kind, pairs))
        self.layers.append(layer)

    def rows(self):
        random, first = self.random, 1 + self.inputs + len(self.constants)
        count = len(self.kinds)
        pairs = [pair for terms in self.terms for pair in terms]
        return Rows(
            names=[f"x{k}" for k in range(self.inputs)],
            constants=array("d", self.constants),
            table=TABLE,
            kinds=bytes(map(TABLE.index, self.kinds)),
            ends=array("I", accumulate(map(len, self.terms))),
            left=array("I", [a for a, _ in pairs]),
            right=array("I", [b for _, b in pairs]),
            adjoint_of=array(
                "I", [first + k if random.random() < 0.9 else random.randrange(first + k + 1) for k in range(count)]
            ),
            outputs=array("I", [i for i in range(first + count) if i >= first + count - 9 or random.random() < 0.1]),
        )


def random_rows(random, size=6):
    made = RandomRows(random, random.randrange(1, 8 * size), random.choice([0, 1, 3, 20]))
    adds = [made.add_product] * 4 + [made.add_map] * 4 + [made.add_sums, made.add_mess]
    if random.random() < 0.1:
        adds = [made.add_mess]
    for _ in range(random.randrange(1, size)):
        random.choice(adds)()
    return made.rows()


def random_inputs(random, count):
    """Numbers of every kind, but mostly harmless ones."""
    return [random.choice(NUMBERS) if random.random() < 0.05 else random.uniform(-2.0, 2.0) for _ in range(count)]
