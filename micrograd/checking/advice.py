"""What a mistake means and what to do about it, for somebody who has just made it."""

ADVICE = {
    "upstream forgotten": "The local derivative alone is handed on. Multiply it by `out.grad`: upstream × local.",
    "local derivative forgotten": "`out.grad` is handed on as it is. Multiply it by the local derivative.",
    "added instead of multiplied": "Upstream and local derivative are added. The chain rule multiplies them.",
    "overwritten: = instead of +=": "A value that is used twice gets a contribution from each use, and they add up: "
    "write `self.grad += …`, not `self.grad = …`.",
    "only the first path": "A value that is used twice gets a contribution from each use; here only the first counts.",
    "paths multiplied": "A value that is used twice gets a contribution from each use. They are added, not multiplied.",
    "× gives an operand its own value": "In a·b the derivative for a is b, and for b it is a: the other one's value.",
    "minus lost": "The operand after a minus gets the upstream with its sign turned: −1 · upstream.",
    "÷: minus lost in the divisor": "In a/b the derivative for b is −a/b², with a minus: a larger b makes a/b smaller.",
    "÷: divisor not squared": "In a/b the derivative for b is −a/b²: the divisor is squared.",
    "÷: the numerator's rule for the divisor": "In a/b the derivative for a is 1/b, but for b it is −a/b².",
    "power: exponent not lowered": "In aⁿ the derivative is n·aⁿ⁻¹: the exponent goes down by one.",
    "power: exponent not in front": "In aⁿ the derivative is n·aⁿ⁻¹: the exponent also comes in front as a factor.",
    "tanh: 1 − x² instead of 1 − tanh²": "The derivative of t = tanh(x) is 1 − t², with the result t, not with x.",
    "tanh: 1 − tanh, not squared": "The derivative of t = tanh(x) is 1 − t²: t is squared.",
    "exp: upstream · x": "The derivative of exp(x) is exp(x) itself, the result, not x.",
    "relu: gate ignored": "relu is flat below 0: its derivative is 1 where the result is above 0, else 0.",
    "relu: its value instead of its slope": "The derivative of relu is 1 or 0, not the value of the result.",
    "seed is the output": "The backward pass starts with 1 as the grad of the result (∂L/∂L), not with its value.",
    "pushed before complete": "A node passed its grad on before all contributions to it had arrived. First make a "
    "topological order, each node after its parents, then go through it from the end.",
    "recursion without order": "A node that is used twice pushes each time it is reached, its whole grad. "
    "First make a topological order, each node after its parents, then let each push once, from the end.",
    "second backward, grads not zeroed": "The nodes between the result and the leaves still hold the grads of the "
    "first pass when the second begins. Set them to 0 at the start of `backward` (the leaves keep theirs), or build "
    "the expression anew before each pass.",
    "sign of descent": "The grad says how the result grows; its sign is turned. The minus of gradient descent belongs "
    "to the step, `p.data -= lr * p.grad`.",
    "seed forgotten": "Nothing arrives anywhere. `backward` has to start with 1 as the grad of the result (∂L/∂L = 1).",
    "the left operand forgotten": "The left operand gets no contribution.",
    "the right operand forgotten": "The right operand gets no contribution.",
    "nothing is handed on": "No operand gets a contribution: are the parents remembered, is `_backward` set and "
    "called?",
    "derivatives of the operands exchanged": "The two operands get each other's derivatives.",
    "nodes visited more than once": "A node that is used twice stands in the topological order twice, and pushes "
    "twice. Remember which nodes were visited, in a set.",
    "backward called on the parents": "`backward` starts with 1 as the grad of the node it is called on. Called again "
    "for each parent, it puts 1 in the place of what had arrived there. Call it once; what the nodes do for their "
    "parents is another function.",
    "order not reversed": "The nodes push in the order of the forward pass. Go through the topological order from its "
    "end: `for v in reversed(topo)`.",
}

NOTHING = " And are the `_backward`s of the nodes called?"
MORE = "Other expressions are wrong in another way, too: check again when this is mended."
KEPT = (
    "The same expression gave something else when it ran again. Something is kept between runs: an attribute of the "
    "class, a default argument, a list outside."
)
EXCHANGED = (
    "That is the result with the operands exchanged. With a number on the left Python calls `a.__rsub__(2)` for 2 - a: "
    "`self` is the right operand."
)
ENDLESS = "A loop does not end, or something is done once for each path: remember which nodes were visited, in a set."
NESTED = (
    "Something calls itself, one call inside the other, without an end: an operation that is made of itself, or a node "
    "among its own parents."
)
FLOATS = "The function is called with plain floats: `math.tanh(x)` or `micrograd.tanh(x)`, not `x.tanh()`."
INNER = (
    "That is the derivative by an inner expression: the chain rule goes on, times the derivative of that expression."
)
ORDER = "The derivatives are right, but in another order: the first one belongs to the first argument."

# ---- several passes, and deep graphs

ANEW = "The grads of leaves add up from pass to pass until they are set to 0, so that losses can be summed: `+=`."
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
