"""Tensors and tables of other libraries as arguments: their numbers are inputs, and nothing else of them misleads."""

import math

import numpy as np
import pytest

import micrograd
from micrograd import TraceError, Value
from micrograd.compiler.tracing.arguments import Arguments

w = Value(0.5)


def outcomes(f, inputs):
    compiled = micrograd.compile(f, backend="python")
    return [(compiled(x).data, f(x).data) for x in inputs]


def tensors():
    torch = pytest.importorskip("torch")
    return [torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.5]), torch.tensor([1.0, 2.0], dtype=torch.float64)]


def each(x):
    return sum((w * v for v in x), Value(0.0)) + len(x) * x.ndim + x.shape[0]


def by_class_and_dtype(x):
    import torch

    if not isinstance(x, torch.Tensor) or type(x) is not torch.Tensor:
        return w
    return sum(w * v for v in x.tolist()) * (1 if x.dtype == torch.float32 else 10)


def in_numpy(x):
    return (w * x.numpy()).sum() + x.detach().cpu().numpy().max()


@pytest.mark.parametrize("f", [each, by_class_and_dtype, in_numpy])
def test_tensors(f):
    for found, wanted in outcomes(f, tensors()):
        assert found == pytest.approx(wanted)


@pytest.mark.parametrize(
    "f, what",
    [
        (lambda x: w * x.max(0)[0], r"\.max of a Tensor"),
        (lambda x: w * (x * 2.0)[0], "arithmetic of a Tensor"),
        (lambda x: w * len(str(x)), "the text of a Tensor"),
        (lambda x: w * len(f"{x}"), "the text of a Tensor"),
        (lambda x: w * float(np.mean(x.tolist()) + np.sum(x)), r"np\.sum of a Tensor"),
    ],
)
def test_what_means_another_thing_in_a_tensor_is_refused(f, what):
    with pytest.raises(TraceError, match=what + ".*test_foreign_arguments.*Pass its numbers in"):
        micrograd.compile(f)(tensors()[2])


def test_arrays_of_jax():
    jnp = pytest.importorskip("jax.numpy")
    for found, wanted in outcomes(each, [jnp.array([1.0, 2.0]), jnp.array([3.0, 4.0])]):
        assert found == pytest.approx(wanted)


def tables():
    pd = pytest.importorskip("pandas")
    days = pd.to_datetime(["2020-01-02", "2021-03-04"])
    return [
        pd.DataFrame({"v": [1.0, 2.0], "n": [3, 4], "kind": ["x", "y"], "day": days}),
        pd.DataFrame({"v": [5.0, 2.0], "n": [3, 8], "kind": ["x", "y"], "day": days}),
        pd.DataFrame({"v": [5.0, 2.0], "n": [3, 8], "kind": ["y", "y"], "day": days[::-1]}),
    ]


def columns(df):
    return sum(w * a * b * (2 if k == "x" else 1) for a, b, k in zip(df["v"], df.n, df["kind"], strict=True))


def rows(df):
    return sum(w * r.v + len(f"{r.n}") + r.day.year for r in df.itertuples()) + df.loc[0, "v"] + df.iloc[1]["n"]


def column(df):
    s = df["v"]
    return (w * s).sum() + s.mean() + s.max() + len(s.name) + sum(s.index) + s[s > 1.5].sum()


@pytest.mark.parametrize("f", [columns, rows, column])
def test_tables(f):
    for found, wanted in outcomes(f, tables()):
        assert found == pytest.approx(wanted)


def test_a_series_has_its_name():
    pd = pytest.importorskip("pandas")
    inputs = [pd.Series([1.0, 2.0], name="a"), pd.Series([3.0, 2.0], name="a"), pd.Series([1.0, 2.0], name="bc")]
    for found, wanted in outcomes(lambda s: w * s.sum() * len(s.name), inputs):
        assert found == pytest.approx(wanted)


@pytest.mark.parametrize(
    "f, what",
    [
        (lambda df: w * len(str(df)), "the text of a DataFrame"),
        (lambda df: w * (1 if df["v"].dtype == float else 2), r"\.dtype of a Series"),
        (lambda df: w * df.select_dtypes("number").shape[1], r"\.select_dtypes of a DataFrame"),
        (lambda df: w * df["v"].describe()["mean"], r"\.describe of a Series"),
    ],
)
def test_what_means_another_thing_in_a_table_is_refused(f, what):
    with pytest.raises(TraceError, match=what):
        micrograd.compile(f)(tables()[0])


def test_a_nan_in_a_table_is_refused_also_later():
    pd = pytest.importorskip("pandas")
    f = micrograd.compile(lambda s: w * s.sum())
    assert f(pd.Series([1.0, 2.0])).data == 1.5
    with pytest.raises(TraceError, match="a Series is given a nan"):
        f(pd.Series([1.0, np.nan]))


class Own(list): ...


@pytest.mark.parametrize(
    "x",
    [
        [0.5] * 6,
        (1, -1) * 3,
        [0] * 6,
        [1, 2**30, 3, 4, 5],
        [1, 2**60, 3, 4, 5],
        [True, False] * 3,
        [1.0, 2] * 3,
        [np.float64(1.0)] * 5,
        Own([1.0] * 6),
        [[1.0] * 5, [2] * 5, {"a": [3.0] * 5}],
        [w, *[1.0] * 5],
    ],
)
def test_a_row_of_numbers_is_read_as_one_by_one(monkeypatch, x):
    """At once, where it is long enough."""

    def key_and_inputs():
        found = Arguments((1.5, x), {"again": x})
        return found.key, found.parts, found.values, found.count

    at_once = key_and_inputs()
    monkeypatch.setattr("micrograd.compiler.tracing.arguments.SHORT", math.inf)
    assert repr(at_once) == repr(key_and_inputs()) and at_once[3] == sum(map(len, at_once[1]))
