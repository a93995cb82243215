/* The agenda of the rows that are put together: matrices/agenda.py. */

typedef struct {
    Arena now;
    Operands o;
    Py_buffer views[2];
    const uint32_t *row; /* the number of the row at each place */
    const uint8_t *known;
    PyObject *judge, *shown; /* `forward`, as Python sees it */
    uint8_t *forward;        /* whether a result is made from the row */
    /* of each row: the number of its look from afar, its group, and how deep it lies */
    uint32_t *near, *group, *depth;
    uint32_t nears, *first; /* of each look from afar the first row */
    /* groups: rows that read the same rows. Those of group g are members[members_at[g]] up to members_at[g + 1] */
    uint32_t groups, *members_at, *members;
    uint32_t *own_at, *own; /* those that it reads */
    size_t owned, own_room;
    Py_ssize_t looks; /* as `judge` tells */
    const uint32_t *look_of;
    const uint8_t *flags;
    Ints order, ends; /* what is found */
} Survey;

enum { BACKWARD = 1, RECURRENT = 2 };

/* What a look from afar sees of an item: whether a leaf is a known number, or the kind of a row. */
static inline uint32_t sight(const Survey *s, uint32_t number) {
    uint32_t place = s->o.place[number];
    return place < s->o.rows ? 2u + s->o.kinds[place] : !!s->known[number];
}

static int seem_alike(const Survey *s, uint32_t a, uint32_t b) {
    Items x, y;
    if (s->forward[a] != s->forward[b] || s->o.kinds[a] != s->o.kinds[b]) return 0;
    if (!items_at(&s->o, a, &x) || !items_at(&s->o, b, &y) || x.n != y.n) return 0;
    for (uint32_t k = 0; k < x.n; k++)
        if (sight(s, item(&x, k)) != sight(s, item(&y, k))) return 0;
    return 1;
}

/* Number the looks from afar. */
static void look_from_afar(Survey *s) {
    size_t size = power_of_two(2 * (size_t)s->o.rows), room = 0, n = 0;
    uint32_t *table = TAKE(&s->now, uint32_t, size); /* 1 + a row of each */
    for (uint32_t i = 0; i < s->o.rows; i++) {
        Items items;
        items_at(&s->o, i, &items);
        uint64_t hash = mix(s->o.kinds[i], s->forward[i]);
        for (uint32_t k = 0; k < items.n; k++) hash = mix(hash, sight(s, item(&items, k)));
        size_t at = hash & (size - 1);
        while (table[at] && !seem_alike(s, table[at] - 1, i)) at = (at + 1) & (size - 1);
        s->near[i] = table[at] ? s->near[table[at] - 1] : (uint32_t)n;
        if (table[at]) continue;
        table[at] = i + 1;
        GROW(&s->now, s->first, n, room);
        s->first[n++] = i;
    }
    s->nears = (uint32_t)n;
}

/* Put the places of the rows that row i reads at the end of `own`, each once, and mark them; their hash, in any order. */
static uint64_t collect_own(Survey *s, uint32_t i, uint32_t *marks) {
    Items items;
    uint64_t hash = 0;
    items_at(&s->o, i, &items);
    for (uint32_t k = 0; k < items.n; k++) {
        uint32_t p = s->o.place[item(&items, k)];
        if (p >= s->o.rows || marks[p] == i + 1) continue;
        marks[p] = i + 1;
        GROW(&s->now, s->own, s->owned, s->own_room);
        s->own[s->owned++] = p;
        hash += mix(p, 1);
    }
    return hash;
}

/* Whether a group reads the marked rows, as many as these. */
static int reads_marked(const Survey *s, uint32_t g, size_t n, const uint32_t *marks, uint32_t mark) {
    uint32_t begin = s->own_at[g], end = s->own_at[g + 1];
    if (end - begin != n) return 0;
    for (uint32_t k = begin; k < end; k++)
        if (marks[s->own[k]] != mark) return 0;
    return 1;
}

static void group_rows(Survey *s) {
    uint32_t rows = s->o.rows;
    size_t size = power_of_two(2 * (size_t)rows);
    uint32_t *table = TAKE(&s->now, uint32_t, size), *marks = TAKE(&s->now, uint32_t, rows); /* of groups, 1 + each */
    uint32_t *deep = TAKE(&s->now, uint32_t, rows);
    s->own_at = TAKE(&s->now, uint32_t, (size_t)rows + 1);
    for (uint32_t i = 0; i < rows; i++) {
        size_t before = s->owned;
        uint64_t hash = collect_own(s, i, marks);
        size_t at = mix(hash, s->owned - before) & (size - 1);
        while (table[at] && !reads_marked(s, table[at] - 1, s->owned - before, marks, i + 1)) at = (at + 1) & (size - 1);
        if (table[at]) s->owned = before;
        else {
            uint32_t g = s->groups++;
            table[at] = g + 1;
            for (size_t k = before; k < s->owned; k++) lift(&deep[g], s->depth[s->own[k]]);
            deep[g]++;
            s->own_at[g + 1] = (uint32_t)s->owned;
        }
        s->group[i] = table[at] - 1;
        s->depth[i] = deep[s->group[i]];
    }
}

/* Lists by counting: the places of all items in the order of their keys, and where those of each key begin. */
static uint32_t *sort_by(Arena *arena, const uint32_t *keys, size_t n, uint32_t count, uint32_t **begins) {
    uint32_t *at = TAKE(arena, uint32_t, (size_t)count + 2), *sorted = TAKE(arena, uint32_t, n);
    for (size_t k = 0; k < n; k++) at[keys[k] + 2]++;
    for (uint32_t c = 0; c < count; c++) at[c + 2] += at[c + 1];
    for (size_t k = 0; k < n; k++) sorted[at[keys[k] + 1]++] = (uint32_t)k;
    *begins = at;
    return sorted;
}

/* Pairs of looks: one, and another that it reads; each once. */
static uint64_t *find_edges(Survey *s, size_t *count) {
    uint64_t *edges = NULL;
    size_t n = 0, room = 0;
    uint32_t *using = TAKE(&s->now, uint32_t, s->nears), *read = TAKE(&s->now, uint32_t, s->nears);
    for (uint32_t g = 0; g < s->groups; g++)
        for (uint32_t m = s->members_at[g]; m < s->members_at[g + 1]; m++) {
            uint32_t user = s->near[s->members[m]], mark = m + 1;
            if (using[user] == g + 1) continue;
            using[user] = g + 1;
            for (uint32_t k = s->own_at[g]; k < s->own_at[g + 1]; k++) {
                uint32_t other = s->near[s->own[k]];
                if (read[other] == mark) continue;
                read[other] = mark;
                GROW(&s->now, edges, n, room);
                edges[n++] = (uint64_t)user << 32 | other;
            }
        }
    if (n) qsort(edges, n, sizeof *edges, compare_ranks);
    for (size_t k = *count = 0; k < n; k++)
        if (!k || edges[k] != edges[k - 1]) edges[(*count)++] = edges[k];
    return edges;
}

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

/* Whether each row stands at its place, after all rows that it reads. */
static int are_in_order(const Operands *o, const uint32_t *row) {
    for (uint32_t i = 0; i < o->rows; i++) {
        Items items;
        if (row[i] >= o->numbers || o->place[row[i]] != i || !items_at(o, i, &items)) return 0;
        for (uint32_t k = 0; k < items.n; k++) {
            uint32_t p = o->place[item(&items, k)];
            if (p < o->rows && p >= i) return 0;
        }
    }
    return 1;
}

/* Ask which looks from close each of those from afar has, and what is known of each. */
static int ask(Survey *s, PyObject *array_type, Py_buffer *told) {
    size_t count;
    uint64_t *edges = find_edges(s, &count);
    Ints pairs = {0};
    if (!ROOM(&pairs, 2 * count)) return 0;
    for (size_t k = 0; k < count; k++) PUT(&pairs, (uint32_t)(edges[k] >> 32)), PUT(&pairs, (uint32_t)edges[k]);
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

static int survey_rows(Survey *s) {
    jmp_buf no_memory;
    s->now.no_memory = &no_memory;
    if (setjmp(no_memory)) return PyErr_NoMemory(), 0;
    uint32_t rows = s->o.rows;
    s->near = TAKE(&s->now, uint32_t, rows), s->group = TAKE(&s->now, uint32_t, rows);
    s->depth = TAKE(&s->now, uint32_t, rows);
    look_from_afar(s);
    group_rows(s);
    s->members = sort_by(&s->now, s->group, rows, s->groups, &s->members_at);
    return 1;
}

static int order_rows(Survey *s) {
    jmp_buf no_memory;
    s->now.no_memory = &no_memory;
    if (setjmp(no_memory)) return PyErr_NoMemory(), 0;
    find_batches(s);
    return 1;
}

/* Mark the rows that the results are made from, themselves among them. */
static int find_forward(Survey *s, PyObject *results) {
    Ints wanted = {0};
    s->shown = PyBytes_FromStringAndSize(NULL, s->o.rows);
    int right = s->shown && read_ints(results, &wanted, s->o.numbers);
    s->forward = right ? memset(PyBytes_AS_STRING(s->shown), 0, s->o.rows) : NULL;
    for (Py_ssize_t k = 0; right && k < wanted.n; k++) {
        uint32_t place = s->o.place[wanted.at[k]];
        if (place < s->o.rows) s->forward[place] = 1;
    }
    for (uint32_t i = s->o.rows; right && i-- > 0;) {
        Items items;
        if (!s->forward[i] || !items_at(&s->o, i, &items)) continue;
        for (uint32_t k = 0; k < items.n; k++) {
            uint32_t place = s->o.place[item(&items, k)];
            if (place < s->o.rows) s->forward[place] = 1;
        }
    }
    DROP(&wanted);
    return right;
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
        if (order_rows(&s))
            out = Py_BuildValue("NNO", to_array(array_type, "I", s.order.at, s.order.n * sizeof *s.order.at),
                                to_array(array_type, "I", s.ends.at, s.ends.n * sizeof *s.ends.at), s.shown);
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
