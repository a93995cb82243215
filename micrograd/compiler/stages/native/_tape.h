/* A tape as arrays: its rows, checked before anything reads them, and which of them are needed. */

typedef enum { /* what an operation of the table is, as `graph.ACTIONS` says */
    ACT_INPUT,
    ACT_CONSTANT,
    ACT_STOP,
    ACT_ADD,
    ACT_MUL,
    ACT_SUB,
    ACT_DOT,
    ACT_TOTAL,
    ACT_LESS,
    ACT_AT_MOST,
    ACT_EQUAL,
    ACT_PRIMITIVE,
    ACT_GATE, /* a primitive that is one */
    ACT_OTHER,
    ACT_VARIABLE,
    ACT_GRADIENT,
    ACT_PART,
    ACTIONS
} Action;

typedef struct {
    Py_buffer codes, ends, places, numbers, actions, numbered; /* of the listing; for each entry of the table */
    const uint32_t *code, *end, *place;
    const double *number;
    const uint8_t *action, *has_number;
    Py_ssize_t count, entries;
} Tape;

static void close_tape(Tape *tape) {
    Py_buffer *views[] = {&tape->codes, &tape->ends, &tape->places, &tape->numbers, &tape->actions, &tape->numbered};
    for (int k = 0; k < 6; k++) PyBuffer_Release(views[k]);
}

/* Whether every row has its operation, its places and its number; operands may stand later. */
static int is_sound(const Tape *tape) {
    Py_ssize_t n = tape->count, places = tape->places.len / 4, numbers = tape->numbers.len / 8;
    if (tape->ends.len / 4 != n || n >= INT32_MAX || tape->numbered.len != tape->entries) return 0;
    uint32_t begin = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        uint32_t end = tape->end[i], code = tape->code[i];
        if (end < begin || end > places || code >= tape->entries || tape->action[code] >= ACTIONS) return 0;
        uint32_t last = end - !!tape->has_number[code];
        if (last + 1 == begin || (last < end && tape->place[last] >= numbers)) return 0;
        for (uint32_t k = begin; k < last; k++)
            if (tape->place[k] >= n) return 0;
        begin = end;
    }
    return begin == places;
}

static int open_tape(Tape *tape, PyObject *const *arrays) {
    memset(tape, 0, sizeof *tape);
    if (!read_array(arrays[0], &tape->codes, 'I') || !read_array(arrays[1], &tape->ends, 'I') ||
        !read_array(arrays[2], &tape->places, 'I') || !read_array(arrays[3], &tape->numbers, 'd') ||
        !read_array(arrays[4], &tape->actions, 'B') || !read_array(arrays[5], &tape->numbered, 'B'))
        return close_tape(tape), 0;
    tape->code = tape->codes.buf, tape->end = tape->ends.buf, tape->place = tape->places.buf;
    tape->number = tape->numbers.buf, tape->action = tape->actions.buf, tape->has_number = tape->numbered.buf;
    tape->count = tape->codes.len / 4, tape->entries = tape->actions.len;
    if (is_sound(tape)) return 1;
    PyErr_SetString(PyExc_ValueError, "the tape is broken");
    return close_tape(tape), 0;
}

static inline uint32_t begin_of_row(const Tape *tape, Py_ssize_t i) { return i ? tape->end[i - 1] : 0; }
static inline uint32_t last_operand(const Tape *tape, Py_ssize_t i) {
    return tape->end[i] - !!tape->has_number[tape->code[i]];
}

/* For each row whether one of the roots depends on it; NULL and an exception if there is no memory. */
static uint8_t *find_needed(const Tape *tape, const Ints *roots) {
    uint8_t *live = zeros(tape->count, 1);
    for (Py_ssize_t k = 0; live && k < roots->n; k++) live[roots->at[k]] = 1;
    for (Py_ssize_t i = tape->count - 1; live && i >= 0; i--)
        if (live[i])
            for (uint32_t k = begin_of_row(tape, i); k < last_operand(tape, i); k++) live[tape->place[k]] = 1;
    return live;
}
