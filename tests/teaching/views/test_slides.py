"""The slides of a pass as pictures, a moving picture, a film: what they say, and what the files are."""

import re
import subprocess
import sys

import pytest
from graphs import graphs, network, neuron, shared
from hypothesis import given
from PIL import Image

import micrograd
from micrograd import Value
from micrograd.cli.main import main
from micrograd.drawing import moving
from micrograd.drawing.export import set_in_own_font
from micrograd.engine import topological
from micrograd.teaching.views import slide_files
from micrograd.teaching.views.slide_picture import NARROW, Deck, draw_slide, wrap
from micrograd.teaching.views.slides import make_slides
from micrograd.text.measure import text_width


def deck(root, theme="light"):
    page = micrograd.step(root)._page()
    slides = make_slides(page)
    return Deck(page.scene, page.title, len(slides), theme), slides


def drawn(root, theme="light"):
    made, slides = deck(root, theme)
    return [draw_slide(made, slide, k) for k, slide in enumerate(slides, start=1)]


def test_what_the_slides_say():
    _, slides = deck(shared())
    assert [slide.heading for slide in slides] == (
        "Forward: the leaves have their numbers|e = 12|f = 17|L = 204|Seed: ∂L/∂L = 1|"
        "L → e|L → f|f → e|f → c|e → a|e → b|All gradients are known"
    ).split("|")
    third = slides[7]
    assert third.sentences[0] == "e.grad: 17 + 12 = 29, final." and third.aside == "left operand of +"
    assert [term.numbers for term in third.terms] == ["12", "×", "1", "=", "12"] and third.amount == "+12"
    assert slides[-1].sentences == ["c.grad = 12, a.grad = 116, b.grad = 87"]


def test_no_number_comes_before_its_time():
    made, slides = deck(shared())
    pictures = [draw_slide(made, slide, k) for k, slide in enumerate(slides, start=1)]
    assert ">12</text>" not in pictures[0] and ">204</text>" not in pictures[2] and ">204</text>" in pictures[3]
    assert "17 (1 of 2)" in pictures[5] and ">29" not in pictures[6] and ">29" in pictures[7]
    assert [picture.count("pushed mg-edge") for picture in pictures] == [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]
    assert [picture.count('class="check"') for picture in pictures] == [0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 6]
    assert [picture.count('class="amount"') for picture in pictures] == [0] * 5 + [1] * 6 + [0]


@given(graphs())
def test_every_graph_has_slides(root):
    pictures = drawn(root, "dark")
    inner = sum(1 for v in topological(root) if v.parents)
    assert len(pictures) - (inner + bool(inner) + 1 + len(micrograd.step(root))) in (0, 1)
    assert all("nan" not in re.sub(r">[^<]*<", "", picture) for picture in pictures)


def test_a_leaf_is_one_slide_and_labels_are_text():
    (picture,) = drawn(Value(3.0, label="<b>&"))
    assert "<b>" not in picture and "&lt;b&gt;&amp;" in picture


def test_a_large_graph_is_seen_around_its_step():
    made, slides = deck(network(2, 9, 1))
    windows = [re.search(r'height="418" viewBox="(.*?)"', draw_slide(made, slide, 1))[1] for slide in slides]
    sizes = {tuple(window.split()[2:]) for window in windows}
    assert len(sizes) == 2 and len(set(windows)) > 5


def test_lines_are_as_wide_as_there_is_room():
    text = "Check: nudge b by 0.01 and L moves by about 0.006401 (measured: 0.006363)."
    lines = list(wrap(text, 20.0, 300.0))
    assert " ".join(lines) == text and len(lines) > 2
    assert all(text_width(line, 20.0) * NARROW <= 300.0 for line in lines)


def test_exponents_that_the_font_lacks_are_raised():
    written = set_in_own_font('<text x="1">v2⁻³ = 8</text><text>x² <tspan>xʸ</tspan></text><g aria-label="x⁻¹"/>')
    small, end = '<tspan baseline-shift="super" font-size="70%">', "</tspan>"
    assert written == (
        f'<text x="1">v2{small}−3{end} = 8</text><text>x² <tspan>x{small}y{end}{end}</text><g aria-label="x⁻¹"/>'
    )


def test_a_picture_each(tmp_path):
    pytest.importorskip("vl_convert")
    first = micrograd.step("a*b", a=2, b=3).save(tmp_path / "steps.png", width=640)
    assert first == tmp_path / "steps-01.png"
    assert [path.name for path in sorted(tmp_path.iterdir())] == [f"steps-{k:02d}.png" for k in range(1, 7)]
    with Image.open(first) as picture:
        assert picture.size == (640, 360)


def test_a_moving_picture(tmp_path):
    pytest.importorskip("vl_convert")
    s = micrograd.step("a*b", a=2, b=3)
    path = s.save(tmp_path / "steps.gif", width=320, theme="dark")
    content = path.read_bytes()
    with Image.open(path) as picture:
        assert picture.n_frames == 6 and picture.size == (320, 180) and picture.info["loop"] == 0
        assert picture.convert("RGB").getpixel((5, 150)) == (20, 25, 31)
        assert picture.info["duration"] == round(1000 * slide_files.time_to_read(make_slides(s._page())[0]), -1)
    assert s.save(path, width=320, theme="dark").read_bytes() == content
    s.save(path, width=320, seconds=2)
    with Image.open(path) as picture:
        assert picture.convert("RGB").getpixel((5, 150)) == (255, 255, 255)
        assert picture.info["duration"] == 2000


def test_a_film(tmp_path):
    pytest.importorskip("vl_convert")
    try:
        moving.find_ffmpeg()
    except FileNotFoundError:
        pytest.skip("no ffmpeg is installed")
    path = micrograd.step("a*b", a=2, b=3).save(tmp_path / "steps.mp4", width=641, seconds=1)
    assert path.read_bytes()[4:8] == b"ftyp"
    said = subprocess.run([moving.find_ffmpeg(), "-i", path], capture_output=True, text=True).stderr
    assert "h264" in said and "640x360" in said and "00:00:06" in said


def test_what_a_film_needs(monkeypatch):
    monkeypatch.setattr(moving.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(FileNotFoundError, match=r"MP4 needs ffmpeg: install it .* a GIF needs neither"):
        moving.mp4([b""], [1.0])
    monkeypatch.setattr(moving, "find_ffmpeg", lambda: sys.executable)
    with pytest.raises(OSError, match="ffmpeg could not write the film: "):
        moving.mp4([b""], [1.0])


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("s.pdf", {}, "save slides.html and print it: a slide a page"),
        ("s.pptx", {}, r"a stepper is saved as \.html, \.png, \.gif or \.mp4, got 's\.pptx'"),
        ("s", {}, "a stepper is saved as"),
        ("s.html", {"width": 800}, "width is for pictures"),
        ("s.png", {"seconds": 2}, "seconds is for moving pictures"),
        ("s.gif", {"seconds": 0}, "seconds must be a number from 0.1 to 600, got 0"),
        ("s.gif", {"width": 10}, "width must be a whole number of pixels from 320 to 7680, got 10"),
        ("s.gif", {"theme": "blue"}, "theme must be 'auto', 'light' or 'dark', got 'blue'"),
    ],
)
def test_what_cannot_be_saved(name, options, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        micrograd.step("a*b", a=2, b=3).save(tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_too_many_slides(monkeypatch, tmp_path):
    monkeypatch.setattr(slide_files, "MOST", 5)
    with pytest.raises(ValueError, match="at most 5 slides become pictures, this pass has 17"):
        micrograd.step(neuron()).save(tmp_path / "s.gif")


def test_the_command(tmp_path, capsys):
    path = tmp_path / "slides.html"
    assert main(["step", "a*b", "a=2", "b=3", "-o", str(path), "--theme", "dark"]) == 0
    assert capsys.readouterr().out == f"a*b: 2 steps in {path}\n"
    assert '<html lang="en" data-theme="dark" data-slides="">' in path.read_text(encoding="utf-8")
    assert main(["step", "a*b", "a=2", "b=3", "-o", str(path), "--seconds", "2"]) == 1
    assert "seconds is for moving pictures" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["step", "a*b", "a=2", "b=3", "--width", "800"])
    assert "--width is for slides as pictures" in capsys.readouterr().err
    pytest.importorskip("vl_convert")
    assert main(["step", "a*b", "a=2", "b=3", "-o", str(tmp_path / "s.png"), "--width", "320"]) == 0
    assert capsys.readouterr().out == f"a*b: 2 steps in {tmp_path / 's-01.png'}, the first of the pictures\n"
