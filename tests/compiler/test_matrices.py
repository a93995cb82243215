"""The matrix form as text, in LaTeX, and as NumPy code, of loops that people write."""

import re
import subprocess
import sys
from pathlib import Path

import matrix_cases
import pytest
from matrix_form import disagreement
from workloads import WORKLOADS

import micrograd
from micrograd import Value, tanh
from micrograd.nn import MLP

HERE = Path(__file__).parent
FORMS = dict(
    re.findall(r"^== (\w+)\n(.*?)(?=^== |\Z)", (HERE / "matrix_forms.txt").read_text("utf-8"), re.DOTALL | re.MULTILINE)
)


def compiled(name):
    f, args = matrix_cases.CASES[name]()
    f = micrograd.compile(f)
    f(*args)
    return f, args


def numbers_of(f, args):
    """All inputs of a call, in order."""
    return [float(x) for part in f._latest.buffers(f._variants.arguments(args, {}), None) for x in part]


@pytest.mark.parametrize("name", matrix_cases.CASES)
def test_what_a_textbook_would_write(name):
    f, _ = compiled(name)
    assert str(f.matrices) == FORMS[name].rstrip("\n")


@pytest.mark.parametrize("name", matrix_cases.CASES)
def test_numpy_says_the_same(name):
    f, args = compiled(name)
    assert disagreement(f._latest, numbers_of(f, args)) == ""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name.startswith("small_gpt"))) for name in WORKLOADS]
)
def test_numpy_says_the_same_of_a_workload(name):
    workload = WORKLOADS[name]()
    f = micrograd.compile(workload.loss, parameters=workload.parameters)
    f(*workload.args)
    assert disagreement(f._latest, numbers_of(f, workload.args)) == ""


def test_the_source_runs_without_this_package(tmp_path):
    f, _ = compiled("one_point_of_the_moons")
    path = tmp_path / "loss.py"
    f.matrices.save(path)
    theta = [p.data for p in f.parameters]
    code = f"""
import sys
sys.modules["micrograd"] = None  # importing it is an error
from loss import loss_and_gradient
value, gradient = loss_and_gradient({theta}, [0.5, 0.3], 1.0)
print(float(value), *map(float, gradient))
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    value, gradient = f.value_and_grad(theta, [0.5, 0.3], 1.0)
    assert [float(x) for x in ran.stdout.split()] == pytest.approx([value, *gradient], rel=1e-12, abs=1e-12)


def test_repr_is_short():
    f, _ = compiled("one_point_of_the_moons")
    assert repr(f.matrices) == "<matrices of loss: h1 = relu(W1 @ x + b1), h2 = relu(W2 @ h1 + b2), …>"


def test_a_decision_is_named():
    w = Value(2.0)

    @micrograd.compile
    def f(x):
        return w * x if x > 0 else -w * x

    f(1.0)
    assert "For the decisions of the latest call (" in str(f.matrices)
    assert "f = w * x" in str(f.matrices)
    f(-1.0)
    assert "f = -w * x" in str(f.matrices)


def test_labels_are_names():
    rows = [[Value(0.1), Value(0.2)], [Value(0.3), Value(0.4)]]
    parameters = [v for row in rows for v in row]
    micrograd.label({"A": rows})

    @micrograd.compile(parameters=parameters)
    def f(x):
        return [tanh(a * x[0] + b * x[1]) for a, b in rows]

    f([1.0, 2.0])
    assert "f = tanh(A @ x)" in str(f.matrices)


def test_numbers_that_are_drawn():
    w = Value(2.0)

    @micrograd.compile
    def f(x):
        return w * x * micrograd.fresh(lambda: 0.5)

    f(1.0)
    assert "f = w * x * drawn" in str(f.matrices)


def test_an_operation_of_ones_own_is_written_out(declare):
    @declare("bump")
    def bump(m, x):
        out = m.exp(-x * x)
        return out, -2 * x * out

    w = Value(2.0)
    f = micrograd.compile(lambda x: bump(w * x))
    f(1.0)
    assert "exp(" in str(f.matrices)


def test_without_a_call_there_is_nothing_to_show():
    with pytest.raises(AttributeError, match="has not been called yet"):
        _ = micrograd.compile(MLP(2, [1])).matrices


@pytest.mark.parametrize("name", ["a_neuron", "all_points_of_the_moons", "an_attention_head", "a_valley"])
def test_latex_is_balanced(name):
    latex = compiled(name)[0].matrices.latex
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")


def test_latex_tells_words_from_letters_with_an_index():
    def f(Wq, bk, out, mu, W_hidden, x_2):
        return tanh(Wq * bk + out + mu + W_hidden + x_2)

    f = micrograd.compile(f)
    f(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    for name in ("W_{q}", "b_{k}", "x_{2}", r"\mathrm{out}", r"\mathrm{mu}", r"W_{\mathrm{hidden}}"):
        assert name in f.matrices.latex


def test_where_nothing_is_computed_the_form_says_so():
    f = micrograd.compile(lambda x: 3.0)
    f(1.0)
    assert str(f.matrices).endswith("Nothing is computed: the result is the same for all numbers.")


def test_repr_of_a_function_has_the_beginning():
    f, _ = compiled("a_neuron")
    assert "in matrices: neuron = tanh(w @ x + b)" in repr(f)


def test_labels_given_later_are_names_too():
    w = Value(2.0)
    f = micrograd.compile(lambda x: tanh(w * x))
    f(1.0)
    assert f.matrices is f.matrices
    micrograd.label({"slope": w})
    assert "out = tanh(slope * x)" in str(f.matrices)


@pytest.mark.parametrize("name, most", [("moons", 25), ("small_gpt", 80)])
def test_large_programs_have_few_lines(name, most):
    workload = WORKLOADS[name]()
    f = micrograd.compile(workload.loss, parameters=workload.parameters)
    f(*workload.args)
    text = str(f.matrices)
    assert len(text[text.index("forward") :].splitlines()) <= most


def test_scores_that_look_back_only():
    """Of the box of all scores only half is wanted; what is not wanted stays out of the sums."""
    q, k = matrix_cases.matrix(4, 2), matrix_cases.matrix(4, 2)

    @micrograd.compile
    def f(x):
        return [sum(tanh(micrograd.dot(q[t], k[s]) * x) for s in range(t + 1)) for t in range(4)]

    f(0.5)
    assert "f = where(" in str(f.matrices)
    assert disagreement(f._latest, numbers_of(f, (0.5,))) == ""
