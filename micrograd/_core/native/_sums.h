/* Sums of many operands as one node. */

/* A node of many parents, all of them plain; steals the reference to the tuple. `array` is NULL if all partials are 1. */
static PyObject *sum_node(PyTypeObject *kind, int which, double out, PyObject *parents, Packed *array) {
    Node *v = fresh(kind);
    if (!v) {
        Py_DECREF(parents);
        PyMem_Free(array);
        return NULL;
    }
    v->data.number = out;
    v->op = declared[which].op;
    v->a = parents;
    v->db_is = MANY;
    if (array) v->da.array = array, v->da_is = ARRAY;
    else v->da.length = PyTuple_GET_SIZE(parents), v->da_is = ONES;
    return finished(v);
}

static inline int is_plain(PyObject *x) { return IS_NODE(x) && N(x)->data_is == FLOAT; }

/* total(parents), of a list or a tuple: None where the Python function has to do it. */
static PyObject *total(PyObject *module, PyObject *values) {
    if (!(PyList_CheckExact(values) || PyTuple_CheckExact(values)) || detours) Py_RETURN_NONE;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(values);
    PyObject **v = PySequence_Fast_ITEMS(values);
    double out = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!is_plain(v[i])) Py_RETURN_NONE;
        out += N(v[i])->data.number;
    }
    if (!n) Py_RETURN_NONE;
    PyTypeObject *kind = Py_TYPE(v[0]);
    if (PyTuple_CheckExact(values)) return sum_node(kind, RULE_total, out, Py_NewRef(values), NULL);
    PyObject *parents = own(PyList_AsTuple(values));
    return parents ? sum_node(kind, RULE_total, out, parents, NULL) : NULL;
}

/* bias + Σ wᵢ xᵢ of sequences of the same length; NULL without an error where the Python function has to do it. */
static PyObject *fused(PyObject *weights, PyObject *inputs, PyObject *bias) {
    if (!(PyList_CheckExact(weights) || PyTuple_CheckExact(weights)) || detours) return NULL;
    if (!(PyList_CheckExact(inputs) || PyTuple_CheckExact(inputs))) return NULL;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(weights);
    if (!n || !(PyFloat_CheckExact(bias) || is_plain(bias))) return NULL;
    int forgets = all_forget();
    /* first: it may make a collection due, which may change the lists */
    PyObject *parents = PyTuple_New(forgets ? 0 : 2 * n + 1);
    if (!parents) return NULL;
    PyObject **w = PySequence_Fast_ITEMS(weights), **x = PySequence_Fast_ITEMS(inputs);
    int plain = PySequence_Fast_GET_SIZE(weights) == n && PySequence_Fast_GET_SIZE(inputs) == n;
    for (Py_ssize_t i = 0; plain && i < n; i++) plain = is_plain(w[i]) && is_plain(x[i]);
    if (!plain) {
        Py_DECREF(parents);
        return NULL;
    }
    PyTypeObject *kind = Py_TYPE(w[0]);
    double out = PyFloat_CheckExact(bias) ? PyFloat_AS_DOUBLE(bias) : N(bias)->data.number;
    for (Py_ssize_t i = 0; i < n; i++) out += N(w[i])->data.number * N(x[i])->data.number;
    if (forgets) {
        Py_DECREF(parents);
        return leaf(kind, out);
    }
    Packed *array = PyMem_Malloc(sizeof(Packed) + (2 * n + 1) * sizeof(double));
    if (!array) {
        Py_DECREF(parents);
        return PyErr_NoMemory();
    }
    array->length = 2 * n + 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        array->item[i] = N(x[i])->data.number, array->item[n + i] = N(w[i])->data.number;
        PyTuple_SET_ITEM(parents, i, Py_NewRef(w[i]));
        PyTuple_SET_ITEM(parents, n + i, Py_NewRef(x[i]));
    }
    array->item[2 * n] = 1.0;
    PyObject *last = IS_NODE(bias) ? Py_NewRef(bias) : leaf(kind, PyFloat_AS_DOUBLE(bias));
    if (!last) {
        Py_DECREF(parents);
        PyMem_Free(array);
        return NULL;
    }
    PyTuple_SET_ITEM(parents, 2 * n, last);
    return sum_node(kind, RULE_dot, out, own(parents), array);
}

/* dot(weights, inputs, bias): None where the Python function has to do it. */
static PyObject *dot(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 3) return PyErr_Format(PyExc_TypeError, "dot takes weights, inputs and a bias, got %zd arguments", n);
    PyObject *out = fused(args[0], args[1], args[2]);
    if (!out && !PyErr_Occurred()) Py_RETURN_NONE;
    return out;
}
