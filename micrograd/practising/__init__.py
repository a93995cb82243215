"""Exercises in backpropagation that know the usual mistakes.

exercise   `practice`: an exercise, with its answers, hints, score, page and sheets
levels     eight expressions with pleasant numbers, and fresh ones by seed
questions  what is asked, what is right, and what each mistake would answer
reading    an answer as it is typed
formulas   a local derivative typed as a formula, compared at several points
staging    one operation with other numbers: the points of a formula, the twin of a question
wording    the sentences
gradients  gradients given in one go
session    what each answer leads to
page       the stepper's page with questions
bug        a pass with one mistake in it, to be found and named
bugpage    its page
terminal   the conversation in plain lines
sheet      sheets for a class: what stands on them
handout    a sheet as HTML and Markdown
tex        a sheet as LaTeX
"""

from micrograd.practising.bug import Bug
from micrograd.practising.exercise import Exercise, practice

__all__ = ["Bug", "Exercise", "practice"]
