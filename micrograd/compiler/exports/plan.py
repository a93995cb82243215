"""A plan: what an export computes for one example, as lines of array operations, without a dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd import ops
from micrograd.calculus.structures import named_leaves
from micrograd.compiler.backends.names import function_name
from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.exports.arguments import Signature, Taken, read_signature
from micrograd.compiler.exports.draws import Draw, read_draws, texts
from micrograd.compiler.exports.rows import forward_rows
from micrograd.compiler.exports.steps import LEAST
from micrograd.compiler.exports.words import words
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.form import Form, Wanted, make_form
from micrograd.compiler.matrices.naming import bundles_of
from micrograd.compiler.matrices.titles import named
from micrograd.compiler.matrices.together import together
from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.errors import TraceError
from micrograd.compiler.tracing.numbers.choices import PICK
from micrograd.compiler.tracing.tape import Output, Tape
from micrograd.engine import Value
from micrograd.nn.dropout import Dropout
from micrograd.nn.normalisation import BatchNorm
from micrograd.ops import Primitive

FLIPPED = "flipped"  # the number of decisions that come out otherwise
REFUSE, NAN, CHECK = GUARDS = "refuse", "nan", "check"
SIDE = "side"  # one of several traces: the result, and whether all decisions hold
LISTED = 3  # decisions in a message

DECIDES = (
    "{0} decides by a number, in {1}. An export is one program for all numbers: let it choose by micrograd.relu, max, "
    'where or pick{2}. Or export it with also=(another_example, …), one trace for each side; with guards="nan", which '
    'gives nan where a decision comes out otherwise than for the example; or with guards="check", an error there.'
)
SOFTMAX = ", and by micrograd.softmax or logsumexp instead of subtracting the largest number"


@dataclass(eq=False)
class Plan:
    """
    title       what the function is called
    signature   what it takes
    theta       the parameters, in the order of its numbers
    built_in    Values that are no parameters: their numbers are part of the program
    form        its lines; the arrays of its inputs
    outputs     for each result the array that holds it, and where
    flipped     the array with the number of decisions that came out otherwise, if any may
    places      the lines on which Python decided
    path        how it decided
    guards      what happens where it would decide otherwise: NAN or CHECK
    whole       primitives that the source has functions for
    result      the structure that is returned, with an `Output` for each number
    draws       the random numbers of a call
    sides       how many traces there are, of which each example takes one
    modes       layers that differ in training, and how they are
    indices     arguments, by the names of their arrays, that select and nothing else
    """

    title: str
    signature: Signature
    theta: list[Value]
    built_in: list[Value]
    form: Form
    outputs: list[tuple[Array, tuple[int, ...]]]
    flipped: Array | None
    places: list[str]
    path: list[Any]
    guards: str
    whole: Mapping[str, Primitive]
    result: Any
    indices: frozenset[str]
    draws: list[Draw]
    modes: list[str]
    sides: int = 1

    @property
    def taken(self) -> list[Taken]:
        return self.signature.arrays

    def array_of(self, taken: Taken) -> Array:
        return next(a for a in self.form.inputs if a.role == "argument" and self.form.members[a][0] == taken.first)


def make_plan(
    f: Callable[..., Any],
    title: str,
    tape: Tape,
    watch: Watch,
    parameters: Sequence[Value] | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    shared: Mapping[int, Any],
    guards: str,
    steps: bool = True,
) -> Plan:
    """The plan for the trace of a call. Of the Values that f reads, the `parameters` are theta; None for all.

    With `steps`, those of a recurrence are a loop.

    Raises `TraceError` for what no export can do.
    """
    check(tape, title)
    places = list(dict.fromkeys(guard.place for guard in tape.guards))
    draws = read_draws(title, [read for _, read, _ in tape.fresh])
    taken = words(any(draw is not None for draw in draws))
    names = Namespace(taken)
    name = names.give(function_name(title))
    signature = read_signature(f, args, kwargs, tape, shared, names)
    here = list(tape.parameters)
    theta = here if parameters is None else list(parameters)
    own = set(map(id, theta))
    built_in = {k: p for k, p in enumerate(here) if id(p) not in own}
    first = len(tape.arguments)
    known = {first + k: float(p.data) for k, p in built_in.items()}
    after = first + len(here)
    known |= {after + k: x for k, ((_, _, x), draw) in enumerate(zip(tape.fresh, draws, strict=True)) if draw is None}
    forward = forward_rows(tape, [""] * len(tape.inputs))
    results = result_names(tape, "out" if name == "function" else name)
    wanted = Wanted(
        arguments=[text for array in signature.arrays for text in array.texts],
        parameters=bundles_of(here, watch),
        drawn=texts(draws),
        seeds=[],
        results=[*results, FLIPPED] if forward.guarded else results,
        by=[],
        known=known,
        shielded=True,
        reserved=taken,
    )
    if forward.guarded and guards == REFUSE:
        raise TraceError(decides(title, places))
    form = make_form(forward.rows, wanted, steps)
    if form.stacked and not any(line.loop and line.loop.time.size >= LEAST for line in form.lines):
        form = make_form(forward.rows, wanted)
    form = named(form)
    outputs = {k: (o.array, i) for o in form.results for k, i in zip(o.members, o.array.whole(), strict=True)}
    return Plan(
        title=name,
        signature=signature,
        theta=theta,
        built_in=[*built_in.values()],
        form=form,
        outputs=[outputs[k] for k in range(len(results))],
        flipped=outputs[len(results)][0] if forward.guarded else None,
        places=places,
        path=tape.guards.path,
        guards=guards,
        whole=forward.whole,
        result=tape.result,
        indices=frozenset(selecting(signature, tape)),
        draws=[draw for draw in draws if draw is not None],
        modes=modes_of(watch),
    )


def check(tape: Tape, title: str) -> None:
    """Raise `TraceError` for what runs in Python alone."""
    if tape.effects:
        raise TraceError(
            f"{title} keeps numbers for later, as batch normalisation keeps its running statistics in training: an "
            "exported function is pure. Export it in evaluation, after model.eval()."
        )
    for guard in tape.guards.answers:
        raise TraceError(
            f"{title} decides by more than a comparison ({guard.place}), as by the text or the integer part of a "
            "number. An export has no Python: use micrograd.floor, pick or where."
        )


def decides(title: str, places: Sequence[str]) -> str:
    """The sentence for decisions on these lines, and the way out."""
    more = f"; and {len(places) - LISTED} more places" if len(places) > LISTED else ""
    largest = any("max(" in place for place in places)
    return DECIDES.format(title, "; ".join(places[:LISTED]) + more, SOFTMAX if largest else "")


def check_guards(guards: str) -> None:
    if guards not in GUARDS:
        raise ValueError(f"guards must be {', '.join(map(repr, GUARDS[:-1]))} or {GUARDS[-1]!r}, got {guards!r}")


def modes_of(watch: Watch) -> list[str]:
    layers = watch.of_kinds(Dropout, BatchNorm)
    return [f"{layer!r} in {'training' if layer.training else 'evaluation'}" for layer in layers]


def result_names(tape: Tape, title: str) -> list[str]:
    results = [title] * len(tape.outputs)
    for name, x in named_leaves(tape.result, title):
        if isinstance(x, Output):
            results[x.position] = name
    return results


def selecting(signature: Signature, tape: Tape) -> list[str]:
    """Arguments that are indices and nothing else: they need not be of the type of theta."""
    rows, place = tape.rows, {position: k for k, position in enumerate(tape.arguments)}
    selects = bytes(op is PICK or op is ops.cross_entropy for op, _ in rows.table)
    picking = together.select(rows.codes, selects)
    if not picking:
        return []
    picked = {rows[i][1][0] for i in picking}
    calculates = bytes(isinstance(op, Primitive) and not selects[k] for k, (op, _) in enumerate(rows.table))
    calculated = {p for i in picking for p in rows[i][1][1:]}
    for i in together.select(rows.codes, calculates):
        calculated.update(rows[i][1])
    chosen = {place[p] for p in picked - calculated if p in place}
    return [taken.name for taken in signature.arrays if len(taken.members) and set(taken.members) <= chosen]
