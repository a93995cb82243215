"""The world outside: environment, modules, threads, checkpoints, arguments of scripts."""

import io
import json
import os
import random
import sys
import threading
import types

from micrograd import Value, nn
from strangers.collection import after, call, calls, case, put, values


@case
def setting_with_a_fallback_in_the_environment():
    name, w = "A_SETTING_OF_NOBODY", Value(2.0)
    os.environ.pop(name, None)

    def f(x):
        return w * x * float(os.environ.get(name, "1"))

    return (
        f,
        [w],
        [
            call(1.0),
            after(lambda: os.environ.update({name: "5"}), 1.0),
            after(lambda: os.environ.pop(name), 1.0),
            after(lambda: os.environ.update({name: "7"}), 1.0),
            after(lambda: os.environ.pop(name), 2.0),
        ],
    )


@case
def setting_read_by_getenv():
    name, w = "A_SETTING_OF_NOBODY", Value(2.0)
    os.environ[name] = "2"

    def f(x):
        return w * x * float(os.getenv(name))

    return f, [w], [call(1.0), after(lambda: os.environ.update({name: "5"}), 1.0)]


@case
def arguments_of_a_script():
    argv, w = ["train.py", "--deep"], Value(2.0)
    script = types.SimpleNamespace(argv=argv)

    def f(x):
        return w * x * (10 if "--deep" in script.argv else 1)

    return f, [w], [call(1.0), after(lambda: argv.pop(), 1.0)]


@case
def configuration_as_json():
    text, w = '{"k": 2.0, "on": true}', Value(2.0)

    def f(x):
        config = json.loads(text)
        return w * x * config["k"] if config["on"] else w

    def edit():
        nonlocal text
        text = json.dumps({"k": 3.0, "on": True})

    return f, [w], [call(1.0), after(edit, 1.0)]


@case
def stream_read_to_its_end():
    w = Value(2.0)

    def f(x):
        return w * x * sum(map(float, io.StringIO("1\n2\n")))

    return f, [w], calls(1.0, 2.0)


@case
def lock_around_the_work():
    lock, w = threading.Lock(), Value(2.0)

    def f(x):
        with lock:
            return w * x

    return f, [w], calls(1.0, 2.0)


@case
def thread_local_settings():
    local, w = threading.local(), Value(2.0)
    local.k = 1.0

    def f(x):
        return w * x * local.k

    return f, [w], [call(1.0), after(put(local, k=4.0), 1.0)]


@case
def recursion_limit_and_version():
    w = Value(2.0)

    def f(x):
        return w * x * (1 if sys.version_info >= (3, 10) else 0) + (sys.getrecursionlimit() > 10)

    return f, [w], calls(1.0, 2.0)


@case
def module_level_cache_in_sys_modules():
    module = types.ModuleType("settings_of_nobody")
    module.table = {"k": 1.0}
    sys.modules["settings_of_nobody"] = module
    w = Value(2.0)

    def f(x):
        import settings_of_nobody

        return w * x * settings_of_nobody.table["k"]

    return (
        f,
        [w],
        [call(1.0), after(lambda: module.table.update(k=4.0), 1.0), after(put(module, table={"k": 5.0}), 1.0)],
    )


@case
def checkpoint_restored_between_calls():
    random.seed(4)
    net = nn.MLP(1, [2, 1])
    before = [p.data for p in net.parameters()]

    def f(x):
        return net([x]) ** 2

    def step(g):
        out = g(1.0)
        net.zero_grad()
        out.backward()
        for p in net.parameters():
            p.data -= 0.1 * p.grad
        return out.data

    def restore(g):
        for p, x in zip(net.parameters(), before, strict=True):
            p.data = x
        return g(1.0)

    return f, net.parameters(), [step, step, restore, step]


@case
def data_loaded_once_and_kept():
    class Store:
        loaded = None

        def rows(self):
            if self.loaded is None:
                self.loaded = [1.0, 2.0, 3.0]
            return self.loaded

    store, ws = Store(), values(1, 2)

    def f(k):
        return ws[0] * store.rows()[k] + ws[1]

    return f, ws, [call(0), call(1), call(0), after(lambda: store.loaded.__setitem__(0, 9.0), 0)]
