"""No character that a terminal or a browser obeys instead of showing leaves the package, whatever shows a label."""

import html
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import micrograd
from micrograd import Value, draw, explain, grad, gradcheck, practice, step
from micrograd._core.printable import printable, sanitise
from micrograd.nn import Neuron
from micrograd.text import escape

CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]
MARKS = [0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFFF9]
REFUSED = [chr(c) for c in [*CONTROLS, *MARKS, 0x1D173, 0xE0001, 0xE0041]]
LABEL = "".join(f"{chr(97 + k % 26)}{c}" for k, c in enumerate(REFUSED)) + "z"
LEGIBLE = ["w", "שלום", "مرحبا", "می\u200cخواهم", "क्\u200dष", "👩\u200d🔬", "❤\ufe0f", "葛\U000e0100", "é", "λ₁"]


def problem(text):
    """The refused characters in a text, also behind an escape of HTML, and of JSON inside a script."""
    for script in re.findall("<script[^>]*>(.*?)</script>", text, re.DOTALL):
        text += re.sub(r"(?<!\\)(?:\\\\)*\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), script)
    return {ascii(c) for c in html.unescape(text)} & {ascii(c) for c in REFUSED} - {ascii("\n"), ascii("\t")}


@pytest.mark.parametrize("c", REFUSED, ids=ascii)
def test_each_is_spelled_out(c):
    kept = c in "\n\t"
    assert printable(f"a{c}b") == (f"a{c}b" if kept else f"a{c.encode('unicode_escape').decode()}b")
    assert sanitise(f"a{c}b") == ("a b" if c.isspace() else printable(f"a{c}b"))


@pytest.mark.parametrize("label", LEGIBLE)
def test_letters_of_every_script_remain(label):
    assert printable(label) == sanitise(label) == label
    assert label in str(explain(Value(2.0, label=label) * 3.0))


@pytest.mark.slow
def test_every_other_character_of_its_kind():
    """Unicode's own table: control and format characters, separators, halves of pairs; but for visible letters."""
    arabic = "؀؁؂؃؄؅۝܏࢐࢑࣢𑂽𑃍"  # and Syriac: drawn around or under the digits that follow
    hieroglyphs = map(chr, range(0x13430, 0x13440))  # joined above and below each other
    for c in set(map(chr, range(0x110000))) - {*arabic, *hieroglyphs, "\n", "\t"}:
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            assert printable(c) != c, hex(ord(c))


ESCAPERS = [name for name in vars(escape) if name.startswith("escape_")]


@pytest.mark.parametrize("name", ESCAPERS)
def test_every_escaper_lets_through_printable_text_only(name):
    assert not problem(getattr(escape, name)(LABEL))


@given(st.text())
def test_once_is_enough(text):
    assert printable(printable(text)) == printable(text) and not problem(printable(text))


def value(data=2.0):
    return Value(data, label=LABEL)


def message(kind, function):
    with pytest.raises(kind) as caught:
        function()
    return str(caught.value)


def warned(function):
    with pytest.warns(UserWarning) as caught:
        function()
    return str(caught[0].message)


def product():
    return value() * Value(3.0, label="b")


def neuron():
    out = Neuron(2)([value(), 1.0])
    out.label = LABEL
    return out


def own_operation():
    a = value()
    out = Value(8.0, (a,), LABEL, LABEL)
    out._backward = lambda: None
    return out


def named(*arguments):
    return arguments[0] * 2.0


named.__name__ = LABEL


def sheet(ending):
    def written(tmp_path):
        path = tmp_path / f"sheet.{ending}"
        practice(product()).export(path, solutions=True)
        return path.read_text(encoding="utf-8")

    return written


PLACES = {
    "log": lambda _: message(ValueError, value(-1.0).log),
    "division": lambda _: message(ZeroDivisionError, lambda: value() / value(0.0)),
    "run to": lambda _: message(ValueError, lambda: step(product()).run(to=value())),
    "float": lambda _: warned(lambda: float(value())),
    "refresh": lambda _: message(TypeError, own_operation().refresh),
    "explain": lambda _: str(explain(product())),
    "explain along paths": lambda _: str(explain(out := product() + 1.0, out.parents[0].parents[0])),
    "Markdown": lambda _: explain(product()).markdown,
    "LaTeX": lambda _: explain(product()).latex,
    "stepper": lambda _: f"{step(product()).next()}{step(product())}{step(product())!r}",
    "step page": lambda _: step(product()).html,
    "neuron": lambda _: step(neuron()).html,
    "exercise": lambda _: f"{practice(product())}{practice(product())!r}",
    "an answer": lambda _: message(ValueError, lambda: practice(product()).answer(LABEL)),
    "an answer about a bug": lambda _: message(ValueError, lambda: practice(product()).bug().answer(LABEL)),
    "practice page": lambda _: practice(product()).html,
    "bug": lambda _: f"{practice(product()).bug()}{practice(product()).bug().hunt.hint}",
    "bug page": lambda _: practice(product()).bug().html,
    "sheet in LaTeX": sheet("tex"),
    "sheet in Markdown": sheet("md"),
    "sheet in HTML": sheet("html"),
    "picture": lambda _: f"{draw(product())!r}{draw(product()).label}",
    "SVG": lambda _: draw(product()).svg,
    "page of a picture": lambda _: draw(neuron()).html,
    "DOT": lambda _: draw(product()).dot,
    "operation of one's own": lambda _: draw(own_operation()).svg + str(explain(own_operation())),
    "draw_dot": lambda _: micrograd.draw_dot(product()).source,
    "names of a state": lambda _: message(ValueError, lambda: Neuron(2).load_state_dict({LABEL: 1.0})),
    "name of a file": lambda _: message(OSError, lambda: draw(product()).save("\x1b[2J\u202e/a.svg")),
    "compiled": lambda _: compiled_text(),
    "name of a function": lambda _: message(TypeError, lambda: grad(named)("x")) + str(gradcheck(named, 2.0)),
}


def compiled_text():
    w = value()
    f = micrograd.compile(lambda x: x * w)
    f(2.0)
    return f"{f!r}{f.source}"


@pytest.mark.parametrize("place", PLACES)
def test_wherever_a_label_is_shown(place, tmp_path):
    said = PLACES[place](tmp_path)
    assert said and not problem(said)


def test_the_search_finds_what_json_and_html_hide():
    assert problem(f"<script>{json.dumps(chr(27))}</script>") and problem("&#8238;") and problem("\u202e")
    assert not problem(f"<script>{json.dumps(printable(chr(27)))}</script>")
