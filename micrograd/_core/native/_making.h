/* How a node is made: by the declared rule in C where every float is finite, else by the Python method. */

enum {
#define INDEX(name, gate) RULE_##name,
    RULES_OF_ONE(INDEX) RULES_OF_TWO(INDEX) RULE_power,
    RULE_total,
    RULE_dot,
    RULE_COUNT
#undef INDEX
};
typedef int (*RuleOfOne)(double, double *, double *);
typedef int (*RuleOfTwo)(double, double, double *, double *, double *);

static const char *const rule_names[] = {
#define NAME(name, gate) #name,
    RULES_OF_ONE(NAME) RULES_OF_TWO(NAME) "power", "total", "dot"
#undef NAME
};

/* A primitive, its method in the Python engine, and that for a number on the left. */
static struct {
    PyObject *op, *method, *reflected;
} declared[RULE_COUNT];

/* Whether some thread sees other data than those in the nodes: then everything takes the way of Python. */
static int detours = 0;

static PyObject *alive = NULL, *current_modes = NULL, *Oblivious = NULL; /* of `modes` */
static PyObject *number = NULL;                                          /* nodes.number */

/* ---- the mode of this context is told of each new node */

static void forget(Node *v) {
    PyObject *a = v->a, *b = v->b, *op = v->owns_op ? v->op : NULL;
    Cell da = v->da, db = v->db;
    Kind da_is = v->da_is, db_is = v->db_is;
    v->a = v->b = v->op = NULL;
    v->owns_op = 0;
    v->da_is = v->db_is = NOTHING;
    empty(&da, da_is);
    empty(&db, db_is);
    Py_XDECREF(op);
    Py_XDECREF(b);
    Py_XDECREF(a);
}

/* The latest mode of this context, and whether it makes every node forget its parents; NULL if there is none. */
static PyObject *latest_mode(int *forgets) {
    PyObject *modes = NULL, *mode = NULL;
    *forgets = 0;
    if (PyContextVar_Get(current_modes, NULL, &modes) < 0 || !modes) return NULL;
    if (PyTuple_GET_SIZE(modes)) mode = Py_NewRef(PyTuple_GET_ITEM(modes, PyTuple_GET_SIZE(modes) - 1));
    Py_DECREF(modes);
    *forgets = mode && Py_IS_TYPE(mode, (PyTypeObject *)Oblivious);
    return mode;
}

static int all_forget(void) {
    int forgets = 0;
    if (PyList_GET_SIZE(alive)) {
        Py_XDECREF(latest_mode(&forgets));
        PyErr_Clear();
    }
    return forgets;
}

/* Whether some mode of this context wants to see each node. */
static int is_watched(void) {
    int forgets = 0, watched = 0;
    if (PyList_GET_SIZE(alive)) {
        PyObject *mode = latest_mode(&forgets);
        watched = mode && !forgets;
        Py_XDECREF(mode);
        PyErr_Clear();
    }
    return watched;
}

static int told(Node *v) {
    int forgets, right = 1;
    PyObject *mode = latest_mode(&forgets);
    if (forgets) forget(v);
    else if (mode && recorder && recorder->mode == mode) right = record(recorder, v, mode);
    else if (mode) {
        PyObject *op = Py_NewRef(v->op ? v->op : Py_None), *a = handed_out(v->a ? v->a : Py_None);
        PyObject *b = Py_NewRef(v->b ? v->b : Py_None), *db = shown(v->db, v->db_is); /* the mode may change the node */
        PyObject *args[] = {mode, (PyObject *)v, op, a, b, db};
        PyObject *out = db ? PyObject_VectorcallMethod(s_made, args, 6, NULL) : NULL;
        right = out != NULL;
        Py_XDECREF(out);
        Py_XDECREF(db);
        Py_DECREF(b);
        Py_DECREF(a);
        Py_DECREF(op);
    } else right = !PyErr_Occurred();
    Py_XDECREF(mode);
    return right;
}

/* The finished node, after the mode of this context has seen it; NULL for an error. */
static inline PyObject *finished(Node *v) {
    if (PyList_GET_SIZE(alive) && !told(v)) {
        Py_DECREF(v);
        return NULL;
    }
    return (PyObject *)v;
}

static inline PyObject *leaf(PyTypeObject *kind, double x) {
    Node *v = fresh(kind);
    if (!v) return NULL;
    v->data.number = x;
    return finished(v);
}

/* ---- one operand */

#define PARTIAL(v, slot, partial, gate)                                                                                \
    ((v)->slot.number = (partial), (v)->slot##_is = (gate) && (partial) == 0 ? SHUT : FLOAT)

/* A rule that ended beyond the floats leaves no trace: NumPy would warn of it where the Python engine raises no flag. */
static void lower_flags(void) { feclearexcept(FE_OVERFLOW | FE_DIVBYZERO | FE_INVALID); }

static PyObject *by_method(int which, PyObject *a) {
    lower_flags();
    return PyObject_CallOneArg(declared[which].method, a);
}

static ALWAYS_INLINE PyObject *one(PyObject *a, int which, int gate, RuleOfOne rule) {
    double out, da;
    if (N(a)->data_is != FLOAT || detours || !rule(N(a)->data.number, &out, &da)) return by_method(which, a);
    Node *v = fresh(Py_TYPE(a));
    if (!v) return NULL;
    v->data.number = out;
    PARTIAL(v, da, da, gate);
    v->op = declared[which].op;
    v->a = Py_NewRef(a);
    return finished(v);
}

/* ---- two operands */

/* Whether x is a plain number: a float, or an int that is not too large. */
static inline int is_number(PyObject *x, double *out) {
    if (PyFloat_CheckExact(x)) {
        *out = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (!PyLong_CheckExact(x)) return 0;
    *out = PyLong_AsDouble(x);
    if (*out == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        return 0;
    }
    return 1;
}

static PyObject *by_method_of_two(int which, PyObject *a, PyObject *b) {
    lower_flags();
    PyObject *reflected = declared[which].reflected;
    return IS_NODE(a) || !reflected ? PyObject_CallFunctionObjArgs(declared[which].method, a, b, NULL)
                                    : PyObject_CallFunctionObjArgs(reflected, b, a, NULL);
}

static ALWAYS_INLINE PyObject *joined(PyTypeObject *kind, int which, int gate, PyObject *a, PyObject *b, double out,
                                      double da, double db) {
    Node *v = fresh(kind);
    if (!v) return NULL;
    v->data.number = out;
    PARTIAL(v, da, da, gate);
    PARTIAL(v, db, db, gate);
    v->op = declared[which].op;
    v->a = Py_NewRef(a), v->b = Py_NewRef(b);
    return finished(v);
}

/* One of the two may be a number; the new node is of the kind of the first Value. */
static NEVER_INLINE PyObject *two_of_any(PyObject *a, PyObject *b, int which, int gate, RuleOfTwo rule) {
    double x, y, out, da, db;
    int first = IS_NODE(a), second = IS_NODE(b);
    if (first && N(a)->data_is == FLOAT) x = N(a)->data.number;
    else if (first || !is_number(a, &x)) return by_method_of_two(which, a, b);
    if (second && N(b)->data_is == FLOAT) y = N(b)->data.number;
    else if (second || !is_number(b, &y)) return by_method_of_two(which, a, b);
    if (detours || !rule(x, y, &out, &da, &db)) return by_method_of_two(which, a, b);
    PyTypeObject *kind = first ? Py_TYPE(a) : Py_TYPE(b);
    PyObject *p = first ? Py_NewRef(a) : leaf(kind, x), *q = !p ? NULL : second ? Py_NewRef(b) : leaf(kind, y);
    PyObject *v = q ? joined(Py_TYPE(p), which, gate, p, q, out, da, db) : NULL;
    Py_XDECREF(p);
    Py_XDECREF(q);
    return v;
}

static ALWAYS_INLINE PyObject *two(PyObject *a, PyObject *b, int which, int gate, RuleOfTwo rule) {
    double out, da, db;
    if (Py_IS_TYPE(a, Value) && Py_IS_TYPE(b, Value) && N(a)->data_is == FLOAT && N(b)->data_is == FLOAT && !detours &&
        rule(N(a)->data.number, N(b)->data.number, &out, &da, &db))
        return joined(Value, which, gate, a, b, out, da, db);
    return two_of_any(a, b, which, gate, rule);
}

/* Called as a method: with other arguments than it takes the one in Python says what is wrong, or reads them by name. */
static PyObject *called(PyObject *method, PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names) {
    Py_ssize_t count = n + (names ? PyTuple_GET_SIZE(names) : 0);
    PyObject **all = PyMem_Malloc((count + 1) * sizeof(PyObject *)), *out;
    if (!all) return PyErr_NoMemory();
    all[0] = self;
    memcpy(all + 1, args, count * sizeof(PyObject *));
    out = PyObject_Vectorcall(method, all, n + 1, names);
    PyMem_Free(all);
    return out;
}

#define CALL(name, count, result)                                                                                      \
    static inline PyObject *call_##name(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names) {        \
        return n == count && !names ? result : called(declared[RULE_##name].method, self, args, n, names);             \
    }
#define OF_ONE(name, gate)                                                                                             \
    static PyObject *do_##name(PyObject *a) { return one(a, RULE_##name, gate, rule_##name); }                         \
    CALL(name, 0, do_##name(self))
#define OF_TWO(name, gate)                                                                                             \
    static PyObject *do_##name(PyObject *a, PyObject *b) { return two(a, b, RULE_##name, gate, rule_##name); }         \
    CALL(name, 1, do_##name(self, args[0]))
RULES_OF_ONE(OF_ONE)
RULES_OF_TWO(OF_TWO)
#undef OF_ONE
#undef OF_TWO
#undef CALL

/* xᵏ for a constant k. */
static PyObject *do_power(PyObject *a, PyObject *k, PyObject *modulus) {
    double exponent, out, da;
    if (!IS_NODE(a) && (modulus != Py_None || !IS_NODE(k))) Py_RETURN_NOTIMPLEMENTED;
    if (modulus == Py_None && IS_NODE(a) && N(a)->data_is == FLOAT && !detours && is_number(k, &exponent) &&
        rule_power(N(a)->data.number, exponent, &out, &da)) {
        Node *v = fresh(Py_TYPE(a));
        if (!v) return NULL;
        v->data.number = out;
        v->da.number = da, v->da_is = FLOAT;
        v->op = declared[RULE_power].op;
        v->a = Py_NewRef(a), v->b = Py_NewRef(k);
        return finished(v);
    }
    lower_flags();
    PyObject *method = IS_NODE(a) ? declared[RULE_power].method : declared[RULE_power].reflected;
    PyObject *self = IS_NODE(a) ? a : k, *other = IS_NODE(a) ? k : a;
    return PyObject_CallFunctionObjArgs(method, self, other, modulus == Py_None ? NULL : modulus, NULL);
}

/* ---- what Python makes */

static void set_op(Node *v, PyObject *op) {
    PyObject *before = v->owns_op ? v->op : NULL;
    v->op = op == Py_None ? NULL : op;
    v->owns_op = v->op != NULL;
    for (int i = 0; v->owns_op && i < RULE_COUNT; i++)
        if (declared[i].op == op) v->owns_op = 0;
    if (v->owns_op) Py_INCREF(op);
    Py_XDECREF(before);
}

/* As an array, if it is a tuple of floats: the derivatives of many operands. */
static void pack(Node *v) {
    PyObject *partials = v->da_is == OBJECT ? v->da.object : NULL;
    if (!partials || v->db_is != MANY || !PyTuple_CheckExact(partials)) return;
    Py_ssize_t n = PyTuple_GET_SIZE(partials);
    for (Py_ssize_t i = 0; i < n; i++)
        if (!PyFloat_CheckExact(PyTuple_GET_ITEM(partials, i))) return;
    Packed *array = n ? PyMem_Malloc(sizeof(Packed) + n * sizeof(double)) : NULL;
    if (!array) return; /* then it stays a tuple */
    array->length = n;
    for (Py_ssize_t i = 0; i < n; i++) array->item[i] = PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(partials, i));
    v->da.array = array, v->da_is = ARRAY;
    Py_DECREF(partials);
}

/* node(kind, op, data, a, da, b=None, db=None): `nodes.node` of the Python engine. */
static PyObject *make_node(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n < 5 || n > 7) return PyErr_Format(PyExc_TypeError, "node takes 5 to 7 arguments, got %zd", n);
    PyTypeObject *kind = (PyTypeObject *)args[0];
    if (!PyType_Check(args[0]) || !PyType_IsSubtype(kind, &NodeType))
        return PyErr_Format(PyExc_TypeError, "node takes a class of nodes, got %R", args[0]);
    PyObject *a = args[3], *b = n > 5 ? args[5] : Py_None, *db = n > 6 ? args[6] : Py_None;
    Node *v = fresh(kind);
    if (!v) return NULL;
    uint8_t is;
    put(&v->data, &is, args[2]), v->data_is = is;
    put(&v->da, &is, args[4]), v->da_is = is;
    put(&v->db, &is, db), v->db_is = is;
    if (args[1] != Py_None) set_op(v, args[1]);
    if (a != Py_None) v->a = db == Py_Ellipsis ? PySequence_Tuple(a) : Py_NewRef(a);
    if (b != Py_None) v->b = Py_NewRef(b);
    if (a != Py_None && !v->a) {
        Py_DECREF(v);
        return NULL;
    }
    pack(v);
    return finished(v);
}

/* Value(data, _children=(), _op="", label=""): a plain number alone is set here, anything else by `Value.__init__`. */
static PyObject *initialise = NULL;

static int node_init(PyObject *self, PyObject *args, PyObject *keywords) {
    double data;
    if (!keywords && PyTuple_GET_SIZE(args) == 1 && is_number(PyTuple_GET_ITEM(args, 0), &data)) {
        Node *v = N(self);
        Cell before[] = {v->data, v->grad};
        Kind were[] = {v->data_is, v->grad_is};
        v->data.number = data, v->grad.number = 0;
        v->data_is = v->grad_is = FLOAT;
        empty(&before[0], were[0]);
        empty(&before[1], were[1]);
        forget(v);
        return 0;
    }
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *all = PyTuple_New(n + 1);
    if (!all) return -1;
    PyTuple_SET_ITEM(all, 0, Py_NewRef(self));
    for (Py_ssize_t i = 0; i < n; i++) PyTuple_SET_ITEM(all, i + 1, Py_NewRef(PyTuple_GET_ITEM(args, i)));
    PyObject *out = PyObject_Call(initialise, all, keywords);
    Py_DECREF(all);
    Py_XDECREF(out);
    return out ? 0 : -1;
}

static PyObject *node_new(PyTypeObject *kind, PyObject *args, PyObject *keywords) { return (PyObject *)fresh(kind); }

/* Value(x), unless somebody has replaced how it is made. */
static PyObject *value_vectorcall(PyObject *kind, PyObject *const *args, size_t flags, PyObject *names) {
    Py_ssize_t n = PyVectorcall_NARGS(flags);
    double x;
    if (n == 1 && !names && Value->tp_init == node_init && Value->tp_new == node_new && is_number(args[0], &x)) {
        Node *v = fresh(Value);
        if (v) v->data.number = x;
        return (PyObject *)v;
    }
    PyObject *all = PyTuple_New(n), *keywords = names ? PyDict_New() : NULL, *v = NULL;
    if (!all || (names && !keywords)) goto done;
    for (Py_ssize_t i = 0; i < n; i++) PyTuple_SET_ITEM(all, i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); i++)
        if (PyDict_SetItem(keywords, PyTuple_GET_ITEM(names, i), args[n + i]) < 0) goto done;
    v = PyType_Type.tp_call(kind, all, keywords);
done:
    Py_XDECREF(all);
    Py_XDECREF(keywords);
    return v;
}
