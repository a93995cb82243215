"""`micrograd.practice` as it is used in a notebook or a script."""

import re

import pytest

import micrograd
from micrograd import Value
from micrograd.teaching.exercise import Exercise
from micrograd.teaching.record.mistakes import MISTAKES


def own():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return a * b + a


def test_a_level_begins_with_one_blank():
    exercise = micrograd.practice(level=2, formulas=False)
    assert str(exercise) == (
        "Level 2: (a*b + c)*f. Forward:\n"
        "  p = a·b = (−4)·3 = −12\n"
        "  s = p + c = −12 + 5 = −7\n"
        "  L = s·f = (−7)·2 = −14\n"
        "Backward:\n"
        "  Seed: ∂L/∂L = 1\n"
        "  L → s: upstream 1 × local (f = 2) = 2; s.grad: — + 2 = 2, final.\n"
        "  L → f: upstream 1 × local (s = −7) = −7; f.grad: — + (−7) = −7, final.\n"
        "  s → p: upstream 2 × local 1 = 2; p.grad: — + 2 = 2, final.\n"
        "  s → c: upstream 2 × local 1 = 2; c.grad: — + 2 = 2, final.\n"
        "  p → a: upstream 2 × local (b = 3) = 6; a.grad: — + 6 = 6, final.\n"
        "Question 1 of 1. p → b, right operand of ×, with upstream ∂L/∂p. Which contribution arrives at b.grad?"
    )
    assert repr(exercise) == "<Exercise Level 2: (a*b + c)*f: question 1 of 1>"
    assert repr(exercise.answer("−8")) == (
        "Right: upstream 2 × local (a = −4) = −8. Why: × hands each operand the other's value.\n"
        "Score: 1 of 1. 1 right at once.\n"
        "Nothing to repeat: leave more blanks, or take the next level."
    )
    assert exercise.done and exercise.session.score.points == 1 and repr(exercise).endswith(": done>")
    assert exercise.score in str(exercise) and exercise.question == "That was the last question."


def test_answers_of_every_kind():
    exercise = micrograd.practice(level=1)
    assert "as a formula?" in exercise.question
    assert "A hint comes after an attempt" in exercise.hint()
    assert exercise.answer("a").startswith("Right") and exercise.answer(upstream="3/3").startswith("Yes")
    assert "Not yet" in exercise.answer(99) and "The edge is L → b" in exercise.hint()
    assert exercise.answer("3*(0 - 1)").startswith("Right")  # an expression
    assert "1.5 of 2" in exercise.score
    for wrong in ({}, {"typed": 1, "upstream": 2}, {"typed": 1, "grads": {"a": 2}}):
        with pytest.raises(TypeError, match="answer takes one answer"):
            typed = [wrong["typed"]] if "typed" in wrong else []
            exercise.answer(*typed, **{k: v for k, v in wrong.items() if k == "upstream"}, **wrong.get("grads", {}))
    zero = micrograd.practice(own(), blanks=1, formulas=False)
    assert "Not yet" in zero.answer(0)


def test_skipping():
    exercise = micrograd.practice(level=1, formulas=False)
    assert exercise.skip().startswith("Here it is: 1 × (a = −3) = −3.") and exercise.done


def test_all_gradients_at_once():
    exercise = micrograd.practice(level=2)
    said = exercise.answer(a=6, b="−8", c=2, f=-7)
    assert said == "a.grad = 6: right.\nb.grad = −8: right.\nc.grad = 2: right.\nf.grad = −7: right."
    said = exercise.answer(a=3, b=-4, c=1, f=-7)
    assert said.startswith("a.grad = 3: not yet.\n") and "well-known mistake (upstream forgotten)" in said
    assert "what is the upstream here, ∂L/∂p?" in exercise.answer(a=3.5, b=-8)
    assert not exercise.done  # the questions are still there
    with pytest.raises(ValueError, match="no contribution goes to z; there are s, f, p, c, a, b"):
        exercise.answer(z=1)
    assert micrograd.practice(own()).answer(a=-2).startswith("a.grad = −2: right")


@pytest.mark.parametrize("level", range(1, 9))
def test_all_gradients_of_every_mistake_at_once(level):
    """The grads of all nodes lead to the name of every mistake that shows, and to no other."""
    exercise = micrograd.practice(level=level)
    names = exercise.record[0].names
    last = {names[c.parent]: k for k, c in enumerate(exercise.record) if names.has_name(c.parent)}
    for mistake in MISTAKES:
        run = mistake.run(exercise.record)
        wrong = {name: repr(run[k][1]) for name, k in last.items()}
        if all(run[k][1] == pytest.approx(exercise.record[k].after) for k in last.values()):
            continue
        named = re.findall(r"well-known mistake \((.*)\)\. Remember", exercise.answer(**wrong))
        assert named in ([mistake.name], [])
        assert named or level in (1, 8), mistake.name  # few numbers: a copy at the root hides some


def test_your_own_loss():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b + a
    loss.backward()
    exercise = micrograd.practice(loss)
    assert (a.grad, b.grad) == (-2.0, 2.0)  # as it was
    assert exercise.question == "Which number does the pass start with: ∂L/∂L = ?"
    assert exercise.session.words[-1].title.startswith("v1 → b") and exercise.level is None
    assert exercise.next().blanks == 4 and exercise.again(1).blanks == 1


def test_what_cannot_be_practised():
    x = Value(0.0, label="x")
    for wrong, said in (
        (Value(2.0), "practice needs an expression with an operation"),
        (sum((x * k for k in range(200)), Value(0.0)), "practice takes at most 300 contributions, got"),
        (x.sqrt(), "practice cannot ask for this pass: the contribution L → x is inf"),
        (cube(), "L is a custom operation, and its rule is not known"),
    ):
        with pytest.raises(ValueError, match=said):
            micrograd.practice(wrong)
    with pytest.raises(TypeError, match=r"practice needs a Value or a text; for a level, write practice\(level=3\)"):
        micrograd.practice(3)
    with pytest.raises(TypeError, match="a loss or a level with a seed, not both"):
        micrograd.practice(own(), level=2)
    for arguments, said in (
        ({"level": 9}, "level must be a number from 1 to 8, got 9"),
        ({"blanks": 5}, "blanks must be a number from 1 to 4, got 5"),
        ({"level": 2, "dead": True}, "only level 8 has a relu that can be dead, got level 2"),
    ):
        with pytest.raises(ValueError, match=said):
            micrograd.practice(**arguments)


def cube():
    x = Value(2.0, label="x")
    out = Value(8.0, (x,), "cube")
    out._backward = lambda: None
    return out


def test_the_next_exercise():
    exercise = micrograd.practice(level=1, blanks=1, formulas=False)
    assert exercise.next().blanks == 1  # nothing is answered yet
    exercise.answer(exercise.session.asked[0].right.value)
    assert exercise.next().blanks == 2 and exercise.again(4).next().blanks == 4
    with pytest.raises(ValueError, match="blanks must be a number from 1 to 4, got 0"):
        exercise.again(0)


def test_the_same_seed_is_the_same_exercise():
    one, other = (micrograd.practice(level=7, seed=3) for _ in range(2))
    assert str(one) == str(other) and one.html == other.html
    assert str(one.again()) == str(other.again()) != str(one)
    assert str(micrograd.practice(level=7, seed=4)) != str(one)


def test_the_dead_relu():
    exercise = micrograd.practice(level=8, dead=True)
    assert exercise.answer(w=12, b=4) == "w.grad = 12: right.\nb.grad = 4: right."
    assert "relu" in micrograd.practice(level=8, dead=True, seed=2).round.title


def test_it_shows_itself(tmp_path):
    exercise = micrograd.practice(level=1)
    shown = exercise._repr_html_()
    assert "<img src=" in shown and "<iframe srcdoc=" in shown and 'sandbox="allow-scripts"' in shown
    assert exercise._mime_() == ("text/html", shown)
    assert exercise.save(tmp_path / "page.html").read_text(encoding="utf-8") == exercise.html
    with pytest.raises(ValueError, match="an exercise is saved as .html, got 'page.pdf'; export writes sheets"):
        exercise.save("page.pdf")


def test_the_front_door():
    assert micrograd.practice.__module__ == "micrograd.teaching.exercise"
    assert isinstance(micrograd.practice(), Exercise) and micrograd.practice().level.number == 1


@pytest.mark.parametrize("given", ["", " ", None, float("nan"), "nan", "abc", [2.0], float("inf"), "1,5", {}])
def test_what_cannot_be_read_is_asked_for_again_and_does_not_count(given):
    exercise = micrograd.practice(own(), blanks=1, formulas=False)
    for ask in (exercise.answer, lambda given: exercise.answer(upstream=given), lambda given: exercise.answer(a=given)):
        with pytest.raises(
            ValueError, match="Type a number first|is not a number|An answer is one number|meant as 1.5"
        ):
            ask(given)
    assert exercise.session.answers[0].tries == 0 and not exercise.done
    assert exercise.answer(Value(2.0)).startswith("Right") and exercise.score.startswith("Score: 1 of 1")


def test_a_number_where_a_formula_is_asked_for_is_no_mistake():
    exercise = micrograd.practice(level=1)
    assert exercise.question.startswith("L = a·b. The local derivative ∂L/∂b as a formula?")
    for number in ("-3", "−3.0", "−6/2", "3·(−1)", -3, -3.0):
        assert exercise.answer(number).startswith("Right as a number: ∂L/∂b is ")
    assert exercise.session.answers[0].tries == 0
    assert exercise.answer("a").startswith("Right: ∂L/∂b = a = −3 here.")
    assert exercise.session.answers[0].credit == "at once"
    other = micrograd.practice(level=1)
    assert other.answer("5").startswith("Not yet") and other.session.answers[0].tries == 1


@pytest.mark.parametrize("typed", ["2·v1", "2v1", "2*(a*b + c)", "2(a·b + c)", "2√(L)", "2·√L", "2·|v1|"])
def test_formulas_in_the_names_of_the_whole_graph(typed):
    exercise = micrograd.practice("(a*b + c)²", a=2, b=3, c=4)
    exercise.answer(1)
    assert exercise.question.startswith("L = v2²") or exercise.question.startswith("L = v1²")
    name = "v2" if "v2²" in exercise.question else "v1"
    assert exercise.answer(typed.replace("v1", name)).startswith(f"Right: ∂L/∂{name} = 2·{name} = 20 here.")


def test_formulas_of_the_whole_graph_can_be_wrong():
    exercise = micrograd.practice("(a*b + c)²", a=2, b=3, c=4)
    exercise.answer(1)
    assert exercise.answer("2*(a*b - c)").startswith("Not yet")
    with pytest.raises(ValueError, match="no value is given for 'z'.*\n.*\n.*\nNames here: v2, L"):
        exercise.answer("2*z")
