"""Rounds: how one leads to the next."""

import pytest

from micrograd import Value
from micrograd.teaching.practice.levels import set_task
from micrograd.teaching.practice.questions import Blanks, read_blanks
from micrograd.teaching.practice.round import start_round, start_task


def start(level, blanks=Blanks.LAST_LEAF):
    return start_task(set_task(level), blanks, formulas=False)


def answer_all(round, skipped=0):
    """The round with all questions answered but the first `skipped`."""
    session = round.session
    while not round.done:
        if session.at < skipped:
            session.skip()
        else:
            session.answer(session.asked[session.at].right.value)
    return round


def own():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return a * b + a


def test_a_good_score_leads_to_more_blanks_and_other_numbers():
    first = answer_all(start(2))
    second = first.next()
    assert (second.task.level.number, second.blanks, second.task.turn) == (2, Blanks.LEAVES, 1)
    assert second.task.numbers != first.task.numbers


def test_without_answers_there_are_as_many_blanks_and_other_numbers():
    second = start(2).next()
    assert second.next().blanks == second.blanks and second.next().task.numbers != second.task.numbers


def test_the_last_round_leads_to_the_next_level():
    last = answer_all(start(2, Blanks.ALL_AND_SEED))
    assert (last.next().task.level.number, last.next().blanks) == (3, Blanks.LAST_LEAF)
    assert answer_all(start(2, Blanks.ALL_AND_SEED), skipped=3).next().task.level.number == 2
    assert answer_all(start(8, Blanks.ALL_AND_SEED)).next().task.level.number == 1


def test_a_ladder_leaves_more_and_more_blank():
    ladder = start_round(own(), Blanks.LEAVES).ladder()
    assert [round.blanks for round in ladder] == [Blanks.LEAVES, Blanks.ALL, Blanks.ALL_AND_SEED]
    assert len({tuple(round.task.numbers.values()) for round in start(3).ladder()}) == 4


def test_the_grads_of_earlier_passes_do_not_count_and_stay():
    loss = own()
    loss.backward()
    steps = start_round(loss, Blanks.ALL).record
    assert {c.names[c.parent]: c.after for c in steps} == {"v1": 1.0, "a": -2.0, "b": 2.0}
    assert [v.grad for v in loss.parents] == [1.0, -2.0]


def test_blanks_are_a_number():
    assert read_blanks(3) is Blanks.ALL
    with pytest.raises(ValueError, match="blanks must be a number from 1 to 4, got 5"):
        read_blanks(5)
