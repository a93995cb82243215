"""From code to a tape: run once, with everything recorded.

trace         run a function and write down what it computes
tracer        the mode of a thread that traces: each node gets a position on the tape
tape          the flat list of operations (a Wengert list), with its guards
number        what user code sees in place of a float while it is traced
choices       `choose` and `pick`: selection by a traced number
arguments     which parts of the arguments are inputs, and which need another trace
names         the names of inputs in the generated source
surroundings  the closure cells and globals a function depends on
randomness    random numbers, drawn again at each call or refused
errors        `TraceError`, at the line that the user wrote
"""
