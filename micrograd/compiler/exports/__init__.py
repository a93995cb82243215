"""A compiled function as array code that another engine differentiates, runs on a GPU, shards, or saves to a file.

arguments   which arrays the exported function takes
chains      of operations that are one function of a row
rows        the rows of a forward pass, with whole what an engine would differentiate otherwise
plan        what is computed, as lines of array operations
rules       the rule of a primitive as operations
draws       the random numbers of a call
words       what a source calls things of its own
writer      what the dialects have in common
batching    operations on many examples
steps       the lines of a loop as the body of a scan
returned    what an export returns, as text
layout      statements, and a module from its parts
engine      what each engine says for itself
source      the source: a module with one function
sides       several traces, of which each example takes one
files       a file by the ending of its path
jax_file    the file of an export to JAX, .jaxexport
torch_files those of an export to PyTorch, .pt2 and .onnx
described   what is said of an export, and errors of its calls
export      the function and its source
gates       local derivatives that are 1 or 0, as conditions
in_jax      the source for JAX, with jax_functions
in_numpy    … for NumPy
in_torch    … for PyTorch, with torch_functions and torch_writer
module      the module of an export to PyTorch
exporting   all of this in order
"""
