"""The expressions to choose from: each with its numbers, and what to look at."""

from __future__ import annotations

from typing import Any, NamedTuple


class Example(NamedTuple):
    """`words` are "name=number"; `asked` is the name whose derivative is explained first."""

    name: str
    text: str
    words: list[str]
    asked: str
    look: str


EXAMPLES = [
    Example(
        "A neuron",
        "tanh(w1*x1 + w2*x2 + b)",
        ["w1=-3", "x1=2", "w2=1", "x2=0", "b=6.8814"],
        "w1",
        "x2 is 0, so w2 gets no gradient. Make b larger: tanh flattens, and every gradient shrinks.",
    ),
    Example(
        "A product and a sum",
        "a*b + c",
        ["a=2", "b=-3", "c=10"],
        "a",
        "+ passes the gradient on unchanged; × hands each operand the value of the other.",
    ),
    Example(
        "A number used twice",
        "a*b + a",
        ["a=2", "b=3"],
        "a",
        "a is used twice: one contribution arrives along each edge, and a.grad is their sum.",
    ),
    Example(
        "Softmax and its loss",
        "-log(exp(z1) / (exp(z1) + exp(z2) + exp(z3)))",
        ["z1=1", "z2=2", "z3=0.5"],
        "z1",
        "The gradients are the probabilities, minus 1 at the right answer, z1. They add up to 0.",
    ),
    Example(
        "A relu that died",
        "(relu(w*x + b) - y)**2",
        ["w=2", "x=-1.5", "b=1", "y=1"],
        "w",
        "w·x + b is below 0, so relu lets nothing through: w, x and b get 0. Drag b above 3 to wake it.",
    ),
    Example(
        "A chain of sigmoids",
        "sigmoid(w3*sigmoid(w2*sigmoid(w1*x)))",
        ["w3=1.5", "w2=2", "w1=1", "x=3"],
        "x",
        "Each sigmoid lets through a quarter at most: the gradient vanishes on its way to x.",
    ),
    Example(
        "The larger of two",
        "max(a*b, c)",
        ["a=2", "b=3", "c=5"],
        "a",
        "max passes the whole gradient to the larger operand. Drag c above 6, and it changes sides.",
    ),
]

OPENED: list[list[Any]] = [
    ["picture", "right", True],
    ["picture", "down", True],
    ["meanings"],
    ["step"],
    ["predict"],
    ["update"],
    ["broken", None],
    ["code"],
]


def first_calls() -> list[list[Any]]:
    """What the room asks for these expressions as they are; the page starts with the pictures of the first two."""
    calls = []
    for example in EXAMPLES:
        for name, *options in [*OPENED, ["explain", example.asked]]:
            calls.append([f"expression.{name}", example.text, example.words, *options])
    return calls
