/* The data of many nodes in one call: as floats, into a buffer, and from floats. */

static PyObject *read_floats(PyObject *module, PyObject *nodes) {
    PyObject *values = PySequence_List(nodes);
    for (Py_ssize_t i = 0; values && i < PyList_GET_SIZE(values); i++) {
        PyObject *v = PyList_GET_ITEM(values, i);
        PyObject *x = is_plain(v) && !detours ? PyFloat_FromDouble(N(v)->data.number) : PyObject_GetAttr(v, s_data);
        if (!x || PyList_SetItem(values, i, x) < 0) Py_CLEAR(values);
    }
    return values;
}

/* copy_floats(nodes, out): their data, into a buffer of doubles. */
static PyObject *copy_floats(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 2) return PyErr_Format(PyExc_TypeError, "copy_floats takes nodes and a buffer");
    PyObject *nodes = PySequence_Tuple(args[0]);
    Py_buffer out;
    if (!nodes) return NULL;
    if (PyObject_GetBuffer(args[1], &out, PyBUF_CONTIG) < 0) {
        Py_DECREF(nodes);
        return NULL;
    }
    if (out.len != PyTuple_GET_SIZE(nodes) * (Py_ssize_t)sizeof(double))
        PyErr_SetString(PyExc_ValueError, "there must be room for as many numbers as nodes");
    for (Py_ssize_t i = 0; !PyErr_Occurred() && i < PyTuple_GET_SIZE(nodes); i++) {
        PyObject *v = PyTuple_GET_ITEM(nodes, i), *x = NULL;
        double number = is_plain(v) && !detours ? N(v)->data.number : -1;
        if (number == -1 && (x = PyObject_GetAttr(v, s_data))) number = PyFloat_AsDouble(x);
        Py_XDECREF(x);
        ((double *)out.buf)[i] = number;
    }
    PyBuffer_Release(&out);
    Py_DECREF(nodes);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

static PyObject *write_floats(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 2) return PyErr_Format(PyExc_TypeError, "write_floats takes nodes and numbers");
    PyObject *nodes = PySequence_Fast(args[0], "nodes are a sequence"), *out = NULL;
    PyObject *numbers = nodes ? PySequence_Fast(args[1], "numbers are a sequence") : NULL;
    if (!numbers) goto done;
    if (PySequence_Fast_GET_SIZE(nodes) != PySequence_Fast_GET_SIZE(numbers)) {
        PyErr_SetString(PyExc_ValueError, "there must be as many numbers as nodes");
        goto done;
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(nodes) && i < PySequence_Fast_GET_SIZE(numbers); i++) {
        PyObject *v = PySequence_Fast_GET_ITEM(nodes, i), *x = PySequence_Fast_GET_ITEM(numbers, i);
        if (is_plain(v) && PyFloat_CheckExact(x) && !detours) {
            N(v)->data.number = PyFloat_AS_DOUBLE(x);
            continue;
        }
        Py_INCREF(v); /* whatever that runs may change the lists */
        Py_INCREF(x);
        int failed = PyObject_SetAttr(v, s_data, x) < 0;
        Py_DECREF(x);
        Py_DECREF(v);
        if (failed) goto done;
    }
    out = Py_NewRef(Py_None);
done:
    Py_XDECREF(nodes);
    Py_XDECREF(numbers);
    return out;
}
