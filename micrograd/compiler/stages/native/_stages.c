/* The stages of the compiler as sweeps over flat arrays. Each gives the same arrays as the one in Python, which says
what it does and why: the files beside this folder. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "_arrays.h"

/* ---- the module */

typedef struct {
    PyObject *array; /* array.array */
} State;

static PyMethodDef functions[] = {
    {0},
};

static int fill_module(PyObject *module) {
#ifdef Py_GIL_DISABLED
    PyErr_SetString(PyExc_ImportError, "without the lock of the interpreter, the stages run in Python");
    return -1;
#else
    State *state = PyModule_GetState(module);
    PyObject *arrays = PyImport_ImportModule("array");
    state->array = arrays ? PyObject_GetAttrString(arrays, "array") : NULL;
    Py_XDECREF(arrays);
    return state->array ? 0 : -1;
#endif
}

static int traverse_module(PyObject *module, visitproc visit, void *arg) {
    State *state = PyModule_GetState(module);
    Py_VISIT(state->array);
    return 0;
}

static int clear_module(PyObject *module) {
    State *state = PyModule_GetState(module);
    Py_CLEAR(state->array);
    return 0;
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
    PyModuleDef_HEAD_INIT, .m_name = "_stages", .m_doc = "The stages of the compiler.", .m_size = sizeof(State),
    .m_methods = functions, .m_slots = module_slots, .m_traverse = traverse_module, .m_clear = clear_module,
};

PyMODINIT_FUNC PyInit__stages(void) { return PyModuleDef_Init(&definition); }
