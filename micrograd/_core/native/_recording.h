/* What a trace records: each new node, in a list.

A node's position in the list is noted in the cell of its grad, which nobody may read during a trace. */

#define RECENT 16 /* primitives of which it is known whether they may raise an error */

typedef struct {
    PyObject_HEAD
    PyObject *mode; /* the tracer; borrowed, since it holds this */
    PyObject *rows;
    PyObject *op[RECENT]; /* borrowed from nodes among the rows */
    int8_t partial[RECENT];
} Recorder;

static Recorder *recorder = NULL; /* the latest one, as long as it lives */

static int is_partial(Recorder *r, PyObject *op) {
    size_t place = (uintptr_t)op / 64 % RECENT;
    if (r->op[place] == op) return r->partial[place];
    PyObject *partial = PyObject_GetAttr(op, s_partial);
    int is = partial ? PyObject_IsTrue(partial) : -1;
    Py_XDECREF(partial);
    if (is >= 0) r->op[place] = op, r->partial[place] = (int8_t)is;
    return is;
}

/* `Tracer.made`; 0 and an exception for an error. */
static int record(Recorder *r, Node *v, PyObject *mode) {
    PyObject *out;
    if (Py_IS_TYPE(v, Value)) {
        Cell before = v->grad;
        Kind was = v->grad_is;
        v->grad.length = PyList_GET_SIZE(r->rows), v->grad_is = NOTE;
        empty(&before, was);
        if (PyList_Append(r->rows, (PyObject *)v) < 0) return 0;
        int partial = v->op ? is_partial(r, v->op) : 0;
        if (partial <= 0) return partial == 0;
        out = PyObject_CallMethodObjArgs(mode, s_tried, (PyObject *)v, NULL);
    } else {
        PyObject *op = Py_NewRef(v->op ? v->op : Py_None), *a = handed_out(v->a ? v->a : Py_None);
        PyObject *b = Py_NewRef(v->b ? v->b : Py_None), *db = shown(v->db, v->db_is);
        out = db ? PyObject_CallMethodObjArgs(mode, s_slowly, (PyObject *)v, op, a, b, db, NULL) : NULL;
        Py_XDECREF(db);
        Py_DECREF(b);
        Py_DECREF(a);
        Py_DECREF(op);
    }
    Py_XDECREF(out);
    return out != NULL;
}

/* made(v, op, a, b, db), for modes that hand on what they see. */
static PyObject *recorder_call(PyObject *self, PyObject *args, PyObject *keywords) {
    PyObject *v = PyTuple_GET_SIZE(args) == 5 ? PyTuple_GET_ITEM(args, 0) : NULL;
    if (!v || !IS_NODE(v)) return PyErr_Format(PyExc_TypeError, "made takes a node and what it is made from");
    recorder = (Recorder *)self;
    PyObject *mode = Py_NewRef(recorder->mode);
    int right = record(recorder, N(v), mode);
    Py_DECREF(mode);
    if (!right) return NULL;
    Py_RETURN_NONE;
}

static PyObject *recorder_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    PyObject *mode, *rows;
    if (!PyArg_ParseTuple(args, "OO!", &mode, &PyList_Type, &rows)) return NULL;
    Recorder *r = (Recorder *)type->tp_alloc(type, 0);
    if (r) r->mode = mode, r->rows = Py_NewRef(rows), recorder = r;
    return (PyObject *)r;
}

static void recorder_dealloc(PyObject *self) {
    if (recorder == (Recorder *)self) recorder = NULL;
    Py_DECREF(((Recorder *)self)->rows);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject RecorderType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "micrograd._core.native._node.Recorder",
    .tp_doc = "Recorder(tracer, rows): what a tracer does with each new node of the class Value.",
    .tp_basicsize = sizeof(Recorder),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = recorder_new,
    .tp_dealloc = recorder_dealloc,
    .tp_call = recorder_call,
};

/* erase_notes(rows): the nodes among them have their grads again. */
static PyObject *erase_notes(PyObject *module, PyObject *rows) {
    if (!PyList_Check(rows)) return PyErr_Format(PyExc_TypeError, "rows are a list");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(rows); i++) {
        PyObject *v = PyList_GET_ITEM(rows, i);
        if (!IS_NODE(v)) continue;
        Cell before = N(v)->grad;
        Kind was = N(v)->grad_is;
        N(v)->grad.number = 0, N(v)->grad_is = FLOAT;
        empty(&before, was);
    }
    Py_RETURN_NONE;
}
