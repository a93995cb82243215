"""Steps that repeat, in the matrix form: one loop, however many there are, and the NumPy code says the same."""

import pytest
from matrix_form import disagreement
from recurrences import LOOPS, OTHERS, rnn, scan

import micrograd


def compiled(make, n):
    f, args = make(n)
    f = micrograd.compile(f)
    f(*args)
    return f, [float(x) for part in f._latest.buffers(f._variants.arguments(args, {}), None) for x in part]


def lines(f):
    return str(f.matrices).splitlines()


@pytest.mark.parametrize("name", LOOPS)
def test_as_many_lines_for_twice_the_steps(name):
    few, many = (compiled(LOOPS[name], n)[0] for n in (12, 24))
    assert len(lines(many)) <= len(lines(few)) + 1  # a sum that is longer than a line
    assert sum(line.strip().startswith("for t in") for line in lines(many)) >= 2


@pytest.mark.parametrize("name", [*LOOPS, *OTHERS])
def test_numpy_says_the_same(name):
    for n in (2, 7):
        f, numbers = compiled((LOOPS | OTHERS)[name], n)
        assert disagreement(f._latest, numbers) == ""


def test_what_follows_from_the_states_is_one_line():
    text = str(compiled(rnn, 9)[0].matrices)
    assert "for t in 1 … 8:" in text and "for t in 6 … 0:" in text
    assert "    H[t] = tanh(" in text and "u @ H[t - 1]" in text and "du = dZ[1:].T @ H[:8] " in text
    assert "run = 2 * h + 1 " in str(compiled(scan, 9)[0].matrices)


def test_latex_and_source_have_the_loop():
    f, _ = compiled(rnn, 9)
    assert r"\text{for } t &= 1, \dots, 8" in f.matrices.latex
    assert "for t in range(1, 9):" in f.matrices.source and "for t in range(6, -1, -1):" in f.matrices.source
