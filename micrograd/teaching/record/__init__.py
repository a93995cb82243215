"""One backward pass as facts, before anything is said or shown.

record    the list of contributions that every view reads
rules     the local derivative of an operand, as a formula, with its kind (copy, swap, scale, gate, slope)
nudge     what really happens to the root when a node is nudged
paths     the sum over paths, counted without listing it
mistaken  a backward pass with one thing done wrong
mistakes  the usual mistakes, each with what to do instead
"""
