"""The 2-2-2 sigmoid network to four digits."""

import pytest

from examples import by_hand
from micrograd.optim import SGD

DIGITS = dict(abs=0.5e-4, rel=0)


def close(got, wanted):
    assert [*map(list, got)] == [pytest.approx(row, **DIGITS) for row in wanted]


def test_every_number():
    model = by_hand.network()
    hidden, output = model
    outputs, loss = by_hand.forward(model)
    assert [out.data for out in outputs] == pytest.approx([0.7514, 0.7729], **DIGITS)
    assert loss.data == pytest.approx(0.2984, **DIGITS)
    loss.backward()
    close(hidden.weight.grad, [[0.0004, 0.0009], [0.0005, 0.0010]])
    close(output.weight.grad, [[0.0822, 0.0827], [-0.0226, -0.0227]])
    SGD(model.parameters(), lr=0.5).step()
    close(hidden.weight, [[0.1498, 0.1996], [0.2498, 0.2995]])
    close(output.weight, [[0.3589, 0.4087], [0.5113, 0.5614]])
    assert hidden.bias == pytest.approx([0.3456, 0.3450], **DIGITS)
    assert output.bias == pytest.approx([0.5308, 0.6190], **DIGITS)


def test_a_weight_of_the_first_layer_collects_two_paths():
    model = by_hand.network()
    outputs, loss = by_hand.forward(model)
    loss.backward()
    through_first, through_second = by_hand.two_paths(model, outputs)
    assert through_first > 0 > through_second
    assert model[0].weight.grad[0][0] == pytest.approx(through_first + through_second, rel=1e-14)
