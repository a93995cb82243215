"""Training by mini-batches: `train` runs the loop, and returns its history: a list of epochs, which draws itself.

>>> optimiser = SGD(model.parameters(), lr=0.5)
>>> history = train(model, cross_entropy, (images, digits), optimiser, epochs=30, batch_size=10)
>>> history.plot()

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
outputs     its outputs for many points, again and again while it learns
boundary    what it says all over the plane
samples     other examples: images, which class was taken for which, curves
history     the epochs of a training, as a list that draws itself
progress    a progress bar with a curve of the loss, which Ctrl-C ends
bar         the bar itself: that of `tqdm`, or a plain one
plotting    a history as a figure
pictures    what a model has learned as figures: decision boundary, images, confusion, curve
"""

from micrograd.nn.prediction import accuracy
from micrograd.training.boundary import Field, Fields, field
from micrograd.training.fitting import Training, fit, train
from micrograd.training.history import Epoch, History
from micrograd.training.pictures import confusion, curve, decision_boundary, images
from micrograd.training.plotting import plot
from micrograd.training.predicting import predict
from micrograd.training.watching import Film, watch

__all__ = [
    "Epoch",
    "Field",
    "Fields",
    "Film",
    "History",
    "Training",
    "accuracy",
    "confusion",
    "curve",
    "decision_boundary",
    "field",
    "fit",
    "images",
    "plot",
    "predict",
    "train",
    "watch",
]
