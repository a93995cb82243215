"""Random programs of blocks, groups and loops, whole ones: every form, every kind, views in all directions."""

from itertools import product
from math import prod

from program_reference import BINARY, NUMBERS

from micrograd.compiler.stages.blocks import NOWHERE, ONES, Block, Group, Loop, Piece, Tail, Term, View, assemble
from micrograd.compiler.stages.program import KINDS

TAILS = ["relu", "step", "sum", "gate", "relu gate"]
SIZES = [1, 1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17]
MOST = 300  # products of a block


class Drawing:
    """Draws a program: `inputs` slots of numbers, then some steps.

    `below` is the first slot that may not be read, and, in a loop, `times` and `moves` say how a step moves on.
    """

    def __init__(self, random, kinds):
        self.random, self.kinds, self.index = random, kinds, []
        self.times, self.moves = 1, 0

    def program(self):
        r = self.random
        inputs, constants = r.randrange(2, 40), [r.choice(NUMBERS) for _ in range(r.randrange(4))]
        self.below = 1 + inputs + len(constants)
        steps = []
        for _ in range(r.randrange(1, 6)):
            steps.append(self.loop() if r.random() < 0.15 else self.step())
        return assemble(inputs, constants, steps, range(self.below), self.index)

    def loop(self):
        """A loop is drawn twice: how many slots it writes in one time decides how far its steps may look back."""
        r, start, before = self.random, self.below, len(self.index)
        state, self.times = r.getstate(), r.randrange(2, 6)
        self.moves = 0
        steps = [self.step() for _ in range(r.randrange(1, 4))]
        moves = self.below - start
        del self.index[before:]
        r.setstate(state)
        self.below, self.times, self.moves = start, r.randrange(2, 6), moves
        steps = [self.step() for _ in range(r.randrange(1, 4))]
        written = self.below - start
        steps = [step._replace(moves=written) for step in steps]
        self.below, times, self.times, self.moves = start + written * self.times, self.times, 1, 0
        return Loop(times, tuple(steps))

    def step(self):
        kind = self.random.choice([*self.kinds, *["sum"] * len(self.kinds)])
        return self.group(kind) if self.random.random() < 0.3 else self.block(kind)

    def terms_of(self, kind):
        number = self.random.randrange(6) if KINDS[kind] is None else KINDS[kind]
        return number + (kind == "pick")

    def group(self, kind):
        rows = self.random.randrange(1, 9)
        numbers = [self.terms_of(kind) for _ in range(rows)]
        made = Group(kind, self.below, tuple(tuple(self.term(kind, t) for t in range(n)) for n in numbers))
        self.below += rows
        return made

    def term(self, kind, t):
        left, right = self.slot(), self.slot()
        if kind != "sum" and kind not in BINARY and not (kind == "choose" and t == 0):
            right = 0, 0
        return Term(left[0], right[0], left[1], right[1])

    def slot(self):
        """A slot, and how it moves."""
        slot, moves = self.random.randrange(self.below), self.move()
        return slot, moves if self.stays_below(slot, slot, moves) else 0

    def move(self):
        """How far an operand moves, if it may: as the step does, back, or not at all."""
        return self.random.choice([0, self.moves, self.moves, 1, -1, -self.moves]) if self.times > 1 else 0

    def stays_below(self, low, high, moves):
        last = self.times - 1
        return low + moves * last >= 0 and (moves <= self.moves or high + moves * last < self.below)

    def block(self, kind):
        r = self.random
        while prod(dims := tuple(r.choice(SIZES) for _ in range(3))) > MOST:
            pass
        pieces, left = [], self.terms_of(kind)
        if kind == "sum" and r.random() < 0.4:
            left += r.choice([4, 8, 16, 19])
        while left:
            terms = r.randint(1, left) if kind != "choose" else 1
            right = self.view(dims, terms)
            if kind != "sum" and (kind not in BINARY and not (kind == "choose" and not pieces)) or r.random() < 0.2:
                right = ONES
            pieces.append(Piece(terms, self.view(dims, terms), right))
            left -= terms
        tails = [r.choice(TAILS) for _ in range(r.choice([0, 0, 0, 1, 1, 2, 3]))]
        stored = [r.random() < 0.6 for _ in range(len(tails) + 1)]
        stored[-1] = stored[-1] or not any(stored)
        places = list(range(sum(stored)))
        r.shuffle(places)
        each, start = prod(dims), self.below
        outs = [start + each * places.pop() if here else NOWHERE for here in stored]
        others = [ONES if tail in ("relu", "step") else self.view(dims, 1) for tail in tails]
        self.below += each * sum(stored)
        return Block(kind, outs[0], dims, tuple(pieces), tuple(map(Tail, tails, outs[1:], others)))

    def view(self, dims, terms):
        """A view in any direction whose slots are all written: indexed now and then, or where strides lead nowhere."""
        r = self.random
        moves = self.move()
        for _ in range(4):
            most = r.choice([1, 2, 5, 17])
            usual = [dims[1] * dims[2], dims[2], 1]
            strides = [r.choice([0, 0, 1, s, r.randint(-most, most)]) for s in usual]
            along = r.choice([0, 1, 1, r.randint(-most, most)]) if terms > 1 else 0
            low, high = (
                sum(pick(0, (n - 1) * s) for n, s in zip([*dims, terms], [*strides, along], strict=True))
                for pick in (min, max)
            )
            if high - low < self.below and r.random() < 0.8:
                base = r.randrange(-low, self.below - high)
                if not self.stays_below(base + low, base + high, moves):
                    moves = 0
                return View(base, tuple(strides), along, moves)
        return self.indexed(dims, terms, moves)

    def indexed(self, dims, terms, moves):
        r = self.random
        varies = [r.random() < 0.6 for _ in range(4)]
        counts = [n if v else 1 for n, v in zip([dims[0], dims[1], terms, dims[2]], varies, strict=True)]
        places = [r.randrange(self.below) for _ in product(*map(range, counts))]
        if not self.stays_below(min(places), max(places), moves):
            moves = 0
        base = len(self.index)
        self.index += places
        strides = [prod(counts[k + 1 :]) if v else 0 for k, v in enumerate(varies)]
        return View(base, (strides[0], strides[1], strides[3]), strides[2], moves, True)


def random_blocks(random, kinds=tuple(KINDS)):
    return Drawing(random, kinds).program()
