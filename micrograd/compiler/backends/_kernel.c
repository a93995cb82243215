/* The native kernel: runs a program (see `stages/blocks.py`) on numbers.

A program is copied and checked once, when it is loaded, so that running it cannot read or write outside its slots; all
that can be decided then is. Nearly all of a program is sums of products, computed in lanes; every sum adds its own terms
from left to right. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <structmember.h>

#include "_buffers.h"

#include "_kinds.h"

#include "_agreeing.h"

#include "_program.h"

#include "_loading.h"

/* ---- running, with vectors of two widths */

#ifdef __GNUC__ /* vectors wider than the processor's are passed to functions, which are all inlined */
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

#define WIDTH 2
#define NAMED(name) name##_narrow
#include "_lanes.h"
#include "_apply.h"
#include "_tiles.h"
#include "_across.h"
#include "_passes.h"
#include "_lines.h"
#include "_listed.h"
#include "_steps.h"
#include "_copying.h"

#if defined(__GNUC__) && defined(__x86_64__)

#undef WIDTH
#undef NAMED
#define WIDTH 4
#define NAMED(name) name##_wide
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#include "_lanes.h"
#include "_apply.h"
#include "_tiles.h"
#include "_across.h"
#include "_passes.h"
#include "_lines.h"
#include "_listed.h"
#include "_steps.h"
#include "_copying.h"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else

#define run_steps_wide run_steps_narrow
#define copy_strided_wide copy_strided_narrow
#define copy_numbers_wide copy_numbers_narrow
#define copy_outputs_wide copy_outputs_narrow

#endif

#include "_running.h"

#include "_stepping.h"

#include "_method.h"

#include "_batch.h"

#include "_reading.h"

/* ---- the type */

static PyObject *kernel_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    static char *names[] = {"inputs", "slots", "constants",  "steps",       "pieces",  "tails", "index", "ends",
                            "left",   "right", "left_moves", "right_moves", "outputs", "wide",  NULL};
    int wide = 1, overflow;
    PyObject *numbers[2], *parts[11];
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!O!OOOOOOOOOOO|p:Kernel", names, &PyLong_Type, numbers,
                                     &PyLong_Type, numbers + 1, parts, parts + 1, parts + 2, parts + 3, parts + 4,
                                     parts + 5, parts + 6, parts + 7, parts + 8, parts + 9, parts + 10, &wide))
        return NULL;
    long long n[2];
    for (int k = 0; k < 2; k++) {
        n[k] = PyLong_AsLongLongAndOverflow(numbers[k], &overflow);
        if (overflow) n[k] = overflow < 0 ? -1 : LLONG_MAX;
    }
    Kernel *self = (Kernel *)type->tp_alloc(type, 0);
    Source from = {0};
    if (self && read_source(self, &from, parts) == 0) load_source(self, &from, n[0], n[1], wide && has_vectors());
    free_source(&from);
    if (self && PyErr_Occurred()) Py_CLEAR(self);
    return (PyObject *)self;
}

static void kernel_dealloc(Kernel *self) {
    PyTypeObject *type = Py_TYPE(self);
    for (Scratch *next, *it = self->free; it; it = next) next = it->next, PyMem_RawFree(it);
    PyMem_RawFree(self->constant), PyMem_RawFree(self->output);
    Array *const arrays[] = {&self->steps, &self->pairs, &self->segments, &self->singles, &self->moves,
                             &self->blocks, &self->parts, &self->finishes, &self->copies, &self->indexes, &self->spans,
                             &self->runs,
                             &self->weights, &self->compared};
    for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++) PyMem_RawFree(arrays[i]->items);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef kernel_methods[] = {
    {"run", (PyCFunction)(void (*)(void))kernel_run, METH_FASTCALL,
     "run(out, *inputs): compute the outputs, from float64 buffers that hold the inputs one after the other.\n\n"
     "The inputs are read before `out` is written. Raises ValueError if the sizes do not fit."},
    {"run_with_gradient", (PyCFunction)(void (*)(void))kernel_run_with_gradient, METH_FASTCALL,
     "run_with_gradient(end, out, *inputs): the same; the outputs from 1 to `end` are a gradient.\n\n"
     "A grad begins at 0 and is added to, so that it is never -0."},
    {"run_batch", (PyCFunction)(void (*)(void))kernel_run_batch, METH_FASTCALL,
     "run_batch(lanes, first, count, sums, each, given, *columns): a program of so many lanes, on a multiple of them.\n\n"
     "Its inputs are those given, the sums so far, and those of the columns, which have as many for each example.\n"
     "Its outputs are the new sums, which take the place of the old ones, and those of each example, which are written\n"
     "to `each`: of each output those of all examples, here from the first on."},
    {0},
};

static PyMemberDef kernel_members[] = {
    {"inputs", T_UINT, offsetof(Kernel, inputs), READONLY, "how many inputs there are"},
    {"outputs", T_PYSSIZET, offsetof(Kernel, outputs), READONLY, "how many outputs there are"},
    {"terms", T_PYSSIZET, offsetof(Kernel, terms), READONLY, "how many terms there are"},
    {"together", T_PYSSIZET, offsetof(Kernel, together), READONLY, "how many of them are computed in lanes"},
    {"wide", T_BOOL, offsetof(Kernel, wide), READONLY, "whether the lanes are AVX2's"},
    {0},
};

static PyType_Slot kernel_slots[] = {
    {Py_tp_new, kernel_new},
    {Py_tp_dealloc, kernel_dealloc},
    {Py_tp_methods, kernel_methods},
    {Py_tp_members, kernel_members},
    {Py_tp_doc, "Kernel(inputs, slots, constants, steps, pieces, tails, index, ends, left, right, left_moves, right_moves,\n"
                "       outputs, wide=True)\n\n"
                "A loaded program: the flat arrays of `Blocks`; raises ValueError for one that is broken. With `wide` it\n"
                "uses AVX2 where the processor has it; the results are the same numbers."},
    {0},
};

static PyType_Spec kernel_spec = {"micrograd.compiler.backends._kernel.Kernel", sizeof(Kernel), 0, Py_TPFLAGS_DEFAULT,
                                  kernel_slots};

/* ---- the module */

static PyMethodDef functions[] = {
    {"read", (PyCFunction)(void (*)(void))read_values, METH_FASTCALL,
     "read(values, descriptor, out): copy the number in this slot of each value to the buffer `out`."},
    {0},
};

static int fill_module(PyObject *module) {
    find_agreeing();
    PyObject *kinds = PyTuple_New(KINDS);
    for (int kind = 0; kinds && kind < KINDS; kind++) {
        PyObject *name = PyUnicode_FromString(KIND[kind].name);
        if (!name) Py_CLEAR(kinds);
        else PyTuple_SET_ITEM(kinds, kind, name);
    }
    int failed = !kinds || PyModule_AddObjectRef(module, "KINDS", kinds) < 0;
    Py_XDECREF(kinds);
    PyType_Spec *specs[] = {&kernel_spec, &shortcut_spec, &method_spec};
    for (size_t i = 0; i < sizeof(specs) / sizeof(*specs) && !failed; i++) {
        PyObject *type = PyType_FromModuleAndSpec(module, specs[i], NULL);
        failed = !type || PyModule_AddType(module, (PyTypeObject *)type) < 0;
        Py_XDECREF(type);
    }
    return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, fill_module},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_kernel", .m_doc = "Runs compiled programs on numbers.", .m_methods = functions,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__kernel(void) { return PyModuleDef_Init(&definition); }
