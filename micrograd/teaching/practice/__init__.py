"""Questions about a backward pass, and what each answer leads to; each file needs only those above it.

reading      an answer as it is typed, and when a number is close enough
guesses      the wrong answers to one question, one for each mistake
questions    what is asked, and what is right
diagnosis    which mistake explains several answers
levels       eight expressions with pleasant numbers, and fresh ones by seed
twins        the same operation with other numbers, after a worked line
formulas     a local derivative typed as a formula, compared at several points
sentences    rules, replies, the score in words
wording      the texts of each question
score        what the answers earn
session      what each answer leads to
gradients    gradients answered all at once
round        a pass with its blanks and a session; the rounds that follow
hunt         a pass with one mistake in it, to be found and named
predicting   a prediction of where a parameter goes in an update, judged
class_tasks  levels for a class, other numbers for each student
class_list   the names of a class, from a file
"""
