/* What is known about the derivatives that a tape takes: which nodes depend on their targets, and the nodes that adjoints
   are made of. */

typedef struct Sweep { /* what a sweep back has to do; those inside of it come after */
    Lists received;    /* for each node from the first target on the terms of its adjoint, none but while it waits */
    Ints waiting;      /* nodes, in a heap: the last one first */
    struct Sweep *inner;
} Sweep;

typedef struct {
    Ints target;   /* nodes */
    uint32_t first, known;
    Bytes flags;   /* of the nodes from `first` to `known` */
    Ints steps_at; /* for these: where their steps stand in `step`, after their number; 0 if they are not made yet */
    Ints step;     /* operand, derivative, … */
} Gradients;
ARRAY(Derivatives, Gradients);

#define PLAIN 1 /* of the number of a gradient: see `tape` */

enum { DEPENDENT = 1, USED = 2, USED_OFTEN = 4, TARGET = 8, CHOSEN = 16 };

typedef struct {
    Graph *graph;
    PyObject *complete;    /* gives partials to a node that has none */
    const uint8_t *target; /* for each row of the tape whether a derivative is taken by it */
    Bytes value;           /* for each node whether it is the result of an operation */
    Terms term;
    Sweep sweep;
    Derivatives by;
    uint32_t *at;          /* for each row of the tape that is a gradient: where its numbers stand */
    Ints number, found, operand;
} Taken;

static void drop_taken(Taken *t) {
    for (Py_ssize_t k = 0; k < t->by.n; k++) {
        Gradients *by = &t->by.at[k];
        DROP(&by->target);
        DROP(&by->flags);
        DROP(&by->steps_at);
        DROP(&by->step);
    }
    for (Sweep *s = &t->sweep, *inner; s; s = inner) {
        inner = s->inner;
        DROP(&s->received);
        DROP(&s->waiting);
        if (s != &t->sweep) PyMem_Free(s);
    }
    DROP(&t->by);
    DROP(&t->value);
    DROP(&t->term);
    DROP(&t->number);
    DROP(&t->found);
    DROP(&t->operand);
    PyMem_Free(t->at);
}

/* ---- nodes */

static inline int is_level(int kind) { return IS_COMPARISON(kind) || kind == CONSTANT || kind == STOP || kind == STEP; }

/* Whether the node is the sum of its products, two operands for each. */
static inline int is_long_sum(const Graph *g, uint32_t i) { return g->kind.at[i] == SUM && !g->partials_at.at[i]; }

/* Call `complete(graph, i)` for a node without partials. */
static int complete(Graph *g, PyObject *function, uint32_t i) {
    PyObject *done = PyObject_CallFunction(function, "Ok", (PyObject *)g, (unsigned long)i);
    Py_XDECREF(done);
    if (done && !g->partials_at.at[i]) PyErr_SetString(PyExc_ValueError, "a node was given no partials");
    return done && g->partials_at.at[i];
}

static int store_one(Graph *g, uint32_t i, uint32_t operand, uint32_t partial, int gate) {
    uint32_t pair[] = {operand, partial};
    if (!store(g, i, pair, 1)) return 0;
    return g->is_gate.at[i] = (uint8_t)gate, 1;
}

/* The node for a sum of so many products, two operands for each. */
static Index add_up(Graph *g, const uint32_t *p, Py_ssize_t n) {
    if (n == 1) return combine(g, MUL, p[0], p[1]);
    if (!all_known(g, p, 2 * n)) return find_node(g, SUM, p, 2 * n);
    Index out = -1;
    for (Py_ssize_t k = 0; k < n; k++) {
        Index product = combine(g, MUL, p[2 * k], p[2 * k + 1]);
        out = product < 0 ? -1 : k ? combine(g, ADD, (uint32_t)out, (uint32_t)product) : product;
        if (out < 0) return -1;
    }
    return out;
}

/* Whether a node is made of comparisons and numbers only. −1 and an exception if there is no memory. */
static int is_all_level(const Graph *g, uint32_t i) {
    Ints waiting = {0};
    int level = PUSH(&waiting, i) ? 1 : -1;
    while (level == 1 && waiting.n) {
        i = waiting.at[--waiting.n];
        int kind = g->kind.at[i];
        if (IS_SUMMED(kind) || kind == SUM || kind == CHOOSE) {
            if (!ROOM(&waiting, count_of(g, i))) level = -1;
            for (Py_ssize_t k = 0; level == 1 && k < count_of(g, i); k++) PUT(&waiting, operands_of(g, i)[k]);
        } else level = is_level(kind);
    }
    DROP(&waiting);
    return level;
}

/* ---- what depends on the targets */

static inline uint8_t flags_of(const Gradients *by, uint32_t i) {
    return i >= by->first && i < by->known ? by->flags.at[i - by->first] : 0;
}
#define IS_DEPENDENT(by, i) (flags_of(by, i) & DEPENDENT)

static inline void use(Gradients *by, uint32_t i) {
    if (i >= by->first && i < by->known) {
        uint8_t *flags = &by->flags.at[i - by->first];
        *flags |= *flags & USED ? USED_OFTEN : USED;
    }
}

/* Look at the nodes up to the root. */
static int look(const Graph *g, Gradients *by, uint32_t root) {
    if (root < by->known) return 1;
    Py_ssize_t more = root + 1 - by->known;
    if (!ROOM(&by->flags, more) || !ROOM(&by->steps_at, more)) return 0;
    for (Py_ssize_t k = 0; k < more; k++) {
        PUT(&by->flags, 0);
        PUT(&by->steps_at, 0);
    }
    for (Py_ssize_t k = 0; k < by->target.n; k++) by->flags.at[by->target.at[k] - by->first] |= TARGET;
    for (uint32_t i = by->known; i <= root; i++) {
        by->known = i + 1;
        const uint32_t *p = operands_of(g, i);
        Py_ssize_t n = count_of(g, i);
        int kind = g->kind.at[i];
        uint8_t *flags = &by->flags.at[i - by->first], dependent = 0;
        if (IS_SUMMED(kind)) dependent = IS_DEPENDENT(by, p[0]) || IS_DEPENDENT(by, p[1]);
        else if (is_level(kind)) continue;
        else if (*flags & TARGET) {
            *flags |= DEPENDENT;
            continue;
        } else if (g->partials_at.at[i]) {
            const uint32_t *pair = partials_of(g, i);
            for (Py_ssize_t k = partial_count(g, i); k > 0; k--, pair += 2) dependent |= IS_DEPENDENT(by, *pair);
        } else
            for (Py_ssize_t k = 0; k < n; k++) dependent |= IS_DEPENDENT(by, p[k]);
        if (!dependent) continue;
        *flags |= DEPENDENT;
        for (Py_ssize_t k = 0; k < (kind == VARIABLE ? 1 : n); k++) use(by, p[k]);
    }
    return 1;
}
