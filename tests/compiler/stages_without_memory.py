"""Allocations that fail, one by one: the stages in C give their arrays, or MemoryError. Prints how many failed."""

import _testcapi
import random
import sys

from stages_by_chance import random_rows, random_tape

from micrograd.compiler.stages.native import extension, graph
from micrograd.compiler.stages.program import KINDS
from micrograd.compiler.stages.repeats import LIMITS

MOST = 400
REPEATING = random_rows(random.Random(3))


def arrays(arguments, roots, by):
    """What the stages give, as tuples; all that Python does here was done before."""
    g = extension.Graph(len(by) + 1)
    where = extension.simplify(g, *arguments)
    made = extension.Graph(0)
    extension.replace(g, made, [g.node("exp", 1)], [("whole()", 1, 1)])
    uses = made.of_kinds(["whole()"]), extension.count_uses(made, [where[i] for i in roots])
    sums = extension.collect_sums(g, [where[i] for i in roots], by, [])
    gradient = extension.differentiate(sums, [where[roots[0]], 0], by)
    rows = extension.flatten(sums, len(by), [where[roots[0]], *gradient], KINDS)
    return rows, uses, extension.find_repeats(*REPEATING, LIMITS)


failed = 0
for seed in range(3):
    tape = random_tape(random.Random(seed), 60)
    arguments, by = graph.arguments_of(tape), list(range(1, 1 + len(tape.arguments)))
    expected = arrays(arguments, tape.outputs, by)
    for k in range(MOST):
        _testcapi.set_nomemory(k, k + 1)
        try:
            found = arrays(arguments, tape.outputs, by)
        except MemoryError:
            failed += 1
            continue
        finally:
            _testcapi.remove_mem_hooks()
        if repr(found) != repr(expected):
            sys.exit(f"seed {seed}, allocation {k}: other arrays")
print(failed)
