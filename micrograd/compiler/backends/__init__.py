"""Backends: the ways to run a program.

running  chooses a backend, and hands buffers to it
names    what inputs and the function would like to be called in the source
namespace  gives out names in it, each once
python   rows → straight-line Python source
kernel   a program loaded into the native kernel, where it was built
_kernel.c  the native kernel
_functions.h  its functions of numbers, generated from the table of primitives
_vector.h  exp and sigmoid, four numbers at a time
"""
