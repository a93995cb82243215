/* The adjoints of one sweep back: who waits for one, what it adds up, and what passes a gate. */

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

/* ---- what an operand receives */

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
