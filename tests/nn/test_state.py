"""State and model files: PyTorch's names; a state is loaded whole or not at all."""

import json
import os
import random
import re
from fractions import Fraction

import numpy as np
import pytest
import safetensors.numpy
from budget import random_numbers, tries

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


# ---- files and states that were made to cause trouble


def made(header, data=b"", length=None):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(header) if length is None else length).to_bytes(8, "little") + header + data


def entry(shape, size=8, kind="F64", begin=0):
    return {"dtype": kind, "shape": shape, "data_offsets": [begin, begin + size]}


def pair(first, second):
    """A header with the name `bias` twice, which no dict can hold."""
    return f'{{"bias":{json.dumps(first)},"bias":{json.dumps(second)}}}'.encode()


LARGE = 4_000_000
TROUBLE = {
    "rows without numbers": (made({"bias": entry([LARGE, 0], 0)}), f"bias: shape (1,) is needed, got ({LARGE}, 0)"),
    "an unknown name": (made({"bias": entry([1]), "x": entry([0, LARGE], 0, begin=8)}, bytes(8)), "x is unknown"),
    "rows beyond any memory": (made({"bias": entry([2**64 - 1, 0], 0)}), "not a whole safetensors file"),
    "an overflow": (made({"bias": entry([2**63, 2], 0)}), "not a whole safetensors file"),
    "a hundred dimensions": (made({"bias": entry([1] * 100)}, bytes(8)), "not a whole safetensors file"),
    "a negative size": (made({"bias": entry([-1])}, bytes(8)), "not a whole safetensors file"),
    "True for a size": (made({"bias": entry([True])}, bytes(8)), "not a whole safetensors file"),
    "a float for a size": (made({"bias": entry([1.0])}, bytes(8)), "not a whole safetensors file"),
    "nan for a size": (made({"bias": entry([float("nan")])}, bytes(8)), "not a whole safetensors file"),
    "a size of 5,000 digits": (made({"bias": entry([10**4000])}, bytes(8)), "not a whole safetensors file"),
    "offsets beyond the end": (made({"bias": entry([1], begin=2**62)}, bytes(8)), "not a whole safetensors file"),
    "negative offsets": (made({"bias": entry([1], begin=-8)}, bytes(8)), "not a whole safetensors file"),
    "offsets that overlap": (made({"bias": entry([1]), "b": entry([1])}, bytes(8)), "not a whole safetensors file"),
    "a name twice": (made(pair(entry([1]), entry([1])), bytes(8)), "two entries of the name bias"),
    "no object": (made(b"[1, 2]"), "not a whole safetensors file"),
    "a deep header": (made(b'{"bias":' + b"[" * 300_000), "not a whole safetensors file"),
    "a header without an end": (made(b"{}", length=2**63), "not a whole safetensors file"),
    "a header that is longer than the file": (made(b"{}", length=90_000_000), "not a whole safetensors file"),
    "many names": (made({f"x{k}": entry([0], 0) for k in range(10_000)}), "and 9,981 more"),
    "a long name": (made({"x" * 900_000: entry([1])}, bytes(8)), "xxx… is unknown"),
    "a large file": (bytes(2_000_000), "has more than 1,001,016 bytes, too many for a file of this model"),
    "complex numbers": (made({"bias": entry([1], kind="C64")}, bytes(8)), "a Value holds a real number, got complex"),
    "a kind that nobody knows": (made({"bias": entry([1], kind="F99")}, bytes(8)), "not a whole safetensors file"),
    "a kind that NumPy does not have": (made({"bias": entry([8], kind="F8_E4M3")}, bytes(8)), "of the kind 'F8_E4M3'"),
    "control characters": (made({"\x1b[2J\u202e": entry([1])}, bytes(8)), "  \\x1b[2J\\u202e is unknown"),
}


class Single(Module):
    def __init__(self):
        self.bias = [Value(0.5)]


@pytest.mark.parametrize("name", TROUBLE)
def test_a_file_that_makes_trouble(name, tmp_path):
    content, sentence = TROUBLE[name]
    path, model = tmp_path / "model", Single()
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        model.load(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and len(message) < 10_000 and "\x1b" not in message
    assert model.bias[0].data == 0.5


def test_the_numbers_of_a_wrong_shape_are_never_looked_at(tmp_path, monkeypatch):
    """However many rows a few bytes of a file claim: only its shape is compared."""
    path, model = tmp_path / "model", Single()
    path.write_bytes(made({"bias": entry([LARGE, 0], 0)}))
    looked = []
    monkeypatch.setattr("micrograd.nn.state.to_lists", lambda content: looked.append(np.shape(content)) or content)
    with pytest.raises(ValueError, match="is needed, got"):
        model.load(path)
    assert (LARGE, 0) not in looked


def test_a_sparse_file_and_an_endless_one(tmp_path):
    with open(tmp_path / "sparse", "wb") as file:
        file.write(made({"bias": entry([1])}, bytes(8)))
        file.truncate(2**40)
    with pytest.raises(ValueError, match="too many for a file of this model"):
        Single().load(tmp_path / "sparse")
    if os.path.exists("/dev/zero"):
        with pytest.raises(ValueError, match="/dev/zero has more than"):
            Single().load("/dev/zero")


def test_states_that_make_trouble():
    within = []
    within.append(within)
    laughs = [1.0]
    for _ in range(60):
        laughs = [laughs] * 10
    for content, sentence in {
        "huge": ([10**400], "bias: numbers within the range of floats are needed: "),
        "digits": ([[10**5000]], "bias: shape (1,) is needed, got (1, 1)"),
        "fraction": ([Fraction(10**400)], "bias: numbers within the range of floats are needed: "),
        "list within itself": (within, "bias: shape (1,) is needed, got (1, 1)"),
        "laughs": (laughs, "bias: shape (1,) is needed, got (10, 10)"),
        "rows": (np.zeros((LARGE, 0)), f"bias: shape (1,) is needed, got ({LARGE}, 0)"),
        "text": (["1"], "bias: a Value holds a real number, got str '1'"),
        "a long text": (["1" * 10**6], "bias: a Value holds a real number, got str '1111"),
        "texts": (np.array(["a"]), "bias: a Value holds a real number, got str 'a'"),
        "complex": (np.array([1j]), "bias: a Value holds a real number, got complex 1j"),
        "nothing": (None, "bias: shape (1,) is needed, got ()"),
        "a set": ({1.0}, "bias: shape (1,) is needed, got ()"),
        "objects": (np.array([None]), "bias: a Value holds a real number, got NoneType None"),
    }.values():
        model = Single()
        with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
            model.load_state_dict({"bias": content})
        assert len(str(caught.value)) < 1000 and model.bias[0].data == 0.5
    for nonsense in (None, [1.0], "model.safetensors", Single()):
        with pytest.raises(TypeError, match="a state is a dict of numbers by name, as state_dict"):
            Single().load_state_dict(nonsense)


def test_a_count_beyond_64_bits_is_saved_as_a_float(tmp_path):
    model = BatchNorm(1)
    for count in (2**63 - 1, -(2**63) + 1, 2**70):
        model.load_state_dict({**model.state_dict(), "num_batches_tracked": count})
        model.save(tmp_path / "model")
        model.load(tmp_path / "model")
        assert model.num_batches_tracked == count


class Fragile(Module):
    """Its second tensor cannot be set, as if Ctrl-C came just then."""

    def __init__(self):
        self.first, self.second = Value(1.0), Value(2.0)

    def tensors(self, path=""):
        def interrupt(content):
            if content != 2.0:
                raise KeyboardInterrupt

        first, second = super().tensors(path)
        yield from (first, second._replace(write=interrupt))


def test_an_interrupted_load_changes_nothing():
    model = Fragile()
    with pytest.raises(KeyboardInterrupt):
        model.load_state_dict({"first": 3.0, "second": 4.0})
    assert (model.first.data, model.second.data) == (1.0, 2.0)


def mutated(whole, rng):
    """A model file with a few bytes changed, inserted, deleted or moved; most changes are in the header."""
    content, end = bytearray(whole), 8 + int.from_bytes(whole[:8], "little")
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        k = rng.randrange(min(end if rng.random() < 0.9 else len(content), len(content)))
        what = rng.randrange(5)
        if what == 0:
            content[k] = rng.choice(b'{}[]":,-0129.eE\\tnf \x00\xff')
        elif what == 1:
            content[k:k] = rng.choice(
                [b"0", b"9" * 20, b"[", b"{", b",", b"-", b"null", b"true", b"NaN", b"1e999", b'"']
            )
        elif what == 2:
            del content[k : k + rng.choice([1, 1, 2, 10])]
        elif what == 3:
            content[k:k] = content[rng.randrange(len(content)) :][: rng.randrange(60)]
        else:
            content[k] ^= 1 << rng.randrange(8)
    if rng.random() < 0.8:  # a length that fits lets the change through to the reader of the header
        content[:8] = max(0, end + len(content) - len(whole) - 8).to_bytes(8, "little")
    return bytes(content)


def test_fuzzed_files(tmp_path):
    """Whatever is changed in a file: it is refused and the model keeps its weights, or it is read whole."""
    source, path, rng = Layer(2, 2, nonlin=False, rng=random.Random(1)), tmp_path / "model", random_numbers(5)
    source.save(path)
    whole, model, refused = path.read_bytes(), Layer(2, 2, nonlin=False, rng=random.Random(2)), 0
    before = model.state_dict()
    count = tries(200, 6_000)
    for _ in range(count):
        path.write_bytes(mutated(whole, rng))
        try:
            model.load(path)
        except ValueError as error:
            assert str(error).startswith(str(path)) and len(str(error)) < 10_000
            refused += 1
            assert repr(model.state_dict()) == repr(before)
        else:
            after = model.state_dict()
            assert [np.shape(content) for content in after.values()] == [(2, 2), (2,)]
            model.load_state_dict(before)
    assert refused > count / 2


def test_without_safetensors(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"pip install 'micrograd-lab\[files\]'"):
        network().save(tmp_path / "model")
