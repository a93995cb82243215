import random

import micrograd
from micrograd import Value, losses, nn, optim, training

X = [[0.5, -1.0], [1.5, 2.0], [-0.3, 0.7]]
Y = [1, -1, 1]


def step(model, optimiser, loss):
    out = loss(model)
    model.zero_grad()
    out.backward()
    optimiser.step()
    return out


def attempt(act, *arguments):
    try:
        return act(*arguments)
    except Exception as error:
        return error


def numbers(model):
    return [(p.data, p.grad) for p in model.parameters()]


def hinge(model):
    return sum(((1 - y * model(x)).relu() for x, y in zip(X, Y, strict=True)), Value(0.0)) * (1 / 3)


OPTIONS = [
    {},
    {"fused": True},
    {"activation": "tanh"},
    {"activation": "sigmoid", "fused": True},
    {"activation": "gelu"},
    {"activation": "linear"},
]
OPTIONS += [
    {"activation": lambda x: x * x},
    {"activation": micrograd.sin},
    {"activation": "nothing"},
    {"bias": False},
    {"bias": False, "fused": True},
]
models = [attempt(lambda o: nn.MLP(2, [4, 4, 1], rng=random.Random(7), **o), options) for options in OPTIONS]
[(getattr(m, "__dict__", m) and attempt(numbers, m)) for m in models]
[attempt(lambda: m([0.5, -1.0])) for m in models]
[attempt(lambda: m([Value(0.5), Value(-1.0)])) for m in models]
[attempt(lambda: m(X)) for m in models]
[attempt(lambda: m((0.5, -1))) for m in models]
[attempt(lambda: m([0.5])) for m in models[:2]]
[attempt(lambda: m(["x", 1.0])) for m in models[:2]]
[attempt(lambda: m([1e308, 1e308])) for m in models[:6]]
[attempt(lambda: m([float("inf"), 0.0])) for m in models[:6]]
[attempt(lambda: m([10**400, 0.0])) for m in models[:2]]
OPTIMISERS = [lambda p: optim.SGD(p, 0.1), lambda p: optim.SGD(p, 0.1, momentum=0.9), lambda p: optim.Adam(p, 0.01)]
[[attempt(lambda: [step(m, o(m.parameters()), hinge).data, numbers(m)]) for o in OPTIMISERS] for m in models[:7]]
model = nn.MLP(2, [3, 2], rng=1)
logits = model([0.5, -1.0])
logits
loss = losses.cross_entropy(logits, 1)
loss
loss.backward()
numbers(model)
loss2 = losses.cross_entropy(model(X), [0, 1, 0])
loss2.backward()
loss2
numbers(model)
losses.mse(model([0.5, -1.0]), [1.0, 2.0])
losses.binary_cross_entropy([logits[0].sigmoid()], [1])
losses.sigmoid_cross_entropy(logits, [1, 0])
losses.max_margin(logits, [1, -1])
with micrograd.no_grad():
    quiet = model([0.5, -1.0])
quiet
[v._calls for v in logits] and True
model.zero_grad()
numbers(model)
model.parameters()[0].grad = None
model.zero_grad()
model.parameters()[0].grad
model.parameters()[0].data = 3
model.parameters()[0].data
model.parameters()[0]._data = 3
model([0.5, -1.0])
optim.SGD(model.parameters(), 0.1).step()
model.parameters()[0]
model.parameters()[0].grad = "x"
attempt(optim.SGD(model.parameters(), 0.1).step)
model.parameters()[0].grad = 0.0


class Leaky(nn.Neuron):
    def forward(self, x):
        return [micrograd.leaky_relu(micrograd.dot(self.w, x, self.b))]


nn.MLP(2, [2, 1], neuron=Leaky, rng=2)([0.5, -1.0])


class Firing(nn.Neuron):
    def fire(self, x):
        return super().fire(x) * 2


attempt(lambda: nn.MLP(2, [2, 1], neuron=Firing, rng=2)([0.5, -1.0]))
layer = nn.Layer(2, 3, rng=3)
layer([0.5, -1.0])
layer.neurons[0].w[0] = Value(9.0)
layer([0.5, -1.0])
layer.neurons[0].w[0] = 2.0
attempt(layer, [0.5, -1.0])
layer.neurons[0].w = layer.neurons[0].w[:1]
attempt(layer, [0.5, -1.0])
layer.neurons.pop()
attempt(layer, [0.5, -1.0])
layer.neurons[0].b = 0.5
attempt(layer, [0.5, -1.0])
layer.neurons[0].b = None
attempt(layer, [0.5, -1.0])
layer.neurons[0].fire = lambda x: Value(77.0)
attempt(layer, [0.5, -1.0])
nn.Sequential(nn.Layer(2, 3, nonlin=False, rng=1), nn.BatchNorm(3), nn.ReLU(), nn.Layer(3, 1, rng=2))(X)
history = attempt(lambda: training.fit(nn.MLP(2, [4, 1], rng=5), X, Y, epochs=3))
type(history).__name__
getattr(history, "losses", history)
