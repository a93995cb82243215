"""The command line: `python -m benchmarks [engine graph …] [--write]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.one_thread import one_thread
from benchmarks.runner import apart, names, table
from benchmarks.timing import machine
from micrograd._core.writing import write_file
from micrograd.engine import backend

RESULTS = Path(__file__).parent / "RESULTS.md"
TITLE = """# Speed

This is what `make bench` measures: medians of five, with the engines taking turns, and the cyclic collector run before
each timed step. Everything comes from one run on one thread. The bars are on ratios, because times drift, while ratios
carry over from machine to machine.

W1 is a gradient step of the moons classifier (MLP 2-16-16-1, 100 points, 65,818 nodes), W2 a training step of a small
GPT on eight characters (4,192 parameters, about 65,000 nodes). Eager builds each sum from single additions; fused makes
it one node. Compiled means the value and the gradient on flat arrays, by straight-line Python or by the native kernel.
Each peer is written in its best form for steps as short as these (`benchmarks/by_*.py`), in float64. The original is
micrograd 0.1.0. C by hand is written for W1 alone, with sums in registers (`benchmarks/by_hand.c`), and compiled where
the table is made; the flat kernel is ours without blocks, in a call of the same form.

Batches are functions of one example (`benchmarks/workloads/one_example.py`, `options.py`): a point of the moons in the
classifier of W1, a document in the GPT of W2, an option. Code that repeats is in `benchmarks/workloads/sequences.py`.
Exports run on one thread of the CPU like everything else, next to the same function written in JAX; only the sweep of
small models takes all cores. `python -m benchmarks.on_a_gpu` checks them where there is a GPU, and is no part of this.

Not measured here, as no package index has it: microgpt.c by realies is W2 with its optimiser in C by hand, in float32.
It claims 5 to 7 µs a step on a processor of the fastest kind; once built beside ours, it took 14 to 19 µs.

Engines that build a graph of Values for each step run each in a fresh process that has loaded nothing else, with the
cyclic collector as it is by default, or off; the processes stay alive and take turns. The Python engine is ours with
`MICROGRAD_ENGINE=python`: bars in its steps mean it, whichever engine is installed. The bars are set for Python 3.11,
whose collector slows the original down the most; on Python 3.13 the ratios to it are about half.
"""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure every speed claim.")
    parser.add_argument("names", nargs="*", metavar="name", help="what to measure (everything, if left out)")
    parser.add_argument("--write", action="store_true", help=f"write everything to benchmarks/{RESULTS.name} too")
    chosen = parser.parse_args(arguments)
    known = names()
    if unknown := set(chosen.names) - set(known):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if chosen.write and chosen.names:
        parser.error("--write keeps the table of one run of everything: leave out the names")

    one_thread()
    lines = [TITLE, f"{machine()}; engine: {backend()}"]
    print(lines[-1], flush=True)
    measured = chosen.names or known
    for line in table(measured) if len(measured) == 1 else apart(measured):
        print(line, flush=True)
        lines.append(line)
    if chosen.write:
        write_file(RESULTS, "\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
