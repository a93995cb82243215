"""The stages from a tape to rows: in C where they were built and know all rules, else in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from micrograd.compiler.stages.differentiate import differentiate
from micrograd.compiler.stages.expressions import Expressions
from micrograd.compiler.stages.native import extension, graph
from micrograd.compiler.stages.replace import replace
from micrograd.compiler.stages.rows import Rows, flatten
from micrograd.compiler.stages.simplify import simplify
from micrograd.compiler.stages.sums import collect_sums, count_uses
from micrograd.compiler.tracing.tape import Tape


class Stages(NamedTuple):
    """Each gets what the ones before return; sums use up the expressions that they are made from."""

    simplify: Callable[[Tape, int], tuple[Expressions, Sequence[int]]]
    collect_sums: Callable[..., Any]  # of expressions, roots, and variables; of kinds whose operands stand apart
    differentiate: Callable[[Any, Sequence[tuple[int, int]], Sequence[int]], list[int]]
    flatten: Callable[[Any, Sequence[str], Sequence[int]], Rows]
    replace: Callable[[Expressions, Mapping[int, tuple[Any, ...]]], Expressions]
    count_uses: Callable[[Expressions, Sequence[int]], Sequence[int]]


IN_PYTHON = Stages(simplify, collect_sums, differentiate, flatten, replace, count_uses)
IN_C = Stages(graph.simplify, graph.collect_sums, graph.differentiate, graph.flatten, graph.replace, graph.count_uses)


def choose_stages() -> Stages:
    return IN_C if extension is not None and graph.knows_all_rules() else IN_PYTHON
