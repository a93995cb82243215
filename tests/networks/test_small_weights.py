"""The 4-3-3-2 ReLU network, by two formulas and by PyTorch."""

import pytest

from examples import small_weights
from examples.small_weights import BATCH, CLASSES, RATE


def test_two_derivatives_by_their_formulas():
    model = small_weights.network()
    last = [[small_weights.last_layer(model, k, j) for j in range(3)] for k in range(2)]
    before = [[small_weights.layer_before(model, j, i) for i in range(3)] for j in range(3)]
    small_weights.step(model)
    for layer, formulas in ((model[2], last), (model[1], before)):
        for got, wanted in zip(layer.weight.grad, formulas, strict=True):
            assert got == pytest.approx(wanted, rel=1e-12)
    largest = max(abs(g) for row in model[2].weight.grad for g in row)
    assert 1e-8 < largest < 1e-6


def test_gradients_and_updated_weights_equal_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is the reference: pip install 'micrograd-lab[torch]'")
    model = small_weights.network()
    weights = [torch.tensor(layer.weight, dtype=torch.float64, requires_grad=True) for layer in model]
    small_weights.step(model)

    x = torch.tensor(BATCH, dtype=torch.float64)
    for k, w in enumerate(weights):
        x = x @ w.T if k == 2 else torch.relu(x @ w.T)
    torch.nn.functional.cross_entropy(x, torch.tensor(CLASSES)).backward()
    torch.optim.SGD(weights, lr=RATE).step()
    for layer, w in zip(model, weights, strict=True):
        assert layer.bias is None
        for name, got, wanted in (("grad", layer.weight.grad, w.grad), ("weight", layer.weight, w.detach())):
            for row, reference in zip(got, wanted.tolist(), strict=True):
                assert row == pytest.approx(reference, rel=1e-12, abs=0), name
