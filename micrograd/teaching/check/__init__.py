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

marks            the points of a homework
loading          a learner's file, or why it cannot be loaded
seal             whether a learner's file has changed the checker
inside           the process in which a file is checked
apart            `check_file`: starts that process, with limits, and reads its verdict
"""

from micrograd.teaching.check.apart import Verdict, check_file
from micrograd.teaching.check.checker import check
from micrograd.teaching.check.report import Diagnosis, Finding

__all__ = ["Diagnosis", "Finding", "Verdict", "check", "check_file"]
