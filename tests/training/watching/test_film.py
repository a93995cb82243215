"""`watch`: the same training, seen; what is kept of it; how it ends."""

import copy
import json
import random
import re
import zlib
from base64 import b64decode
from pathlib import Path

import pytest

import micrograd
from micrograd import Value, datasets, fit, train, watch
from micrograd.losses import cross_entropy, max_margin, mse
from micrograd.nn import MLP, BatchNorm, Dropout, Layer, Module, ReLU, Sequential
from micrograd.optim import SGD, Adam
from micrograd.training.watching import Film
from micrograd.training.watching.recording import SHOTS, Thinned

POINTS, LABELS = datasets.moons(30, noise=0.1, seed=1)
CLASSES = [int(y > 0) for y in LABELS]


def moons(epochs=3, **options):
    model = MLP(2, [4, 1], fused=True, rng=random.Random(1))
    return model, fit(
        model, max_margin, (POINTS, LABELS), SGD(model.parameters(), lr=0.5), epochs=epochs, rng=1, **options
    )


def unpacked(page):
    """The data of a page."""
    return json.loads(zlib.decompress(b64decode(re.search(r'\("([A-Za-z0-9+/=]{100,})"', page)[1])))


def shots(film):
    return [shot.number for shot in film.recording]


# ---- the same training


def noisy():
    """A network with dropout and batch normalisation, all its random numbers from the global generator."""
    random.seed(5)
    parts = Layer(2, 6, nonlin=False), BatchNorm(6), ReLU(), Dropout(0.3), Layer(6, 2, nonlin=False)
    model = Sequential(*parts)
    return model, fit(model, cross_entropy, (POINTS, CLASSES), Adam(model.parameters()), epochs=4, batch_size=10)


def test_a_watched_training_gives_the_same_numbers():
    plain, training = noisy()
    history, after = list(training), random.random()
    model, training = noisy()
    film = watch(training)
    watched = []
    for record in film:
        assert film.svg  # a picture of every moment
        watched.append(record)
    assert (watched, random.random(), model.state_dict()) == (history, after, plain.state_dict())
    assert model.training == plain.training and [p.grad for p in model.parameters()] == [
        p.grad for p in plain.parameters()
    ]


def test_train_with_watch_returns_the_history(capsys):
    model, training = moons()
    expected = list(training)
    twin = MLP(2, [4, 1], fused=True, rng=random.Random(1))
    optimiser = SGD(twin.parameters(), lr=0.5)
    history = train(twin, max_margin, (POINTS, LABELS), optimiser, epochs=3, rng=1, watch=True)
    assert history == expected and shots(history.film) == [0, 1, 2, 3]
    assert "epoch 3 of 3  loss" in capsys.readouterr().err


def test_a_function_is_lent_its_old_numbers_and_has_its_own_back():
    w = Value(0.0, label="w")

    def model(xs):
        return [w * x for x in xs]

    film = watch(fit(model, mse, ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]), SGD([w], lr=0.05), epochs=5, rng=None))
    list(film)
    found, grad = w.data, w.grad
    assert found > 1 and "line.curve" in unpacked(film.html)["keys"]
    assert (w.data, w.grad) == (found, grad)


# ---- how it ends


def test_a_break_leaves_the_film_so_far_and_the_training_can_go_on():
    model, training = moons(5)
    film = watch(training)
    for record in film:
        if record["epoch"] == 2:
            break
    assert shots(film) == [0, 1, 2] and repr(film).startswith("<film of 2 records: epoch 2 of 5  loss 0.")
    assert film.recording.last.data.tolist() == [p.data for p in model.parameters()]
    assert [record["epoch"] for record in film] == [3, 4, 5] and shots(film) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_error_in_the_loop_leaves_the_film_so_far(error, capsys):
    _, training = moons()
    film = watch(training)
    with pytest.raises(error):
        for record in film:
            if record["epoch"] == 2:
                raise error
    assert shots(film) == [0, 1, 2] and capsys.readouterr().err.startswith("epoch 2 of 3")


def interrupted_at(k):
    """A loss whose call number k is interrupted."""
    calls = []

    def loss(outs, ys):
        calls.append(1)
        if len(calls) == k:
            raise KeyboardInterrupt
        return max_margin(outs, ys)

    return loss


def test_an_interrupted_epoch_leaves_model_and_optimiser_whole(capsys):
    model, loss = MLP(2, [4, 1], rng=random.Random(1)), interrupted_at(8)
    optimiser = SGD(model.parameters(), lr=0.5, momentum=0.9)
    film = watch(fit(model, loss, (POINTS, LABELS), optimiser, epochs=5, batch_size=10, rng=1))
    with pytest.raises(KeyboardInterrupt):
        list(film)
    assert model.training and shots(film) == [0, 1, 2]
    assert capsys.readouterr().err.startswith("epoch 2 of 5")
    assert len(train(model, max_margin, (POINTS, LABELS), optimiser)) == 1


def test_train_interrupted_keeps_what_it_has(capsys):
    model, loss = MLP(2, [4, 1], rng=random.Random(1)), interrupted_at(8)
    optimiser = SGD(model.parameters(), lr=0.5)
    history = train(model, loss, (POINTS, LABELS), optimiser, epochs=5, batch_size=10, rng=1, watch=True)
    assert len(history) == 2 and shots(history.film) == [0, 1, 2]
    assert "stopped after 2 epochs, with what was learned so far" in capsys.readouterr().out


@pytest.mark.parametrize("records", [3, "abc", {"loss": 1.0}, MLP(2, [1])], ids=type)
def test_what_yields_no_records(records):
    with pytest.raises(TypeError, match=r"got \w+: write watch\(fit\(model"):
        watch(records)


def test_labels_that_do_not_fit_are_refused_at_once():
    with pytest.raises(ValueError, match="as many labels as points are needed, got 3 for 30 points"):
        watch([1.0], POINTS, LABELS[:3], model=MLP(2, [1]))


def test_what_is_no_model_and_no_kind_of_output_is_refused_at_once():
    with pytest.raises(TypeError, match="a model must be a module or a function of a batch, got str"):
        watch([1.0], POINTS, LABELS, model="x")
    with pytest.raises(ValueError, match="output must be one of 'logit', 'probability', 'margin', 'number', got 'foo'"):
        watch([1.0], output="foo")


def test_figures_of_other_libraries(capsys):
    numpy = pytest.importorskip("numpy")
    film = watch([numpy.float32(0.5), {"loss": numpy.array(0.25), "rate": numpy.float32(2.0)}])
    assert len(list(film)) == 2 and film.recording.series() == {"loss": [(1, 0.5), (2, 0.25)], "rate": [(2, 2.0)]}


# ---- what is kept


def test_long_trainings_are_thinned_evenly():
    kept = Thinned(10)
    for k in range(1000):
        if kept.wants(k):
            kept.keep(k, k)
    assert list(kept.items) == list(range(0, 1000, 128))


def test_a_film_has_a_bounded_number_of_moments_the_first_and_the_last_among_them():
    film = watch({"loss": 1 / k} for k in range(1, 5 * SHOTS))
    list(film)
    numbers = shots(film)
    assert numbers[0] == 0 and numbers[-1] == 5 * SHOTS - 1 and len(numbers) <= SHOTS + 1
    assert len({b - a for a, b in zip(numbers[:-1], numbers[1:-1], strict=False)}) == 1


def test_running_statistics_are_those_of_the_moment():
    model, training = noisy()
    film = watch(training)
    list(film)
    first, *_, last = film.recording
    assert last.state == model.state_dict() and first.state != last.state
    before = copy.deepcopy(model.state_dict())
    page = unpacked(film.html)
    assert model.state_dict() == before and page["moments"][0] != page["moments"][-1]


# ---- loops of one's own


def test_a_loop_of_ones_own():
    model = MLP(2, [3, 1], rng=random.Random(1))

    def loop():
        optimiser = SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            loss = max_margin(model(POINTS), LABELS)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            yield {"loss": loss, "rate": 0.1, "note": "text"}

    film = watch(loop(), POINTS, LABELS, model=model)
    records = list(film)
    assert isinstance(records[0]["loss"], Value) and film.recording.series()["rate"] == [(1, 0.1), (2, 0.1), (3, 0.1)]
    data = unpacked(film.html)
    assert data["labels"] == ["before the training", "step 1", "step 2", "step 3"]
    assert {"plane.field", "plane.border", "network.data0", "curves.0"} <= {*data["keys"]}


def test_without_a_model_there_are_the_figures():
    film = watch(iter([3.0, Value(2.0), 1.0]))
    assert len(list(film)) == 3 and unpacked(film.html)["keys"] == ["curves.0", "curves.now", "curves.x"]


def test_a_film_of_nothing_is_a_page_too():
    film = watch(iter([]))
    assert list(film) == [] and "<title>A training</title>" in film.html


@pytest.mark.parametrize(
    "arguments, options, message",
    [
        ((moons,), {}, r"got function: write watch\(fit\(model, loss, data, optimiser\), points, labels\)"),
        (([1.0], POINTS), {}, "points and labels go together"),
        (([1.0], POINTS, LABELS), {}, r"write watch\(..., model=model\)"),
    ],
)
def test_bad_arguments(arguments, options, message):
    with pytest.raises(TypeError, match=message):
        watch(*arguments, **options)


def test_bad_records():
    with pytest.raises(TypeError, match="a record must be a dict of figures, .* got str"):
        list(watch(iter(["loss"])))


def test_files(tmp_path):
    _, training = moons(1)
    film = watch(training)
    list(film)
    assert film.save(tmp_path / "film.html").read_text(encoding="utf-8") == film.html
    assert film.save(tmp_path / "film.svg").read_text(encoding="utf-8").startswith("<svg ")
    with pytest.raises(ValueError, match="a film is saved as .html, .svg, .png, .pdf, got 'film.mov'"):
        film.save(tmp_path / "film.mov")
    with pytest.raises(ValueError, match="theme must be"):
        film.save(tmp_path / "film.png", theme="blue")
    pytest.importorskip("vl_convert")
    assert film.save(tmp_path / "film.png", theme="dark").read_bytes().startswith(b"\x89PNG")
    assert isinstance(film, Film) and isinstance(micrograd.training.Film, type) and Module


def test_a_saved_picture_has_the_accuracy_of_all_moments(tmp_path):
    """A quick training is looked at twice while it runs: before it and at its end."""
    _, training = moons(9, compile=True)
    film = watch(training)
    list(film)
    text = film.save(tmp_path / "film.svg").read_text(encoding="utf-8")
    routes = re.findall(r'<path class="line line0 faint" d="([^"]*)"', text)
    assert [route.count("L") for route in routes] == [8, 9]  # the loss is that of an epoch; none is before the first


def test_the_data_know_no_view():
    folder = Path(micrograd.training.watching.__file__).parent
    for name in ("recording", "twin", "subject", "pace"):
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        assert not re.search(r"^from micrograd.training.watching.(scenes|page|still|film)", text, re.MULTILINE), name
