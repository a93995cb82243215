"""`fit`: its history, how to repeat and to stop it, and bad data."""

import json
import math
import os
import random
import signal
import sys
import time

import numpy as np
import pytest

import micrograd
from micrograd import Value, losses, total
from micrograd.losses import cross_entropy, mse, quadratic
from micrograd.nn import MLP, BatchNorm, Dropout, Layer, Module, Sequential, evaluating
from micrograd.optim import SGD, Adam
from micrograd.training import accuracy, fit, plot, predict, train

POINTS = [[0.1, 0.9], [0.8, 0.2], [0.2, 0.7], [0.9, 0.1], [0.3, 0.8]]
CLASSES = [0, 1, 0, 1, 0]


def classifier(seed=0):
    return MLP(2, [4, 2], activation="tanh", rng=random.Random(seed))


def run(model, seed=0, optimiser=SGD, **kwargs):
    options = {"epochs": 4, "batch_size": 2, "rng": random.Random(seed), **kwargs}
    return fit(model, cross_entropy, (POINTS, CLASSES), optimiser(model.parameters(), lr=0.5), **options)


def test_it_is_the_loop_you_would_write():
    model, twin = classifier(), classifier()
    history = list(run(model))
    optimiser, rng, order, expected = SGD(twin.parameters(), lr=0.5), random.Random(0), list(range(5)), []
    for epoch in range(4):
        rng.shuffle(order)
        spent = 0.0
        for batch in (order[:2], order[2:4], order[4:]):
            loss = cross_entropy(twin([POINTS[i] for i in batch]), [CLASSES[i] for i in batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            spent += loss.data * len(batch)
        expected.append({"epoch": epoch + 1, "steps": 3 * epoch + 3, "loss": spent / 5})
    assert history == expected and model.state_dict() == twin.state_dict()
    assert json.loads(json.dumps(history)) == history


def test_the_same_seeds_give_the_same_history():
    def model():
        rng = random.Random(3)
        parts = Layer(2, 4, rng=rng), Dropout(0.3, rng=rng), Layer(4, 2, nonlin=False, rng=rng)
        return Sequential(*parts)

    assert list(run(model(), optimiser=Adam)) == list(run(model(), optimiser=Adam))
    assert list(run(model(), seed=1)) != list(run(model(), seed=2))
    assert list(run(model().eval(), rng=None)) != list(run(model(), rng=None, batch_size=None))


def test_compiled_training_gives_the_same_history_and_the_same_model():
    def model(*parts):
        rng = random.Random(3)
        first, last = Layer(2, 4, rng=rng), Layer(4, 2, nonlin=False, rng=rng)
        return Sequential(first, *(part(rng) for part in parts), last)

    for parts in ((), (lambda rng: BatchNorm(4),), (lambda rng: Dropout(0.3, rng=rng),)):
        history, twins = [], [model(*parts), model(*parts)]
        for twin, compiled in zip(twins, (False, True), strict=True):
            evaluate = lambda m: {"accuracy": accuracy(m, POINTS, CLASSES)}  # noqa: E731
            history.append(list(run(twin, batch_size=3, compile=compiled, evaluate=evaluate)))
        assert [record["accuracy"] for record in history[0]] == [record["accuracy"] for record in history[1]]
        losses = [[record["loss"] for record in records] for records in history]
        assert losses[0] == pytest.approx(losses[1], rel=1e-12)
        assert [p.data for p in twins[0].parameters()] == pytest.approx(
            [p.data for p in twins[1].parameters()], rel=1e-11
        )


@pytest.mark.parametrize("name", ["mse", "quadratic", "sigmoid_cross_entropy", "binary_cross_entropy", "max_margin"])
def test_no_loss_is_traced_again_for_new_targets(name, monkeypatch):
    import micrograd.compiler.variants as room

    traced = []
    monkeypatch.setattr(room, "trace", lambda *args, trace=room.trace: traced.append(1) or trace(*args))
    targets = [1, -1, 1, -1] if name == "max_margin" else [1, 0, 0, 1]
    histories = []
    for compiled in (False, True):
        model = MLP(2, [3, 1], activation="tanh", rng=random.Random(0))
        last = (lambda out: [o.sigmoid() for o in out]) if name == "binary_cross_entropy" else (lambda out: out)
        history = fit(
            model,
            lambda outs, ys: getattr(losses, name)(last(outs), ys),  # noqa: B023
            (POINTS[:4], targets),
            SGD(model.parameters(), lr=0.1),
            epochs=5,
            batch_size=2,
            rng=random.Random(1),
            compile=compiled,
        )
        histories.append([record["loss"] for record in history])
    assert histories[0] == pytest.approx(histories[1], rel=1e-12) and len(traced) == 1


def test_the_loop_may_stop_at_any_time():
    model, seen = classifier(), []
    for record in run(model, epochs=1000):
        seen.append(record)
        if record["loss"] < 0.3:
            break
    assert 1 < len(seen) < 1000 and accuracy(model, POINTS, CLASSES) == 1.0


def test_nothing_runs_before_the_first_epoch_is_requested():
    model = classifier()
    before = model.state_dict()
    training = run(model)
    assert model.state_dict() == before
    next(training)
    assert model.state_dict() != before
    assert list(run(model, epochs=0)) == [] == list(run(model, steps=0))


def test_steps_limit_the_training():
    assert [(r["epoch"], r["steps"]) for r in run(classifier(), steps=4)] == [(1, 3), (2, 4)]
    assert [(r["epoch"], r["steps"]) for r in run(classifier(), steps=99)] == [(1, 3), (2, 6), (3, 9), (4, 12)]


def test_evaluation_is_in_evaluation_mode_and_without_a_graph():
    model = Sequential(Layer(2, 2), BatchNorm(2), Dropout(0.5, rng=random.Random(1)), Layer(2, 2, nonlin=False))
    modes = []

    def evaluate(model):
        modes.append((model.training, model[1].training, model(POINTS)[0][0].parents))
        return {"accuracy": accuracy(model, POINTS, CLASSES), "fresh": 0.5}

    history = list(run(model, epochs=2, batch_size=5, evaluate=evaluate))
    assert modes == [(False, False, ())] * 2 and model.training
    assert list(history[0]) == ["epoch", "steps", "loss", "accuracy", "fresh"]
    with pytest.raises(TypeError, match="evaluate must return figures by name, got float 0.5"):
        next(run(classifier(), evaluate=lambda model: 0.5))


def test_any_function_of_a_batch_can_be_trained():
    slope = Value(0.0)

    def line(batch):
        return [slope * x for x in batch]

    data = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])
    history = list(fit(line, mse, data, SGD([slope], lr=0.05), epochs=50))
    assert slope.data == pytest.approx(2.0) and history[-1]["loss"] < 1e-6

    class Line(Module):
        def __init__(self):
            self.slope = Value(1.0)

        def __call__(self, batch):
            return [self.slope * x for x in batch]

    line = Line().eval()
    list(fit(line, mse, ([1.0], [3.0]), SGD(line.parameters(), lr=0.5), epochs=1))
    assert line.slope.data == 3.0 and line.training


def test_the_front_door():
    assert micrograd.fit is fit and "fit" in dir(micrograd)
    with pytest.raises(AttributeError, match="module 'micrograd' has no attribute 'fitt'"):
        _ = micrograd.fitt


# ---- bad data


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (([[1.0, math.nan]], [0]), ValueError, r"the input of example 0 is not finite: \[1.0, nan\]"),
        (([[1.0, 2.0], [math.inf, 0.0]], [0, 1]), ValueError, "the input of example 1 is not finite"),
        ((np.array([[1.0, np.nan]]), np.array([0])), ValueError, "the input of example 0"),
        (([[1.0, 2.0]], [[0.0, math.nan]]), ValueError, "the target of example 0"),
        (([[1.0, 2.0]], [0, 1]), ValueError, "as many targets as inputs are needed, got 2 for 1"),
        (([], []), ValueError, "at least one example, got none"),
        ([([1.0, 2.0], 0)], TypeError, r"data must be a pair \(inputs, targets\), got list"),
    ],
)
def test_bad_data(data, error, message):
    model = classifier()
    with pytest.raises(error, match=message):
        fit(model, cross_entropy, data, SGD(model.parameters(), lr=0.1))


def test_train_runs_at_once():
    model, twin = classifier(), classifier()
    options = {"epochs": 3, "batch_size": 2}
    data = POINTS, CLASSES
    history = train(model, cross_entropy, data, SGD(model.parameters(), lr=0.5), rng=7, **options)
    assert isinstance(history, list) and len(history) == 3 and micrograd.train is train
    again = list(fit(twin, cross_entropy, data, SGD(twin.parameters(), lr=0.5), rng=random.Random(7), **options))
    assert again == history and twin.state_dict() == model.state_dict()


def test_a_training_that_nobody_reads_warns():
    model = classifier()
    before = model.state_dict()
    with pytest.warns(RuntimeWarning, match=r"nothing was trained: iterate over fit.* or write train") as caught:
        run(model)
    assert caught[0].filename == __file__ and model.state_dict() == before
    training = run(model)
    assert "has not begun: iterate" in repr(training) and iter(training) is training
    next(training)
    assert repr(training) == "<a training under way>"
    run(model).close()
    del training


def test_a_record_holds_no_values():
    def evaluate(model):
        out = model(POINTS[0])
        return {"first": out[0], "all": out, "deep": {"a": (out[1], 2.0)}, "plain": 0.5}

    record = next(run(classifier(), evaluate=evaluate))
    assert json.loads(json.dumps(record)) == record and type(record["first"]) is float is type(record["loss"])
    kept = [thing for thing in record.values() if isinstance(thing, Value)]
    assert kept == []


def seeds(rng):
    model = classifier()
    return list(fit(model, cross_entropy, (POINTS, CLASSES), SGD(model.parameters(), lr=0.5), batch_size=2, rng=rng))


def test_an_int_seeds_the_order():
    assert seeds(3) == seeds(random.Random(3)) == seeds(np.int64(3)) != seeds(4)
    with pytest.raises(TypeError, match="rng must be a seed, such as 0, or a random.Random, got str '3'"):
        seeds("3")


@pytest.mark.parametrize("kind", [SGD, lambda p, lr: SGD(p, lr=lr, momentum=0.9), Adam])
def test_a_training_that_diverges_restores_the_optimiser(kind):
    model = Layer(1, 1, nonlin=False, rng=1)
    optimiser = kind(model.parameters(), lr=0.1)
    data = [[0.1], [0.2]], [[1.0], [1.0]]
    train(model, quadratic, data, optimiser)
    optimiser.lr = 1e308
    state = {name: list(x) if isinstance(x, list) else x for name, x in vars(optimiser).items()}
    numbers = model.state_dict()
    with pytest.raises(ArithmeticError, match="parameters and optimiser are left as before it"):
        train(model, lambda outs, ys: quadratic(outs, ys) * 1e300, data, optimiser)
    assert vars(optimiser) == state and model.state_dict() == numbers


def test_an_interrupt_leaves_everything_whole():
    class Interrupted(SGD):
        def step(self, gradient=None):
            self.params[0].data = 99.0
            self.decays[0] = 99.0
            raise KeyboardInterrupt

    model = Sequential(Layer(2, 3), Dropout(0.5), Layer(3, 2, nonlin=False))
    optimiser, before = Interrupted(model.parameters(), lr=0.1), model.state_dict()
    with pytest.raises(KeyboardInterrupt):
        train(model, cross_entropy, (POINTS, CLASSES), optimiser)
    assert model.state_dict() == before and optimiser.decays[0] == 1.0 and model.training

    def evaluate(model):
        raise KeyboardInterrupt

    model = Sequential(Layer(2, 3), Dropout(0.5), Layer(3, 2, nonlin=False))
    with pytest.raises(KeyboardInterrupt):
        train(model, cross_entropy, (POINTS, CLASSES), SGD(model.parameters()), evaluate=evaluate)
    assert {module.training for module in model.modules()} == {True}


class Stubborn(Layer):
    """Cannot be put into evaluation mode."""

    @property
    def training(self):
        return True

    @training.setter
    def training(self, mode):
        if not mode:
            raise KeyboardInterrupt


def test_a_change_of_mode_is_made_whole_or_not_at_all():
    model = Sequential(Layer(2, 2), Stubborn(2, 2))
    for change in (model.eval, lambda: evaluating(model).__enter__()):
        with pytest.raises(KeyboardInterrupt):
            change()
        assert {module.training for module in model.modules()} == {True}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            lambda m, o: (m, (POINTS, CLASSES), cross_entropy, o),
            r"write fit\(model, loss, \(inputs, tar",
        ),
        (lambda m, o: (m, "mse", (POINTS, CLASSES), o), r"such as losses\.mse, got 'mse'"),
        (
            lambda m, o: ((POINTS, CLASSES), cross_entropy, m, o),
            "a model must be .*, got tuple",
        ),
        (
            lambda m, o: (m, cross_entropy, (POINTS, CLASSES), SGD),
            r"made first, as in SGD\(model\.par",
        ),
        (lambda m, o: (m, cross_entropy, (POINTS, CLASSES), 0.1), "made first, as in"),
        (lambda m, o: (m, cross_entropy, [POINTS, CLASSES], o), r"got list: write \(inputs, targets\)"),
    ],
)
def test_arguments_in_the_wrong_places(arguments, says):
    model = classifier()
    with pytest.raises(TypeError, match=says):
        train(*arguments(model, SGD(model.parameters())))


@pytest.mark.parametrize("wrong", [{"epochs": 1.5}, {"steps": "3"}, {"batch_size": 2.0}])
def test_counts_are_whole_numbers(wrong):
    with pytest.raises(TypeError, match="whole number"):
        run(classifier(), **wrong)


def test_impossible_arguments():
    for wrong in ({"batch_size": 0}, {"epochs": -1}, {"steps": -1}):
        with pytest.raises(ValueError, match="batch_size=0|epochs and steps must be 0 or more"):
            run(classifier(), **wrong)
    normed = Sequential(Layer(2, 2), BatchNorm(2))
    for size in (2, 4, 1):
        with pytest.raises(ValueError, match=f"mini-batch of one, which 5 examples with batch_size={size} would give"):
            run(normed, batch_size=size)
    next(run(normed, batch_size=3))


def test_an_optimiser_of_a_flat_array_cannot_train_values():
    with pytest.raises(TypeError, match=r"fit trains the Values of a model: give the optimiser model\.parameters\(\)"):
        fit(classifier(), cross_entropy, (POINTS, CLASSES), SGD(np.ones(3)))


def test_labels_and_shapes_that_do_not_fit_change_nothing():
    model = classifier()
    before = model.state_dict()
    for data, message in (
        ((POINTS, [0, 1, 2, 0, 1]), "class from 0 to 1, got 2"),
        ((POINTS, [0, 1, -1, 0, 1]), "class from 0 to 1, got -1"),
        (([[1.0, 2.0, 3.0]], [0]), "takes 2 inputs, got 3"),
    ):
        with pytest.raises(ValueError, match=message):
            list(fit(model, cross_entropy, data, SGD(model.parameters(), lr=0.1)))
    assert model.state_dict() == before


def test_a_training_that_diverges_keeps_its_last_parameters():
    model = Layer(1, 1, nonlin=False, rng=random.Random(1))
    optimiser, before = SGD(model.parameters(), lr=1e200), model.state_dict()
    with pytest.raises(ArithmeticError, match="a parameter after the step is not finite in mini-batch 1"):
        list(fit(model, quadratic, ([[1e100], [2e100]], [[1.0], [1.0]]), optimiser, batch_size=1, rng=None))
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (
            lambda outs, targets: total(outs) * math.inf,
            "the loss is not finite in mini-batch 1 of epoch 1",
        ),
        (lambda outs, targets: (total(outs) * 0.0) ** 0.5, "a gradient is not finite in mini-batch 1 of epoch 1"),
    ],
)
def test_no_step_is_made_where_a_number_is_not_finite(loss, message):
    model = MLP(2, [1], rng=random.Random(1))
    before = model.state_dict()
    with pytest.raises(ArithmeticError, match=message):
        list(fit(model, loss, (POINTS, CLASSES), SGD(model.parameters(), lr=0.1)))
    assert model.state_dict() == before


def test_a_loss_is_one_value():
    model = classifier()
    for loss in (lambda outs, targets: 0.5, lambda outs, targets: cross_entropy(outs, targets, reduction="none")):
        with pytest.raises(TypeError, match="a loss to train on must be one Value, got (float|list)"):
            list(fit(model, loss, (POINTS, CLASSES), SGD(model.parameters(), lr=0.1)))


# ---- the bar, the plot, the accuracy


def test_the_bar_and_an_interrupt(capsys):
    before = signal.getsignal(signal.SIGINT)

    def evaluate(model):
        if evaluate.done:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
        evaluate.done = True
        return {}

    evaluate.done = False
    history = list(run(classifier(), epochs=1000, evaluate=evaluate, progress=True))
    assert [record["steps"] for record in history] == [3, 6]
    assert signal.getsignal(signal.SIGINT) is before
    said = capsys.readouterr()
    assert "stopped after 6 of 3000 batches, with what was learned so far" in said.out and "loss=" in said.err


def test_an_interrupt_within_an_epoch_still_yields_the_epoch():
    calls = []

    def loss(outs, targets):
        calls.append(1)
        if len(calls) == 4:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
        return cross_entropy(outs, targets)

    model = classifier()
    optimiser = SGD(model.parameters(), lr=0.1)
    history = list(fit(model, loss, (POINTS, CLASSES), optimiser, epochs=9, batch_size=2, progress=True))
    assert [(record["epoch"], record["steps"]) for record in history] == [(1, 3), (2, 4)]


def test_the_bar_in_another_thread():
    from threading import Thread

    found = []
    thread = Thread(target=lambda: found.extend(run(classifier(), progress=True)))
    thread.start()
    thread.join()
    assert len(found) == 4


def test_plot():
    alone = plot(run(classifier()))
    assert [axes.get_ylabel() for axes in alone.axes] == ["loss"]
    both = plot([{"epoch": k, "steps": k, "loss": 1 / k, "learned": 0.5, "fresh": 0.4} for k in (1, 2, 3)])
    lines = [line for axes in both.axes for line in axes.get_lines()]
    assert [line.get_label() for line in lines] == ["loss", "learned", "fresh"]
    assert list(lines[0].get_ydata()) == [1, 1 / 2, 1 / 3]
    with pytest.raises(ValueError, match="empty history"):
        plot([])


def test_plot_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'micrograd-lab\[demo\]'"):
        plot([{"epoch": 1, "steps": 1, "loss": 1.0}])


def test_accuracy():
    layer = Layer(1, 1, nonlin=False)
    layer.weight = [[1]]
    assert accuracy(layer, [[1.0], [-1.0], [2.0], [3.0]], [1, -1, 1, -1]) == 0.75
    for inputs, targets in (([], []), ([[1.0]], [1, 1])):
        with pytest.raises(ValueError, match="as many targets as inputs"):
            accuracy(layer, inputs, targets)


# ---- the program of one example, over mini-batches


def test_a_batch_gives_the_same_figures():
    rng = random.Random(5)
    points = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(50)]
    classes = [int(x > y) for x, y in points]
    histories = []
    for options in ({"compile": True}, {"batch": True}):
        twin = MLP(2, [4, 2], rng=random.Random(1))
        optimiser = SGD(twin.parameters(), lr=0.1)
        histories.append(
            train(twin, cross_entropy, (points, classes), optimiser, epochs=3, batch_size=16, rng=1, **options)
        )
        assert predict(twin, points) == twin.predict(points)
    assert [sorted(epoch) for epoch in histories[0]] == [sorted(epoch) for epoch in histories[1]]
    for one, other in zip(*histories, strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-12)


def test_a_batch_takes_means_over_examples_only():
    def total(outputs, targets):
        return cross_entropy(outputs, targets, "sum")

    twin = MLP(2, [2], rng=random.Random(1))
    optimiser = SGD(twin.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="mean over the examples: of the first two it is .* of each alone"):
        train(twin, total, (POINTS, CLASSES), optimiser, batch=True)
    normed = Sequential(Layer(2, 2), BatchNorm(2))
    with pytest.raises(ValueError, match="looks at all of a mini-batch"):
        train(normed, cross_entropy, (POINTS, CLASSES), SGD(normed.parameters()), batch=True)


def test_a_batch_draws_as_training_does():
    histories = []
    for options in ({}, {"batch": True}):
        dropping = Sequential(
            Layer(2, 4, rng=random.Random(1)), Dropout(0.5, rng=random.Random(2)), Layer(4, 2, rng=random.Random(3))
        )
        optimiser = SGD(dropping.parameters(), lr=0.1)
        histories.append(train(dropping, cross_entropy, (POINTS, CLASSES), optimiser, epochs=4, rng=1, **options))
    assert [epoch["loss"] for epoch in histories[0]] == pytest.approx(
        [epoch["loss"] for epoch in histories[1]], rel=1e-12
    )


def test_a_single_output_is_predicted_by_its_kind():
    twin = MLP(2, [3, 1], rng=random.Random(1))
    assert predict(twin, POINTS, output="margin") == twin.predict(POINTS, output="margin")
    assert predict(twin, tuple(POINTS), output="margin") == twin.predict(POINTS, output="margin")
    with pytest.raises(ValueError, match="does not say which class it means"):
        predict(twin, POINTS)
