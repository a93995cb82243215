/* From nodes to sums of products, and their adjoints: what `collect_sums` and `differentiate` do in Python.

Rows are nodes of the graph, which grows: what was there before counts as opaque, but for constants. The terms of a row
are a list, linked, so that a sum takes over the terms of another one at once. */

typedef struct {
    PyObject_HEAD
    Graph *graph;
    uint32_t nodes;   /* of the graph: the first rows */
    uint8_t *needed;  /* for each node whether it depends on a variable of the derivative */
    Terms term;       /* the first one is none */
    Lists list;       /* for each row its terms */
    Ints adjoint_of;  /* for each row the one whose adjoint it is, or NONE */
} Sums;

static inline int is_sum(const Sums *s, uint32_t i) {
    int kind = s->graph->kind.at[i];
    return kind == SUM || IS_SUMMED(kind);
}

static int add_term(Sums *s, List *list, uint32_t left, uint32_t right) {
    return put_term(&s->term, list, left, right);
}

/* ---- rows */

/* A new row; −1 and an exception if there is none. */
static Index new_row(Sums *s, List list, int kind) {
    Graph *g = s->graph;
    if (!expect(g, 1, 0) || !ROOM(&s->list, 1) || !ROOM(&s->adjoint_of, 1)) return -1;
    PUT(&s->list, list);
    PUT(&s->adjoint_of, NONE);
    return put_node(g, kind, NULL, 0);
}

/* Make a row of each node that is none yet: a constant, or a sum or a product of two. */
static int add_rows(Sums *s) {
    Graph *g = s->graph;
    for (uint32_t i = (uint32_t)s->list.n; i < COUNT(g); i++) {
        List list = {0};
        const uint32_t *p = operands_of(g, i);
        int kind = g->kind.at[i];
        if (kind == MUL && !add_term(s, &list, p[0], p[1])) return 0;
        if (kind == ADD && (!add_term(s, &list, p[0], ONE) || !add_term(s, &list, p[1], ONE))) return 0;
        if (!PUSH(&s->list, list) || !PUSH(&s->adjoint_of, NONE)) return 0;
    }
    return 1;
}

static Index constant_row(Sums *s, double x) {
    Index i = find_constant(s->graph, x);
    return i >= 0 && add_rows(s) ? i : -1;
}

/* ---- from nodes to rows */

static void mark_dependent(Sums *s, const Ints *by) {
    Graph *g = s->graph;
    for (Py_ssize_t k = 0; k < by->n; k++) s->needed[by->at[k]] = 1;
    for (uint32_t i = 0; i < s->nodes; i++) {
        const uint32_t *p = operands_of(g, i);
        if (IS_SUMMED(g->kind.at[i])) {
            s->needed[i] |= s->needed[p[0]] | s->needed[p[1]];
            continue;
        }
        const uint32_t *pair = partials_of(g, i);
        for (Py_ssize_t k = partial_count(g, i); k > 0; k--, pair += 2) s->needed[i] |= s->needed[*pair];
        if (g->kind.at[i] == SUM && !g->partials_at.at[i])
            for (Py_ssize_t k = count_of(g, i); k > 0; k--, p++) s->needed[i] |= s->needed[*p];
    }
}

/* The number of rows that use each node; results and partials count twice, so that they stay rows. */
static uint32_t *count_uses(const Sums *s, const Ints *roots) {
    const Graph *g = s->graph;
    uint32_t *uses = zeros(s->nodes, sizeof *uses);
    if (!uses) return NULL;
    uses[ONE] = 2;
    for (Py_ssize_t k = 0; k < roots->n; k++) uses[roots->at[k]] += 2;
    for (uint32_t i = 0; i < s->nodes; i++) {
        if (!g->partials_at.at[i] || !s->needed[i]) continue;
        if (g->kind.at[i] == SUM) uses[i] += 2;
        const uint32_t *pair = partials_of(g, i);
        for (Py_ssize_t k = partial_count(g, i); k > 0; k--, pair += 2)
            if (s->needed[pair[0]]) uses[pair[0]]++, uses[pair[1]] += 2;
    }
    for (uint32_t i = s->nodes - 1; i > 0; i--)
        if (uses[i] && !is_known(g, i)) {
            const uint32_t *p = operands_of(g, i);
            for (Py_ssize_t k = count_of(g, i); k > 0; k--, p++) uses[*p]++;
        }
    return uses;
}

/* Whether a sum takes over the terms of i: those of a sum that nothing else uses, or of a product (with a number that it
   is added to) in every sum that uses it, unless the derivative would need both factors. */
static int is_own(const Sums *s, const uint32_t *uses, uint32_t i) {
    if (!is_sum(s, i)) return 0;
    if (uses[i] == 1) return 1;
    const uint32_t *factors = product_in(s->graph, i);
    return factors && !(s->needed[factors[0]] && s->needed[factors[1]]);
}

/* A list to append to a sum: the terms that it takes over, or else a row, once. */
static int take_over(Sums *s, const uint32_t *uses, uint32_t i, List *list) {
    int own = is_own(s, uses, i);
    if (own && uses[i] == 1) return *list = s->list.at[i], 1;
    const uint32_t *p = operands_of(s->graph, i);
    *list = (List){0};
    if (!own) return add_term(s, list, i, ONE);
    if (s->graph->kind.at[i] == ADD) {
        if (!add_term(s, list, p[0], ONE)) return 0;
        p = product_in(s->graph, i);
    }
    return add_term(s, list, p[0], p[1]);
}

static int add_addition(Sums *s, const uint32_t *uses, uint32_t i) {
    uint32_t a = operands_of(s->graph, i)[0], b = operands_of(s->graph, i)[1];
    int left = is_own(s, uses, a), right = is_own(s, uses, b);
    int is_long = right && s->list.at[b].count > 1;
    List whole, more = {0};
    if (is_long && (!left || s->list.at[a].count == 1)) { /* (a) + (b + c + …) is (b + c + …) + (a) */
        uint32_t other = a;
        a = b, b = other, is_long = 0;
    }
    if (!take_over(s, uses, a, &whole)) return 0;
    if (is_long ? !add_term(s, &more, b, ONE) : !take_over(s, uses, b, &more)) return 0;
    append_list(&s->term, &whole, more);
    s->list.at[i] = whole;
    return 1;
}

/* The terms of the node i. The operands of a function are a term, unless its kind is one of those whose stand apart. */
static int add_node(Sums *s, const uint32_t *uses, const Ints *apart, uint32_t i) {
    const Graph *g = s->graph;
    int kind = g->kind.at[i];
    const uint32_t *p = operands_of(g, i);
    Py_ssize_t n = count_of(g, i);
    List list = {0};
    if (kind == ADD) return add_addition(s, uses, i);
    if (kind == CONSTANT) return 1;
    int is_pair = n == 2 && kind != PICK;
    for (Py_ssize_t k = 0; is_pair && k < apart->n; k++) is_pair = apart->at[k] != (uint32_t)kind;
    if (is_pair || kind == SUM) {
        for (; n > 1; n -= 2, p += 2)
            if (!add_term(s, &list, p[0], p[1])) return 0;
    } else if (kind == CHOOSE) {
        if (!add_term(s, &list, p[0], p[1]) || !add_term(s, &list, p[2], ONE)) return 0;
    } else {
        for (; n > 0; n--, p++)
            if (!add_term(s, &list, *p, ONE)) return 0;
    }
    s->list.at[i] = list;
    return 1;
}

/* The rows for the nodes `roots`, and for their derivatives with respect to the nodes `by`. */
static int collect(Sums *s, const Ints *roots, const Ints *by, const Ints *apart) {
    Graph *g = s->graph;
    s->nodes = COUNT(g);
    if (!(s->needed = zeros(s->nodes, 1))) return 0;
    mark_dependent(s, by);
    uint32_t *uses = count_uses(s, roots);
    int right = uses && ROOM(&s->term, s->nodes + s->nodes / 2) && ROOM(&s->list, s->nodes + s->nodes / 4) &&
                ROOM(&s->adjoint_of, s->nodes + s->nodes / 4) && PUSH(&s->term, (Term){0});
    for (uint32_t i = 0; right && i < s->nodes; i++) {
        PUT(&s->list, (List){0});
        PUT(&s->adjoint_of, NONE);
    }
    for (uint32_t i = 0; right && i < s->nodes; i++)
        if (uses[i]) right = add_node(s, uses, apart, i);
    PyMem_Free(uses);
    if (!right) return 0;
    g->base = s->nodes;
    size_t slots = by->n && g->slots ? g->slots : 64; /* without derivatives there will be few more nodes */
    while (slots < 2 * (size_t)(g->number.n + 1)) slots *= 2;
    return enter_all(g, slots);
}
