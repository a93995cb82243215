/* The agenda of the rows that are put together: matrices/agenda.py. */

/* ---- in which order */

typedef struct {
    uint32_t *left, *ready, *head, *tail, *next; /* by looks: rows to come, those that are ready; the next ready row */
    int64_t *deep;
    uint32_t *active, actives; /* the looks that have rows ready */
} Queue;

static void make_row_ready(const Survey *s, Queue *q, uint32_t i) {
    uint32_t l = s->look_of[s->near[i]];
    if (!q->ready[l]++) q->head[l] = i, q->active[q->actives++] = l;
    else q->next[q->tail[l]] = i;
    q->tail[l] = i;
}

static int precedes(const Survey *s, const Queue *q, uint32_t a, uint32_t b) {
    int x = s->flags[a] & BACKWARD, y = s->flags[b] & BACKWARD;
    if (x != y) return x < y;
    int waits = q->ready[a] < q->left[a], others = q->ready[b] < q->left[b];
    x = waits && !(s->flags[a] & RECURRENT), y = others && !(s->flags[b] & RECURRENT);
    if (x != y) return x < y;
    if (waits != others) return waits < others;
    double deep = (double)q->deep[a] / (double)q->left[a], other = (double)q->deep[b] / (double)q->left[b];
    return deep != other ? deep < other : s->row[q->head[a]] < s->row[q->head[b]];
}


static int compare_numbers(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The rows of these groups are ready, in the order of their places. */
static void free_groups(Survey *s, Queue *q, const uint32_t *groups, size_t n, uint32_t *rows) {
    size_t count = 0;
    for (size_t k = 0; k < n; k++)
        for (uint32_t m = s->members_at[groups[k]]; m < s->members_at[groups[k] + 1]; m++) rows[count++] = s->members[m];
    if (n > 1) qsort(rows, count, sizeof *rows, compare_numbers);
    for (size_t k = 0; k < count; k++) make_row_ready(s, q, rows[k]);
}

static void find_batches(Survey *s) {
    uint32_t rows = s->o.rows, looks = (uint32_t)s->looks, *begins, *users, *waits, *free, *freed;
    Queue q = {.next = TAKE(&s->now, uint32_t, rows), .deep = TAKE(&s->now, int64_t, looks)};
    q.left = TAKE(&s->now, uint32_t, looks), q.ready = TAKE(&s->now, uint32_t, looks);
    q.head = TAKE(&s->now, uint32_t, looks), q.tail = TAKE(&s->now, uint32_t, looks);
    q.active = TAKE(&s->now, uint32_t, looks);
    waits = TAKE(&s->now, uint32_t, s->groups), free = TAKE(&s->now, uint32_t, s->groups);
    freed = TAKE(&s->now, uint32_t, rows);
    users = sort_by(&s->now, s->own, s->owned, rows, &begins); /* places in `own`; then their groups */
    for (uint32_t g = 0, k = 0; g < s->groups; g++) {
        waits[g] = s->own_at[g + 1] - s->own_at[g];
        for (; k < s->own_at[g + 1]; k++) s->own[k] = g;
    }
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t l = s->look_of[s->near[i]];
        q.left[l]++, q.deep[l] += s->depth[i];
    }
    for (uint32_t g = 0; g < s->groups; g++)
        if (!waits[g]) free_groups(s, &q, &g, 1, freed);
    while (q.actives) {
        uint32_t best = 0;
        for (uint32_t k = 1; k < q.actives; k++)
            if (precedes(s, &q, q.active[k], q.active[best])) best = k;
        uint32_t l = q.active[best], n = q.ready[l], i = q.head[l], from = (uint32_t)s->order.n;
        q.active[best] = q.active[--q.actives];
        q.ready[l] = 0, q.left[l] -= n;
        for (; n; n--, i = q.next[i]) PUT(&s->order, i), q.deep[l] -= s->depth[i];
        PUT(&s->ends, (uint32_t)s->order.n);
        for (uint32_t k = from; k < s->order.n; k++) {
            size_t count = 0;
            i = s->order.at[k];
            for (uint32_t u = begins[i]; u < begins[i + 1]; u++)
                if (!--waits[s->own[users[u]]]) free[count++] = s->own[users[u]];
            free_groups(s, &q, free, count, freed);
        }
    }
    for (Py_ssize_t k = 0; k < s->order.n; k++) s->order.at[k] = s->row[s->order.at[k]];
}

/* ---- all of it */

/* Ask which looks from close each of those from afar has, and what is known of each. */
static int ask(Survey *s, PyObject *array_type, Py_buffer *told) {
    Ints pairs = {0};
    if (!ROOM(&pairs, 2 * s->edged)) return 0;
    for (size_t k = 0; k < s->edged; k++)
        PUT(&pairs, (uint32_t)(s->edges[k] >> 32)), PUT(&pairs, (uint32_t)s->edges[k]);
    PyObject *first = to_array(array_type, "I", s->first, s->nears * sizeof *s->first);
    PyObject *read = first ? to_array(array_type, "I", pairs.at, pairs.n * sizeof *pairs.at) : NULL;
    PyObject *found = read ? PyObject_CallFunctionObjArgs(s->judge, first, read, s->shown, NULL) : NULL;
    DROP(&pairs);
    Py_XDECREF(first);
    Py_XDECREF(read);
    if (!found) return 0;
    int right = PyTuple_Check(found) && PyTuple_GET_SIZE(found) == 2;
    if (!right) PyErr_SetString(PyExc_TypeError, "expected the looks, and what is known of each");
    right = right && open_views(PySequence_Fast_ITEMS(found), "IB", told);
    Py_DECREF(found);
    if (!right) return 0;
    s->look_of = told[0].buf, s->flags = told[1].buf, s->looks = told[1].len;
    right = told[0].len == (Py_ssize_t)(s->nears * sizeof *s->look_of);
    for (uint32_t k = 0; right && k < s->nears; k++) right = s->look_of[k] < s->looks;
    if (right) return 1;
    PyErr_SetString(PyExc_ValueError, "each look from afar has one from close");
    return close_views(told, 2), 0;
}

static int order_rows(Survey *s) {
    jmp_buf no_memory;
    s->now.no_memory = &no_memory;
    if (setjmp(no_memory)) return PyErr_NoMemory(), 0;
    find_batches(s);
    return 1;
}

/* find_batches(place, kinds, ends, left, right, rows, known, results, judge): the rows in the order of the agenda, where
   each batch ends, and for each row, as they come, whether it is one of the forward pass. `judge` gets a row of each look
   from afar by its place, which of these read which, in pairs, and whether rows are of the forward pass. */
static PyObject *batches_of(PyObject *array_type, PyObject *const *args) {
    Survey s = {.judge = args[8]};
    Py_buffer told[2];
    PyObject *out = NULL;
    if (!open_operands(args, &s.o)) return NULL;
    if (!open_views(args + OPERANDS, "IB", s.views)) return close_operands(&s.o), NULL;
    s.row = s.views[0].buf, s.known = s.views[1].buf;
    if (s.views[0].len != s.o.rows * (Py_ssize_t)sizeof *s.row || s.views[1].len != (Py_ssize_t)s.o.numbers ||
        !are_in_order(&s.o, s.row))
        PyErr_SetString(PyExc_ValueError, "these rows are in no order");
    else if (find_forward(&s, args[7]) && survey_rows(&s) && ROOM(&s.order, s.o.rows) && ROOM(&s.ends, s.o.rows) &&
             ask(&s, array_type, told)) {
        PyObject *order = NULL, *ends = NULL;
        if (order_rows(&s)) order = to_array(array_type, "I", s.order.at, s.order.n * sizeof *s.order.at);
        if (order) ends = to_array(array_type, "I", s.ends.at, s.ends.n * sizeof *s.ends.at);
        if (ends) out = PyTuple_Pack(3, order, ends, s.shown);
        Py_XDECREF(order);
        Py_XDECREF(ends);
        close_views(told, 2);
    }
    Py_XDECREF(s.shown);
    DROP(&s.order);
    DROP(&s.ends);
    drop_arena(&s.now);
    close_views(s.views, 2);
    close_operands(&s.o);
    return out;
}
