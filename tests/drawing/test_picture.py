"""Pictures as text and as files: golden SVG and DOT, safe labels, boxes wide enough, PNG and PDF with their text."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from samples import network, neuron, readme

from micrograd import Value, draw
from micrograd.drawing.diagram import Box
from micrograd.drawing.faces import Style, make_face
from micrograd.drawing.theme import DARK, LIGHT, SHADES, mix
from micrograd.text.measure import text_width

GOLDEN = Path(__file__).parent / "golden"
NASTY = "<script>alert(1)</script> & \"quotes\" 'n' {records | too} \\N ]]> --> \x00\x1b\ud800"


def product():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    out = a * b + a
    out.label = "out"
    out.backward()
    return out


def square():
    a = Value(1.5)
    out = (a * a) ** 3
    out.backward()
    return out


PICTURES = {
    "product": lambda: draw(product()),
    "square-down": lambda: draw(square(), direction="down", grad=False),
    "layers": lambda: draw(network(2, 2, 1), collapse="layer"),
    "heat": lambda: draw(product(), color="grad", digits=2),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("ending", ["svg", "dot"])
def test_golden(name, ending):
    """If a picture changed on purpose: look at it, then save it over the golden one."""
    assert getattr(PICTURES[name](), ending) == (GOLDEN / f"{name}.{ending}").read_text(encoding="utf-8")


@pytest.mark.parametrize("name, theme", [("neuron", "light"), ("neuron-dark", "dark")])
def test_the_picture_of_the_readme(name, theme):
    docs = Path(__file__).parents[2] / "docs"
    assert readme().themed(theme) == (docs / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_the_same_every_time(make):
    assert make().svg == make().svg and make().html == make().html


def test_nothing_has_an_id():
    assert " id=" not in draw(network(2, 4, 1)).svg


def texts(picture):
    return "\n".join(ElementTree.fromstring(picture.svg).itertext())


def test_svg_is_valid(tmp_path):
    path = draw(network(2, 4, 4, 1), color="grad").save(tmp_path / "net.svg")
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    if xmllint := shutil.which("xmllint"):
        subprocess.run([xmllint, "--noout", "--nonet", str(path)], check=True)


def scripts(picture):
    """How many scripts the picture's page opens and closes."""
    return picture.html.count("<script>"), picture.html.count("</script>")


def test_labels_are_text():
    x = Value(1.0, label=NASTY)
    out = x * Value(2.0, (x,), "<b>op</b>")
    out.label = NASTY
    picture = draw(out)
    assert "<script>alert(1)</script>" in texts(picture)
    assert "<script>" not in picture.svg and "<b>" not in picture.svg
    assert "<script>alert" not in picture.html and scripts(picture) == (2, 2)  # the theme's and the picture's
    assert r"\<script\>" in picture.dot and '" too' not in picture.dot
    picture = draw(network(2, 4, 1), collapse="layer")
    assert scripts(picture) == (2, 2)


@given(st.text())
def test_any_label(label):
    picture = draw(Value(1.0, label=label) + 1.0)
    ElementTree.fromstring(picture.svg)
    picture.svg.encode(), picture.html.encode(), picture.dot.encode()


def test_numbers_are_short_and_exact_on_hovering():
    picture = draw(Value(1 / 3, label="third") * 1e-7)
    assert "0.3333" in texts(picture) and f"data = {1 / 3!r}" in texts(picture)
    assert "0.33333333" in texts(draw(Value(1 / 3), digits=8))


def test_data_and_grad_can_be_left_out():
    for data, grad in [(True, False), (False, True), (False, False)]:
        names = [name for face in draw(neuron(), data=data, grad=grad).faces for name, _ in face.rows]
        assert ("data" in names, "grad" in names) == (data, grad)


# ---- room for the text


@given(st.text(min_size=1, max_size=30), st.floats(), st.floats())
def test_the_texts_fit_their_box(label, data, grad):
    v = Value(data, label=label)
    v.grad = grad
    for box in (Box("leaf", v), Box("op", v * 2.0, output=True)):
        face = make_face(box, Style(digits=17))
        room = face.width - face.strip
        assert text_width(face.label, 13.0, bold=True) < room
        assert all(text_width(f"{name} {value}", 11.5) < room for name, value in face.rows)


# ---- colours


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(palette):
    shades = [mix(palette.cold, palette.hot, k / (SHADES - 1)) for k in range(SHADES)]
    for kind, (fill, line, strip) in palette.boxes.items():
        for ink in ("ink", "muted", "grad"):
            assert contrast(getattr(palette, ink), fill) >= 4.5, (kind, ink)
        assert contrast(palette.ink, strip) >= 4.5, kind
        assert contrast(line, palette.page) >= 3, kind
    assert contrast(palette.edge, palette.page) >= 3
    assert all(contrast(palette.ink, shade) >= 4.5 for shade in shades)


# ---- files


def test_save_by_the_ending(tmp_path):
    picture = draw(neuron())
    for ending, begin in {"svg": b"<svg", "html": b"<!DOCTYPE html>", "dot": b"digraph", "png": b"\x89PNG"}.items():
        path = tmp_path / f"neuron.{ending.upper() if ending == 'svg' else ending}"
        assert picture.save(str(path)) == path
        assert path.read_bytes().startswith(begin)
    light, dark = picture.save(tmp_path / "a.png").read_bytes(), picture.save(tmp_path / "b.png", theme="dark")
    assert light != dark.read_bytes()
    with pytest.raises(ValueError, match=r"saved as \.svg, \.png, \.pdf, \.html, \.dot, got 'neuron.jpg'"):
        picture.save(tmp_path / "neuron.jpg")
    with pytest.raises(ValueError, match="theme must be 'light' or 'dark', got 'red'"):
        picture.save(tmp_path / "neuron.png", theme="red")


def test_pdf_embeds_its_font(tmp_path):
    content = draw(neuron()).save(tmp_path / "neuron.pdf").read_bytes()
    assert content.startswith(b"%PDF") and b"LiberationSans" in content and b"FontFile2" in content


def test_png_has_text_without_any_font_of_the_system(tmp_path, monkeypatch):
    """The text is there: without it the picture has other pixels."""
    draw(neuron()).save(tmp_path / "with.png")
    picture = draw(neuron())
    for face in picture.faces:
        face.label, face.symbol, face.rows = "", "", []
    picture.save(tmp_path / "without.png")
    assert (tmp_path / "with.png").stat().st_size > 1.5 * (tmp_path / "without.png").stat().st_size
    assert '"Liberation Sans"' in (GOLDEN / "product.svg").read_text(encoding="utf-8")


def test_png_has_the_shades_of_a_heat_map(tmp_path):
    """What draws PNGs knows only a part of CSS."""
    with Image.open(PICTURES["heat"]().save(tmp_path / "heat.png")) as image:
        seen = {"#{:02x}{:02x}{:02x}".format(*colour[:3]) for _, colour in image.convert("RGB").getcolors(1 << 24)}
    assert LIGHT.hot in seen


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    for ending in ("png", "pdf"):
        with pytest.raises(ImportError, match=r'pip install "micrograd-lab\[pictures\]"'):
            draw(neuron()).save(tmp_path / f"neuron.{ending}")


@pytest.mark.once
@pytest.mark.slow
def test_enormous_pictures_still_become_a_png(tmp_path):
    x = Value(1.0)
    for _ in range(150):
        x = x + 1.0
    content = draw(x, collapse=None).save(tmp_path / "long.png").read_bytes()
    assert int.from_bytes(content[16:20], "big") <= 16_000


def test_dot_reads_our_dot(tmp_path):
    if shutil.which("dot") is None:
        pytest.skip("Graphviz's dot is not installed")
    x = Value(1.0, label=NASTY)
    path = draw(x * x, direction="down").save(tmp_path / "x.dot")
    done = subprocess.run(["dot", "-Tsvg", str(path)], capture_output=True, text=True, check=True)
    assert done.stderr == "" and done.stdout.count('class="edge"') == 2 and "&lt;script&gt;" in done.stdout


def test_the_picture_describes_itself():
    assert repr(draw(neuron())) == "<Computation graph of o: 10 boxes>"
    assert repr(draw(Value(1.0))) == "<Computation graph: 1 box>"
