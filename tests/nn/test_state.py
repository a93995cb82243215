"""State and model files: PyTorch's names; a state is loaded whole or not at all."""

import json
import os
import random

import numpy as np
import pytest
import safetensors.numpy

from micrograd import Value
from micrograd.nn import MLP, BatchNorm, Dropout, Layer, Module, ReLU, Sequential, files


def network(seed=0):
    rng = random.Random(seed)
    return Sequential(
        Layer(3, 4, activation="tanh", rng=rng),
        BatchNorm(4),
        Dropout(0.5),
        Sequential(Layer(4, 2, nonlin=False, bias=False, rng=rng), ReLU(), Layer(2, 1, nonlin=False, rng=rng)),
    )


NAMES = {
    "0.weight": (4, 3),
    "0.bias": (4,),
    "2.weight": (4,),
    "2.bias": (4,),
    "2.running_mean": (4,),
    "2.running_var": (4,),
    "2.num_batches_tracked": (),
    "4.0.weight": (2, 4),
    "4.2.weight": (1, 2),
    "4.2.bias": (1,),
}


def test_names_and_shapes():
    assert {name: np.shape(content) for name, content in network().state_dict().items()} == NAMES
    assert list(MLP(2, [3, 1]).state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert list(MLP(2, [1]).state_dict()) == ["0.weight", "0.bias"]
    assert list(Layer(2, 1, nonlin=False).state_dict()) == ["weight", "bias"]
    assert list(Layer(2, 1).state_dict()) == ["0.weight", "0.bias"]
    assert list(Dropout().state_dict()) == []
    json.dumps(network().state_dict())


def test_a_state_moves_from_model_to_model():
    ours, theirs = network(1), network(2)
    ours([[1.0, 2.0, 3.0], [3.0, 1.0, 0.5]])
    parameters = theirs.parameters()
    theirs.load_state_dict(ours.state_dict())
    assert theirs.state_dict() == ours.state_dict() and theirs.parameters() == parameters
    assert theirs[1].num_batches_tracked == 1
    arrays = {name: np.array(content) for name, content in network(3).state_dict().items()}
    theirs.load_state_dict(arrays)
    assert theirs.state_dict() == network(3).state_dict()


def test_every_misfit_is_listed_and_nothing_changes():
    model = network(1)
    before = model.state_dict()
    state = network(2).state_dict()
    del state["0.bias"], state["4.2.weight"]
    state["head.weight"] = [1.0]
    state["0.weight"] = [[1.0, 2.0]]
    state["2.bias"] = [1.0, 2.0, 3.0, None]
    state["2.running_mean"] = [[1.0, 2.0], [3.0]]
    with pytest.raises(ValueError) as error:
        model.load_state_dict(state)
    assert str(error.value).splitlines() == [
        "the state does not fit the model, which is left as it was:",
        "  0.bias is missing",
        "  4.2.weight is missing",
        "  head.weight is unknown",
        "  0.weight: shape (4, 3) is needed, got (1, 2)",
        "  2.bias: a Value holds a real number, got NoneType None",
        "  2.running_mean: shape (4,) is needed, got rows of unequal length",
    ]
    assert model.state_dict() == before


class Own(Module):
    def __init__(self):
        self.scale = Value(2.0)
        self.table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
        self.ragged = [[Value(1.0)], [Value(5.0), Value(6.0)]]
        self.parts = {"first": Layer(1, 1), "rest": [MLP(1, [2, 1]), BatchNorm(1)]}
        self.cached = self.scale * 3
        self.name = "own"


def test_names_in_a_learners_module_are_paths_of_attributes():
    module = Own()
    state = module.state_dict()
    assert state["scale"] == 2.0 and state["table"] == [[1.0, 2.0], [3.0, 4.0]]
    assert state["ragged.0"] == [1.0] and state["ragged.1"] == [5.0, 6.0]
    assert {"parts.first.0.weight", "parts.rest.0.2.bias", "parts.rest.1.running_var"} < set(state)
    assert not any(name.startswith(("cached", "name")) for name in state)
    module.load_state_dict({**state, "scale": 7.0, "table": [[0, 0], [0, 1]]})
    assert module.scale.data == 7.0 and module.table[1][1].data == 1.0


# ---- files


def test_a_file_holds_everything_in_float64(tmp_path):
    path, model = tmp_path / "model.safetensors", network(1)
    model([[1.0, 2.0, 3.0], [3.0, 1.0, 0.5]])
    model.save(path)
    arrays = safetensors.numpy.load_file(path)
    assert {name: array.shape for name, array in arrays.items()} == NAMES
    assert {name for name, array in arrays.items() if array.dtype != np.float64} == {"2.num_batches_tracked"}
    twin = network(2)
    parameters = twin.parameters()
    twin.load(str(path))
    assert twin.state_dict() == model.state_dict() and twin.parameters() == parameters
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_single_precision_can_be_read_too(tmp_path):
    model = Layer(2, 1, nonlin=False)
    content = {"weight": np.array([[0.5, 0.1]], dtype=np.float32), "bias": np.array([2], dtype=np.int64)}
    safetensors.numpy.save_file(content, tmp_path / "single")
    model.load(tmp_path / "single")
    assert model.weight == [[0.5, float(np.float32(0.1))]] and model.bias == [2]


def test_damaged_and_foreign_files(tmp_path):
    model = network(1)
    before = model.state_dict()
    path = tmp_path / "model"
    network(2).save(path)
    whole = path.read_bytes()
    foreign = [whole[:n] for n in (0, 4, 8, 100, len(whole) - 1)] + [
        whole + b"more",
        b"\x80\x04\x95 a pickle",
        b"PK\x03\x04" + bytes(100),
        b"\xff" * 64,
        bytes(64),
        (2).to_bytes(8, "little") + b"[]",
    ]
    for content in foreign:
        path.write_bytes(content)
        with pytest.raises(ValueError, match="model is not a whole safetensors file of numbers: "):
            model.load(path)
    MLP(2, [3, 1]).save(path)
    with pytest.raises(ValueError, match="(?s)model: the state does not fit .* is missing.*0.weight: shape"):
        model.load(path)
    with pytest.raises(FileNotFoundError):
        model.load(tmp_path / "nowhere")
    assert model.state_dict() == before


def test_every_cut_of_a_file_is_refused(tmp_path):
    model, path = Layer(1, 1, nonlin=False), tmp_path / "model"
    model.save(path)
    whole = path.read_bytes()
    for n in range(len(whole)):
        path.write_bytes(whole[:n])
        with pytest.raises(ValueError, match="not a whole safetensors file"):
            model.load(path)


def test_types_that_numpy_does_not_have(tmp_path):
    header = json.dumps({"weight": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [0, 4]}}).encode()
    (tmp_path / "model").write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(ValueError, match="not a whole safetensors file of numbers"):
        Layer(2, 1, nonlin=False).load(tmp_path / "model")


def test_a_crash_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path, old = tmp_path / "model", network(1)
    old.save(path)
    whole = path.read_bytes()

    def crash(*arguments):
        raise OSError("the disk is full")

    for step in ("fsync", "replace"):
        with monkeypatch.context() as broken:
            broken.setattr(files.os, step, crash)
            with pytest.raises(OSError, match="disk is full"):
                network(2).save(path)
        assert path.read_bytes() == whole and os.listdir(tmp_path) == ["model"]
    with pytest.raises(FileNotFoundError):
        old.save(tmp_path / "nowhere" / "model")


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    network(1).save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").stat().st_size > 100


def test_without_safetensors(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"pip install 'micrograd-lab\[files\]'"):
        network().save(tmp_path / "model")
