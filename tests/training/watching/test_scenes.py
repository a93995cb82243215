"""What there is to see: chosen by the data, drawn right, and changing where it says so."""

import html
import json
import math
import random
import re
import xml.etree.ElementTree as xml
import zlib
from base64 import b64decode

import pytest

from micrograd import Value, fit, watch
from micrograd.losses import cross_entropy, max_margin, mse, sigmoid_cross_entropy
from micrograd.nn import MLP, Layer, Module, ReLU, Sequential
from micrograd.optim import SGD
from micrograd.training.watching.recording import spread
from micrograd.training.watching.scenes.contours import contour
from micrograd.training.watching.scenes.raster import png
from micrograd.training.watching.scenes.sheet import Scale, fill
from micrograd.training.watching.subject import find_subject

RNG = random.Random(7)
PLANE = [[RNG.gauss(0, 1), RNG.gauss(0, 1)] for _ in range(20)]
IMAGES = [[float(k == i % 4) for k in range(16)] for i in range(20)]
FIVE = [[RNG.gauss(0, 1) for _ in range(5)] for _ in range(20)]


def filmed(model, loss, inputs, targets):
    film = watch(fit(model, loss, (inputs, targets), SGD(model.parameters(), lr=0.1), epochs=2, rng=None))
    list(film)
    return film


def mlp(*sizes):
    return MLP(sizes[0], [*sizes[1:]], activation="tanh", rng=random.Random(1))


def sections(film):
    return re.findall("<h2>(.*?)</h2>", film.html)


CASES = {
    "two classes": (mlp(2, 3, 1), max_margin, PLANE, [1, -1] * 10, "Decision boundary"),
    "logits": (mlp(2, 3, 1), sigmoid_cross_entropy, PLANE, [1, 0] * 10, "Decision boundary"),
    "four classes": (mlp(2, 3, 4), cross_entropy, PLANE, [0, 1, 2, 3] * 5, "Decision boundary"),
    "numbers of the plane": (mlp(2, 3, 1), mse, PLANE, [x * y for x, y in PLANE], "Outputs"),
    "a curve": (mlp(1, 3, 1), mse, [[x] for x, _ in PLANE], [y for _, y in PLANE], "The model's curve"),
    "numbers": (mlp(5, 3, 1), mse, FIVE, [x[0] for x in FIVE], "Output and target"),
    "images": (mlp(16, 4), cross_entropy, IMAGES, [0, 1, 2, 3] * 5, "Samples and guesses"),
    "classes": (mlp(5, 3, 3), cross_entropy, FIVE, [0, 1, 2, 1] * 5, "Taken for"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_shown_follows_the_data(name, capsys):
    *training, title = CASES[name]
    film = filmed(*training)
    found = sections(film)
    assert found[:2] == ["Figures", html.escape(title)]
    assert found[-1] in ("The network, on one example", "Parameters and gradients")
    xml.fromstring(film.svg)
    drawn = {change.split("=")[1] for text in re.findall('data-film="([^"]*)"', film.html) for change in text.split()}
    data = json.loads(zlib.decompress(b64decode(re.search(r'\("([A-Za-z0-9+/=]{100,})"', film.html)[1])))
    assert drawn == {*data["keys"]} and len(data["moments"]) == 3  # all that changes is drawn, and known


def test_sequences_of_many_lengths_are_no_points(capsys):
    class Last(Module):
        def __init__(self):
            self.w = Value(0.5)

        def __call__(self, sequences):
            return [self.w * sequence[-1] for sequence in sequences]

    data = [[1.0, 2.0], [1.0], [2.0, 3.0, 4.0]]
    assert sections(filmed(Last(), mse, data, [0.1, 0.2, 0.3]))[:2] == ["Figures", "Output and target"]
    film = watch(iter([1.0]), data, [0.1, math.nan, 0.3], model=Last())
    assert len(list(film)) == 1 and "Figures" in sections(film)


def test_many_parameters_are_shown_by_tensor(capsys):
    parts = Layer(60, 90, nonlin=False), ReLU(), Layer(90, 2, nonlin=False)
    data = [[float(i == k) for k in range(60)] for i in range(4)]
    film = filmed(Sequential(*parts), cross_entropy, data, [0, 1, 0, 1])
    assert sections(film)[-1] == "Parameters and gradients"
    assert all(f">{name}</text>" in film.svg for name in ("layer 0 w", "layer 0 b", "layer 2 w", "layer 2 b"))


def test_a_training_goes_on_where_it_cannot_be_drawn(capsys):
    class Steep(Module):
        def __init__(self):
            self.w = Value(0.5)

        def __call__(self, points):
            if abs(self.w.data) > 0.55:
                raise OverflowError("too large")
            return [self.w * x for x, _ in points]

    model = Steep()

    def steps():
        for k in range(3):
            model.w.data += 0.04
            yield {"loss": float(k)}

    film = watch(steps(), PLANE, [1, -1] * 10, model=model)
    assert len(list(film)) == 3 and "Decision boundary" in sections(film)
    assert film.html.count("OverflowError: too large") == 2


def test_what_cannot_be_run_on_its_data_shows_its_figures(capsys):
    def model(texts):
        raise TypeError("tokens are wanted")

    film = watch(iter([1.0, 0.5]), ["a", "bc"], [0, 1], model=model)
    assert len(list(film)) == 2 and sections(film) == ["Figures"]


def test_a_loss_of_nan_is_no_hindrance():
    film = watch({"loss": x} for x in (1.0, math.nan, math.inf, 0.5))
    list(film)
    assert "nan" not in film.svg and "inf" not in film.svg and "×" in film.line


def test_at_a_loss_of_nan_the_picture_says_nan():
    film = watch({"loss": x} for x in (1.0, math.nan))
    list(film)
    assert ">nan</tspan>" in film.svg


@pytest.mark.parametrize("outputs, loss, classes", [(1, max_margin, [1, -1] * 10), (3, cross_entropy, [0, 1] * 10)])
def test_where_a_model_says_nan_its_picture_says_nothing(outputs, loss, classes):
    image = pytest.importorskip("PIL.Image")
    from io import BytesIO

    model = mlp(2, outputs)
    for p in model.parameters():
        p.data = math.nan
    svg = watch(iter([1.0]), PLANE, classes, model=model, loss=loss).svg
    content = b64decode(re.search(r'href="data:image/png;base64,([^"]*)"', svg)[1])
    assert image.open(BytesIO(content)).convert("RGBA").getextrema()[3] == (0, 0)


def test_names_of_figures_are_text():
    film = watch(iter([{"a <b> & 'c' \"d\" =e": 1.0}] * 2))
    list(film)
    assert xml.fromstring(film.svg) is not None and "<b>" not in film.html


# ---- the parts


def test_a_level_is_found_where_it_is():
    n = 20
    field = [math.hypot(i - 9.3, j - 9.7) for j in range(n) for i in range(n)]
    (circle,) = contour(field, n, 6.0)
    assert circle[0] == circle[-1] and len(circle) > 30
    assert all(abs(math.hypot(x - 9.3, y - 9.7) - 6) < 0.05 for x, y in circle)
    slope = [i + 0.5 for _ in range(n) for i in range(n)]
    assert contour(slope, n, 7.0) in (
        [[(6.5, float(j)) for j in range(n)]],
        [[(6.5, float(n - 1 - j)) for j in range(n)]],
    )
    assert contour(slope, n, 99.0) == contour([math.nan] * n * n, n, 0.0) == []


@pytest.mark.parametrize("corners", range(16))
def test_lines_end_at_the_border_only(corners):
    field = [0.0] * 16
    for k, place in enumerate((5, 6, 10, 9)):
        field[place] = float(corners >> k & 1)
    for line in contour(field, 4, 0.5):
        assert line[0] == line[-1]  # around what is above


def test_an_image_is_a_png():
    image = pytest.importorskip("PIL.Image")
    from io import BytesIO

    content = b64decode(png(bytes([0, 1, 1, 0, 1, 0]), 3, [(255, 0, 0, 255), (0, 0, 9, 0)]).split(",")[1])
    picture = image.open(BytesIO(content)).convert("RGBA")
    assert picture.size == (3, 2) and picture.getpixel((0, 0)) == (255, 0, 0, 255)
    assert picture.getpixel((1, 0)) == (0, 0, 9, 0)


def test_fill():
    body = '<a x="1" data-film="d=one class=two"/><b data-film="=three"></b>'
    values = {"one": "M0 0", "two": "q", "three": "<&"}
    assert fill(body, values) == '<a x="1" d="M0 0" class="q"/><b>&lt;&amp;</b>'
    assert fill(body, values, keep=True).count("data-film") == 2


@pytest.mark.parametrize(
    "low, high, log", [(0.0, 1.0, False), (-3e5, 2e5, False), (1e-5, 3.0, True), (2.0, 2.0, False)]
)
def test_a_scale_has_a_few_round_numbers(low, high, log):
    ticks = Scale(low, high, 0.0, 100.0, log).ticks()
    assert 1 <= len(ticks) <= 6 and all(low <= tick <= high or math.isclose(tick, low) for tick in ticks)


@pytest.mark.parametrize("count", range(20))
def test_moments_are_looked_at_from_the_ends_to_the_middle(count):
    assert sorted(spread(count)) == list(range(count)) and list(spread(count))[:2] == [0, count - 1][:count]


def test_a_subject_says_what_does_not_fit():
    with pytest.raises(ValueError, match="as many labels as points are needed, got 1 for 2 points"):
        find_subject(None, [[1.0], [2.0]], [1], None, None)
    with pytest.raises(ValueError, match="points is empty"):
        find_subject(None, [], [], None, None)
