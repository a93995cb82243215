"""Printing, logging and progress: what people look at while it runs."""

import contextlib
import io
import logging
import time
import warnings

from micrograd import Value
from strangers.collection import after, call, calls, case

level = 1.0


@case
def logging_inside():
    w, log = Value(2.0), logging.getLogger("strangers.inside")
    log.handlers, log.propagate = [logging.NullHandler()], False

    def f(x):
        log.warning("loss %s %.3f", w, w.data)
        return w * x

    return f, [w], calls(1.0, 2.0)


@case
def time_taken_and_logged():
    logger, w = logging.getLogger("strangers.timing"), Value(2.0)
    logger.handlers, logger.propagate = [logging.NullHandler()], False

    def f(x):
        start = time.perf_counter()
        out = w * x
        logger.debug("took %.3f s", time.perf_counter() - start)
        return out

    return f, [w], calls(1.0, 2.0, 1.0)


@case
def log_level_decides():
    logger, w = logging.getLogger("strangers.level"), Value(2.0)
    logger.setLevel(logging.INFO)

    def f(x):
        return w * x if logger.isEnabledFor(logging.DEBUG) else w * x * 10

    return f, [w], [call(1.0), after(lambda: logger.setLevel(logging.DEBUG), 1.0)]


@case
def logged_with_a_handler():
    logger, w = logging.getLogger("strangers.handler"), Value(2.0)
    logger.handlers, logger.propagate = [logging.StreamHandler(io.StringIO())], False

    def f(x):
        out = w * x
        logger.warning(f"loss {out.data:.3f} at {x}")
        logger.warning("loss %s", out)
        return out

    return f, [w], calls(1.0, 2.0)


@case
def logged_by_percent_with_a_handler():
    logger, w = logging.getLogger("strangers.percent"), Value(2.0)
    logger.handlers, logger.propagate = [logging.StreamHandler(io.StringIO())], False

    def f(x):
        out = w * x
        logger.warning("loss %.3f", out.data)
        return out

    return f, [w], calls(1.0, 2.0)


@case
def printed_progress():
    w = Value(2.0)

    def f(xs):
        out = Value(0.0)
        with contextlib.redirect_stdout(io.StringIO()):
            for k, x in enumerate(xs):
                out = out + w * x
                print(f"\r{k + 1}/{len(xs)} loss {out.data:.3f}", end="")
        return out

    return f, [w], calls([1.0, 2.0], [3.0, 4.0], [5.0, 6.0])


@case
def progress_bar_around_the_rows():
    class Bar:
        def __init__(self, rows):
            self.rows, self.n = rows, 0

        def __iter__(self):
            for row in self.rows:
                self.n += 1
                yield row

    w = Value(2.0)

    def f(xs):
        return sum(w * x for x in Bar(xs))

    return f, [w], calls([1.0, 2.0], [3.0, 4.0], [5.0])


@case
def warning_given_once():
    w = Value(2.0)

    def f(x):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.warn("old", DeprecationWarning, stacklevel=2)
        return w * x

    return f, [w], calls(1.0, 2.0)


@case
def output_captured_and_parsed():
    w = Value(2.0)

    def f(x):
        out = io.StringIO()
        print(round(2.5), file=out)
        return w * x * float(out.getvalue())

    return f, [w], calls(1.0, 2.0)
