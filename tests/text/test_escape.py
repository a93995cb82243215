"""Every escaper: what comes out stands for what went in, whatever went in."""

import html
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd.text.escape import (
    escape_dot,
    escape_latex,
    escape_latex_math,
    escape_latex_text,
    escape_markdown,
    escape_xml,
    sanitise,
)

SIGNS = "\\\"'`*_{}[]()<>|#+-.!&%$^~−×…"


def test_sanitised_labels():
    assert sanitise("a\n b\t\x07c") == r"a b \x07c"
    assert sanitise("\x00\x7f\ud800\uffff") == r"\x00\x7f\ud800\uffff"
    assert sanitise(7) == "7"


@given(st.text())
def test_a_sanitised_label_is_one_line_of_xml(label):
    line = sanitise(label)
    assert "\n" not in line and sanitise(line) == line
    assert ElementTree.fromstring(f"<a>{escape_xml(line)}</a>").text == (line or None)


@given(st.text())
def test_an_xml_attribute(text):
    attribute = escape_xml(text, attribute=True)
    assert (
        '"' not in attribute and "\n" not in attribute and html.unescape(attribute) == html.unescape(escape_xml(text))
    )


def test_xml_in_an_attribute():
    assert escape_xml('a "b"\n<c> & d') == 'a "b"\n&lt;c&gt; &amp; d'
    assert escape_xml('a "b"\n<c>', attribute=True) == "a &quot;b&quot;&#10;&lt;c&gt;"


@pytest.mark.parametrize(
    "text", [SIGNS, "w_1 * w_2", "<b>a</b> & [b](c)", "1 | 2", "$x$ `code` ~~no~~ # not a title", r"\(x\) \*"]
)
def test_markdown(text):
    mistune = pytest.importorskip("mistune")
    assert html.unescape(mistune.html(f"a {escape_markdown(text)}")) == f"<p>a {text}</p>\n"


def test_dot():
    assert escape_dot('a "b" | <c> {d} \\N') == 'a \\"b\\" \\| \\<c\\> \\{d\\} \\\\N'


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's dot is not installed")
def test_dot_reads_it():
    source = f'digraph {{ a [shape=record, label="{escape_dot(SIGNS)}"] }}'
    drawn = subprocess.run(["dot", "-Tsvg"], input=source, capture_output=True, text=True, check=True).stdout
    texts = ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")
    assert "".join(text.text for text in texts) == SIGNS


def test_latex():
    assert escape_latex("50% of x² → x_1 & {y}") == r"50\% of x$^{2}$ $\to$ x\_1 \& \{y\}"
    assert escape_latex("\\^~<>|") == r"\textbackslash{}\^{}\~{}$<$$>$$|$"
    assert escape_latex("e⁻¹²") == "e$^{-12}$"


def test_latex_inside_a_formula():
    assert escape_latex_text("a_b < 3 − c…") == r"a\_b \(\lt\) 3 \(-\) c\dots "
    assert escape_latex_math("x_1 <b>*") == r"x\_1\ \lt b\gt {*}"
    for escape in (escape_latex, escape_latex_text, escape_latex_math):
        assert escape("#") == r"\#" and escape("a") == "a"
