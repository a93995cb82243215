"""Runs the NumPy source of a matrix form on the numbers of a call, and holds it to what its program gives."""

import math

import numpy as np

from micrograd.compiler.matrices.matrices import form_of, wanted_of
from micrograd.compiler.matrices.numpy_source import as_numpy


def disagreement(variant, inputs):
    """What differs between the NumPy source and the program on these inputs, in words; "" if nothing does."""
    programs = variant.programs
    mode, wanted = wanted_of(programs, variant.parameters, variant.watch)
    form, rows = form_of(programs, mode, wanted), programs.rows(mode)
    seeds = [1.0 + 0.25 * k for k in range(len(wanted.seeds))]
    inputs = [*map(float, inputs), *seeds]
    source = as_numpy(form, programs.title, "")
    space = {}
    exec(compile(source.text, "<matrices>", "exec"), space)
    given = {array: np.array([inputs[k] for k in form.members[array]]).reshape(array.given) for array in form.inputs}
    first, count = len(wanted.arguments), len(variant.parameters)
    theta = [np.array(inputs[first : first + count])] if count else []
    got = space[source.name](*theta, *(x for array, x in given.items() if array.role != "parameter"))
    got = list(got) if isinstance(got, tuple) else [got]

    run = programs._build_python(rows, quiet=True)
    out = [float(x) for x in run(inputs)]
    expected = [[out[k] for k in output.members] for output in form.results]
    gradient = dict(zip(wanted.by, out[len(wanted.results) :], strict=False))
    if count and form.gradients:
        expected.append([gradient[k] for k in range(first, first + count)])
    expected += [
        [gradient.get(k, 0.0) for k in form.members[array]]
        for array in form.inputs
        if array.role != "parameter" and array in form.gradients
    ]
    if len(got) != len(expected):
        return f"{len(got)} arrays in place of {len(expected)}\n{source.text}"
    for x, y in zip(got, expected, strict=True):
        if np.size(x) != len(y) or not agree(np.ravel(x), y):
            return f"{x} in place of {y}\n{source.text}"
    return ""


def agree(got, expected):
    """Within 10⁻¹² of the largest magnitude, and of 1; nan and inf in the same places."""
    scale = max([1.0, *(abs(x) for x in expected if math.isfinite(x))])
    return all(
        (math.isnan(a) and math.isnan(b)) or a == b or abs(a - b) <= 1e-12 * scale
        for a, b in zip(got, expected, strict=True)
    )
