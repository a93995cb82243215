"""Batches: a function of one example, compiled, and run over many.

examples   which arguments have an entry for each example
columns    the numbers of all examples
groups     examples that one program runs
deciding   those that decide alike, found in a tree of variants
plan       which variant runs which examples, by their keys and by their decisions
passes     a program over many examples
totals     a result added up over them, a Value
results    what the function returns for each, put together
work       a batch at work: planned, run, and put together
calls      calls: what the function returns
gradients  calls of `value_and_grad`
shortcuts  what a batch takes instead of all that, if it is as the one before
batch      `compiled.batch`
"""
