/* Whole layers of neurons in one call: what `nn.dense.Neuron.fire` does, the same nodes in the same order.

Whatever is not as it always is goes through Python: a neuron with a `fire` of its own, operators that were replaced,
inputs that are no plain Values. */

static PyObject *usual[4] = {0};                       /* of nn.dense.Neuron: fire, forward, flow, __call__ */
static PyObject *usual_of_layers[4] = {0};             /* of nn.dense.Layer: _run, forward, flow, __call__ */
static PyObject *activations = NULL, *activate = NULL; /* of nn.activations */
static PyObject *methods = NULL; /* the name of the method that a function in ACTIVATIONS calls; None for no function */

/* ---- b + w[0] x[0] + w[1] x[1] + …, two nodes for each weight */

static inline PyObject *times(PyObject *a, PyObject *b) {
    if (Py_IS_TYPE(a, Value) && Py_IS_TYPE(b, Value) && Value->tp_as_number->nb_multiply == do_mul) return do_mul(a, b);
    return PyNumber_Multiply(a, b);
}

static inline PyObject *plus(PyObject *a, PyObject *b) {
    if (Py_IS_TYPE(a, Value) && Py_IS_TYPE(b, Value) && Value->tp_as_number->nb_add == do_add) return do_add(a, b);
    return PyNumber_Add(a, b);
}

/* The lists may change under our hands. */
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

/* ---- the activation */

static PyObject *by_method_of_value(PyObject *z, PyObject *name) {
    PyObject *found = _PyType_Lookup(Value, name);
    if (found && Py_IS_TYPE(found, &PyMethodDescr_Type) &&
        ((PyMethodDescrObject *)found)->d_common.d_type == &NodeType) {
        PyMethodDef *method = ((PyMethodDescrObject *)found)->d_method;
        if (method->ml_flags == (METH_FASTCALL | METH_KEYWORDS) && !N(z)->dict)
            return ((_PyCFunctionFastWithKeywords)(void (*)(void))method->ml_meth)(z, NULL, 0, NULL);
    }
    return PyObject_CallMethodNoArgs(z, name);
}

static PyObject *activated(PyObject *activation, PyObject *z) {
    if (!PyUnicode_CheckExact(activation)) return PyObject_CallFunctionObjArgs(activate, activation, z, NULL);
    PyObject *function = PyObject_GetItem(activations, activation);
    if (!function) return NULL;
    PyObject *method = Py_IS_TYPE(z, Value) ? PyDict_GetItemWithError(methods, function) : NULL, *out = NULL;
    if (method == Py_None) out = Py_NewRef(z);
    else if (method) out = by_method_of_value(z, method);
    else if (!PyErr_Occurred()) out = PyObject_CallOneArg(function, z);
    Py_DECREF(function);
    return out;
}

/* ---- neurons */

typedef struct {
    PyTypeObject *kind;
    PyObject *of_class[4]; /* w, b, fused and activation, where an instance has none; borrowed */
} Neurons;

static int has_methods(PyTypeObject *kind, PyObject *first, PyObject *const wanted[4]) {
    if (kind->tp_getattro != PyObject_GenericGetAttr) return 0;
    PyObject *names[] = {first, s_forward, s_flow, s_call};
    for (int i = 0; i < 4; i++)
        if (_PyType_Lookup(kind, names[i]) != wanted[i]) return 0;
    return 1;
}

/* Whether the call of such a neuron is all in `fire`, and its attributes are what its dict says. */
static int are_usual(Neurons *neurons, PyTypeObject *kind) {
    if (neurons->kind == kind) return 1;
    if (!has_methods(kind, s_fire, usual)) return 0;
    PyObject *attributes[] = {s_w, s_b, s_fused, s_activation};
    for (int i = 0; i < 4; i++) {
        PyObject *found = neurons->of_class[i] = _PyType_Lookup(kind, attributes[i]);
        if (found && (Py_TYPE(found)->tp_descr_get || Py_TYPE(found)->tp_descr_set)) return 0;
    }
    neurons->kind = kind;
    return 1;
}

static inline PyObject *attribute(PyObject *dict, PyObject *name, PyObject *of_class) {
    PyObject *found = PyDict_GetItemWithError(dict, name);
    return Py_XNewRef(found || PyErr_Occurred() ? found : of_class);
}

/* The result of a usual neuron; NULL, perhaps without an error, if it is Python that has to say it. */
static PyObject *fired(Neurons *neurons, PyObject *neuron, PyObject *x) {
    PyObject *dict = PyObject_GenericGetDict(neuron, NULL);
    if (!dict || PyDict_GetItemWithError(dict, s_fire) || PyErr_Occurred()) {
        Py_XDECREF(dict);
        return NULL;
    }
    PyObject *w = attribute(dict, s_w, neurons->of_class[0]), *b = attribute(dict, s_b, neurons->of_class[1]);
    PyObject *one_node = attribute(dict, s_fused, neurons->of_class[2]), *z = NULL, *out = NULL;
    PyObject *activation = attribute(dict, s_activation, neurons->of_class[3]);
    Py_DECREF(dict);
    if (w && b && one_node && activation && PyList_CheckExact(w) && PyList_CheckExact(x) &&
        PyList_GET_SIZE(w) == PyList_GET_SIZE(x)) {
        if (one_node == Py_False) z = chained(w, x, b);
        else if (one_node == Py_True && b != Py_None) z = fused(w, x, b);
    }
    if (z) out = activated(activation, z);
    Py_XDECREF(z);
    Py_XDECREF(activation);
    Py_XDECREF(one_node);
    Py_XDECREF(b);
    Py_XDECREF(w);
    return out;
}

/* ---- layers */

static int all_usual(Neurons *neurons, PyObject *list) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        if (!are_usual(neurons, Py_TYPE(PyList_GET_ITEM(list, i)))) return 0;
    return 1;
}

/* The result of each neuron, which remembers its call, and that of its layer. */
static PyObject *run_layer(Neurons *neurons, PyObject *list, PyObject *x, PyObject *call) {
    PyObject *outs = PyList_New(0);
    for (Py_ssize_t i = 0; outs && i < PyList_GET_SIZE(list); i++) {
        PyObject *neuron = Py_NewRef(PyList_GET_ITEM(list, i));
        PyObject *out = are_usual(neurons, Py_TYPE(neuron)) ? fired(neurons, neuron, x) : NULL;
        if (!out && !PyErr_Occurred()) out = PyObject_CallMethodOneArg(neuron, s_fire, x);
        int right = out && (!IS_NODE(out) || !N(out)->op || remember(N(out), neuron, call));
        right = right && PyList_Append(outs, out) == 0;
        Py_XDECREF(out);
        Py_DECREF(neuron);
        if (!right) Py_CLEAR(outs);
    }
    return outs;
}

/* layer(neurons, x, call): None where one of the neurons is not usual, or somebody watches. */
static PyObject *layer(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 3 || !PyTuple_CheckExact(args[2]) || PyTuple_GET_SIZE(args[2]) != 2)
        return PyErr_Format(PyExc_TypeError, "layer takes neurons, inputs and a call");
    Neurons neurons = {0};
    if (!PyList_CheckExact(args[0]) || is_watched() || !all_usual(&neurons, args[0])) Py_RETURN_NONE;
    return run_layer(&neurons, args[0], args[1], args[2]);
}

/* The neurons of a layer that is called as layers are; NULL of any other module. */
static PyObject *neurons_of(PyObject *layer) {
    PyTypeObject *kind = Py_TYPE(layer);
    if (!has_methods(kind, s_run, usual_of_layers) || _PyType_Lookup(kind, s_neurons)) return NULL;
    PyObject *dict = PyObject_GenericGetDict(layer, NULL), *list = NULL;
    if (dict && !PyDict_GetItemWithError(dict, s_flow) && !PyDict_GetItemWithError(dict, s_run))
        list = PyDict_GetItemWithError(dict, s_neurons);
    list = list && PyList_CheckExact(list) ? Py_NewRef(list) : NULL;
    Py_XDECREF(dict);
    PyErr_Clear();
    return list;
}

/* layers(modules, x): what modules in a row make of x; None unless all are layers whose neurons are usual. */
static PyObject *layers(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 2) return PyErr_Format(PyExc_TypeError, "layers takes modules and inputs");
    PyObject *list = args[0];
    Neurons neurons = {0};
    if (!PyList_CheckExact(list) || is_watched()) Py_RETURN_NONE;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *own = neurons_of(PyList_GET_ITEM(list, i));
        int right = own && all_usual(&neurons, own);
        Py_XDECREF(own);
        if (!right) Py_RETURN_NONE;
    }
    PyObject *x = Py_NewRef(args[1]);
    for (Py_ssize_t i = 0; x && i < PyList_GET_SIZE(list); i++) {
        PyObject *one = Py_NewRef(PyList_GET_ITEM(list, i)), *own = neurons_of(one);
        PyObject *call = own ? PyTuple_Pack(2, one, x) : NULL, *outs = NULL;
        if (call) outs = run_layer(&neurons, own, x, call);
        else if (!PyErr_Occurred()) outs = PyObject_CallMethodOneArg(one, s_flow, x); /* it has just been changed */
        Py_XDECREF(call);
        Py_XDECREF(own);
        Py_DECREF(one);
        Py_DECREF(x);
        x = outs;
    }
    return x;
}
