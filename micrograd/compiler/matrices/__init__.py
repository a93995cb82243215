"""The matrix form of a compiled function: what its scalar loops compute, as operations on whole arrays.

arrays        where each row of a program stands among named arrays
paths         the texts that reach inputs, in words and numbers
naming        the inputs as arrays, by the text that reaches each of them
summands      the first of several equal summands, given back its own row
operands      the rows, as flat arrays
together      what is done for many of them at once
patterns      the products of a row by the arrays of their factors
agenda        the order in which rows are put together
alike         rows of one pattern, their parts as lists of places
families      rows that differ only in their indices
columns       which indices of operands tell rows apart
views         an operand in all steps of some loops
terms         an operand over loops, and a sum with a loop over the terms of each row
whole_rows    functions that take a whole row of numbers
loops         a family as one expression, with a loop for each dimension
expressions   expressions over loops
lines         a program as assignments to whole arrays
stacks        what every step of a recurrence computes, as one array
steps         steps that repeat, as a loop
inlining      what is used once, written where it is used
composites    operations of many numbers that stay whole
softmax       softmax as an operation of its own
shields       finite numbers where nobody reads them
form          all of this in order
titles        the names of what is computed
operations    slices, products and sums of arrays, without a dialect
slices        part of an array as an operation
lowering      an expression as operations
spelling      operations as text, by a table of spellings
text          the form as text
latex         the form in LaTeX
numpy_source  the form as a NumPy module
matrices      `Matrices`
"""
