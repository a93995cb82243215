"""Advice for somebody who has just made a mistake: its meaning, and the way to fix it."""

from micrograd.teaching.record.mistakes import MISTAKES

ORDER_FIRST = "Make a topological order, each node after its parents, and let each push once, from the end of it."

# what to change in the code; it follows the advice in the table of mistakes
IN_CODE = {
    "upstream forgotten": "Multiply by `out.grad`.",
    "local derivative forgotten": "`out.grad` alone is not enough.",
    "overwritten: = instead of +=": "Write `self.grad += …`, not `self.grad = …`.",
    "pushed before complete": ORDER_FIRST,
    "recursion without order": ORDER_FIRST,
    "second backward, grads not zeroed": "The nodes between the result and the leaves still hold those of the first "
    "pass: `backward` can set them to 0 when it starts (the leaves keep theirs). Or build the expression again.",
    "sign of descent": "`p.data -= lr * p.grad`.",
}
FURTHER = {
    "seed forgotten": "Nothing arrives anywhere: the pass starts with 1 as the grad of the result (∂L/∂L = 1).",
    "the left operand forgotten": "The left operand gets no contribution.",
    "the right operand forgotten": "The right operand gets no contribution.",
    "nothing is handed on": "No operand gets a contribution: are the parents remembered, is `_backward` set and "
    "called?",
    "derivatives of the operands exchanged": "The two operands get each other's derivatives.",
    "nodes visited more than once": "A node that is used twice stands in the topological order twice, and pushes "
    "twice. Remember which nodes were visited, in a set.",
    "backward called on the parents": "`backward` starts with 1 as the grad of the node it is called on. Called again "
    "for each parent, it overwrites with 1 what had arrived there. Call it once; what the nodes do for their "
    "parents is another function.",
    "order not reversed": "The nodes push in the order of the forward pass. Go through the topological order from its "
    "end: `for v in reversed(topo)`.",
}
ADVICE = FURTHER | {
    mistake.name: " ".join([f"{mistake.advice[0].upper()}{mistake.advice[1:]}.", IN_CODE.get(mistake.name, "")]).strip()
    for mistake in MISTAKES
}

NOTHING = " And are the `_backward`s of the nodes called?"
MORE = "Other expressions are wrong in another way, too: check again when this is fixed."
KEEPS_STATE = (
    "The same expression gave something else when it ran again. Something is kept between runs: an attribute of the "
    "class, a default argument, a list outside."
)
EXCHANGED = (
    "That is the result with the operands exchanged. For 2 - a Python calls `a.__rsub__(2)`, and for 2 / a "
    "`a.__rtruediv__(2)`: there `self` is the right operand."
)
ENDLESS = "A loop does not end, or something is done once for each path: remember which nodes were visited, in a set."
NESTED = (
    "Something calls itself, one call inside the other, without end: an operation defined by itself, or a node "
    "among its own parents."
)
FLOATS = "The function is called with plain floats: `math.tanh(x)` or `micrograd.tanh(x)`, not `x.tanh()`."
INNER = "That is the derivative with respect to an inner expression: multiply it by the derivative of that expression."
ORDER = "The derivatives are right, but in another order: the first one belongs to the first argument."

# ---- several passes, and deep graphs

ADD_UP = "The grads of leaves add up from pass to pass until they are set to 0, so that losses can be summed: `+=`."
STAYS = (
    "When the grads are set to 0 and the same pass is made again, the same numbers should come. Something is left over "
    "from the first pass: a mark on the nodes, a list that is kept."
)
DEEP = (
    "Something calls itself once for each node, and Python allows about 1,000 calls inside each other. A list used as "
    "a stack, in a loop, has no such limit. Small networks do not need it."
)
PATHS = (
    "Something is done once for each path from the result to a leaf, and paths double with every reuse. Remember which "
    "nodes were visited, in a set."
)
