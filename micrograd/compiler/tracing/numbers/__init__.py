"""What user code sees in place of its numbers while it is traced: it looks like what it stands for.

number      a float, an int or a condition, with a position on the tape
honest      whose code asks for the class of such a number; answers that are checked at each call
kinds       what `type` and `float` are in user code
values      what user code may ask a Value besides its number: text, label, parents
arithmetic  what user code computes with ints and scalars of NumPy, and a program would compute otherwise
summing     what `sum` is there, which compensates for rounding since Python 3.12
percent     "%.1f" % x, for which Python asks a number for a float
shown       texts for print and loggers, which decide nothing
choices     `pick`: selection by a traced number
arrays      arrays of such numbers: their dtype, their texts, what is written into them
elements    what is in such arrays, and in lists of them
twice       functions of NumPy's on traced and on plain numbers
foreign     tensors and tables of other libraries
"""
