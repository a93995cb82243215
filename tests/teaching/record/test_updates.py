"""Updates one by one: the numbers of a training, every rule worked, every mistake found, and nothing left changed."""

import copy
import math
import random
import re

import pytest
from graphs import graphs, nodes
from hypothesis import given

import micrograd
from micrograd import Value, losses
from micrograd.nn import MLP, BatchNorm, Dropout, Layer, Sequential
from micrograd.optim import SGD, Adam, Optimiser
from micrograd.teaching.record.descent import RULES
from micrograd.teaching.record.slips import SLIPS, find_wrong
from micrograd.text.typeset import latex, text
from micrograd.training import fit

DATA = [[1.0, 2.0], [-1.0, 0.5], [0.25, -1.0]], [1.0, -1.0, 0.5]
OPTIMISERS = {
    "plain": lambda p: SGD(p, lr=0.1),
    "momentum": lambda p: SGD(p, lr=0.1, momentum=0.9, dampening=0.25),
    "nesterov": lambda p: SGD(p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01),
    "decayed": lambda p: SGD(p, lr=0.05, weight_decay=0.1, decayed=p[:3]),
    "adam": lambda p: Adam(p, lr=0.02, weight_decay=0.01),
}


def network(seed=3):
    return MLP(2, [2, 1], activation="tanh", rng=random.Random(seed))


def line(**numbers):
    """A parabola over w and b, as a stepper."""
    return micrograd.step("(w*x + b - y)**2", **{"w": -0.5, "b": 0.25, "x": 2, "y": 1} | numbers)


@pytest.mark.parametrize("make", OPTIMISERS.values(), ids=OPTIMISERS)
def test_the_numbers_of_fit(make):
    model, twin = network(), network()
    optimiser, trained = make(model.parameters()), make(twin.parameters())
    state = copy.deepcopy((optimiser.snapshot, vars(optimiser))[1])
    lesson = micrograd.step_update(model, losses.mse, DATA, optimiser)
    before = [p.data for p in model.parameters()]
    assert lesson.losses == [epoch["loss"] for epoch in fit(twin, losses.mse, DATA, trained, epochs=3, rng=None)]
    moves = {move.rule.index: move for move in lesson.updates[-1].moves}
    assert [moves[k].after for k in range(len(before))] == [p.data for p in twin.parameters()]
    for update in lesson.updates:
        assert update.record[0].names.root is update.root and update.promised < 0
        for move in update.moves:
            worked = move.lines[-1].value
            assert worked == move.after or ("Adam" in repr(type(optimiser)) and math.isclose(worked, move.after))
            assert math.fsum(c.amount for c in move.arrived) == pytest.approx(move.grad)
    for first, then in zip(lesson.updates, lesson.updates[1:], strict=False):
        assert first.after == then.loss and [m.after for m in first.moves] == [m.before for m in then.moves]
    assert [p.data for p in model.parameters()] == before == [p.data for p in network().parameters()]
    assert {k: v for k, v in vars(optimiser).items() if k != "params"} == {
        k: v for k, v in state.items() if k != "params"
    }
    assert all(p.grad == 0 for p in model.parameters())


def test_every_optimiser_has_a_rule():
    assert set(RULES) == {kind.step for kind in Optimiser.__subclasses__() if kind.__module__ == "micrograd.optim"}


def test_mini_batches_and_a_schedule():
    model, twin = network(), network()
    optimiser = SGD(model.parameters(), lr=0.5)
    lesson = micrograd.step_update(model, losses.mse, DATA, optimiser, batch_size=2, rates=[0.1, 0.05, 0.025])
    assert [update.rate for update in lesson.updates] == [0.1, 0.05, 0.025] and optimiser.lr == 0.5
    assert [len(update.names.order) for update in lesson.updates][0] > len(lesson.updates[1].names.order)
    by_hand = SGD(twin.parameters(), lr=0.1)
    for rate, chosen in zip((0.1, 0.05, 0.025), (slice(0, 2), slice(2, 3), slice(0, 2)), strict=True):
        by_hand.lr = rate
        by_hand.zero_grad()
        losses.mse(twin(DATA[0][chosen]), DATA[1][chosen]).backward()
        by_hand.step()
    after = {move.rule.index: move.after for move in lesson.updates[-1].moves}
    assert [after[k] for k in sorted(after)] == [p.data for p in twin.parameters()]


def test_modes_statistics_and_random_numbers_are_as_before():
    model = Sequential([Layer(2, 3, rng=random.Random(1)), BatchNorm(3), Dropout(0.5, rng=4), Layer(3, 1)])
    model.eval()
    state = model.state_dict()
    optimiser = SGD(model.parameters(), lr=0.1)

    def made():
        return micrograd.step_update(model, losses.mse, DATA, optimiser).losses

    assert made() == made()
    assert model.state_dict() == state and not any(module.training for module in model.modules())


def test_an_earlier_grad_stays_where_it_was():
    w = Value(2.0, label="w")
    w.grad = 5.0
    lesson = micrograd.step_update(lambda xs: [w * x for x in xs], losses.mse, ([1.0], [0.0]), SGD([w], lr=0.1))
    assert (w.data, w.grad) == (2.0, 5.0) and lesson.updates[0].moves[0].grad == 4.0


def test_a_rule_with_names_and_with_numbers():
    (_, second, _) = line().update("w b", 0.05, momentum=0.9, nesterov=True, weight_decay=0.5).updates
    worked = second.moves[0].lines
    assert [f"{text(at.name)} ← {text(at.formula)}" for at in worked] == [
        "g ← w.grad + decay·w",
        "velocity ← momentum·velocity + g",
        "step ← g + momentum·velocity",
        "w ← w − rate·step",
    ]
    assert latex(worked[0].formula) == r"\frac{\partial L}{\partial w} + \lambda \cdot w"
    (first,) = line().update("w", 0.05, 1, rule=Adam).updates
    assert text(first.moves[0].lines[-1].formula) == "w − rate·m̂ / (√(v̂) + ε)"


def test_a_rule_of_ones_own():
    class Signs(Optimiser):
        def step(self, gradient=None):
            for p in self.params:
                p.data -= self.lr * (p.grad > 0) - self.lr * (p.grad < 0)

    lesson = line().update("w b", 0.5, 1, rule=Signs)
    move = lesson.updates[0].moves[0]
    assert move.lines == [] and move.after == 0.0
    assert "w ← −0.5 + 0.5 = 0, by the rule of Signs, from w.grad = −7" in str(lesson)
    assert {slip.name for slip, _ in find_wrong(lesson.updates[0], move)} >= {"sign: + instead of −", "rate forgotten"}


@pytest.mark.parametrize(
    ("name", "update", "place", "wrong"),
    [
        ("sign: + instead of −", 0, 0, -0.85),
        ("rate forgotten", 0, 0, 6.5),
        ("divided by the rate", 0, 0, 139.5),
        ("the change, not the new value", 0, 0, 0.35),
        ("the grad, not the new value", 0, 0, -7.0),
        ("others already updated", 0, 1, 0.25 + 0.05 * 2 * 1.05),
        ("zero_grad forgotten", 1, 0, 0.375),
        ("the old grad", 1, 0, 0.2),
        ("from the old value", 1, 0, -0.325),
    ],
)
def test_each_mistake_leads_where_it_should(name, update, place, wrong):
    found = line().update("w b", 0.05).updates[update]
    assert {slip.name: x for slip, x in find_wrong(found, found.moves[place])}[name] == pytest.approx(wrong)


def test_mistakes_of_sums_and_of_other_rules():
    lesson = micrograd.step("w*w*x", w=3, x=2).update("w", 0.1, 2, momentum=0.5)
    first, second = ({slip.name: x for slip, x in find_wrong(u, u.moves[0])} for u in lesson.updates)
    assert first["only the first contribution"] == first["only the last contribution"] == pytest.approx(3 - 0.6)
    w = lesson.updates[1].moves[0]
    assert second["momentum, decay or scaling forgotten"] == pytest.approx(w.before - 0.1 * w.grad)
    assert {slip.name for slip in SLIPS} >= set(first) | set(second)


def test_forgetting_zero_grad():
    s = line()
    lesson = s.update("w b", 0.05, accumulate=True)
    w, b = Value(-0.5), Value(0.25)
    optimiser = SGD([w, b], lr=0.05)
    for update in lesson.updates:
        loss = (w * 2.0 + b - 1.0) ** 2
        loss.backward()
        optimiser.step()
        assert [move.after for move in update.moves] == [w.data, b.data] and update.loss == loss.data
    assert [update.added for update in lesson.updates] == [False, True, True]
    assert "zero_grad is left out: w.grad is still −7" in str(lesson)


def test_a_loss_that_runs_away():
    with pytest.raises(ArithmeticError, match="in update 3, power.* too large for a float.*: take a smaller rate"):
        line().update("w b", 1e80, 4)
    model = network()
    before = [p.data for p in model.parameters()]
    with pytest.raises(ArithmeticError):
        micrograd.step_update(model, losses.mse, DATA, SGD(model.parameters(), lr=1e200), 10)
    assert [p.data for p in model.parameters()] == before


@given(graphs())
def test_any_graph(root):
    """The lines, the page and the mistakes of updates, or a sentence that says why there are none."""
    before = [(v.data, v.grad) for v in nodes(root).values()]
    try:
        lesson = micrograd.step(root).update(rate=0.01, updates=2)
    except (ArithmeticError, TypeError, ValueError) as error:
        assert re.search("finite|its own _backward|cannot copy|no leaf has a name|too large|not defined", str(error))
    else:
        assert list(lesson)[0].startswith("Update 1 of 2: ") and lesson.latex and lesson.html
        for update in lesson.updates:
            for move in update.moves:
                assert move.after == move.before - 0.01 * move.grad == move.lines[-1].value
                assert all(abs(x - move.after) > 1e-7 for _, x in find_wrong(update, move))
    assert [(v.data, v.grad) for v in nodes(root).values()] == before


def test_inside_no_grad():
    model = network()
    with micrograd.no_grad():
        assert len(micrograd.step_update(model, losses.mse, DATA, SGD(model.parameters())).updates) == 3
