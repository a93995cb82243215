/* Sweeps back over the nodes, and the steps of each: what `Gradients._sweep` and `Gradients._steps` do in Python. */

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

static int is_multiple(const Graph *g, const Gradients *by, uint32_t i) {
    const uint32_t *factors = product_in(g, i);
    return factors && !(IS_DEPENDENT(by, factors[0]) && IS_DEPENDENT(by, factors[1]));
}

/* The factors of the products that add up to node i: a sum takes the place of the sums in it that nothing else uses, and
   of multiples. */
static int add_factors(const Graph *g, const Gradients *by, uint32_t i, Ints *factors) {
    Ints waiting = {0};
    int right = PUSH(&waiting, i);
    while (right && waiting.n) {
        uint32_t x = waiting.at[--waiting.n];
        const uint32_t *p = operands_of(g, x);
        int kind = g->kind.at[x];
        int once = (flags_of(by, x) & (USED | USED_OFTEN)) == USED;
        if (x != i && !(IS_SUMMED(kind) && once) && !is_multiple(g, by, x))
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
