"""What cannot be watched is refused where code of the user names it; what cannot change, or only shows, is not."""

import collections
import concurrent.futures
import contextlib
import datetime
import decimal
import fractions
import functools
import hashlib
import io
import itertools
import logging
import operator
import pathlib
import queue
import random
import re
import struct
import sys
import threading
import types
import typing
import uuid
import warnings
import weakref
import zlib

import numpy as np
import pytest

from micrograd import Value, optim
from micrograd.compiler.surroundings.watch import Watch


def generator():
    yield 1.0


REFUSED = {
    "generator": (generator(), "iterator"),
    "count": (itertools.count(), "iterator"),
    "iterator": (iter([1.0]), "iterator"),
    "zip": (zip([1.0], [2.0], strict=True), "iterator"),
    "map": (map(float, "12"), "iterator"),
    "file": (io.StringIO("1.0"), "file"),
    "bytes": (io.BytesIO(b"1.0"), "file"),
    "proxy": (weakref.proxy(generator), "weak proxy"),
    "hash": (hashlib.sha256(), "HASH"),
    "compressor": (zlib.compressobj(), "Compress"),
    "queue": (queue.SimpleQueue(), "SimpleQueue"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(name):
    thing, said = REFUSED[name]
    (refused,) = Watch([lambda x: (x, thing)]).refused
    assert said in refused.what and refused.place == "thing" and refused.way_out


class Holder:
    def __init__(self, thing):
        self.thing, self.other = thing, thing


def test_is_refused_as_an_attribute_that_code_names():
    m = Holder(itertools.count())
    (refused,) = Watch([lambda x: next(m.thing)]).refused
    assert refused.place == "m.thing"
    assert Watch([lambda x: m.unread]).refused == []


def test_is_refused_as_an_argument():
    (refused,) = Watch([lambda x: x, zip([1], [2], strict=True)]).refused
    assert "iterator" in refused.what


class Colour(typing.NamedTuple):
    red: float


ALLOWED = {
    "logger": logging.getLogger("a logger"),
    "stdout": sys.stdout,
    "lock": threading.Lock(),
    "recursive lock": threading.RLock(),
    "event": threading.Event(),
    "pool": concurrent.futures.ThreadPoolExecutor(1),
    "thread": threading.current_thread(),
    "context": decimal.getcontext(),
    "decimal": decimal.Decimal("1.5"),
    "fraction": fractions.Fraction(1, 3),
    "date": datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc),
    "delta": datetime.timedelta(1),
    "pattern": re.compile("a"),
    "match": re.match("a", "a"),
    "path": pathlib.Path("a"),
    "uuid": uuid.UUID(int=1),
    "struct": struct.Struct("d"),
    "dtype": np.dtype(float),
    "number of numpy": np.float64(1.0),
    "function of numpy": np.exp,
    "another function of numpy": np.sum,
    "built-in": len,
    "built-in of a module": sys.getsizeof,
    "method of a class": str.upper,
    "method of a list": [1.0].index,
    "slot wrapper": float.__add__,
    "method wrapper": (1.5).__add__,
    "item": operator.itemgetter(0),
    "attribute": operator.attrgetter("a"),
    "method": operator.methodcaller("a"),
    "annotation": list[int],
    "union": int | None,
    "typed": typing.Literal["a"],
    "variable of types": typing.TypeVar("T"),
    "tuple with names": Colour(1.0),
    "class with names": Colour,
    "old tuple with names": collections.namedtuple("Old", "x"),
    "counter": collections.Counter("aab"),
    "slice": slice(1, 2),
    "range": range(3),
    "ellipsis": ...,
    "code": generator.__code__,
    "random": random.Random(1),
    "generator of numpy": np.random.default_rng(1),
    "old generator of numpy": np.random.RandomState(1),
    "module": np,
    "partial": functools.partial(max, 1.0),
    "value": Value(1.0),
    "optimiser": optim.SGD([Value(1.0)], lr=0.1),
    "warning": warnings.catch_warnings(),
    "context manager": contextlib.nullcontext(),
    "error": ValueError("a"),
    "queue": queue.Queue(),
    "empty": object(),
    "type of types": type,
    "property": property(lambda self: 1),
    "masked number": np.ma.masked,
    "masked numbers": np.ma.array([1.0, 2.0], mask=[0, 1]),
    "cell": types.CellType(1.0),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_is_not_refused_for_being_named(name):
    thing = ALLOWED[name]
    watch = Watch([lambda x: (x, thing)])
    assert watch.refused == []
    assert watch.holds() and watch.changed() == []


def test_progress_bars_are_not_looked_into(tmp_path):
    tqdm = pytest.importorskip("tqdm")
    with open(tmp_path / "out", "w") as out:
        bar = tqdm.tqdm(total=10, file=out, miniters=1, mininterval=0)
        watch = Watch([lambda x: bar.update(1)])
        bar.update(1)
        assert watch.refused == [] and watch.holds()
        bar.close()


def test_a_file_that_is_written_to_is_not_refused(tmp_path):
    with open(tmp_path / "out", "w") as out:
        assert Watch([lambda x: print(x, file=out)]).refused == []
    with open(tmp_path / "out") as there:
        assert len(Watch([lambda x: there.read()]).refused) == 1


def test_tensors_of_another_library_are_refused():
    torch = pytest.importorskip("torch")
    tensor, layer = torch.ones(2), torch.nn.Linear(2, 1)
    assert "another library" in Watch([lambda x: x * tensor]).refused[0].what
    assert Watch([lambda x: layer(x)]).refused != []


def test_tables_of_pandas_are_watched_by_content():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"x": [1.0, 2.0], "name": ["a", "b"]})
    column = pandas.Series([1.0, 2.0])
    watch = Watch([lambda x: (table["x"][0], column[1])])
    assert watch.refused == [] and watch.holds()
    table.loc[0, "x"] = 5.0
    assert [member.title for member in watch.changed()] == ["table"]
    watch.restore(watch.changed())
    assert watch.holds()
    column[1] = 7.0
    assert [member.title for member in watch.changed()] == ["column"]
    watch.restore(watch.changed())
    assert watch.holds() and column[1] == 2.0


def test_what_only_a_library_names_is_not_refused(tmp_path):
    mapped = np.memmap(tmp_path / "numbers", dtype=float, mode="w+", shape=(2,))  # it has an attribute _mmap
    watch = Watch([lambda x: x * mapped[0]])
    assert watch.refused == [] and watch.holds()
    mapped[0] = 5.0
    assert [member.title for member in watch.changed()] == ["mapped"]
    assert len(Watch([lambda x: mapped._mmap.read(1)]).refused) == 1


def test_more_than_can_be_watched_is_refused(monkeypatch):
    monkeypatch.setattr("micrograd.compiler.surroundings.walk.MOST", 20)
    rows = [[float(k)] for k in range(50)]
    refused = Watch([lambda: rows[0][0]]).refused
    assert [it.what for it in refused] == ["the function reaches more than 20 things"]
