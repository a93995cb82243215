"""Is a learner's own work right? Expressions from the smallest up, compared with the engine's answers.

trials           expressions, which run on any class of Values
enumeration      all of them, the smallest first, with pleasant numbers and the right answers
watch            a stop for code that never ends
candidates       a class or a backward function, and the operations that it has
attempts         a candidate, run on one expression
wrong_passes     mistaken backward passes, as hypotheses
naming           which mistake explains all that was seen
advice           what each mistake means and what to do about it
report           a finding and the whole diagnosis, as data and in words
describe         from a wrong outcome to a finding
beyond_one_pass  two backward passes, and deep graphs
derivatives      a function and its derivative, point by point
checker          `check` itself
"""

from micrograd.teaching.check.checker import check
from micrograd.teaching.check.report import Diagnosis, Finding

__all__ = ["Diagnosis", "Finding", "check"]
