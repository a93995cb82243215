"""Allocations that fail, one by one: the stages in C give their arrays, or MemoryError. Prints how many failed."""

import _testcapi
import random
import sys
from functools import partial

from rows_by_chance import calls, random_operands
from stages_by_chance import random_rows, random_tape

from micrograd.compiler.stages.native import extension, graph
from micrograd.compiler.stages.program import KINDS
from micrograd.compiler.stages.repeats import LIMITS

MOST = 400
REPEATING = random_rows(random.Random(3))


def calls_of_many_rows():
    """The calls on the rows of matrices, where what Python says to one of them is known before."""
    found = [*calls(random.Random(1), random_operands(random.Random(1)))]
    name, (*arrays, judge) = found[-1]
    told = []
    getattr(extension, name)(*arrays, lambda *asked: told.append(judge(*asked)) or told[0])
    return [*found[:-1], (name, (*arrays, lambda *asked: told[0]))]


CALLS = calls_of_many_rows()


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


def without_memory(work, title):
    """How many allocations failed in the work, each once."""
    failed, expected = 0, repr(work())
    for k in range(MOST):
        _testcapi.set_nomemory(k, k + 1)
        try:
            found = work()
        except MemoryError:
            failed += 1
            continue
        finally:
            _testcapi.remove_mem_hooks()
        if repr(found) != expected:
            sys.exit(f"{title}, allocation {k}: other arrays")
    return failed


failed = 0
for seed in range(3):
    tape = random_tape(random.Random(seed), 60)
    parts = graph.arguments_of(tape), tape.outputs, list(range(1, 1 + len(tape.arguments)))
    failed += without_memory(partial(arrays, *parts), f"seed {seed}")
for name, args in CALLS:
    failed += without_memory(partial(getattr(extension, name), *args), name)
print(failed)
