"""The classifier 10-20-10-5 and its training by hand on arrays: the reference for the scalar one."""

import numpy as np


class Network:
    """ReLU, ReLU, sigmoid, then softmax cross-entropy; starting from the numbers of a scalar model."""

    def __init__(self, model):
        self.weights = [np.array(layer.weight) for layer in model]
        self.biases = [np.array(layer.bias) for layer in model]

    def forward(self, x):
        """The outputs of every layer, the inputs first."""
        outs = [x]
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = outs[-1] @ w.T + b
            outs.append(np.maximum(z, 0) if k < 2 else 1 / (1 + np.exp(-z)))
        return outs

    def step(self, x, classes, rate):
        """The loss of a mini-batch, and one step down its slope."""
        outs = self.forward(x)
        shifted = outs[-1] - outs[-1].max(axis=1, keepdims=True)
        chances = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
        rows = np.arange(len(x))
        loss = -np.log(chances[rows, classes]).mean()
        chances[rows, classes] -= 1
        back = chances / len(x)
        for k in (2, 1, 0):
            out = outs[k + 1]
            delta = back * (out * (1 - out) if k == 2 else out > 0)
            back = delta @ self.weights[k]
            self.weights[k] = self.weights[k] - rate * delta.T @ outs[k]
            self.biases[k] = self.biases[k] - rate * delta.sum(axis=0)
        return loss

    def train(self, inputs, classes, rng, epochs, size=4, rate=0.01):
        """The mean loss of each epoch."""
        x, y, order, losses = np.array(inputs), np.array(classes), list(range(len(inputs))), []
        for _ in range(epochs):
            rng.shuffle(order)
            batches = [order[k : k + size] for k in range(0, len(order), size)]
            losses.append(sum(self.step(x[b], y[b], rate) * len(b) for b in batches) / len(order))
        return losses

    def accuracy(self, inputs, classes):
        return float(np.mean(self.forward(np.array(inputs))[-1].argmax(axis=1) == np.array(classes)))
