"""Every speed claim of the project, measured in one run: `python -m benchmarks` prints the table, `--write` keeps it.

A file here that defines `rows()` is part of the table: it yields tuples `(claim, measured, unit, bar)`, and `runner`
does the rest. `workloads` defines the networks that all engines run, `timing` measures time, and `peers` and `by_*` are
the engines that ours is compared with.
"""
