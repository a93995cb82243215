"""Text for a terminal: what it cannot show in ASCII, lines no longer than it is wide."""

import io
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from micrograd.ops import PRIMITIVES
from micrograd.text.notation import format_number, superscript
from micrograd.text.rule_card import RuleCard
from micrograd.text.terminal import ASCII, NO_BREAK, Output, cells, columns, fit, fitted, spell, wrap

ENCODINGS = ["ascii", "latin-1", "cp1252", "cp437", "cp850", "shift_jis", "koi8-r", "utf-8"]


def stream(encoding, errors="strict"):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="")


@pytest.mark.parametrize(
    "text, spelled",
    [
        ("∂L/∂x → −2·x²", "dL/dx -> -2*x^2"),
        ("x⁻¹² + aₙ₁", "x^-12 + a_n1"),
        ("n·xⁿ⁻¹, f⁽²⁾, e⁻ˣ", "n*x^(n-1), f^(2), e^-x"),
        ("σ(x), operand of σ", "sigmoid(x), operand of sigma"),
        ("⌊x / y⌋ ⌈x⌉ √(x)", "floor(x / y) ceil(x) sqrt(x)"),
        ("Σ ln Φ(λ), Φ ≤ ½ × 3 ÷ 4 ≈ ∞…", "sum log_ndtr(lambda), Phi <= .5 * 3 / 4 ~ inf..."),
        ("v.grad: — + 1", "v.grad: -- + 1"),
        ("Ä é ά ẋ θ Θ文", "A e alpha x theta Theta\\u6587"),
        ("“a” ┌─┐ 👩‍🔬", '"a" +-+ \\U0001f469\\u200d\\U0001f52c'),
        ("plain text\n", "plain text\n"),
    ],
)
def test_ascii(text, spelled):
    assert spell(text, "ascii") == spelled
    assert spell(text, "utf-8") == spell(text, None) == text


def test_only_what_is_lacking_is_spelled():
    assert spell("−2·x² ≤ ½", "cp1252") == "-2·x² <= ½"
    assert spell("−2·x² ≤ √½ σ(x)", "cp437") == "-2·x² ≤ √½ σ(x)"
    assert spell("x² x⁻²", "latin-1") == "x² x^-2"  # a number above the line is one piece


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(st.text())
def test_any_text_can_be_written(encoding, text):
    out = stream(encoding)
    out.write(fit(text, out))


@pytest.mark.parametrize("sign", ASCII)
def test_the_table_is_in_ascii(sign):
    assert ASCII[sign].isascii() and not sign.isascii()


def test_no_sign_of_a_formula_is_left_to_an_escape():
    """Whatever the package prints has a spelling that can be read."""
    for name in PRIMITIVES:
        assert "\\" not in spell(str(RuleCard(name)) + PRIMITIVES[name].symbol, "ascii")
    assert spell(format_number(-1e-5) + superscript("-3"), "ascii") == "-1e-05^-3"


# ---- the width


def test_wrapping():
    line = "  v1 → w, left operand of ×.  upstream 0.42 × local (x = 3) = 1.26"
    assert wrap(line, 40).split("\n") == [
        "  v1 → w, left operand of ×.  upstream",
        "    0.42 × local (x = 3) = 1.26",
    ]
    assert wrap(line, None) == wrap(line, 80) == line
    assert wrap("a = 1234 − 5678", 11).split("\n") == ["a = 1234", "  − 5678"]  # the sign stays with its operand
    assert wrap("-" * 50 + "\nab", 40) == "-" * 40 + "\nab"
    assert wrap(f"a b{NO_BREAK}c d", 4) == "a\n  b c\n  d" and wrap(f"b{NO_BREAK}c", None) == "b c"
    assert wrap("12345678 1", 3) == "12345678\n  1"  # too long, but no number is cut


WORDS = st.lists(st.text(alphabet="ab1−=·→ é文\u0301\n", max_size=12), max_size=12).map(" ".join)


@given(WORDS, st.integers(1, 60))
@example("a\u0301b", 2)  # three characters, two cells
def test_wrapping_keeps_every_word(text, width):
    wrapped = wrap(text, width)
    assert "".join(wrapped.split()) == "".join(text.split())
    longest = max(map(cells, text.split()), default=0)
    assert all(cells(line) <= max(width, longest + 30) for line in wrapped.split("\n"))


@pytest.mark.parametrize("text, encoding, width, shown", [
    ("no:\n  √x·$ + 1\n     ^", "utf-8", None, "no:\n  √x·$ + 1\n     ^"),
    ("no:\n  √x·$ + 1\n     ^", "ascii", None, "no:\n  sqrtx*$ + 1\n        ^"),
    ("no:\n  文*$\n    ^", "utf-8", None, "no:\n  文*$\n     ^"),
    ("no:\n  a + b + c + $ + d + e\n              ^", "utf-8", 20, "no:\n  … c + $ + d + e\n        ^"),
    ("no:\n  a + b + c + $ + d + e\n              ^", "ascii", 16, "no:\n  ... + $ + d +\n        ^"),
    ("no:\n  a +\n     ^", "utf-8", 40, "no:\n  a +\n     ^"),
])  # fmt: skip
def test_a_caret_stays_under_its_character(monkeypatch, text, encoding, width, shown):
    if width:
        monkeypatch.setenv("COLUMNS", str(width))
    assert fit(text, stream(encoding)) == shown


def test_cells():
    assert cells("ab") == 2 and cells("文a") == 3 and cells("e\u0301") == 1 and cells("👩") == 2
    assert unicodedata.east_asian_width("·") == "A" and cells("·") == 1


def test_the_width_of_a_stream(monkeypatch):
    assert columns(stream("utf-8")) is None and columns(None) is None
    monkeypatch.setenv("COLUMNS", "40")
    assert columns(stream("utf-8")) == columns(None) == 40
    for nonsense in ("", "0", "-3", "wide"):
        monkeypatch.setenv("COLUMNS", nonsense)
        assert columns(stream("utf-8")) is None


# ---- where it is printed


class Said:
    @fitted
    def __str__(self):
        """What was said."""
        return "∂L/∂x = 3"


def test_print_looks_at_the_stream_and_changes_nothing(monkeypatch):
    assert str(Said()) == "∂L/∂x = 3" and Said.__str__.__doc__ == "What was said."
    out = stream("ascii")
    monkeypatch.setattr("sys.stdout", out)
    print(Said())
    out.flush()
    assert out.buffer.getvalue() == b"dL/dx = 3\n" and (out.encoding, out.errors) == ("ascii", "strict")
    monkeypatch.setattr("sys.stdout", None)
    assert str(Said()) == "∂L/∂x = 3"


def test_output_fits_what_is_written_once(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    out = Output(stream("ascii"))
    monkeypatch.setattr("sys.stdout", out)
    assert str(Said()) == "∂L/∂x = 3"
    print("→ \x1b[2J")
    print("λ", "λ " * 3)
    print("> ", end="", flush=True)
    out.stream.flush()
    assert out.stream.buffer.getvalue() == b"-> \\x1b[2J\nlambda lambda lambda\n  lambda\n> "
    assert out.encoding == "ascii" and not out.isatty()
    out.close()
    assert not out.stream.closed


def test_any_stream_will_do(monkeypatch):
    class Own:
        encoding = "klingon"

    closed = stream("ascii")
    closed.close()
    for out in (Own(), object(), closed):
        monkeypatch.setattr("sys.stdout", out)
        assert str(Said()) in ("∂L/∂x = 3", "dL/dx = 3")
