/* The same graph with other nodes in some places: what `replace` does in Python. */

/* The nodes to come, by their places: kinds, and operands that end somewhere. */
typedef struct {
    Ints place, end, operand;
    Shorts kind;
} Others;

static void drop_others(Others *o) {
    DROP(&o->place);
    DROP(&o->end);
    DROP(&o->operand);
    DROP(&o->kind);
}

/* Read a node (kind, operand, …) for the place i: its operands stand before it. */
static int read_other(const Graph *g, PyObject *place, PyObject *node, Others *o) {
    uint32_t i;
    if (!read_node(g, place, &i)) return 0;
    if (!PyTuple_Check(node) || !PyTuple_GET_SIZE(node) || !PyUnicode_Check(PyTuple_GET_ITEM(node, 0)))
        return PyErr_SetString(PyExc_TypeError, "a node is a tuple: its kind and its operands"), 0;
    int kind = kind_named(g->state, PyTuple_GET_ITEM(node, 0));
    if (kind < 0 || !read_nodes(g, PySequence_Fast_ITEMS(node) + 1, PyTuple_GET_SIZE(node) - 1, &o->operand)) return 0;
    uint32_t begin = o->end.n ? o->end.at[o->end.n - 1] : 0;
    int is_right = may_have(kind, PyTuple_GET_SIZE(node) - 1) && !is_known(g, i) && g->kind.at[i] != INPUT;
    for (uint32_t k = begin; is_right && k < o->operand.n; k++) is_right = o->operand.at[k] < i;
    is_right = is_right && (!o->place.n || o->place.at[o->place.n - 1] < i);
    if (!is_right) return PyErr_Format(PyExc_ValueError, "no such node can stand at %lu", (unsigned long)i), 0;
    return PUSH(&o->place, i) && PUSH(&o->end, (uint32_t)o->operand.n) && PUSH(&o->kind, (uint16_t)kind);
}

static int put_nodes(const Graph *g, Graph *made, const Others *o) {
    uint32_t count = COUNT(g), next = 0;
    if (!make_room_for(made, count, g->operand.n + o->operand.n) || !ROOM(&made->number, g->number.n)) return 0;
    for (uint32_t i = 1; i < count; i++) {
        const uint32_t *p = operands_of(g, i);
        Py_ssize_t n = count_of(g, i);
        int kind = g->kind.at[i];
        uint32_t place = (uint32_t)made->number.n;
        if (kind == CONSTANT) {
            PUT(&made->number, number_of(g, i));
            p = &place;
        }
        if (next < o->place.n && o->place.at[next] == i) {
            uint32_t begin = next ? o->end.at[next - 1] : 0;
            kind = o->kind.at[next], p = o->operand.at + begin, n = o->end.at[next] - begin;
            next++;
        }
        put_node(made, kind, p, n);
    }
    PyMem_Free(made->slot);
    made->slot = NULL, made->slots = made->used = 0;
    return 1;
}

/* replace(graph, made, places, nodes): put the nodes of the graph into `made`, those at the places replaced. */
static PyObject *replace(const Graph *g, Graph *made, PyObject *places, PyObject *nodes) {
    Others o = {0};
    PyObject *at = PySequence_Fast(places, "expected places"), *list = at ? PySequence_Fast(nodes, "expected nodes") : NULL;
    int right = list != NULL;
    if (right && PySequence_Fast_GET_SIZE(at) != PySequence_Fast_GET_SIZE(list))
        right = (PyErr_SetString(PyExc_ValueError, "there are as many places as nodes"), 0);
    for (Py_ssize_t k = 0; right && k < PySequence_Fast_GET_SIZE(at); k++)
        right = read_other(g, PySequence_Fast_GET_ITEM(at, k), PySequence_Fast_GET_ITEM(list, k), &o);
    right = right && put_nodes(g, made, &o);
    Py_XDECREF(at);
    Py_XDECREF(list);
    drop_others(&o);
    if (!right) return NULL;
    Py_RETURN_NONE;
}
