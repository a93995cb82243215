"""Backpropagation to be stepped through, explained, practised and checked.

step       `step(out)`: one backward pass, forwards and backwards, with a page and a conversation
exercise   `practice(...)`: the same pass with blanks, answers, hints, a score and sheets
update     `step_update(...)`: several updates by hand: forward, loss, backward, and how each parameter moves
classroom  `sheets(...)`: exercises on paper for a class, and the key to them
homework   `Homework(...)`: a notebook with blanks that checks itself, and a score
bug        a pass with one mistake in it, to be found and named
check      `check(...)`: a learner's own class, backward function or derivative beside the engine

record     the facts: contributions, rules, mistakes
words      sentences about them
practice   questions, and what each answer leads to
views      pages, terminal, sheets
"""

import micrograd._core  # noqa: F401 first of all: it says if the original has overwritten our files
