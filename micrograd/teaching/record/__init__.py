"""One backward pass as facts, before any sentence or picture.

spelling  how derivatives, grads and their numbers are written
rules     the local derivative of an operand, as a formula, with its kind (copy, swap, scale, gate, slope)
record    the list of contributions, which every view reads
position  a position in this list, which moves forwards and backwards
nudge     how far the root really moves when a node is nudged
paths     the sum over paths, counted without listing them
mistake   a backward pass with one mistake
mistakes  the table of the usual mistakes, each with what to do instead
freezing  a graph at one moment, which stays as it is while the parameters move on
descent   what an optimiser does to one parameter, as formulas with their numbers
updates   several updates one by one: forward, backward, and how each parameter moved
slips     the table of the usual mistakes of an update
"""
