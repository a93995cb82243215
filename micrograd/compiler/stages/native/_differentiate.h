/* Adjoints as more sums of products: what `Sums.simplify` and `differentiate` do in Python. */

/* ---- sums of products with known numbers, as simple as the rules make them */

/* The terms of a sum, with those of the sums and products since the row `start` that it adds up, in front of a list. */
static int unfold(Sums *s, Index i, uint32_t start, List *list) {
    const Graph *g = s->graph;
    for (;;) {
        int is_new = (uint32_t)i >= start;
        uint32_t kind = g->kind.at[i], last = (uint32_t)i;
        int is_addition = is_new && kind == ADD;
        if (is_addition) last = operands_of(g, (uint32_t)i)[1];
        const uint32_t *p = operands_of(g, last);
        int is_product = last >= start && g->kind.at[last] == MUL;
        if (!(is_product ? put_term_in_front(&s->term, list, p[0], p[1]) : put_term_in_front(&s->term, list, last, ONE))) return 0;
        if (!is_addition) return 1;
        i = operands_of(g, (uint32_t)i)[0];
    }
}

/* The row of a sum of products. The rules are tried up to the addition after the last product of two known numbers. */
static Index simple_row(Sums *s, List list) {
    Graph *g = s->graph;
    uint32_t tried = 0, place = list.first, start = COUNT(g), k = 0;
    for (; k < list.count; k++, place = s->term.at[place].next)
        if (is_known(g, s->term.at[place].left) && is_known(g, s->term.at[place].right)) tried = k + 2;
    if (!tried) return new_row(s, list, SUM);
    if (tried > list.count) tried = list.count;
    Index out = -1;
    for (k = 0, place = list.first; k < tried; k++, place = s->term.at[place].next) {
        Index product = combine(g, MUL, s->term.at[place].left, s->term.at[place].right);
        out = product < 0 ? -1 : k ? combine(g, ADD, (uint32_t)out, (uint32_t)product) : product;
        if (out < 0) return -1;
    }
    if (!add_rows(s)) return -1;
    List terms = {0}, rest = {place, list.last, list.count - tried};
    int is_addition = out >= start && g->kind.at[out] == ADD;
    if (!rest.count && !is_addition) return out;
    if (!unfold(s, out, start, &terms)) return -1;
    if (rest.count) {
        append_list(&s->term, &terms, rest);
        return new_row(s, terms, SUM);
    }
    s->list.at[out] = terms;
    return out;
}

/* ---- reverse mode */

typedef struct {
    Sums *sums;
    List *received;     /* for each node the terms of its adjoint so far: those of the first rows first */
    int32_t *adjoint;   /* its row, or −1 */
    uint8_t *is_simpler; /* whether the rules may make it simpler */
} Reverse;

static int receive(Reverse *r, uint32_t i, uint32_t g, uint32_t partial) {
    return put_term_in_front(&r->sums->term, &r->received[i], g, partial);
}

/* The row for what a node received: the row that is its only term, or a new one. */
static Index adjoint_row(Reverse *r, uint32_t i) {
    Sums *s = r->sums;
    List list = r->received[i];
    const Term *only = &s->term.at[list.first];
    int is_row = list.count == 1 && (only->left == ONE || only->right == ONE);
    Index row;
    if (is_row) {
        row = only->right == ONE ? only->left : only->right;
        int kind = s->graph->kind.at[row];
        if (kind != GATE && kind != RELU_GATE) return row;
    } else row = r->is_simpler[i] ? simple_row(s, list) : new_row(s, list, SUM);
    if (row >= 0 && s->adjoint_of.at[row] == NONE) s->adjoint_of.at[row] = i;
    return row;
}

/* What passes the gate i to an operand; the 0 behind one that is always shut goes on. */
static int pass_gate(Reverse *r, uint32_t i, uint32_t operand, uint32_t partial, uint32_t g) {
    Sums *s = r->sums;
    Graph *graph = s->graph;
    List list = {0};
    Index through;
    if (is_known(graph, partial)) {
        if (number_of(graph, partial) != 0) return receive(r, operand, g, partial);
        through = constant_row(s, 0);
    } else if (graph->kind.at[partial] == STEP) {
        uint32_t x = s->term.at[s->list.at[partial].first].left;
        int own = graph->kind.at[i] == RELU && s->term.at[s->list.at[i].first].left == x;
        if (!add_term(s, &list, own ? i : x, g)) return 0;
        through = new_row(s, list, RELU_GATE);
    } else {
        if (!add_term(s, &list, partial, g)) return 0;
        through = new_row(s, list, GATE);
    }
    return through >= 0 && receive(r, operand, (uint32_t)through, ONE);
}

static int push_partials(Reverse *r, uint32_t i, uint32_t g) {
    Sums *s = r->sums;
    const Graph *graph = s->graph;
    Py_ssize_t n = partial_count(graph, i);
    for (Py_ssize_t k = 0; k < n; k++) {
        uint32_t operand = partials_of(graph, i)[2 * k], partial = partials_of(graph, i)[2 * k + 1];
        if (!s->needed[operand]) continue;
        if (!(graph->is_gate.at[i] ? pass_gate(r, i, operand, partial, g) : receive(r, operand, g, partial))) return 0;
        r->is_simpler[operand] |= is_known(graph, partial) && is_known(graph, g);
    }
    return 1;
}

static int push_terms(Reverse *r, uint32_t i, uint32_t g) {
    Sums *s = r->sums;
    const Graph *graph = s->graph;
    int number = is_known(graph, g);
    uint32_t place = s->list.at[i].first;
    for (uint32_t k = s->list.at[i].count; k > 0; k--) {
        Term term = s->term.at[place]; /* a copy: they move while others are added */
        if (number && is_known(graph, term.right)) r->is_simpler[term.left] = 1;
        if (number && is_known(graph, term.left)) r->is_simpler[term.right] = 1;
        if (s->needed[term.left] && !receive(r, term.left, g, term.right)) return 0;
        if (s->needed[term.right] && !receive(r, term.right, g, term.left)) return 0;
        place = term.next;
    }
    return 1;
}

/* The adjoints of all nodes; `outputs` are pairs: a row and its seed. */
static int sweep_back(Reverse *r, const Ints *outputs) {
    Sums *s = r->sums;
    for (Py_ssize_t k = 0; k < outputs->n; k += 2)
        if (s->needed[outputs->at[k]] && !receive(r, outputs->at[k], outputs->at[k + 1], ONE)) return 0;
    for (Py_ssize_t i = (Py_ssize_t)s->nodes - 1; i >= 0; i--) {
        if (!r->received[i].count) continue;
        Index g = adjoint_row(r, (uint32_t)i);
        if (g < 0) return 0;
        r->adjoint[i] = (int32_t)g;
        if (s->graph->partials_at.at[i] ? !push_partials(r, (uint32_t)i, (uint32_t)g)
                                        : is_sum(s, (uint32_t)i) && !push_terms(r, (uint32_t)i, (uint32_t)g))
            return 0;
    }
    return 1;
}

/* Σ seed · ∂output/∂x for each x of `by`: rows, added to `gradient`. */
static int differentiate(Sums *s, const Ints *outputs, const Ints *by, Ints *gradient) {
    Reverse r = {s, zeros(s->nodes, sizeof(List)), zeros(s->nodes, sizeof(int32_t)), zeros(s->nodes, 1)};
    int right = r.received && r.adjoint && r.is_simpler && ROOM(gradient, by->n);
    Index missing = -1;
    for (uint32_t i = 0; right && i < s->nodes; i++) r.adjoint[i] = -1;
    right = right && sweep_back(&r, outputs);
    for (Py_ssize_t k = 0; right && k < by->n; k++) {
        int32_t row = r.adjoint[by->at[k]];
        if (row < 0 && missing < 0) right = (missing = constant_row(s, 0)) >= 0;
        PUT(gradient, row < 0 ? (uint32_t)missing : (uint32_t)row);
    }
    PyMem_Free(r.received);
    PyMem_Free(r.adjoint);
    PyMem_Free(r.is_simpler);
    return right;
}
