/* How a node dies: without recursion, since a graph may be ten million nodes deep.

While one node is taken apart, the nodes that this frees wait in a list, linked by what the collector no longer needs. */

static Node *doomed = NULL;
static int taking_apart = 0;

static void take_apart(Node *v) {
    PyTypeObject *kind = Py_TYPE(v);
    PyObject *a = v->a, *b = v->b, *op = v->owns_op ? v->op : NULL;
    EXPECT_NEIGHBOURS(v);
    v->a = v->b = v->op = NULL;
    empty(&v->data, v->data_is);
    empty(&v->grad, v->grad_is);
    empty(&v->da, v->da_is);
    empty(&v->db, v->db_is);
    Py_CLEAR(v->dict);
    Py_CLEAR(v->calls);
    Py_XDECREF(op);
    Py_XDECREF(b);
    Py_XDECREF(a);
    if (v->slab == NO_SLAB) PyObject_GC_Del(v);
    else give_back(v);
    Py_DECREF(kind);
}

/* Whether taking it apart frees nothing else: as nearly always, if it was a number on the way to another one. */
static inline int is_simple(const Node *v) {
    if (v->slab == NO_SLAB || v->owns_op || ((v->data_is | v->grad_is | v->da_is | v->db_is) & HOLDS)) return 0;
    if (v->dict || v->calls || HEAD(v)->next || Py_TYPE(v)->tp_finalize) return 0;
    Py_ssize_t own = v->a == v->b ? 2 : 1;
    return (!v->a || Py_REFCNT(v->a) > own) && (!v->b || Py_REFCNT(v->b) > own);
}

static void node_dealloc(PyObject *self) {
    Node *v = N(self);
    if (is_simple(v)) {
        PyTypeObject *kind = Py_TYPE(self);
        Py_XDECREF(v->a);
        Py_XDECREF(v->b);
        give_back(v);
        Py_DECREF(kind);
        return;
    }
    if (Py_TYPE(self)->tp_finalize) {
        if (!IS_TRACKED(self)) PyObject_GC_Track(self); /* as whatever a `__del__` brings back to life has to be */
        if (PyObject_CallFinalizerFromDealloc(self) < 0) return;
    }
    if (IS_TRACKED(self)) PyObject_GC_UnTrack(self);
    HEAD(v)->previous = (uintptr_t)doomed, doomed = v;
    if (taking_apart) return;
    taking_apart = 1;
    while ((v = doomed)) {
        doomed = (Node *)HEAD(v)->previous;
        take_apart(v);
    }
    taking_apart = 0;
}
