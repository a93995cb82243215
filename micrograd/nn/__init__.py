"""Neurons, layers and networks, built from Values.

    >>> model = MLP(2, [16, 16, 1])         # two inputs, two hidden layers of 16 ReLU neurons, one linear output
    >>> model([0.5, -1.0])                  # one example: a Value (a list of them where there are several outputs)
    >>> model([[0.5, -1.0], [0.2, 0.3]])    # a batch: one result for each example
    >>> model = Sequential(Layer(64, 30, nonlin=False), BatchNorm(30), ReLU(), Layer(30, 10, nonlin=False))

A module of one's own derives from `Module`, keeps Values, modules, or lists and dicts of them as attributes, and finds
them again in `parameters()` and `state_dict()`; one that derives from `Feedforward` and defines `forward(x)`, from a
list of Values to a list of Values, is called like those above and stands in a `Sequential` beside them.
"""

from micrograd.nn.activations import (
    ACTIVATIONS,
    ELU,
    GELU,
    Activation,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from micrograd.nn.chain import MLP, Sequential
from micrograd.nn.dense import Layer, Neuron
from micrograd.nn.dropout import Dropout
from micrograd.nn.feedforward import Feedforward
from micrograd.nn.initialisation import he, he_uniform, normal, uniform, xavier, xavier_normal
from micrograd.nn.module import Module, evaluating
from micrograd.nn.normalisation import BatchNorm

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "MLP",
    "Activation",
    "BatchNorm",
    "Dropout",
    "Feedforward",
    "Layer",
    "LeakyReLU",
    "Module",
    "Neuron",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
    "evaluating",
    "he",
    "he_uniform",
    "normal",
    "uniform",
    "xavier",
    "xavier_normal",
]
