/* Derivatives that a tape takes: what `gradients.Taken` and `gradients.Gradients` do in Python. */

/* The node at a position of the tape, where an operation has made node i. */
static Index settle(Taken *t, Py_ssize_t position, Index i) {
    Graph *g = t->graph;
    for (int again = 0; i >= 0; again = 1) {
        while (t->value.n <= i)
            if (!PUSH(&t->value, 0)) return -1;
        t->value.at[i] = 1;
        if (again || !t->target[position]) break;
        uint32_t x = (uint32_t)i;
        i = node_2(g, VARIABLE, x, (uint32_t)position);
        if (i < 0 || !store_one(g, (uint32_t)i, x, ONE, 0)) return -1;
    }
    return i;
}

static Gradients *by_targets(Taken *t, const uint32_t *targets, Py_ssize_t n) {
    for (Py_ssize_t k = t->by.n - 1; k >= 0; k--) {
        Gradients *by = &t->by.at[k];
        if (by->target.n == n && !memcmp(by->target.at, targets, n * sizeof *targets)) return by;
    }
    if (!PUSH(&t->by, (Gradients){0})) return NULL;
    Gradients *by = &t->by.at[t->by.n - 1];
    if (!ROOM(&by->target, n)) return NULL;
    by->first = UINT32_MAX;
    for (Py_ssize_t k = 0; k < n; k++) {
        PUT(&by->target, targets[k]);
        if (targets[k] < by->first) by->first = targets[k];
    }
    by->known = by->first;
    return by;
}

/* The derivative of the first operand by the others, at a position of the tape. */
static int take_derivative(Taken *t, Py_ssize_t position, const uint32_t *p, Py_ssize_t n, int plain) {
    Graph *g = t->graph;
    if (n < 2) return PyErr_SetString(PyExc_ValueError, "the tape is broken: a gradient by nothing"), 0;
    uint32_t root = p[0], last = p[1];
    for (Py_ssize_t k = 2; k < n; k++) last = p[k] > last ? p[k] : last;
    Gradients *by = by_targets(t, p + 1, n - 1);
    if (!by || !look(g, by, last) || !look(g, by, root)) return 0;
    Index missing = find_constant(g, 0);
    t->found.n = t->term.n = 0;
    if (missing < 0 || !sweep_from(t, &t->sweep, by, root, 0, plain, &t->found)) return 0;
    Ints *found = &t->found;
    for (Py_ssize_t k = 1; plain && k < found->n; k += 2) {
        Index sum = combine(g, ADD, (uint32_t)missing, found->at[k]);
        if (sum < 0) return 0;
        found->at[k] = (uint32_t)sum;
    }
    t->at[position] = (uint32_t)t->number.n;
    if (!ROOM(&t->number, n - 1)) return 0;
    for (Py_ssize_t k = 0; k < n - 1; k++) {
        Py_ssize_t low = 0, high = found->n / 2; /* the last node stands first */
        while (low < high) {
            Py_ssize_t middle = (low + high) / 2;
            if (found->at[2 * middle] > by->target.at[k]) low = middle + 1;
            else high = middle;
        }
        int there = low < found->n / 2 && found->at[2 * low] == by->target.at[k];
        PUT(&t->number, there ? found->at[2 * low + 1] : (uint32_t)missing);
    }
    return 1;
}
