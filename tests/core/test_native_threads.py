"""Threads, sub-interpreters, forks, interrupts and the end of the process, with nodes alive in all of them."""

import ast
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from budget import budget

import micrograd
from micrograd import Value, engine

ROOT = Path(__file__).parents[2]
native = pytest.mark.native
no_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks and no such signals")


def run(script):
    """What a script prints, as a Python object; it must end well and complain about nothing."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if environment.get("MICROGRAD_ENGINE") == "native":  # a sub-interpreter has what there is, not what is demanded
        del environment["MICROGRAD_ENGINE"]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return ast.literal_eval(done.stdout)


@pytest.fixture
def switching_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def in_threads(count, work):
    results, barrier = [None] * count, threading.Barrier(count)

    def begin(k):
        barrier.wait(60)
        results[k] = work(k)

    threads = [threading.Thread(target=begin, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_threads_on_graphs_of_their_own(switching_often):
    def work(k):
        found = []
        for n in range(budget(30, 500)):
            x = Value(0.1 * (k + 1))
            x.me = x  # for the collector
            y = x
            for _ in range(20):
                y = (y * x + float(n)).tanh() + micrograd.total([x, y, x])
            y.backward()
            found.append((y.data, x.grad))
        return found

    expected = [work(k) for k in range(8)]
    assert in_threads(8, work) == expected


def test_threads_push_into_shared_leaves_in_whole_passes(switching_often):
    w, b = Value(0.5), Value(0.25)
    passes = budget(200, 5000)

    def work(k):
        for _ in range(passes):
            out = Value(w.data, (w,), "own")

            def push(out=out):
                before = w.grad
                sum(range(20))  # a chance for the others
                w.grad = before + out.grad

            out._backward = push
            (micrograd.total([out, w, b]) * float(k)).backward()

    in_threads(8, work)
    assert w.grad == 2 * 28 * passes and b.grad == 28 * passes


def test_threads_free_each_others_nodes_while_one_is_slow(switching_often):
    class Slow:
        def __del__(self):
            entered.set()
            left.wait(60)

    entered, left, freed = threading.Event(), threading.Event(), []

    class Told:
        def __del__(self):
            freed.append(1)

    def slowly():
        v = Value(1.0)
        v.own = Slow()
        del v

    thread = threading.Thread(target=slowly)
    thread.start()
    entered.wait(60)
    v = Value(1.0)
    v.own = Told()
    del v  # waits for the other thread, but does not hold this one up
    left.set()
    thread.join()
    assert freed == [1]


@native
@no_fork
def test_a_child_frees_its_nodes_though_another_thread_was_freeing_some():
    script = """
        import os, threading, warnings
        from micrograd import Value
        from micrograd._core import lending
        warnings.simplefilter("ignore")
        entered, left = threading.Event(), threading.Event()
        class Slow:
            def __del__(self):
                entered.set()
                left.wait(60)
        def slowly():
            v = Value(1.0)
            v.own = Slow()
        thread = threading.Thread(target=slowly)
        thread.start()
        entered.wait(60)
        child = os.fork()
        if child == 0:
            before = len(lending.living())
            nodes = [Value(1.0) * 2.0 for _ in range(1000)]
            del nodes
            os._exit(len(lending.living()) != before)
        status = os.waitpid(child, 0)[1]
        left.set()
        thread.join()
        print(status)
    """
    assert run(script) == 0


SUB = """
    import os, sys
    interpreters = __import__("_xxsubinterpreters" if sys.version_info < (3, 13) else "_interpreters")
    from micrograd import Value, engine
    x = Value(3.0)
    y = x * x
    code = '''
    import os, sys
    sys.path.insert(0, {root!r})
    from micrograd import Value, engine
    x = Value(2.0)
    y = x ** 3 + x.tanh()
    y.me = y
    y.backward()
    os.write({out}, f"{{engine.backend()}} {{x.grad:.3f}};".encode())
    kept = [Value(1.0) * 2.0 for _ in range(1000)]
    '''
    come, go = os.pipe()
    for _ in range(2):
        interpreter = interpreters.create()
        interpreters.run_string(interpreter, code.format(root=os.environ["PYTHONPATH"], out=go))
        interpreters.destroy(interpreter)
        y = y * x
    y.backward()
    os.close(go)
    print([engine.backend(), x.grad, os.read(come, 1000).decode()])
"""


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="interpreters are made by other functions there")
def test_sub_interpreters_keep_the_python_node():
    pytest.importorskip("_xxsubinterpreters" if sys.version_info < (3, 13) else "_interpreters")
    backend, grad, said = run(SUB)
    assert backend == engine.backend() and grad == 4 * 27.0
    assert said == "python 12.071;" * 2


SHUTDOWN = """
    import atexit, gc, threading, time
    from micrograd import Value
    import micrograd
    class Sub(Value):
        def __del__(self):
            self.data * 2.0
    kept = [Value(1.0) * 2.0 for _ in range(5000)]
    a, sub = Value(1.0), Sub(2.0)
    a.out, sub.out = a * sub, micrograd.total([sub, a, sub])
    micrograd.root, gc.root = sub.out * 2.0, a * 3.0
    deep = a
    for _ in range(100_000):
        deep = deep + 1.0
    atexit.register(lambda: deep.backward())
    def work():
        x = Value(0.5)
        while True:
            y = x
            for _ in range(100):
                y = y * x + 1.0
            y.me = y
            y.backward()
    for _ in range(3):
        threading.Thread(target=work, daemon=True).start()
    time.sleep(0.05)
    print(1)
"""


def test_nodes_and_threads_at_the_end_of_the_process():
    for _ in range(budget(1, 5)):
        assert run(SHUTDOWN) == 1


# ---- interrupts


INTERRUPTS = """
    import os, signal
    from micrograd import Value
    from micrograd._core import lending
    depth = 300_000
    x = Value(1.0)
    root = x
    for _ in range(depth):
        root = root + 1.0
    before, hits = len(lending.living()), 0
    def change(number, frame):
        root._prev = ()
        raise KeyboardInterrupt
    for handler in [signal.default_int_handler, change]:
        signal.signal(signal.SIGALRM, lambda number, frame: os.kill(os.getpid(), signal.SIGINT))
        signal.signal(signal.SIGINT, handler)
        for k in range(20):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.0003 * (k + 1))
                for _ in range(10_000):
                    root.backward()
            except KeyboardInterrupt:
                hits += 1
    signal.signal(signal.SIGINT, signal.default_int_handler)
    x.grad = 0.0
    y = x * x
    y.backward()
    print([hits, x.grad, len(lending.living()) - before])
"""


@no_fork
@pytest.mark.slow
def test_ctrl_c_in_the_middle_of_a_long_pass():
    hits, grad, left = run(INTERRUPTS)
    assert hits == 40 and grad == 2.0 and left <= 1


@native
@no_fork
def test_ctrl_c_strikes_within_a_pass():
    script = """
        import os, signal
        from micrograd import Value
        x = Value(1.0)
        last = x
        for _ in range(200_000):
            last = last + 1.0
        own = Value(last.data, (last,), "own")
        def push():
            last.grad += own.grad
            os.kill(os.getpid(), signal.SIGINT)
        seen = []
        def handler(number, frame):
            seen.append(last.grad)
            own._prev = last._prev = ()
            raise KeyboardInterrupt
        signal.signal(signal.SIGINT, handler)
        own._backward = push
        try:
            own.backward()
        except KeyboardInterrupt:
            print([seen, x.grad])
    """
    assert run(script) == [[1.0], 0.0]
