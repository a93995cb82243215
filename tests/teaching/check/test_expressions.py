"""The expressions that are tried: the smallest first, written as they run, with the right answers."""

import math

import pytest

from micrograd import Value
from micrograd.teaching.check.enumeration import cases, trials
from micrograd.teaching.check.trials import ARITHMETIC, PRODUCTS, SUMS, Step, Trial, all_forms

ALL = list(cases(all_forms()))
CORE = [SUMS[0], PRODUCTS[0]]


def sizes(found):
    return [len(case.trial.steps) for case in found]


def test_the_smallest_come_first():
    larger = sizes(ALL).index(4) if 4 in sizes(ALL) else len(ALL)
    small = [size for size in sizes(ALL)[:larger] if size <= 3]
    assert small == sorted(small) and sizes(ALL)[0] == 0 and max(sizes(ALL)) == 8
    assert [str(case.trial) for case in ALL[:6]] == [
        "a", "L = a + b", "L = a + a", "L = a * b", "L = a * a", "L = a - b",
    ]  # fmt: skip


def test_of_one_size_those_that_tell_more_come_first():
    for size in (1, 2, 3):
        telling = [case.telling for case in ALL if len(case.trial.steps) == size]
        assert telling == sorted(telling, reverse=True)


def test_they_are_the_same_each_time_and_no_two_are_the_same():
    assert [(case.trial, case.numbers) for case in cases(all_forms())] == [(case.trial, case.numbers) for case in ALL]
    assert len({(case.trial, case.numbers) for case in ALL}) >= 0.99 * len(ALL)


def test_every_form_is_tried_alone():
    alone = {case.trial.steps[0].form for case in ALL if len(case.trial.steps) == 1}
    assert alone == set(all_forms())


def test_both_sides_of_a_kink():
    grads = {case.right for case in ALL if str(case.trial) == "L = a.relu()"}
    assert grads == {(1.0,), (0.0,)}


def test_everything_is_used_and_reused():
    two = list(trials(2, CORE, 3))
    assert len(two) == len(set(two)) and all(trial.uses[0] >= 1 for trial in two)
    texts = {str(trial) for trial in trials(3, CORE, 2)}
    assert {"c = a + b; L = c + c * a", "c = a * b; d = c + c; L = d * d", "c = a * a; L = c * (c * c)"} <= texts


@pytest.mark.parametrize("case", ALL[::23], ids=lambda case: str(case.trial))
def test_the_text_is_what_runs(case):
    names = {"Value": Value} | {name: Value(x) for name, x in zip(case.trial.leaf_names, case.numbers, strict=True)}
    leaves = [names[name] for name in case.trial.leaf_names]
    exec("; ".join(case.trial.statements), names)
    root = names[case.trial.root]
    root.backward()
    assert root.data == (case.values[-1] if case.values else case.numbers[0])
    assert tuple(leaf.grad for leaf in leaves) == case.right
    assert all(map(math.isfinite, case.right))


@pytest.mark.parametrize("case", ALL[::23], ids=lambda case: str(case.trial))
def test_the_lectures_way_gives_the_same(case):
    for lecture in (False, True):
        root, leaves = case.graph(lecture)
        root.backward()
        assert [leaf.grad for leaf in leaves] == pytest.approx(list(case.right), rel=1e-9, abs=1e-9)


def test_names_do_not_run_out_or_meet():
    step = Step(SUMS[0], (-1, -2))
    trial = Trial(2, (step, *(Step(SUMS[0], (k, k)) for k in range(9))))
    names = list(trial.names.values())
    assert len(set(names)) == len(names) and trial.root == "L" and trial.leaf_names == ["a", "b"]


def test_no_forms_no_expressions_but_a_leaf():
    assert [str(case.trial) for case in cases([])] == ["a"]
    assert len(list(cases(ARITHMETIC))) > 500
