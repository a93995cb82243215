/* Places in an array, over all steps of some loops: together.py. */

#define MISSING UINT32_MAX /* such a place may be any */

typedef struct {
    Ints size, k; /* of each loop, and the step that it is at */
    int64_t *step; /* by how much a step moves the place */
    uint64_t count;
} Loops;

static void drop_loops(Loops *l) {
    DROP(&l->size);
    DROP(&l->k);
    PyMem_Free(l->step);
}

/* Loops of so many steps in all; 0 and an exception for others. */
static int read_loops(PyObject *steps, PyObject *sizes, uint64_t count, Loops *l) {
    if (!read_ints(sizes, &l->size, UINT32_MAX) || !ROOM(&l->k, l->size.n)) return 0;
    PyObject *listed = PySequence_Tuple(steps); /* of our own: what is asked for its number might change another */
    int right = listed && (l->step = zeros(l->size.n, sizeof *l->step));
    l->count = 1;
    if (right && PyTuple_GET_SIZE(listed) != l->size.n)
        right = (PyErr_SetString(PyExc_ValueError, "there is a step for each loop"), 0);
    for (Py_ssize_t d = 0; right && d < l->size.n; d++) {
        long long step = PyLong_AsLongLong(PyTuple_GET_ITEM(listed, d));
        right = !(step == -1 && PyErr_Occurred());
        if (right && (step > UINT32_MAX || step < -(long long)UINT32_MAX || !l->size.at[d] || l->size.at[d] > count / l->count))
            right = (PyErr_SetString(PyExc_ValueError, "no such places are so many"), 0);
        if (right) l->step[d] = step, l->count *= l->size.at[d], PUT(&l->k, 0);
    }
    Py_XDECREF(listed);
    if (right && l->count != count) right = (PyErr_SetString(PyExc_ValueError, "there is a place for each step"), 0);
    return right;
}

/* Whether the places are those that the loops lead to, from the first one on. */
static int are_even(const uint32_t *at, Loops *l, int64_t first) {
    uint64_t place = (uint64_t)first;
    for (uint64_t i = 0; i < l->count; i++) {
        if (at[i] != place && at[i] != MISSING) return 0;
        for (Py_ssize_t d = l->size.n - 1; d >= 0; d--) {
            place += (uint64_t)l->step[d];
            if (++l->k.at[d] < l->size.at[d]) break;
            place -= (uint64_t)l->step[d] * l->size.at[d];
            l->k.at[d] = 0;
        }
    }
    return 1;
}

/* lie_evenly(places, first, steps, sizes) */
static PyObject *lie_evenly(PyObject *const *args) {
    Py_buffer places;
    Loops l = {0};
    long long first = PyLong_AsLongLong(args[1]);
    if ((first == -1 && PyErr_Occurred()) || !read_array(args[0], &places, 'I')) return NULL;
    int right = read_loops(args[2], args[3], places.len / sizeof(uint32_t), &l);
    int found = right && are_even(places.buf, &l, first);
    drop_loops(&l);
    PyBuffer_Release(&places);
    return right ? PyBool_FromLong(found) : NULL;
}

/* coordinates(places, inner, size): the index of each place along an axis of that size, with so many numbers inside of a
   step. */
static PyObject *coordinates(PyObject *array_type, PyObject *const *args) {
    Py_buffer places;
    Ints sizes = {0}, found = {0};
    PyObject *pair = PyTuple_Pack(2, args[1], args[2]), *out = NULL;
    int right = pair && read_ints(pair, &sizes, UINT32_MAX);
    Py_XDECREF(pair);
    if (right && read_array(args[0], &places, 'I')) {
        const uint32_t *at = places.buf;
        size_t n = places.len / sizeof *at;
        uint32_t inner = sizes.at[0], size = sizes.at[1];
        if (!inner || !size) PyErr_SetString(PyExc_ValueError, "an axis has steps");
        else if (ROOM(&found, n)) {
            for (size_t k = 0; k < n; k++) PUT(&found, at[k] == MISSING ? MISSING : at[k] / inner % size);
            out = to_array(array_type, "I", found.at, n * sizeof *at);
        }
        PyBuffer_Release(&places);
    }
    DROP(&sizes);
    DROP(&found);
    return out;
}
