/* Templates: what a primitive becomes for operands of a pattern, worked out in Python once and applied here. */

#define WIDE 8        /* operands; what has more is left to Python */
#define TEMPLATES 256 /* kept at a time, one for each hash */

/* What a template is for. Known numbers and equal operands make another one: where there are at most two operands. */
typedef struct {
    uint32_t code; /* of the operation in the table of the tape */
    uint32_t count;
    uint32_t known, same; /* bits: which of the operands are known, whether they are equal */
    double number[3];     /* these, and that of the operation */
} Pattern;

typedef struct {
    Pattern pattern;
    Ints kind;          /* of its parts, which are nodes */
    Ints end, operand;  /* of the parts: places among ONE, the operands and the parts before; of a number, its place */
    Doubles number;
    Ints pair;          /* partials: places of operand and derivative, … */
    uint32_t out, last; /* the places of the result and of the last part */
} Template;

typedef struct {
    Template *kept[TEMPLATES];
    Ints node; /* for each place, the node, while one is applied */
} Templates;

static void drop_template(Template *t) {
    if (!t) return;
    DROP(&t->kind);
    DROP(&t->end);
    DROP(&t->operand);
    DROP(&t->number);
    DROP(&t->pair);
    PyMem_Free(t);
}

static void drop_templates(Templates *all) {
    for (int k = 0; k < TEMPLATES; k++) drop_template(all->kept[k]);
    DROP(&all->node);
}

/* The pattern of the operands; 0 if it is none of those that have templates. */
static int read_pattern(const Graph *g, uint32_t code, double constant, const uint32_t *p, Py_ssize_t n, Pattern *out) {
    *out = (Pattern){.code = code, .count = (uint32_t)n, .number = {0, 0, constant}};
    for (Py_ssize_t i = 0; i < n; i++)
        for (Py_ssize_t k = 0; k < i; k++)
            if (p[i] == p[k]) out->same = 1;
    for (Py_ssize_t i = 0; i < n; i++)
        if (is_known(g, p[i])) {
            out->known |= 1u << i;
            if (i < 2) out->number[i] = number_of(g, p[i]);
        }
    return n <= 2 || (!out->known && !out->same);
}

static uint32_t hash_of_pattern(const Pattern *pattern) {
    uint64_t h = (uint64_t)pattern->code << 32 | pattern->count << 3 | (pattern->known & 3) << 1 | pattern->same, bits;
    for (int k = 0; k < 3; k++) {
        memcpy(&bits, &pattern->number[k], sizeof bits);
        h = mixed(h, bits);
    }
    return mixed(h, 0) % TEMPLATES;
}

/* ---- from Python: (kinds, ends, operands, numbers, out, partials), see `graph.flat_template` */

static int read_doubles(PyObject *from, Doubles *to) {
    PyObject *items = PySequence_Fast(from, "expected a sequence of numbers");
    Py_ssize_t n = items ? PySequence_Fast_GET_SIZE(items) : 0;
    int right = items && ROOM(to, n);
    for (Py_ssize_t i = 0; right && i < n; i++) {
        PUT(to, PyFloat_AsDouble(PySequence_Fast_GET_ITEM(items, i)));
        right = !PyErr_Occurred();
    }
    Py_XDECREF(items);
    return right;
}

static int read_kinds(State *state, PyObject *from, Ints *to) {
    PyObject *items = PySequence_Fast(from, "expected a sequence of names");
    Py_ssize_t n = items ? PySequence_Fast_GET_SIZE(items) : 0;
    int right = items && ROOM(to, n);
    for (Py_ssize_t i = 0; right && i < n; i++) {
        int kind = kind_named(state, PySequence_Fast_GET_ITEM(items, i));
        right = kind >= 0 && PUT(to, (uint32_t)kind) < UINT16_MAX;
    }
    Py_XDECREF(items);
    return right;
}

static Template *read_template(Graph *g, PyObject *from, const Pattern *pattern) {
    PyObject *kinds, *ends, *operands, *numbers, *pairs;
    unsigned int out;
    if (!PyTuple_Check(from) || !PyArg_ParseTuple(from, "OOOOIO", &kinds, &ends, &operands, &numbers, &out, &pairs)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "a template is a tuple");
        return NULL;
    }
    Template *t = zeros(1, sizeof *t);
    if (!t) return NULL;
    t->pattern = *pattern, t->out = out;
    if (read_kinds(g->state, kinds, &t->kind) && read_ints(ends, &t->end, UINT32_MAX) &&
        read_ints(operands, &t->operand, UINT32_MAX) && read_doubles(numbers, &t->number) &&
        read_ints(pairs, &t->pair, UINT32_MAX)) {
        uint32_t places = pattern->count + 1, begin = 0;
        int right = t->end.n == t->kind.n && t->pair.n % 2 == 0 && t->pair.n <= 2 * WIDE;
        for (Py_ssize_t k = 0; right && k < t->kind.n; k++, places++) {
            right = begin <= t->end.at[k] && t->end.at[k] <= t->operand.n;
            for (; right && begin < t->end.at[k]; begin++)
                right = t->operand.at[begin] < (t->kind.at[k] == CONSTANT ? t->number.n : places);
            right = right && (t->kind.at[k] != CONSTANT || (k ? t->end.at[k - 1] : 0) + 1 == t->end.at[k]);
        }
        for (Py_ssize_t k = 0; right && k < t->pair.n; k++) right = t->pair.at[k] < places;
        if (right && out < places) return t;
        PyErr_SetString(PyExc_ValueError, "the template is broken");
    }
    drop_template(t);
    return NULL;
}

/* The template for a pattern of these operands: kept here, or asked of Python. */
static Template *find_template(Graph *g, Templates *all, PyObject *ask, PyObject *op, const Pattern *pattern,
                               PyObject *number) {
    Template **place = &all->kept[hash_of_pattern(pattern)];
    if (*place && memcmp(&(*place)->pattern, pattern, sizeof *pattern) == 0) return *place;
    PyObject *numbers = PyTuple_New(pattern->count);
    for (uint32_t k = 0; numbers && k < pattern->count; k++) {
        PyObject *x = pattern->known >> k & 1 ? PyFloat_FromDouble(pattern->number[k])
                                              : PyLong_FromLong(pattern->same ? 0 : (long)k);
        if (x) PyTuple_SET_ITEM(numbers, k, x);
        else Py_CLEAR(numbers);
    }
    PyObject *from = numbers ? PyObject_CallFunctionObjArgs(ask, op, numbers, number, NULL) : NULL;
    Template *made = from ? read_template(g, from, pattern) : NULL;
    Py_XDECREF(from);
    Py_XDECREF(numbers);
    if (made) {
        drop_template(*place);
        *place = made;
    }
    return made;
}

/* ---- applied */

/* The node that the template makes of these operands. */
static Index apply_template(Graph *g, Templates *all, const Template *t, const uint32_t *operands, int gate) {
    Ints *node = &all->node;
    node->n = 0;
    if (!ROOM(node, 1 + t->pattern.count + t->kind.n)) return -1;
    PUT(node, ONE);
    for (uint32_t k = 0; k < t->pattern.count; k++) PUT(node, operands[k]);
    uint32_t begin = 0;
    for (Py_ssize_t k = 0; k < t->kind.n; k++) {
        uint32_t p[3], n = t->end.at[k] - begin, *all_of_them = n <= 3 ? p : PyMem_Malloc(n * sizeof *p);
        if (!all_of_them) return PyErr_NoMemory(), -1;
        Index i;
        if (t->kind.at[k] == CONSTANT) {
            i = find_constant(g, t->number.at[t->operand.at[begin]]);
        } else {
            for (uint32_t m = 0; m < n; m++) all_of_them[m] = node->at[t->operand.at[begin + m]];
            i = make(g, (int)t->kind.at[k], all_of_them, n);
        }
        if (all_of_them != p) PyMem_Free(all_of_them);
        if (i < 0) return -1;
        PUT(node, (uint32_t)i);
        begin = t->end.at[k];
    }
    uint32_t out = node->at[t->out];
    if (t->pair.n) {
        uint32_t pairs[2 * WIDE];
        for (Py_ssize_t k = 0; k < t->pair.n; k++) pairs[k] = node->at[t->pair.at[k]];
        if (!store(g, out, pairs, t->pair.n / 2)) return -1;
        g->is_gate.at[out] = (uint8_t)gate;
    }
    return out;
}
