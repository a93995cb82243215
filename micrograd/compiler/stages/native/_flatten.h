/* The rows that the outputs need, as the arrays of `Rows`: what `flatten` does in Python. */

typedef struct {
    Doubles constants;
    Bytes kinds;
    Ints ends, left, right, adjoint_of, outputs;
    PyObject *table; /* the names of the kinds */
} Arrays;

static void drop_arrays(Arrays *a) {
    DROP(&a->constants);
    DROP(&a->kinds);
    DROP(&a->ends);
    DROP(&a->left);
    DROP(&a->right);
    DROP(&a->adjoint_of);
    DROP(&a->outputs);
    Py_CLEAR(a->table);
}

/* For each row whether one of the outputs needs it. */
static uint8_t *find_used(const Sums *s, const Ints *outputs) {
    uint8_t *wanted = zeros(s->list.n, 1);
    for (Py_ssize_t k = 0; wanted && k < outputs->n; k++) wanted[outputs->at[k]] = 1;
    for (Py_ssize_t i = s->list.n - 1; wanted && i >= 0; i--) {
        if (!wanted[i]) continue;
        uint32_t place = s->list.at[i].first;
        for (uint32_t k = s->list.at[i].count; k > 0; k--, place = s->term.at[place].next)
            wanted[s->term.at[place].left] = wanted[s->term.at[place].right] = 1;
    }
    return wanted;
}

/* The place of a kind in the table, where it is entered if need be; −1 and an exception if there is none. */
static int code_of(State *state, Arrays *a, int kind, Ints *codes) {
    while (codes->n <= kind)
        if (!PUSH(codes, NONE)) return -1;
    if (codes->at[kind] != NONE) return (int)codes->at[kind];
    PyObject *name = PyList_GET_ITEM(state->names, kind);
    Py_ssize_t place = PySequence_Contains(a->table, name);
    if (place < 0) return -1;
    place = place ? PySequence_Index(a->table, name) : PyList_GET_SIZE(a->table);
    if (place == PyList_GET_SIZE(a->table) && PyList_Append(a->table, name) < 0) return -1;
    if (place > UINT8_MAX) {
        PyErr_SetString(PyExc_ValueError, "rows have at most 256 kinds");
        return -1;
    }
    return (int)(codes->at[kind] = (uint32_t)place);
}

/* Add the terms of a row, at their new places. */
static int add_row(const Sums *s, Arrays *a, uint32_t i, const uint32_t *place, int code) {
    List list = s->list.at[i];
    if (!ROOM(&a->left, list.count) || !ROOM(&a->right, list.count)) return 0;
    uint32_t at = list.first, base = s->adjoint_of.at[i];
    for (uint32_t k = list.count; k > 0; k--, at = s->term.at[at].next) {
        PUT(&a->left, place[s->term.at[at].left]);
        PUT(&a->right, place[s->term.at[at].right]);
    }
    base = base == NONE || place[base] == NONE ? i : base;
    return PUSH(&a->kinds, (uint8_t)code) && PUSH(&a->ends, (uint32_t)a->left.n) && PUSH(&a->adjoint_of, place[base]);
}

/* In place of a `stop` stands its operand. */
static int fill_arrays(Sums *s, Arrays *a, uint32_t inputs, const Ints *outputs) {
    const Graph *g = s->graph;
    uint32_t rows = (uint32_t)s->list.n, next = 1 + inputs;
    uint8_t *wanted = find_used(s, outputs);
    uint32_t *place = zeros(rows, sizeof *place);
    Ints codes = {0};
    int right = wanted && place;
    for (uint32_t i = 0; right && i < rows; i++) {
        place[i] = i <= inputs ? i : NONE;
        if (i == ONE || !wanted[i] || !is_known(g, i)) continue;
        place[i] = next++;
        right = PUSH(&a->constants, number_of(g, i));
    }
    for (uint32_t i = 1; right && i < rows; i++) {
        int kind = g->kind.at[i];
        if (!wanted[i] || kind == CONSTANT || kind == INPUT) continue;
        place[i] = kind == STOP ? place[s->term.at[s->list.at[i].first].left] : next++;
    }
    for (uint32_t i = 1; right && i < rows; i++) {
        int kind = g->kind.at[i];
        if (!wanted[i] || kind == CONSTANT || kind == INPUT || kind == STOP) continue;
        int code = code_of(g->state, a, IS_SUMMED(kind) ? SUM : kind, &codes);
        right = code >= 0 && add_row(s, a, i, place, code);
    }
    right = right && ROOM(&a->outputs, outputs->n);
    for (Py_ssize_t k = 0; right && k < outputs->n; k++) PUT(&a->outputs, place[outputs->at[k]]);
    DROP(&codes);
    PyMem_Free(wanted);
    PyMem_Free(place);
    return right;
}

/* (constants, table, kinds, ends, left, right, adjoint_of, outputs) */
static PyObject *shown_arrays(PyObject *array, const Arrays *a) {
    const Ints *ints[] = {&a->ends, &a->left, &a->right, &a->adjoint_of, &a->outputs};
    PyObject *out = PyTuple_New(8);
    int right = out && set_item(out, 0, to_array(array, "d", a->constants.at, a->constants.n * sizeof(double))) &&
                set_item(out, 1, PyList_AsTuple(a->table)) &&
                set_item(out, 2, PyBytes_FromStringAndSize((char *)a->kinds.at, a->kinds.n));
    for (int k = 0; right && k < 5; k++)
        right = set_item(out, 3 + k, to_array(array, "I", ints[k]->at, ints[k]->n * sizeof(uint32_t)));
    if (!right) Py_CLEAR(out);
    return out;
}
