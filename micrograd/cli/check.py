"""The command `micrograd check`: homework, each file in a process of its own; usable by any grader."""

from __future__ import annotations

import argparse
import glob
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from micrograd.cli.options import UsageError, natural, positive
from micrograd.teaching.check.apart import EXIT, MEMORY, TIMEOUT, Verdict, check_file, end_all
from micrograd.teaching.check.trials import all_forms
from micrograd.text import notation

ABOUT = """\
Check homework against the engine: a Value class, a backward function, or a function and its derivative. Each file
runs in a process of its own; what it prints goes nowhere."""
EXAMPLES = """\
examples: micrograd check homework.py:Value
          micrograd check homework.py:Value --needs all --json
          micrograd check homework.py:backward
          micrograd check homework.py:f,df         a function and its derivative
          micrograd check "hw/*.py:Value" --jobs 4
          micrograd check hw/*.ipynb               the score of each notebook

exit status, with several files the largest one:
  0  no difference found
  1  a difference found
  2  not loaded: no such file or name, a syntax error, an exception; or the words are wrong
  3  stopped: time, memory, or the file ended the process or changed the checker"""

KNOWN = {title.replace(" ", ""): title for title in ("backward()", *dict.fromkeys(form.title for form in all_forms()))}
KNOWN |= {"all": "all"}


def configure(command: argparse.ArgumentParser) -> None:
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.description = ABOUT
    command.epilog = EXAMPLES
    command.add_argument(
        "files",
        nargs="*",
        metavar="FILE:NAME",
        help="a .py file or a notebook, and what to check in it (default: Value; of a notebook its score)",
    )
    command.add_argument(
        "--needs", nargs="+", default=[], metavar="OPERATION", help='what a class must have: "a * b" "a.tanh()", or all'
    )
    command.add_argument("--json", action="store_true", help="a line of JSON for each file instead of text")
    command.add_argument("--timeout", type=positive, default=TIMEOUT, metavar="SECONDS", help="default: %(default)g")
    command.add_argument(
        "--memory", type=natural, default=MEMORY, metavar="MB", help="on Linux (default: %(default)s megabytes)"
    )
    command.add_argument("--jobs", type=natural, default=1, metavar="N", help="files at a time (default: %(default)s)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The exit status; see `EXAMPLES`."""
    if unknown := [need for need in arguments.needs if need.replace(" ", "") not in KNOWN]:
        raise UsageError(f"--needs takes {', '.join(KNOWN.values())}, got {unknown[0]!r}: files stand before it")
    subjects = [subject for word in arguments.files for subject in _subjects(word)]
    if not subjects:
        raise UsageError("which file? For example\n  micrograd check homework.py:Value")
    statuses: Counter[str] = Counter()
    with ThreadPoolExecutor(arguments.jobs) as pool:
        tasks = [
            pool.submit(
                check_file,
                file,
                *names,
                needs=arguments.needs,
                timeout=arguments.timeout,
                memory=arguments.memory,
            )
            for file, names in subjects
        ]
        try:
            for task in tasks:
                verdict = task.result()
                print(verdict.json if arguments.json else _in_words(verdict, len(tasks) > 1), flush=True)
                statuses[verdict.status] += 1
        except BaseException:
            with _undisturbed():
                pool.shutdown(wait=False, cancel_futures=True)
                end_all()
            raise
    if len(tasks) > 1 and not arguments.json:
        parts = [f"{statuses[status]} {status}" for status in EXIT if statuses[status]]
        print(f"{notation.count(len(tasks), 'file')}: {', '.join(parts)}")
    return max(EXIT[status] for status in statuses)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without Ctrl-C, which only the main thread receives: a second one would leave the files running."""
    listening = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if listening else None
    try:
        yield
    finally:
        if listening:
            signal.signal(signal.SIGINT, before)


def _subjects(word: str) -> Iterator[tuple[str, Sequence[str]]]:
    """The files of a word, each with its names: hw/*.py:Value is as many as there are."""
    file, colon, names = word.rpartition(":")
    if not colon or "/" in names or "\\" in names:  # C:\homework.py
        file, names = word, ""
    listed = [name.strip() for name in names.split(",")] if names else []
    if odd := [name for name in listed if not name.isidentifier()]:
        raise UsageError(f"{word}: {odd[0]!r} is no name; for example\n  micrograd check homework.py:Value")
    found = sorted(glob.glob(file)) if glob.has_magic(file) else [file]
    if not found:
        raise UsageError(f"no file is called {file}")
    for path in found:
        yield path, listed


def _in_words(verdict: Verdict, several: bool) -> str:
    if not several:
        return verdict.text
    named = f":{','.join(verdict.names)}" if verdict.names else ""
    head = f"{verdict.file}{named}: {verdict.status}"
    return f"{head}\n\n{verdict.text}\n"
