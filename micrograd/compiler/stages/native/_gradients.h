/* Derivatives that a tape takes: what `gradients.Taken` and `gradients.Gradients` do in Python. */

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

/* ---- the heap of a sweep */

static int wait_for(Ints *waiting, uint32_t i) {
    if (!PUSH(waiting, i)) return 0;
    Py_ssize_t k = waiting->n - 1;
    for (uint32_t *at = waiting->at; k && at[(k - 1) / 2] < i; k = (k - 1) / 2) at[k] = at[(k - 1) / 2], at[(k - 1) / 2] = i;
    return 1;
}

static uint32_t next_of(Ints *waiting) {
    uint32_t *at = waiting->at, first = at[0], last = at[--waiting->n];
    Py_ssize_t k = 0, n = waiting->n;
    for (;;) {
        Py_ssize_t below = 2 * k + 1;
        if (below + 1 < n && at[below + 1] > at[below]) below++;
        if (below >= n || at[below] <= last) break;
        at[k] = at[below], k = below;
    }
    at[k] = last;
    return first;
}

/* ---- one sweep back */

static int receive_term(Taken *t, Sweep *s, const Gradients *by, uint32_t i, uint32_t left, uint32_t right) {
    List *list = &s->received.at[i - by->first];
    return (list->count || wait_for(&s->waiting, i)) && put_term_in_front(&t->term, list, left, right);
}

static Index adjoint_of_terms(Taken *t, List list) {
    Ints *operand = &t->operand;
    operand->n = 0;
    if (!ROOM(operand, 2 * (Py_ssize_t)list.count)) return -1;
    for (uint32_t k = 0, place = list.first; k < list.count; k++, place = t->term.at[place].next) {
        PUT(operand, t->term.at[place].left);
        PUT(operand, t->term.at[place].right);
    }
    return add_up(t->graph, operand->at, list.count);
}

/* The product that passes the gate i to an operand. */
static int pass_gate_of(Taken *t, Sweep *s, const Gradients *by, uint32_t i, uint32_t operand, uint32_t partial,
                        uint32_t adjoint, int plain) {
    Graph *g = t->graph;
    if (is_known(g, partial)) {
        if (number_of(g, partial) != 0) return receive_term(t, s, by, operand, adjoint, partial);
        Index zero = plain ? find_constant(g, 0) : ONE;
        return zero >= 0 && (!plain || receive_term(t, s, by, operand, (uint32_t)zero, ONE));
    }
    int level = g->kind.at[partial] == STEP ? 1 : is_all_level(g, partial);
    if (level < 0) return 0;
    Index passed;
    if (level) {
        uint32_t opened = partial, x = operands_of(g, partial)[0];
        int kind = g->kind.at[partial] == STEP ? RELU_GATE : GATE;
        if (kind == RELU_GATE) opened = g->kind.at[i] == RELU && operands_of(g, i)[0] == x ? i : x;
        passed = node_2(g, kind, opened, adjoint);
        if (passed < 0 || !store_one(g, (uint32_t)passed, adjoint, partial, 1)) return 0;
    } else {
        Index zero = find_constant(g, 0);
        Index shut = zero < 0 ? -1 : compare(g, EQUAL, partial, (uint32_t)zero);
        Index amount = shut < 0 ? -1 : combine(g, MUL, partial, adjoint);
        passed = amount < 0 ? -1 : choose(g, (uint32_t)shut, (uint32_t)zero, (uint32_t)amount);
        if (passed < 0) return 0;
        while (t->value.n <= passed)
            if (!PUSH(&t->value, 0)) return 0;
        t->value.at[passed] = 1;
    }
    return receive_term(t, s, by, operand, (uint32_t)passed, ONE);
}

static int make_steps(Taken *t, Sweep *s, Gradients *by, uint32_t i);

static inline int is_value(const Taken *t, uint32_t i) { return i < t->value.n && t->value.at[i]; }

/* Pairs: an end on which the root depends, and ∂root/∂end. Ends are the targets, or with `of_values` the nearest values. */
static int sweep_from(Taken *t, Sweep *s, Gradients *by, uint32_t root, int of_values, int plain, Ints *found) {
    Graph *g = t->graph;
    if (!IS_DEPENDENT(by, root)) return 1;
    while (s->received.n < by->known - by->first)
        if (!PUSH(&s->received, (List){0})) return 0;
    if (!receive_term(t, s, by, root, ONE, ONE)) return 0;
    while (s->waiting.n) {
        uint32_t i = next_of(&s->waiting), k = i - by->first;
        List list = s->received.at[k];
        s->received.at[k] = (List){0};
        Index adjoint = adjoint_of_terms(t, list);
        if (adjoint < 0) return 0;
        if (of_values ? is_value(t, i) : by->flags.at[k] & TARGET) {
            if (!PUSH(found, i) || !PUSH(found, (uint32_t)adjoint)) return 0;
            if (of_values) continue;
        }
        if (!by->steps_at.at[k] && !make_steps(t, s, by, i)) return 0;
        uint32_t place = by->steps_at.at[k] + 1, n = by->step.at[place - 1];
        int gate = g->is_gate.at[i] && !(by->flags.at[k] & CHOSEN);
        for (; n > 0; n--, place += 2) {
            uint32_t operand = by->step.at[place], partial = by->step.at[place + 1];
            if (!(gate ? pass_gate_of(t, s, by, i, operand, partial, (uint32_t)adjoint, plain)
                       : receive_term(t, s, by, operand, (uint32_t)adjoint, partial)))
                return 0;
        }
    }
    return 1;
}

/* ---- the steps of a node */

/* The factors of the products that add up to node i: a sum takes the place of the sums in it that nothing else uses. */
static int add_factors(const Graph *g, const Gradients *by, uint32_t i, Ints *factors) {
    Ints waiting = {0};
    int right = PUSH(&waiting, i);
    while (right && waiting.n) {
        uint32_t x = waiting.at[--waiting.n];
        const uint32_t *p = operands_of(g, x);
        int kind = g->kind.at[x];
        if (x != i && (!IS_SUMMED(kind) || (flags_of(by, x) & (USED | USED_OFTEN)) != USED))
            right = PUSH(factors, x) && PUSH(factors, ONE);
        else if (kind == ADD) right = PUSH(&waiting, p[1]) && PUSH(&waiting, p[0]);
        else
            for (Py_ssize_t k = 0; right && k < count_of(g, x); k++) right = PUSH(factors, p[k]);
    }
    DROP(&waiting);
    return right;
}

/* The derivatives of a choice inside of an operation, by values: that of the way that is taken. */
static int of_both_ways(Taken *t, Sweep *s, Gradients *by, uint32_t i, Ints *pairs) {
    Graph *g = t->graph;
    uint32_t condition = operands_of(g, i)[0], ways[] = {operands_of(g, i)[1], operands_of(g, i)[2]};
    Ints found[2] = {{0}, {0}};
    Index missing = find_constant(g, 0);
    int right = missing >= 0 && (s->inner || (s->inner = zeros(1, sizeof *s->inner)));
    if (right && Py_EnterRecursiveCall(" in a choice inside of a choice")) right = 0;
    else if (right) {
        for (int way = 0; right && way < 2; way++) right = sweep_from(t, s->inner, by, ways[way], 1, 0, &found[way]);
        Py_LeaveRecursiveCall();
    }
    by->flags.at[i - by->first] |= CHOSEN;
    Py_ssize_t a = found[0].n, b = found[1].n; /* each has its last node first */
    while (right && (a || b)) {
        uint32_t x = a ? found[0].at[a - 2] : UINT32_MAX, y = b ? found[1].at[b - 2] : UINT32_MAX, least = x < y ? x : y;
        uint32_t one = (uint32_t)missing, other = (uint32_t)missing;
        if (x == least) one = found[0].at[a - 1], a -= 2;
        if (y == least) other = found[1].at[b - 1], b -= 2;
        Index chosen = choose(g, condition, one, other);
        right = chosen >= 0 && PUSH(pairs, least) && PUSH(pairs, (uint32_t)chosen);
    }
    DROP(&found[0]);
    DROP(&found[1]);
    return right;
}

/* Store the operands of a node that depend on a target, each with the derivative by it. */
static int make_steps(Taken *t, Sweep *s, Gradients *by, uint32_t i) {
    Graph *g = t->graph;
    Ints pairs = {0};
    int right, is_sum = IS_SUMMED(g->kind.at[i]) || is_long_sum(g, i);
    if (is_sum) right = add_factors(g, by, i, &pairs);
    else {
        right = g->partials_at.at[i] || complete(g, t->complete, i);
        if (right && g->kind.at[i] == CHOOSE && g->is_gate.at[i] && !is_value(t, i))
            right = of_both_ways(t, s, by, i, &pairs);
        else
            for (Py_ssize_t k = 0; right && k < 2 * partial_count(g, i); k++) right = PUSH(&pairs, partials_of(g, i)[k]);
    }
    if (!by->step.n) right = right && PUSH(&by->step, 0); /* so that no steps stand at 0 */
    uint32_t place = (uint32_t)by->step.n, count = 0;
    right = right && ROOM(&by->step, 1 + 2 * pairs.n);
    if (right) PUT(&by->step, 0);
    for (Py_ssize_t k = 0; right && k < pairs.n; k += 2)
        for (int other = 0; other < 1 + is_sum; other++) { /* of a product, each factor is the derivative by the other */
            uint32_t operand = pairs.at[k + other];
            if (!IS_DEPENDENT(by, operand)) continue;
            PUT(&by->step, operand);
            PUT(&by->step, pairs.at[k + 1 - other]);
            count++;
        }
    DROP(&pairs);
    if (!right) return 0;
    by->step.at[place] = count;
    by->steps_at.at[i - by->first] = place;
    return 1;
}

/* ---- the rows of a tape */

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
