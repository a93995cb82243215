/* A graph without variables: what `dissolve` does in Python. */

/* Mark the nodes that the roots are computed from, without looking below a STOP if these count as numbers. */
static void mark_needed(const Graph *g, uint8_t *needed, int stops) {
    for (uint32_t i = COUNT(g) - 1; i > 0; i--) {
        int kind = g->kind.at[i];
        if (!needed[i] || kind == CONSTANT || (stops && kind == STOP)) continue;
        const uint32_t *p = operands_of(g, i);
        for (Py_ssize_t k = kind == VARIABLE ? 1 : count_of(g, i); k > 0; k--, p++) needed[*p] = 1;
    }
}

/* The node of a kind of which a known first operand decides. */
static Index decide(Graph *made, int kind, const uint32_t *p, Py_ssize_t n) {
    if (!is_known(made, p[0])) return find_node(made, kind, p, n);
    double x = number_of(made, p[0]);
    if (kind == STOP) return p[0];
    if (kind == GATE && x != 0) return combine(made, MUL, p[0], p[1]);
    if (kind == RELU_GATE && x > 0) return p[1];
    return find_constant(made, x > 0 ? (kind == RELU ? x : 1) : x <= 0 ? 0 : NAN);
}

/* The node i, made of the nodes that its operands have become, `p`. */
static Index make_again(const Graph *g, Graph *made, uint32_t i, const uint32_t *p) {
    int kind = g->kind.at[i];
    Py_ssize_t n = count_of(g, i);
    switch (kind) {
    case VARIABLE: return p[0];
    case SUM: return is_long_sum(g, i) ? add_up(made, p, n / 2) : find_node(made, SUM, p, n);
    case CHOOSE: return choose(made, p[0], p[1], p[2]);
    case STOP:
    case RELU:
    case STEP:
    case GATE:
    case RELU_GATE: return decide(made, kind, p, n);
    default: return make(made, kind, p, n);
    }
}

/* Give the partials of node i to what it has become, unless that is a simpler node. */
static int copy_partials(const Graph *g, Graph *made, uint32_t i, const int32_t *place, Ints *pairs) {
    uint32_t become = (uint32_t)place[i];
    Py_ssize_t n = count_of(g, i);
    int kind = g->kind.at[i];
    if (IS_SUMMED(kind) || kind == VARIABLE || made->kind.at[become] != kind || count_of(made, become) != n) return 1;
    for (Py_ssize_t k = 0; k < n; k++)
        if ((int32_t)operands_of(made, become)[k] != place[operands_of(g, i)[k]]) return 1;
    pairs->n = 0;
    n = 2 * partial_count(g, i);
    if (!ROOM(pairs, n + 1)) return 0;
    for (Py_ssize_t k = 0; k < n; k++) PUT(pairs, (uint32_t)place[partials_of(g, i)[k]]);
    if (!store(made, become, pairs->at, n / 2)) return 0;
    return made->is_gate.at[become] = g->is_gate.at[i], 1;
}

/* Fill in what each needed node has become; `smooth` nodes may be differentiated again. */
static int dissolve_nodes(const Graph *g, Graph *made, const uint8_t *needed, const uint8_t *smooth, int32_t *place,
                          PyObject *function) {
    uint32_t inputs = COUNT(made), count = COUNT(g);
    Ints p = {0};
    int right = 1;
    for (uint32_t i = 0; i < count; i++) place[i] = i < inputs ? (int32_t)i : -1;
    for (uint32_t i = inputs; right && i < count; i++) {
        if (!needed[i]) continue;
        Index become;
        if (is_known(g, i)) become = find_constant(made, number_of(g, i));
        else {
            Py_ssize_t n = g->kind.at[i] == VARIABLE ? 1 : count_of(g, i);
            p.n = 0;
            if (!(right = ROOM(&p, n + 1))) break;
            for (Py_ssize_t k = 0; k < n; k++) PUT(&p, (uint32_t)place[operands_of(g, i)[k]]);
            become = make_again(g, made, i, p.at);
        }
        place[i] = (int32_t)become;
        right = become >= 0;
    }
    for (uint32_t i = inputs; right && i < count; i++)
        if (smooth[i] && g->partials_at.at[i]) right = copy_partials(g, made, i, place, &p);
    DROP(&p);
    if (!right) return 0;
    uint8_t *again = zeros(COUNT(made), 1);
    if (!again) return 0;
    for (uint32_t i = 0; i < count; i++)
        if (smooth[i]) again[place[i]] = 1;
    for (uint32_t i = 0, n = COUNT(made); right && i < n; i++) {
        int kind = made->kind.at[i];
        if (!again[i] || made->partials_at.at[i]) continue;
        if (!IS_SUMMED(kind) && kind != SUM && kind != INPUT && !is_level(kind)) right = complete(made, function, i);
    }
    PyMem_Free(again);
    return right;
}

/* dissolve(graph, made, roots, results, complete): for each node what it has become in the graph `made`, −1 for none. */
static PyObject *dissolve(const Graph *g, Graph *made, const Ints *roots, const Ints *results, PyObject *function) {
    uint8_t *smooth = zeros(COUNT(g), 1), *needed = zeros(COUNT(g), 1);
    int32_t *place = zeros(COUNT(g), sizeof *place);
    PyObject *out = NULL;
    if (smooth && needed && place) {
        for (Py_ssize_t k = 0; k < results->n; k++) smooth[results->at[k]] = needed[results->at[k]] = 1;
        for (Py_ssize_t k = 0; k < roots->n; k++) needed[roots->at[k]] = 1;
        mark_needed(g, smooth, 1);
        for (uint32_t i = 0; i < COUNT(g); i++)
            for (Py_ssize_t k = smooth[i] ? 2 * partial_count(g, i) : 0; k > 0; k--) needed[partials_of(g, i)[k - 1]] = 1;
        mark_needed(g, needed, 0);
        if (dissolve_nodes(g, made, needed, smooth, place, function))
            out = to_array(g->state->array, "i", place, COUNT(g) * sizeof *place);
    }
    PyMem_Free(smooth);
    PyMem_Free(needed);
    PyMem_Free(place);
    return out;
}
