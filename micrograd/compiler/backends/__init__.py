"""Backends: the ways to run a program.

running  chooses a backend, and hands buffers to it
names    the names of inputs in the source, and of its function
python   rows → straight-line Python source
kernel   a program loaded into the native kernel, where it was built
_kernel.c  the native kernel
"""
