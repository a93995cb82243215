"""Backends: the ways to run a program.

running  chooses a backend, and hands buffers to it
names    what inputs and the function would like to be called in the source
namespace  gives out names in it, each once
python   rows → straight-line Python source
lanes    a program of some examples at once, on many
kernel   a program loaded into the native kernel, where it was built
_kernel.c  the native kernel: the type and the module
_buffers.h    buffers of numbers, and arrays that grow
_kinds.h      the kinds of results
_program.h    a loaded program, and a program as it arrives
_checks.h     whether it is whole
_whole.h      loading groups: sums of whole numbers
_rows.h       all of them: sums side by side
_operands.h   loading blocks: operands in lanes
_parts.h      how each piece of a sum is added
_blocks.h     all of a block
_outputs.h    its outputs
_loading.h    all of a program
_lanes.h      a few numbers at once
_apply.h      a function of many numbers
_tiles.h      matrix products, in registers
_across.h     sums whose terms lie side by side
_passes.h     all else of a block, part by part
_finishing.h  what is done with its results
_lines.h      sums of few terms and many lanes, all lanes at once
_listed.h     groups
_steps.h      all steps of a program
_copying.h    numbers from buffers and to them
_running.h    a call: from inputs to outputs
_ndarrays.h   arrays of NumPy, read where they lie
_stepping.h   a training step as one call: a shortcut
_method.h     a method that takes a shortcut where there is one
_batch.h      many examples, some of them at a time
_reading.h    the numbers of Values
_functions.h  its functions of numbers, generated from the table of primitives
_vector.h     exp, sigmoid and two powers, four numbers at a time
_vector_log.h  log
_vector_erf.h  erf
_agreeing.h   whether these give the same floats as the C library
"""
