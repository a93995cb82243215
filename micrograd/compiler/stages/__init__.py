"""From a tape to blocks, each stage a plain function from one data structure to the next.

simplify       tape → expressions: what is unused is dropped, equal expressions become one
gradients      the derivatives that the function takes itself, as more expressions
dissolve       the same without the variables of these
expressions    expressions without repeats, and the rules that simplify them
primitives     the expressions of a primitive, worked out once
replace        expressions with other nodes in some places, for who shows the program or hands it on
sums           expressions → sums: a chain of additions and products is one row
differentiate  adds the adjoints, more rows of the same kind
rows           the rows that the outputs need, as flat arrays
beginnings     rows → rows: long sums that differ at their end only begin as rows of their own
loops          rows → blocks, with a loop for what is computed again and again, each time from the time before
repeats          where that is
distribution     what of it need not be in the loop
bodies           what one time of it computes
roll           rows → blocks: rows that look the same are put together
agenda           which rows are computed side by side
fuse             which of them are done at once with the results of others
levels           in which order all this is done
lanes            in which order the rows of a block stand, and in which pieces their terms
products         complete products, which give that order
views            how the operands lie
writer           writes it all
batch          blocks of one example → blocks of many
widened          steps with lanes for the examples
draft            where the slots of one example lie then
operands         what steps read and write, slot by slot
tables         known numbers in the order in which they are read
program        the kinds of rows, and what they mean
blocks         matrix products, maps and reductions over strided slots, and groups
quiet          IEEE arithmetic on Python floats, where Python would raise
native/        the same stages in C
choice         which of the two run
"""
