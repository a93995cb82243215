/* Rows that wait to be put together, as the class `Operands` has them: by the number of a row its place, and there its
   kind and its terms. Whoever reads a row looks whether it is there: nothing else is known of the arrays. */

enum { OPERANDS = 5, PAIR = 2 };

typedef struct {
    Py_buffer views[OPERANDS];
    const uint32_t *place, *ends, *sides[PAIR];
    const uint8_t *kinds;
    uint32_t numbers, rows; /* of leaves and rows together; of rows alone */
    size_t terms;
} Operands;

static void close_views(Py_buffer *views, int n) {
    for (int k = 0; k < n; k++) PyBuffer_Release(&views[k]);
}

/* The buffers of so many arrays of these typecodes; 0 and an exception for anything else. */
static int open_views(PyObject *const *arrays, const char *typecodes, Py_buffer *views) {
    for (int k = 0; typecodes[k]; k++)
        if (!read_array(arrays[k], &views[k], typecodes[k])) return close_views(views, k), 0;
    return 1;
}

/* place, kinds, ends, left, right */
static int open_operands(PyObject *const *arrays, Operands *o) {
    Py_buffer *views = o->views;
    if (!open_views(arrays, "IBIII", views)) return 0;
    size_t wide = sizeof(uint32_t);
    o->place = views[0].buf, o->kinds = views[1].buf, o->ends = views[2].buf;
    o->sides[0] = views[3].buf, o->sides[1] = views[4].buf;
    o->numbers = (uint32_t)(views[0].len / wide), o->rows = (uint32_t)views[1].len, o->terms = views[3].len / wide;
    if (views[2].len == (Py_ssize_t)(o->rows * wide) && views[4].len == views[3].len) return 1;
    PyErr_SetString(PyExc_ValueError, "these arrays are no operands");
    return close_views(views, OPERANDS), 0;
}

static void close_operands(Operands *o) { close_views(o->views, OPERANDS); }

/* The items of a row: left, right, left, right, … of its terms. */
typedef struct {
    const uint32_t *sides[PAIR];
    uint32_t n;
} Items;

static inline uint32_t item(const Items *items, uint32_t k) { return items->sides[k % PAIR][k / PAIR]; }

/* The items of the row at a place; 0 if it has none that can be read. */
static inline int items_at(const Operands *o, uint32_t place, Items *items) {
    if (place >= o->rows) return 0;
    uint32_t begin = place ? o->ends[place - 1] : 0, end = o->ends[place];
    if (end < begin || end > o->terms) return 0;
    *items = (Items){.sides = {o->sides[0] + begin, o->sides[1] + begin}, .n = PAIR * (end - begin)};
    for (uint32_t k = 0; k < items->n; k++)
        if (item(items, k) >= o->numbers) return 0;
    return 1;
}

static inline int items_of(const Operands *o, uint32_t number, Items *items) {
    return number < o->numbers && items_at(o, o->place[number], items);
}

static PyObject *no_such_row(void) { return PyErr_Format(PyExc_IndexError, "there is no such row, or not all of it"); }
