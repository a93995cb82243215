"""From code to a tape: run a function once, with everything recorded.

trace       run a function and write down what it computes
record      the same while other threads go on: what changes meanwhile is the function's own, or theirs
tracer      the mode of a thread that traces: each node gets a position on the tape
tape        the flat list of operations (a Wengert list)
guards      the decisions that Python took by its numbers
arguments   which parts of the arguments are inputs, and which need another trace
keys        what stands for the static parts of the arguments
identity    whether a function tells its arguments apart by which they are
numbers     what user code sees in place of its numbers
watching    the class `Value` during a trace: reads become traced numbers, writes are refused
standins    what stands in for clocks, random numbers, files, threads and the like
attempts    operations without a result, inside a `try`
gradients   derivatives that the function takes: one operation each
lending     floats of the surroundings that are inputs of a trace
culprits    the line on which a function changes what it reads
patching    members of a class or a module replaced for a while
exclusive   one thread at a time; what it changes for all is undone, after an interrupt and a fork too
replay      a tape run again on Values, for the derivative of a derivative
errors      `TraceError`, at the line that the user wrote

What a function reads from elsewhere is watched: see `compiler.surroundings`, whose table says how, and what is refused.

refused, with the line and the way out           a float turned into an int, a key or a plain float; reading or
                                                 setting a grad; setting data; `backward`, `refresh`, `zero_grad`;
                                                 a custom operation; results other than numbers and their containers
not repeated                                     printing, and other side effects
"""
