/* The methods of a graph, as Python calls them: those of `Expressions`. */

/* ---- arguments */

static int takes(const char *name, Py_ssize_t n, Py_ssize_t wanted) {
    if (n == wanted) return 1;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments, got %zd", name, wanted, n);
    return 0;
}

static int read_node(const Graph *g, PyObject *x, uint32_t *out) {
    unsigned long i = PyLong_AsUnsignedLong(x);
    if (i == (unsigned long)-1 && PyErr_Occurred()) return 0;
    if (i >= COUNT(g)) {
        PyErr_Format(PyExc_IndexError, "there is no node %lu", i);
        return 0;
    }
    return *out = (uint32_t)i, 1;
}

static int read_nodes(const Graph *g, PyObject *const *args, Py_ssize_t n, Ints *out) {
    if (!ROOM(out, n + 1)) return 0;
    for (Py_ssize_t k = 0; k < n; k++) {
        uint32_t i;
        if (!read_node(g, args[k], &i)) return 0;
        PUT(out, i);
    }
    return 1;
}

static PyObject *shown_node(Index i) { return i < 0 ? NULL : PyLong_FromLongLong(i); }

/* ---- new nodes */

static PyObject *graph_constant(Graph *g, PyObject *x) {
    double number = PyFloat_AsDouble(x);
    return PyErr_Occurred() ? NULL : shown_node(find_constant(g, number));
}

/* A node of a kind, by a function that gets its operands. */
static PyObject *by_kind(Graph *g, const char *name, PyObject *const *args, Py_ssize_t n,
                         Index (*function)(Graph *, int, const uint32_t *, Py_ssize_t)) {
    if (!n || !PyUnicode_Check(args[0])) {
        PyErr_Format(PyExc_TypeError, "%s takes a kind and operands", name);
        return NULL;
    }
    Ints operands = {0};
    int kind = kind_named(g->state, args[0]), right = kind >= 0 && read_nodes(g, args + 1, n - 1, &operands);
    PyObject *out = right ? shown_node(function(g, kind, operands.at, operands.n)) : NULL;
    DROP(&operands);
    return out;
}

static Index named_node(Graph *g, int kind, const uint32_t *operands, Py_ssize_t n) {
    if (may_have(kind, n)) return find_node(g, kind, operands, n);
    PyErr_Format(PyExc_TypeError, "no %U is made of %zd operands", PyList_GET_ITEM(g->state->names, kind), n);
    return -1;
}

static PyObject *graph_make(Graph *g, PyObject *const *args, Py_ssize_t n) { return by_kind(g, "make", args, n, make); }
static PyObject *graph_node(Graph *g, PyObject *const *args, Py_ssize_t n) {
    return by_kind(g, "node", args, n, named_node);
}

#define OF_TWO(name, expression)                                                                                       \
    static PyObject *graph_##name(Graph *g, PyObject *const *args, Py_ssize_t n) {                                     \
        uint32_t a, b;                                                                                                 \
        if (!takes(#name, n, 2) || !read_node(g, args[0], &a) || !read_node(g, args[1], &b)) return NULL;              \
        return shown_node(expression);                                                                                 \
    }
OF_TWO(add, combine(g, ADD, a, b))
OF_TWO(mul, combine(g, MUL, a, b))
OF_TWO(sub, subtract(g, a, b))
OF_TWO(div, divide(g, a, b))
OF_TWO(pow, raise_to(g, a, b))
#undef OF_TWO

static PyObject *graph_negative(Graph *g, PyObject *x) {
    uint32_t a;
    return read_node(g, x, &a) ? shown_node(negative(g, a)) : NULL;
}

static PyObject *graph_choose(Graph *g, PyObject *const *args, Py_ssize_t n) {
    uint32_t p[3];
    if (!takes("choose", n, 3)) return NULL;
    for (int k = 0; k < 3; k++)
        if (!read_node(g, args[k], p + k)) return NULL;
    return shown_node(choose(g, p[0], p[1], p[2]));
}

static PyObject *graph_pick(Graph *g, PyObject *const *args, Py_ssize_t n) {
    if (!takes("pick", n, 2)) return NULL;
    Ints operands = {0};
    PyObject *values = PySequence_Fast(args[1], "pick takes a sequence of nodes"), *out = NULL;
    if (values && read_nodes(g, args, 1, &operands) &&
        read_nodes(g, PySequence_Fast_ITEMS(values), PySequence_Fast_GET_SIZE(values), &operands))
        out = shown_node(pick(g, operands.at, operands.n));
    Py_XDECREF(values);
    DROP(&operands);
    return out;
}

static PyObject *graph_store(Graph *g, PyObject *const *args, Py_ssize_t n) {
    uint32_t i;
    if (!takes("store", n, 3) || !read_node(g, args[0], &i)) return NULL;
    PyObject *pairs = PySequence_Fast(args[1], "partials are pairs");
    int gate = PyObject_IsTrue(args[2]), right = pairs && gate >= 0;
    Ints nodes = {0};
    for (Py_ssize_t k = 0; right && k < PySequence_Fast_GET_SIZE(pairs); k++) {
        PyObject *pair = PySequence_Fast(PySequence_Fast_GET_ITEM(pairs, k), "partials are pairs");
        right = pair && takes("a partial", PySequence_Fast_GET_SIZE(pair), 2) &&
                read_nodes(g, PySequence_Fast_ITEMS(pair), 2, &nodes);
        Py_XDECREF(pair);
    }
    right = right && store(g, i, nodes.at, nodes.n / 2);
    if (right) g->is_gate.at[i] = (uint8_t)gate;
    Py_XDECREF(pairs);
    DROP(&nodes);
    if (!right) return NULL;
    Py_RETURN_NONE;
}

/* ---- what is there */

static Py_ssize_t graph_length(PyObject *self) { return ((Graph *)self)->kind.n; }

static PyObject *graph_number(Graph *g, PyObject *x) {
    uint32_t i;
    if (!read_node(g, x, &i)) return NULL;
    if (!is_known(g, i)) Py_RETURN_NONE;
    return PyFloat_FromDouble(number_of(g, i));
}

/* (kind, operand, …), as in `Expressions.nodes` */
static PyObject *graph_node_at(Graph *g, PyObject *x) {
    uint32_t i;
    if (!read_node(g, x, &i)) return NULL;
    PyObject *node = PyTuple_New(1 + count_of(g, i));
    if (!node) return NULL;
    PyTuple_SET_ITEM(node, 0, Py_NewRef(PyList_GET_ITEM(g->state->names, g->kind.at[i])));
    for (Py_ssize_t k = 0; k < count_of(g, i); k++) {
        PyObject *part = is_known(g, i) ? PyFloat_FromDouble(number_of(g, i))
                                        : PyLong_FromUnsignedLong(operands_of(g, i)[k]);
        if (!part) {
            Py_DECREF(node);
            return NULL;
        }
        PyTuple_SET_ITEM(node, k + 1, part);
    }
    return node;
}

/* Pairs, as in `Expressions.partials`; None for a node without partials. */
static PyObject *graph_partials_at(Graph *g, PyObject *x) {
    uint32_t i;
    if (!read_node(g, x, &i)) return NULL;
    if (!g->partials_at.at[i]) Py_RETURN_NONE;
    PyObject *all = PyTuple_New(partial_count(g, i));
    for (Py_ssize_t k = 0; all && k < partial_count(g, i); k++) {
        const uint32_t *pair = partials_of(g, i) + 2 * k;
        PyObject *shown = Py_BuildValue("(kk)", (unsigned long)pair[0], (unsigned long)pair[1]);
        if (shown) PyTuple_SET_ITEM(all, k, shown);
        else Py_CLEAR(all);
    }
    return all;
}

static PyObject *graph_is_gate(Graph *g, PyObject *x) {
    uint32_t i;
    return read_node(g, x, &i) ? PyBool_FromLong(g->is_gate.at[i]) : NULL;
}

static PyObject *graph_has_partials(Graph *g, PyObject *x) {
    uint32_t i;
    return read_node(g, x, &i) ? PyBool_FromLong(g->partials_at.at[i] != 0) : NULL;
}

/* The nodes of these kinds. */
static PyObject *graph_of_kinds(Graph *g, PyObject *names) {
    Ints kinds = {0}, found = {0};
    int right = read_kinds(g->state, names, &kinds);
    for (uint32_t i = 0; right && i < COUNT(g); i++)
        for (Py_ssize_t k = 0; right && k < kinds.n; k++)
            if (g->kind.at[i] == kinds.at[k]) right = PUSH(&found, i);
    PyObject *out = right ? to_array(g->state->array, "I", found.at, found.n * sizeof(uint32_t)) : NULL;
    DROP(&kinds);
    DROP(&found);
    return out;
}
