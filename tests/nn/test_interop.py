"""To PyTorch and back: the same outputs and gradients to 1e-12, in both directions and both modes."""

import random
import sys

import pytest

from micrograd import Value, total
from micrograd.interop import from_torch, to_torch
from micrograd.nn import (
    ACTIVATIONS,
    MLP,
    Activation,
    BatchNorm,
    Dropout,
    Layer,
    Neuron,
    Sequential,
    Softplus,
    Tanh,
)

ROWS = [[0.3, -1.2, 2.0], [1.1, 0.4, -0.7], [-0.9, 0.8, 0.25], [25.0, -0.35, 1.4]]


def test_without_pytorch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"pip install 'micrograd-lab\[torch\]'"):
        to_torch(MLP(2, [1]))


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is the other side: pip install 'micrograd-lab[torch]'")


def everything():
    rng = random.Random(4)
    norm = BatchNorm(5, momentum=0.8, eps=1e-4)
    norm.weight, norm.bias = [1.5, 0.5, 2.0, 1.0, 0.7], [0.1, -0.2, 0.3, 0.0, 1.0]
    norm.running_mean, norm.running_var = [0.1, 0.2, 0.3, 0.4, 0.5], [1.0, 2.0, 0.5, 1.5, 1.0]
    return Sequential(
        Layer(3, 5, activation="gelu", rng=rng),
        norm,
        Tanh(),
        Dropout(0.0),
        Sequential(Layer(5, 4, nonlin=False, bias=False, rng=rng), Softplus(), MLP(4, [3, 2], rng=rng)),
    )


MODELS = {
    "perceptron": lambda: MLP(3, [4, 4, 2], rng=random.Random(1)),
    "fused": lambda: MLP(3, [4, 1], activation="silu", fused=True, rng=random.Random(2)),
    "everything": everything,
    "linear layer": lambda: Layer(3, 2, nonlin=False, rng=random.Random(3)),
    "layer": lambda: Layer(3, 2, activation="sigmoid", bias=False, rng=random.Random(3)),
    "batch norm": lambda: BatchNorm(3),
} | {name: lambda name=name: Activation(name) for name in ACTIVATIONS if name != "linear"}


def close(ours, theirs):
    assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-13)


def same(torch, model, module):
    """Outputs, gradients by inputs and by parameters, and running statistics."""
    inputs = [[Value(x) for x in row] for row in ROWS]
    outs = [out if isinstance(out, list) else [out] for out in model(inputs)]
    model.zero_grad()
    total(v * v * (k + 1.0) for out in outs for k, v in enumerate(out)).backward()
    x = torch.tensor(ROWS, dtype=torch.float64, requires_grad=True)
    reference = module(x)
    module.zero_grad()
    (reference * reference * torch.arange(1.0, reference.shape[1] + 1)).sum().backward()
    for out, expected in zip(outs, reference.tolist(), strict=True):
        close([v.data for v in out], expected)
    for row, expected in zip(inputs, x.grad.tolist(), strict=True):
        close([v.grad for v in row], expected)
    theirs = [g for p in module.parameters() for g in p.grad.flatten().tolist()]
    ours = []
    for part in model.modules():
        if isinstance(part, (Layer, BatchNorm)):
            ours += [g for row in part.weight.grad for g in (row if isinstance(row, list) else [row])]
            ours += [] if part.bias is None else part.bias.grad
    close(ours, theirs)


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("name", MODELS)
def test_there_and_back(torch, name, training):
    model = MODELS[name]().train(training)
    module = to_torch(model)
    assert list(module.state_dict()) == list(model.state_dict()) and module.training == training
    assert {p.dtype for p in module.parameters()} <= {torch.float64}
    back = from_torch(module, fused=name == "fused")
    assert back.state_dict() == model.state_dict()
    same(torch, model, module)
    same(torch, back, to_torch(back))
    assert {part.training for part in back.modules()} == {training}


def test_from_a_module_in_single_precision(torch):
    nn = torch.nn
    torch.manual_seed(1)
    module = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2, bias=False), nn.Sigmoid())
    state = random.getstate()
    model = from_torch(module)
    assert random.getstate() == state
    same(torch, model, module.double())
    module.eval()
    assert from_torch(module)[1].training is False
    module[1].train()
    mixed = from_torch(module)
    assert [step.training for step in mixed] == [False, True, False, False, False]


def test_running_statistics_move_alike_but_for_the_unbiased_variance(torch):
    ours = BatchNorm(3, momentum=0.9)
    theirs = to_torch(ours)
    assert theirs.momentum == pytest.approx(0.1)
    ours(ROWS)
    theirs(torch.tensor(ROWS, dtype=torch.float64))
    close(ours.running_mean, theirs.running_mean.tolist())
    close([(v - 0.9) * 4 / 3 for v in ours.running_var], [v - 0.9 for v in theirs.running_var.tolist()])
    assert ours.num_batches_tracked == theirs.num_batches_tracked.item() == 1


def test_a_state_moves_without_conversion_of_names(torch, tmp_path):
    from safetensors.torch import load_file, save_file

    model = MLP(3, [4, 2])
    module = to_torch(MLP(3, [4, 2]))
    model.save(tmp_path / "ours")
    module.load_state_dict(load_file(tmp_path / "ours"))
    same(torch, model, module)
    save_file(to_torch(MLP(3, [4, 2])).state_dict(), tmp_path / "theirs")
    model.load(tmp_path / "theirs")
    module.load_state_dict(load_file(tmp_path / "theirs"))
    same(torch, model, module)
    model.load_state_dict(to_torch(MLP(3, [4, 2])).state_dict())


def test_layers_and_settings_without_a_counterpart(torch):
    nn = torch.nn
    for model in (
        Activation(lambda v: v * v),
        Neuron(2),
        Layer(2, 2, activation=lambda v: v * v),
        Activation("linear"),
    ):
        with pytest.raises(TypeError, match="PyTorch has no counterpart of"):
            to_torch(model)
    for module in (nn.Conv1d(1, 1, 1), nn.Identity(), nn.Sequential(nn.Linear(1, 1), nn.LSTM(1, 1))):
        with pytest.raises(TypeError, match="no counterpart here of (Conv1d|Identity|LSTM)"):
            from_torch(module)
    for module in (
        nn.LeakyReLU(0.2),
        nn.ELU(alpha=2.0),
        nn.GELU(approximate="tanh"),
        nn.Softplus(beta=2.0),
        nn.BatchNorm1d(2, affine=False),
        nn.BatchNorm1d(2, track_running_stats=False),
        nn.BatchNorm1d(2, momentum=None),
    ):
        with pytest.raises(ValueError, match="no counterpart here"):
            from_torch(module)
