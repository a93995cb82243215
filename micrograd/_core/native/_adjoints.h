/* What `adjoints` says, in C: derivatives kept beside the nodes.

While the sweep runs, `grad` of each node that takes part is its adjoint; nothing of Python's runs meanwhile, and
afterwards it is what it was. */

enum { REACHED = 3 };

/* The nodes of `order` that depend on a marked one are marked too, and kept; the others leave it. */
static void filter(Nodes *order) {
    Py_ssize_t kept = 0;
    for (Py_ssize_t i = 0; i < order->count; i++) {
        Node *v = order->at[i];
        int found = 0;
        if (v->db_is == MANY)
            for (Py_ssize_t k = 0, n = PyTuple_GET_SIZE(v->a); k < n && !found; k++)
                found = N(PyTuple_GET_ITEM(v->a, k))->mark == REACHED;
        else found = N(v->a)->mark == REACHED || (v->db_is != NOTHING && N(v->b)->mark == REACHED);
        if (!found) continue;
        if (v->mark != REACHED) v->mark = REACHED;
        order->at[kept++] = v;
    }
    order->count = kept;
}

static void mark(Nodes *nodes, int as) {
    for (Py_ssize_t i = 0; i < nodes->count; i++) nodes->at[i]->mark = as;
}

/* The nodes below `root` that depend on one of `keys`, which stay marked as these do: the caller unmarks both. */
static int find_between(Node *root, Nodes *keys, int through, Nodes *order) {
    if (!through) mark(keys, DONE);
    int right = sort(root, order);
    mark(keys, right ? REACHED : NEW);
    if (right) filter(order);
    return right;
}

static int nodes_of(PyObject *values, Nodes *nodes) { /* 0 with an error; -1 if there are others among them */
    PyObject *iterator = PyObject_GetIter(values), *v;
    if (!iterator) return 0;
    int right = 1;
    while (right == 1 && (v = PyIter_Next(iterator))) {
        right = !IS_NODE(v) ? -1 : push(nodes, N(v));
        Py_DECREF(v); /* the values hold it */
    }
    Py_DECREF(iterator);
    if (!right) PyErr_NoMemory();
    return PyErr_Occurred() ? 0 : right;
}

/* between(root, reached, through): `adjoints.between`. */
static PyObject *between(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 3 || !PyDict_CheckExact(args[1]))
        return PyErr_Format(PyExc_TypeError, "between takes a root, a dict and a bool");
    int through = PyObject_IsTrue(args[2]);
    PyObject *list = NULL, *zero = NULL;
    Nodes keys = {0}, order = {0};
    if (through < 0 || !IS_NODE(args[0]) || nodes_of(args[1], &keys) != 1) goto done;
    int right = find_between(N(args[0]), &keys, through, &order);
    mark(&keys, NEW);
    mark(&order, NEW);
    if (!right || !(zero = PyFloat_FromDouble(0.0)) || !(list = list_of(&order))) goto done;
    for (Py_ssize_t i = 0; list && i < PyList_GET_SIZE(list); i++)
        if (PyDict_SetItem(args[1], PyList_GET_ITEM(list, i), zero) < 0) Py_CLEAR(list);
done:
    Py_XDECREF(zero);
    drop(&keys);
    drop(&order);
    if (!list && !PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "between takes Values");
    return list;
}

/* Whether the local derivatives of a node are doubles. */
static int in_doubles(Node *v) {
    if (v->db_is == MANY) return v->da_is == ARRAY || v->da_is == ONES;
    return (v->da_is == FLOAT || v->da_is == SHUT) && v->db_is != OBJECT;
}

static inline void add_adjoint(PyObject *p, double partial, Kind is, double upstream) {
    if (N(p)->mark == REACHED) N(p)->grad.number += is == SHUT ? 0.0 : partial * upstream;
}

/* The sweep: `grad` of root and of all marked nodes are doubles. */
static void sweep_adjoints(Nodes *order) {
    for (Py_ssize_t i = order->count; i--;) {
        Node *v = order->at[i];
        double upstream = v->grad.number;
        if (v->db_is == MANY) {
            Py_ssize_t n = PyTuple_GET_SIZE(v->a);
            for (Py_ssize_t k = 0; k < n && k < length_of(v->da, v->da_is); k++)
                add_adjoint(PyTuple_GET_ITEM(v->a, k), item_of(v->da, v->da_is, k), FLOAT, upstream);
        } else {
            add_adjoint(v->a, v->da.number, v->da_is, upstream);
            if (v->db_is != NOTHING) add_adjoint(v->b, v->db.number, v->db_is, upstream);
        }
    }
}

typedef struct {
    Cell cell;
    uint8_t is;
} Kept;

static void borrow(Node *v, Kept *kept) {
    kept->cell = v->grad, kept->is = v->grad_is;
    v->grad.number = 0, v->grad_is = FLOAT;
}

static double settle(Node *v, const Kept *kept) {
    double adjoint = v->grad.number;
    v->grad = kept->cell, v->grad_is = kept->is;
    return adjoint;
}

static int set_number_of(PyObject *numbers, Node *v, double x) {
    PyObject *number = PyFloat_FromDouble(x);
    int right = number && PyDict_SetItem(numbers, (PyObject *)v, number) == 0;
    Py_XDECREF(number);
    return right;
}

/* adjoints(root, targets, through): `adjoints.adjoints`; None where the Python function has to do it. `targets` are the
keys of a dict, so that each is there once. */
static PyObject *adjoints(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 3 || !PyDict_CheckExact(args[1]))
        return PyErr_Format(PyExc_TypeError, "adjoints takes a root, a dict and a bool");
    int through = PyObject_IsTrue(args[2]), found;
    if (through < 0) return NULL;
    if (!IS_NODE(args[0])) Py_RETURN_NONE;
    Node *root = N(args[0]);
    Nodes keys = {0}, order = {0}, all = {0};
    Kept *kept = NULL;
    double *results = NULL;
    PyObject *out = NULL;
    int plain = 1;

    if ((found = nodes_of(args[1], &keys)) != 1) goto done;
    if (!find_between(root, &keys, through, &order)) goto done;
    for (Py_ssize_t i = 0; i < order.count && plain; i++) plain = in_doubles(order.at[i]);

    /* every node once: the keys, the nodes that are none, and the root */
    mark(&order, OPENED);
    mark(&keys, REACHED);
    int right = plain;
    for (Py_ssize_t i = 0; i < keys.count && right; i++) right = push(&all, keys.at[i]);
    for (Py_ssize_t i = 0; i < order.count && right; i++)
        if (order.at[i]->mark == OPENED) right = push(&all, order.at[i]);
    mark(&order, REACHED);
    int apart = root->mark != REACHED;
    if (right && apart) right = push(&all, root);
    if (right)
        kept = PyMem_RawMalloc((all.count + 1) * sizeof(Kept)),
        results = PyMem_RawMalloc((all.count + 1) * sizeof(double));
    right = right && kept && results;
    if (right) {
        for (Py_ssize_t i = 0; i < all.count; i++) borrow(all.at[i], &kept[i]);
        root->grad.number = 1.0;
        sweep_adjoints(&order);
        for (Py_ssize_t i = 0; i < all.count; i++) results[i] = settle(all.at[i], &kept[i]);
    }
    mark(&keys, NEW);
    mark(&order, NEW);
    if (!plain) goto done;
    if (!right) PyErr_NoMemory();
    else {
        for (Py_ssize_t i = 0; i < all.count; i++) Py_INCREF(all.at[i]); /* whatever the dict makes the collector do */
        out = PyDict_New();
        for (Py_ssize_t i = 0; i < all.count && out; i++)
            if (!set_number_of(out, all.at[i], results[i])) Py_CLEAR(out);
        for (Py_ssize_t i = 0; i < all.count; i++) Py_DECREF(all.at[i]);
    }
done:
    PyMem_RawFree(kept);
    PyMem_RawFree(results);
    drop(&keys);
    drop(&order);
    drop(&all);
    if (!out && !PyErr_Occurred()) Py_RETURN_NONE;
    return out;
}
