"""Find the bug, as it is used in a notebook."""

import pytest

import micrograd
from micrograd.teaching.bug import Bug


def bug(level, mistake=None, **arguments):
    return micrograd.practice(level=level, **arguments).bug(mistake)


def test_the_replies():
    it = bug(6, "pushed before complete")
    assert "   3  s → e, left operand of +: 12 arrives, and e.grad goes from 17 to 29\n" in str(it)
    assert "a  upstream" not in str(it) and repr(it).endswith("Which line is the first wrong one?>")
    assert it.hint() == "A hint comes after an attempt: a guess will do." and it.score == "0 attempts so far."
    assert it.answer(6).startswith("No: line 6 is wrong, but so is a line before it.")
    assert it.answer("2").startswith("No: line 2 is as it should be: L → s: upstream 1 × local (e = 12) = 12;")
    assert it.answer(0).startswith("No: the seed is as it should be: ∂L/∂L = 1.")
    assert it.hint().endswith("Look at what leaves e.")
    assert "e → a: upstream 29 × local (b = 4) = 116" in it.answer(5)
    assert "a  upstream forgotten" in str(it)
    assert it.answer("J").startswith("No: with “recursion without order” line 5 would be: 184 arrives, and a.grad")
    assert it.answer("seed is the output").startswith("No: with “seed is the output” the seed would be 204.")
    assert it.hint() == f"What was forgotten: {it.hunt.mistake.advice}."
    assert it.answer("i").endswith("Found after 7 attempts.")
    seeded = bug(2, "seed is the output")
    assert "   0  Seed: ∂L/∂L = −14" in str(seeded) and seeded.hunt.line_hint == "Look at the start."
    assert seeded.hunt.judge_line(1)[0] == "later"


def test_a_second_pass_shows_what_was_there_before():
    assert "s.grad goes from 2 to 4" in str(bug(2, "second backward, grads not zeroed"))


def test_answers_that_cannot_be_read():
    it = bug(3)
    for typed in ("x", "-1", "7", "1.5", "", "²", None, [2], float("nan")):
        with pytest.raises(ValueError, match=r"A line is a number from 0 \(the seed\) to 6, got"):
            it.answer(typed)
    it.answer(it.hunt.first)
    with pytest.raises(ValueError, match="A mistake is a letter from a to"):
        it.answer("zebra")
    with pytest.raises(ValueError, match="on this graph no mistake shows as 'exp: upstream · x'; there are: upstream"):
        bug(3, "exp: upstream · x")


def test_a_seed_chooses_the_mistake():
    exercise = micrograd.practice(level=6)
    assert exercise.bug(seed=1).hunt.mistake is exercise.bug(seed=1).hunt.mistake
    assert len({exercise.bug(seed=seed).hunt.mistake.name for seed in range(20)}) > 5
    assert isinstance(exercise.bug(), Bug) and exercise.bug().hunt.mistake is exercise.bug().hunt.mistake


def test_the_page_of_a_bug(tmp_path):
    it = bug(6, "pushed before complete")
    path = it.save(tmp_path / "bug.html")
    assert path.read_text(encoding="utf-8") == it.html and it._mime_()[0] == "text/html"
    with pytest.raises(ValueError, match="a page is saved as .html, got 'bug.txt'"):
        it.save("bug.txt")
