/* Sums of many operands: as one node, and as the chain of single nodes that a neuron is. */

/* A node of many parents, all of them plain; steals the reference to the tuple. `array` is NULL if all partials are 1. */
static PyObject *sum_node(PyTypeObject *kind, int which, double out, PyObject *parents, Doubles *array) {
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

/* total(parents), of a tuple: None where the Python function has to do it. */
static PyObject *total(PyObject *module, PyObject *parents) {
    if (!PyTuple_CheckExact(parents) || detours) Py_RETURN_NONE;
    Py_ssize_t n = PyTuple_GET_SIZE(parents);
    double out = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *v = PyTuple_GET_ITEM(parents, i);
        if (!is_plain(v)) Py_RETURN_NONE;
        out += N(v)->data.number;
    }
    if (!n) Py_RETURN_NONE;
    return sum_node(Py_TYPE(PyTuple_GET_ITEM(parents, 0)), RULE_total, out, Py_NewRef(parents), NULL);
}

/* bias + Σ wᵢ xᵢ of sequences of the same length; NULL without an error where the Python function has to do it. */
static PyObject *fused(PyObject *weights, PyObject *inputs, PyObject *bias) {
    if (!(PyList_CheckExact(weights) || PyTuple_CheckExact(weights)) || detours) return NULL;
    if (!(PyList_CheckExact(inputs) || PyTuple_CheckExact(inputs))) return NULL;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(weights);
    if (!n || !(PyFloat_CheckExact(bias) || is_plain(bias))) return NULL;
    PyObject *parents = PyTuple_New(2 * n + 1); /* first: it may make a collection due, which may change the lists */
    if (!parents) return NULL;
    PyObject **w = PySequence_Fast_ITEMS(weights), **x = PySequence_Fast_ITEMS(inputs);
    int plain = PySequence_Fast_GET_SIZE(weights) == n && PySequence_Fast_GET_SIZE(inputs) == n;
    for (Py_ssize_t i = 0; plain && i < n; i++) plain = is_plain(w[i]) && is_plain(x[i]);
    if (!plain) {
        Py_DECREF(parents);
        return NULL;
    }
    PyTypeObject *kind = Py_TYPE(w[0]);
    Doubles *array = PyMem_Malloc(sizeof(Doubles) + (2 * n + 1) * sizeof(double));
    if (!array) {
        Py_DECREF(parents);
        return PyErr_NoMemory();
    }
    array->length = 2 * n + 1;
    double out = PyFloat_CheckExact(bias) ? PyFloat_AS_DOUBLE(bias) : N(bias)->data.number;
    for (Py_ssize_t i = 0; i < n; i++) {
        double p = N(w[i])->data.number, q = N(x[i])->data.number;
        out += p * q;
        array->item[i] = q, array->item[n + i] = p;
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
    return sum_node(kind, RULE_dot, out, parents, array);
}

/* dot(weights, inputs, bias): None where the Python function has to do it. */
static PyObject *dot(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 3) return PyErr_Format(PyExc_TypeError, "dot takes weights, inputs and a bias, got %zd arguments", n);
    PyObject *out = fused(args[0], args[1], args[2]);
    if (!out && !PyErr_Occurred()) Py_RETURN_NONE;
    return out;
}

/* ---- neurons: what `nn.dense.Neuron.fire` does, for a whole layer

Whatever is not as it always is goes through Python: a neuron with a `fire` of its own, operators that were replaced. */

static PyObject *fire = NULL, *activations = NULL, *activate = NULL; /* of `nn`: Neuron.fire, ACTIVATIONS, activate */
static PyObject *methods = NULL; /* the name of the method that a function in ACTIVATIONS calls; None for no function */

static inline PyObject *times(PyObject *a, PyObject *b) {
    if (Py_IS_TYPE(a, Value) && Py_IS_TYPE(b, Value) && Value->tp_as_number->nb_multiply == do_mul) return do_mul(a, b);
    return PyNumber_Multiply(a, b);
}

static inline PyObject *plus(PyObject *a, PyObject *b) {
    if (Py_IS_TYPE(a, Value) && Py_IS_TYPE(b, Value) && Value->tp_as_number->nb_add == do_add) return do_add(a, b);
    return PyNumber_Add(a, b);
}

/* b + w[0] x[0] + w[1] x[1] + …, two nodes for each weight; the lists may change under our hands. */
static PyObject *chained(PyObject *w, PyObject *x, PyObject *bias) {
    PyObject *out = bias == Py_None ? NULL : Py_NewRef(bias);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(w) && i < PyList_GET_SIZE(x); i++) {
        PyObject *p = Py_NewRef(PyList_GET_ITEM(w, i)), *q = Py_NewRef(PyList_GET_ITEM(x, i));
        PyObject *product = times(p, q), *sum = product && out ? plus(out, product) : Py_XNewRef(product);
        Py_DECREF(p);
        Py_DECREF(q);
        Py_XDECREF(product);
        Py_XDECREF(out);
        if (!(out = sum)) return NULL;
    }
    return out ? out : Py_NewRef(Py_None);
}

static PyObject *activated(PyObject *activation, PyObject *z) {
    if (!PyUnicode_CheckExact(activation)) return PyObject_CallFunctionObjArgs(activate, activation, z, NULL);
    PyObject *function = PyObject_GetItem(activations, activation);
    if (!function) return NULL;
    PyObject *method = Py_IS_TYPE(z, Value) ? PyDict_GetItemWithError(methods, function) : NULL, *out = NULL;
    if (method == Py_None) out = Py_NewRef(z);
    else if (method) out = PyObject_CallMethodNoArgs(z, method);
    else if (!PyErr_Occurred()) out = PyObject_CallOneArg(function, z);
    Py_DECREF(function);
    return out;
}

static PyObject *fired(PyObject *neuron, PyObject *x) {
    PyObject *method = PyObject_GetAttr(neuron, s_fire), *out = NULL;
    if (!method) return NULL;
    if (!PyMethod_Check(method) || PyMethod_GET_FUNCTION(method) != fire || PyMethod_GET_SELF(method) != neuron) {
        out = PyObject_CallOneArg(method, x);
        Py_DECREF(method);
        return out;
    }
    PyObject *w = PyObject_GetAttr(neuron, s_w), *b = w ? PyObject_GetAttr(neuron, s_b) : NULL;
    PyObject *one_node = b ? PyObject_GetAttr(neuron, s_fused) : NULL, *z = NULL;
    PyObject *activation = one_node ? PyObject_GetAttr(neuron, s_activation) : NULL;
    if (!activation) goto done;
    if (PyList_CheckExact(w) && PyList_CheckExact(x) && PyList_GET_SIZE(w) == PyList_GET_SIZE(x)) {
        if (one_node == Py_False) z = chained(w, x, b);
        else if (one_node == Py_True && b != Py_None) z = fused(w, x, b);
        if (PyErr_Occurred()) goto done;
    }
    out = z ? activated(activation, z) : PyObject_CallOneArg(method, x);
done:
    Py_XDECREF(z);
    Py_XDECREF(activation);
    Py_XDECREF(one_node);
    Py_XDECREF(b);
    Py_XDECREF(w);
    Py_DECREF(method);
    return out;
}

/* layer(neurons, x, call): the result of each neuron, which remembers that neuron's call and the layer's. */
static PyObject *layer(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 3 || !PyList_Check(args[0])) return PyErr_Format(PyExc_TypeError, "layer takes neurons, inputs and a call");
    PyObject *neurons = args[0], *x = args[1], *outs = PyList_New(0);
    for (Py_ssize_t i = 0; outs && i < PyList_GET_SIZE(neurons); i++) {
        PyObject *neuron = Py_NewRef(PyList_GET_ITEM(neurons, i)), *out = fired(neuron, x), *own = NULL, *calls = NULL;
        int right = out != NULL;
        if (right && IS_NODE(out) && N(out)->op) {
            own = PyTuple_Pack(2, neuron, x);
            calls = own ? PyTuple_Pack(2, own, args[2]) : NULL;
            right = calls && set_calls(out, calls, NULL) == 0;
        }
        right = right && PyList_Append(outs, out) == 0;
        Py_XDECREF(calls);
        Py_XDECREF(own);
        Py_XDECREF(out);
        Py_DECREF(neuron);
        if (!right) Py_CLEAR(outs);
    }
    return outs;
}
