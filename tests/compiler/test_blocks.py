"""The flat arrays of blocks hold what they were made from, and their reference means what the documentation says."""

from blocks_reference import run

from micrograd.compiler.stages.blocks import NOWHERE, Block, Group, Loop, Piece, Tail, Term, View, assemble

# relu(W x + b), of which only the relu is stored; then x0 · y2, by a list; then a product of the two by an index.
PRODUCT = Block(
    "sum",
    NOWHERE,
    (1, 1, 3),
    (Piece(2, View(1, (0, 0, 2), 1), View(7, along=1)), Piece(1, View(9, (0, 0, 1)))),
    (Tail("relu", 12),),
)
LIST = Group("sum", 15, ((Term(7, 14),),))
MIXED = Block("sum", 16, (1, 1, 2), (Piece(1, View(0, (0, 0, 1), indexed=True), View(15)),))


def test_the_steps_come_back_as_they_went_in():
    fibonacci = Loop(5, (Group("sum", 3, ((Term(1, 0, 1), Term(2, 0, 1)),), 1),))
    for steps in ([PRODUCT, LIST, MIXED], [fibonacci]):
        assert list(assemble(11, [], steps, [1], [14, 12])) == steps


def test_what_blocks_mean():
    made = assemble(11, [], [PRODUCT, LIST, MIXED], [12, 13, 14, 15, 16, 17], [14, 12])
    assert made.slots == 18
    w, x, b = [1.0, 2.0, -3.0, 1.0, 0.5, 0.5], [3.0, 2.0], [0.5, 0.5, 0.5]
    assert run(made, [*w, *x, *b]) == [7.5, 0.0, 3.0, 9.0, 27.0, 67.5]


def test_a_loop_moves_on():
    made = assemble(2, [], [Loop(5, (Group("sum", 3, ((Term(1, 0, 1), Term(2, 0, 1)),), 1),))], [7])
    assert made.slots == 8
    assert run(made, [1.0, 1.0]) == [13.0]
