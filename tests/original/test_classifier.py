"""A course's classifier of three classes: its own random numbers and network, −log softmax, AdamW.

EurekaLabs teaches micrograd with such a program; here it is written again. Of a Value it wants `exp` and `log` beside
the original's operations (the tests give them to the original), and it keeps the moments of Adam on the parameters.
"""

import math

STEPS = 8


class Random:
    """xorshift* with 64 bits: the same draws everywhere."""

    def __init__(self, state):
        self.state = state

    def uniform(self, low, high):
        x = self.state
        x ^= x >> 12
        x = (x ^ (x << 25)) & (2**64 - 1)
        x ^= x >> 27
        self.state = x
        return low + (high - low) * ((x * 0x2545F4914F6CDD1D & (2**64 - 1)) >> 40) / 2**24


def spirals(rng, n=4):
    for k in range(3 * n):
        radius, turn = 0.3 + k / (3 * n), 2.1 * (k % 3) + k / n
        noise = rng.uniform(-0.1, 0.1)
        yield [radius * math.cos(turn) + noise, radius * math.sin(turn) - noise], k % 3


def network(Value, Module, rng, nin=2, hidden=5, nout=3):
    class Neuron(Module):
        def __init__(self, nin, nonlin):
            self.w = [Value(rng.uniform(-1, 1) * nin**-0.5) for _ in range(nin)]
            self.b = Value(0.0)
            self.nonlin = nonlin

        def __call__(self, x):
            out = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
            if self.nonlin:  # tanh
                e = (2 * out).exp()
                out = (e - 1) / (e + 1)
            return out

        def parameters(self):
            return [*self.w, self.b]

    class Network(Module):
        def __init__(self):
            self.layers = [[Neuron(nin, True) for _ in range(hidden)], [Neuron(hidden, False) for _ in range(nout)]]

        def __call__(self, x):
            for layer in self.layers:
                x = [neuron(x) for neuron in layer]
            return x

        def parameters(self):
            return [p for layer in self.layers for neuron in layer for p in neuron.parameters()]

    return Network()


def cross_entropy(logits, target):
    largest = max(v.data for v in logits)
    exponentials = [(v - largest).exp() for v in logits]
    return -(exponentials[target] / sum(exponentials)).log()


class AdamW:
    def __init__(self, parameters, lr=0.1, decay=1e-3):
        self.parameters, self.lr, self.decay, self.t = parameters, lr, decay, 0
        for p in parameters:
            p.m = p.v = 0.0

    def step(self):
        self.t += 1
        for p in self.parameters:
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.95 * p.v + 0.05 * p.grad**2
            m, v = p.m / (1 - 0.9**self.t), p.v / (1 - 0.95**self.t)
            p.data -= self.lr * (m / (v**0.5 + 1e-8) + self.decay * p.data)
            p.grad = 0


def classifier(Value, nn):
    rng = Random(42)
    examples = list(spirals(rng))
    model = network(Value, nn.Module, rng)
    optimiser, losses = AdamW(model.parameters()), []
    for _ in range(STEPS):
        loss = sum(cross_entropy(model(x), label) for x, label in examples) * (1 / len(examples))
        model.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.data)
    assert losses[-1] < 0.9 * losses[0]
    right = [max(range(3), key=lambda k, x=x: model(x)[k].data) == label for x, label in examples]
    return [*losses, sum(right), *(number for p in model.parameters() for number in (p.data, p.m, p.v))]


def test_the_classifier_learns_the_same(same):
    same(classifier)
