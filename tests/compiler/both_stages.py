"""The stages in C and those in Python, side by side: whatever a program is made from, both give the same arrays."""

from array import array
from dataclasses import fields

from micrograd.compiler.stages.choice import IN_C, IN_PYTHON, Stages
from micrograd.compiler.stages.rows import Rows


class Both:
    """Two graphs, or two sums: what is asked of one is asked of both."""

    def __init__(self, in_c, in_python):
        self.in_c, self.in_python = in_c, in_python

    def __getattr__(self, name):
        if name == "nodes":
            return self.in_c.nodes

        def ask(*args):
            found, expected = (getattr(each, name)(*args) for each in (self.in_c, self.in_python))
            assert repr([*found] if type(found) is array else found) == repr(expected), name
            return found

        return ask


def simplify(tape, seeds=0):
    (in_c, where), (in_python, expected) = (stages.simplify(tape, seeds) for stages in (IN_C, IN_PYTHON))
    assert where.tolist() == expected
    assert_same_nodes(in_c, in_python)
    return Both(in_c, in_python), where


def assert_same_nodes(in_c, in_python):
    assert repr(in_c.nodes[:]) == repr(in_python.nodes)
    assert dict(in_c.partials) == in_python.partials
    assert {i for i in range(len(in_c)) if i in in_c.gates} == in_python.gates


def replace(e, nodes):
    in_c, in_python = IN_C.replace(e.in_c, nodes), IN_PYTHON.replace(e.in_python, nodes)
    assert_same_nodes(in_c, in_python)
    return Both(in_c, in_python)


def count_uses(e, roots):
    uses = IN_C.count_uses(e.in_c, roots)
    assert uses.tolist() == IN_PYTHON.count_uses(e.in_python, roots)
    return uses


def collect_sums(e, roots, by, apart=()):
    return Both(IN_C.collect_sums(e.in_c, roots, by, apart), IN_PYTHON.collect_sums(e.in_python, roots, by, apart))


def differentiate(sums, outputs, by):
    gradient = IN_C.differentiate(sums.in_c, outputs, by)
    assert gradient == IN_PYTHON.differentiate(sums.in_python, outputs, by)
    return gradient


def flatten(sums, names, outputs):
    in_c, in_python = IN_C.flatten(sums.in_c, names, outputs), IN_PYTHON.flatten(sums.in_python, names, outputs)
    for field in fields(Rows):
        got, expected = getattr(in_c, field.name), getattr(in_python, field.name)
        assert type(got) is type(expected) and repr(got) == repr(expected), field.name
    return in_c


BOTH = Stages(simplify, collect_sums, differentiate, flatten, replace, count_uses)
