"""Every speed claim of the project, measured in one run: `python -m benchmarks` prints the table, `--write` keeps it.

A file here that defines `rows()` is part of the table: it yields one `(claim, measured, unit, bar)` after the other,
and `runner` does the rest. What engines are compared on stands in `workloads`, how time is taken in `timing`, and what
ours is compared with in `peers`.
"""
