/* What the cyclic collector sees of the nodes, and when. */

/* A tuple that a node has for itself alone need not be tracked: what it holds belongs to the node, and whoever asks for
it gets it through `handed_out`. */
static PyObject *own(PyObject *tuple) {
    if (tuple) PyObject_GC_UnTrack(tuple);
    return tuple;
}

static PyObject *handed_out(PyObject *x) {
    if (PyTuple_CheckExact(x) && PyTuple_GET_SIZE(x) && !PyObject_GC_IsTracked(x)) PyObject_GC_Track(x);
    return Py_NewRef(x);
}

static int visit_own(PyObject *x, visitproc visit, void *arg) {
    if (!x || !PyTuple_CheckExact(x) || PyObject_GC_IsTracked(x)) Py_VISIT(x);
    else
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(x); i++) Py_VISIT(PyTuple_GET_ITEM(x, i));
    return 0;
}

/* The class of a node is visited by Python, whose classes these are. */
static int node_traverse(PyObject *self, visitproc visit, void *arg) {
    Node *v = N(self);
    int out;
    if ((out = visit_own(v->a, visit, arg)) || (out = visit_own(v->calls, visit, arg))) return out;
    Py_VISIT(v->b);
    Py_VISIT(v->dict);
    if (v->owns_op) Py_VISIT(v->op);
    if (v->data_is == OBJECT) Py_VISIT(v->data.object);
    if (v->grad_is == OBJECT) Py_VISIT(v->grad.object);
    if (v->da_is == OBJECT) Py_VISIT(v->da.object);
    if (v->db_is == OBJECT) Py_VISIT(v->db.object);
    return 0;
}

static int node_clear(PyObject *self) {
    Node *v = N(self);
    Kind data = v->data_is, grad = v->grad_is, da = v->da_is, db = v->db_is;
    PyObject *op = v->owns_op ? v->op : NULL;
    if (op) v->op = NULL, v->owns_op = 0;
    if (data == OBJECT) v->data_is = NOTHING, empty(&v->data, data);
    if (grad == OBJECT) v->grad_is = NOTHING, empty(&v->grad, grad);
    v->da_is = v->db_is = NOTHING;
    empty(&v->da, da);
    empty(&v->db, db);
    Py_XDECREF(op);
    Py_CLEAR(v->a);
    Py_CLEAR(v->b);
    Py_CLEAR(v->dict);
    Py_CLEAR(v->calls);
    return 0;
}

static void each_in_slabs(void (*act)(PyObject *, PyObject *), PyObject *with) {
    for (uint32_t i = 0; i < slab_count; i++)
        for (uint32_t k = 0; slabs[i] && slabs[i]->used && k < slabs[i]->fresh; k++) {
            Node *v = &slabs[i]->slot[k].node;
            if (Py_TYPE(v) && Py_REFCNT(v) > 0) act((PyObject *)v, with); /* neither free nor doomed */
        }
}

static void show(PyObject *v, PyObject *nothing) {
    if (PyObject_GC_IsTracked(v)) return;
    PyObject_GC_Track(v);
    N(v)->shown = 1;
}

static void hide(PyObject *v, PyObject *nothing) {
    if (!N(v)->shown) return;
    N(v)->shown = 0;
    if (PyObject_GC_IsTracked(v)) PyObject_GC_UnTrack(v);
}

/* A full collection is shown every node, and afterwards they are hidden from it again. */
static int collection = 0; /* whether one is under way, and how many full ones there have been */
static size_t full_collections = 0;

#ifndef MANY_SLABS
#define MANY_SLABS (250000 / SLOTS)
#endif
static Py_ssize_t collect_at = MANY_SLABS;

static void collect_later(void) { collect_at = 2 * used_slabs > MANY_SLABS ? 2 * used_slabs : MANY_SLABS; }

static void begin_collection(void) {
    if (!ALWAYS_TRACKED) each_in_slabs(show, NULL);
    full_collections++;
}

static void end_collection(void) {
    if (!ALWAYS_TRACKED) each_in_slabs(hide, NULL);
    collect_later();
}

/* It may also do so if anything but its parents can be reached from it. */
static void suspect(PyObject *self, PyObject *nothing) {
    Node *v = N(self);
    suspected |= v->dict || v->calls || (v->db_is == MANY && v->b) || v->data_is == OBJECT || v->grad_is == OBJECT ||
                 v->da_is == OBJECT || v->db_is == OBJECT;
}

/* Nodes do not bring a collection nearer, so the cycles that they are part of would wait for one too long: as soon as
many are alive, and one of them may lead back to itself, we ask for it. */
static void collect_if_needed(void) {
    if (used_slabs < collect_at || collection || !PyGC_IsEnabled()) return;
    collect_later();
    each_in_slabs(suspect, NULL);
    if (!suspected) return;
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    size_t before = full_collections;
    PyGC_Collect();                   /* it calls `collecting` */
    if (full_collections == before) { /* unless somebody has emptied gc.callbacks */
        begin_collection();
        PyGC_Collect();
        end_collection();
    }
    suspected = 0;
    PyErr_Restore(type, error, traceback);
}

/* For `gc.callbacks`. */
static PyObject *collecting(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 2 || !PyUnicode_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "collecting takes a phase and an info");
    PyObject *generation = PyMapping_GetItemString(args[1], "generation");
    if (!generation) return NULL;
    long which = PyLong_AsLong(generation);
    Py_DECREF(generation);
    if (which == -1 && PyErr_Occurred()) return NULL;
    collection = PyUnicode_CompareWithASCIIString(args[0], "start") == 0;
    if (which >= 2) collection ? begin_collection() : end_collection();
    Py_RETURN_NONE;
}

/* In the child of a fork: the thread that was taking nodes apart does not exist there. */
static PyObject *forked(PyObject *module, PyObject *Py_UNUSED(nothing)) {
    taking_apart = collection = 0;
    Py_RETURN_NONE;
}

static void list_untracked(PyObject *v, PyObject *list) {
    if (!PyErr_Occurred() && !PyObject_GC_IsTracked(v)) PyList_Append(list, v);
}

/* untracked(): the nodes that the collector does not track. */
static PyObject *untracked(PyObject *module, PyObject *Py_UNUSED(nothing)) {
    PyObject *list = PyList_New(0);
    if (list) each_in_slabs(list_untracked, list);
    if (PyErr_Occurred()) Py_CLEAR(list);
    return list;
}
