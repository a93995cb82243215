"""Compiled functions are copied and pickled like functions, and process pools take them."""

import copy
import functools
import io
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import cloudpickle
import pooled
import pytest

import micrograd
from micrograd import Value
from micrograd.compiler import Compiled


def copied_by_pickle(x):
    return pickle.loads(pickle.dumps(x))


def copied_by_cloudpickle(x):
    return pickle.loads(cloudpickle.dumps(x))


WAYS = [copied_by_pickle, copied_by_cloudpickle, copy.deepcopy]
NAMED = ["decorated", "with_options", "named", "with_parameters"]


@pytest.mark.parametrize("way", [*WAYS, copy.copy])
@pytest.mark.parametrize("name", NAMED)
def test_what_has_a_name_in_a_module_is_that_object(name, way):
    f = getattr(pooled, name)
    assert way(f) is f and way([f, f])[1] is f


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_of_pickle(protocol):
    for name in [*NAMED, "of_model"]:
        f = getattr(pooled, name)
        arguments = ([1.0, 2.0],) if name == "of_model" else (2.0,)
        assert pickle.loads(pickle.dumps(f, protocol))(*arguments).data == f(*arguments).data


@pytest.mark.parametrize("way", WAYS)
def test_a_compiled_model_is_copied_with_its_parameters(way):
    fast = pooled.of_model
    before = fast([1.0, -1.0]).data
    model, f, again = way((pooled.model, fast, fast))
    assert isinstance(f, Compiled) and f is again and f is not fast and f([1.0, -1.0]).data == before
    for p in model.parameters():
        p.data = 0.0
    assert f([1.0, -1.0]).data == 0.0 and fast([1.0, -1.0]).data == before
    f([1.0, -1.0]).backward()
    assert {id(p) for p in f.parameters} == {id(p) for p in model.parameters()}


@pytest.mark.parametrize("way", WAYS)
def test_methods_of_objects(way):
    thing = pooled.Scaled(2.0)
    assert (thing.loss(3.0).data, thing.fast(3.0).data) == (6.0, 18.0)
    copied, method, fast = way((thing, thing.loss, thing.fast))
    copied.w.data = 10.0
    assert (copied.loss(3.0).data, copied.fast(3.0).data, method(3.0).data, fast(3.0).data) == (30.0, 90.0, 30.0, 90.0)
    assert (thing.loss(3.0).data, thing.fast(3.0).data) == (6.0, 18.0)
    assert way(pooled.Scaled.loss) is pooled.Scaled.loss


def closures():
    w, b = Value(2.0), Value(-1.0)
    parts = [lambda x: w * x, lambda x, b=b: x + b]

    def helper(x):
        for part in parts:
            x = part(x)
        return x

    def recursive(n, x):
        return w * x if n == 0 else recursive(n - 1, w * x)

    functions = {
        "lambda": lambda x: w * x + b,
        "default": lambda x, w=w: w * x + b,
        "helper": lambda x: helper(x) * 1.0,
        "partial": functools.partial(lambda w, x, b: w * x + b, w, b=b),
        "recursive": lambda x: recursive(0, x) + b,
        "module": lambda x: micrograd.tanh(w * x) + b,
    }
    return w, b, functions


@pytest.mark.parametrize("name", closures()[2])
@pytest.mark.parametrize("way", [copied_by_cloudpickle, copy.deepcopy])
def test_closures_are_copied_with_the_values_that_they_reach(name, way):
    w, b, functions = closures()
    fast = micrograd.compile(functions[name], parameters=[w, b])
    y = fast(3.0).data
    w2, b2, f = way((w, b, fast))
    assert w2 is not w and f is not fast and f(3.0).data == y
    w2.data, b2.data = 5.0, 0.5
    f(3.0).backward()
    inner = micrograd.tanh(15.0) if name == "module" else 15.0
    assert f(3.0).data == inner + 0.5 and b2.grad == 1.0
    assert fast(3.0).data == y and w.grad == b.grad == 0.0 and f.parameters == [w2, b2]
    f2, w3 = way((f, w2))  # in the other order
    w3.data = 1.0
    assert f2.parameters[0] is w3 and f2(3.0).data == (micrograd.tanh(3.0) if name == "module" else 3.0) + 0.5


@pytest.mark.parametrize("way", [copied_by_cloudpickle, copy.deepcopy, copy.copy])
def test_options_are_kept(way):
    w = Value(-1.0)
    f = way(micrograd.compile(lambda x: (w * x).log(), backend="python", strict=True, check=3))
    with pytest.raises(ValueError, match="log"):
        f(1.0)
    assert "python backend" in repr(f) and f.__name__ == "<lambda>" and f._check >= 3


@pytest.mark.parametrize("way", [copied_by_cloudpickle, copy.deepcopy])
def test_its_batches_and_methods_go_along(way):
    w = Value(2.0)
    f = micrograd.compile(lambda x: w * x)
    batch, method = way((f.batch, f.batch.value_and_grad))
    assert batch([1.0, 2.0]).data == 3.0 and method([4.0], [1.0, 2.0])[0] == 6.0
    w.data = 0.0
    assert batch([1.0, 2.0]).data == 3.0
    assert pickle.loads(pickle.dumps(pooled.decorated.batch.value_and_grad))([1.0], [1.0, 2.0])[0] == 2.5


def test_a_copy_of_a_copy_and_of_an_uncalled_one():
    w = Value(2.0)
    f = micrograd.compile(lambda x: w * x)
    g = copy.deepcopy(copy.deepcopy(f))
    assert repr(g).endswith("not called yet>") and g(2.0).data == 4.0
    assert copy.copy(f)(2.0).parents == (w,)


def nameless():
    w = Value(2.0)
    return micrograd.compile(lambda x: w * x), micrograd.compile(functools.partial(lambda w, x: w * x, w))


@pytest.mark.parametrize("dumps", [pickle.dumps, pickle._dumps, ForkingPickler.dumps])
def test_what_pickle_cannot_take_it_says_and_what_to_do(dumps):
    for f in nameless():
        with pytest.raises(pickle.PicklingError, match=r"<lambda>.*at the top of a module.*cloudpickle\.dumps\(f\)"):
            dumps([f])


def test_a_pickler_of_its_own_kind_is_left_to_try():
    """It may know how to take a function without a name, as cloudpickle does."""

    class Pickler(pickle.Pickler):
        def reducer_override(self, x):
            return (exec, ("",)) if getattr(x, "__name__", "") == "<lambda>" else NotImplemented

    for f in nameless():
        pickler = Pickler(io.BytesIO())
        pickler.dump(f)


@pytest.mark.parametrize("dumps", [pickle.dumps, pickle._dumps, ForkingPickler.dumps, cloudpickle.dumps])
def test_a_lambda_with_a_name_in_a_module_goes_by_that_name(dumps):
    assert pickle.loads(dumps(pooled.of_lambda)) is pooled.of_lambda
    text = dumps(pooled.of_lambda)
    named, pooled.of_lambda = pooled.of_lambda, None
    try:
        if dumps is cloudpickle.dumps:  # it has the function as well
            assert pickle.loads(text)(2.0).data == 6.0
            return
        with pytest.raises(pickle.UnpicklingError, match=r"by its name, pooled\.of_lambda"):
            pickle.loads(text)
    finally:
        pooled.of_lambda = named


def test_parameters_that_would_be_others_are_refused(monkeypatch):
    text = pickle.dumps(micrograd.compile(pooled.plain, parameters=[pooled.w]))
    with pytest.raises(pickle.UnpicklingError, match="Bind the compiled function to a name at the top of a module"):
        pickle.loads(text)
    assert pickle.loads(pickle.dumps(micrograd.compile(pooled.plain)))(2.0).data == 6.5


# ---- pools


def check(results, *arguments):
    """Each process has the right numbers, and traced the function once."""
    assert [y for y, _, _ in results] == [3.0 * x * x for (x,) in arguments]
    assert all(traces == 1 for _, traces, _ in results) and os.getpid() not in {pid for *_, pid in results}


STARTS = [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()]


@pytest.fixture
def quiet():
    """Newer Pythons warn of forks next to threads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.mark.parametrize("start", [pytest.param(m, marks=[pytest.mark.slow] * (m == "spawn")) for m in STARTS])
def test_pools_of_processes(start, quiet):
    xs = [(float(k),) for k in range(6)]
    context = multiprocessing.get_context(start)
    pooled.decorated(1.0)
    with context.Pool(2) as pool:
        check(pool.starmap(pooled.call, [(pooled.decorated, *x) for x in xs]), *xs)
        y = pool.apply(pooled.call, (pooled.of_model, [1.0, 2.0]))
        assert y[0] == pooled.model([1.0, 2.0]).data
        assert pool.apply(pooled.call, (pooled.Scaled(2.0).loss.__self__.fast, 3.0))[0] == 18.0
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        check(list(executor.map(pooled.call, [pooled.decorated] * 6, [x for (x,) in xs])), *xs)
        assert [y.data for y in executor.map(pooled.named, [1.0, 2.0])] == [3.5, 6.5]


LOCAL = """
    import sys
    import micrograd
    from micrograd import Value

    w = Value(3.0)

    @micrograd.compile
    def square(x):
        return w * x * x

    def main():
        b = Value(1.0)
        local = micrograd.compile(lambda x: w * x + b)
        w.data = 4.0
        {run}
        assert found == [(4.0, 5.0), (16.0, 9.0)], found

    if __name__ == "__main__":
        main()
        print("fine")
"""
RUNS = {
    "joblib": """
        from joblib import Parallel, delayed
        both = lambda x: (square(x).data, local(x).data)
        found = Parallel(n_jobs=2, backend="loky")(delayed(both)(x) for x in (1.0, 2.0))
    """,
    "dask": """
        import dask
        tasks = [[dask.delayed(f)(x).data for f in (square, local)] for x in (1.0, 2.0)]
        found = [tuple(pair) for pair in dask.compute(*tasks, scheduler="processes")]
    """,
    "distributed": """
        from distributed import Client, LocalCluster
        both = lambda x: (square(x).data, local(x).data)
        processes = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
        with processes as cluster, Client(cluster) as client:
            found = client.gather(client.map(both, (1.0, 2.0)))
    """,
}


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("name", RUNS)
def test_functions_of_the_main_script_go_to_workers(name, tmp_path):
    """With cloudpickle by value: the numbers of now, not those with which a worker would begin."""
    pytest.importorskip(name)
    script = tmp_path / "script.py"
    run = textwrap.indent(textwrap.dedent(RUNS[name]).strip(), " " * 4).strip()
    script.write_text(textwrap.dedent(LOCAL).replace("{run}", run))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=600)
    assert done.stdout == "fine\n", done.stderr
