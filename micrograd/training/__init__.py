"""Training by mini-batches: `train` runs the loop, a plain list of epochs is its history, `plot` draws it.

>>> optimiser = SGD(model.parameters(), lr=0.5)
>>> history = train(model, cross_entropy, (images, digits), optimiser, epochs=30, batch_size=10)

The same, epoch by epoch, so that you may stop at any time:

>>> for epoch in fit(model, cross_entropy, (images, digits), optimiser, epochs=30, batch_size=10):
...     if epoch["loss"] < 0.1:
...         break

>>> for epoch in watch(fit(model, cross_entropy, (images, digits), optimiser, epochs=30, batch_size=10)):
...     pass        # in a notebook you see it learn

fitting     the loop: `fit` and `train`
task        what a training trains
watching    `watch`: the film of a training
objective   the loss of a mini-batch: as it is, compiled, or by a batch
steps       what is done in each step, and after each epoch
predicting  what a model says about many examples
boundary    what a model says all over the plane
progress    a progress bar with a curve of the loss, which Ctrl-C ends
bar         the bar itself: that of `tqdm`, or a plain one
plotting    a history as a figure
"""

from micrograd.nn.prediction import accuracy
from micrograd.training.boundary import Field, Fields, field
from micrograd.training.fitting import Epoch, Training, fit, train
from micrograd.training.plotting import plot
from micrograd.training.predicting import predict
from micrograd.training.watching import Film, watch

__all__ = [
    "Epoch",
    "Field",
    "Fields",
    "Film",
    "Training",
    "accuracy",
    "field",
    "fit",
    "plot",
    "predict",
    "train",
    "watch",
]
