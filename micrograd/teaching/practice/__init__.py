"""Questions about a backward pass, and what each answer leads to.

levels     eight expressions with pleasant numbers, and fresh ones by seed
questions  what is asked, what is right, and what each mistake would answer
reading    an answer as it is typed
formulas   a local derivative typed as a formula, compared at several points
twins      one operation with other numbers: the points of a formula, the twin of a question
wording    the sentences
gradients  gradients given in one go
session    what each answer leads to
"""
