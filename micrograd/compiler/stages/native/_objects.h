/* The classes that Python sees: graphs, and sums. */

/* ---- graphs */

static void graph_dealloc(PyObject *self) {
    Graph *g = (Graph *)self;
    PyTypeObject *type = Py_TYPE(self);
    DROP(&g->kind);
    DROP(&g->end);
    DROP(&g->operand);
    DROP(&g->number);
    DROP(&g->is_gate);
    DROP(&g->partials_at);
    DROP(&g->pair);
    PyMem_Free(g->slot);
    Py_XDECREF(g->module);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *graph_new(PyTypeObject *type, PyObject *args, PyObject *keywords);

/* The module of the class Graph, of which this is one. */
static PyObject *module_of(PyTypeObject *type) {
    while (type->tp_base && type->tp_base->tp_new == graph_new) type = type->tp_base;
    return PyType_GetModule(type);
}

static PyObject *graph_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    Py_ssize_t inputs;
    if (!PyArg_ParseTuple(args, "n", &inputs)) return NULL;
    if (inputs < 0) return PyErr_Format(PyExc_ValueError, "a graph has 0 inputs or more, got %zd", inputs);
    Graph *g = (Graph *)type->tp_alloc(type, 0);
    if (!g) return NULL;
    if ((g->module = Py_XNewRef(module_of(type)))) {
        g->state = PyModule_GetState(g->module);
        if (expect(g, inputs + 1, 1) && find_constant(g, 1) == ONE) {
            for (; inputs > 0; inputs--) put_node(g, INPUT, NULL, 0);
            return (PyObject *)g;
        }
    }
    Py_DECREF(g);
    return NULL;
}

#define FAST(name, function) {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL, NULL}
#define OF_ONE(name, function) {name, (PyCFunction)function, METH_O, NULL}
static PyMethodDef graph_methods[] = {
    OF_ONE("constant", graph_constant),
    FAST("make", graph_make),
    FAST("node", graph_node),
    FAST("call", graph_make),
    FAST("compare", graph_make),
    FAST("combine", graph_make),
    FAST("add", graph_add),
    FAST("mul", graph_mul),
    FAST("sub", graph_sub),
    OF_ONE("negative", graph_negative),
    FAST("div", graph_div),
    FAST("pow", graph_pow),
    FAST("choose", graph_choose),
    FAST("pick", graph_pick),
    FAST("store", graph_store),
    OF_ONE("number", graph_number),
    OF_ONE("node_at", graph_node_at),
    OF_ONE("partials_at", graph_partials_at),
    OF_ONE("is_gate", graph_is_gate),
    OF_ONE("has_partials", graph_has_partials),
    OF_ONE("of_kinds", graph_of_kinds),
    {0},
};

static PyType_Slot graph_slots[] = {
    {Py_tp_doc, "Graph(inputs): nodes without repeats, as `Expressions` in Python."},
    {Py_tp_new, graph_new},
    {Py_tp_dealloc, graph_dealloc},
    {Py_tp_methods, graph_methods},
    {Py_sq_length, graph_length},
    {0},
};

static PyType_Spec graph_spec = {"micrograd.compiler.stages.native._stages.Graph", sizeof(Graph), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, graph_slots};

/* ---- sums */

static void sums_dealloc(PyObject *self) {
    Sums *s = (Sums *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyMem_Free(s->needed);
    DROP(&s->term);
    DROP(&s->list);
    DROP(&s->adjoint_of);
    Py_XDECREF(s->graph);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot sums_slots[] = {
    {Py_tp_doc, "Rows that are sums of products: see `collect_sums`."}, {Py_tp_dealloc, sums_dealloc}, {0}};

static PyType_Spec sums_spec = {"micrograd.compiler.stages.native._stages.Sums", sizeof(Sums), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, sums_slots};
