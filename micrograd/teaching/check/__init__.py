"""Is a learner's own work right? Expressions from the smallest up, beside the engine's answers.

programs     expressions as small programs, which run on any class of Values
enumeration  the expressions, the smallest first, with pleasant numbers and the right answers
watching     a stop for code that never ends
candidates   a class, or a backward function, and the operations that it has
attempts     a candidate, run on one expression
slips        mistaken backward passes, as hypotheses
naming       which mistake explains all that was seen
advice       what each mistake means and what to do about it
report       what was found, as data and in words
findings     from a wrong answer to a finding
passes       two backward passes, and deep graphs
derivatives  a function and its derivative, point by point
checker      the function at the front door
"""

from micrograd.teaching.check.checker import check
from micrograd.teaching.check.report import Diagnosis, Finding

__all__ = ["Diagnosis", "Finding", "check"]
