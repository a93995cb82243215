/* The slots of a node as attributes, under the names that they have in the Python engine. */

static PyObject *grad_slot = NULL; /* `Node.grad` */

/* Whether `grad` of a class is the slot: a subclass, or a patch, may watch it. It is looked up without running any code. */
static int keeps_grad(PyTypeObject *kind) {
    if (kind->tp_getattro != NodeType.tp_getattro || kind->tp_setattro != NodeType.tp_setattro) return 0;
    return _PyType_Lookup(kind, s_grad) == grad_slot;
}

/* No attribute can be deleted, as a slot can: it would have nothing to show. */
static int undeletable(PyObject *x, const char *name) {
    if (!x) PyErr_Format(PyExc_AttributeError, "the %s of a Value cannot be deleted", name);
    return !x;
}

#define CELL(slot)                                                                                                     \
    static PyObject *get_##slot(PyObject *self, void *closure) { return shown(N(self)->slot, N(self)->slot##_is); }    \
    static int set_##slot(PyObject *self, PyObject *x, void *closure) {                                                \
        if (undeletable(x, #slot)) return -1;                                                                          \
        Node *v = N(self);                                                                                             \
        Cell before = v->slot;                                                                                         \
        Kind was = v->slot##_is;                                                                                       \
        uint8_t is;                                                                                                    \
        put(&v->slot, &is, x);                                                                                         \
        v->slot##_is = is;                                                                                             \
        empty(&before, was);                                                                                           \
        return 0;                                                                                                      \
    }
CELL(data)
CELL(grad)
CELL(da)
CELL(db)
#undef CELL

static PyObject *get_a(PyObject *self, void *closure) { return handed_out(N(self)->a ? N(self)->a : Py_None); }
static PyObject *get_b(PyObject *self, void *closure) { return Py_NewRef(N(self)->b ? N(self)->b : Py_None); }
static PyObject *get_op(PyObject *self, void *closure) { return Py_NewRef(N(self)->op ? N(self)->op : Py_None); }

static int set_a(PyObject *self, PyObject *x, void *closure) {
    if (undeletable(x, "_a")) return -1;
    PyObject *before = N(self)->a;
    suspected |= x != Py_None; /* a later node may become the parent of an earlier one */
    N(self)->a = x == Py_None ? NULL : Py_NewRef(x);
    Py_XDECREF(before);
    return 0;
}

static int set_b(PyObject *self, PyObject *x, void *closure) {
    if (undeletable(x, "_b")) return -1;
    PyObject *before = N(self)->b;
    suspected |= x != Py_None;
    N(self)->b = x == Py_None ? NULL : Py_NewRef(x);
    Py_XDECREF(before);
    return 0;
}

static int set_primitive(PyObject *self, PyObject *x, void *closure) {
    if (undeletable(x, "primitive")) return -1;
    set_op(N(self), x);
    return 0;
}

/* What a result remembers of the calls of modules that made it: missing until it is set, as an attribute is. */
static int set_calls(PyObject *self, PyObject *x, void *closure) {
    PyObject *before = N(self)->calls;
    N(self)->calls = Py_XNewRef(x);
    N(self)->brief = 0;
    Py_XDECREF(before);
    return 0;
}

/* In brief, until somebody asks: a neuron, and the call of its layer, of the same inputs. */
static int remember(Node *v, PyObject *neuron, PyObject *call) {
    PyObject *both = own(PyTuple_Pack(2, neuron, call));
    if (!both) return 0;
    set_calls((PyObject *)v, both, NULL);
    v->brief = 1;
    Py_DECREF(both);
    return 1;
}

static PyObject *get_calls(PyObject *self, void *closure) {
    PyObject *calls = N(self)->calls;
    if (!calls)
        return PyErr_Format(PyExc_AttributeError, "'%s' object has no attribute '_calls'", Py_TYPE(self)->tp_name);
    if (!N(self)->brief) return handed_out(calls);
    PyObject *neuron = PyTuple_GET_ITEM(calls, 0), *call = PyTuple_GET_ITEM(calls, 1);
    PyObject *first = PyTuple_Pack(2, neuron, PyTuple_GET_ITEM(call, 1)),
             *both = first ? PyTuple_Pack(2, first, call) : NULL;
    Py_XDECREF(first);
    if (both) set_calls(self, both, NULL);
    return both;
}

/* The data as everybody sees them: `_data`, which takes numbers only. */
static PyObject *get_number(PyObject *self, void *closure) {
    return detours ? PyObject_GetAttr(self, s_data) : get_data(self, closure);
}

static int set_number(PyObject *self, PyObject *x, void *closure) {
    if (undeletable(x, "data")) return -1;
    PyObject *data = PyFloat_CheckExact(x) ? Py_NewRef(x) : PyObject_CallOneArg(number, x);
    int failed = !data || PyObject_SetAttr(self, s_data, data) < 0;
    Py_XDECREF(data);
    return failed ? -1 : 0;
}

static PyObject *has_attributes(PyObject *module, PyObject *v) {
    return PyBool_FromLong(IS_NODE(v) && N(v)->dict && PyDict_GET_SIZE(N(v)->dict));
}

static int set_dict(PyObject *self, PyObject *x, void *closure) {
    PyObject *none = x ? Py_NewRef(x) : PyDict_New(); /* `del v.__dict__` leaves none of them */
    int out = none ? PyObject_GenericSetDict(self, none, closure) : -1;
    Py_XDECREF(none);
    return out;
}

/* ---- the interface that other rooms read: see the properties of `Value` */

/* Whatever code this runs may take `things` away from the node. */
static PyObject *tuple_of(PyObject *things) {
    PyObject *held = Py_NewRef(things ? things : Py_None), *tuple = PySequence_Tuple(held);
    Py_DECREF(held);
    return tuple;
}

static PyObject *get_parents(PyObject *self, void *closure) {
    Node *v = N(self);
    if (!v->a) return PyTuple_New(0);
    if (v->db_is == MANY) {
        PyObject *a = handed_out(v->a), *parents = tuple_of(a);
        Py_DECREF(a);
        return parents;
    }
    return v->db_is == NOTHING ? PyTuple_Pack(1, v->a) : PyTuple_Pack(2, v->a, v->b ? v->b : Py_None);
}

static PyObject *get_constants(PyObject *self, void *closure) {
    Node *v = N(self);
    return !v->b || v->db_is != NOTHING ? PyTuple_New(0) : PyTuple_Pack(1, v->b);
}

static PyObject *get_partials(PyObject *self, void *closure) {
    Node *v = N(self);
    if (!v->a) return PyTuple_New(0);
    PyObject *da = shown(v->da, v->da_is), *db = NULL, *out = NULL;
    if (!da) return NULL;
    if (v->db_is == MANY) out = PyCallable_Check(da) ? Py_NewRef(Py_None) : PySequence_Tuple(da);
    else if (v->db_is == NOTHING) out = PyTuple_Pack(1, da);
    else if ((db = shown(v->db, v->db_is))) out = PyTuple_Pack(2, da, db);
    Py_DECREF(da);
    Py_XDECREF(db);
    return out;
}

/* They are only read; the error is that of a property. */
static int set_nothing(PyObject *self, PyObject *x, void *name) {
#if PY_VERSION_HEX >= 0x030B0000
    PyObject *kind = PyType_GetQualName(Py_TYPE(self));
    if (kind)
        PyErr_Format(PyExc_AttributeError, "property '%s' of %R object has no %s", name, kind,
                     x ? "setter" : "deleter");
    Py_XDECREF(kind);
#else
    PyErr_Format(PyExc_AttributeError, "can't %s attribute '%s'", x ? "set" : "delete", name);
#endif
    return -1;
}

/* The mark of a walk in Python: here it is a field of its own, which nobody sees. */
static PyObject *get_seen(PyObject *self, void *closure) { Py_RETURN_NONE; }
static int set_seen(PyObject *self, PyObject *x, void *closure) { return 0; }

static PyGetSetDef node_attributes[] = {
    {"_data", get_data, set_data, NULL, NULL},
    {"data", get_number, set_number, "The number.", NULL},
    {"_grad", get_grad, set_grad, NULL, NULL},
    {"grad", get_grad, set_grad, NULL, NULL},
    {"_a", get_a, set_a, NULL, NULL},
    {"_b", get_b, set_b, NULL, NULL},
    {"_da", get_da, set_da, NULL, NULL},
    {"_db", get_db, set_db, NULL, NULL},
    {"_seen", get_seen, set_seen, NULL, NULL},
    {"primitive", get_op, set_primitive, NULL, NULL},
    {"_calls", get_calls, set_calls, NULL, NULL},
    {"parents", get_parents, set_nothing, NULL, "parents"},
    {"constants", get_constants, set_nothing, NULL, "constants"},
    {"partials", get_partials, set_nothing, NULL, "partials"},
    {"__dict__", PyObject_GenericGetDict, set_dict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
