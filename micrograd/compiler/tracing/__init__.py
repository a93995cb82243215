"""From code to a tape: run a function once, with everything recorded.

trace         run a function and write down what it computes
record        the same while other threads go on: what changes meanwhile is the function's own, or theirs
tracer        the mode of a thread that traces: each node gets a position on the tape
watching      the class `Value` during a trace: reads become traced numbers, writes are refused
lending       floats of the surroundings that are inputs of a trace
culprits      the line on which a function changes what it reads
patching      members of a class or a module replaced for a while
replay        a tape run again on Values, for the derivative of a derivative
exclusive     one thread at a time; what it changes for all is undone, after an interrupt and a fork too
tape          the flat list of operations (a Wengert list)
attempts      operations without a result, inside a `try`
guards        the decisions that Python took by its numbers
number        what user code sees instead of a float while it is traced
honest        whose code asks for the class of such a number; answers that are checked at each call
identity      whether a function tells Values apart by which they are
values        what user code may ask a Value besides its number: text, label, parents
summing       what `sum` is there, which compensates for rounding since Python 3.12
lending       numbers lent to the places that a function reads them from
culprits      the line on which a function changes what it reads
kinds         what `type` and `float` are in user code
arrays        the same for arrays: their dtype, their texts, what is written into them
foreign       tensors and tables of other libraries, as user code sees them
twice         functions of NumPy's on traced and on plain numbers
elements      what is in such arrays, and in lists of them
arithmetic    what user code computes with ints and scalars of NumPy, and a program would compute otherwise
percent       "%.1f" % x, for which Python asks a number for a float
shown         texts for print and loggers, which decide nothing
choices       `pick`: selection by a traced number
arguments     which parts of the arguments are inputs, and which need another trace
standins      what stands in for clocks, files, threads and the like, wherever the function may find them
sources       the table of these
originals     those of the table that are there at the moment
answers       stand-ins, and what a traced function gets from one
callers       whether the user's code asks, or a library for itself
monitoring    calls of built-in functions that no name leads to
clocks        a function may time itself
printing      text that is only shown
randomness    random numbers, drawn again at each call or refused
rewinding     random numbers given back
errors        `TraceError`, at the line that the user wrote

What a function reads from elsewhere is watched: see `compiler.surroundings`, whose table says how, and what is refused.

refused, with the line and the way out           a float turned into an int, a key or a plain float; reading or
                                                 setting a grad; setting data; `backward`, `refresh`, `zero_grad`;
                                                 a custom operation; results other than numbers and their containers
not repeated                                     printing, and other side effects
"""
