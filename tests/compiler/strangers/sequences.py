"""Things that run over time: recurrent state, teacher forcing, beams, windows, queues."""

import collections
import heapq
import itertools

import numpy as np

from micrograd import (
    Value,
    exp,
    log,
    softmax,
    tanh,
    total,
)
from strangers.collection import With, after, call, calls, case, put, values


@case
def hidden_state_passed_back_in():
    w, u, state = *values(0.5, 0.3), [0.0]

    def f(x, h):
        return tanh(w * x + u * h)

    def step(g):
        out = g(1.0, state[0])
        state[0] = out.data
        return out

    return f, [w, u], [step] * 4


@case
def hidden_state_as_a_value_passed_back_in():
    w, u, state = *values(0.5, 0.3), [Value(0.0)]

    def f(x, h):
        return tanh(w * x + u * h)

    def step(g):
        state[0] = g(1.0, state[0])
        return state[0]

    return f, [w, u], [step] * 4


@case(refused="changes what it reads: self.h")
def hidden_state_on_the_cell_as_a_value():
    class Cell:
        def __init__(self):
            self.w, self.u, self.h = Value(0.5), Value(0.3), 0.0

        def __call__(self, x):
            self.h = tanh(self.w * x + self.u * self.h)
            return self.h

    m = Cell()
    return m, [m.w, m.u], calls(1.0, 1.0, 1.0)


@case
def hidden_state_reset_inside():
    class Cell:
        def __init__(self):
            self.w, self.u = values(0.5, 0.3)

        def step(self, x):
            self.h = tanh(self.w * x + self.u * self.h)
            return self.h

        def __call__(self, xs):
            self.h = Value(0.0)
            for x in xs:
                out = self.step(x)
            del self.h
            return out

    m = Cell()
    return m, [m.w, m.u], calls([1.0, 2.0], [0.5, -1.0], [1.0])


@case
def teacher_forcing_by_a_list_of_coins():
    w, coins = Value(0.9), [True, True, False]

    def f(xs):
        y, loss = xs[0], 0.0
        for coin, x in zip(coins, xs[1:], strict=True):
            guess = w * y
            loss = loss + (guess - x) ** 2
            y = x if coin else guess
        return loss

    xs = [1.0, 0.8, 0.7, 0.5]
    return f, [w], [call(xs), after(lambda: coins.__setitem__(0, False), xs), after(coins.reverse, xs)]


@case
def greedy_decoding_by_argmax():
    ws = values(0.2, 0.5, -0.3)

    def f(x, steps):
        score = 0.0
        for _ in range(steps):
            logits = [w * x for w in ws]
            best = max(range(3), key=lambda k: logits[k].data)
            score, x = score + logits[best], best + 0.5
        return score

    return f, ws, [call(1.0, 2), call(-1.0, 2), call(1.0, 3)]


@case
def beam_search_by_numbers():
    ws = values(0.2, 0.5)

    def f(start):
        beams = [((), start * 1.0, Value(0.0))]
        for _ in range(3):
            grown = [(path + (k,), x + w.data, score + w * x) for path, x, score in beams for k, w in enumerate(ws)]
            beams = heapq.nlargest(2, grown, key=lambda beam: beam[2].data)
        return beams[0][2], len(beams)

    return f, ws, calls(1.0, -1.0, 2.0)


@case
def viterbi_with_back_pointers():
    jump, emit = values(0.1, -0.2), values(0.3, -0.3)

    def f(seen):
        best, pointers = [e * seen[0] for e in emit], []
        for x in seen[1:]:
            froms = [max((0, 1), key=lambda j, k=k: (best[j] + jump[j ^ k]).data) for k in (0, 1)]
            best = [best[j] + jump[j ^ k] + emit[k] * x for k, j in enumerate(froms)]
            pointers.append(froms)
        return max(best, key=lambda v: v.data), pointers

    return f, jump + emit, calls([1.0, -1.0, 2.0], [-1.0, -1.0, -1.0], [1.0, -1.0, 2.0])


@case
def bigram_counts_smoothed():
    logits, counts = values(0.1, 0.4), collections.Counter("abba")

    def f():
        p = softmax(logits)
        return -total([counts[c] * log(p[k]) for k, c in enumerate("ab")])

    return f, logits, [call(), after(lambda: counts.update("aab")), after(lambda: counts.subtract("b"))]


@case
def tokens_looked_up_in_a_vocabulary():
    table, vocabulary = {c: Value(0.1 * k) for k, c in enumerate("abc")}, {"x": "a", "y": "b"}

    def f(text):
        return total([table[vocabulary[c]] for c in text]) ** 2

    return f, [*table.values()], [call("xy"), call("yy"), after(lambda: vocabulary.update(y="c"), "xy")]


@case
def window_of_inputs_kept_in_a_deque():
    w, window = Value(0.5), collections.deque(maxlen=2)

    def f():
        return sum(w * x for x in window) + w

    def feed(x):
        return lambda: window.append(x)

    return f, [w], [after(feed(1.0)), after(feed(2.0)), after(feed(3.0)), after(feed(3.0)), call()]


@case(refused="changes what it reads: window")
def window_fed_by_the_function():
    w, window = Value(0.5), collections.deque(maxlen=2)

    def f(x):
        window.append(x)
        return sum(w * x for x in window)

    return f, [w], calls(1.0, 2.0, 3.0)


@case
def batches_from_a_cycle():
    w, batches = Value(0.5), itertools.cycle([1.0, 2.0])

    def f(x):
        return w * x

    return f, [w], [lambda g: g(next(batches))] * 4


@case(refused="changes what it reads: loader.at")
def cursor_into_a_list():
    class Loader:
        def __init__(self):
            self.rows, self.at = [1.0, 5.0, 2.0], 0

        def next(self):
            self.at = (self.at + 1) % len(self.rows)
            return self.rows[self.at]

    w, loader = Value(0.5), Loader()

    def f():
        return w * loader.next()

    return f, [w], [call()] * 4


@case
def returned_state_is_a_dictionary_of_values():
    w = Value(0.5)

    def f(state, x):
        return {"h": tanh(w * x + state["h"]), "t": state["t"] + 1}

    state = {"h": 0.0, "t": 0}

    def step(g):
        nonlocal state
        out = g(state, 1.0)
        state = {"h": out["h"].data, "t": int(out["t"])}
        return out

    return f, [w], [step] * 3


@case
def positions_encoded_once():
    table = np.sin(np.arange(4) / 3.0)
    w = Value(0.5)

    def f(xs):
        return sum(w * (x + p) for x, p in zip(xs, table, strict=False))

    def double():
        table[:] *= 2

    return f, [w], [call([1.0, 2.0]), after(double, [1.0, 2.0])]


@case
def extra_value_in_the_surroundings_of_an_argument():
    class Context:
        def __init__(self, memory):
            self.memory = memory

    w, old, new = values(0.5, 1.0, 2.0)
    context = Context(old)

    def f(context, x):
        return exp(w * x) * context.memory

    def step(g):
        return With(g(context, 1.0), [old, new])

    def replaced(g):
        put(context, memory=new)()
        return step(g)

    return f, [w], [step, replaced, step]
