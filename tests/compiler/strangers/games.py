"""Agents and games: rewards, exploration, tables of values, replay, players."""

import collections
import heapq
import random

from micrograd import (
    Value,
    logsumexp,
    tanh,
)
from strangers.collection import after, call, calls, case, values


@case
def returns_discounted_backwards():
    ws, gamma = values(0.1, 0.2), [0.9]

    def f(rewards):
        g, out = 0.0, Value(0.0)
        for k, r in reversed(list(enumerate(rewards))):
            g = r + gamma[0] * g
            out = out - g * ws[k % 2]
        return out

    rewards = [1.0, 0.0, 2.0]
    return f, ws, [call(rewards), after(lambda: gamma.__setitem__(0, 0.5), rewards), call([0.0, 0.0, 1.0])]


@case
def action_values_in_a_table_by_state():
    q = collections.defaultdict(lambda: [0.0, 0.0])
    w = Value(0.5)

    def f(state, reward):
        return (w * max(q[state]) + reward - q[state][0]) ** 2

    def learn():
        q[(0, 1)][1] = 3.0

    return f, [w], [call((0, 1), 1.0), after(learn, (0, 1), 1.0), call((1, 1), 1.0), call((1, 1), 2.0)]


@case
def bandit_counts_its_pulls():
    class Bandit:
        def __init__(self):
            self.values, self.pulls = values(0.5, 0.4), [1, 1]

        def best(self):
            bonus = [v.data + 1.0 / n for v, n in zip(self.values, self.pulls, strict=True)]
            return bonus.index(max(bonus))

        def __call__(self, reward):
            arm = self.best()
            return (self.values[arm] - reward) ** 2 / self.pulls[arm]

    m = Bandit()

    def step(g):
        arm = m.best()
        out = g(1.0)
        m.pulls[arm] += 1
        return out

    return m, m.values, [step] * 4


@case
def epsilon_decays_and_decides():
    w, agent = Value(0.5), {"epsilon": 1.0}

    def f(x, coin):
        return w * 0.0 if coin < agent["epsilon"] else w * x

    def decay():
        agent["epsilon"] *= 0.5

    return f, [w], [after(decay, 1.0, 0.3)] * 4


@case(refused="random")
def exploration_inside():
    w, rng = Value(0.5), random.Random(4)

    def f(x):
        return w * x if rng.random() < 0.5 else w * x * x

    return f, [w], calls(2.0, 2.0, 2.0)


@case
def replay_buffer_sampled_outside():
    buffer, rng, w = [(k * 1.0, k % 2 * 1.0) for k in range(6)], random.Random(2), Value(0.2)

    def f(batch):
        return sum((w * s - r) ** 2 for s, r in batch) / len(batch)

    return f, [w], [lambda g: g(rng.sample(buffer, 3))] * 3


@case
def baseline_as_a_running_mean():
    class Baseline:
        def __init__(self):
            self.n, self.mean = 0, 0.0

        def update(self, r):
            self.n += 1
            self.mean += (r - self.mean) / self.n

    w, baseline = Value(0.5), Baseline()

    def f(r):
        return -w * (r - baseline.mean)

    def step(r):
        def take(g):
            out = g(r)
            baseline.update(r)
            return out

        return take

    return f, [w], [step(1.0), step(2.0), step(4.0), step(0.0)]


@case
def policy_gradient_of_chosen_actions():
    ws = values(0.1, -0.2, 0.3)

    def f(actions, advantages):
        logits = [w * 1.0 for w in ws]
        z = logsumexp(logits)
        return -sum(a * (logits[k] - z) for k, a in zip(actions, advantages, strict=True))

    return f, ws, [call((0, 1), (1.0, -1.0)), call((2, 2), (0.5, 0.5)), call([0, 1], [2.0, -1.0])]


@case
def grid_world_of_characters():
    world, w = ["..#", "..G"], Value(0.5)

    def f(row, column):
        cell = world[row][column]
        return w * {"#": -1.0, ".": 0.0, "G": 10.0}[cell] + row

    def move():
        world[1] = "G.."

    return f, [w], [call(1, 2), call(0, 2), after(move, 1, 2), call(1, 0)]


@case
def self_play_swaps_the_players():
    class Player:
        def __init__(self, w):
            self.w = w

        def move(self, x):
            return tanh(self.w * x)

    ws = values(0.5, 0.9)
    players = [Player(w) for w in ws]

    def f(x):
        return players[0].move(x) - players[1].move(x)

    return f, ws, [call(1.0), after(players.reverse, 1.0), after(lambda: players.__setitem__(1, players[0]), 1.0)]


@case
def priority_queue_ordered_by_numbers():
    w = Value(0.5)

    def f(costs):
        heap = [(c, k) for k, c in enumerate(costs)]
        heapq.heapify(heap)
        c, k = heapq.heappop(heap)
        return w * c + k

    return f, [w], calls([3.0, 1.0, 2.0], [0.5, 1.0, 2.0], [3.0, 1.0, 2.0])
