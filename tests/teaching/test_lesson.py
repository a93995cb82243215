"""The lesson of several updates: as lines, LaTeX, in a notebook and in the terminal; and what it refuses."""

import io
import random

import pytest

import micrograd
from micrograd import Value, losses
from micrograd.cli.main import main
from micrograd.nn import MLP
from micrograd.optim import SGD, Adam
from micrograd.teaching.views.terminal import talk_through
from micrograd.teaching.views.update_terminal import UpdateConversation
from micrograd.text.terminal import spell


def line(**options):
    s = micrograd.step("(w*x + b - y)**2", w=-0.5, x=2, b=0.25, y=1)
    return s.update("w b", **{"rate": 0.05, "updates": 2} | options)


def test_a_worked_solution():
    lines = list(line())
    assert lines[:2] == ["Update 1 of 2: w = −0.5, b = 0.25", "Forward:"]
    for said in (
        "  L = v3² = (−1.75)² = 3.062",
        "Update: each parameter moves by −rate × its grad, rate 0.05, all at once: every grad belongs to the old "
        "numbers.",
        "  w ← w − rate·w.grad = −0.5 − 0.05·(−7) = −0.15",
        "L falls from 3.062 to 0.7656: by 2.297. The slopes promised rate·‖grad‖² = 0.05·61.25 = 3.063.",
        "Update 2 of 2: w = −0.15, b = 0.425",
        "zero_grad: every grad starts from 0 again. Forgotten, w.grad would become −7 + (−3.5) = −10.5 instead of "
        "−3.5, and w would go to 0.375 instead of 0.025.",
    ):
        assert said in lines
    assert str(line()) == "\n".join(lines)
    assert repr(line()) == "<Lesson of 2 updates, 2 parameters: L 3.062 → 0.1914>"


def test_a_step_that_is_too_long():
    text = str(line(rate=0.3))
    assert "L rises from 3.062 to 12.25: by 9.188. The slopes promised rate·‖grad‖² = 0.3·61.25 = 18.38." in text
    assert "The step is too long: the slopes do not stay what they were. A step of a tenth leads to 1.501." in text


def test_a_grad_of_zero():
    text = str(micrograd.step("relu(w*x)", w=-2, x=1).update("w", 0.1, 1))
    assert "L stays at 0. The slopes promised no change." in text


def test_predictions():
    lesson = line()
    assert lesson.predict("w", "-0.15") == "✓ You predicted −0.15: right."
    assert lesson.predict("w", -0.85).startswith(
        "✗ You predicted −0.85; it is −0.15. That is the answer of a known mistake, “sign: + instead of −”: the grad"
    )
    assert "“zero_grad forgotten”" in lesson.predict("w", "3/8", update=2)
    assert lesson.predict("b", 7) == "✗ You predicted 7; it is 0.425."
    with pytest.raises(ValueError, match="no parameter is called 'x'; there are w, b"):
        lesson.predict("x", 1)
    with pytest.raises(ValueError, match="the updates go from 1 to 2, got 3"):
        lesson.predict("w", 1, update=3)
    with pytest.raises(ValueError, match="is not a number"):
        lesson.predict("w", "much")


def test_predictions_in_the_terminal():
    out = io.StringIO()
    said = "= 1\n" + 7 * "n\n" + "= much\n= -0.85\n= 0.425\n= 3\n"
    talk_through(UpdateConversation(line().updates), io.StringIO(said), out)
    text = out.getvalue()
    assert text.count("No parameter moves in the next step.") == 2 and "is not a number" in text
    assert "“sign: + instead of −”" in text and "✓ You predicted 0.425: right." in text


def test_latex():
    assert line(updates=1).latex.split("\n")[1:-1] == [
        r"&\text{Update 1:} \quad L = 3.062 \\",
        r"w &\leftarrow w - \eta \cdot \frac{\partial L}{\partial w} = -0.5 - 0.05 \cdot \left(-7\right) = -0.15 \\",
        r"b &\leftarrow b - \eta \cdot \frac{\partial L}{\partial b} = 0.25 - 0.05 \cdot \left(-3.5\right) = 0.425",
    ]


def test_which_parameters():
    s = micrograd.step("a*b + c", a=2, b=3, c=4)
    names = [[m.names[m.parameter] for m in s.update(*wrt).updates[0].moves] for wrt in ((), ("a, c",), (["b"],))]
    assert names == [["a", "b", "c"], ["a", "c"], ["b"]]
    w = Value(2.0, label="w")
    assert len(micrograd.step(w * 3.0).update([w]).updates[0].moves) == 1 and w.data == 2.0


def test_what_is_refused():
    s = micrograd.step("a*b", a=2, b=3)
    with pytest.raises(ValueError, match="no leaf is called 'q'; there are a, b"):
        s.update("q")
    with pytest.raises(ValueError, match="name at least one parameter to update: a, b"):
        s.update("")
    with pytest.raises(ValueError, match="updates must be a whole number from 1 to 50, got 0"):
        s.update("a", updates=0)
    with pytest.raises(ValueError, match="rates are numbers of 0 or more, one for each update, got -1"):
        s.update("a", rates=[-1])
    with pytest.raises(ValueError, match="no leaf has a name"):
        micrograd.step(Value(2.0) * 3.0).update()
    with pytest.raises(TypeError, match=r"write step_update\(model, loss, \(inputs, targets\), optimiser\)"):
        micrograd.step_update(3, losses.mse, ([1.0], [1.0]), SGD([Value(1.0)]))
    with pytest.raises(TypeError, match="parameters are named, as in 'w b', got 3"):
        s.update(3)
    with pytest.raises(TypeError, match="rule must be an optimiser, such as micrograd.optim.Adam, got 'adam'"):
        s.update("a", rule="adam")
    model, other = MLP(2, [1]), MLP(2, [1])
    with pytest.raises(ValueError, match="nothing would move: the loss depends on none of the optimiser's parameters"):
        micrograd.step_update(model, losses.mse, ([[1.0, 2.0]], [1.0]), SGD(other.parameters(), lr=0.1))
    with pytest.raises(TypeError, match="the model comes first, then the loss, got the loss MLP: write step_update"):
        micrograd.step_update(losses.mse, model, ([[1.0, 2.0]], [1.0]), SGD(model.parameters(), lr=0.1))
    own = Value(3.0, label="x")
    square = Value(9.0, (own,), "square")
    square._backward = lambda: None
    with pytest.raises(TypeError, match="its own _backward"):
        micrograd.step(square).update()


def test_too_large_for_a_page():
    model = MLP(2, [8, 1], rng=random.Random(0))
    inputs, targets = [[float(i), 1.0] for i in range(8)], [1.0] * 8
    lesson = micrograd.step_update(model, losses.mse, (inputs, targets), SGD(model.parameters()), 1)
    shown = lesson._repr_mimebundle_()
    assert (
        shown.keys() == {"text/plain"} and "take fewer examples or neurons, or print the lesson" in shown["text/plain"]
    )
    with pytest.raises(ValueError, match="of at most 150 nodes"):
        lesson.save("lesson.html")
    text = str(lesson)
    assert "more operations" in text and "from the seed" in text and text.count("\n") < 200


def test_in_a_notebook_and_as_a_file(tmp_path):
    lesson = line()
    shown = lesson._repr_mimebundle_()
    assert "srcdoc" in shown["text/html"] and shown["text/plain"] == repr(lesson)
    assert lesson._mime_() == ("text/html", shown["text/html"])
    assert lesson.save(tmp_path / "lesson.html").read_text(encoding="utf-8") == lesson.html
    with pytest.raises(ValueError, match="a lesson of updates is saved as .html"):
        lesson.save(tmp_path / "lesson.pdf")


def test_in_the_terminal():
    out = io.StringIO()
    talk_through(UpdateConversation(line().updates), io.StringIO("n\n2\nU\nu\nu\nn\nb\nl\n7\nx\n?\n"), out)
    said = out.getvalue().split("\n")
    assert said[0] == "2 updates, 22 steps."
    titles = [text for text in said if text.startswith("Update ") and text.endswith(".")]
    assert titles == [
        *("Update 1 of 2, forward.", "Update 1 of 2, backward, step 1 of 7.", "Update 2 of 2, forward."),
        *("Update 1 of 2, forward.", "Update 2 of 2, forward.", "Update 2 of 2, the new loss."),
        "Update 2 of 2, parameter 2 of 2.",
    ]
    for answer in (
        "That was the last step.",
        "The updates go from 1 to 2.",
        "'x' is not a key here; ? lists the keys.",
    ):
        assert answer in said


@pytest.mark.parametrize("options", [{}, {"rule": Adam}, {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True}])
def test_every_sign_can_be_written_in_ascii(options):
    assert "\\u" not in spell(str(line(**options)), "ascii")


def test_the_command(capsys, tmp_path):
    words = ["step", "(w*x + b - y)**2", "w=-0.5", "x=2", "b=0.25", "y=1"]
    more = ["--update", "w", "b", "--rate", "0.05", "--updates", "2"]
    assert main([*words, *more, "--all"]) == 0
    assert capsys.readouterr().out.split("\n")[:-1] == list(line())
    assert main([*words, *more, "--rule", "adam", "-o", str(tmp_path / "lesson.html")]) == 0
    assert "2 updates in" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*words, "--rate", "1"])
    assert "--rate goes with --update" in capsys.readouterr().err
