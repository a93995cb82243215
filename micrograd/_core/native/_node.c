/* The native node: a base class for `engine.Value` in the place of `nodes.Node`, with the same attributes and operators.

What an operation computes is not written here: `_rules.h` is generated from the declarations in `ops`, and wherever a
number on the way is not finite, or an operand is anything but a float, the Python method of the operation is called. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#ifdef Py_GIL_DISABLED
#error "the native node relies on the global interpreter lock: free-threaded builds keep the Python node"
#endif

#include <fenv.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static PyObject *s_made, *s_grad, *s_data, *s_fire, *s_forward, *s_flow, *s_call, *s_run, *s_neurons;
static PyObject *s_w, *s_b, *s_fused, *s_activation, *s_public_data, *s_partial, *s_tried, *s_slowly;

#include "_arrays.h"

#include "_elementary.h"

#include "_rules.h"

#include "_cells.h"

#include "_slabs.h"

#include "_death.h"

#include "_collector.h"

#include "_recording.h"

#include "_making.h"

#include "_attributes.h"

#include "_listing.h"

#include "_passes.h"

#include "_adjoints.h"

#include "_sums.h"

#include "_layers.h"

#include "_steps.h"

#include "_columns.h"

/* ---- the type */

static PyObject *usual_backward = NULL; /* Value.backward of the Python engine: what it says about arguments */

static PyObject *call_backward(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names) {
    return n || names ? called(usual_backward, self, args, n, names) : node_backward(self, NULL);
}

#define FAST_METHOD(name, function) {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS, NULL}
static PyMethodDef node_methods[] = {
#define OF_ONE(python, name) FAST_METHOD(python, call_##name),
    METHODS_OF_ONE(OF_ONE)
#undef OF_ONE
#define OF_TWO(python, name) FAST_METHOD(python, call_##name),
    METHODS_OF_TWO(OF_TWO)
#undef OF_TWO
    FAST_METHOD("backward", call_backward),
    {NULL, NULL, 0, NULL},
};

static PyNumberMethods node_as_number = {
#define OF_ONE(slot, name) .slot = do_##name,
    SLOTS_OF_ONE(OF_ONE)
#undef OF_ONE
#define OF_TWO(slot, name) .slot = do_##name,
    SLOTS_OF_TWO(OF_TWO)
#undef OF_TWO
    .nb_power = do_power,
};

static PyTypeObject NodeType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "micrograd._core.nodes.Node", /* where it is found under this name */
    .tp_doc = "Node(data, _children=(), _op='', label='')\n--\n\nThe base class of Value.",
    .tp_basicsize = sizeof(Node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = node_new,
    .tp_init = node_init,
    .tp_dealloc = node_dealloc,
    .tp_traverse = node_traverse,
    .tp_clear = node_clear,
    .tp_free = PyObject_GC_Del,
    .tp_methods = node_methods,
    .tp_getset = node_attributes,
    .tp_as_number = &node_as_number,
    .tp_dictoffset = offsetof(Node, dict),
};

/* They are called after the class that has them: Value.tanh, not Node.tanh. */
static int name_methods(void) {
    PyObject *name, *method;
    for (Py_ssize_t i = 0; PyDict_Next(NodeType.tp_dict, &i, &name, &method);)
        if (PyObject_TypeCheck(method, &PyMethodDescr_Type) || PyObject_TypeCheck(method, &PyWrapperDescr_Type)) {
            PyObject *full = PyUnicode_FromFormat("Value.%U", name);
            if (!full) return 0;
            Py_XSETREF(((PyDescrObject *)method)->d_qualname, full);
        }
    return 1;
}

/* document(name, text): the docstring of a method, or of an operator. */
static PyObject *document(PyObject *module, PyObject *args) {
    PyObject *name, *text;
    if (!PyArg_ParseTuple(args, "UU", &name, &text)) return NULL;
    PyObject *found = PyDict_GetItemWithError(NodeType.tp_dict, name);
    const char *words = PyUnicode_AsUTF8(text);
    if (!words || PyErr_Occurred()) return NULL;
    if (found && Py_IS_TYPE(found, &PyMethodDescr_Type)) {
        ((PyMethodDescrObject *)found)->d_method->ml_doc = words;
    } else if (found && Py_IS_TYPE(found, &PyWrapperDescr_Type)) { /* lies in a table of Python's: ours is a copy */
        struct wrapperbase *row = PyMem_Malloc(sizeof(struct wrapperbase));
        if (!row) return PyErr_NoMemory();
        *row = *((PyWrapperDescrObject *)found)->d_base;
        row->doc = words;
        ((PyWrapperDescrObject *)found)->d_base = row;
    } else {
        return PyErr_Format(PyExc_LookupError, "the native node has no method %R", name);
    }
    Py_INCREF(text); /* forever, as the class lives */
    Py_RETURN_NONE;
}

/* ---- the module */

static void set(PyObject **place, PyObject *x) {
    PyObject *before = *place;
    *place = Py_NewRef(x);
    Py_XDECREF(before);
}

/* connect(number, SHUT, alive, current, Oblivious, one_pass) */
static PyObject *connect(PyObject *module, PyObject *args) {
    PyObject *o[6];
    if (!PyArg_ParseTuple(args, "OOO!O!OO", o, o + 1, &PyList_Type, o + 2, &PyContextVar_Type, o + 3, o + 4, o + 5))
        return NULL;
    PyObject *in = PyObject_GetAttrString(o[5], "acquire"), *out = PyObject_GetAttrString(o[5], "release");
    if (in && out) {
        PyObject **places[] = {&number, &shut, &alive, &current_modes, &Oblivious};
        for (int i = 0; i < 5; i++) set(places[i], o[i]);
        set(&acquire, in);
        set(&release, out);
    }
    Py_XDECREF(in);
    Py_XDECREF(out);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

/* declare(name, primitive, method, reflected): the Python methods of a rule; whether there is one of that name. */
static PyObject *declare(PyObject *module, PyObject *args) {
    const char *name;
    PyObject *op, *method, *reflected;
    if (!PyArg_ParseTuple(args, "sOOO", &name, &op, &method, &reflected)) return NULL;
    for (int i = 0; i < RULE_COUNT; i++)
        if (strcmp(rule_names[i], name) == 0) {
            declared[i].op = Py_NewRef(op); /* the nodes made by an earlier one borrow it: it stays */
            set(&declared[i].method, method);
            set(&declared[i].reflected, reflected);
            Py_RETURN_TRUE;
        }
    Py_RETURN_FALSE;
}

/* adopt(Value, its __init__, its backward): the class whose nodes fill the slabs. */
static PyObject *adopt(PyObject *module, PyObject *args) {
    PyObject *kind, *init, *backward;
    if (!PyArg_ParseTuple(args, "O!OO", &PyType_Type, &kind, &init, &backward)) return NULL;
    if (!PyType_IsSubtype((PyTypeObject *)kind, &NodeType) || ((PyTypeObject *)kind)->tp_basicsize != sizeof(Node))
        return PyErr_Format(PyExc_TypeError, "%R is no class of nodes without slots of its own", kind);
    set((PyObject **)&Value, kind);
    set(&initialise, init);
    set(&usual_backward, backward);
    Value->tp_dealloc = node_dealloc; /* for that of Python's classes, which knows nothing of slabs */
    Value->tp_vectorcall = value_vectorcall;
    Py_RETURN_NONE;
}

/* teach((fire, forward, flow, __call__) of Neuron, (_run, forward, flow, __call__) of Layer, ACTIVATIONS, activate,
methods) */
static PyObject *teach(PyObject *module, PyObject *args) {
    PyObject *o[11];
    if (!PyArg_ParseTuple(args, "(OOOO)(OOOO)OOO!", o, o + 1, o + 2, o + 3, o + 4, o + 5, o + 6, o + 7, o + 8, o + 9,
                          &PyDict_Type, o + 10))
        return NULL;
    for (int i = 0; i < 4; i++) set(&usual[i], o[i]), set(&usual_of_layers[i], o[4 + i]);
    PyObject **places[] = {&activations, &activate, &methods};
    for (int i = 0; i < 3; i++) set(places[i], o[8 + i]);
    Py_RETURN_NONE;
}

/* detour(on): whether some thread sees other data than those in the nodes. */
static PyObject *detour(PyObject *module, PyObject *on) {
    int is_on = PyObject_IsTrue(on);
    if (is_on < 0) return NULL;
    detours = is_on;
    Py_RETURN_NONE;
}

/* rule(name, *operands): what the rule in C computes, for tests; None where it leaves that to Python. */
static PyObject *rule(PyObject *module, PyObject *args) {
    const char *name;
    double x, y = 0, out[3];
    if (!PyArg_ParseTuple(args, "sd|d", &name, &x, &y)) return NULL;
#define OF_ONE(own, gate)                                                                                              \
    if (strcmp(name, #own) == 0) {                                                                                     \
        if (!rule_##own(x, out, out + 1)) Py_RETURN_NONE;                                                              \
        return Py_BuildValue("dd", out[0], out[1]);                                                                    \
    }
    RULES_OF_ONE(OF_ONE)
#undef OF_ONE
#define OF_TWO(own, gate)                                                                                              \
    if (strcmp(name, #own) == 0) {                                                                                     \
        if (!rule_##own(x, y, out, out + 1, out + 2)) Py_RETURN_NONE;                                                  \
        return Py_BuildValue("ddd", out[0], out[1], out[2]);                                                           \
    }
    RULES_OF_TWO(OF_TWO)
#undef OF_TWO
    if (strcmp(name, "power") == 0) {
        if (!rule_power(x, y, out, out + 1)) Py_RETURN_NONE;
        return Py_BuildValue("dd", out[0], out[1]);
    }
    return PyErr_Format(PyExc_LookupError, "there is no rule %s in C", name);
}

#define FAST(name, function) {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL, NULL}
static PyMethodDef module_functions[] = {
    {"connect", connect, METH_VARARGS, NULL},
    {"declare", declare, METH_VARARGS, NULL},
    {"document", document, METH_VARARGS, NULL},
    {"adopt", adopt, METH_VARARGS, NULL},
    {"teach", teach, METH_VARARGS, NULL},
    {"detour", detour, METH_O, NULL},
    {"has_attributes", has_attributes, METH_O, NULL},
    {"untracked", untracked, METH_NOARGS, NULL},
    {"rule", rule, METH_VARARGS, NULL},
    FAST("collecting", collecting),
    {"forked", forked, METH_NOARGS, NULL},
    FAST("node", make_node),
    {"sort", list_sorted, METH_O, NULL},
    FAST("between", between),
    FAST("adjoints", adjoints),
    {"total", total, METH_O, NULL},
    FAST("dot", dot),
    FAST("layer", layer),
    FAST("layers", layers),
    {"read_floats", read_floats, METH_O, NULL},
    FAST("write_floats", write_floats),
    FAST("copy_floats", copy_floats),
    {"column", column_of_list, METH_O, NULL},
    {"data_column", column_of_data, METH_O, NULL},
    {"grad_column", column_of_grad, METH_O, NULL},
    FAST("write_column", write_column),
    {"zero_grads", zero_grads, METH_O, NULL},
    {"erase_notes", erase_notes, METH_O, NULL},
    FAST("flatten", flatten_rows),
    {NULL, NULL, 0, NULL},
};

/* There is one set of slabs and one class Value in a process: those of the main interpreter. */
static int execute(PyObject *module) {
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_ImportError, "the native node serves the main interpreter only");
        return -1;
    }
    struct {
        PyObject **place;
        const char *text;
    } names[] = {{&s_made, "made"},
                 {&s_grad, "grad"},
                 {&s_data, "_data"},
                 {&s_fire, "fire"},
                 {&s_forward, "forward"},
                 {&s_flow, "flow"},
                 {&s_call, "__call__"},
                 {&s_run, "_run"},
                 {&s_neurons, "neurons"},
                 {&s_w, "w"},
                 {&s_b, "b"},
                 {&s_fused, "fused"},
                 {&s_activation, "activation"},
                 {&s_public_data, "data"},
                 {&s_partial, "partial"},
                 {&s_tried, "tried"},
                 {&s_slowly, "slowly"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (!*names[i].place && !(*names[i].place = PyUnicode_InternFromString(names[i].text))) return -1;
    if (PyType_Ready(&NodeType) < 0 || !name_methods()) return -1;
    if (PyType_Ready(&ColumnType) < 0 || PyModule_AddObjectRef(module, "Column", (PyObject *)&ColumnType) < 0)
        return -1;
    if (PyType_Ready(&RecorderType) < 0 || PyModule_AddObjectRef(module, "Recorder", (PyObject *)&RecorderType) < 0)
        return -1;
    grad_slot = PyDict_GetItemString(NodeType.tp_dict, "grad");
    data_slot = PyDict_GetItemString(NodeType.tp_dict, "data");
    return PyModule_AddObjectRef(module, "Node", (PyObject *)&NodeType);
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, execute},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "_node", .m_methods = module_functions,
                             .m_slots = module_slots};

PyMODINIT_FUNC PyInit__node(void) { return PyModuleDef_Init(&module); }
