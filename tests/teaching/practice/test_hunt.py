"""The hunt: every mistake that shows can be found and named, and a wrong guess gets a reason."""

import pytest

from micrograd.teaching.practice.hunt import plant_mistake
from micrograd.teaching.practice.levels import set_task
from micrograd.teaching.record.record import record


def hunt(level, mistake=None, dead=False):
    task = set_task(level, dead=dead)
    return plant_mistake(task.title, record(task.level.build(task.numbers)), mistake)


@pytest.mark.parametrize("level", range(1, 9))
def test_every_mistake_is_found_and_named(level):
    for mistake in hunt(level).choices:
        it = hunt(level, mistake)
        for number in range(len(it.lines) + 1):
            verdict, said = it.judge_line(number)
            assert (verdict == "right") == (number == it.first) and said
        assert it.answer(it.first)[0].startswith("Right: ") and it.found and not it.done
        names = [name for name in it.choices if it.judge_name(name)[0] == "right"]
        assert names == [mistake]
        assert it.answer(mistake) == [f"Right: {mistake}. Remember: {it.mistake.advice}.", "Found after 2 attempts."]
        assert it.done and it.answer(1) == ["Found."] and it.question == "Found."


@pytest.mark.parametrize(
    ("level", "mistake", "first"),
    [
        (2, "seed is the output", 0),
        (2, "sign of descent", 0),
        (2, "upstream forgotten", 3),
        (2, "second backward, grads not zeroed", 1),
        (3, "minus lost", 6),
        (3, "÷: divisor not squared", 2),
        (6, "only the first path", 3),
        (6, "pushed before complete", 5),
        (6, "recursion without order", 5),
    ],
)
def test_where_a_mistake_shows_first(level, mistake, first):
    assert hunt(level, mistake).first == first


def test_two_mistakes_that_give_the_same_pass():
    it = hunt(8, "paths multiplied", dead=True)
    verdict, said = it.judge_name("only the first path")
    assert verdict == "wrong" or "give the same pass" in said
