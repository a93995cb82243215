"""The comparison in C and the one in Python agree, whatever changes, and what changed is put back exactly."""

import array
import collections
import gc
import logging
import sys
import threading

import pytest
from budget import examples, tries
from circles import grows
from hypothesis import given
from hypothesis import strategies as st

import micrograd
from micrograd import Value, nn
from micrograd.compiler.surroundings import native
from micrograd.compiler.surroundings.native import comparison, in_python
from micrograd.compiler.surroundings.rows import CONTENT, ListRow
from micrograd.compiler.surroundings.same import ABSENT, ANY_FLOAT, ANYTHING, same
from micrograd.compiler.surroundings.watch import Watch, get, put

needs_c = pytest.mark.skipif(not native.available(), reason="the extension was not built")


class Thing:
    kind = "a"
    count = 0


class Slotted:
    __slots__ = ("a", "b")


class Pile(list):
    pass


NAMES = ["a", "b", "c", "kind", "count"]
NUMBERS = [
    0.0,
    -0.0,
    1.0,
    1,
    True,
    False,
    0,
    float("nan"),
    -float("nan"),
    2**70,
    "a",
    "b",
    b"a",
    None,
    (1.0, 2.0),
    (1, 2),
]


def fresh(x):
    """An equal object that is another one, where there is any."""
    if type(x) is float:
        return float.fromhex(x.hex()) if x == x else float("nan")
    if type(x) is int:
        return int(str(x))
    if type(x) is str:
        return "".join([x, ""]) if len(x) > 1 else x
    return tuple(map(fresh, x)) if type(x) is tuple else x


def a_thing(parts):
    thing = Thing()
    vars(thing).update(zip(NAMES, parts, strict=False))
    return thing


def a_slotted(parts):
    thing = Slotted()
    for name, part in zip("ab", parts, strict=False):
        setattr(thing, name, part)
    return thing


leaves = st.sampled_from(NUMBERS).map(fresh) | st.builds(Value, st.just(1.0))
structures = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.lists(parts, max_size=4),
        st.lists(parts, max_size=4).map(Pile),
        st.dictionaries(st.sampled_from([*NAMES, 1, True, 2.0]), parts, max_size=4),
        st.lists(parts, max_size=4).map(a_thing),
        st.lists(parts, max_size=4).map(a_slotted),
        st.lists(parts, max_size=4).map(collections.deque),
        st.lists(parts, max_size=3).map(tuple),
        st.lists(st.sampled_from([1.0, 2.0]), max_size=4).map(lambda xs: array.array("d", xs)),
        st.sets(st.integers(0, 9), max_size=4),
    ),
    max_leaves=12,
)


KINDS = (list, dict, collections.deque, set, array.array, Thing, Slotted)


def containers(x, found):
    if isinstance(x, (list, dict, collections.deque, set, array.array, Thing, Slotted)) and all(
        x is not y for y in found
    ):
        found.append(x)
    parts = (
        vars(x).values()
        if isinstance(x, Thing)
        else [getattr(x, s) for s in Slotted.__slots__ if hasattr(x, s)]
        if isinstance(x, Slotted)
        else x.values()
        if isinstance(x, dict)
        else x
        if isinstance(x, (list, tuple, collections.deque))
        else ()
    )
    for part in parts:
        containers(part, found)
    return found


def mutate(x, data):
    """One of the changes that a user may make of a container, the same number again perhaps."""
    number = fresh(data.draw(st.sampled_from(NUMBERS)))
    if isinstance(x, (list, collections.deque)):
        how = data.draw(st.sampled_from(["append", "pop", "set", "again", "reverse"]))
        if how == "append" or not x:
            x.append(number)
        elif how == "pop":
            x.pop()
        elif how == "reverse":
            x.reverse()
        else:
            k = data.draw(st.integers(0, len(x) - 1))
            x[k] = number if how == "set" else fresh(x[k])
    elif isinstance(x, dict):
        how = data.draw(st.sampled_from(["add", "pop", "set", "again", "turn"]))
        if how == "add" or not x:
            x[data.draw(st.sampled_from(["new", "a", 3]))] = number
        elif how == "pop":
            x.popitem()
        else:
            key = data.draw(st.sampled_from(list(x)))
            x[key] = number if how == "set" else fresh(x[key]) if how == "again" else x.pop(key)
    elif isinstance(x, set):
        x.symmetric_difference_update({data.draw(st.integers(0, 9))})
    elif isinstance(x, array.array):
        x.append(1.0) if data.draw(st.booleans()) or not x else x.__setitem__(0, 5.0)
    else:
        name = data.draw(st.sampled_from(["a", "b"] if isinstance(x, Slotted) else [*NAMES, "unread"]))
        if data.draw(st.booleans()):
            setattr(x, name, number)
        elif isinstance(x, Slotted) and hasattr(x, name) or name in getattr(x, "__dict__", ()):
            delattr(x, name)


def reader(root):
    return lambda: (root, root.a, root.b, root.c, root.kind, root.count)


def by_default(x, name):
    """Whether an object has itself what its class gives it anyway."""
    return isinstance(x, Thing) and same(vars(x)[name], getattr(Thing, name, ABSENT))


def state(x, seen):
    """What a structure holds, by identity, in order."""
    if id(x) in seen or not isinstance(x, (tuple, *KINDS)):
        return ("leaf", type(x), id(x) if isinstance(x, (Value, *KINDS)) else repr(x))
    seen = {*seen, id(x)}
    if isinstance(x, (Thing, dict)):
        items = vars(x) if isinstance(x, Thing) else x
        return id(x), [(repr(k), state(v, seen)) for k, v in items.items() if k != "unread" and not by_default(x, k)]
    if isinstance(x, Slotted):
        return id(x), [state(getattr(x, s, "missing"), seen) for s in Slotted.__slots__]
    return id(x) if not isinstance(x, tuple) else 0, [state(part, seen) for part in x]


@pytest.mark.no_cover
@given(structures, st.data())
@examples(150, 3000)
def test_c_and_python_agree_and_everything_is_put_back(root, data):
    before = state(root, set())
    watch = Watch([reader(root)])
    in_c, slowly = comparison(watch.rows), in_python(watch.rows)
    assert watch.holds() and in_c() and slowly() and watch.changed() == []
    found = containers(root, [])
    for _ in range(data.draw(st.integers(1, 4))):
        if found:
            mutate(data.draw(st.sampled_from(found)), data)
        changed = watch.changed()
        assert watch.holds() == in_c() == slowly() == (not changed)
    watch.restore(watch.changed())
    assert watch.holds() and in_c() and slowly() and watch.changed() == []
    assert state(root, set()) == before


@given(st.sampled_from(NUMBERS).map(fresh), st.sampled_from([*NUMBERS, ANY_FLOAT, ANYTHING, ABSENT]).map(fresh))
@examples(200, 1000)
def test_single_members_are_the_same_in_c_and_in_python(now, was):
    row = ListRow([now])
    row.items = (was,)
    assert comparison([row])() == row.same() == same(now, was)


@pytest.mark.parametrize(
    ("now", "was", "expected"),
    [
        (1.0, 1.0, True),
        (1.0, 1, False),
        (True, 1, False),
        (0.0, -0.0, False),
        (float("nan"), float("nan"), True),
        (0.0, float("nan"), False),
        ("ab", "ab", True),
        ((1.0, (2.0,)), (1.0, (2.0,)), True),
        ((1.0, (0.0,)), (1.0, (-0.0,)), False),
        ((1.0,), (1.0, 2.0), False),
        ([1.0], [1.0], False),
        (Value(1.0), Value(1.0), False),
        (1.5, ANY_FLOAT, True),
        (1, ANY_FLOAT, False),
        (ABSENT, ANYTHING, True),
    ],
)
def test_what_is_the_same(now, was, expected):
    assert same(fresh(now), fresh(was)) is expected


def test_no_eq_of_a_user_is_called():
    class Loud:
        def __eq__(self, other):
            raise AssertionError("compared")

        __hash__ = object.__hash__

    xs = [Loud(), {"a": Loud()}, Thing()]
    xs[2].a = Loud()
    watch = Watch([lambda: (xs, xs[2].a)])
    assert watch.holds()
    xs[0], xs[1]["a"], xs[2].a = Loud(), Loud(), Loud()
    assert not watch.holds() and len(watch.changed()) == 3


def test_members_that_are_lent_may_be_any_float():
    cfg, m = {"lr": 0.1, "n": 1}, Thing()
    m.a = 1.0
    watch = Watch([lambda: (cfg["lr"], m.a)])
    cfg["lr"], m.a = 0.2, 2.0
    members = watch.changed()
    assert [(member.title, member.was, member.now) for member in members] == [
        ("cfg['lr']", 0.1, 0.2),
        ("m.a", 1.0, 2.0),
    ]
    again = Watch([lambda: (cfg["lr"], m.a)])
    again.exempt(members)
    for x in (0.3, float("nan")):
        cfg["lr"] = m.a = x
        assert again.holds() and again.changed() == [] and in_python(again.rows)()
    cfg["lr"] = 1
    assert not again.holds() and not in_python(again.rows)()
    put(members[0], 0.5)
    assert again.holds() and get(members[0]) == 0.5
    cfg["n"] = 2
    assert not again.holds()


def test_one_member_that_two_rows_see_is_one():
    m = Thing()
    m.a, m.b = 1.0, 1
    space = vars(m)
    watch = Watch([lambda: (m.a, m.b, space["a"])])
    m.a = 2.0
    changed = watch.changed()
    assert sorted(member.title for member in changed) == ["m.a", "space['a']"]
    assert len({member.mark for member in changed}) == 1
    watch.exempt(changed[:1])
    assert watch.holds() and watch.changed() == [] and in_python(watch.rows)()
    m.b = 2
    assert not watch.holds() and not in_python(watch.rows)()


def test_what_hangs_on_a_value_is_known_by_the_value_in_each_watch():
    a, b = Value(1.0), Value(2.0)
    a.scale = b.scale = 1.0
    vs = [a]

    def f():
        return [v.scale for v in vs]

    before = Watch([f])
    a.scale = 2.0
    members = before.changed()
    vs.append(b)
    watch = Watch([f])
    watch.exempt(members)
    a.scale = 3.0
    assert watch.holds() and in_python(watch.rows)()
    b.scale = 3.0
    assert not watch.holds() and not in_python(watch.rows)()


def test_what_changes_while_it_is_ignored_is_not_watched_any_more():
    stats, drawn, m = {"mean": 1.0, "n": 0}, [1.0, 2.0], Pile()
    watch = Watch([lambda: (stats, drawn, m, m.late)])
    stats["n"] = 5
    with watch.ignoring():
        stats["mean"] = 2.0
        drawn.pop()
        m.late = 3
    assert [member.title for member in watch.changed()] == ["stats['n']"]
    stats["n"], stats["mean"] = 0, 7.0
    drawn.pop()
    m.late = 4
    assert watch.holds() and in_python(watch.rows)()
    m.append(1)
    assert not watch.holds()


def test_a_state_that_returns_is_found_again():
    model = nn.Sequential(nn.Layer(2, 2), nn.Dropout(0.5))
    watch = Watch([lambda x: model(x)])
    model.eval()
    assert not watch.holds()
    model.train()
    assert watch.holds() and watch.changed() == [] and in_python(watch.rows)()


def test_the_title_of_a_member_says_where_it_is():
    m = Thing()
    m.a = [{"b": 1}, (2, [3])]
    watch = Watch([lambda: m.a])
    m.a[0]["b"] = 2
    m.a[1][1][0] = 4
    assert sorted(member.title for member in watch.changed()) == ["m.a[0]['b']", "m.a[1][1][0]"]


def test_restoring_keeps_the_order_of_attributes_and_of_items():
    m, d = Thing(), {"a": 1, "b": 2}
    m.a, m.b, m.c = 1, 2, 3
    watch = Watch([lambda: (m.a, m.b, m.c, d)])
    del m.a, d["a"]
    m.a, d["a"] = 5, 1
    watch.restore(watch.changed())
    assert list(vars(m).items()) == [("a", 1), ("b", 2), ("c", 3)] and list(d.items()) == [("a", 1), ("b", 2)]


# ---- memory


def test_nothing_leaks():
    def once():
        model, cfg, xs = nn.MLP(2, [2, 1]), {"a": [1.0]}, collections.deque([1.0])

        def f(x):
            return model(x) * cfg["a"][0] * xs[0]

        watch = Watch([f])
        cfg["a"].append(2.0)
        watch.restore(watch.changed())
        assert watch.holds()
        f.watch = watch  # a circle

    assert not grows(once)


@needs_c
def test_references_are_counted():
    class Mark:
        pass

    mark, items = Mark(), [1.0]
    items.append(mark)
    count = sys.getrefcount(mark)
    for _ in range(100):
        watch = Watch([lambda: items])
        assert watch.holds()
    del watch
    gc.collect()
    assert sys.getrefcount(mark) == count


@needs_c
def test_rows_that_are_none_are_refused():
    rows = native._watch.Rows
    wrong = [
        ("list", (), ()),
        ("list", []),
        ("dict", {}, (1,), ()),
        ("attributes", 1, int, {}, [], {}, {}, (), ()),
        ("class", 1, None, {}, ()),
        ("class", int, None, {}, ()),
        ("class", Thing, None, {}, []),
        ("globals", {}, (), 1),
        ("cell", 1, 1),
        ("function", 1, 1, 1, 1),
        ("slots", 1, (1,), (1,)),
        ("slots", 1, (Slotted.a,), (1,)),
        ("buffer", b"", "B", (0,), b""),
        ("buffer", b"", b"B", (0.0,), b""),
        ("python", 1),
        ("unknown", 1),
        (),
        ("list",),
    ]
    for row in wrong:
        with pytest.raises(ValueError, match="row 0 is none"):
            rows((row,), ABSENT, ANY_FLOAT, ANYTHING)
    with pytest.raises(TypeError):
        rows([], ABSENT, ANY_FLOAT, ANYTHING)
    with pytest.raises(TypeError):
        rows(rows=(), absent=1)
    assert rows((), ABSENT, ANY_FLOAT, ANYTHING).holds() is True


@needs_c
def test_an_interrupt_comes_through_and_other_errors_count_as_changes():
    def fail(error):
        def ask():
            raise error

        return native._watch.Rows((("python", ask),), ABSENT, ANY_FLOAT, ANYTHING)

    assert fail(RuntimeError()).holds() is False
    with pytest.raises(KeyboardInterrupt):
        fail(KeyboardInterrupt()).holds()


def test_things_that_shrink_grow_and_die():
    class Node:
        def __init__(self):
            self.parts, self.a = [], 1.0

    root = [Node()]
    for _ in range(20):
        root[0].parts.append(Node())
    watch = Watch([lambda: [part.a for part in root[0].parts]])
    root[0].parts.clear()
    gc.collect()
    assert not watch.holds()
    root[0].__dict__ = {}
    assert not watch.holds() and watch.changed()
    root.clear()
    gc.collect()
    assert not watch.holds()


def test_other_threads_may_change_everything_meanwhile():
    things, going = [Thing() for _ in range(5)], True
    shared, more = {"a": 1.0}, collections.deque([1.0])

    def change():
        k = 0
        while going:
            k += 1
            things[k % 5].a = k
            shared[k % 7] = [k]
            more.append(k)
            if k % 5 == 0:
                shared.clear()
                more.clear()
            del things[k % 5].a

    watch = Watch([lambda: (things, things[0].a, shared, more)])
    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(tries(2000, 20000)):
            watch.holds()
    finally:
        going = False
        thread.join()
    assert not watch.holds() or watch.changed() == []


def test_without_the_extension_everything_is_compared_in_python(monkeypatch):
    monkeypatch.setattr(native, "_watch", None)
    assert not native.available()
    cfg = {"a": 1.0}
    watch = Watch([lambda: cfg["a"]])
    assert watch.holds()
    cfg["a"] = 2.0
    assert not watch.holds() and watch.changed()[0].key == "a"
    cfg["b"] = 2.0
    assert watch.changed()[0].key is CONTENT


def test_a_trace_is_no_change_of_what_others_watch():
    w, seen = Value(2.0), []
    watch = Watch([lambda x: w * x])

    class Asking(logging.Handler):  # which a trace does not look into
        def handle(self, record):
            seen.append(watch.holds())

    logger = logging.Logger("asking")
    logger.addHandler(Asking())

    def f(x):
        logger.info("now")
        return w * x

    assert micrograd.compile(f)(1.0).data == 2.0
    assert seen and all(seen) and watch.holds()
