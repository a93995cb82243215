"""To PyTorch and back: the same outputs and gradients to 1e-12, in both directions and both modes."""

import random
import sys
from collections import OrderedDict
from functools import partial

import pytest

import micrograd
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

FUNCTIONS = "mish selu softsign hardtanh relu6 swish".split()
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


MODELS = (
    {
        "perceptron": lambda: MLP(3, [4, 4, 2], rng=random.Random(1)),
        "fused": lambda: MLP(3, [4, 1], activation="silu", fused=True, rng=random.Random(2)),
        "everything": everything,
        "linear layer": lambda: Layer(3, 2, nonlin=False, rng=random.Random(3)),
        "layer": lambda: Layer(3, 2, activation="sigmoid", bias=False, rng=random.Random(3)),
        "batch norm": lambda: BatchNorm(3),
        "neuron": lambda: Neuron(3, activation="tanh", rng=random.Random(3)),
        "neurons": lambda: Sequential(Neuron(3, rng=random.Random(3)), Neuron(1, nonlin=False, bias=False)),
        "modules and functions": lambda: Sequential(
            Layer(3, 4, activation=Tanh(), rng=random.Random(5)),
            Layer(4, 4, activation=micrograd.mish, rng=random.Random(6)),
            Activation(micrograd.sigmoid),
        ),
        "linear": lambda: Activation("linear"),
        "settings": lambda: Sequential(
            Layer(3, 2, activation=partial(micrograd.leaky_relu, slope=0.2), rng=random.Random(7)),
            Activation(partial(micrograd.elu, alpha=1.5)),
        ),
    }
    | {name: lambda name=name: Activation(getattr(micrograd, name)) for name in FUNCTIONS}
    | {name: lambda name=name: Activation(name) for name in ACTIVATIONS if name != "linear"}
)


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
    close([p.grad for p in parameters(model)], theirs)


def parameters(model):
    """Each once, in PyTorch's order: the weights of all neurons of a layer come before its biases."""
    found = {}
    for part in model.modules():
        if isinstance(part, BatchNorm):
            values = [*part.gamma, *part.beta]
        else:
            neurons = part.neurons if isinstance(part, Layer) else [part] if isinstance(part, Neuron) else []
            values = [w for neuron in neurons for w in neuron.w] + [n.b for n in neurons if n.b is not None]
        found |= {id(v): v for v in values}
    return found.values()


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("name", MODELS)
def test_there_and_back(torch, name, training):
    model = MODELS[name]().train(training)
    drawn = torch.random.get_rng_state()
    module = to_torch(model)
    assert torch.equal(torch.random.get_rng_state(), drawn) and module.training == training
    assert {p.dtype for p in module.parameters()} <= {torch.float64}
    back = from_torch(module, fused=name == "fused")
    if "neuron" not in name:  # PyTorch has them in layers only
        assert list(module.state_dict()) == list(model.state_dict())
        assert back.state_dict() == model.state_dict()
    same(torch, model, module)
    same(torch, back, to_torch(back))
    assert {part.training for part in back.modules()} == {training}


def test_what_is_shared_stays_shared(torch):
    layer, norm = Layer(3, 3, activation="tanh"), BatchNorm(3)
    tied = Layer(3, 3, nonlin=False)
    for neuron, other in zip(tied.neurons, layer.neurons, strict=True):
        neuron.w = other.w
    model = Sequential(layer, norm, layer, norm, tied)
    module = to_torch(model)
    assert module[0] is module[3] and module[2] is module[5] and module[6].weight is module[0].weight
    back = from_torch(module)
    for whole in (model, module, back):
        assert sum(getattr(p, "numel", lambda: 1)() for p in whole.parameters()) == 9 + 3 + 6 + 3
    same(torch, model, module)
    same(torch, back, to_torch(back))
    tied.neurons[0].w = layer.neurons[1].w
    with pytest.raises(TypeError, match="no counterpart of Layer of 3 .*weight is used elsewhere too"):
        to_torch(model)


def test_what_is_not_trained_needs_no_gradient(torch):
    class Head(MLP):
        def parameters(self):
            return self[-1].parameters()

    module = to_torch(Head(3, [4, 2]))
    assert [p.requires_grad for p in module.parameters()] == [False, False, True, True]

    class Part(MLP):
        def parameters(self):
            return super().parameters()[1:]

    with pytest.raises(TypeError, match=r"parameters\(\) leaves out a part of its weight"):
        to_torch(Part(3, [4, 2]))


def test_named_steps_and_subclasses_of_theirs(torch):
    nn = torch.nn

    class Net(nn.Sequential):
        pass

    module = Net(OrderedDict(first=nn.Linear(3, 4), act=nn.ELU(inplace=True), rest=nn.Sequential(nn.Linear(4, 2))))
    same(torch, from_torch(module), module.double())


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
    own = Sequential(Layer(2, 2), Layer(2, 2))
    own[1].neurons[1].activation = "tanh"
    models = {
        Activation(lambda v: v * v): "of <lambda>.*: <lambda> is no activation",
        Layer(2, 2, activation=micrograd.exp): "of Layer of 2 .*: exp is no activation",
        Activation(Activation(micrograd.sin)): r"of Sin\(\): sin is no activation",
        own: "of Layer of 2 ReLUNeuron.*: its neurons differ",
    }
    for model, why in models.items():
        with pytest.raises(TypeError, match=f"PyTorch has no counterpart {why}"):
            to_torch(model)

    class Own(nn.Module):
        def forward(self, x):
            return x

    modules = {
        nn.Conv1d(1, 1, 1): "Conv1d.*the layers that have one are Linear, .* and the activations ReLU, ",
        nn.Sequential(nn.Linear(1, 1), nn.LSTM(1, 1)): "LSTM",
        nn.LayerNorm(2): "LayerNorm",
        nn.Flatten(): "Flatten.*: an example is a flat list here, so leave it out",
        nn.Softmax(dim=1): r"Softmax.*: micrograd\.softmax takes the outputs",
        Own(): r"Own\(\): write it as a torch\.nn\.Sequential",
    }
    for module, what in modules.items():
        with pytest.raises(TypeError, match=f"no counterpart here of {what}"):
            from_torch(module)
    with pytest.raises(TypeError, match=r"from_torch takes a torch\.nn\.Module, got int 3"):
        from_torch(3)
    with pytest.raises(ValueError, match="call it once, on an input"):
        from_torch(nn.LazyLinear(2))
    hooked = nn.Linear(1, 1)
    hooked.register_forward_hook(lambda *_: None)
    for module, why in ((hooked, "hooks"), (nn.utils.parametrizations.weight_norm(nn.Linear(1, 1)), "parametrized")):
        with pytest.raises(ValueError, match=f"{why}.* no counterpart here"):
            from_torch(module)
    for module in (
        nn.GELU(approximate="tanh"),
        nn.Softplus(beta=2.0),
        nn.BatchNorm1d(2, affine=False),
        nn.BatchNorm1d(2, track_running_stats=False),
        nn.BatchNorm1d(2, momentum=None),
    ):
        with pytest.raises(ValueError, match="no counterpart here"):
            from_torch(module)
