/* The stages of the compiler as sweeps over flat arrays. Each gives the same arrays as the one in Python, which says
what it does and why: the files beside this folder. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../../_core/native/_arrays.h"

#include "_graph.h"

#include "_rules.h"

#include "_templates.h"

#include "_terms.h"

#include "_taken.h"

#include "_adjoints.h"

#include "_sweeps.h"

#include "_gradients.h"

#include "_dissolve.h"

#include "_tape.h"

#include "_simplify.h"

#include "_sums.h"

#include "_differentiate.h"

#include "_flatten.h"

#include "_methods.h"

#include "_objects.h"

#include "_replace.h"

#include "_repeats.h"

#include "_arena.h"

#include "_plan.h"

#include "_agenda.h"

#include "_fuse.h"

#include "_products.h"

#include "_views.h"

#include "_lanes.h"

#include "_writer.h"

#include "_roll.h"

#include "_operands.h"

#include "_summands.h"

#include "_together.h"

#include "_places.h"

#include "_survey.h"

#include "_batches.h"

/* ---- the stages */

static State *state_of(PyObject *module) { return PyModule_GetState(module); }

static Graph *as_graph(PyObject *module, PyObject *x) {
    if (PyObject_TypeCheck(x, (PyTypeObject *)state_of(module)->graph)) return (Graph *)x;
    PyErr_Format(PyExc_TypeError, "expected a Graph, got %s", Py_TYPE(x)->tp_name);
    return NULL;
}

static Sums *as_sums(PyObject *module, PyObject *x) {
    if (Py_IS_TYPE(x, (PyTypeObject *)state_of(module)->sums)) return (Sums *)x;
    PyErr_Format(PyExc_TypeError, "expected Sums, got %s", Py_TYPE(x)->tp_name);
    return NULL;
}

static PyObject *do_simplify(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    Graph *g = n ? as_graph(module, args[0]) : NULL;
    if (!n) PyErr_SetString(PyExc_TypeError, "simplify takes a graph");
    return g ? simplify(g, args + 1, n - 1) : NULL;
}

static PyObject *do_dissolve(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    Graph *g = takes("dissolve", n, 5) ? as_graph(module, args[0]) : NULL, *made = g ? as_graph(module, args[1]) : NULL;
    if (!made) return NULL;
    if (made == g || COUNT(made) > COUNT(g)) return PyErr_Format(PyExc_ValueError, "the new graph has its inputs only");
    Ints roots = {0}, results = {0};
    PyObject *out = NULL;
    if (read_ints(args[2], &roots, COUNT(g)) && read_ints(args[3], &results, COUNT(g)))
        out = dissolve(g, made, &roots, &results, args[4]);
    DROP(&roots);
    DROP(&results);
    return out;
}

static PyObject *do_replace(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    Graph *g = takes("replace", n, 4) ? as_graph(module, args[0]) : NULL, *made = g ? as_graph(module, args[1]) : NULL;
    if (!made) return NULL;
    if (made == g || COUNT(made) > 1) return PyErr_Format(PyExc_ValueError, "the new graph has no nodes");
    return replace(g, made, args[2], args[3]);
}

static PyObject *do_count(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    Graph *g = takes("count_uses", n, 2) ? as_graph(module, args[0]) : NULL;
    if (!g) return NULL;
    Ints roots = {0};
    Sums s = {.graph = g, .nodes = COUNT(g), .needed = zeros(COUNT(g), 1)};
    uint32_t *uses = s.needed && read_ints(args[1], &roots, COUNT(g)) ? count_uses(&s, &roots) : NULL;
    PyObject *out = uses ? to_array(state_of(module)->array, "I", uses, COUNT(g) * sizeof *uses) : NULL;
    DROP(&roots);
    PyMem_Free(s.needed);
    PyMem_Free(uses);
    return out;
}

static PyObject *do_collect(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    Graph *g = takes("collect_sums", n, 4) ? as_graph(module, args[0]) : NULL;
    if (!g) return NULL;
    if (g->base) return PyErr_Format(PyExc_ValueError, "the graph has been used for sums");
    PyTypeObject *type = (PyTypeObject *)state_of(module)->sums;
    Sums *s = (Sums *)type->tp_alloc(type, 0);
    if (!s) return NULL;
    s->graph = (Graph *)Py_NewRef(g);
    Ints roots = {0}, by = {0}, apart = {0};
    int right = read_ints(args[1], &roots, COUNT(g)) && read_ints(args[2], &by, COUNT(g)) &&
                read_kinds(g->state, args[3], &apart) && collect(s, &roots, &by, &apart);
    DROP(&roots);
    DROP(&by);
    DROP(&apart);
    if (!right) Py_CLEAR(s);
    return (PyObject *)s;
}

static PyObject *do_differentiate(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    Sums *s = takes("differentiate", n, 3) ? as_sums(module, args[0]) : NULL;
    if (!s) return NULL;
    Ints outputs = {0}, by = {0}, gradient = {0};
    PyObject *out = NULL;
    if (read_ints(args[1], &outputs, s->nodes) && read_ints(args[2], &by, s->nodes)) {
        if (outputs.n % 2) PyErr_SetString(PyExc_ValueError, "differentiate takes pairs: an output and its seed");
        else if (differentiate(s, &outputs, &by, &gradient))
            out = to_array(state_of(module)->array, "I", gradient.at, gradient.n * sizeof(uint32_t));
    }
    DROP(&outputs);
    DROP(&by);
    DROP(&gradient);
    return out;
}

static PyObject *do_flatten(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    Sums *s = takes("flatten", n, 4) ? as_sums(module, args[0]) : NULL;
    if (!s) return NULL;
    Py_ssize_t inputs = PyLong_AsSsize_t(args[1]);
    if (inputs == -1 && PyErr_Occurred()) return NULL;
    if (inputs < 0 || inputs >= s->nodes) return PyErr_Format(PyExc_ValueError, "there are no %zd inputs", inputs);
    Ints outputs = {0};
    Arrays arrays = {.table = PySequence_List(args[3])};
    PyObject *out = NULL;
    if (arrays.table && read_ints(args[2], &outputs, (uint32_t)s->list.n) &&
        fill_arrays(s, &arrays, (uint32_t)inputs, &outputs))
        out = shown_arrays(state_of(module)->array, &arrays);
    DROP(&outputs);
    drop_arrays(&arrays);
    return out;
}

/* A sweep over arrays, by its name in Python: how many arguments it takes, and the call. */
#define SWEEP(name, count, call) \
    static PyObject *do_##name(PyObject *module, PyObject *const *args, Py_ssize_t n) { \
        (void)module; \
        return takes(#name, n, count) ? call : NULL; \
    }
#define TYPE state_of(module)->array
SWEEP(find_repeats, 6, repeats_of(TYPE, args))
SWEEP(rows_with, 10, rows_with(TYPE, args))
SWEEP(summed_once, 6, summed_once(args))
SWEEP(number_looks, 8, looks_of(TYPE, args))
SWEEP(gather, 8, gathered(TYPE, args))
SWEEP(have_repeats, 3, have_repeats(args))
SWEEP(select, 2, selected(TYPE, args))
SWEEP(lie_evenly, 4, lie_evenly(args))
SWEEP(coordinates, 3, coordinates(TYPE, args))
SWEEP(put, 5, put_rows(args))
SWEEP(find_batches, 9, batches_of(TYPE, args))
#undef TYPE
#undef SWEEP

static PyObject *do_roll(PyObject *module, PyObject *args) { return roll_rows(state_of(module)->array, args); }

/* connect(compute): `compute(kind, *numbers)` is the number that a node of the kind has for these operands. */
static PyObject *connect(PyObject *module, PyObject *compute) {
    Py_XSETREF(state_of(module)->compute, Py_NewRef(compute));
    Py_RETURN_NONE;
}

/* ---- the module */

static PyMethodDef functions[] = {
    {"connect", connect, METH_O, NULL},
    FAST("simplify", do_simplify),
    FAST("dissolve", do_dissolve),
    FAST("replace", do_replace),
    FAST("count_uses", do_count),
    FAST("collect_sums", do_collect),
    FAST("differentiate", do_differentiate),
    FAST("flatten", do_flatten),
    FAST("find_repeats", do_find_repeats),
    {"roll", do_roll, METH_VARARGS, NULL},
    FAST("rows_with", do_rows_with),
    FAST("summed_once", do_summed_once),
    FAST("number_looks", do_number_looks),
    FAST("gather", do_gather),
    FAST("have_repeats", do_have_repeats),
    FAST("select", do_select),
    FAST("lie_evenly", do_lie_evenly),
    FAST("coordinates", do_coordinates),
    FAST("put", do_put),
    FAST("find_batches", do_find_batches),
    {0},
};

static int add_type(PyObject *module, PyType_Spec *spec, PyObject **place) {
    *place = PyType_FromModuleAndSpec(module, spec, NULL);
    return *place && PyModule_AddType(module, (PyTypeObject *)*place) == 0;
}

static int name_kinds(State *state) {
    state->kinds = PyDict_New();
    state->names = PyList_New(0);
    for (int kind = 0; kind < NAMED; kind++) {
        PyObject *name = state->kinds && state->names ? PyUnicode_InternFromString(NAMES[kind]) : NULL;
        int found = name ? kind_named(state, name) : -1;
        Py_XDECREF(name);
        if (found != kind) return 0;
    }
    return 1;
}

static int fill_module(PyObject *module) {
#ifdef Py_GIL_DISABLED
    PyErr_SetString(PyExc_ImportError, "without the lock of the interpreter, the stages run in Python");
    return -1;
#else
    State *state = state_of(module);
    PyObject *arrays = PyImport_ImportModule("array");
    state->array = arrays ? PyObject_GetAttrString(arrays, "array") : NULL;
    Py_XDECREF(arrays);
    if (!state->array || !name_kinds(state)) return -1;
    return add_type(module, &graph_spec, &state->graph) && add_type(module, &sums_spec, &state->sums) ? 0 : -1;
#endif
}

#define PARTS(state) {&(state)->array, &(state)->kinds, &(state)->names, &(state)->compute, &(state)->graph, &(state)->sums}

static int traverse_module(PyObject *module, visitproc visit, void *arg) {
    PyObject **parts[] = PARTS(state_of(module));
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) Py_VISIT(*parts[k]);
    return 0;
}

static int clear_module(PyObject *module) {
    PyObject **parts[] = PARTS(state_of(module));
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) Py_CLEAR(*parts[k]);
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
