/* What is done for many rows at once: together.py. */

/* ---- rows that look alike */

typedef struct {
    Arena now;
    Operands o;
    Py_buffer views[2];
    const int32_t *codes;
    const uint32_t *rows;
    size_t n, coded;
    Ints positions;
    int all; /* whether all items count, each by its code; else those at the positions, and known numbers are alike */
} Looks;

static inline int32_t code_at(const Looks *l, const Items *items, uint32_t k) {
    int32_t code = l->codes[item(items, l->all ? k : l->positions.at[k])];
    return l->all || code >= 0 ? code : -1;
}

static inline uint32_t codes_in(const Looks *l, const Items *items) {
    return l->all ? items->n : (uint32_t)l->positions.n;
}

static int look_alike(const Looks *l, const Items *a, const Items *b) {
    uint32_t n = codes_in(l, a);
    if (codes_in(l, b) != n) return 0;
    for (uint32_t k = 0; k < n; k++)
        if (code_at(l, a, k) != code_at(l, b, k)) return 0;
    return 1;
}

/* The items of a row, if all that is asked for is there. */
static int whole_items(const Looks *l, uint32_t row, Items *items) {
    if (!items_of(&l->o, row, items)) return 0;
    for (Py_ssize_t k = 0; k < l->positions.n; k++)
        if (l->positions.at[k] >= items->n) return 0;
    return 1;
}

/* For each row the number of its look, in the order in which these come; 0 and an exception if a row is not there. */
static int number_looks(Looks *l, uint32_t *found) {
    jmp_buf no_memory;
    l->now.no_memory = &no_memory;
    if (setjmp(no_memory)) return PyErr_NoMemory(), 0;
    size_t size = power_of_two(2 * l->n);
    uint32_t *table = TAKE(&l->now, uint32_t, size), count = 0; /* 1 + a row of each look */
    for (size_t k = 0; k < l->n; k++) {
        Items items, other;
        if (!whole_items(l, l->rows[k], &items)) return no_such_row(), 0;
        uint32_t n = codes_in(l, &items);
        uint64_t hash = n;
        for (uint32_t t = 0; t < n; t++) hash = mix(hash, (uint32_t)code_at(l, &items, t));
        size_t at = hash & (size - 1);
        for (; table[at]; at = (at + 1) & (size - 1))
            if (whole_items(l, l->rows[table[at] - 1], &other) && look_alike(l, &items, &other)) break;
        found[k] = table[at] ? found[table[at] - 1] : count++;
        if (!table[at]) table[at] = (uint32_t)k + 1;
    }
    return 1;
}

/* number_looks(place, kinds, ends, left, right, codes, rows, positions) */
static PyObject *looks_of(PyObject *array_type, PyObject *const *args) {
    Looks l = {.all = args[7] == Py_None};
    PyObject *out = NULL;
    if (!open_operands(args, &l.o)) return NULL;
    if (!open_views(args + OPERANDS, "iI", l.views)) return close_operands(&l.o), NULL;
    l.codes = l.views[0].buf, l.coded = l.views[0].len / sizeof *l.codes;
    l.rows = l.views[1].buf, l.n = l.views[1].len / sizeof *l.rows;
    uint32_t *found = zeros(l.n, sizeof *found);
    if (found && l.coded < l.o.numbers) PyErr_SetString(PyExc_ValueError, "there are fewer codes than rows");
    else if (found && (l.all || read_ints(args[7], &l.positions, UINT32_MAX)) && number_looks(&l, found))
        out = to_array(array_type, "I", found, l.n * sizeof *found);
    PyMem_Free(found);
    DROP(&l.positions);
    drop_arena(&l.now);
    close_views(l.views, 2);
    close_operands(&l.o);
    return out;
}

/* ---- items of many rows */

/* The items at these positions of all rows, or what stands in `values` for each; 0 and an exception if one is not there. */
static int gather(const Operands *o, const Py_buffer *rows, const Ints *positions, const Py_buffer *values, Ints *found) {
    const uint32_t *row = rows->buf, *of = values ? values->buf : NULL;
    size_t n = rows->len / sizeof *row, known = values ? values->len / sizeof *of : o->numbers;
    if (known < o->numbers) return PyErr_SetString(PyExc_ValueError, "there are fewer values than rows"), 0;
    if (positions->n && n > (size_t)PY_SSIZE_T_MAX / sizeof *row / positions->n) return PyErr_NoMemory(), 0;
    if (!ROOM(found, n * positions->n)) return 0;
    for (size_t k = 0; k < n; k++) {
        Items items;
        if (!items_of(o, row[k], &items)) return no_such_row(), 0;
        for (Py_ssize_t t = 0; t < positions->n; t++) {
            if (positions->at[t] >= items.n) return no_such_row(), 0;
            uint32_t p = item(&items, positions->at[t]);
            PUT(found, of ? of[p] : p);
        }
    }
    return 1;
}

/* gather(place, kinds, ends, left, right, rows, positions, values) */
static PyObject *gathered(PyObject *array_type, PyObject *const *args) {
    Operands o;
    Py_buffer rows = {0}, values = {0};
    Ints positions = {0}, found = {0};
    PyObject *out = NULL;
    if (!open_operands(args, &o)) return NULL;
    int has_values = args[7] != Py_None, right = read_array(args[5], &rows, 'I');
    right = right && (!has_values || read_array(args[7], &values, 'I')) && read_ints(args[6], &positions, UINT32_MAX);
    if (right && gather(&o, &rows, &positions, has_values ? &values : NULL, &found))
        out = to_array(array_type, "I", found.at, found.n * sizeof *found.at);
    DROP(&positions);
    DROP(&found);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&values);
    close_operands(&o);
    return out;
}

/* ---- equal pairs */

/* Whether among so many pairs two are equal; `table` has a power of two of slots, more than pairs, which are 0. */
static int repeats(const uint32_t *left, const uint32_t *right, uint32_t n, uint32_t *table, size_t size) {
    int found = 0;
    for (uint32_t k = 0; k < n && !found; k++) {
        size_t at = mix(left[k], right ? right[k] : 0) & (size - 1);
        for (; table[at] && !found; at = (at + 1) & (size - 1)) {
            uint32_t j = table[at] - 1;
            found = left[j] == left[k] && (!right || right[j] == right[k]);
        }
        if (!found) table[at] = k + 1;
    }
    memset(table, 0, size * sizeof *table);
    return found;
}

/* have_repeats(left, right, count): whether two of the next `count` pairs are equal, or of the next, …; `right` may be
   empty. */
static PyObject *have_repeats(PyObject *const *args) {
    Py_buffer views[2];
    Py_ssize_t count = PyLong_AsSsize_t(args[2]);
    if ((count == -1 && PyErr_Occurred()) || !open_views(args, "II", views)) return NULL;
    size_t n = views[0].len / sizeof(uint32_t);
    const uint32_t *left = views[0].buf, *right = views[1].len ? views[1].buf : NULL;
    int found = -1;
    if (count < 1 || count >= INT32_MAX || n % (size_t)count || (right && views[1].len != views[0].len))
        PyErr_SetString(PyExc_ValueError, "there are so many pairs for each row");
    else {
        size_t size = power_of_two(2 * (size_t)count);
        uint32_t *table = zeros(size, sizeof *table);
        if (table) found = 0;
        for (size_t k = 0; table && k < n && !found; k += count)
            found = repeats(left + k, right ? right + k : NULL, (uint32_t)count, table, size);
        PyMem_Free(table);
    }
    close_views(views, 2);
    return found < 0 ? NULL : PyBool_FromLong(found);
}

/* ---- places */

/* select(codes, marks): the places of the codes that are marked. */
static PyObject *selected(PyObject *array_type, PyObject *const *args) {
    Py_buffer views[2];
    Ints found = {0};
    if (!open_views(args, "IB", views)) return NULL;
    const uint32_t *codes = views[0].buf;
    const uint8_t *marks = views[1].buf;
    size_t n = views[0].len / sizeof *codes;
    int right = 1;
    for (size_t k = 0; right && k < n; k++) {
        if (codes[k] >= views[1].len) right = (PyErr_SetString(PyExc_IndexError, "there is a mark for each code"), 0);
        else if (marks[codes[k]]) right = PUSH(&found, (uint32_t)k);
    }
    PyObject *out = right ? to_array(array_type, "I", found.at, found.n * sizeof *found.at) : NULL;
    DROP(&found);
    close_views(views, 2);
    return out;
}

/* put(codes, places, rows, there, code): from now on the rows have that code, and these places; if there are none, each
   the next one. */
static PyObject *put_rows(PyObject *const *args) {
    Py_buffer views[4];
    long code = PyLong_AsLong(args[4]);
    if ((code == -1 && PyErr_Occurred()) || !open_views(args, "iIII", views)) return NULL;
    int32_t *codes = views[0].buf;
    uint32_t *places = views[1].buf;
    const uint32_t *rows = views[2].buf, *there = views[3].len ? views[3].buf : NULL;
    size_t n = views[2].len / sizeof *rows, known = views[0].len / sizeof *codes;
    int right = !views[0].readonly && !views[1].readonly && views[1].len == views[0].len && code <= INT32_MAX;
    right = right && code >= 0 && (!there || views[3].len == views[2].len);
    for (size_t k = 0; right && k < n; k++) right = rows[k] < known;
    for (size_t k = 0; right && k < n; k++) codes[rows[k]] = (int32_t)code, places[rows[k]] = there ? there[k] : (uint32_t)k;
    close_views(views, 4);
    if (right) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "these rows cannot stand there");
    return NULL;
}
