"""Neurons, layers and networks, built from Values.

    >>> model = MLP(2, [16, 16, 1])         # two inputs, two hidden layers of 16 ReLU neurons, one linear output
    >>> model([0.5, -1.0])                  # one example: a Value (a list if there are several outputs)
    >>> model([[0.5, -1.0], [0.2, 0.3]])    # a batch: one result for each example
    >>> model = Sequential(Layer(64, 30, nonlin=False), BatchNorm(30), ReLU(), Layer(30, 10, nonlin=False))

To write your own module, subclass `Module` and keep Values, modules, or lists and dicts of them as attributes:
`parameters()`, `state_dict()`, `save` and `load` find what the constructor made. If it maps a list of Values to a list
of Values, subclass `Feedforward` and define `forward(x)`: then it is called like the modules above, can be part of a
`Sequential` and has a row in `summary()`. For a neuron of your own, say how it computes, and pass the class on:

    >>> class Leaky(Neuron):
    ...     def __init__(self, nin, **options):
    ...         super().__init__(nin, **options)
    ...         self.slope = Value(0.1)
    ...     def forward(self, x):
    ...         z = dot(self.w, x, self.b)
    ...         return [z.relu() - self.slope * (-z).relu()]
    >>> model = MLP(2, [16, 1], neuron=Leaky)

Whatever you override is obeyed by everything: `__call__`, `forward`, `parameters()`, which may leave some out.

module          `Module`: parameters, modes, state
feedforward     `Feedforward`: the call with an example or a batch, predictions, the summary
declared        which attributes of a module are its parameters
activations     activations as functions by name, and as modules
dense           `Neuron`, `Layer`
arguments       what neurons and layers take, and what to write instead of a wrong argument
chain           `Sequential`, `MLP`
normalisation   `BatchNorm`
dropout         `Dropout`
examples        what is trained on, read and checked
prediction      what the outputs say: classes, accuracy
initialisation  how weights start: rules by name
nested          parameters as nested lists of numbers
state           the numbers of a module as named tensors
files           a state in a safetensors file
summary         a model as a table
four_equations  the four equations of backpropagation, checked on a network
pytorch         models to PyTorch and back
"""

from micrograd.nn import four_equations
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
    "four_equations",
    "he",
    "he_uniform",
    "normal",
    "uniform",
    "xavier",
    "xavier_normal",
]
