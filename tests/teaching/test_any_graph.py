"""Exercises on any graph: every worked line is right, and nothing fails."""

from graphs import graphs, network
from hypothesis import given

import micrograd


def exercise(root):
    try:
        return micrograd.practice(root)
    except ValueError:
        return None  # a learner's own operation, an infinite gradient, a bare number


@given(graphs())
def test_every_worked_line_is_accepted_as_an_answer(root):
    it = exercise(root)
    if it is None:
        return
    session = it.session
    while not session.done:
        question, line = session.asked[session.at], session.words[session.at]
        right = line.worked.partition(" = ")[2] if question.kind == "formula" else repr(question.right.value)
        assert session.answer(right)[0].startswith("Right: "), line.prompt
    assert it.session.score.points == it.session.score.most and str(it)


@given(graphs())
def test_hints_twins_pages_and_bugs(root):
    it = exercise(root)
    if it is None:
        return
    session = it.session
    while not session.done:
        session.answer("12345.5")
        for _ in range(4):
            assert session.twin or session.hint()
        assert session.answer(session.words[session.at].twin.answer)[0].startswith("Right: ")
    assert it.html
    try:
        bug = it.bug()
    except ValueError as error:
        assert "no mistake shows on this graph" in str(error)
        return
    hunt = bug.hunt
    assert bug.html and [hunt.judge_line(k)[0] for k in range(len(hunt.lines) + 1)].count("right") == 1
    assert hunt.judge_name(hunt.mistake.name)[0] == "right" and all(map(hunt.judge_name, hunt.choices))


def test_a_network():
    it = micrograd.practice(network(2, 9, 1), blanks=2)
    assert len(it.session.asked) > 40 and len(it.html) < 300_000
