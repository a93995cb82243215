"""Every speed claim of the project, measured in one run: `python -m benchmarks` prints the table, `--write` keeps it.

A file here that defines `rows()` is part of the table: it yields tuples `(claim, measured, unit, bar)`, and `runner`
does the rest. `workloads` is the scalar code that is run; `ours` and `by_*` are the engines, ours and those that it is
compared with, and `flat` is our kernel without blocks; `contest` lets engines that compute the same take part against
each other; `scalar` prepares a step of an engine for a process of its own, which `fresh` starts and `worker` is;
`timing` lets steps take turns, here or there, and `clock` times one.
"""
