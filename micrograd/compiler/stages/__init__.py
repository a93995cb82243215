"""From a tape to a program, each stage a plain function from one data structure to the next.

simplify       tape → expressions: what is unused is dropped, equal expressions become one
expressions    expressions without repeats, and the rules that simplify them
primitives     the expressions of a primitive, worked out once
sums           expressions → sums: a chain of additions and products is one row
differentiate  adds the adjoints, more rows of the same kind
rows           the rows that the outputs need, as flat arrays
lower          rows → program: independent rows of the same kind are grouped
program        the program: slots, groups, terms
blocks         matrix products, maps and reductions over strided slots, and groups
quiet          IEEE arithmetic on Python floats, where Python would raise
native/        the same stages in C, from the tape to the rows
choice         which of the two run
"""
