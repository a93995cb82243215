"""What answers lead to: credit, diagnosis, hints, twins, score."""

import pytest

from micrograd import Value
from micrograd.teaching.practice.levels import DEAD, LEVELS
from micrograd.teaching.practice.questions import Blanks, find_constants, list_questions
from micrograd.teaching.practice.reading import is_close
from micrograd.teaching.practice.sentences import ADVICE, RULES
from micrograd.teaching.practice.session import Session
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import record

FORGOTTEN = "upstream forgotten"


def session(level, blanks=Blanks.ALL_AND_SEED, formulas=False, numbers=None):
    steps = record(LEVELS[level].build(numbers or LEVELS[level].numbers))
    return Session(steps, list_questions(steps, blanks, formulas))


def play(it, *typed):
    """The replies to each answer; h, s and u 2 work as in the terminal."""
    said = []
    for x in typed:
        if x == "h":
            lines = it.hint()
        elif x == "s":
            lines = it.skip()
        elif x.startswith("u "):
            lines = it.check_upstream(x[2:])
        else:
            lines = it.answer(x)
        said.append(" ".join(lines))
    return said


def kinds(it):
    return [(q.kind, q.step) for q in it.asked]


def test_what_is_asked():
    assert kinds(session(6, Blanks.LAST_LEAF)) == [("amount", 5)]
    assert kinds(session(6, Blanks.LEAVES)) == [("amount", 3), ("amount", 4), ("amount", 5)]
    every = [("amount", 0), ("amount", 1), ("amount", 2), ("grad", 2), ("amount", 3), ("amount", 4), ("amount", 5)]
    assert kinds(session(6, Blanks.ALL)) == every
    assert kinds(session(6, Blanks.ALL_AND_SEED)) == [("seed", -1), *every]
    assert kinds(session(5, Blanks.LAST_LEAF)) == [("amount", 4)]  # y, with one path
    assert kinds(session(8, Blanks.LAST_LEAF))[-1][0] == "grad"
    formulas = [q for q in session(3, formulas=True).asked if q.kind == "formula"]
    assert len(formulas) == 4  # two slots of ÷, two of ×


def test_constants_are_not_asked():
    it = session(8)
    left_out = find_constants(it.record)
    assert len(left_out) == 4 and not {q.step for q in it.asked} & set(left_out)
    nameless = record(Value(2.0) * Value(3.0))
    assert find_constants(nameless) == [] and len(list_questions(nameless)) == 3


@pytest.mark.parametrize("level", LEVELS)
def test_right_answers_are_confirmed_with_their_reason(level):
    it = session(level, formulas=True)
    while not it.done:
        at, question, line = it.at, it.asked[it.at], it.words[it.at]
        answer = line.worked.rpartition(" = ")[2] if question.kind == "formula" else repr(question.right.value)
        said = it.answer(answer)
        assert said == [f"Right: {line.why}"] and it.at == at + 1 and it.answers[at].state == "right"
    count = len(it.asked)
    assert it.score.lines[0] == f"Score: {count} of {count}. {count} right at once."
    assert it.score.lines[-1].startswith("Nothing to repeat") and it.prompt == "That was the last question."
    assert play(it, "1", "h", "s") == ["That was the last question."] * 3


@pytest.mark.parametrize("level", [*LEVELS.values(), DEAD], ids=[*map(str, LEVELS), "8, dead"])
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_every_mistake_gets_its_own_diagnosis_and_no_other(level, seed):
    steps = record(level.build(level.numbers if seed is None else level.draw(seed)))
    asked = list_questions(steps)
    alike = level.alike if level is DEAD else ()
    tried = 0
    for mistake in MISTAKES:
        if all(is_close(q.whole[mistake.name], q.right.value) for q in asked):
            continue
        it, tried = Session(steps, asked), tried + 1
        while not it.done:
            at = it.at
            it.answer(repr(it.asked[at].whole[mistake.name]))
            if it.at == at:
                it.skip()
        assert it.mistakes == [mistake.name] or (mistake.name in alike and it.mistakes == [])
    assert tried >= 5


def test_a_mistake_made_once_is_recognised_too():
    it = session(2)
    said = play(it, "1", "2", "-7", "2", "2", "3")
    assert said[-1] == f"This answer comes from a well-known mistake ({FORGOTTEN}). Remember: {ADVICE[FORGOTTEN]}."
    assert not it.done and play(it, "6")[0].startswith("Right: upstream 2 × local (b = 3) = 6.")
    assert it.answers[5].credit == "later" and it.mistakes == [FORGOTTEN]


def test_another_try_is_judged_by_itself():
    it = session(2)
    said = play(it, "1", "-7", "99", "-7")
    assert "× gives an operand its own value" in said[1] and said[2].startswith("Not yet.") and said[3] == said[1]


def test_an_ambiguous_answer_is_asked_for_the_upstream():
    it = session(2)
    said = play(it, "1", "99", "u 3", "u 1", "2")
    assert said[1] == "Not yet. First things first: what is the upstream here, ∂L/∂L?"
    assert said[2] == "No: the upstream is the grad of L, the node that the edge comes from."
    assert said[3] == "Yes, the upstream is 1. The contribution is the upstream times the local derivative."
    assert said[4].startswith("Right") and it.mistakes == []
    collides = Session(
        steps := record(Value(2.0, label="x") + Value(3.0, label="y")), list_questions(steps, Blanks.LAST_LEAF)
    )
    assert play(collides, "7") == ["Not yet. First things first: what is the upstream here, ∂L/∂L?"]
    assert play(collides, "2")[0].startswith(
        "This answer comes from"
    )  # u + λ, or a second backward? only the first here


def test_what_follows_from_a_slip_counts():
    it = session(2)
    said = play(it, "1", "3", "s", "-7", "3", "3", "9", "-12")
    assert said[2] == "Your 3 stands, and what follows from it counts."
    assert said[4] == "It follows from your 3 for L → s, so it counts, although that one was not right."
    assert [entry.state for entry in it.answers] == ["right", "slip", "right", *["follows"] * 4]
    assert it.done and it.score.lines[0] == "Score: 6 of 7. 2 right at once, 4 following from a slip, 1 not right."
    assert it.score.lines[-1].startswith("Practise next: swap")


def test_the_right_number_counts_after_a_slip_as_well():
    said = play(session(2), "1", "3", "s", "-7", "2")
    assert said[-1] == "Right, although it does not follow from your 3 for L → s."


def test_mistakes_are_recognised_on_top_of_a_slip():
    it = session(2)
    said = play(it, "1", "7", "s", "-7", "7", "7", "10")  # u + λ = 7 + 3 at p → a
    assert said[-1].startswith("This answer comes from a well-known mistake (added instead of multiplied)")


def test_after_a_slip_the_upstream_is_the_learners_own():
    it = session(2)
    assert play(it, "1", "7", "s", "-7", "99", "u 2", "u 7")[-2:] == [
        "No: the upstream is the grad of s, the node that the edge comes from.",
        "Yes, the upstream is 7. The contribution is the upstream times the local derivative.",
    ]


def test_sums():
    it = session(6)
    said = play(it, "1", "17", "12", "12", "17")
    assert "overwritten" not in said[-1] and it.mistakes == ["only the first path"]
    assert play(it, "29")[0] == "Right: 17 + 12 = 29: every path to e brings its share, and they add up."
    it = session(6)
    play(it, "1", "10", "s", "12", "12")
    assert play(it, "h", "22")[1] == "It follows from your 10 for L → e, so it counts, although that one was not right."
    it = session(6)
    assert play(it, "1", "17", "12", "12", "5")[-1] == (
        "Not yet. Which contributions arrive at e, and how large is each of them?"
    )
    assert play(it, "u 5") == ["This question has no upstream."]


def test_hints_come_after_an_attempt_and_escalate():
    it = session(2)
    assert play(it, "1", "h")[1] == "A hint comes after an attempt: a guess will do."
    assert play(it, "9", "h", "h", "h", "h")[1:] == [
        "The edge is L → s. L = s·f = (−7)·2 = −14, and s is the left operand of ×.",
        f"The rule is swap: {RULES['swap']}.",
        "1 × (f = 2) = ?",
        "1 × (f = 2) = 2",
    ]
    assert it.twin and it.prompt.startswith("Now a similar one, without help: v = p·q with ")
    twin = it.words[it.at].twin
    assert play(it, "9999", "h", repr(twin.answer)) == [
        f"Not yet. The rule is swap: {RULES['swap']}.",
        f"swap: {RULES['swap']}",
        f"Right: {twin.worked}.",
    ]
    assert it.at == 2 and not it.twin and it.answers[1].state == "shown" and it.answers[1].credit == "left"


def test_hints_after_a_slip_use_the_learners_numbers():
    it = session(2)
    said = play(it, "1", "7", "s", "-7", "1", "h", "h", "h", "h", "s", "99", "h", "h", "h", "h")
    assert said[7:9] == ["7 × 1 = ?", "7 × 1 = 7"] and said[-2:] == ["7 × 1 = ?", "7 × 1 = 7"]
    it = session(6)
    play(it, "1", "-5", "s", "12", "12", "99")
    assert play(it, "h", "h", "h", "h")[2:] == ["(−5) + 12 = ?", "(−5) + 12 = 7"]


@pytest.mark.parametrize("level", LEVELS)
def test_every_hint_and_every_twin(level):
    it = session(level, formulas=True)
    while not it.done:
        at, worked = it.at, it.words[it.at].worked
        play(it, "12345")
        hints = play(it, "h", "h", "h", "h")
        assert len(set(hints)) == 4 and "?" in hints[2] and not any("{" in hint for hint in hints)
        assert hints[3] in worked or worked in hints[3] or hints[3].partition(" = ")[0] in worked
        twin = it.words[at].twin
        assert play(it, repr(twin.answer)) == [f"Right: {twin.worked}."] and it.at == at + 1
    assert it.score.lines[0].startswith("Score: 0 of")


def test_the_rule_of_the_seed():
    it = session(2)
    assert play(it, "9", "h", "h", "h", "h", "9")[-1] == "Not yet. The rule is seed: L moves one for one with itself."


def test_skipping_without_an_answer_shows_the_worked_line():
    it = session(2)
    assert play(it, "s", "s") == ["Here it is: ∂L/∂L = 1.", "Here it is: 1 × (f = 2) = 2."]
    play(it, "9", "h", "h", "h", "h")
    assert play(it, "s")[0].startswith("Its worked line: ")


def test_formulas():
    it = session(1, Blanks.LAST_LEAF, formulas=True)
    assert it.prompt == "L = a·b. The local derivative ∂L/∂b as a formula?"
    assert play(it, "1")[0].startswith("This answer comes from a well-known mistake (local derivative forgotten)")
    assert play(it, "a + b") == ["Not yet. Nudge b a little: how many times as far does L move?"]
    assert play(it, "u 1") == ["This question has no upstream."]
    assert play(it, "a") == ["Right: ∂L/∂b = a = −3 here."]
    assert it.prompt == "L → b, right operand of ×, with upstream ∂L/∂L. Which contribution arrives at b.grad?"


def test_the_score_in_the_middle():
    it = session(2)
    play(it, "1", "9", "2", "5")
    assert it.score.lines == [
        "Score: 1.5 of 7. 1 right at once, 1 right after a hint or another try (½ each), 1 not right, 4 not answered.",
        f"Practise next: swap ({RULES['swap']}).",
    ]
    assert it.score.credits == {"at once": 1, "later": 1, "left": 1, "open": 4}
    assert (it.score.points, it.score.most, it.score.mistakes) == (1.5, 7, [])
