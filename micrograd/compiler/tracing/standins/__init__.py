"""What stands in for clocks, random numbers, files, threads and the like while a function is traced.

placing     wherever the function may find them, stand-ins take their place
sources     the table of what is refused, or answered otherwise
originals   those of the table that are there at the moment
answers     stand-ins, and what a traced function gets from one
callers     whether the user's code asks, or a library for itself
monitoring  calls of built-in functions that no name leads to
clocks      a function may time itself
printing    text that is only shown
randomness  random numbers, drawn again at each call or refused
rewinding   random numbers given back
"""
