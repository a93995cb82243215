"""The examples run and say what they should; their networks are tested in `networks`."""

import importlib
from pathlib import Path

import pytest

import examples
from examples import digits, noise

NAMES = sorted(path.stem for path in Path(examples.__file__).parent.glob("*.py") if path.stem != "__init__")
SAID = {
    "by_hand": "loss 0.2984",
    "deeper": "and in a batch of others:",
    "four_equations": "cross_entropy cost: the largest deviation by equation and layer",
    "small_weights": "layer before  by formula",
}


@pytest.mark.parametrize(
    "name", ["by_hand", "four_equations", "small_weights", pytest.param("deeper", marks=pytest.mark.slow)]
)
def test_it_runs(name, capsys):
    importlib.import_module(f"examples.{name}").main()
    assert SAID[name] in capsys.readouterr().out


def test_noise(capsys):
    noise.main(epochs=2)
    assert "of 1,000 fresh samples" in capsys.readouterr().out


def test_digits_from_five_seeds(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["digits", "--epochs", "7"])
    monkeypatch.setattr(digits, "held_out_accuracy", lambda seed, epochs, progress: 0.9 + seed / 100 + epochs / 1000)
    digits.main()
    assert capsys.readouterr().out.splitlines()[-1] == "mean 92.70%"


def test_all_are_listed_and_tested():
    assert {*NAMES} == {*SAID, "noise", "digits", "moons"}
    assert all(f"\n{name} " in examples.__doc__ for name in NAMES)
