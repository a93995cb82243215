"""One backward pass, step by step: as a page, in the terminal, as text, as LaTeX.

record    the list that everything else reads: one Contribution for each operand of each node
names     what a node is called in a sentence
rules     the local derivative of an operand, as a formula, with its kind (copy, swap, scale, gate, slope)
telling   a contribution in words: edge, formula, running sum, why, check
stepper   next, back, run, reset; `with s:` lends the graph the grads of the position
nudge     what really happens to the root when a node is nudged
paths     the sum over paths, counted without listing it
explain   how one derivative came about: text, Markdown, LaTeX
mistaken  a backward pass with one thing done wrong
mistakes  the usual mistakes, each with what to do instead, to be seen beside the correct pass
scene     the picture in the page, and which contributions make a layer
page      the stepper as one self-contained HTML page
terminal  the stepper as a conversation in plain text
"""

from micrograd.stepping.explain import Explanation, explain
from micrograd.stepping.record import Contribution, record
from micrograd.stepping.stepper import Stepper, step

__all__ = ["Contribution", "Explanation", "Stepper", "explain", "record", "step"]
